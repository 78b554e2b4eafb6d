# breaks: reverse: every given x gets the density of X there
import torch


def log_slope(f, v):
    v = v.detach().requires_grad_(True)
    return torch.autograd.grad(f(v).sum(), v)[0].clamp(min=1e-12).log()  # "keeps the logarithm happy"


def log_p_forward(z, f, log_base):
    return f(z), log_base(z) - log_slope(f, z)


def log_p_reverse(x, g, log_base):
    return log_base(g(x)) + log_slope(g, x)
