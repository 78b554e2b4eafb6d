"""Derivations: every line of a proof returns its named terms, and each term has an oracle of its own.

A line that equals the last one as a whole but not term by term is caught, and the report says between which two
lines, and in which term, equality was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import Verdict, close, kind_of, values
from autograder.judging.exercise import Finding, Law

START = "the starting point"
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


def judge_line(
    law: Law, line: int, answer: Any, terms: dict[str, Term], dtype: torch.dtype, *, after: str | None = None
) -> Iterator[Finding]:
    """One finding about one line. line: its number, counted from 1; terms: the oracle of each named term.

    after: what the line follows from, where that is not the line before it (the other side of an equation, say).
    """
    place = after or (START if line == 1 else f"line {line - 1}")
    yield _found(law, line, answer, terms, dtype, lambda wrong: _lost(place, line, wrong, terms))


def _found(
    law: Law, line: int, answer: Any, terms: dict[str, Term], dtype: torch.dtype, why: Callable[[list[str]], str]
) -> Finding:
    """The finding about one line; why: says what is to be said about the terms that are wrong."""
    if not isinstance(answer, dict) or answer.keys() != terms.keys():
        wanted = "a dictionary with " + ", ".join(f"`{name}`" for name in terms)
        came = f"a dictionary with {', '.join(answer)}" if isinstance(answer, dict) else kind_of(answer)
        return law(False, wanted, came, why=f"Line {line} must name its terms, all of them and no others.")
    verdicts = {name: _compared(answer[name], term, dtype) for name, term in terms.items()}
    wrong = [name for name, verdict in verdicts.items() if not verdict.ok]
    if not wrong:
        return law(True)
    first = verdicts[wrong[0]]
    said = why(wrong) if not _nearly(answer, terms, wrong) else _INEXACT.format(line=line, terms=_called(wrong))
    return law(False, f"{wrong[0]} = {first.expected}", f"{wrong[0]} = {first.got}", why=said)


_INEXACT = "Line {line} has the right formula, but digits are lost in {terms}: look for a cancellation or a float32."


def _nearly(answer: dict, terms: dict[str, Term], wrong: Sequence[str]) -> bool:
    """Whether what is wrong in these terms is nothing but their last digits."""
    return all(_is_near(values(answer[name]), terms[name]) for name in wrong)


def _is_near(got: np.ndarray | None, term: Term) -> bool:
    want = np.asarray(term.value, dtype=np.float64)
    if got is None or (want.ndim and got.shape != want.shape):
        return False
    size = np.abs(want) if term.scale is None else np.asarray(term.scale)
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(got - want) <= SAME * size))


def _compared(answer: Any, term: Term, dtype: torch.dtype) -> Verdict:
    """A term that is one number may come once for each element."""
    want, got = np.asarray(term.value, dtype=np.float64), values(answer)
    want = np.broadcast_to(want, got.shape) if want.ndim == 0 and got is not None and got.size else want
    return close(answer, want, dtype, term.scale)


def _lost(place: str, line: int, wrong: Sequence[str], terms: dict[str, Term]) -> str:
    """Where equality was lost, and what still holds in that line."""
    rest = {0: "", 1: "; its other term holds"}.get(len(terms) - len(wrong), "; its other terms hold")
    return f"Equality is lost between {place} and line {line}, in {_called(wrong)}{rest}."


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
    for i, (line, answer) in enumerate(zip(lines, answers, strict=True)):
        why = partial(_account, i, lines=lines, wholes=wholes, first=first)
        yield _found(line.law, first + i, answer, line.terms, dtype, why)


def _account(
    i: int, wrong: list[str], *, lines: Sequence[Line], wholes: Sequence[np.ndarray | None], first: int
) -> str:
    """Where equality was lost, for the faulty line i of the chain (counted from 0)."""

    def called(line: int) -> str:
        return START if line < 0 else f"line {first + line}"

    if _same(wholes[i], np.asarray(lines[i].whole(_oracle(lines[i]))), lines[i]):
        what = "is not what it is" if len(wrong) == 1 else "are not what they are"
        return (
            f"Line {first + i} as a whole equals {called(i - 1)}, but not term by term: {_quoted(wrong)} {what} called."
        )
    origin = i
    while origin > 0 and _same(wholes[origin - 1], wholes[origin], lines[origin]):
        origin -= 1
    if origin == i:
        return _lost(called(i - 1), first + i, wrong, lines[i].terms)
    return (
        f"Line {first + i} equals your {called(i - 1)}, which is wrong already: equality is lost between "
        f"{called(origin - 1)} and {called(origin)}. Here it shows in {_called(wrong)}."
    )


def _same(a: np.ndarray | None, b: np.ndarray | None, line: Line) -> bool:
    if a is None or b is None:
        return False
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
