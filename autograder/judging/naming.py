"""Naming the mistake: the catalogued one that the judge saw, or whose implementation gives the same answers."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.judging.asking import FALLOUT, LocalLink, findings_of, pairs_of, put_question
from autograder.judging.compare import values
from autograder.judging.exchange import Exchange, Unanswered, describe_ask, doubled
from autograder.judging.exercise import Ask, Case, Exercise, Finding, Law, Mistake
from pushforward.answering import wire
from pushforward.answering.wire import Callback, Kept

NAMING_TOLERANCE = 1e-3  # how closely an answer must agree with a catalogued mistake to be called by its name


def recognise(exercise: Exercise, exchanges: list[Exchange]) -> Mistake | None:
    """The catalogued mistake that the judge saw itself, else the one whose implementation gives the same answers."""
    if (seen := _seen(exercise, exchanges)) and not _says_one_word(exchanges):
        return seen
    # What the exercise asks itself comes first: at a far corner of the domain, a mistake may meet a second one.
    probed = [part for exchange in exchanges if exchange.origin == "probe" for part in _parts(exchange)]
    everything = [part for exchange in exchanges for part in _parts(exchange)]
    laws = [law for law in exercise.laws if not law.house]
    imitations = [(m, _Imitation(exercise, variant)) for m in exercise.mistakes for variant in m.variants]
    return (
        _first(imitations, [probed])
        or _first(imitations, [everything])
        or _first(imitations, [_about(law, probed) for law in laws], among=2)
        or _first(imitations, [_about(law, everything) for law in laws], among=2)
    )


def _seen(exercise: Exercise, exchanges: list[Exchange]) -> Mistake | None:
    """The first mistake that the judge named often: for most failures of a law that it looked at, and more than all
    others of the same functions together, or what it saw in a single case may be a coincidence.
    """
    by_name = {mistake.name: mistake for mistake in exercise.mistakes}
    by_functions: dict[frozenset[str], list[Finding]] = {}
    for exchange in exchanges:
        looked = [f for f in exchange.findings if not f.ok and f.mistake is not None]
        by_functions.setdefault(frozenset(ask.of for ask in exchange.case.asks), []).extend(looked)
    often = filter(None, map(_often, by_functions.values()))
    return next((by_name[name] for name in often if name in by_name), None)


def _often(looked: list[Finding]) -> str | None:
    """The name that most of these findings give, if most of those about a law agree; "" names none."""
    names = [f.mistake for f in looked if f.mistake]
    for name, law in dict.fromkeys((f.mistake, f.law) for f in looked if f.mistake):
        of_law = [f.mistake for f in looked if f.law is law]
        if 2 * of_law.count(name) > len(of_law) and 2 * names.count(name) > len(names):
            return name
    return None


def _says_one_word(exchanges: list[Exchange]) -> bool:
    """One who answers everything with the same word has not thought of what some mistake would explain."""
    said = [answer for exchange in exchanges for answer in exchange.answers]
    return len(said) > 2 and isinstance(said[0], str) and all(answer == said[0] for answer in said)


def _first(
    imitations: list[tuple[Mistake, _Imitation]], groups: Iterable[list[_Part]], among: int = 1
) -> Mistake | None:
    """The first mistake that explains a group: all answers about one of its names, `among` unlike failures or more."""
    for parts in groups:
        if not all(part.ok for part in parts):
            for mistake, imitation in imitations:
                if _explains(imitation, parts, among):
                    return mistake
    return None


class _Imitation:
    """A mistake's implementation in the student's place.

    It is asked the same only once, where that makes no difference: the judge may have noted what its callbacks were
    called with, and an object that is kept changes.
    """

    def __init__(self, exercise: Exercise, functions: dict[str, Callable]) -> None:
        self.exercise, self.names = exercise, functions.keys()
        self.link = LocalLink(dict(functions))
        self.said: dict[int, tuple[Ask, Any]] = {}  # by the ask's identity; the ask is held, so that it stays its own

    def answer(self, case: Case, ask: Ask) -> Any:
        """What it answers, in the type that was asked."""
        known = self.said.get(id(ask))
        if known is not None:
            return known[1]
        value = self._put(case, ask)
        if ask.verb != "keep" and ask.method is None and not _holds_special((ask.args, ask.kwargs)):
            self.said[id(ask)] = ask, value
        return value

    def agrees(self, part: _Part) -> bool:
        """In the type that was asked, or in double precision: an answer that calculates there has the mistake alone.

        Where both are right they agree, whatever they say: of several true verdicts, any will do.
        """
        with _in_silence():
            alike = all(
                same(said, self.answer(part.case, ask)) or self._agrees_widely(part.case, ask, said)
                for ask, said in part.pairs
            )
            return alike or (_all_right(part.findings) and _all_right(self._findings(part)))

    def fails(self, part: _Part) -> bool:
        """Whether its own answers break one of the laws that the part has broken."""
        with _in_silence():
            return any(not f.ok and f.law in _lost(part) and f.why != FALLOUT for f in self._findings(part))

    def _findings(self, part: _Part) -> tuple[Finding, ...]:
        """What the judge would find about the part's laws, were these the answers to its asks."""
        own, about = {id(ask) for ask, _ in part.pairs}, {finding.law for finding in part.findings}
        answers = tuple(
            self.answer(part.case, ask) if id(ask) in own else said for ask, said in pairs_of(part.case, part.whole)
        )
        return tuple(f for f in findings_of(self.exercise, part.case, answers) if f.law in about)

    def _agrees_widely(self, case: Case, ask: Ask, said: Any) -> bool:
        wide = doubled(ask)
        return wide is not None and same(said, self._put(case, wide))

    def _put(self, case: Case, ask: Ask) -> Any:
        return put_question(self.exercise, case, ask, self.link, 0)[0]


