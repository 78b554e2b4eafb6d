"""What a model of digits says of each pixel: 17 log probabilities, which add up to one."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import logsumexp

from autograder.judging.compare import has_shape, values


def level_shares(answer: Any, n: int) -> tuple[bool, str]:
    """Whether it is (n, 64, 17) of log probabilities, to 10⁻³ in their sum, and what came."""
    shape = has_shape(answer, (n, 64, 17))
    if not shape.ok:
        return False, shape.got
    log_p = values(answer)
    if np.isnan(log_p).any() or (log_p == np.inf).any():
        return False, "some that are no numbers"
    sums = np.exp(logsumexp(log_p, axis=2))
    return bool((abs(sums - 1) < 1e-3).all()), f"sums from {sums.min():.3g} to {sums.max():.3g}"
