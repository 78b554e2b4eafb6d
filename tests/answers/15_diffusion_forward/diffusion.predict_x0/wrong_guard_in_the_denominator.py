# breaks: noising the result with the same eps leads back to xt, at each item's own step
def predict_x0(xt, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    return (xt - (1 - kept).sqrt() * eps) / (kept.sqrt() + 1e-8)