def _explains(imitation: _Imitation, parts: list[_Part], among: int) -> bool:
    """For one of its names, the mistake gives the student's answers wherever it was asked, a failure among them.

    One input is not enough where there are more: two formulas can meet in a point. And most of what failed must fail
    by the mistake as well: where it is right itself, an answer that is nearly right would agree with it.
    """
    for name in imitation.names:
        concerned = [p for p in parts if name in p.names and p.names <= imitation.names]
        failed = {p.asked for p in concerned if not p.ok}
        unlike = len({p.asked for p in concerned}) > 1 or not any(
            ask.args or ask.kwargs for p in concerned for ask, _ in p.pairs
        )
        failed_first = sorted(concerned, key=lambda part: part.ok)  # failures decide soonest
        if len(failed) < among or not unlike or (among > 1 and not _telling(concerned)):
            continue
        if all(map(imitation.agrees, failed_first)):
            wrong = [part for part in concerned if _lost(part)]
            if 2 * sum(map(imitation.fails, wrong)) >= len(wrong):
                return True
    return False


def _telling(parts: list[_Part]) -> bool:
    """Whether wrong answers differ among themselves: that one was True throughout, say, fits many a mistake."""
    return len({part.said for part in parts if not part.ok}) > 1


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

    @functools.cached_property
    def said(self) -> str:
        """What was answered, to be told from what another part was."""
        return repr([answer for _, answer in self.pairs])

    @property
    def names(self) -> set[str]:
        return {ask.of for ask, _ in self.pairs}


def _parts(exchange: Exchange) -> Iterator[_Part]:
    together, alone = [], []
    for pair in pairs_of(exchange.case, exchange.answers):
        (alone if pair[0].laws else together).append(pair)
    for pair in alone:
        findings = tuple(finding for finding in exchange.findings if finding.law in pair[0].laws)
        yield _Part(exchange.case, (pair,), findings, all(finding.ok for finding in findings), exchange.answers)
    if together:
        decided = {law for ask, _ in alone for law in ask.laws}
        findings = tuple(finding for finding in exchange.findings if finding.law not in decided)
        yield _Part(exchange.case, tuple(together), findings, all(finding.ok for finding in findings), exchange.answers)


def _all_right(findings: tuple[Finding, ...]) -> bool:
    """Something was found, and all of it good."""
    return bool(findings) and all(finding.ok for finding in findings)


def _lost(part: _Part) -> set[Law]:
    """The laws that the part itself breaks, not those that fall with a gate."""
    return {finding.law for finding in part.findings if not part.ok and not finding.ok and finding.why != FALLOUT}


@contextlib.contextmanager
def _in_silence() -> Iterator[None]:
    """What a mistake's code warns of is nothing that anybody wrote."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _holds_special(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_special, value.values()))
    return isinstance(value, (Callback, Kept)) or (isinstance(value, (list, tuple)) and any(map(_holds_special, value)))


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
