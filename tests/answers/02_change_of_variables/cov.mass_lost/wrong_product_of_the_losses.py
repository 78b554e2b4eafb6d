# breaks: mass_kept is the integral of the model's density over all x
import torch


def mass_kept(low, high):
    """Each coordinate loses its share, and the shares are multiplied."""
    ndtr = torch.special.ndtr
    lost = 1 - (ndtr(high.double()) - ndtr(low.double()))
    return float(1 - lost.prod())
