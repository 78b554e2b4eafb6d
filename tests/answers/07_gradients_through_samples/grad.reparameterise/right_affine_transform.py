# the library's transform, and a copy of the parameters for every row
import torch
from torch.distributions.transforms import AffineTransform


def reparameterise(mu, log_var, eps):
    return AffineTransform(mu, log_var.div(2).exp())(eps)


def pathwise_terms(f, mu, sigma, eps):
    m = mu.repeat(len(eps), 1).requires_grad_()
    s = sigma.repeat(len(eps), 1).requires_grad_()
    return torch.autograd.grad(f(torch.addcmul(m, s, eps)).sum(), [m, s])
