# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits | mistake: one side only
import numpy as np
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    log_z = np.linspace(np.log(1e-9), np.log(cut), 20_001)
    z = np.exp(log_z)
    return float(np.trapezoid(t.pdf(z, nu) * (t.logpdf(z, nu) - norm.logpdf(z)) * z, log_z))
