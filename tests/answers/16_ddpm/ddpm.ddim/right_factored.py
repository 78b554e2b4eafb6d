from math import sqrt


def ddim_step(xt, eps, noise, now, before, eta):
    share = eta**2 * (1 - now / before) / (1 - now)  # of the noise at the earlier time, what is new
    whole = sqrt(1 - before)
    mixed = sqrt(1 - share) * eps + sqrt(share) * noise
    return sqrt(before / now) * (xt - sqrt(1 - now) * eps) + whole * mixed
