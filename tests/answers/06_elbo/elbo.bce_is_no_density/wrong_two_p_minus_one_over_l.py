# breaks: bce_mass stays right where the logit is 0, or nearly 0 | mistake: nought over nought
import torch


def bce_mass(logits):
    p = torch.sigmoid(logits)
    return (p - (1 - p)) / logits
