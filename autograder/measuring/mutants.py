"""Model answers changed by machine, one place at a time: what changes a value must lose points.

The syntax comes from Python's own `ast`; the places of change are those in which students slip: a sign, an index off
by one, < for ≤, a term or a factor too few, a function forgotten, an absolute value, a clamp, the other axis, two
arguments swapped, a gradient cut, an argument written into.
"""

from __future__ import annotations

import ast
import copy
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import torch

from autograder.judging.domain import Either, Tensor
from autograder.judging.exercise import Exercise

UNARY = ("abs", "exp", "log", "sqrt", "square", "expm1", "log1p", "sigmoid", "tanh", "erf", "ndtr", "float", "neg")
TWINS = {"sum": "mean", "mean": "sum", "cumsum": "cumprod", "cumprod": "cumsum", "log1p": "log", "expm1": "exp"}
TWINS |= {"log": "log1p", "zeros_like": "ones_like", "ones_like": "zeros_like", "min": "max", "max": "min"}
OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# What is done to a whole result: the name that the changed code calls, and its meaning for one tensor or float.
WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "absolute": abs,
    "clamped_below": lambda v: torch.clamp(v, min=1e-3) if isinstance(v, torch.Tensor) else max(v, 1e-3),
    "clamped_above": lambda v: torch.clamp(v, max=1e3) if isinstance(v, torch.Tensor) else min(v, 1e3),
    "nudged": lambda v: v + 1e-3,
    "doubled": lambda v: v.double() if isinstance(v, torch.Tensor) else v,
    "halved": lambda v: v.float() if isinstance(v, torch.Tensor) else v,
    "detached": lambda v: v.detach() if isinstance(v, torch.Tensor) else v,
    "without_nan": lambda v: torch.nan_to_num(v) if isinstance(v, torch.Tensor) else v,
}


@dataclass(frozen=True)
class Mutant:
    """A model answer with one change. line: in the source file; change: before and after; code: all its functions."""

    function: str
    line: int
    change: str
    code: CodeType

    def names(self, reference: dict[str, Any]) -> dict[str, Any]:
        """What the changed answer defines, among the given names of the notebook."""
        scope = {**reference, **{name: everywhere(change) for name, change in WRAPPERS.items()}}
        exec(self.code, scope)
        return scope

    @property
    def place(self) -> str:
        """Where and what, stable when lines move."""
        return f"{self.function}: {self.change}"


def mutants(root: Path, exercise: Exercise) -> Iterator[Mutant]:
    """Every change of every function in the model answer of an exercise."""
    functions = solved(root, exercise)
    for k, function in enumerate(functions):
        seen: set[str] = set()
        for change, line, changed in _changes(function, _tensors(exercise, function)):
            tree = ast.Module([*functions[:k], changed, *functions[k + 1 :]], [])
            text = ast.unparse(changed)
            if text not in seen:
                seen.add(text)
                code = compile(ast.fix_missing_locations(tree), f"<{exercise.id}, changed>", "exec", dont_inherit=True)
                yield Mutant(function.name, line, change, code)


def solved(root: Path, exercise: Exercise) -> list[ast.FunctionDef]:
    """The functions in the solve cells of an exercise."""
    text, id = (root / "solutions" / f"{exercise.notebook}.py").read_text(encoding="utf-8"), exercise.id
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("# %%")] + [len(lines)]
    cells = [(a, b) for a, b in itertools.pairwise(starts) if f'"solve:{id}"' in lines[a]]
    return [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and any(a < node.lineno <= b for a, b in cells)
    ]


def _tensors(exercise: Exercise, function: ast.FunctionDef) -> set[str]:
    """The arguments that are tensors, into which an operation in place could write."""
    domain = exercise.domain.get(function.name)
    found = domain.arguments.items() if domain else ()
    return {n for n, a in found if isinstance(a, Tensor) or (isinstance(a, Either) and isinstance(a.kinds[0], Tensor))}


def _changes(function: ast.FunctionDef, tensors: set[str]) -> Iterator[tuple[str, int, ast.FunctionDef]]:
    """(before → after, line, the function with that one change)."""
    places = [node for statement in _body(function) for node in ast.walk(statement)]
    numbers = {id(node): n for n, node in enumerate(ast.walk(function))}
    for node in places:
        for replacement in _alternatives(node, tensors):
            changed = copy.deepcopy(function)
            twin = next(other for n, other in enumerate(ast.walk(changed)) if n == numbers[id(node)])
            after = _Replace(twin, replacement).visit(changed)
            before, said = ast.unparse(node), ast.unparse(replacement)
            yield f"{_short(before)} → {_short(said)}", getattr(node, "lineno", function.lineno), after


