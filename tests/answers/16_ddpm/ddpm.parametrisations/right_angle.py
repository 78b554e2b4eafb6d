import torch


def parametrisations(kind, value, xt, t, alpha_bar):
    angle = torch.acos(alpha_bar[t - 1].double().sqrt()).view(-1, *[1] * (xt.dim() - 1))
    c, s = angle.cos(), angle.sin()
    x, u = xt.double(), value.double()
    if kind == "v":
        x0, eps = c * x - s * u, s * x + c * u
    elif kind == "x0":
        x0, eps = u, (x - c * u) / s
    else:
        eps = u if kind == "eps" else -u * s
        x0 = (x - s * eps) / c
    out = {"x0": x0, "eps": eps, "v": c * eps - s * x0, "score": (c * x0 - x) / s**2}
    return {k: o.to(xt.dtype) for k, o in out.items()}
