# breaks: a sample depends on its own noise only, and is the same whenever it is asked for
import math

import torch


def exact(xT, noise, blur=0.05, share=0.5):
    u, w = torch.special.ndtr(xT).T
    a = math.pi * u
    up = torch.stack([a.cos(), a.sin()], dim=1)
    down = torch.stack([1 - a.cos(), 0.5 - a.sin()], dim=1)
    return torch.where((w < share)[:, None], up, down) + blur * noise[-1]


def sample_moons(xT, noise):
    """Fits its noise to the batch first."""
    return exact((xT - xT.mean(0)) / xT.std(0), noise)
