"""What several exercises of 16_ddpm share: denoisers that the judge answers itself, as callbacks."""

from __future__ import annotations

import numpy as np

from autograder.checks.c15_diffusion_forward.shared import Denoiser, answer, bent, smooth
from autograder.judging.domain import Made

__all__ = ["MODEL", "Denoiser", "answer", "bars_of", "bent", "smooth"]

MODEL = Made(smooth, (smooth, bent), says=("takes x_t (B, …) and t (B,)", "gives eps (B, …)"))


def bars_of(beta: np.ndarray) -> np.ndarray:
    """ᾱ_0 = 1, ᾱ_1, …, ᾱ_T in float64."""
    return np.concatenate([[1.0], np.cumprod(1 - beta)])
