"""The examination: ask what the exercise probes, judge what comes back, name the mistake.

`examine` talks to the student's code through a link and does not care where that code runs: `LocalLink` keeps it in
this process (a notebook), `autograder.judging.child.ChildLink` in another one that cannot import the judge.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from autograder.judging.compare import readable, show, values
from autograder.judging.exercise import Ask, Case, Exercise, Finding, Law, Mistake, points
from autograder.judging.places import astray
from autograder.judging.report import LawResult, Report, shares
from pushforward.answering import wire
from pushforward.answering.run import Runner, refused
from pushforward.errors import CourseError

NAMING_TOLERANCE = 1e-3  # how closely an answer must agree with a catalogued mistake to be called by its name
Respond = Callable[[dict, list], tuple[dict, list]]


@dataclass(frozen=True)
class Unanswered:
    """An ask that brought no value. kind: blank, missing, raised, refused, late or ended."""

    kind: str
    message: str = ""
    type: str = ""
    line: int | None = None
    source: str | None = None

    @classmethod
    def read(cls, error: Any) -> Unanswered:
        """From the student's process, which may send anything: a field that is not of its type is left out."""
        fields = {"kind": str, "message": str, "type": str, "line": int, "source": str}
        found = {k: error[k] for k, kind in fields.items() if type(error) is dict and type(error.get(k)) is kind}
        unread = {"kind": "refused", "message": "What came is no answer."}
        return cls(**unread | {k: readable(v) if type(v) is str else v for k, v in found.items()})

    def sentence(self, of: str) -> str:
        """What happened, with the mend."""
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


class Link(Protocol):
    """A way to the student's code."""

    def ask(self, head: dict, arrays: list, respond: Respond) -> tuple[dict, list]:
        """Send one ask, let `respond` answer the callbacks in between, return the answer."""


class LocalLink:
    """Student code in this very process."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.runner = Runner(namespace)

    def ask(self, head: dict, arrays: list, respond: Respond) -> tuple[dict, list]:
        """Answers are copied, so that student code that writes into a returned tensor later changes nothing here."""
        try:
            return wire.copied(*self.runner.perform(head, arrays, lambda *call: respond(*wire.copied(*call))))
        except wire.WireError as error:
            return refused(error)


# --- the examination -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exchange:
    """One case with its answers and what they meant."""

    case: Case
    answers: tuple
    findings: tuple[Finding, ...]


def default_seed(id: str) -> int:
    """The seed of a student's own runs: fixed per exercise, so that the same answer gives the same table."""
    return zlib.crc32(id.encode())


def examine(exercise: Exercise, link: Link, seed: int | None = None, worth: float | None = None) -> Report:
    """Probe, ask and judge one exercise. The same seed asks the same questions.

    worth: its points, where they are not those of the course's own table.
    """
    seed = default_seed(exercise.id) if seed is None else _checked(seed)
    exchanges = list(_exchanges(exercise, link, seed))
    results = tuple(_result(law, exchanges) for law in exercise.laws)
    full = points(exercise.id) if worth is None else worth
    error = next((_error(e) for e in exchanges if _error(e)), None)
    earned = sum(share for share, r in zip(shares(exercise.laws, full), results, strict=True) if r.ok)
    return Report(
        id=exercise.id,
        points=round(earned, 6),
        max=full,
        laws=results,
        mistake=None if all(r.ok for r in results if r.law.weight) else _recognise(exercise, exchanges),
        error=error,
        blank=all(_is_blank(e) for e in exchanges),
        seed=seed,
        hints=exercise.hints,
    )


def _checked(seed: Any) -> int:
    if type(seed) is not int or seed < 0:
        raise CourseError(f"The seed {seed!r} is none: give a whole number from 0 up.")
    return seed


def _exchanges(exercise: Exercise, link: Link, seed: int) -> Iterator[Exchange]:
    over = None  # once the time is up or the process gone, every later question counts as asked in vain
    failed = False
    for number, case in enumerate(_cases(exercise, seed)):
        if failed and case.on_gpu:  # an index out of range is an error on the CPU and the end of the process there
            continue
        answers = tuple(over or _put_question(exercise, case, ask, link, _ask_seed(seed, number)) for ask in case.asks)
        with np.errstate(all="ignore"):  # NaN and infinity are answers like others, whatever the notebook has set
            findings = tuple(_findings(exercise, case, answers))
        yield Exchange(case, answers, findings)
        failed = failed or not all(finding.ok for finding in findings)
        over = over or next((a for a in answers if isinstance(a, Unanswered) and a.kind in ("late", "ended")), None)


