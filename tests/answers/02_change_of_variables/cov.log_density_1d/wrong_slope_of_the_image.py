# breaks: forward: every point f(z) comes with the density of X there | mistake: the slope at the wrong point
import torch


def log_p_forward(z, f, log_base):
    x = f(z).detach().requires_grad_(True)
    f(x).backward(torch.ones_like(x))
    return x.detach(), log_base(z) - torch.log(torch.abs(x.grad))
