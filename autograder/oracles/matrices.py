"""Matrices of which it is known exactly whether they are singular."""

from __future__ import annotations

import numpy as np
import torch


def singular(rng: np.random.Generator, d: int, dtype: torch.dtype = torch.float64, tries: int = 500) -> np.ndarray:
    """A (d, d) matrix of rank d − 1, d ≥ 2, whose determinant as torch or numpy rounds it in this type is not 0.

    Whole numbers over 1024, so that every type holds it exactly. For two rows one in 60 is of this kind.
    """
    A = rng.integers(-99, 100, size=(tries, d, d - 1)) @ rng.integers(-99, 100, size=(tries, d - 1, d)) / 1024
    typed = torch.tensor(A, dtype=dtype)
    missed = (torch.linalg.det(typed).numpy() != 0).astype(int) + (np.linalg.det(typed.numpy()) != 0)
    return A[np.argmax(missed + 8 * (np.linalg.svd(A)[1][:, d - 2] > 0.1))]
