# breaks: the arguments come back as they were given
import torch


def pathwise_terms(f, mu, sigma, eps):
    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    eps *= slope
    return slope, eps
