from typing import NamedTuple

import torch


class Pushed(NamedTuple):
    x: torch.Tensor
    log_p: torch.Tensor


def log_p_forward(z, f, log_base):
    with torch.enable_grad():
        leaf = z.clone().detach().requires_grad_(True)
        x = f(leaf)
        (d,) = torch.autograd.grad(x, leaf, torch.ones_like(x))
    return Pushed(x.detach(), log_base(z) - d.abs().log())


def log_p_reverse(x, g, log_base):
    z, minus = log_p_forward(x, g, torch.zeros_like)
    return log_base(z) - minus
