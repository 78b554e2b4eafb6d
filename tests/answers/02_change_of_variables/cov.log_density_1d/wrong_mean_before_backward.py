# breaks: forward: every point f(z) comes with the density of X there
import torch


def slope(f, v):
    v = v.detach().requires_grad_(True)
    f(v).mean().backward()
    return v.grad


def log_p_forward(z, f, log_base):
    return f(z), log_base(z) - slope(f, z).abs().log()


def log_p_reverse(x, g, log_base):
    return log_base(g(x)) + slope(g, x).abs().log()
