# breaks: x0 is scaled by the root of alpha_bar at each item's own step
def q_sample(x0, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return (kept + 1e-8).sqrt() * x0 + (1 - kept).sqrt() * eps
