# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it
def marginal_after(t, a, b):
    if abs(1 - abs(a)) < 1e-3:  # nearly one
        return a**t, t * b**2
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2)
