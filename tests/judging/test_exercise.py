"""How a judge is written down: asks as plain data, laws as sentences, mistakes by name, a table of points."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder.judging import exercise as module
from autograder.judging.exercise import (
    Ask,
    Case,
    Exercise,
    Finding,
    all_exercises,
    call,
    case,
    draws,
    exercise,
    gate,
    get,
    grad,
    jacobian,
    keep,
    pays,
    points,
    wrong,
)
from pushforward.errors import CourseError


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict:
    """An empty registry, and no modules to fill it from."""
    monkeypatch.setattr(module, "_REGISTRY", {})
    monkeypatch.setattr(module, "_load_all", lambda: None)
    return module._REGISTRY


# --- asks and cases --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "written"),
    [
        (call("f", 1, x=2), Ask("call", "f", (1,), {"x": 2})),
        (call("m", 1, method="sample"), Ask("call", "m", (1,), {}, "sample")),
        (keep("m", "build", 3), Ask("keep", "build", (3,), {}, None, {"name": "m"})),
        (grad("f", ("x",), "c", 1, x=2), Ask("grad", "f", (1,), {"x": 2}, None, {"wrt": ["x"], "cotangent": "c"})),
        (jacobian("f", 1, method="forward"), Ask("jacobian", "f", (1,), {}, "forward")),
        (draws("f", 9, 1, d=2), Ask("draws", "f", (1,), {"d": 2}, None, {"n": 9})),
        (call("f", of=1, verb=2), Ask("call", "f", (), {"of": 1, "verb": 2})),
    ],
)
def test_an_ask_is_plain_data(ask: Ask, written: Ask) -> None:
    assert ask == written


def test_a_case_remembers_its_asks_and_facts_and_what_it_is_about() -> None:
    law = pays("a law")
    found = case(call("f"), call("g"), about=(law,), x=3, t=None)
    assert [ask.of for ask in found.asks] == ["f", "g"]
    assert (found.x, found.t, found.about) == (3, None, (law,))
    with pytest.raises(AttributeError):
        _ = found.y


# --- laws and findings -----------------------------------------------------------------------------------------


def test_a_law_called_is_a_finding_about_it() -> None:
    law = pays("twice two is four", 2)
    assert law(np.bool_(True)) == Finding(law, True)
    assert law(0, 4, 5, why="odd", mistake="off by one") == Finding(law, False, "4", "5", "odd", "off by one")


def test_a_gate_is_a_law_that_pays_nothing() -> None:
    assert gate("the shape").is_gate
    assert not pays("the value").is_gate
    assert pays("the value").weight == 1


# --- registration ----------------------------------------------------------------------------------------------


class Blank(Exercise):
    """Two gates and a law."""

    shape = gate("the shape")
    value = pays("the value", 2)
    sign = gate("the sign")
    mistakes = (
        wrong("alone", abs, "One function."),
        wrong("by name", {"g": abs}, "One of two."),
        wrong("twice", abs, "Two variants.", also=(min, {"g": max})),
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield case(call("f"))


def test_registering_reads_names_laws_and_mistakes_off_the_class(registry: dict) -> None:
    cls = exercise("toy.blank", ("f", "g"), kind="witness")(type("Toy", (Blank,), {}))
    assert (cls.id, cls.names, cls.kind) == ("toy.blank", ("f", "g"), "witness")
    assert [law.name for law in cls.laws] == ["shape", "value", "sign"]
    assert [m.variants for m in cls.mistakes] == [({"f": abs},), ({"g": abs},), ({"f": abs}, {"f": min}, {"g": max})]
    assert isinstance(registry["toy.blank"], cls)


def test_the_notebook_is_that_of_the_module(registry: dict) -> None:
    cls = type("Toy", (Blank,), {"__module__": "autograder.checks.c07_gradients.toy"})
    assert exercise("toy.blank", ("f",))(cls).notebook == "07_gradients"


def test_two_judges_of_one_exercise_are_refused(registry: dict) -> None:
    exercise("toy.blank", ("f",))(type("One", (Blank,), {}))
    with pytest.raises(CourseError, match=r"Two classes call themselves the judge of toy\.blank\."):
        exercise("toy.blank", ("f",))(type("Two", (Blank,), {}))


def test_an_exercise_without_callbacks_refuses_them(registry: dict) -> None:
    cls = exercise("toy.blank", ("f",))(type("Toy", (Blank,), {}))
    with pytest.raises(CourseError, match=r"toy\.blank hands out no callback 'g'"):
        cls().reply(case(), "g", [], {})


# --- finding one -----------------------------------------------------------------------------------------------


def test_an_unknown_id_names_its_neighbours(registry: dict) -> None:
    registry |= {id: SimpleNamespace(notebook="") for id in ("flow.inverse", "flow.forward", "gan.loss")}
    assert get("gan.loss") is registry["gan.loss"]
    with pytest.raises(CourseError, match=r"'flow\.invers'\. Did you mean flow\.inverse or flow\.forward\?"):
        get("flow.invers")
    with pytest.raises(CourseError, match=r"'zzz'\. `python -m autograder exercises` lists them all\."):
        get("zzz")


def test_points_are_those_of_the_built_course_and_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "table", lambda: {"toy.blank": {"points": 2}})
    assert points("toy.blank") == 2.0
    assert points("toy.other") == 1.0
    monkeypatch.setattr(module, "table", dict)
    assert points("toy.blank") == 1.0


# --- the exercises of the course -------------------------------------------------------------------------------

EACH = pytest.mark.parametrize("found", all_exercises().values(), ids=lambda found: found.id)


def test_exercises_come_in_the_order_of_their_notebooks() -> None:
    notebooks = [found.notebook for found in all_exercises().values()]
    assert notebooks == sorted(notebooks)
    assert notebooks


@EACH
def test_an_exercise_pays_for_something_and_says_each_law_once(found: Exercise) -> None:
    assert sum(law.weight for law in found.laws) > 0
    sentences = [law.sentence for law in found.laws]
    assert len(set(sentences)) == len(sentences)
    names = [mistake.name for mistake in found.mistakes]
    assert len(set(names)) == len(names)


@EACH
def test_every_case_asks_declared_names_and_is_about_laws_of_the_exercise(found: Exercise) -> None:
    asked = set()
    for question in found.probe(np.random.default_rng(0)):
        asked |= {ask.of for ask in question.asks if ask.verb != "call" or ask.method is None}
        assert set(question.about) <= set(found.laws)
        assert question.asks
    assert asked == set(found.names)


@EACH
def test_the_same_seed_asks_the_same_and_another_seed_something_else(found: Exercise) -> None:
    def questions(seed: int) -> str:
        torch.set_printoptions(precision=10, threshold=10_000)
        return repr([question.asks for question in found.probe(np.random.default_rng(seed))])

    assert questions(0) == questions(0)
    if any(ask.args or ask.kwargs for question in found.probe(np.random.default_rng(0)) for ask in question.asks):
        assert questions(0) != questions(1)
    torch.set_printoptions(profile="default")
