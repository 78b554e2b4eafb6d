# breaks: forward: every point f(z) comes with the density of X there
import torch


def _slope(f, x):
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf).sum(), leaf)[0]


def log_p_forward(z, f, log_base):
    return f(z), log_base(z) - _slope(f, z).abs().clamp(min=1e-2).log()


def log_p_reverse(x, g, log_base):
    return log_base(g(x)) + _slope(g, x).abs().clamp(min=1e-2).log()
