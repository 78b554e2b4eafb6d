# (e^l - 1)/(l (1 + e^l)) by expm1, the middle put in by hand; the levels as a geometric series
import torch
import torch.nn.functional as F


def bce_mass(logits):
    size = logits.abs()  # symmetric in l
    safe = torch.where(size > 0, size, torch.ones_like(size))
    mass = -torch.expm1(-safe) / (safe * (1 + torch.exp(-safe)))
    return torch.where(size > 0, mass, torch.full_like(size, 0.5))


def bce_mass_on_levels(logits, levels):
    size = logits.abs()
    safe = torch.where(size > 0, size, torch.ones_like(size))
    ratio = torch.expm1(-safe * levels / (levels - 1)) / torch.expm1(-safe / (levels - 1))
    ratio = torch.where(size > 0, ratio, torch.full_like(size, float(levels)))
    return ratio * torch.sigmoid(size)


def continuous_bernoulli(x, logits):
    return x * logits - F.softplus(logits) - bce_mass(logits).log()
