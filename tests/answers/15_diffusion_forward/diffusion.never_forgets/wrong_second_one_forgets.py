# breaks: never_forgets_either does the same with a p that is no whole number | mistake: the betas add up to infinity
def never_forgets():
    return 1.0, 2.0, 0.5


def never_forgets_either():
    return 0.5, 0.75, 0.0
