# breaks: bce_mass_on_levels is the sum of exp(−BCE) over the grey levels: 1 for two of them only | mistake: white is never reached
import torch
import torch.nn.functional as F


def bce_mass_on_levels(logits, levels):
    grey = torch.arange(levels, dtype=logits.dtype, device=logits.device) / levels
    l = logits.unsqueeze(-1)
    return torch.exp(grey * F.logsigmoid(l) + (1 - grey) * F.logsigmoid(-l)).sum(-1)
