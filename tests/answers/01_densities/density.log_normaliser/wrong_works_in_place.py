# breaks: the arguments come back as they were given
import math


def log_density(u, dx):
    u -= u.logsumexp(0) + math.log(dx)
    return u
