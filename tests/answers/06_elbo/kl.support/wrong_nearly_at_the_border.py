# breaks: kl_is_finite draws the line where the divergence becomes finite
def kl_is_finite(nu):
    return nu > 2 + 1e-4
