# breaks: the arguments come back as they were given
import torch


def bce_mass(logits):
    nought = logits == 0
    logits[nought] = 1.0
    return torch.where(nought, torch.full_like(logits, 0.5), torch.tanh(logits / 2) / logits)
