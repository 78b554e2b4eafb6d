# breaks: different noise gives different samples | mistake: a store of points
import torch

from pushforward.data import two_moons

STORE = two_moons(2000, generator=torch.Generator().manual_seed(5))


def sample_moons(xT, noise):
    return STORE[(torch.special.ndtr(xT[:, 1]) * 2000).long().clamp(0, 1999)]
