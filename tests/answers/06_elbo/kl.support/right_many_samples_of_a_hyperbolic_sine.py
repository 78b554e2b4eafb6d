# the midpoint rule after z = sinh u
import numpy as np
from scipy import stats


def truncated_kl(nu, cut):
    n = 4000
    h = 2 * np.arcsinh(cut) / n
    u = -np.arcsinh(cut) + h * (np.arange(n) + 0.5)
    z = np.sinh(u)
    log_ratio = stats.t(nu).logpdf(z) - stats.norm.logpdf(z)
    return np.sum(stats.t(nu).pdf(z) * log_ratio * np.cosh(u)) * h


def infinite_kl():
    return [1, 10**6]


def kl_is_finite(nu):
    return not nu <= 2
