# breaks: the bound at your q is log p(x): no gap is left
def tight_q(x, w, b, s):
    precision = 1 + (w**2).mean() / s**2
    return float((w * (x - b)).mean() / s**2 / precision), float(precision**-0.5)
