"""An encoder and a decoder for pictures of 64 pixels, and both together: small, so that they learn in seconds."""

from __future__ import annotations

import torch
from torch import nn

from pushforward.vae.likelihoods import LevelLikelihood

PIXELS, HOW = 64, 5


def _layers(first: int, width: int, last: int, dropout: float) -> nn.Sequential:
    hidden = [nn.Linear(first, width), nn.SiLU(), nn.Dropout(dropout)]
    return nn.Sequential(*hidden, nn.Linear(width, width), nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, last))


class Encoder(nn.Module):
    """q(z | x) = N(mu, diag sigma²): mu and sigma (N, latents) from x (N, 64), values −1 … 1.

    how: (N, 5), how `pushforward.augment.moved` has moved each picture; without it, not at all.
    """

    def __init__(self, latents: int = 16, width: int = 256, dropout: float = 0.1) -> None:
        super().__init__()
        self.layers = _layers(PIXELS + HOW, width, 2 * latents, dropout)

    def forward(self, x: torch.Tensor, how: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        how = x.new_zeros(*x.shape[:-1], HOW) if how is None else how
        mu, rough = self.layers(torch.cat([x, how], dim=-1)).chunk(2, dim=-1)
        return mu, nn.functional.softplus(rough + 0.5) + 1e-4  # near 1 at first, and never 0


class Decoder(nn.Module):
    """What p(x | z) needs: `numbers` for each pixel, (…, 64, numbers), from z (…, latents).   how: (…, 5), as above."""

    def __init__(self, latents: int = 16, numbers: int = 9, width: int = 256, dropout: float = 0.1) -> None:
        super().__init__()
        self.layers, self.numbers = _layers(latents + HOW, width, PIXELS * numbers, dropout), numbers

    def forward(self, z: torch.Tensor, how: torch.Tensor | None = None) -> torch.Tensor:
        how = z.new_zeros(*z.shape[:-1], HOW) if how is None else how
        return self.layers(torch.cat([z, how], dim=-1)).unflatten(-1, (PIXELS, self.numbers))


class Autoencoder(nn.Module):
    """Encoder, decoder and likelihood of pictures with levels 0 … 16.   how: as above."""

    def __init__(self, likelihood: LevelLikelihood, latents: int = 20, width: int = 256, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(latents, width, dropout)
        self.decoder, self.likelihood = Decoder(latents, likelihood.numbers, width, dropout), likelihood

    def encode(self, levels: torch.Tensor, how: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """mu and sigma of q(z | x), (N, latents) each, from levels (N, 64)."""
        return self.encoder(levels.float() / 8 - 1, how)

    def log_p(self, z: torch.Tensor, levels: torch.Tensor, how: torch.Tensor | None = None) -> torch.Tensor:
        """log p(level | z) of each pixel, (…, 64), from z (…, latents) and levels (N, 64)."""
        said = self.decoder(z, how)
        return self.likelihood.rule(said, levels.expand(said.shape[:-1]))

    def log_probs(self, z: torch.Tensor) -> torch.Tensor:
        """log p of every level of each pixel, (…, 64, 17), from z (…, latents)."""
        return self.likelihood.table(self.decoder(z))
