import numpy as np
import torch


def parametrisations(kind, value, xt, t, alpha_bar):
    a = alpha_bar.cpu().numpy()[t.cpu().numpy() - 1].astype(float).reshape(-1, *[1] * (xt.dim() - 1))
    s, n = np.sqrt(a), np.sqrt(1 - a)
    x, u = xt.cpu().numpy().astype(float), value.cpu().numpy().astype(float)
    eps = {"eps": u, "x0": (x - s * u) / n, "score": -n * u, "v": n * x + s * u}[kind]
    x0 = (x - n * eps) / s
    out = {"eps": eps, "x0": x0, "score": -eps / n, "v": s * eps - n * x0}
    return {k: torch.as_tensor(o).to(xt) for k, o in out.items()}
