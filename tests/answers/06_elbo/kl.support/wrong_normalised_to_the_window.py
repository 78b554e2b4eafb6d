# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import numpy as np
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    u = np.linspace(0, np.arcsinh(cut), 4001)
    z = np.sinh(u)
    kept = 2 * t.cdf(cut, nu) - 1
    log_t = t.logpdf(z, nu) - np.log(kept)
    log_n = norm.logpdf(z) - np.log(2 * norm.cdf(cut) - 1)
    return float(2 * np.trapezoid(np.exp(log_t) * (log_t - log_n) * np.cosh(u), u))
