"""The examination: ask what the exercise probes, judge what comes back, name the mistake.

`examine` talks to the student's code through a link and does not care where that code runs: `LocalLink` keeps it in
this process (a notebook), `autograder.judging.child.ChildLink` in another one that cannot import the judge.
"""

from __future__ import annotations

import functools
import hashlib
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch

from autograder.judging import compare, house
from autograder.judging.compare import readable, values
from autograder.judging.exchange import Exchange, Unanswered, describe, describe_ask, doubled
from autograder.judging.exercise import Ask, Case, Exercise, Finding, Law, Mistake, own_laws, points
from autograder.judging.places import astray
from autograder.judging.report import LawResult, Report, shares
from pushforward.answering import wire
from pushforward.answering.run import Runner, refused
from pushforward.errors import CourseError

NAMING_TOLERANCE = 1e-3  # how closely an answer must agree with a catalogued mistake to be called by its name
REMEMBERS = "Asked for the first time, it gave the right answer here: does the function remember an earlier call?"
FALLOUT = "a gate failed"  # why a law falls of which nothing was looked at
Respond = Callable[[dict, list], tuple[dict, list]]


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


def default_seed(id: str) -> int:
    """The seed of a student's own runs: fixed per exercise, so that the same answer gives the same table."""
    return zlib.crc32(id.encode())


def examine(exercise: Exercise, link: Link, seed: int | None = None, worth: float | None = None) -> Report:
    """Probe, ask and judge one exercise. The same seed asks the same questions.

    worth: its points, where they are not those of the course's own table. Raises CourseError for a check that has still
    to be written.
    """
    seed = default_seed(exercise.id) if seed is None else _checked(seed)
    try:
        exchanges = list(_exchanges(exercise, link, seed))
    except NotImplementedError as missing:  # of the check's own: what an answer raises has been caught
        raise CourseError(f"{exercise.id} cannot be judged yet. {missing}") from None
    results = tuple(house.results(exercise, exchanges, [_result(law, exchanges) for law in exercise.laws]))
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
        # a wrong answer may come near the right one by chance, and is not told that it is right
        coarse=any(e.coarse for e in exchanges) and all(r.ok for r in results),
    )


def _checked(seed: Any) -> int:
    if type(seed) is not int or seed < 0:
        raise CourseError(f"The seed {seed!r} is none: give a whole number from 0 up.")
    return seed


def _exchanges(exercise: Exercise, link: Link, seed: int) -> Iterator[Exchange]:
    """The probe's questions, then the domain's, then some of the probe's once more, the last first."""
    asking = _Asking(exercise, link, seed)
    probed = [asking.about(case) for case in _probed(exercise, seed)]
    yield from filter(None, probed)
    if not any(exchange and exchange.answered for exchange in probed):
        return
    for case in _of_domain(exercise, seed):
        if exchange := asking.about(case, "domain"):
            yield exchange
    if chosen := _once_more(probed) if exercise.again else set():
        # made anew, since a case may have noted what was asked of its callbacks
        for case in reversed([case for k, case in enumerate(_probed(exercise, seed)) if k in chosen]):
            if exchange := asking.about(case, "again"):
                yield exchange


def cases_of(exercise: Exercise, seed: int) -> Iterator[Case]:
    """All that an examination with this seed asks, each question once."""
    yield from _probed(exercise, seed)
    yield from _of_domain(exercise, seed)


def _probed(exercise: Exercise, seed: int) -> Iterator[Case]:
    return _made(exercise.probe(np.random.default_rng(seed)))


def _of_domain(exercise: Exercise, seed: int) -> Iterator[Case]:
    return _made(_drawn(exercise, np.random.default_rng([seed, 1])))


def answers_to(exercise: Exercise, case: Case, link: Link) -> list[Any]:
    """The answers to the asks of one case, unjudged."""
    return [_put_question(exercise, case, ask, link, 0)[0] for ask in case.asks]


def _drawn(exercise: Exercise, rng: np.random.Generator) -> Iterator[Case]:
    """What the protocol itself asks of each function: corners of its domain, then random points."""
    for name, domain in exercise.domain.items():
        for given in domain.points(rng):
            made = exercise.case_of(name, given)
            yield from [made] if isinstance(made, Case) else made


