# breaks: the noise fills the whole bin of its level evenly, each pixel with noise of its own
import torch


def spread_levels(levels, seed):
    return levels + 0.9 * torch.rand(levels.shape, generator=torch.Generator().manual_seed(seed)).to(levels)