def _ask_seed(seed: int, number: int) -> int:
    """What the student's own randomness starts from; it does not tell the seed of the questions."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest()[:4], "little")


def _cases(exercise: Exercise, seed: int) -> Iterator[Case]:
    """The probe's cases, made on the CPU where they do not say otherwise, whatever the notebook's default device is."""
    cases = exercise.probe(np.random.default_rng(seed))
    while True:
        with _on_cpu():
            case = next(cases, None)
        if case is None:
            return
        yield case


def _on_cpu() -> AbstractContextManager:
    """Entered only where it changes something: inside it, every call of torch takes a detour through Python."""
    return nullcontext() if torch.empty(0).device.type == "cpu" else torch.device("cpu")


def _put_question(exercise: Exercise, case: Case, ask: Ask, link: Link, seed: int) -> Any:
    def respond(head: dict, arrays: list) -> tuple[dict, list]:
        out: list[np.ndarray] = []
        try:
            args = [wire.decode_plain(node, arrays) for node in head["args"]]
            kwargs = {k: wire.decode_plain(node, arrays) for k, node in head["kwargs"].items()}
            return {"value": wire.encode(exercise.reply(case, head["callback"], args, kwargs), out)}, out
        except Exception as error:  # with what arguments the student's code calls is the student's doing
            return {"refused": f"{head.get('callback')} cannot answer this call. {type(error).__name__}: {error}"}, []

    answer, arrays = link.ask(*_message(ask, seed), respond)
    if "error" in answer:
        return Unanswered.read(answer["error"])
    try:
        value = wire.decode_plain(answer.get("value"), arrays)
    except wire.WireError as error:
        return Unanswered("refused", str(error))
    elsewhere = astray(ask, value)
    return Unanswered("refused", elsewhere) if elsewhere else value


def _message(ask: Ask, seed: int) -> tuple[dict, list]:
    arrays: list[np.ndarray] = []
    head: dict[str, Any] = {"verb": ask.verb, "of": ask.of, "method": ask.method, "seed": seed}
    head["args"] = [wire.encode(a, arrays) for a in ask.args]
    head["kwargs"] = {k: wire.encode(v, arrays) for k, v in ask.kwargs.items()}
    more = dict(ask.more)
    if "cotangent" in more:
        more["cotangent"] = wire.encode(more["cotangent"], arrays)
    return {**head, **more}, arrays


def _findings(exercise: Exercise, case: Case, answers: tuple) -> Iterator[Finding]:
    """The judge's findings, and a failed one for every law that a gate or a missing answer keeps from paying."""
    about = case.about or exercise.laws
    missing = [ask for ask, answer in _pairs(case, answers) if isinstance(answer, Unanswered)]
    lost = {law for ask in missing for law in ask.laws or about}
    yield from (law(False, why="no answer") for law in about if law in lost)
    if lost.issuperset(about):
        return
    passed = True
    for finding in exercise.judge(case, *(None if isinstance(a, Unanswered) else a for a in answers)):
        if finding.law not in lost:
            passed = passed and (finding.ok or not finding.law.is_gate)
            yield finding
    if not passed:
        yield from (law(False, why="a gate failed") for law in about if not law.is_gate)


def _pairs(case: Case, answers: tuple) -> Iterator[tuple[Ask, Any]]:
    return zip(case.asks, answers, strict=True)


def _result(law: Law, exchanges: list[Exchange]) -> LawResult:
    about = [(e.case, f) for e in exchanges for f in e.findings if f.law is law]
    broken = [(case, f) for case, f in about if not f.ok]
    if not broken:
        return LawResult(law, ok=bool(about), reached=bool(about))
    case, finding = next(((c, f) for c, f in broken if f.expected or f.got), broken[0])
    reached = any(f.expected or f.got or f.why not in ("no answer", "a gate failed") for _, f in broken)
    return LawResult(law, False, reached, describe(case, law), finding.expected, readable(finding.got), finding.why)


def describe(case: Case, law: Law | None = None) -> str:
    """What was asked (about one law), as the student would type it: `q_sample(x0=[0.5], t=[3], …)`."""
    return "; ".join(_describe(ask) for ask in case.asks if law is None or not ask.laws or law in ask.laws)


