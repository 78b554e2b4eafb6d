# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import numpy as np
from scipy.stats import norm, t


def truncated_kl(nu, cut):
    u = np.linspace(0, np.arcsinh(cut), 4001)
    z = np.sinh(u)
    ratio = t.pdf(z, nu) / np.maximum(norm.pdf(z), 1e-300)
    return float(2 * np.trapezoid(t.pdf(z, nu) * np.log(ratio) * np.cosh(u), u))
