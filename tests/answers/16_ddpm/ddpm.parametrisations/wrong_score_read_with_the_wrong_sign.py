# breaks: eps is what the given one says it is | mistake: the score's sign
def parametrisations(kind, value, xt, t, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    signal, noise = kept.sqrt(), (1 - kept).sqrt()
    eps = {
        "eps": value,
        "x0": (xt - signal * value) / noise,
        "score": noise * value,
        "v": noise * xt + signal * value,
    }[kind]
    x0 = (xt - noise * eps) / signal
    return {"eps": eps, "x0": x0, "score": -eps / noise, "v": signal * eps - noise * x0}