def _once_more(probed: list[Exchange | None]) -> set[int]:
    """Of each set of functions that were asked together, the numbers of the first and the last case that were right."""
    ends: dict[tuple, list[int]] = {}
    for k, exchange in enumerate(probed):
        if exchange and exchange.ok and exchange.answered:
            key = tuple((ask.of, ask.method) for ask in exchange.case.asks)
            ends[key] = [*ends.get(key, [])[:1], k]
    return {k for pair in ends.values() for k in pair}


class _Asking:
    """Puts one case after the other, and knows what no longer needs to be asked."""

    def __init__(self, exercise: Exercise, link: Link, seed: int) -> None:
        self.exercise, self.link, self.seed = exercise, link, seed
        self.over: Unanswered | None = None  # the time is up or the process gone: later questions are asked in vain
        self.failed = False
        self.lost: set[Law] = set()
        self.number = 0

    def about(self, case: Case, origin: str = "probe") -> Exchange | None:
        """The exchange about one case, None where it is left out."""
        self.number += 1
        if self.failed and case.on_gpu:  # an index out of range is an error on the CPU, the end of the process there
            return None
        if origin != "probe" and self.lost.issuperset(case.about or own_laws(self.exercise)):
            return None
        seed = _ask_seed(self.seed, self.number - 1)
        stepped = origin == "again"
        put = [
            (self.over, ()) if self.over else _put_question(self.exercise, case, a, self.link, seed, stepped)
            for a in case.asks
        ]
        answers = tuple(answer for answer, _ in put)
        with np.errstate(all="ignore"), compare.watching_precision() as lost:  # NaN is an answer like others
            findings = tuple(_findings(self.exercise, case, answers))
        if origin == "again":
            findings = tuple(f if f.ok else replace(f, why=f.why or REMEMBERS) for f in findings)
        self.failed = self.failed or not all(finding.ok for finding in findings)
        self.lost |= {finding.law for finding in findings if not finding.ok}
        self.over = self.over or next((a for a in answers if _is_over(a)), None)
        changed = tuple(dict.fromkeys(name for _, names in put for name in names))
        return Exchange(case, answers, findings, origin, changed, bool(lost))


def _is_over(answer: Any) -> bool:
    return isinstance(answer, Unanswered) and answer.kind in ("late", "ended")


def _ask_seed(seed: int, number: int) -> int:
    """What the student's own randomness starts from; it does not tell the seed of the questions."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest()[:4], "little")


def _made(cases: Iterator[Case]) -> Iterator[Case]:
    """These cases, made on the CPU where they do not say otherwise, whatever the notebook's default device is."""
    while True:
        with _on_cpu():
            case = next(cases, None)
        if case is None:
            return
        yield case


def _on_cpu() -> AbstractContextManager:
    """Entered only where it changes something: inside it, every call of torch takes a detour through Python."""
    return nullcontext() if torch.empty(0).device.type == "cpu" else torch.device("cpu")


def _put_question(
    exercise: Exercise, case: Case, ask: Ask, link: Link, seed: int, stepped: bool = False
) -> tuple[Any, tuple[str, ...]]:
    """The answer, and the names of the arguments that the student's code has changed.

    stepped: the same tensors hold other numbers first, with which the function is called as well.
    """

    def respond(head: dict, arrays: list) -> tuple[dict, list]:
        out: list[np.ndarray] = []
        try:
            args = [wire.decode_plain(node, arrays) for node in head["args"]]
            kwargs = {k: wire.decode_plain(node, arrays) for k, node in head["kwargs"].items()}
            return {"value": wire.encode(exercise.reply(case, head["callback"], args, kwargs), out)}, out
        except Exception as error:  # with what arguments the student's code calls is the student's doing
            return {"refused": f"{head.get('callback')} cannot answer this call. {type(error).__name__}: {error}"}, []

    head, arrays = _message(ask, seed)
    answer, arrays = link.ask({**head, "stepped": True} if stepped else head, arrays, respond)
    if "error" in answer:
        return Unanswered.read(answer["error"]), ()
    try:
        value = wire.decode_plain(answer.get("value"), arrays)
    except wire.WireError as error:
        return Unanswered("refused", str(error)), ()
    elsewhere = astray(ask, value)
    answered = Unanswered("refused", elsewhere) if elsewhere else value
    return answered, house.named(exercise, ask, answer.get("changed"))


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
    about = case.about or own_laws(exercise)
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
        yield from (law(False, why=FALLOUT) for law in about if not law.is_gate)


