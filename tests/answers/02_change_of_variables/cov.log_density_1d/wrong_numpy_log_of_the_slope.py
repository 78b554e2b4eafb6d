# breaks: forward: every point f(z) comes with the density of X there | mistake: no absolute value
import numpy as np
import torch


def log_p_forward(z, f, log_base):
    z = z.detach().requires_grad_(True)
    x = f(z)
    x.sum().backward()
    with np.errstate(all="ignore"):
        log_slope = torch.from_numpy(np.asarray(np.log(z.grad.cpu().numpy()))).to(z.device)
    return x.detach(), (log_base(z) - log_slope).detach()


def log_p_reverse(x, g, log_base):
    x = x.detach().requires_grad_(True)
    z = g(x)
    z.sum().backward()
    with np.errstate(all="ignore"):
        log_slope = torch.from_numpy(np.asarray(np.log(x.grad.cpu().numpy()))).to(x.device)
    return (log_base(z) + log_slope).detach()
