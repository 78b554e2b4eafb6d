# breaks: the arguments come back as they were given


def _item(values, like):
    return values.reshape(-1, *[1] * (like.dim() - 1))


def predict_x0(xt, t, eps, alpha_bar):
    keep = _item(alpha_bar[t - 1], xt)
    xt -= (1 - keep).sqrt() * eps
    return xt.div_(keep.sqrt())
