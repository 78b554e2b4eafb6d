# breaks: bce_mass_on_levels is the sum of exp(−BCE) over the grey levels: 1 for two of them only | mistake: the integral for the sum
import torch
import torch.nn.functional as F


def bce_mass_on_levels(logits, levels):
    grey = torch.linspace(0, 1, 4001, dtype=torch.float64, device=logits.device)
    l = logits.double()[..., None]
    return torch.trapezoid(torch.exp(grey * l - F.softplus(l)), grey).to(logits.dtype)
