# breaks: log Z is right where exp(u) is beyond all floats, or below them


def log_normaliser(u, dx):
    return ((u - u.max()).exp().sum() * dx).log()


def log_density(u, dx):
    return u - u.max() - log_normaliser(u, dx)
