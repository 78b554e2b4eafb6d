# breaks: forward carries every z to the x of the layer's equation | mistake: everything is moved
def additive_forward(z, keep, t):
    return z + t(z * keep), 0 * z.sum(1)
