# breaks: forward: every point f(z) comes with the density of X there
import torch


def log_p_forward(z, f, log_base):
    x, log_p = f(z), log_base(z)
    for entry in z.reshape(-1):
        point = entry.detach().requires_grad_(True)
        slope = torch.autograd.grad(f(point), point)[0]
    return x, log_p - slope.abs().log()  # the last entry's slope for all of them
