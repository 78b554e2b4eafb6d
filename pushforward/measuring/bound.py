"""A valid bound on the likelihood of pictures with levels, for a diffusion model that guesses the levels."""

from __future__ import annotations

from collections.abc import Callable

import torch

LEVELS = 17
Guess = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]  # x_t (n, D) and alpha_bar_t (n,) ↦ log p (n, D, 17)


@torch.no_grad()
def level_bound(
    guess: Guess, pictures: torch.Tensor, kept: torch.Tensor, looks: int = 100, seed: int = 0
) -> torch.Tensor:
    """(n,): nats per picture that −log p(x0) is not larger than, on average over the noise.

        −E log p(x0 | x_1)  +  KL(q(x_T | x0) ‖ N(0, I))  +  ½ Σ_{t=2}^{T} (SNR_{t−1} − SNR_t) E ‖x0 − x0_hat(x_t)‖²

    pictures: (n, …), levels 0 … 16, which become x0 = level/8 − 1; kept: alpha_bar_1 … alpha_bar_T. The first term is
    the probability of the right levels, no density. looks: so many times t are drawn for each picture, one from each
    of as many equal parts of 2 … T; all of them where T is no larger.   (Ho et al. 2020; Kingma et al. 2021)
    """
    level, source = pictures.flatten(1).long(), torch.Generator().manual_seed(seed)
    x0, n, kept = level / 8 - 1, len(level), kept.to(torch.float32)
    snr, last = kept / (1 - kept), kept[-1]
    right = guess(_noised(x0, kept[:1].expand(n), source), kept[:1].expand(n)).gather(2, level[:, :, None])
    prior = 0.5 * (last * (x0**2).sum(1) - x0.shape[1] * (last + torch.log1p(-last)))
    total = prior - right.sum((1, 2))
    ends = torch.linspace(1, len(kept), min(looks, len(kept) - 1) + 1).round().long().tolist()
    for k, a in enumerate(ends[:-1]):
        t = torch.randint(a, ends[k + 1], (n,), generator=source)  # the index of alpha_bar_{t + 1}
        x0_hat = guess(_noised(x0, kept[t], source), kept[t]).exp() @ (torch.arange(LEVELS) / 8 - 1)
        total += 0.5 * (snr[t - 1] - snr[t]) * (ends[k + 1] - a) * ((x0 - x0_hat) ** 2).sum(1)
    return total


def _noised(x0: torch.Tensor, kept: torch.Tensor, source: torch.Generator) -> torch.Tensor:
    eps = torch.randn(x0.shape, generator=source)
    return kept.sqrt()[:, None] * x0 + (1 - kept).sqrt()[:, None] * eps
