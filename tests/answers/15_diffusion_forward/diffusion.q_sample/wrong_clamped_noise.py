# breaks: eps is scaled by the root of 1 − alpha_bar at each item's own step
def q_sample(x0, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).clamp(min=1e-5).sqrt() * eps
