# breaks: forward: every point f(z) comes with the density of X there
import torch


def log_slope(f, at):
    """With a floor under the slope, far below all that one meets."""
    at = at.detach().requires_grad_()
    (slope,) = torch.autograd.grad(f(at).sum(), at)
    return slope.abs()


def log_p_forward(z, f, log_base):
    return f(z), log_base(z) - log_slope(f, z).clamp(min=1e-12).log()


def log_p_reverse(x, g, log_base):
    return log_base(g(x)) + log_slope(g, x).log()
