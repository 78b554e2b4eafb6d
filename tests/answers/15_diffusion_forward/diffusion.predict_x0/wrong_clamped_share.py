# breaks: noising the result with the same eps leads back to xt, at each item's own step


def _item(values, like):
    return values.reshape(-1, *[1] * (like.dim() - 1))


def predict_x0(xt, t, eps, alpha_bar):
    keep = _item(alpha_bar[t - 1], xt).clamp(min=1e-4)
    return (xt - (1 - keep).sqrt() * eps) / keep.sqrt()
