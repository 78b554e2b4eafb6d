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

from autograder.compare import close, kind_of
from autograder.exercise import Finding, Law


@dataclass(frozen=True)
class Term:
    """What a named term of a line must be: the oracle's value, and the size that rounding is measured against."""

    value: Any
    scale: Any = None


def judge_line(law: Law, line: int, answer: Any, terms: dict[str, Term], dtype: torch.dtype) -> Iterator[Finding]:
    """One finding about one line. line: its number, counted from 1; terms: the oracle of each named term."""
    wanted = "a dictionary with " + ", ".join(f"`{name}`" for name in terms)
    if not isinstance(answer, dict) or answer.keys() != terms.keys():
        came = f"a dictionary with {', '.join(answer)}" if isinstance(answer, dict) else kind_of(answer)
        yield law(False, wanted, came, why=f"Line {line} must name its terms, all of them and no others.")
        return
    for name, term in terms.items():
        value = np.asarray(term.value, dtype=np.float64)
        verdict = close(answer[name], value, dtype, term.scale)
        if not verdict.ok:
            yield law(False, f"{name} = {verdict.expected}", f"{name} = {verdict.got}", why=_lost(line, name))
            return
    yield law(True)


def _lost(line: int, name: str) -> str:
    before = "the starting point" if line == 1 else f"line {line - 1}"
    return f"Equality is lost between {before} and line {line}, in the term `{name}`."
