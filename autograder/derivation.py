"""Derivations: every line of a proof returns its named terms, and each term has an oracle of its own.

A line that equals the last one as a whole but not term by term is caught, and the report says between which two
lines, and in which term, equality was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.compare import Verdict, close, kind_of, values
from autograder.exercise import Finding, Law

SAME = 1e-4  # how closely, relative to their terms, two lines must agree for the report to call them equal

Terms = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Term:
    """What a named term of a line must be: the oracle's value, and the size that rounding is measured against."""

    value: Any
    scale: Any = None


@dataclass(frozen=True)
class Line:
    """A line of a proof: its law, its named terms, and what they are together (the side of an equation)."""

    law: Law
    terms: dict[str, Term]
    whole: Callable[[Terms], Any]


# --- a line by itself ------------------------------------------------------------------------------------------


def judge_line(law: Law, line: int, answer: Any, terms: dict[str, Term], dtype: torch.dtype) -> Iterator[Finding]:
    """One finding about one line. line: its number, counted from 1; terms: the oracle of each named term."""
    verdicts = _verdicts(answer, terms, dtype)
    wrong = [name for name, verdict in (verdicts or {}).items() if not verdict.ok]
    if verdicts is None:
        yield _unnamed(law, line, answer, terms)
    elif wrong:
        yield _broken(law, verdicts[wrong[0]], wrong[0], _lost(line - 1, line, wrong))
    else:
        yield law(True)


def _verdicts(answer: Any, terms: dict[str, Term], dtype: torch.dtype) -> dict[str, Verdict] | None:
    """What is to be said of each term; None if the answer does not name exactly these."""
    if not isinstance(answer, dict) or answer.keys() != terms.keys():
        return None
    return {name: close(answer[name], term.value, dtype, term.scale) for name, term in terms.items()}


def _unnamed(law: Law, line: int, answer: Any, terms: dict[str, Term]) -> Finding:
    wanted = "a dictionary with " + ", ".join(f"`{name}`" for name in terms)
    came = f"a dictionary with {', '.join(answer)}" if isinstance(answer, dict) and answer else kind_of(answer)
    return law(False, wanted, came, why=f"Line {line} must name its terms, all of them and no others.")


def _broken(law: Law, verdict: Verdict, name: str, why: str) -> Finding:
    return law(False, f"{name} = {verdict.expected}", f"{name} = {verdict.got}", why=why)


def _lost(before: int, line: int, names: Sequence[str], start: int = 0) -> str:
    place = "the starting point" if before <= start else f"line {before}"
    return f"Equality is lost between {place} and line {line}, in {_called(names)}."


def _called(names: Sequence[str]) -> str:
    return f"the term{'s' if len(names) > 1 else ''} {_quoted(names)}"


def _quoted(names: Sequence[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} and {last}" if others else last


# --- a chain of equalities -------------------------------------------------------------------------------------


def judge_chain(lines: Sequence[Line], answers: Sequence[Any], dtype: torch.dtype, first: int = 1) -> Iterator[Finding]:
    """One finding per line of a chain of equalities, asked on the same inputs. first: the number of its first line.

    Every term is judged by its own oracle. Where one is wrong, the lines as the student wrote them are compared as
    wholes: equality may be lost here, may have been lost in an earlier line, or not at all (what one term lacks
    another has too much).
    """
    wholes = [_whole(line, answer) for line, answer in zip(lines, answers, strict=True)]
    rights = [np.asarray(line.whole(_oracle(line)), dtype=np.float64) for line in lines]
    for i, (line, answer) in enumerate(zip(lines, answers, strict=True)):
        verdicts = _verdicts(answer, line.terms, dtype)
        wrong = [name for name, verdict in (verdicts or {}).items() if not verdict.ok]
        if verdicts is None:
            yield _unnamed(line.law, first + i, answer, line.terms)
        elif wrong:
            yield _broken(line.law, verdicts[wrong[0]], wrong[0], _account(i, wrong, lines, wholes, rights, first))
        else:
            yield line.law(True)


def _account(
    i: int, wrong: list[str], lines: Sequence[Line], wholes: Sequence[Any], rights: Sequence[np.ndarray], first: int
) -> str:
    """Where equality was lost, for the faulty line i of the chain (counted from 0)."""
    number = first + i
    if wholes[i] is not None and _same(wholes[i], rights[i], lines[i]):
        other = "the starting point" if i == 0 else f"line {number - 1}"
        what = "is not what it is" if len(wrong) == 1 else "are not what they are"
        return f"Line {number} as a whole equals {other}, but not term by term: {_quoted(wrong)} {what} called."
    origin = i
    while origin > 0 and _carried(wholes[origin - 1], wholes[origin], lines[origin]):
        origin -= 1
    if origin == i:
        return _lost(number - 1, number, wrong, first - 1)
    place = "the starting point" if origin == 0 else f"line {first + origin - 1}"
    return (
        f"Line {number} goes on from your line {number - 1}, which is wrong already: equality is lost between "
        f"{place} and line {first + origin}. Here it shows in {_called(wrong)}."
    )


def _carried(before: Any, now: Any, line: Line) -> bool:
    """Two lines of the student's that are equal. (The later one is known to be wrong, so both are.)"""
    return before is not None and now is not None and _same(before, now, line)


def _same(a: np.ndarray, b: np.ndarray, line: Line) -> bool:
    if a.shape and b.shape and a.shape != b.shape:
        return False
    size = sum(float(np.abs(term).max(initial=0)) for term in _oracle(line).values())
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(a - b) <= SAME * size))


def _oracle(line: Line) -> Terms:
    return {name: np.asarray(term.value, dtype=np.float64) for name, term in line.terms.items()}


def _whole(line: Line, answer: Any) -> np.ndarray | None:
    """What the student's terms are together; None if one of them is missing or has another shape."""
    if not isinstance(answer, dict) or answer.keys() != line.terms.keys():
        return None
    found = {name: values(answer[name]) for name in line.terms}
    if any(found[name] is None or found[name].shape != right.shape for name, right in _oracle(line).items()):
        return None
    with np.errstate(all="ignore"):
        return np.asarray(line.whole(found), dtype=np.float64)
