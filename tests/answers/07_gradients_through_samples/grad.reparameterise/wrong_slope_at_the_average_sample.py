# breaks: each term is the derivative of f at its own sample, by mu and by sigma | mistake: the slope at the mean
import torch


def pathwise_terms(f, mu, sigma, eps):
    centre = (mu + sigma * eps).mean(0, keepdim=True).requires_grad_()
    (slope,) = torch.autograd.grad(f(centre).sum(), centre)
    return slope.expand_as(eps), slope * eps
