# breaks: at |a| = 1 nothing shrinks, and the variance is the limit of the formula
def marginal_after(t, a, b):
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2 + 1e-8)
