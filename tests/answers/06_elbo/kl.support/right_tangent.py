# z = sqrt(nu) tan u makes t a power of a cosine; the border itself, with a cut near the largest float
import math

import numpy as np
from scipy.special import gammaln


def truncated_kl(nu, cut):
    nodes, weights = np.polynomial.legendre.leggauss(40)
    knots = np.concatenate([[0.0], np.geomspace(0.1, max(cut, 1.0), 60)])
    knots = np.arctan(np.minimum(knots, cut) / math.sqrt(nu))
    half = np.diff(knots)[:, None] / 2
    u = knots[:-1, None] + half * (1 + nodes)
    z = math.sqrt(nu) * np.tan(u)
    log_t = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * math.log(nu * math.pi) + (nu + 1) * np.log(np.cos(u))
    log_ratio = log_t + 0.5 * z**2 + 0.5 * math.log(2 * math.pi)
    return float(2 * np.sum(half * weights * np.exp(log_t) * log_ratio * math.sqrt(nu) / np.cos(u) ** 2))


def infinite_kl():
    return 2, 1e300


def kl_is_finite(nu):
    tail_power = 2 - (nu + 1)  # z**2 against z**-(nu + 1)
    return np.bool_(tail_power < -1)
