"""A decoder of pictures with levels by its weights, so that a check can hand one over to be differentiated.

log p(level k at pixel i | z) = k-th of log_softmax(W_i z + b_i)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch


def level_table(weights: Sequence[torch.Tensor]) -> Callable[[torch.Tensor], torch.Tensor]:
    """z (…, d) → log p of all levels of all pixels, (…, P, L).   weights: W (P, L, d) and b (P, L)."""
    W, b = weights

    def log_probs(z: torch.Tensor) -> torch.Tensor:
        return (torch.einsum("pld,...d->...pl", W, z) + b).log_softmax(-1)

    return log_probs


def level_log_p(weights: Sequence[torch.Tensor]) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """z (…, d) and levels (…, P) → log p of the level of each pixel, (…, P).   weights: as above."""
    table = level_table(weights)

    def log_p(z: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
        log_probs = table(z)
        index = levels.long().expand(log_probs.shape[:-1])[..., None]
        return log_probs.gather(-1, index)[..., 0]

    return log_p
