"""Derivations: every line of a proof returns its named terms, and each term has an oracle of its own.

A line that equals the last one as a whole but not term by term is caught, and the report says between which two
lines, and in which term, equality was lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.compare import Verdict, close, kind_of, values
from autograder.exercise import Finding, Law


@dataclass(frozen=True)
class Term:
    """What a named term of a line must be: the oracle's value, and the size that rounding is measured against."""

    value: Any
    scale: Any = None


def judge_line(
    law: Law, line: int, answer: Any, terms: dict[str, Term], dtype: torch.dtype, *, after: str | None = None
) -> Iterator[Finding]:
    """One finding about one line. line: its number, counted from 1; terms: the oracle of each named term.

    after: what the line follows from, where that is not the line before it (the other side of an equation, say).
    """
    wanted = "a dictionary with " + ", ".join(f"`{name}`" for name in terms)
    if not isinstance(answer, dict) or answer.keys() != terms.keys():
        came = f"a dictionary with {', '.join(answer)}" if isinstance(answer, dict) else kind_of(answer)
        yield law(False, wanted, came, why=f"Line {line} must name its terms, all of them and no others.")
        return
    verdicts = {name: _compared(answer[name], term, dtype) for name, term in terms.items()}
    lost = [name for name, verdict in verdicts.items() if not verdict.ok]
    if not lost:
        yield law(True)
        return
    first = verdicts[lost[0]]
    why = _lost(after or ("the starting point" if line == 1 else f"line {line - 1}"), line, lost, len(terms))
    yield law(False, f"{lost[0]} = {first.expected}", f"{lost[0]} = {first.got}", why=why)


def _compared(answer: Any, term: Term, dtype: torch.dtype) -> Verdict:
    """A term that is one number may come once for each element."""
    want, got = np.asarray(term.value, dtype=np.float64), values(answer)
    want = np.broadcast_to(want, got.shape) if want.ndim == 0 and got is not None and got.size else want
    return close(answer, want, dtype, term.scale)


def _lost(before: str, line: int, lost: list[str], terms: int) -> str:
    """Where equality was lost, and what still holds in that line."""
    named = ("the term " if len(lost) == 1 else "the terms ") + " and ".join(f"`{name}`" for name in lost)
    rest = {0: "", 1: "; its other term holds"}.get(terms - len(lost), "; its other terms hold")
    return f"Equality is lost between {before} and line {line}, in {named}{rest}."
