# everything in float64; the reverse direction calls the forward one with a flat base
import torch


def log_p_forward(z, f, log_base):
    z64 = z.double().requires_grad_(True)
    x64 = f(z64)
    (slope,) = torch.autograd.grad(x64, z64, grad_outputs=torch.ones_like(x64))
    log_p = log_base(z64) - slope.abs().log()
    return x64.detach().to(z.dtype), log_p.detach().to(z.dtype)


def log_p_reverse(x, g, log_base):
    z, minus_log_slope = log_p_forward(x.double(), g, torch.zeros_like)
    return (log_base(z) - minus_log_slope).to(x.dtype)
