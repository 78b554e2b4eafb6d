"""Where an answer lives: a result belongs on the device of its arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from autograder.judging.exercise import Ask
from pushforward.answering.wire import Net, Plain


def astray(ask: Ask, answer: Any) -> str | None:
    """A sentence if some tensor of the answer is not where all tensors of the ask are, with the mend.

    A tensor without axes may live on the CPU: torch takes it for a number everywhere.
    """
    homes = {device.type for a in (*ask.args, *ask.kwargs.values()) for device in _devices(a)}
    if len(homes) != 1 or homes == {"cpu"}:
        return None
    home = homes.pop()
    strays = (a.device for a in _tensors(answer) if a.array.ndim and a.device.split(":")[0] != home)
    stray = next(strays, None)
    return stray and f"Its arguments are on {home}, its result is on {stray}: make every tensor with `device=x.device`."


def _devices(argument: Any) -> Iterator[torch.device]:
    if isinstance(argument, torch.Tensor):
        yield argument.device
    for weight in argument.weights if isinstance(argument, Net) else ():
        yield weight.device


def _tensors(answer: Any) -> Iterator[Plain]:
    if isinstance(answer, Plain) and answer.kind == "tensor":
        yield answer
    inside = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, (list, tuple)) else ()
    for item in inside:
        yield from _tensors(item)
