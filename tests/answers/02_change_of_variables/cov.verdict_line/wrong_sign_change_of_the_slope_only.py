# breaks: a x + b: the verdict is true for every a
import numpy as np
import torch

from pushforward.answering.maps import POOL, flow_map


def judged_line(name, params, base):
    """A zero of the slope by its change of sign; what touches zero, and what is missed, goes unseen."""
    if POOL[name].dimensions:
        return "valid", None
    x = torch.linspace(-10, 10, 20002, dtype=torch.float64, requires_grad=True)
    slope = torch.autograd.grad(flow_map(name, params)(x).sum(), x)[0].numpy()
    turns = np.flatnonzero(slope[1:] * slope[:-1] < 0)
    return ("singular", float(x[turns[0]])) if len(turns) else ("valid", None)


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
