"""What passes between the judge and the student's code: a case, its answers, and what they meant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from autograder.judging.compare import readable, show
from autograder.judging.exercise import Ask, Case, Finding, Law
from pushforward.answering.wire import Net

SHOWN = 4  # asks of one case that are written out


@dataclass(frozen=True)
class Unanswered:
    """An ask that brought no value. kind: blank, missing, raised, refused, late or ended.

    inside: the function that is blank, which need not be the one that was asked.
    """

    kind: str
    message: str = ""
    type: str = ""
    line: int | None = None
    source: str | None = None
    inside: str | None = None

    @classmethod
    def read(cls, error: Any) -> Unanswered:
        """From the student's process, which may send anything: a field that is not of its type is left out."""
        fields = {"kind": str, "message": str, "type": str, "line": int, "source": str, "inside": str}
        found = {k: error[k] for k, kind in fields.items() if type(error) is dict and type(error.get(k)) is kind}
        unread = {"kind": "refused", "message": "What came is no answer."}
        return cls(**unread | {k: readable(v) if type(v) is str else v for k, v in found.items()})

    def sentence(self, of: str) -> str:
        """What happened, with the mend."""
        if self.kind == "blank" and self.inside not in (None, of):
            return f"`{of}` calls `{self.inside}`, which is not implemented yet: write that answer first."
        if self.kind == "blank":
            return f"`{of}` is not implemented yet: write your answer where it says NotImplementedError."
        if self.kind == "missing":
            return f"{self.message} Run the cell that defines it, or check its spelling."
        if self.kind == "raised":
            return self._raised(of)
        return f"`{of}` gave no answer that can be judged. {self.message}" if self.kind == "refused" else self.message

    def _raised(self, of: str) -> str:
        if self.type == "SystemExit":
            return f"`{of}` called exit{self._place}. A function hands its result back with return."
        return f"`{of}` raised {self.what}."

    @property
    def what(self) -> str:
        """The error with its message and the student's own line."""
        return (f"{self.type}: {self.message}" if self.message else self.type) + self._place

    @property
    def _place(self) -> str:
        place = f" at line {self.line}" if self.line else ""
        return place + (f": `{self.source}`" if self.source else "")


@dataclass(frozen=True)
class Exchange:
    """One case with its answers and what they meant.

    origin: "probe", "domain" (drawn by the protocol), "again" (asked a second time, in another order) or "smaller"
    (asked for the reader's sake, once something has failed: no points depend on it);
    changed: the arguments, in words, that the student's code has written into; coarse: right to single precision only.
    """

    case: Case
    answers: tuple
    findings: tuple[Finding, ...]
    origin: str = "probe"
    changed: tuple[str, ...] = ()
    coarse: bool = False

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    @property
    def answered(self) -> bool:
        return any(not isinstance(answer, Unanswered) for answer in self.answers)


def describe(case: Case, law: Law | None = None) -> str:
    """What was asked (about one law), as the student would type it: `q_sample(x0=[0.5], t=[3], …)`."""
    asked = list(dict.fromkeys(map(describe_ask, asked_about(case, law))))  # a value and its gradient: the same words
    return "; ".join(asked[:SHOWN]) + ("; …" if asked[SHOWN:] else "")


def asked_about(case: Case, law: Law | None = None) -> list[Ask]:
    """The asks of a case that decide a law (all without one)."""
    return [ask for ask in case.asks if law is None or not ask.laws or law in ask.laws]


def describe_ask(ask: Ask) -> str:
    parts = [show(a) for a in ask.args] + [f"{k}={show(v)}" for k, v in ask.kwargs.items()]
    return f"{ask.of}{'.' + ask.method if ask.method else ''}({', '.join(parts)})"


def doubled(ask: Ask) -> Ask | None:
    """The same ask with its float32 tensors in double precision, None where there are none."""
    wide = replace(ask, args=_doubled(ask.args), kwargs=_doubled(ask.kwargs), more=_doubled(ask.more))
    return wide if _holds_single((ask.args, ask.kwargs)) else None


def _doubled(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.double() if value.dtype == torch.float32 else value
    if isinstance(value, Net):
        return replace(value, weights=_doubled(value.weights))
    if isinstance(value, dict):
        return {key: _doubled(item) for key, item in value.items()}
    return type(value)(map(_doubled, value)) if type(value) in (list, tuple) else value


def _holds_single(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.dtype == torch.float32
    items = value.weights if isinstance(value, Net) else value.values() if isinstance(value, dict) else value
    return isinstance(items, (list, tuple, type({}.values()))) and any(map(_holds_single, items))
