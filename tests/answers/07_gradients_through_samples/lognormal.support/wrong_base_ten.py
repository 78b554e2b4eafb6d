# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma
import math

from scipy.stats import norm


def impossible_event(mu, sigma):
    return -math.inf, 0.0, norm.logcdf(0, mu, sigma) / math.log(10)
