# breaks: the bound at your q is log p(x): no gap is left | mistake: s for its square
def tight_q(x, w, b, s):
    precision = 1.0
    for wi in w.tolist():
        precision += wi * wi / s
    mean = sum(wi * (xi - bi) for xi, wi, bi in zip(x.tolist(), w.tolist(), b.tolist())) / s / precision
    return mean, precision**-0.5
