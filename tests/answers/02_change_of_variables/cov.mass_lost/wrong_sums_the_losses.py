# breaks: mass_kept is the integral of the model's density over all x
import torch


def mass_kept(low, high):
    inside = torch.special.ndtr(high.double()) - torch.special.ndtr(low.double())
    return max(0.0, 1 - float((1 - inside).sum()))
