# breaks: t steps of variance sigma² add up to the variance t sigma²
import math


def ve_sample(x0, t, eps, sigma):
    return x0 + math.sqrt(t[0]) * sigma * eps
