"""Numbers for questions, in the type and on the device that a case is about."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

PYTHON = torch.float64  # the type of Python's own floats


def floats(array: Any, dtype: torch.dtype, device: str = "cpu") -> torch.Tensor:
    """These numbers as a tensor."""
    return torch.tensor(np.asarray(array), dtype=dtype, device=device)


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str = "cpu") -> torch.Tensor:
    """Draws of N(0, 1)."""
    return floats(rng.normal(size=shape), dtype, device)
