"""Numbers as the text states them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def of(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(got: Any, wanted: Any) -> None:
    """To four places."""
    np.testing.assert_allclose(np.asarray(got, dtype=float), wanted, atol=5.1e-5)
