# breaks: sure_q leaves a gap of at most 2 nats, and yet a million draws are too few | mistake: the two ways mixed up
def wide_q():
    return 0.0, 0.1


def sure_q():
    return 0.0, 6.0
