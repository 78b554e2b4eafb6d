# breaks: wide_q leaves a gap of at least 10 nats, and yet ten draws are enough | mistake: far away
def wide_q():
    return 0.0, 200.0  # as wide as can be: e^4.8 draws


def sure_q():
    return 0.0, 0.1
