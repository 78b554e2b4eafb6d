# breaks: kl_is_finite draws the line where the divergence becomes finite | mistake: equal support taken for enough
import numpy as np
from scipy.stats import norm, t


def kl_is_finite(nu):
    z = np.linspace(-30, 30, 601)
    return bool(np.all(t.pdf(z, nu) > 0) and np.all(norm.pdf(z) > 0))
