# breaks: eps is scaled by the root of 1 − alpha_bar at each item's own step
def q_sample(x0, t, eps, alpha_bar):
    kept = alpha_bar[t - 1]
    kept = kept[:, None, None, None] if x0.dim() == 4 else kept[:, None] if x0.dim() == 2 else kept
    return kept.sqrt() * x0 + (1 - kept).sqrt() * eps
