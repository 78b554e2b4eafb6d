# breaks: the points are new: no nearer to the training points than fresh ones are | mistake: learnt by heart
import torch

from pushforward.data import two_moons

MOONS = two_moons(4000, generator=torch.Generator().manual_seed(0))


def sample_moons(xT, noise):
    """What a model that has its data by heart would do: one of them, and hardly any noise."""
    which = (torch.special.ndtr(xT[:, 0]) * 4000).long().clamp(0, 3999)
    return MOONS[which] + 0.003 * noise[0]
