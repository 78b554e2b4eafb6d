# breaks: bce_mass_on_levels is the sum of exp(−BCE) over the grey levels: 1 for two of them only | mistake: a mean over the levels
import numpy as np
import torch


def bce_mass_on_levels(logits, levels):
    l = logits.detach().cpu().double().numpy()
    grey = np.linspace(0, 1, levels).reshape(-1, *[1] * l.ndim)
    return torch.from_numpy(np.exp(grey * l - np.logaddexp(0, l)).mean(axis=0)).to(logits)
