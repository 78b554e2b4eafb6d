# precisions add up; a model in whole numbers whose second latent nearly repeats the first
import math


def tight_q(x, w, b, s):
    precision, pull = 1.0, 0.0
    for xi, wi, bi in zip(x.tolist(), w.tolist(), b.tolist()):
        precision += (wi / s) ** 2
        pull += wi * (xi - bi) / s**2
    return pull / precision, 1 / math.sqrt(precision)


def never_tight():
    return ((10, 9), (0, 1)), 1
