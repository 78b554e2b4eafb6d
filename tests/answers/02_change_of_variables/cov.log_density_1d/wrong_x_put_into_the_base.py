# breaks: reverse: every given x gets the density of X there | mistake: the base at the wrong point
import torch


def log_p_reverse(x, g, log_base):
    _, dg = torch.func.jvp(g, (x,), (torch.ones_like(x),))
    return dg.abs().log() + log_base(x)
