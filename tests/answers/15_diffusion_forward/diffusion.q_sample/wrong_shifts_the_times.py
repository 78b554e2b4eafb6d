# breaks: the arguments come back as they were given
def q_sample(x0, t, eps, alpha_bar):
    t -= 1
    kept = alpha_bar[t].reshape(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * eps
