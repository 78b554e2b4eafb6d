# breaks: bce_mass is the integral of exp(−BCE) over the grey values from 0 to 1
import torch


def bce_mass(logits):
    safe = torch.where(logits == 0, 1.0, logits)
    mass = torch.expm1(safe) / (safe * (1 + torch.exp(safe)))  # inf/inf in float32 from 89 on
    return torch.where(logits == 0, 0.5, mass)
