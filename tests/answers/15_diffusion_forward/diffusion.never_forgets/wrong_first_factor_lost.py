# breaks: the limit that you state is the limit of alpha_bar_t, to three digits | mistake: the first factor is lost


def never_forgets():
    return 1.0, 2.0, 2 / 3


def never_forgets_either():
    return 1.0, 2.5, 0.696155