def _describe(ask: Ask) -> str:
    parts = [show(a) for a in ask.args] + [f"{k}={show(v)}" for k, v in ask.kwargs.items()]
    return f"{ask.of}{'.' + ask.method if ask.method else ''}({', '.join(parts)})"


def _error(exchange: Exchange) -> str | None:
    for ask, answer in _pairs(exchange.case, exchange.answers):
        if isinstance(answer, Unanswered):
            return answer.sentence(ask.of)
    return None


def _is_blank(exchange: Exchange) -> bool:
    """Something is not implemented yet, and nothing could be judged."""
    judged = any(finding.why != "no answer" for finding in exchange.findings)
    return not judged and any(isinstance(a, Unanswered) and a.kind in ("blank", "missing") for a in exchange.answers)


# --- naming the mistake ----------------------------------------------------------------------------------------


def _recognise(exercise: Exercise, exchanges: list[Exchange]) -> Mistake | None:
    """The catalogued mistake that the judge saw itself, else the one whose implementation gives the same answers."""
    by_name = {mistake.name: mistake for mistake in exercise.mistakes}
    for exchange in exchanges:
        for finding in exchange.findings:
            if finding.mistake is not None:
                return by_name[finding.mistake]
    return next((m for m in exercise.mistakes if any(_explains(exercise, v, exchanges) for v in m.variants)), None)


def _explains(exercise: Exercise, variant: dict[str, Callable], exchanges: list[Exchange]) -> bool:
    """For one of its names, the mistake gives the student's answers wherever it was asked, a failure among them."""
    link = LocalLink(dict(variant))
    parts = [part for exchange in exchanges for part in _parts(exchange)]
    for name in variant:
        concerned = [p for p in parts if name in p.names and p.names <= variant.keys()]
        failed_first = sorted(concerned, key=lambda part: part.ok)  # failures decide soonest
        if not all(p.ok for p in concerned) and all(_agrees(exercise, link, p) for p in failed_first):
            return True
    return False


@dataclass(frozen=True)
class _Part:
    """Asks of one case that are right or wrong together: one with laws of its own, or all the others."""

    case: Case
    pairs: tuple[tuple[Ask, Any], ...]
    ok: bool

    @property
    def names(self) -> set[str]:
        return {ask.of for ask, _ in self.pairs}


def _parts(exchange: Exchange) -> Iterator[_Part]:
    together, alone = [], []
    for pair in _pairs(exchange.case, exchange.answers):
        (alone if pair[0].laws else together).append(pair)
    for pair in alone:
        ok = all(finding.ok for finding in exchange.findings if finding.law in pair[0].laws)
        yield _Part(exchange.case, (pair,), ok)
    if together:
        decided = {law for ask, _ in alone for law in ask.laws}
        ok = all(finding.ok for finding in exchange.findings if finding.law not in decided)
        yield _Part(exchange.case, tuple(together), ok)


def _agrees(exercise: Exercise, link: Link, part: _Part) -> bool:
    with np.errstate(all="ignore"):
        return all(same(answer, _put_question(exercise, part.case, ask, link, 0)) for ask, answer in part.pairs)


def same(a: Any, b: Any) -> bool:
    """Two answers agree: numbers within NAMING_TOLERANCE of the largest, in any container; an error equals an error."""
    if isinstance(a, Unanswered) or isinstance(b, Unanswered):
        return isinstance(a, Unanswered) and isinstance(b, Unanswered) and (a.kind, a.type) == (b.kind, b.type)
    x, y = values(a), values(b)
    if x is not None or y is not None:
        return _same_numbers(x, y, floor=max(_rounding(a), _rounding(b)))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and not isinstance(a, wire.Plain) and a == b


def _rounding(value: Any) -> float:
    """What may be left where the terms of a sum of order one cancel, in the type of the answer."""
    return 1e-12 if not isinstance(value, wire.Plain) or value.dtype == "float64" else 1e-5


def _same_numbers(a: np.ndarray | None, b: np.ndarray | None, floor: float) -> bool:
    if a is None or b is None or a.shape != b.shape:
        return False
    scale = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    return bool(np.allclose(a, b, rtol=NAMING_TOLERANCE, atol=NAMING_TOLERANCE * scale + floor, equal_nan=True))
