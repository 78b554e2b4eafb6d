# breaks: on average over the noise the pathwise terms are the gradient of E f | mistake: the noise is missing in d_sigma
import torch


def pathwise_terms(f, mu, sigma, eps):
    shift = torch.zeros_like(eps, requires_grad=True)
    (slope,) = torch.autograd.grad(f(mu + sigma * eps + shift).sum(), shift)
    return slope, slope.clone()
