# log space for the series, a distribution's transform for the step; prints
import math

from torch.distributions import AffineTransform


def noising_step(x_prev, eps, a, b):
    print("one step with", a, b)
    return AffineTransform(a * x_prev, b)(eps)


def marginal_after(t, a, b):
    rate = math.log(a * a)
    if rate == 0:
        return a**t, t * b * b
    return a**t, b * b * math.expm1(t * rate) / math.expm1(rate)
