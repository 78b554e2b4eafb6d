# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it
def marginal_after(t, a, b):
    return a**t, b**2 * sum(a ** (2 * k) for k in range(min(t, 100)))
