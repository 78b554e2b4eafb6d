# breaks: at |a| = 1 nothing shrinks, and the variance is the limit of the formula | mistake: zero divided by zero
def marginal_after(t, a, b):
    if a == 1:
        return 1, b**2
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2)
