# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import numpy as np
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    u = np.linspace(-np.arcsinh(cut), np.arcsinh(cut), 4001)
    z = np.sinh(u)
    return float(np.trapezoid((t.logpdf(z, nu) - norm.logpdf(z)) * np.cosh(u), u))
