"""A classifier as a test: whoever tells fakes from data better than a coin has found a difference."""

from __future__ import annotations

from typing import NamedTuple

import torch
from scipy.stats import binom

from pushforward.measuring.estimate import pair
from pushforward.measuring.neighbours import distances


class Verdict(NamedTuple):
    """accuracy on n held-out samples, its standard error if both laws are equal, and the p-value of that."""

    accuracy: float
    error: float
    p_value: float
    n: int

    def __str__(self) -> str:
        return f"accuracy {self.accuracy:.3f} ± {self.error:.2g}, p = {self.p_value:.2g} (n = {self.n})"


def two_sample(real: torch.Tensor, fake: torch.Tensor, k: int = 5) -> Verdict:
    """Train a vote of k nearest neighbours on the first halves, count what it gets right on the second halves.

    real, fake: (n, …), as many of each (more are left out). p_value = P(Bin(h, ½) ≥ right ones), h the number of
    held-out samples: no more than stated, if both laws are equal. k: odd.   (Lopez-Paz and Oquab 2017)
    """
    real, fake = pair(real, fake, 4)
    half = min(len(real), len(fake)) // 2
    train = torch.cat([real[:half], fake[:half]])
    held = torch.cat([real[half : 2 * half], fake[half : 2 * half]])
    is_fake = torch.arange(2 * half, device=train.device) >= half
    votes = is_fake[distances(held, train).topk(min(k, half), largest=False).indices].double().mean(1)
    right = int(((votes > 0.5) == is_fake).sum())
    n = 2 * half
    return Verdict(right / n, 0.5 / n**0.5, float(binom.sf(right - 1, n, 0.5)), n)
