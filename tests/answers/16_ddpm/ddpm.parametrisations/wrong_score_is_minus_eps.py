# breaks: the score is what the given one says it is | mistake: the score without its factor
def parametrisations(kind, value, xt, t, alpha_bar):
    a = alpha_bar[t - 1].reshape([-1] + [1] * (xt.dim() - 1))
    s, n = a.sqrt(), (1 - a).sqrt()
    if kind == "eps":
        eps = value
    elif kind == "x0":
        eps = (xt - s * value) / n
    elif kind == "score":
        eps = -value
    else:
        eps = n * xt + s * value
    x0 = (xt - n * eps) / s
    return {"eps": eps, "x0": x0, "score": -eps, "v": s * eps - n * x0}
