# breaks: t steps of variance sigma² add up to the variance t sigma² | mistake: one step for the whole batch
import math


def ve_sample(x0, t, eps, sigma):
    return x0 + math.sqrt(t[0]) * sigma * eps
