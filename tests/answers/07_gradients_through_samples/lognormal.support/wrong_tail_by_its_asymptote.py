# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma
import math


def impossible_event(mu, sigma):
    x = mu / sigma
    if x < 6:
        return -math.inf, 0.0, math.log(0.5 * math.erfc(x / math.sqrt(2)))
    return -math.inf, 0.0, -0.5 * x**2 - math.log(x * math.sqrt(2 * math.pi))
