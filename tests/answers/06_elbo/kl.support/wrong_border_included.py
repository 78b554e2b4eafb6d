# breaks: kl_is_finite draws the line where the divergence becomes finite | mistake: the border counted as finite
def kl_is_finite(nu):
    return not nu < 2
