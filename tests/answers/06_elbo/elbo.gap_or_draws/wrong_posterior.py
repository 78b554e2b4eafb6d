# breaks: sure_q leaves a gap of at most 2 nats, and yet a million draws are too few | mistake: too narrow, or not narrow enough
def wide_q():
    return 0.0, 5.5


def sure_q():
    return 0.0, 1.0  # no gap at all
