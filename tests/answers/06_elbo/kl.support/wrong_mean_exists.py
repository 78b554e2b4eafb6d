# breaks: kl_is_finite draws the line where the divergence becomes finite | mistake: a finite mean taken for enough
import math

from scipy.stats import t


def kl_is_finite(nu):
    return bool(nu > 1 and math.isfinite(t.mean(nu)))
