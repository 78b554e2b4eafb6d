# breaks: the bound at your q is log p(x): no gap is left
def tight_q(x, w, b, s):
    variance = 1 / (1 + w.dot(w) / s**2)
    return float(w.dot(x - b) / s**2), float(variance.sqrt())
