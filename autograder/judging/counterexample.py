"""The counterexample that a report shows: the first that a reader can take in at a glance, or the smallest there is.

Where everything that broke a law is large, small questions from the domain are asked on top, until one breaks it too.
They are for the reader only: neither points nor the name of the mistake depend on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.asking import on_cpu
from autograder.judging.exchange import SHOWN, Exchange, asked_about
from autograder.judging.exercise import Case, Exercise, Finding, Law, own_laws
from pushforward.answering.wire import Net

READABLE = 6  # entries of an array that are written out
TRIES = 16  # small questions about one function


def smallest_first(exchanges: Iterable[Exchange], law: Law | None = None) -> list[Exchange]:
    """In the order in which they serve as counterexamples; of readable ones, corners of the domain come last."""
    return sorted(exchanges, key=lambda e: (e.origin == "again", burden(e.case, law), e.origin == "domain"))


def failures(law: Law, exchanges: Iterable[Exchange]) -> list[tuple[Case, Finding]]:
    """The cases that broke a law, with what was found, the best counterexample first among those that tell anything."""
    ordered = smallest_first(exchanges, law)
    return [(e.case, f) for e in ordered for f in e.findings if f.law is law and not f.ok]


def tells(finding: Finding) -> bool:
    """Whether it can stand in a report: with what was expected, or what came."""
    return bool(finding.expected or finding.got)


def burden(case: Case, law: Law | None = None) -> int:
    """The entries of the largest argument that the report would show, 0 if they are few enough to be written out."""
    shown = asked_about(case, law)[:SHOWN]
    most = max((entries(a) for ask in shown for a in (*ask.args, *ask.kwargs.values())), default=0)
    return most if most > READABLE else 0


def entries(value: Any) -> int:
    """How many numbers an argument holds; a network that has a name is read as one."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    if isinstance(value, Net):
        return 1 if value.label else sum(w.numel() for w in value.weights)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else None
    return 1 if items is None else sum(map(entries, items))


def shows(exchange: Exchange, law: Law) -> bool:
    """Whether it is a counterexample to the law that tells something."""
    return any(f.law is law and not f.ok and tells(f) for f in exchange.findings)


def smaller(
    exercise: Exercise, exchanges: list[Exchange], rng: np.random.Generator, ask: Callable[[Case], Exchange | None]
) -> Iterator[Exchange]:
    """Exchanges about small points of the domain, for the laws that only large questions have shown to be broken."""
    large = {law: shown for law in own_laws(exercise) if (shown := _all_large(exchanges, law))}
    functions = {a.of for law, shown in large.items() for e in shown for a in asked_about(e.case, law)}
    least = {law: min(burden(e.case, law) for e in shown) for law, shown in large.items()}
    for case in on_cpu(_small_cases(exercise, functions, rng)):
        hoped = {law for law in least if law in (case.about or least) and burden(case, law) < least[law]}
        exchange = ask(case) if hoped else None
        if exchange:
            yield exchange
            least |= {law: burden(case, law) for law in hoped if shows(exchange, law)}
            silent = hoped - {finding.law for finding in exchange.findings}  # only the probe asks about these
            least = {law: burden for law, burden in least.items() if burden and law not in silent}
        if not least:
            return


def _all_large(exchanges: list[Exchange], law: Law) -> list[Exchange]:
    """What shows a law to be broken, the exercise's own questions before the domain's, if all of it is large."""
    by_origin = {o: [e for e in exchanges if e.origin == o and shows(e, law)] for o in ("probe", "domain")}
    shown = by_origin["probe"] or by_origin["domain"]
    return shown if all(burden(e.case, law) for e in shown) else []


def _small_cases(exercise: Exercise, functions: set[str], rng: np.random.Generator) -> Iterator[Case]:
    for name in (name for name in exercise.domain if name in functions):
        for _, given in zip(range(TRIES), exercise.domain[name].small(rng), strict=False):
            made = exercise.case_of(name, given)
            yield from [made] if isinstance(made, Case) else made
