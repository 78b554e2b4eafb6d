# breaks: xⁿ: the verdict is true for every n | mistake: a bijection is enough
import torch

from pushforward.answering.maps import POOL, flow_map


def judged_line(name, params, base):
    """Rises or falls from −3 to 3 in whole steps: then it is one-to-one."""
    if POOL[name].dimensions:
        return "valid", None
    x = torch.arange(-3.0, 4.0)
    steps = flow_map(name, params)(x).diff()
    if (steps > 0).all() or (steps < 0).all():
        return "valid", None
    return "collision", (-1.0, 1.0)


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
