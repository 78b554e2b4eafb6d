"""Answers that are several numbers, each by its name."""

from __future__ import annotations

from typing import Any

from autograder.judging.compare import Verdict, kind_of, number, show


def parts_of(answer: Any, names: tuple[str, ...]) -> dict[str, float] | None:
    """The answer's numbers by name if it is a dictionary of just these numbers, else None."""
    if not isinstance(answer, dict) or set(answer) != set(names):
        return None
    found = {name: number(answer[name]) for name in names}
    return None if None in found.values() else found


def has_parts(answer: Any, names: tuple[str, ...]) -> Verdict:
    """Whether it is a dictionary of these numbers."""
    ok = parts_of(answer, names) is not None
    came = f"a dict with {show(sorted(answer))}" if isinstance(answer, dict) else kind_of(answer)
    return Verdict(ok, f"a dict of the numbers {', '.join(names)}", came)
