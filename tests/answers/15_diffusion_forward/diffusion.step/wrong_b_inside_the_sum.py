# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it | mistake: b for its square
def marginal_after(t, a, b):
    return a**t, sum(b * a ** (2 * k) for k in range(t))
