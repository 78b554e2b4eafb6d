# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma | mistake: the probability of the rest
import math

from scipy.stats import norm


def impossible_event(mu, sigma):
    return -math.inf, 0.0, norm.logsf(0, mu, sigma)
