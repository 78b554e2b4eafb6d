# breaks: x0 is scaled by the root of alpha_bar at each item's own step
def q_sample(x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1].mean()
    return a**0.5 * x0 + (1 - a) ** 0.5 * eps
