# breaks: forward carries every z to the x of the layer's equation | mistake: the mask swapped
def additive_forward(z, keep, t):
    m = keep.to(z.dtype)
    return z + m * t((1 - m) * z), 0 * z.sum(1)


def additive_inverse(x, keep, t):
    m = keep.to(x.dtype)
    return x - m * t((1 - m) * x), 0 * x.sum(1)
