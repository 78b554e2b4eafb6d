# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma | mistake: the probability underflowed
import math

import numpy as np
from scipy.stats import norm


def impossible_event(mu, sigma):
    with np.errstate(divide="ignore"):
        return -math.inf, 0.0, float(np.log(norm.cdf(0, loc=mu, scale=sigma)))
