"""What `make answers` says of an answer that is not called what its author calls it, and whom it is asked about."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.__main__ import main
from autograder.judging.compare import close, number
from autograder.judging.exercise import Case, Exercise, Finding, call, case, collected, exercise, pays, wrong
from autograder.measuring.answers import Answer, chosen, lacking, try_answer
from autograder.measuring.apart import parting
from pushforward.answering.wire import Callback
from pushforward.errors import CourseError

pytestmark = pytest.mark.filterwarnings("ignore")  # answers may warn


def double(x: float) -> float:
    return 2 * x


def squares_above_three(x: float) -> float:
    return x**2 if x > 3 else 2 * x + 1


def stops(x: float) -> float:
    raise ValueError("no")


@pytest.fixture(scope="module")
def toy() -> Exercise:
    """Asks for 1, 2 and 4 doubled."""
    with collected() as judges:

        @exercise("toy.double", ("double",))
        class Double(Exercise):
            """2 x."""

            twice = pays("the result is twice x")
            hints = ("one", "two", "three")

            def probe(self, rng: np.random.Generator) -> Iterator[Case]:
                for x in (1.0, 2.0, 4.0):
                    yield case(call("double", x), x=x)

            def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
                yield self.twice(*close(number(answer), 2 * case.x, torch.float64))

            mistakes = (
                wrong("squared", lambda x: x**2 + 3, "This is a square.", also=(lambda x: 2 * x + 1,)),
                wrong("stops", stops, "It stops."),
            )

    return judges["toy.double"]


def fault(toy: Exercise, function: Any, mistake: str) -> str | None:
    answer = Answer("wrong_it.py", {"double": function}, False, "the result is twice x", mistake)
    return try_answer(toy, answer, {"double": double}, 0).fault


def test_a_mistake_that_is_named_as_its_author_does_is_no_fault(toy: Exercise) -> None:
    assert fault(toy, lambda x: 2 * x + 1, "squared") is None
    assert fault(toy, stops, "stops") is None


def test_a_misnamed_mistake_shows_where_it_parts_from_the_nearest_of_its_implementations(toy: Exercise) -> None:
    said = fault(toy, squares_above_three, "squared")
    assert said == "the mistake 'squared' was called None: for double(4) it gives 9, this answer 16"


def test_an_error_is_shown_as_what_it_is(toy: Exercise) -> None:
    assert fault(toy, lambda x: 0.0, "stops").endswith("for double(1) it gives raised ValueError, this answer 0")


def test_one_that_stands_behind_another_of_the_same_values_is_told_so(toy: Exercise) -> None:
    same = {"double": lambda x: x**2 + 3}
    assert parting(toy, toy.mistakes[0], same, 0) == "both answer every question alike"


def test_a_name_that_the_catalogue_does_not_know(toy: Exercise) -> None:
    said = fault(toy, lambda x: 2 * x + 1, "sqared")
    assert said == "the catalogue knows no mistake 'sqared'; did you mean 'squared'?"


def test_what_only_the_judge_can_make_goes_by_its_name() -> None:
    with collected() as judges:

        @exercise("toy.apply", ("apply",))
        class Apply(Exercise):
            """f(x)."""

            value = pays("the result is f(x)")
            hints = ("one", "two", "three")

            def probe(self, rng: np.random.Generator) -> Iterator[Case]:
                yield case(call("apply", Callback("f"), x=torch.tensor([3.0])))

            def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
                return torch.tensor([7.0])

            def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
                yield self.value(False)

            mistakes = (wrong("of nothing", lambda f, x: 0 * x, "f is not asked."),)

    said = parting(judges["toy.apply"], judges["toy.apply"].mistakes[0], {"apply": lambda f, x: f(x)}, 0)
    assert said == "for apply(f, x=[3]) it gives [0], this answer [7]"


def test_an_exercise_lacks_answers_until_it_has_enough(toy: Exercise, tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "answers" / toy.notebook / toy.id
    folder.mkdir(parents=True)
    for n in range(3):
        (folder / f"wrong_{n}.py").write_text("# breaks: the result is twice x\ndef double(x): return x\n")
    (folder / "right_0.py").write_text("def double(x): return x + x\n")
    told = list(lacking(tmp_path, toy))
    assert told[0] == "toy.double has 2 mistakes in its catalogue: 3 are needed"
    assert told[1:] == [f"toy.double has 1 answers right_*.py in tests/answers/{toy.notebook}/toy.double: 2 are needed"]


def test_one_exercise_is_chosen_by_its_id() -> None:
    assert [e.id for e in chosen(["start.standardise", "start.standardise"])] == ["start.standardise"]
    assert len(chosen([])) > 10


def test_an_unknown_exercise_is_refused_with_near_ones() -> None:
    with pytest.raises(CourseError, match=r"no exercise called 'start.standardize'. Did you mean start.standardise"):
        chosen(["start.standardize"])
    with pytest.raises(CourseError, match=r"start.units is marked by hand"):
        chosen(["start.units"])


def test_the_command_judges_the_answers_of_one_exercise(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHFORWARD_SEEDS", "1")
    assert main(["answers", "start.standardise", "--no-mutants"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["exercise", "start.standardise", "all", "rate"]
    assert main(["answers", "start.standardize"]) == 2


def test_a_mistake_may_keep_all_but_one_law_only_where_the_laws_stand_apart() -> None:
    """Half of the laws is the most, unless each is about a family of questions of its own."""

    def judge_of(apart: bool) -> Exercise:
        with collected() as judges:

            @exercise("toy.families", ("same",))
            class Families(Exercise):
                """x, for three numbers."""

                small, middle, large = pays("0 stays"), pays("1 stays"), pays("2 stays")
                hints = ("one", "two", "three")

                def probe(self, rng: np.random.Generator) -> Iterator[Case]:
                    for x, law in enumerate((self.small, self.middle, self.large)):
                        yield case(call("same", float(x)), about=(law,), x=x, law=law)

                def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
                    yield case.law(number(answer) == case.x)

                mistakes = (wrong("none above one", lambda x: min(x, 1.0), "It stops at 1."),)

        Families.apart = apart
        return judges["toy.families"]

    def faults(function: Any, apart: bool) -> str | None:
        return try_answer(judge_of(apart), Answer("it", {"same": function}, False), {}, 0).fault

    assert faults(lambda x: min(x, 1.0), apart=True) is None
    assert "a wrong answer earned" in faults(lambda x: min(x, 1.0), apart=False)
    assert "a wrong answer earned" in faults(lambda x: x, apart=True)
