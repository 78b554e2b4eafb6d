"""Asking: a question put to the student's code through a link, and what the judge finds in the answers.

`LocalLink` keeps that code in this process (a notebook), `autograder.judging.child.ChildLink` in another one that
cannot import the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np
import torch

from autograder.judging import house
from autograder.judging.exchange import Unanswered
from autograder.judging.exercise import Ask, Case, Exercise, Finding, own_laws
from autograder.judging.places import astray
from autograder.judging.sizes import outsized
from pushforward.answering import wire
from pushforward.answering.run import Runner, refused

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


def put_question(
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

    head, asked = _message(ask, seed)
    answer, arrays = link.ask({**head, "stepped": True} if stepped else head, asked, respond)
    if "error" in answer:
        return Unanswered.read(answer["error"]), ()
    try:
        value = wire.decode_plain(answer.get("value"), arrays)
    except wire.WireError as error:
        return Unanswered("refused", str(error)), ()
    odd = outsized(asked, value) or astray(ask, value)
    answered = Unanswered("refused", odd) if odd else value
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


def findings_of(exercise: Exercise, case: Case, answers: tuple) -> Iterator[Finding]:
    """The judge's findings, and a failed one for every law that a gate or a missing answer keeps from paying."""
    about = case.about or own_laws(exercise)
    missing = [ask for ask, answer in pairs_of(case, answers) if isinstance(answer, Unanswered)]
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


def pairs_of(case: Case, answers: tuple) -> Iterator[tuple[Ask, Any]]:
    return zip(case.asks, answers, strict=True)


def on_cpu(cases: Iterator[Case]) -> Iterator[Case]:
    """These cases, made on the CPU where they do not say otherwise, whatever the notebook's default device is."""
    while True:
        with _cpu():
            case = next(cases, None)
        if case is None:
            return
        yield case


def _cpu() -> AbstractContextManager:
    """Entered only where it changes something: inside it, every call of torch takes a detour through Python."""
    return nullcontext() if torch.empty(0).device.type == "cpu" else torch.device("cpu")
