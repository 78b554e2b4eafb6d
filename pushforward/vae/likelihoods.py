"""What a decoder may say of a pixel: log probabilities of its 17 levels, which add up to one whatever it says.

Levels k = 0 … 16 stand at u_k = k / 8 − 1, and a density on the line gives each of them the mass of its cell, between
the edges u_k ± 1/16; the first and the last cell reach to ∓∞. So nothing is lost at the ends, and all is counted once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.functional import logsigmoid

LEVELS = 17


@dataclass(frozen=True)
class LevelLikelihood:
    """numbers: so many a pixel the decoder has to give; rule: (…, numbers) and levels (…) → their log p, (…)."""

    numbers: int
    rule: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

    def log_p(self, said: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
        """log p(x | z), the sum over the pixels of the log probability of the level that is there.

        said: (…, N, P, numbers), for draws in front as well; levels: (N, P), 0 … 16;  returns (…, N).
        """
        return self.rule(said, levels.expand(said.shape[:-1])).sum(-1)

    def table(self, said: torch.Tensor) -> torch.Tensor:
        """log p of every level, (…, 17), from what the decoder says, (…, numbers)."""
        levels = torch.arange(LEVELS, device=said.device).expand(*said.shape[:-1], LEVELS)
        return self.rule(said[..., None, :].expand(*levels.shape, self.numbers), levels)


# --- the rules -------------------------------------------------------------------------------------------------


def categorical(said: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    """log softmax: each level may be as likely as it likes.   said: (…, 17); levels: (…), 0 … 16;  returns (…)."""
    return said.log_softmax(-1).gather(-1, levels.long()[..., None])[..., 0]


def logistics(said: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    """A mixture of logistic distributions, in each cell its mass.   (Salimans et al. 2017)

    said: (…, 3 K), of K components their log weights (up to a constant), places, and log scales; levels: (…), 0 … 16;
    returns (…).
    """
    weight, place, log_scale = said.unflatten(-1, (3, -1)).unbind(-2)  # (…, K)
    lower, upper = _edges(levels[..., None].to(said))
    narrow, first, last = (-log_scale).exp(), levels[..., None] == 0, levels[..., None] == LEVELS - 1
    # σ(a) − σ(b) = σ(a) σ(−b) (1 − e^{b − a}): nothing is subtracted that could cancel
    below = logsigmoid((upper - place) * narrow).masked_fill(last, 0)
    above = logsigmoid((place - lower) * narrow).masked_fill(first, 0)
    between = (-torch.expm1(-narrow / 8)).log().masked_fill(first | last, 0)
    return (weight.log_softmax(-1) + below + above + between).logsumexp(-1)


def normal(said: torch.Tensor, levels: torch.Tensor, sigma: float = 0.25) -> torch.Tensor:
    """N(mean, sigma²), in each cell its mass; sigma is fixed, in units in which the levels span 2.

    said: (…, 1), the means; levels: (…), 0 … 16;  returns (…).
    """
    lower, upper = ((edge - said[..., 0]) / sigma for edge in _edges(levels.to(said)))
    right = lower + upper > 0  # there the tail above is the smaller one, and keeps more digits
    large, small = torch.where(right, -lower, upper), torch.where(right, -upper, lower)
    log_large = torch.special.log_ndtr(large)
    inner = log_large + (-torch.expm1(torch.special.log_ndtr(small) - log_large)).log()
    ends = torch.where(levels == 0, torch.special.log_ndtr(upper), torch.special.log_ndtr(-lower))
    return torch.where((levels == 0) | (levels == LEVELS - 1), ends, inner)


def _edges(levels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The lower and the upper edge of the cell, as if none reached to infinity."""
    return (levels - 0.5) / 8 - 1, (levels + 0.5) / 8 - 1


LIKELIHOODS = {
    "categorical": LevelLikelihood(LEVELS, categorical),
    "three logistics": LevelLikelihood(9, logistics),
    "normal": LevelLikelihood(1, normal),
}
