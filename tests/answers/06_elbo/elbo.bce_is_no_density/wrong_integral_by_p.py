# breaks: bce_mass is the integral of exp(−BCE) over the grey values from 0 to 1 | mistake: not divided by the logit
import torch
from torch.nn.functional import softplus


def bce_mass(logits):
    small = logits.abs() < 1e-2
    safe = torch.where(small, torch.ones_like(logits), logits)
    return torch.where(small, 0.5 - logits**2 / 24, torch.tanh(safe / 2).abs() / 2)


def bce_mass_on_levels(logits, levels):
    x = torch.arange(levels, dtype=logits.dtype, device=logits.device) / (levels - 1)
    l = logits[..., None]
    return torch.exp(x * l - softplus(l)).sum(-1)


def continuous_bernoulli(x, logits):
    return -(x * softplus(-logits) + (1 - x) * softplus(logits)) - bce_mass(logits).log()
