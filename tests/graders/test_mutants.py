"""A model answer with one change loses points, or is explained: a sample that rotates with the commit."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest
import torch

from autograder.judging.exercise import Exercise, all_exercises, get
from autograder.measuring import mutants, survivors
from autograder.measuring.answers import reference
from autograder.measuring.forked import TooLong, cpu_limit
from tests.rotation import EVERYTHING, rotating, touches_exercise, turn

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")
PARTS = 1 if EVERYTHING else 6  # of the changes of an exercise, one in so many


@pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(e, marks=[pytest.mark.slow] if e.long else [], id=e.id)
        for e in rotating(all_exercises().values(), 6, name=lambda e: e.id, touched=touches_exercise)
    ],
)
def test_no_change_of_a_model_answer_survives_unexplained(exercise: Exercise) -> None:
    found = survivors.fates(ROOT, [exercise], (turn(exercise.id) % PARTS, PARTS))
    text, good = survivors.report(found)
    assert good, text


@pytest.mark.parametrize("exercise", all_exercises().values(), ids=lambda e: e.id)
def test_every_explanation_is_about_a_change_that_there_is(exercise: Exercise) -> None:
    told = survivors.explained(ROOT, exercise)
    assert told.keys() <= {mutant.place for mutant in mutants.mutants(ROOT, exercise)}
    assert all(len(why) > 10 for why in told.values())


# --- the changes themselves ------------------------------------------------------------------------------------


def changes(source: str, tensors: set[str] = frozenset()) -> set[str]:
    (function,) = ast.parse(textwrap.dedent(source)).body
    return {change for change, _, _ in mutants._changes(function, set(tensors))}


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("def f(a, b):\n    return a + b", "a + b → a - b"),
        ("def f(a, b):\n    return a + b", "a + b → a"),
        ("def f(a, b):\n    return a * b", "a * b → b"),
        ("def f(a, b):\n    return a / b", "a / b → b / a"),
        ("def f(a):\n    return -a", "-a → a"),
        ("def f(a):\n    return a[1]", "1 → 2"),
        ("def f(a):\n    return a[1]", "1 → 0"),
        ("def f(a):\n    return a < 3", "a < 3 → a <= 3"),
        ("def f(a):\n    return a.sqrt()", "a.sqrt() → a"),
        ("def f(a):\n    return a.sum(dim=1)", "a.sum(dim=1) → a.mean(dim=1)"),
        ("def f(a):\n    return a.sum(dim=1)", "a.sum(dim=1) → a.sum()"),
        ("def f(a, b):\n    return g(a, b)", "g(a, b) → g(b, a)"),
        ("def f(a):\n    return a", "return a → return absolute(a)"),
        ("def f(a):\n    return a", "return a → return clamped_below(a)"),
        ("def f(a):\n    return a", "return a → return detached(a)"),
        ("def f(a):\n    return [a for _ in range(a)]", "range(a) → range(a - 1)"),
    ],
)
def test_what_students_slip_in_is_changed(source: str, change: str) -> None:
    assert change in changes(source)


def test_a_tensor_is_written_into_and_a_number_is_not() -> None:
    source = "def f(x, s):\n    return (x * s, s * x)"
    assert {c for c in changes(source, {"x"}) if "mul_" in c} == {"x * s → x.mul_(s)"}


def test_a_docstring_is_left_alone() -> None:
    assert not any("3" in change for change in changes('def f(a):\n    """Add 3."""\n    return a'))


def test_a_changed_answer_does_what_its_change_says() -> None:
    exercise = get("diffusion.step")
    found = {m.place: m for m in mutants.mutants(ROOT, exercise)}
    swapped = next(
        m for place, m in found.items() if place.startswith("noising_step: a * x_prev + b * eps →") and "-" in place
    )
    names = swapped.names(reference(ROOT, exercise.notebook))
    assert names["noising_step"](torch.ones(2), torch.ones(2), 3.0, 1.0).tolist() == [2.0, 2.0]


def test_a_killed_change_a_survivor_and_one_that_changes_nothing_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exercise = get("diffusion.step")
    found = survivors.fates(ROOT, [exercise])
    kinds = {fate.kind for fate in found}
    assert {"killed", "same"} <= kinds
    monkeypatch.setattr(survivors, "examine", lambda *_: type("Blind", (), {"full": True}))
    blind = survivors.fates(ROOT, [exercise], (0, 4))
    assert "survived" in {fate.kind for fate in blind}
    text, good = survivors.report(blind)
    assert not good
    assert "line " in text


def test_an_endless_loop_ends_by_its_own_time() -> None:
    def loop() -> None:
        while True:
            pass

    with pytest.raises(TooLong), cpu_limit(0.2):
        loop()
