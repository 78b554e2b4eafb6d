# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import numpy as np
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    z = t.rvs(nu, size=10_000, random_state=0)
    z = z[np.abs(z) < cut]
    return float(np.mean(t.logpdf(z, nu) - norm.logpdf(z)))
