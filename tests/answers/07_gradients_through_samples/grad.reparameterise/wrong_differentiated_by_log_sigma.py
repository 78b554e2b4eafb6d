# breaks: each term is the derivative of f at its own sample, by mu and by sigma | mistake: by another parameter
import torch


def pathwise_terms(f, mu, sigma, eps):
    m = mu.expand_as(eps).clone().requires_grad_()
    log_sigma = sigma.log().expand_as(eps).clone().requires_grad_()
    return torch.autograd.grad(f(m + log_sigma.exp() * eps).sum(), (m, log_sigma))
