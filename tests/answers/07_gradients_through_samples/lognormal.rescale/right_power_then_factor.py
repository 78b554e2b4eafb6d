# the formula of the derivation, with mu made a tensor where it is a number
import torch


def rescale_lognormal(z, mu, sigma):
    factor = torch.exp(torch.as_tensor(mu, dtype=z.dtype, device=z.device))
    return z**sigma * factor
