# breaks: reverse: every given x gets the density of X there | mistake: the slope with the wrong sign
import torch


def log_p_reverse(x, g, log_base):
    x = x.detach().requires_grad_()
    z = g(x)
    z.sum().backward()
    return (log_base(z) + torch.log(1 / x.grad.abs())).detach()
