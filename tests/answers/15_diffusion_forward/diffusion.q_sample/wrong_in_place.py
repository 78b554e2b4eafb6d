# breaks: the arguments come back as they were given


def _item(values, like):
    return values.reshape(-1, *[1] * (like.dim() - 1))


def q_sample(x0, t, eps, alpha_bar):
    keep = _item(alpha_bar[t - 1], x0)
    x0 *= keep.sqrt()
    eps *= (1 - keep).sqrt()
    return x0 + eps
