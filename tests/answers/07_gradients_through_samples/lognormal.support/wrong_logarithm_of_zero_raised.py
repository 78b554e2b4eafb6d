# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma
import math


def impossible_event(mu, sigma):
    probability = 0.5 * math.erfc(mu / (sigma * math.sqrt(2)))
    return -math.inf, 0.0, math.log(probability)
