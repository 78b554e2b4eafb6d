"""How much work a demonstration or a training run may do."""

from __future__ import annotations

import os
from typing import TypeVar

from pushforward.errors import CourseError

Amount = TypeVar("Amount")


def budget(full: Amount, graded: Amount, quick: Amount) -> Amount:
    """The one of three amounts (of steps, samples, …) that fits who is waiting.

    full: a student's own run; graded: stock nbgrader is marking; quick: a smoke test, where no quality is judged.
    The environment variable PUSHFORWARD_BUDGET chooses by name; without it, the run itself tells.
    """
    amounts = {"full": full, "graded": graded, "quick": quick}
    marking = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    name = os.environ.get("PUSHFORWARD_BUDGET") or ("graded" if marking else "full")
    if name not in amounts:
        raise CourseError(f"PUSHFORWARD_BUDGET is {name!r}: it can be full, graded or quick.")
    return amounts[name]
