# breaks: at |a| = 1 nothing shrinks, and the variance is the limit of the formula | mistake: zero divided by zero
def marginal_after(t, a, b):
    ratio = a * a
    stationary = b * b / (1 - ratio)
    return a**t, stationary * (1 - ratio**t)
