# breaks: the arguments come back as they were given
import torch


def _slope(f, x):
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf).sum(), leaf)[0]


def log_p_forward(z, f, log_base):
    x, log_p = f(z), log_base(z)
    return x, log_p - z.copy_(_slope(f, z)).abs().log()


def log_p_reverse(x, g, log_base):
    log_p = log_base(g(x))
    return log_p + x.copy_(_slope(g, x)).abs_().log()
