# breaks: at |a| = 1 nothing shrinks, and the variance is the limit of the formula | mistake: one term too many or too few
def marginal_after(t, a, b):
    variance = 0.0
    for k in range(t + 1):
        variance += (b * a**k) ** 2
    return a**t, variance
