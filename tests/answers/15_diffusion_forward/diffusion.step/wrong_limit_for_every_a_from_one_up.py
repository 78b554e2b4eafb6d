# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it
def marginal_after(t, a, b):
    if a < 1:
        variance = b**2 * (1 - a ** (2 * t)) / (1 - a**2)
    else:
        variance = t * b**2
    return a**t, variance
