"""Model answers written otherwise by machine: all of them are right, so each must get full marks.

Constants in float32, tensors without axes for floats, no gradients where none are asked for, partial functions and
callable objects, torch.func, entries that lie apart in memory or share it, named tuples, dicts in another order.
"""

from __future__ import annotations

import ast
import functools
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from autograder.judging.domain import Tensor
from autograder.judging.exercise import Exercise
from autograder.judging.judge import cases_of
from autograder.measuring.answers import Answer, reference
from autograder.measuring.mutants import everywhere, solved

# Those that need not work for every model answer: a loop over a range needs a number, autograd needs its graph.
MAY_RAISE = ("float32 constants", "no gradients", "torch.func")
# Where precision is the lesson: 2π rounded to float32 is no period, and two points that it keeps apart do not collide.
NO_VARIANT = {("cov.witness", "float32 constants")}


def variants(root: Path, exercise: Exercise) -> Iterator[Answer]:
    """Every variant of the model answer that is as right as that."""
    yield from (v for v in _all(root, exercise) if (exercise.id, v.name) not in NO_VARIANT)


def _all(root: Path, exercise: Exercise) -> Iterator[Answer]:
    names = reference(root, exercise.notebook)
    functions = {name: names[name] for name in exercise.names}
    yield Answer("float32 constants", _with_constants_in_float32(root, exercise, names), True)
    for name, change in _CHANGES.items():
        yield Answer(name, {of: _then(f, change) for of, f in functions.items()}, True)
    for name, wrap in _WRAPPED.items():
        if _FITS.get(name, lambda _: True)(exercise):
            yield Answer(name, {of: wrap(f) for of, f in functions.items()}, True)


def _needs_no_gradients(exercise: Exercise) -> bool:
    return not any(ask.verb in ("grad", "jacobian") for case in cases_of(exercise, 0) for ask in case.asks)


def _takes_tensors_only(exercise: Exercise) -> bool:
    """Where something else comes in, torch 2.13 may end the process."""
    arguments = [a for domain in exercise.domain.values() for a in domain.arguments.values()]
    return bool(arguments) and all(isinstance(a, Tensor) for a in arguments)


_FITS = {"no gradients": _needs_no_gradients, "torch.func": _takes_tensors_only}


class _Float32(ast.NodeTransformer):
    """0.5 becomes torch.tensor(0.5), and math.pi likewise."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _tensor_of(node) if type(node.value) is float else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        of_math = isinstance(node.value, ast.Name) and (node.value.id, node.attr) in (("math", "pi"), ("math", "e"))
        return _tensor_of(node) if of_math else self.generic_visit(node)


def _tensor_of(node: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("torch", ast.Load()), "tensor", ast.Load()), [node], [])


def _with_constants_in_float32(root: Path, exercise: Exercise, names: dict[str, Any]) -> dict[str, Any]:
    functions = [_Float32().visit(function) for function in solved(root, exercise)]
    scope = {**names, "torch": torch}
    exec(compile(ast.fix_missing_locations(ast.Module(functions, [])), "<float32>", "exec", dont_inherit=True), scope)
    return {name: scope[name] for name in exercise.names}


def _then(function: Callable, change: Callable[[Any], Any]) -> Callable:
    return lambda *args, **kwargs: change(function(*args, **kwargs))


# --- results ---------------------------------------------------------------------------------------------------


def _apart(value: Any) -> Any:
    """The same numbers, each second one in memory."""
    if not isinstance(value, torch.Tensor):
        return value
    return torch.stack([value, torch.full_like(value, 7)], dim=-1)[..., 0]


def _expanded(value: Any) -> Any:
    """The same numbers, as one of two rows that share their memory."""
    return value.unsqueeze(0).expand(2, *value.shape)[1] if isinstance(value, torch.Tensor) else value


def _without_axes(value: Any) -> Any:
    return torch.tensor(value, dtype=torch.float64) if type(value) is float else value


def _of_numpy(value: Any) -> Any:
    return np.float64(value) if type(value) is float else value


def _named(value: Any) -> Any:
    if type(value) is not tuple:
        return value
    return namedtuple("Named", [f"part{k}" for k in range(len(value))])(*value)


def _backwards(value: Any) -> Any:
    return dict(reversed(value.items())) if isinstance(value, dict) else value


_CHANGES: dict[str, Callable[[Any], Any]] = {
    "entries apart in memory": everywhere(_apart),
    "expanded results": everywhere(_expanded),
    "tensors without axes for floats": everywhere(_without_axes),
    "numpy's floats": everywhere(_of_numpy),
    "a named tuple": _named,
    "a dict in another order": _backwards,
}


# --- functions -------------------------------------------------------------------------------------------------


class _Object:
    """A callable that is no function."""

    def __init__(self, function: Callable) -> None:
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


_WRAPPED: dict[str, Callable[[Callable], Callable]] = {
    "a partial function": functools.partial,
    "a callable object": _Object,
    "no gradients": torch.no_grad(),
    "torch.func": torch.func.functionalize,
}
