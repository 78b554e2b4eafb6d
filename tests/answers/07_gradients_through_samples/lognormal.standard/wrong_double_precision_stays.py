# breaks: the result is of the type that the docstring promises
import torch


def standard_lognormal(eps):
    return torch.exp(eps.double())
