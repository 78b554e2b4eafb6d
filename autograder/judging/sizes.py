"""How large an answer may be: what the judge compares it with is no larger than the question makes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pushforward.answering.wire import Plain

FREE = 200_000  # numbers that any answer may have; four thousand draws of a picture's size have 256,000
RATIO = 64  # beyond them, for each number of the question: its gradients, and the pixels of a picture for a draw
MOST_ITEMS = 5000  # single values in lists, each of which is looked at by itself


def outsized(asked: Iterable[np.ndarray], answer: Any) -> str | None:
    """A sentence if an answer to a question with these arrays is far larger than it can be meant to be."""
    numbers, items = _counted(answer)
    if items > MOST_ITEMS:
        return f"The result is a list of {items} single values: return them as one tensor."
    if numbers > FREE + RATIO * sum(array.size for array in asked):
        return f"The result has {numbers} numbers, far more than was asked for: look at its shape."
    return None


def _counted(answer: Any) -> tuple[int, int]:
    """Numbers in arrays, and other values."""
    if isinstance(answer, Plain):
        return answer.array.size, 0
    if isinstance(answer, dict):
        answer = list(answer.values())
    if not isinstance(answer, (list, tuple)):
        return 0, 1
    parts = [_counted(item) for item in answer]
    return sum(numbers for numbers, _ in parts), sum(items for _, items in parts)
