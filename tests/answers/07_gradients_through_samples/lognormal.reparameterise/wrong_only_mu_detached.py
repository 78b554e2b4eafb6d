# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: cut from the graph
import torch


def reparameterise_lognormal(eps, mu, sigma):
    mu = mu.detach() if torch.is_tensor(mu) else mu
    return torch.exp(mu + sigma * eps)
