# breaks: every beta_t, t = 1, 2, …, lies strictly between 0 and 1 | mistake: a first step that is no probability
def never_forgets():
    return 0.0, 2.0, 1.0


def never_forgets_either():
    return 1.0, 2.5, 0.696155
