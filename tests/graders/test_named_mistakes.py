"""A name that a judge gives to what it sees stands in the catalogue, or there is no sentence to show with it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest

from autograder.judging.exercise import Exercise, all_exercises

every_exercise = pytest.mark.parametrize("exercise", all_exercises().values(), ids=lambda e: e.id)


def given_names(text: str) -> Iterator[str]:
    """Every string that a function may pass on as `mistake=…`: written there, or assigned to a name that is."""
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            open_, seen = [k.value for call in calls for k in call.keywords if k.arg == "mistake"], set()
            while open_:
                value = open_.pop()
                yield from _said(value)
                named = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} - seen
                seen |= named
                open_ += [source for name, source in _sources(function) if name in named]


def _said(value: ast.AST) -> Iterator[str]:
    """The strings that an expression may come to; those that it is only compared with are left out."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value
    parts = {ast.IfExp: ("body", "orelse"), ast.BoolOp: ("values",), ast.Dict: ("values",)}.get(type(value), ())
    for part in parts:
        inner = getattr(value, part)
        for item in inner if isinstance(inner, list) else [inner]:
            yield from _said(item)


def _sources(function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST]]:
    """(name, where its value comes from) for all names that are assigned or run over there."""
    for node in ast.walk(function):
        if isinstance(node, (ast.For, ast.comprehension)):
            targets, value = [node.target], node.iter
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        else:
            continue
        for target in targets:
            together = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            for one, source in zip(target.elts, value.elts, strict=True) if together else [(target, value)]:
                yield from ((n.id, source) for n in ast.walk(one) if isinstance(n, ast.Name))


@every_exercise
def test_what_a_judge_calls_a_mistake_is_in_the_catalogue(exercise: Exercise) -> None:
    source = inspect.getsource(type(exercise))
    known = {mistake.name for mistake in exercise.mistakes}
    assert set(given_names(source)) <= known


@pytest.mark.parametrize(
    "line",
    [
        "law(False, mistake='other')",
        "law(False, mistake='other' if got == 'no name' else None)",
        "sizes = {1: 'other'}; name = next((n for size, n in sizes.items()), None); law(False, mistake=name)",
        "good, name = True, 'other'; law(good, mistake=name)",
    ],
)
def test_a_name_is_found_wherever_it_comes_from(line: str) -> None:
    assert [*given_names(f"def judge():\n    {line}")] == ["other"]
