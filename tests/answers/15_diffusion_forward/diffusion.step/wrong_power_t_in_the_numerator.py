# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it | mistake: a to the t where a to the 2t is asked for
def marginal_after(t, a, b):
    if a == 1:
        return 1.0, t * b**2
    return a**t, b**2 * (1 - a**t) / (1 - a**2)
