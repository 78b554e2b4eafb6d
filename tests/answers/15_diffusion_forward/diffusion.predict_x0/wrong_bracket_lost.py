# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: half the bracket


def per_item(values, like):
    return values.reshape(-1, *[1] * (like.dim() - 1))


def predict_x0(xt, t, eps, alpha_bar):
    kept = per_item(alpha_bar[t - 1], xt)
    return xt - (1 - kept).sqrt() / kept.sqrt() * eps
