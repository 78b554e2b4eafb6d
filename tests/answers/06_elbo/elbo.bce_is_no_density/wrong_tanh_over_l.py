# breaks: bce_mass stays right where the logit is 0, or nearly 0 | mistake: nought over nought
import torch


def bce_mass(logits):
    return torch.tanh(logits / 2) / logits
