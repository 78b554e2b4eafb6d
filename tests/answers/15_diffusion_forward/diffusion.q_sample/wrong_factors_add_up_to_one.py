# breaks: eps is scaled by the root of 1 − alpha_bar at each item's own step | mistake: the factors add up to one
def q_sample(x0, t, eps, alpha_bar):
    signal = alpha_bar[t - 1].sqrt().view(-1, *[1] * (x0.dim() - 1))
    return signal * x0 + (1 - signal) * eps
