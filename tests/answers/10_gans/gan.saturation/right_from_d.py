import torch


def generator_gradients(logit):
    d = 1 / (1 + torch.exp(-logit))
    return {"saturating": -d / 2, "non_saturating": -(1 - d)}


def gradient_ratios(logit):
    d = 1 / (1 + torch.exp(-logit))
    return {"with_half": (1 - d) / (0.5 * d), "plain": (1 - d) / d}


def two_states():
    return [-8, 0], [8, 0]
