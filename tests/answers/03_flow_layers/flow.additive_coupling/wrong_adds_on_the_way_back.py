# breaks: inverse carries every x to the z from which it comes | mistake: inverse repeats forward
def additive_inverse(x, keep, t):
    return x + t(x * keep) * ~keep, 0 * x.sum(1)
