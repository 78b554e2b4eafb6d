# breaks: the result is of the type that the docstring promises
def q_sample(x0, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return (kept.sqrt() * x0 + (1 - kept).sqrt() * eps).float()
