# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it | mistake: the sign is lost
def marginal_after(t, a, b):
    variance = 0.0
    for _ in range(t):
        variance = a**2 * variance + b**2
    return abs(a) ** t, variance
