"""The interpreter of asks: the only code that stands next to the student's.

It performs one ask after the other on the student's functions and sends back plain values. It knows no expected
value, no formula and no score, so there is none to be found here. The verbs:

    call      f(*args, **kwargs)
    keep      the same, but the returned object stays here under a name that later asks may use
    grad      the value and, for each argument in `wrt` (a name or a place), the gradient of sum(cotangent * value);
              of a network, those of its weights; of a dictionary, those of the entries that cotangent has
    jacobian  the full Jacobian of f at args[0]
    draws     f(*args, **kwargs) n times, stacked

`python -m pushforward.answering.serve FILE` performs them for a judge in another process.
"""

from __future__ import annotations

import contextlib
import itertools
import linecache
import os
import random
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch

from pushforward.answering import wire
from pushforward.answering.nets import ARCHITECTURES

EARLIER = "the result of an earlier call"  # among the names of what a call has changed
METHODS = ("forward", "inverse", "sample", "log_prob", "encode", "decode")
Frame = tuple[dict, list[np.ndarray]]  # a head and its arrays, as they cross
Reply = Callable[[dict, list], Frame]
_NOT_STUDENT = (sysconfig.get_path("stdlib") + os.sep, str(Path(__file__).parents[1]) + os.sep, "<frozen")


class Missing(Exception):
    """A name that the exercise asks for is not defined."""


class Runner:
    """Performs asks on the names of one namespace.

    namespace: what the student defined (a notebook's globals, a file's names).
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.kept: dict[str, Any] = {}
        self.weights: dict[int, list[torch.Tensor]] = {}  # of the networks among the arguments of this ask

    def perform(self, head: dict, arrays: list, reply: Reply) -> Frame:
        """One ask, one answer: {"value": node} or {"error": {...}}. Whatever the student's code raises ends here.

        {"value": node, "changed": [...]} names the arguments (by place or keyword) that the call has written into.
        """
        out: list[np.ndarray] = []
        try:
            with own_randomness(head.get("seed", 0)), torch.enable_grad():
                value, changed = self._perform(head, arrays, reply)
            answer = {"value": wire.encode(value, out)}
            return {**answer, "changed": changed} if changed else answer, out
        except KeyboardInterrupt:
            raise
        except Missing as error:
            return {"error": {"kind": "missing", "message": str(error)}}, []
        except wire.WireError as error:
            return refused(error)
        except BaseException as error:
            if _is_blank(error):
                return {"error": {"kind": "blank", "inside": self._inside(error, head["of"]), **where(error)}}, []
            return {"error": {"kind": "raised", **where(error)}}, []

    def _perform(self, head: dict, arrays: list, reply: Reply) -> tuple[Any, list[int | str]]:
        def special(node: list) -> Any:
            return self._special(node, arrays, reply)

        self.weights.clear()
        args = [wire.decode(node, arrays, special) for node in head.get("args", [])]
        kwargs = {k: wire.decode(node, arrays, special) for k, node in head.get("kwargs", {}).items()}
        earlier: list[torch.Tensor] = []
        if head.get("stepped") and head["verb"] in ("call", "grad"):
            earlier = self._before_the_step(head, args, kwargs)
        given = {**dict(enumerate(args)), **kwargs, EARLIER: earlier}
        before = {place: _trace(argument) for place, argument in given.items()}
        value = self._value(head, arrays, args, kwargs)
        return value, [place for place, argument in given.items() if _trace(argument) != before[place]]

    def _before_the_step(self, head: dict, args: list, kwargs: dict[str, Any]) -> list[torch.Tensor]:
        """Call once with other numbers in the very same tensors: an optimiser steps in place, which nobody may miss.

        Returns what came, which a later call must leave alone; not what is part of the arguments themselves.
        """
        given = (*args, *kwargs.values())
        own = {id(kept) for kept in self.kept.values()}
        if any(callable(a) or id(a) in own for a in given):  # a callback's calls are counted, what is kept is theirs
            return []
        earlier = None
        tensors = [a for a in given if isinstance(a, torch.Tensor)]
        numbers = [tensor.clone() for tensor in tensors]
        for tensor in tensors:
            if tensor.is_floating_point():
                tensor.mul_(0.5)
        with contextlib.suppress(Exception), own_randomness(head.get("seed", 0)), torch.enable_grad():
            earlier = self._target(head["of"], head.get("method"))(*args, **kwargs)
        came = [tensor for tensor in _tensors(earlier) if not any(_overlap(tensor, given) for given in tensors)]
        with torch.no_grad():
            for tensor, before in zip(tensors, numbers, strict=True):
                tensor.requires_grad_(False).copy_(before)
        return came

    def _value(self, head: dict, arrays: list, args: list, kwargs: dict[str, Any]) -> Any:
        function = self._target(head["of"], head.get("method"))
        verb = head["verb"]
        if verb == "call":
            return function(*args, **kwargs)
        if verb == "keep":
            self.kept[head["name"]] = function(*args, **kwargs)
            return None
        if verb == "grad":
            cotangent = wire.decode(head["cotangent"], arrays)
            wanted = {name: args[name] if isinstance(name, int) else kwargs[name] for name in head["wrt"]}
            inputs = {str(name): self.weights.get(id(given), given) for name, given in wanted.items()}
            return value_and_gradients(function, args, kwargs, inputs, cotangent)
        if verb == "jacobian":
            return full_jacobian(lambda x: function(x, *args[1:], **kwargs), args[0])
        if verb == "draws":
            return _stacked([function(*args, **kwargs) for _ in range(head["n"])])
        raise wire.WireError(f"There is no verb {verb!r}.")

    def _target(self, name: str, method: str | None) -> Callable:
        found = self.kept.get(name, self.namespace.get(name))
        if found is None:
            raise Missing(f"Nothing is called `{name}` yet.")
        if method is not None:
            if method not in METHODS:
                raise wire.WireError(f"{method!r} is not a method that is asked for.")
            if not hasattr(found, method):
                raise Missing(f"`{name}` has no method `{method}` yet.")
            found = getattr(found, method)
        if not callable(found):
            raise Missing(f"`{name}` is of type {type(found).__name__}; a function is asked for.")
        return found

    def _kept(self, name: str) -> Any:
        if name not in self.kept:
            raise Missing(f"Nothing is called `{name}` yet.")
        return self.kept[name]

    def _inside(self, error: BaseException, of: str) -> str | None:
        """Another function of the student's in which it was raised, by its name: a blank may be met on the way."""
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        code = {name: getattr(self.namespace.get(name), "__code__", None) for name in (of, frame.f_code.co_name)}
        return frame.f_code.co_name if code[of] is not frame.f_code is code[frame.f_code.co_name] else None

    def _special(self, node: list, arrays: list, reply: Reply) -> Any:
        kind, name, *rest = node
        if kind == "callback":
            return lambda *args, **kwargs: ask_the_judge(reply, name, args, kwargs)
        if kind == "kept":
            return self._kept(name)
        weights = [wire.decode(weight, arrays) for weight in rest[0]]
        made = ARCHITECTURES[name](weights)
        self.weights[id(made)] = list(made.parameters()) if isinstance(made, torch.nn.Module) else weights
        return made