def _pairs(case: Case, answers: tuple) -> Iterator[tuple[Ask, Any]]:
    return zip(case.asks, answers, strict=True)


def _result(law: Law, exchanges: list[Exchange]) -> LawResult:
    about = [(e.case, f) for e in exchanges for f in e.findings if f.law is law]
    broken = [(case, f) for case, f in about if not f.ok]
    if not broken:
        return LawResult(law, ok=bool(about), reached=bool(about))
    case, finding = next(((c, f) for c, f in broken if f.expected or f.got), broken[0])
    reached = any(f.expected or f.got or f.why not in ("no answer", FALLOUT) for _, f in broken)
    return LawResult(law, False, reached, describe(case, law), finding.expected, readable(finding.got), finding.why)


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
    if seen := _seen(exercise, exchanges):
        return seen
    # What the exercise asks itself comes first: at a far corner of the domain, a mistake may meet a second one.
    probed = [part for exchange in exchanges if exchange.origin == "probe" for part in _parts(exchange)]
    everything = [part for exchange in exchanges for part in _parts(exchange)]
    laws = [law for law in exercise.laws if not law.house]
    return (
        _first(exercise, [probed])
        or _first(exercise, [everything])
        or _first(exercise, [_about(law, probed) for law in laws], among=2)
        or _first(exercise, [_about(law, everything) for law in laws], among=2)
    )


def _seen(exercise: Exercise, exchanges: list[Exchange]) -> Mistake | None:
    """The first mistake that the judge named often: for most failures of a law that it looked at, and more than all
    others together, or what it saw in a single case may be a coincidence.
    """
    by_name = {mistake.name: mistake for mistake in exercise.mistakes}
    looked = [f for exchange in exchanges for f in exchange.findings if not f.ok and f.mistake is not None]
    names = [f.mistake for f in looked if f.mistake]
    for name, law in dict.fromkeys((f.mistake, f.law) for f in looked if f.mistake):
        of_law = [f.mistake for f in looked if f.law is law]
        if 2 * of_law.count(name) > len(of_law) and 2 * names.count(name) > len(names):
            return by_name[name]
    return None


def _first(exercise: Exercise, groups: Iterable[list[_Part]], among: int = 1) -> Mistake | None:
    """The first mistake that explains a group: all answers about one of its names, `among` unlike failures or more."""
    for parts in groups:
        if not all(part.ok for part in parts):
            for mistake in exercise.mistakes:
                if any(_explains(exercise, variant, parts, among) for variant in mistake.variants):
                    return mistake
    return None


def _explains(exercise: Exercise, variant: dict[str, Callable], parts: list[_Part], among: int) -> bool:
    """For one of its names, the mistake gives the student's answers wherever it was asked, a failure among them.

    One input is not enough where there are more: two formulas can meet in a point. And most of what failed must fail
    by the mistake as well: where it is right itself, an answer that is nearly right would agree with it.
    """
    link = LocalLink(dict(variant))
    for name in variant:
        concerned = [p for p in parts if name in p.names and p.names <= variant.keys()]
        failed = {p.asked for p in concerned if not p.ok}
        unlike = len({p.asked for p in concerned}) > 1 or not any(
            ask.args or ask.kwargs for p in concerned for ask, _ in p.pairs
        )
        failed_first = sorted(concerned, key=lambda part: part.ok)  # failures decide soonest
        if len(failed) < among or not unlike or (among > 1 and not _telling(concerned)):
            continue
        if all(_agrees(exercise, link, p) for p in failed_first):
            wrong = [part for part in concerned if _lost(part)]
            if 2 * sum(_fails(exercise, link, part) for part in wrong) >= len(wrong):
                return True
    return False


def _telling(parts: list[_Part]) -> bool:
    """Whether wrong answers differ among themselves: that one was True throughout, say, fits many a mistake."""
    return len({repr([answer for _, answer in part.pairs]) for part in parts if not part.ok}) > 1


