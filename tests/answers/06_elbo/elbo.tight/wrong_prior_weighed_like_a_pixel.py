# breaks: the bound at your q is log p(x): no gap is left
def tight_q(x, w, b, s):
    total = float(w @ w) + 1  # ridge regression with penalty 1 instead of s**2
    return float(w @ (x - b)) / total, s / total**0.5
