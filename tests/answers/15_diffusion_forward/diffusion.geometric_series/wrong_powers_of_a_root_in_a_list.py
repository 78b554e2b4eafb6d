# breaks: line 4 is the variance of those t noises: a factor and the powers of alpha | mistake: powers of the root
import math


def variance_sum(t, alpha):
    powers = [1.0]
    while len(powers) < t:
        powers.append(powers[-1] * math.sqrt(alpha))
    return {"factor": 1 - alpha, "powers": powers}