def _about(law: Law, parts: list[_Part]) -> list[_Part]:
    """The parts that decide a law, each right or wrong as far as that law goes."""
    found = [(part, [f.ok for f in part.findings if f.law is law]) for part in parts]
    return [replace(part, ok=all(verdicts)) for part, verdicts in found if verdicts]


@dataclass(frozen=True)
class _Part:
    """Asks of one case that are right or wrong together: one with laws of its own, or all the others."""

    case: Case
    pairs: tuple[tuple[Ask, Any], ...]
    findings: tuple[Finding, ...]
    ok: bool
    whole: tuple  # the answers to all of the case's asks

    @functools.cached_property
    def asked(self) -> str:
        """What was asked, in words: two inputs are unlike if these differ."""
        return "; ".join(describe_ask(ask) for ask, _ in self.pairs)

    @property
    def names(self) -> set[str]:
        return {ask.of for ask, _ in self.pairs}


def _parts(exchange: Exchange) -> Iterator[_Part]:
    together, alone = [], []
    for pair in _pairs(exchange.case, exchange.answers):
        (alone if pair[0].laws else together).append(pair)
    for pair in alone:
        findings = tuple(finding for finding in exchange.findings if finding.law in pair[0].laws)
        yield _Part(exchange.case, (pair,), findings, all(finding.ok for finding in findings), exchange.answers)
    if together:
        decided = {law for ask, _ in alone for law in ask.laws}
        findings = tuple(finding for finding in exchange.findings if finding.law not in decided)
        yield _Part(exchange.case, tuple(together), findings, all(finding.ok for finding in findings), exchange.answers)


def _agrees(exercise: Exercise, link: Link, part: _Part) -> bool:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mistake's, which nobody has written
        return all(_agrees_on(exercise, link, part.case, ask, answer) for ask, answer in part.pairs)


def _agrees_on(exercise: Exercise, link: Link, case: Case, ask: Ask, answer: Any) -> bool:
    """In the type that was asked, or in double precision: an answer that calculates there has the mistake alone."""
    if same(answer, _put_question(exercise, case, ask, link, 0)[0]):
        return True
    wide = doubled(ask)
    return wide is not None and same(answer, _put_question(exercise, case, wide, link, 0)[0])


def _fails(exercise: Exercise, link: Link, part: _Part) -> bool:
    """Whether the mistake's own answers break one of the laws that the part has broken."""
    asked = [ask for ask, _ in part.pairs]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answers = tuple(
            _put_question(exercise, part.case, ask, link, 0)[0] if any(ask is a for a in asked) else answer
            for ask, answer in _pairs(part.case, part.whole)
        )
        found = _findings(exercise, part.case, answers)
        return any(not f.ok and f.law in _lost(part) and f.why != FALLOUT for f in found)


def _lost(part: _Part) -> set[Law]:
    """The laws that the part itself breaks, not those that fall with a gate."""
    return {finding.law for finding in part.findings if not part.ok and not finding.ok and finding.why != FALLOUT}


def same(a: Any, b: Any, tolerance: float = NAMING_TOLERANCE) -> bool:
    """Two answers agree: numbers within the tolerance of the largest, in any container; an error equals an error."""
    if isinstance(a, Unanswered) or isinstance(b, Unanswered):
        return isinstance(a, Unanswered) and isinstance(b, Unanswered) and (a.kind, a.type) == (b.kind, b.type)
    if isinstance(a, wire.Plain) and isinstance(b, wire.Plain) and a.shape != b.shape:
        return False  # before anything is copied: an answer may be large
    x, y = values(a), values(b)
    if x is not None or y is not None:
        return _same_numbers(x, y, max(_rounding(a), _rounding(b)), tolerance)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, tolerance) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k], tolerance) for k in a)
    return type(a) is type(b) and not isinstance(a, wire.Plain) and a == b


def _rounding(value: Any) -> float:
    """What may be left where the terms of a sum of order one cancel, in the type of the answer."""
    return 1e-12 if not isinstance(value, wire.Plain) or value.dtype == "float64" else 1e-5


def _same_numbers(a: np.ndarray | None, b: np.ndarray | None, floor: float, tolerance: float) -> bool:
    if a is None or b is None or a.shape != b.shape:
        return False
    scale = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * scale + floor, equal_nan=True))