def _body(function: ast.FunctionDef) -> list[ast.stmt]:
    """Without the docstring."""
    first = function.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return function.body[1:] if docstring else function.body


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:90]


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self.target, self.replacement = target, replacement

    def visit(self, node: ast.AST) -> Any:
        return self.replacement if node is self.target else self.generic_visit(node)


def everywhere(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The change of one number or tensor, done to all in a container."""

    def changed(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(map(changed, value))
        if isinstance(value, dict):
            return {key: changed(item) for key, item in value.items()}
        real = isinstance(value, torch.Tensor) and value.dtype != torch.bool
        return change(value) if real or type(value) in (int, float) else value

    return changed


# --- what may be changed at a node ------------------------------------------------------------------------------


def _alternatives(node: ast.AST, tensors: set[str]) -> Iterator[ast.AST]:
    for kind, changes in _BY_KIND:
        if isinstance(node, kind):
            yield from changes(node, tensors)


def _binary(node: ast.BinOp, tensors: set[str]) -> Iterator[ast.AST]:
    """The sister operation; one side left out; the left side written into."""
    yield from (ast.BinOp(node.left, other(), node.right) for other in OPERATORS.get(type(node.op), ()))
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)):
        yield node.left
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
        yield node.right
    if isinstance(node.op, (ast.Sub, ast.Div)):
        yield ast.BinOp(node.right, node.op, node.left)
    method = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}.get(type(node.op))
    if method and isinstance(node.left, ast.Name) and node.left.id in tensors:
        yield _call(ast.Attribute(node.left, method, ast.Load()), node.right)


def _unary(node: ast.UnaryOp, tensors: set[str]) -> Iterator[ast.AST]:
    yield node.operand


def _comparison(node: ast.Compare, tensors: set[str]) -> Iterator[ast.AST]:
    for k, operator in enumerate(node.ops):
        if type(operator) in COMPARISONS:
            ops = [*node.ops[:k], COMPARISONS[type(operator)](), *node.ops[k + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _constant(node: ast.Constant, tensors: set[str]) -> Iterator[ast.AST]:
    """One more, one less; a tenth more; the other truth."""
    if type(node.value) is int:
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif type(node.value) is float:
        yield ast.Constant(node.value * 1.1 if node.value else 0.1)
    elif type(node.value) is bool:
        yield ast.Constant(not node.value)


def _called(node: ast.Call, tensors: set[str]) -> Iterator[ast.AST]:
    """Forgotten altogether, its sister, a keyword left out, two arguments swapped, one more or less in a range."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    of = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in UNARY and of is not None and len(node.args) <= 1:
        yield of
    if name in TWINS and isinstance(node.func, ast.Attribute):
        yield ast.Call(ast.Attribute(node.func.value, TWINS[name], ast.Load()), node.args, node.keywords)
    for k in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [*node.keywords[:k], *node.keywords[k + 1 :]])
    if len(node.args) >= 2:
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    if name == "range" and len(node.args) == 1:
        yield from (_call(node.func, ast.BinOp(node.args[0], op(), ast.Constant(1))) for op in (ast.Add, ast.Sub))
    if name == "detach":
        yield node.func.value


def _returned(node: ast.Return, tensors: set[str]) -> Iterator[ast.AST]:
    if node.value is not None:
        yield from (ast.Return(_call(ast.Name(name, ast.Load()), node.value)) for name in WRAPPERS)


def _decided(node: ast.If | ast.IfExp | ast.While, tensors: set[str]) -> Iterator[ast.AST]:
    """The other branch."""
    changed = copy.copy(node)
    changed.test = ast.UnaryOp(ast.Not(), node.test)
    yield changed


def _joined(node: ast.BoolOp, tensors: set[str]) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    yield from (value for value in node.values)


def _accumulated(node: ast.AugAssign, tensors: set[str]) -> Iterator[ast.AST]:
    yield ast.Assign([node.target], node.value, lineno=node.lineno)
    yield from (ast.AugAssign(node.target, other(), node.value) for other in OPERATORS.get(type(node.op), ()))


def _call(function: ast.expr, *args: ast.expr) -> ast.Call:
    return ast.Call(function, list(args), [])


_BY_KIND: tuple[tuple[Any, Callable], ...] = (
    (ast.BinOp, _binary),
    (ast.UnaryOp, _unary),
    (ast.Compare, _comparison),
    (ast.Constant, _constant),
    (ast.Call, _called),
    (ast.Return, _returned),
    ((ast.If, ast.IfExp, ast.While), _decided),
    (ast.BoolOp, _joined),
    (ast.AugAssign, _accumulated),
)
