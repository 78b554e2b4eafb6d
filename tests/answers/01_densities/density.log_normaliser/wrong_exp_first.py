# breaks: log Z is right where exp(u) is beyond all floats, or below them | mistake: overflows


def log_normaliser(u, dx):
    return (u.exp() * dx).sum().log()


def log_density(u, dx):
    return u - log_normaliser(u, dx)
