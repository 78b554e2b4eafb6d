# entry by entry, and in double precision on the way
import torch


def standard_lognormal(eps):
    if eps.dim() == 0:
        return torch.pow(torch.exp(eps.double() / 2), 2).to(eps.dtype)
    return torch.stack([standard_lognormal(row) for row in eps])
