# breaks: on a fine grid it is the logarithm of the integral that is known in closed form | mistake: dx is forgotten
import torch


def log_normaliser(u, dx):
    return torch.logsumexp(u, 0)


def log_density(u, dx):
    return torch.log_softmax(u, 0)
