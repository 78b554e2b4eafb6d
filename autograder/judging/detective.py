"""Detective exercises: the answer is a test. It is given implementations, and says of each whether it is right.

Every call of an implementation is answered here, through a callback, so no right code comes near the student's (values
only: gradients do not pass, differences do). Right implementations of different make must all be accepted; that is a
gate. Then there is a law for each kind of bug. Who stands in the line-up, and in which order, is drawn from the seed.
It is so long that guessing pays less than once in a million (`LINE_UP`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from autograder.judging.compare import kind_of, show, truth
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, wrong
from pushforward.answering.wire import Callback, Plain
from pushforward.errors import CourseError

# Of right ones, and of each kind of bug (or all of the kind, where there are more). Who says True with probability p,
# whatever comes, passes the gate and one law with p²⁰ (1 − p)⁶, which is 8·10⁻⁷ at most (p = 20/26).
LINE_UP = 20, 6
REFUSES = wrong(  # for the catalogue of each
    "refuses everything",
    lambda implementation: False,
    "Every implementation is refused, the right ones as well. Compute by hand what a right one gives for one of your "
    "questions, and compare up to rounding.",
)
LARGEST = 100_000  # entries of an argument that an implementation is called with


@dataclass(frozen=True)
class Suspect:
    """An implementation in the line-up. what: as a report calls it ("starts with alpha_bar_0 = 1")."""

    law: Law
    what: str
    function: Callable[..., Any]


class Detective(Exercise):
    """Base of the judges of tests. One declared name, a function of one argument, which is the implementation."""

    again = False  # the line-up asks about the same implementations at several places already
    accepts: ClassVar[Law]  # the gate
    right: ClassVar[dict[str, Callable]]  # implementations by what they are
    bugs: ClassVar[dict[str, dict[str, Callable]]]  # by the name of the law that catches them
    strict: ClassVar[str | None] = None  # the mistake of one who catches every bug, and some of the right ones

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        suspects = list(self._line_up(rng))
        asks = [call(self.names[0], Callback(_name(k))).about(s.law) for k, s in enumerate(suspects)]
        yield case(*asks, suspects=suspects, calls={})

    def _line_up(self, rng: np.random.Generator) -> Iterator[Suspect]:
        groups = [(self.accepts, self.right, LINE_UP[0])]
        groups += [(getattr(self, law), bugs, max(LINE_UP[1], len(bugs))) for law, bugs in self.bugs.items()]
        drawn = [Suspect(law, *each) for law, group, n in groups for each in _some(rng, list(group.items()), n)]
        yield from (drawn[k] for k in rng.permutation(len(drawn)))

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """What the implementation of this number gives."""
        number = int(name.rpartition("_")[2])
        given = [_value(value) for value in args], {key: _value(value) for key, value in kwargs.items()}
        value = case.suspects[number].function(*given[0], **given[1])
        case.calls[number] = f"{show((*args, *kwargs.values()))[1:-1].rstrip(',')} gave {show(value)}"
        return value

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        verdicts = [truth(answer) for answer in answers]
        suspects = list(zip(case.suspects, verdicts, answers, strict=True))
        passed, strict = True, self.strict if self._too_strict(suspects) else None
        for number, (suspect, verdict, answer) in enumerate(suspects):
            if suspect.law is self.accepts:
                passed = passed and verdict is True
                last = case.calls.get(number, "without a call")
                got = f"{_said(verdict, answer)}: {last}"
                expected = f"True for a right one ({suspect.what})"
                yield self.accepts(verdict is True, expected, got, mistake=strict if verdict is False else None)
        for suspect, verdict, answer in suspects:
            if suspect.law is not self.accepts and passed:
                got = f"{_said(verdict, answer)} for one that {suspect.what}"
                yield suspect.law(verdict is False, "False", got)

    def _too_strict(self, suspects: list[tuple[Suspect, bool | None, Any]]) -> bool:
        """Right ones differ by rounding alone: who tells some of them from others asks for more than they can give."""
        right = [verdict for suspect, verdict, _ in suspects if suspect.law is self.accepts]
        bugs = [verdict for suspect, verdict, _ in suspects if suspect.law is not self.accepts]
        return {*right} == {True, False} and {*bugs} == {False}


def _name(k: int) -> str:
    return f"implementation_{k}"


def _some(rng: np.random.Generator, group: list, n: int) -> list:
    """n of a group: each of them about equally often."""
    start = rng.permutation(len(group))
    return [group[start[k % len(group)]] for k in range(n)]


def _said(verdict: bool | None, answer: Any) -> str:
    return str(verdict) if verdict is not None else "no answer" if answer is None else kind_of(answer)


def _value(value: Any) -> Any:
    """An argument of a callback as the implementation is to see it."""
    if not isinstance(value, Plain):
        return value
    if value.array.size > LARGEST:
        raise CourseError(f"An implementation takes up to {LARGEST} entries; {value.array.size} were given.")
    array = np.array(value.array)
    return array if value.kind == "array" else torch.from_numpy(array).to(getattr(torch, value.dtype))
