"""The laws of the house: what is asked of every answer alike, whatever its exercise.

An answer leaves its arguments as they were, and its result has the type that the docstring promises. Each is worth a
small share, and is paid only where a law of the exercise itself holds: a constant touches nothing, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch

from autograder.judging.compare import EPSILON, NARROW, kind_of
from autograder.judging.domain import Int64, Like
from autograder.judging.exchange import Exchange, describe
from autograder.judging.exercise import Ask, Exercise
from autograder.judging.report import LawResult
from pushforward.answering.run import EARLIER
from pushforward.answering.wire import Plain

ON_A_COPY = "Whoever calls the function still needs its arguments: work on a copy, without operations in place."
OF_ITS_OWN = "What an earlier call returned belongs to whoever asked for it: return a tensor of its own each time."


def named(exercise: Exercise, ask: Ask, changed: Any) -> tuple[str, ...]:
    """The names of arguments given by place or keyword, as the student's process sent them; all else is dropped."""
    if type(changed) is not list:
        return ()
    places = [*exercise.domain[ask.of].arguments] if ask.of in exercise.domain else []
    found = [places[k] if type(k) is int and 0 <= k < len(places) else k for k in changed[:20]]
    return tuple(k if type(k) is str else f"argument {k + 1}" for k in found if type(k) in (str, int))


def results(exercise: Exercise, exchanges: Sequence[Exchange], found: list[LawResult]) -> Iterator[LawResult]:
    """The results with those of the house's laws put in."""
    earned = any(result.ok for result in found if result.law.weight and not result.law.house)
    for result in found:
        if not result.law.house:
            yield result
            continue
        broken = _BROKEN[result.law.name](exercise, exchanges)
        yield replace(broken, law=result.law) if broken else LawResult(result.law, ok=earned, reached=earned)


def _touched(exercise: Exercise, exchanges: Sequence[Exchange]) -> LawResult | None:
    """The first case in which an argument was written into."""
    for exchange in exchanges:
        if exchange.changed:
            names = ", ".join(name if name == EARLIER else f"`{name}`" for name in exchange.changed)
            why = OF_ITS_OWN if exchange.changed == (EARLIER,) else ON_A_COPY
            asked = describe(exchange.case)
            return LawResult(None, False, True, asked, f"{names} as before the call", f"{names} changed", why)
    return None


def _mistyped(exercise: Exercise, exchanges: Sequence[Exchange]) -> LawResult | None:
    """The first result whose type is not the promised one."""
    for exchange in exchanges:
        for ask, answer in zip(exchange.case.asks, exchange.answers, strict=True):
            if ask.verb in ("call", "grad") and ask.of in exercise.domain:
                answer = answer.get("value") if ask.verb == "grad" and isinstance(answer, dict) else answer
                domain = exercise.domain[ask.of]
                given = {**dict(zip(domain.arguments, ask.args, strict=False)), **ask.kwargs}
                for wanted, got in _unlike(domain.returns, answer, given):
                    return LawResult(None, False, True, describe(exchange.case), wanted, got)
    return None


_BROKEN = {"untouched": _touched, "typed": _mistyped}


def _unlike(promised: Any, answer: Any, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the answer is a tensor of another type than promised. What is no tensor at all, the gates refuse."""
    if isinstance(promised, Like) and isinstance(answer, Plain) and answer.dtype in EPSILON:
        model = given.get(promised.argument)
        if isinstance(model, torch.Tensor) and model.is_floating_point():
            wanted = str(model.dtype).removeprefix("torch.")
            if answer.dtype != wanted:
                yield f"{wanted}, as `{promised.argument}` is", kind_of(answer)
    elif isinstance(promised, Int64) and isinstance(answer, Plain) and answer.dtype in NARROW:
        yield "int64", kind_of(answer)
    elif isinstance(promised, dict) and isinstance(answer, dict):
        for key, part in promised.items():
            yield from _unlike(part, answer.get(key), given)
    elif isinstance(promised, tuple) and isinstance(answer, (tuple, list)):
        for part, item in zip(promised, answer, strict=False):
            yield from _unlike(part, item, given)
