# breaks: bce_mass is the integral of exp(−BCE) over the grey values from 0 to 1
import torch


def bce_mass(logits):
    p = torch.sigmoid(logits)  # 1 - p is 0 for large logits
    mass = (2 * p - 1) / (torch.log(p) - torch.log(1 - p))
    return torch.where(p == 0.5, 0.5, mass)
