# breaks: every beta_t, t = 1, 2, …, lies strictly between 0 and 1 | mistake: a first step that is no probability
import numpy as np


def never_forgets():
    t = np.arange(2, 100_000)  # from the second step on all is well
    return 4, 2, np.prod(1 - 4 / (t + 1.0) ** 2)


def never_forgets_either():
    return 1.0, 2.5, 0.696155
