"""The examination: ask what the exercise probes, judge what comes back, name the mistake.

`examine` talks to the student's code through a link and does not care where that code runs.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.judging import compare, counterexample, house
from autograder.judging.asking import FALLOUT, Link, findings_of, on_cpu, pairs_of, put_question
from autograder.judging.compare import readable
from autograder.judging.exchange import Exchange, Unanswered, describe
from autograder.judging.exercise import Case, Exercise, Law, own_laws, points
from autograder.judging.naming import recognise
from autograder.judging.report import LawResult, Report, shares
from pushforward.errors import CourseError

REMEMBERS = "Asked for the first time, it gave the right answer here: does the function remember an earlier call?"

ALIKE = "The two differ in digits that are not shown here."


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
    exchanges, smaller = exchanged(exercise, link, seed)
    found = [_result(law, exchanges, smaller) for law in exercise.laws]
    results = tuple(house.results(exercise, counterexample.smallest_first(exchanges), found))
    full = points(exercise.id) if worth is None else worth
    error = next((_error(e) for e in exchanges if _error(e)), None)
    earned = sum(share for share, r in zip(shares(exercise.laws, full), results, strict=True) if r.ok)
    return Report(
        id=exercise.id,
        points=round(earned, 6),
        max=full,
        laws=results,
        mistake=None if all(r.ok for r in results if r.law.weight) else recognise(exercise, exchanges),
        error=error,
        blank=all(_is_blank(e, exercise.names) for e in exchanges),
        seed=seed,
        hints=exercise.hints,
        # a wrong answer may come near the right one by chance, and is not told that it is right
        coarse=any(e.coarse for e in exchanges) and all(r.ok for r in results),
    )


def exchanged(exercise: Exercise, link: Link, seed: int) -> tuple[list[Exchange], list[Exchange]]:
    """All that passes in an examination, and what is asked on top for the reader's sake, of an answer that has failed.

    Raises CourseError for a check that has still to be written.
    """
    asking = _Asking(exercise, link, seed)
    try:
        exchanges = list(_exchanges(asking))
        return exchanges, list(_smaller(asking, exchanges))
    except NotImplementedError as missing:  # of the check's own: what an answer raises has been caught
        raise CourseError(f"{exercise.id} cannot be judged yet. {missing}") from None


def _checked(seed: Any) -> int:
    if type(seed) is not int or seed < 0:
        raise CourseError(f"The seed {seed!r} is none: give a whole number from 0 up.")
    return seed


def _exchanges(asking: _Asking) -> Iterator[Exchange]:
    """The probe's questions, then the domain's, then some of the probe's once more, the last first."""
    exercise, seed = asking.exercise, asking.seed
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


def _smaller(asking: _Asking, exchanges: list[Exchange]) -> Iterator[Exchange]:
    """Small questions about what large ones have shown to be wrong, unless the process is gone."""
    if asking.failed and not asking.over:
        rng = np.random.default_rng([asking.seed, 2])
        yield from counterexample.smaller(asking.exercise, exchanges, rng, lambda case: asking.about(case, "smaller"))


def cases_of(exercise: Exercise, seed: int) -> Iterator[Case]:
    """All that an examination with this seed asks, each question once."""
    yield from _probed(exercise, seed)
    yield from _of_domain(exercise, seed)


def _probed(exercise: Exercise, seed: int) -> Iterator[Case]:
    return on_cpu(exercise.probe(np.random.default_rng(seed)))


def _of_domain(exercise: Exercise, seed: int) -> Iterator[Case]:
    return on_cpu(_drawn(exercise, np.random.default_rng([seed, 1])))


def answers_to(exercise: Exercise, case: Case, link: Link) -> list[Any]:
    """The answers to the asks of one case, unjudged."""
    return [put_question(exercise, case, ask, link, 0)[0] for ask in case.asks]


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
        if origin in ("domain", "again") and self.lost.issuperset(case.about or own_laws(self.exercise)):
            return None
        seed = _ask_seed(self.seed, self.number - 1)
        stepped = origin == "again"
        put = [
            (self.over, ()) if self.over else put_question(self.exercise, case, a, self.link, seed, stepped)
            for a in case.asks
        ]
        answers = tuple(answer for answer, _ in put)
        with np.errstate(all="ignore"), compare.watching_precision() as lost:  # NaN is an answer like others
            findings = tuple(findings_of(self.exercise, case, answers))
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


def _result(law: Law, exchanges: list[Exchange], smaller: Sequence[Exchange] = ()) -> LawResult:
    about = [f for e in exchanges for f in e.findings if f.law is law]
    if all(f.ok for f in about):
        return LawResult(law, ok=bool(about), reached=bool(about))
    broken = counterexample.failures(law, [*exchanges, *smaller])
    case, finding = next(((c, f) for c, f in broken if counterexample.tells(f)), broken[0])
    reached = any(f.expected or f.got or f.why not in ("no answer", FALLOUT) for _, f in broken)
    got = readable(finding.got)
    why = finding.why or (ALIKE if got and got == finding.expected else "")
    return LawResult(law, False, reached, describe(case, law), finding.expected, got, why)


def _error(exchange: Exchange) -> str | None:
    for ask, answer in pairs_of(exchange.case, exchange.answers):
        if isinstance(answer, Unanswered):
            return answer.sentence(ask.of)
    return None


def _is_blank(exchange: Exchange, names: tuple[str, ...]) -> bool:
    """Something of the exercise is not implemented yet, and nothing could be judged."""
    judged = any(finding.why != "no answer" for finding in exchange.findings)
    unanswered = [answer for answer in exchange.answers if isinstance(answer, Unanswered)]
    return not judged and any(
        answer.kind == "missing" or (answer.kind == "blank" and answer.inside in (None, *names))
        for answer in unanswered
    )
