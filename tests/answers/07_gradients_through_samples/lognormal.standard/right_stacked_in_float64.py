# entry by entry, and in double precision whatever came
import torch


def standard_lognormal(eps):
    if eps.dim() == 0:
        return torch.pow(torch.exp(eps.double() / 2), 2)
    return torch.stack([standard_lognormal(row) for row in eps])
