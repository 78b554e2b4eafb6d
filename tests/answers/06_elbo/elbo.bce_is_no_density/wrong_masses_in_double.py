# breaks: the result is of the type that the docstring promises
import torch


def bce_mass(logits):
    l = logits.double()
    safe = torch.where(l == 0, torch.ones_like(l), l)
    return torch.where(l == 0, torch.full_like(l, 0.5), torch.tanh(safe / 2) / safe)
