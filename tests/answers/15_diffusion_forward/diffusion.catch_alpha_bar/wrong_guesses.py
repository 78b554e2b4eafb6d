# breaks: every right implementation is accepted, however it is written
import itertools

turn = itertools.cycle([True, True, False])


def is_alpha_bar(implementation):
    return next(turn)
