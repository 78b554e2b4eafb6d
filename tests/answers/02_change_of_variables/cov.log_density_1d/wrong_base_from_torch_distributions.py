# breaks: reverse: every given x gets the density of X there | mistake: a standard normal base taken for granted
import torch
from torch.distributions import Normal


def log_p_forward(z, f, log_base):
    x, df = torch.func.jvp(f, (z,), (torch.ones_like(z),))
    return x, Normal(torch.zeros_like(z), 1).log_prob(z) - df.abs().log()


def log_p_reverse(x, g, log_base):
    z, dg = torch.func.jvp(g, (x,), (torch.ones_like(x),))
    return Normal(torch.zeros_like(z), 1).log_prob(z) + dg.abs().log()
