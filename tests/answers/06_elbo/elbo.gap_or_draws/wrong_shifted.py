# breaks: wide_q leaves a gap of at least 10 nats, and yet ten draws are enough | mistake: far away
def wide_q():
    return 4.8, 1.0


def sure_q():
    return 0.0, 0.12