class _Constant(Exception):
    """There is nothing in a result that can be differentiated."""


def _stacked(drawn: list) -> torch.Tensor | None:
    """Numbers or tensors along a new axis; None where they are of other kinds, or of several shapes."""
    if not all(isinstance(part, (bool, int, float, np.ndarray, torch.Tensor)) for part in drawn):
        return None
    parts = [torch.as_tensor(part) for part in drawn]
    return torch.stack(parts) if len({part.shape for part in parts}) == 1 else None


def _is_real(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def full_jacobian(function: Callable, x: torch.Tensor) -> Any:
    """The Jacobian of each tensor of the result; None where the result is of another kind, which its value shows."""

    def tensors(x: torch.Tensor) -> Any:
        result = function(x)
        parts = result if isinstance(result, (tuple, list)) else (result,)
        if not parts or not all(_is_real(part) and part.numel() for part in parts):
            raise _Constant
        return tuple(result) if isinstance(result, list) else result

    try:
        return torch.autograd.functional.jacobian(tensors, x)
    except _Constant:
        return None


def _trace(argument: Any) -> Any:
    """What an argument holds, to the bit; None for a callable and the like, in which nothing can be written."""
    arrays: list[np.ndarray] = []
    try:
        return wire.encode(argument, arrays), [(array.shape, array.tobytes()) for array in arrays]
    except wire.WireError:
        return None


def _overlap(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether they may share memory; where a device does not tell, they may."""
    try:
        places = [(t.untyped_storage().data_ptr(), t.untyped_storage().nbytes()) for t in (a, b)]
    except (RuntimeError, NotImplementedError):
        return True
    (start, size), (other, its_size) = places
    return start < other + its_size and other < start + size


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _tensors(item)


def ask_the_judge(reply: Reply, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """One call of a callable argument. Raises TypeError where the judge cannot answer it."""
    out: list[np.ndarray] = []
    try:
        nodes = [wire.encode(a, out) for a in args], {k: wire.encode(v, out) for k, v in kwargs.items()}
        answer, arrays = reply({"callback": name, "args": nodes[0], "kwargs": nodes[1]}, out)
    except wire.WireError as error:
        raise TypeError(f"{name} cannot take this argument. {error}") from None
    if "refused" in answer:
        raise TypeError(answer["refused"])
    return wire.decode(answer["value"], arrays)


def refused(error: wire.WireError) -> Frame:
    """The answer in place of a value that cannot cross."""
    return {"error": {"kind": "refused", "message": str(error)}}, []


def _is_blank(error: BaseException) -> bool:
    """A blank says nothing; torch says which operation a type or a device lacks."""
    return type(error) is NotImplementedError and not error.args


def value_and_gradients(
    function: Callable, args: list, kwargs: dict, inputs: dict[str, Any], cotangent: Any
) -> dict[str, Any]:
    """{"value": f(…), "gradients": {name: d sum(cotangent * f) / d input, or None if no gradient arrives}}.

    inputs: by name, a tensor among the arguments or the list of a network's weights; cotangent: a tensor; for several
    values a list of as many; for a dictionary one with a tensor for each entry that counts.
    """
    flat = {name: given if isinstance(given, list) else [given] for name, given in inputs.items()}
    for tensor in itertools.chain(*flat.values()):
        tensor.requires_grad_(True)
    value = function(*args, **kwargs)
    gradients: dict[str, Any] = dict.fromkeys(inputs)
    pairs = _weighed(value, cotangent)
    alike = all(isinstance(part, torch.Tensor) and part.shape == weight.shape for part, weight in pairs)
    if alike and any(part.requires_grad for part, _ in pairs):
        # of one number: with the cotangent as an argument, torch would first import sympy, which takes a second
        loss = sum((weight.to(part) * part).sum() for part, weight in pairs)
        wanted = [*itertools.chain(*flat.values())]
        found = iter(torch.autograd.grad(loss, wanted, allow_unused=True))
        gradients = {name: [next(found) for _ in tensors] for name, tensors in flat.items()}
        gradients = {name: g if isinstance(inputs[name], list) else g[0] for name, g in gradients.items()}
    return {"value": value, "gradients": gradients}


def _weighed(value: Any, cotangent: Any) -> list[tuple[Any, torch.Tensor]]:
    """Each tensor of the value beside its weights; none where the value is of another form."""
    if isinstance(cotangent, dict):
        return [(value.get(name), weight) for name, weight in cotangent.items()] if isinstance(value, dict) else []
    if isinstance(cotangent, list):
        several = isinstance(value, (tuple, list)) and len(value) == len(cotangent)
        return [*zip(value, cotangent, strict=True)] if several else []
    return [(value, cotangent)]


@contextlib.contextmanager
def own_randomness(seed: int) -> Iterator[None]:
    """Seeds torch, numpy and random for one ask, and gives the notebook its own random streams back."""
    states = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        _seed(seed)
        try:
            yield
        finally:
            random.setstate(states[0]), np.random.set_state(states[1])


def _seed(seed: int) -> None:
    """Every stream that student code may draw from.

    torch.manual_seed would also note the seed, with a stack trace, for every kind of device that is not there: half
    the time of a short ask, and a list that grows.
    """
    torch.default_generator.manual_seed(seed), np.random.seed(seed), random.seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


def where(error: BaseException) -> dict[str, Any]:
    """What was raised and the student's own last line that led to it."""
    place: dict[str, Any] = {"line": None, "source": None}
    for frame, line in traceback.walk_tb(_from_student(error.__traceback__)):
        filename = frame.f_code.co_filename
        if is_students(filename):
            place = {"line": line, "source": linecache.getline(filename, line).strip()[:200]}
    return {"type": type(error).__name__, "message": _message(error), **place}


def is_students(filename: str) -> bool:
    """Whether code of that file is neither Python's, nor a library's, nor the course's own."""
    return not filename.startswith(_NOT_STUDENT) and "-packages" not in filename


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:  # the student's own exception may fail to print itself, in any way
        return ""


def _from_student(tb: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of this file at its head: what called the student does not matter."""
    while tb is not None and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    return tb
