# breaks: forward: every point f(z) comes with the density of X there | mistake: the slope with the wrong sign
import torch


def log_p_forward(z, f, log_base):
    x, df = torch.func.jvp(f, (z,), (torch.ones_like(z),))
    return x, log_base(z) + df.abs().log()
