# breaks: kl_is_finite draws the line where the divergence becomes finite
import numpy as np
from scipy.stats import t


def kl_is_finite(nu):
    return bool(np.isfinite(t.stats(nu, moments="k")))
