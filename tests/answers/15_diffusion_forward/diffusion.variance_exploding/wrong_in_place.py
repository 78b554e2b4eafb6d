# breaks: the arguments come back as they were given
import math


def _item(values, like):
    return values.reshape(-1, *[1] * (like.dim() - 1))


def ve_sample(x0, t, eps, sigma):
    return x0.add_(_item(t.to(x0.dtype).sqrt(), x0) * sigma * eps)


def ve_posterior(x0, xt, t, sigma):
    time = t.to(x0.dtype)
    s = _item(time, x0)
    return ((s - 1) * xt + x0) / s, sigma**2 * (time - 1) / time


def _kl(m1, v1, m2, v2):
    return 0.5 * (v1 / v2 + (m1 - m2) ** 2 / v2 - 1 - math.log(v1 / v2))


def ve_prior_gaps(mean, var, T, sigma):
    noise = T * sigma**2
    total = var + noise
    return {
        "noise": _kl(mean, total, 0.0, noise),
        "mean": _kl(mean, total, mean, noise),
        "spread": _kl(mean, total, 0.0, total),
        "both": _kl(mean, total, mean, total),
    }
