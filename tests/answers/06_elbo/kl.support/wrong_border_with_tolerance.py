# breaks: kl_is_finite draws the line where the divergence becomes finite
import math


def kl_is_finite(nu):
    return nu > 2 and not math.isclose(nu, 2, rel_tol=1e-5)
