# numpy in float64: a series in the middle, the closed form elsewhere
import numpy as np
import torch
from scipy.special import expit, xlogy


def back(a, like):
    return torch.as_tensor(a, dtype=like.dtype, device=like.device)


def mass(l):
    outer = np.where(abs(l) < 1e-3, 1.0, l)
    return np.where(abs(l) < 1e-3, 0.5 - l**2 / 24, np.tanh(outer / 2) / outer)


def bce_mass(logits):
    return back(mass(logits.detach().cpu().double().numpy()), logits)


def bce_mass_on_levels(logits, levels):
    l = logits.detach().cpu().double().numpy()[..., None]
    grey = np.linspace(0, 1, levels)
    return back(np.exp(xlogy(grey, expit(l)) + xlogy(1 - grey, expit(-l))).sum(-1), logits)


def continuous_bernoulli(x, logits):
    l, grey = logits.detach().cpu().double().numpy(), x.detach().cpu().double().numpy()
    return back(grey * l - np.logaddexp(0, l) - np.log(mass(l)), logits)
