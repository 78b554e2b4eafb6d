def additive_forward(z, keep, t):
    m = keep.to(z.dtype)
    return m * z + (1 - m) * (z + t(m * z)), 0 * z.sum(1)


def additive_inverse(x, keep, t):
    m = keep.to(x.dtype)
    return m * x + (1 - m) * (x - t(m * x)), 0 * x.sum(1)
