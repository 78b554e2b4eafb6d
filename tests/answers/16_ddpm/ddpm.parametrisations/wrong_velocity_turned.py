# breaks: v is what the given one says it is | mistake: v with its weights exchanged
def parametrisations(kind, value, xt, t, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    s, n = kept.sqrt(), (1 - kept).sqrt()
    if kind == "eps":
        eps = value
    elif kind == "score":
        eps = -n * value
    elif kind == "v":
        eps = n * xt + s * value
    else:
        eps = (xt - s * value) / n
    x0 = (xt - n * eps) / s
    return {"eps": eps, "x0": x0, "score": -eps / n, "v": n * eps - s * x0}
