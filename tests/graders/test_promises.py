"""What docstrings promise and what exercises declare is the same, and the protocol asks for it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.judging.domain import Domain, Int64, Like, Number, Reals, Tensor, Wholes
from autograder.judging.exercise import Exercise, all_exercises
from autograder.judging.promises import faults
from autograder.measuring import answers

ROOT = Path(__file__).resolve().parents[2]
every_exercise = pytest.mark.parametrize("exercise", all_exercises().values(), ids=lambda e: e.id)


def functions(exercise: Exercise) -> dict[str, Any]:
    """The model answers of the names that an exercise asks for."""
    names = answers.reference(ROOT, exercise.notebook)
    return {name: names[name] for name in exercise.names}


@every_exercise
def test_every_function_that_takes_something_declares_what(exercise: Exercise) -> None:
    for name, function in functions(exercise).items():
        # what a detective takes is an implementation, and which ones there are, the line-up says
        parameters = [] if exercise.kind == "detective" else list(inspect.signature(function).parameters)
        declared = exercise.domain.get(name)
        assert (declared is not None) == bool(parameters), name
        if declared is not None:
            assert list(declared.arguments) == parameters, name


@every_exercise
def test_docstring_and_domain_say_the_same(exercise: Exercise) -> None:
    for name, domain in exercise.domain.items():
        assert not faults(inspect.getdoc(functions(exercise)[name]), domain), name


@every_exercise
def test_every_point_of_a_domain_can_be_asked(exercise: Exercise) -> None:
    for name, domain in exercise.domain.items():
        for seed in range(3):
            for given in domain.points(np.random.default_rng(seed)):
                assert given.keys() == domain.arguments.keys()
                made = exercise.case_of(name, given)
                for case in [made] if hasattr(made, "asks") else made:
                    assert {ask.of for ask in case.asks} <= set(exercise.names)


# --- the comparison itself -------------------------------------------------------------------------------------

DOMAIN = Domain(
    {"x": Tensor("B, ..."), "t": Tensor("B", Wholes(1, "T")), "s": Number(Reals(0, 1, "(]")), "n": Number(Wholes(2))},
    sizes={"B": (1, 4), "T": (1, 9)},
    returns=Like("x"),
)
RIGHT = "x: (B, …); t: (B,), int64, values 1 … T; s: float in (0, 1]; n: int ≥ 2;  returns the shape and type of x."


def said(text: str) -> str:
    return f"y = f(x).   (001 P1)\n\n{text}\n"


def test_a_docstring_that_says_it_all_has_no_fault() -> None:
    assert faults(said(RIGHT), DOMAIN) == []


def test_an_axis_may_have_a_length_of_its_own() -> None:
    domain = Domain({"z": Tensor("B, 2")}, sizes={"B": (1, 4)})
    assert faults(said("z: (B, 2);  returns (B,)."), domain) == []
    assert faults(said("z: (B, 3);  returns (B,)."), domain)
    assert {point["z"].shape[1] for point in domain.points(np.random.default_rng(0))} == {2}


def test_whole_numbers_are_promised_by_both_or_by_neither() -> None:
    words, axes = "x: (B,);  returns (B,), int64.", {"B": (1, 4)}
    promising = Domain({"x": Tensor("B")}, sizes=axes, returns=Int64())
    assert faults(said(words), promising) == []
    assert faults(said(words), Domain({"x": Tensor("B")}, sizes=axes))
    assert faults(said(words.replace(", int64", "")), promising)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("(B, …)", "(B, D)", "x"),
        ("(B, …)", "", "x"),
        ("int64, ", "float64, ", "t"),
        ("values 1 … T", "values 0 … T", "t"),
        (", values 1 … T", "", "t"),
        ("in (0, 1]", "in (0, 1)", "s"),
        ("float in (0, 1]", "float", "s"),
        ("int ≥ 2", "int ≥ 1", "n"),
        ("int ≥ 2", "int > 2", "n"),
        ("n: int", "m: int", "m"),
        ("n: int ≥ 2", "n: int ≥ 2, odd", "odd"),
        ("shape and type", "shape", "type"),
    ],
)
def test_one_claim_too_few_too_many_or_another_is_a_fault(right: str, wrong: str, fault: str) -> None:
    assert right in RIGHT
    found = faults(said(RIGHT.replace(right, wrong)), DOMAIN)
    assert found
    assert any(fault in sentence for sentence in found), found
