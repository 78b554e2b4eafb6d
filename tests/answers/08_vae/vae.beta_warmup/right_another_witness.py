# a posterior far out, and numpy for the schedule
import numpy as np


def beta_at(step, warm):
    return float(np.interp(step, [0, warm], [0, 1])) if warm else 1.0


def is_bound(beta):
    return not beta < 1


def above_log_p():
    return -10.0, -5.0, 2**-0.5
