# breaks: kl_is_finite draws the line where the divergence becomes finite
import numpy as np
from scipy.stats import norm, t


def integral(nu, cut):
    z = np.sinh(np.linspace(0, np.arcsinh(cut), 4001))
    return np.trapezoid(t.pdf(z, nu) * (t.logpdf(z, nu) - norm.logpdf(z)), z)


def kl_is_finite(nu):
    return bool(integral(nu, 1e6) < 1.01 * integral(nu, 1e5))
