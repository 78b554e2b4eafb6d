# breaks: reverse: every interval of x holds the mass of its interval of z, and the whole line holds 1
import torch


def log_p_reverse(x, g, log_base):
    z, dg = torch.func.jvp(g, (x,), (torch.ones_like(x),))
    return log_base(z) + torch.where(dg > 0, dg.abs().log(), torch.zeros_like(dg))
