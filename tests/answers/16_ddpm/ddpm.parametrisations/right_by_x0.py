def parametrisations(kind, value, xt, t, alpha_bar):
    a = alpha_bar[t - 1].reshape([-1] + [1] * (xt.dim() - 1))
    to_x0 = {
        "x0": lambda: value,
        "eps": lambda: (xt - (1 - a) ** 0.5 * value) / a**0.5,
        "score": lambda: (xt + (1 - a) * value) / a**0.5,
        "v": lambda: a**0.5 * xt - (1 - a) ** 0.5 * value,
    }
    x0 = to_x0[kind]()
    eps = (xt - a**0.5 * x0) / (1 - a) ** 0.5
    return dict(eps=eps, x0=x0, score=-eps / (1 - a) ** 0.5, v=a**0.5 * eps - (1 - a) ** 0.5 * x0)
