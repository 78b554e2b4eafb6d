# breaks: on average over the noise the pathwise terms are the gradient of E f
import torch


def pathwise_terms(f, mu, sigma, eps):
    z = (mu + sigma * eps).requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    return slope, (slope * z).detach()
