# the slope by forward-mode differentiation
import torch


def log_p_forward(z, f, log_base):
    x, slope = torch.func.jvp(f, (z,), (torch.ones_like(z),))
    return x, log_base(z) - torch.log(torch.abs(slope))


def log_p_reverse(x, g, log_base):
    z, slope = torch.func.jvp(g, (x,), (torch.ones_like(x),))
    return log_base(z) + torch.log(torch.abs(slope))
