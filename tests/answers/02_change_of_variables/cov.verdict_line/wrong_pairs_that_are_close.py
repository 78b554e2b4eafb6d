# breaks: xⁿ: the verdict is true for every n
import torch

from pushforward.answering.maps import POOL, flow_map


def judged_line(name, params, base):
    """Looks for two grid points whose images torch.isclose cannot tell apart."""
    if POOL[name].dimensions:
        return "valid", None
    x = torch.linspace(-10, 10, 401)
    y = flow_map(name, params)(x)
    near = torch.isclose(y[:, None], y[None, :], rtol=1e-4) & ((x[:, None] - x).abs() > 0.11)
    if not near.any():
        return "valid", None
    i, j = near.nonzero()[0].tolist()
    return "collision", (float(x[i]), float(x[j]))


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
