# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it | mistake: a to the t where a to the 2t is asked for
def marginal_after(t, a, b):
    variance = 0.0
    for _ in range(t):
        variance = a * variance + b**2
    return a**t, variance
