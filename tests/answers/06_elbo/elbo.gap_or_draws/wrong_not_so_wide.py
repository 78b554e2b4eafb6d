# breaks: wide_q leaves a gap of at least 10 nats, and yet ten draws are enough | mistake: not wide enough
def wide_q():
    return 0.0, 4.0  # variance 16 "is 16 nats"


def sure_q():
    return 0.0, 0.15
