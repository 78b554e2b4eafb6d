# breaks: bce_mass stays right where the logit is 0, or nearly 0
import torch


def bce_mass(logits):
    return torch.tanh(logits / 2) / (logits + 1e-6)
