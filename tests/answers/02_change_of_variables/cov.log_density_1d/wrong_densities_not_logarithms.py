# breaks: forward: every point f(z) comes with the density of X there
import torch


def log_p_forward(z, f, log_base):
    x, df = torch.func.jvp(f, (z,), (torch.ones_like(z),))
    return x, log_base(z).exp() / df.abs()


def log_p_reverse(x, g, log_base):
    z, dg = torch.func.jvp(g, (x,), (torch.ones_like(x),))
    return log_base(z).exp() * dg.abs()
