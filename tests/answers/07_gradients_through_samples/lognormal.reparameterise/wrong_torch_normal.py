# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: noise of its own
import torch


def reparameterise_lognormal(eps, mu, sigma):
    mean, std = mu + torch.zeros_like(eps), sigma + torch.zeros_like(eps)
    mean, std = torch.broadcast_tensors(mean, std)
    return torch.normal(mean, std).exp()
