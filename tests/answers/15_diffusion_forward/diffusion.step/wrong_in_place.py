# breaks: the arguments come back as they were given
def noising_step(x_prev, eps, a, b):
    x_prev *= a
    x_prev += b * eps
    return x_prev


def marginal_after(t, a, b):
    variance = 0.0
    for _ in range(t):
        variance = a**2 * variance + b**2
    return a**t, variance
