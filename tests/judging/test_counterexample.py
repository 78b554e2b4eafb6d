"""A report shows what a reader can take in: the first small counterexample, or one that is asked for on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import counterexample
from autograder.judging.asking import LocalLink
from autograder.judging.compare import close, exact
from autograder.judging.domain import Domain, Number, Reals, Tensor, Wholes
from autograder.judging.exercise import Case, Exercise, Finding, call, case, collected, exercise, gate, pays, wrong
from autograder.judging.judge import examine, exchanged
from pushforward.answering.wire import Net


def doubling(sizes: tuple[int, ...], domain: bool = True, law_of_domain: bool = True) -> Exercise:
    """y = 2 x, probed with x of these sizes."""
    with collected():

        @exercise("tests.double", ("double",))
        class Double(Exercise):
            shape = gate("the result has the shape of x")
            doubled = pays("the result is twice x")
            hints = ("one", "two", "three")
            domain_of = {"double": Domain({"x": Tensor("B, D")}, sizes={"B": (1, 4), "D": (1, 9)})}

            def probe(self, rng: np.random.Generator) -> Iterator[Case]:
                for n in sizes:
                    yield self._case(torch.tensor(rng.uniform(1, 2, size=(n, 3))))

            def case_of(self, name: str, given: dict[str, Any]) -> Case:
                return replace(self._case(given["x"]), about=() if law_of_domain else (self.shape,))

            def _case(self, x: torch.Tensor) -> Case:
                return case(call("double", x), x=x)

            def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
                yield self.shape(True)
                yield self.doubled(*close(answer, 2 * exact(case.x), case.x.dtype))

            mistakes = (wrong("tripled", lambda x: 3 * x, "Twice, not three times."),)

    made = Double()
    made.domain = Double.domain_of if domain else {}
    return made


def shown(judge: Exercise, double: Callable) -> str:
    report = examine(judge, LocalLink({"double": double}), 3)
    return next(r.case for r in report.laws if r.law.name == "doubled")


def test_a_small_case_that_fails_is_shown_before_a_large_one() -> None:
    assert shown(doubling((40, 1), domain=False), lambda x: 3 * x).count(",") == 2
    assert "shape (40, 3)" in shown(doubling((40, 20), domain=False), lambda x: 3 * x if len(x) > 30 else 2 * x)


def test_of_large_ones_the_smallest_is_shown() -> None:
    assert "shape (20, 3)" in shown(doubling((40, 20, 30), domain=False), lambda x: 3 * x)


def test_where_all_that_failed_is_large_a_smaller_one_is_asked() -> None:
    text = shown(doubling((40,)), lambda x: 3 * x)
    numbers = text.removeprefix("double(").replace("[", "").replace("]", "").rstrip(")").split(", ")
    assert len(numbers) <= 6
    assert all(float(number) == round(float(number), 1) for number in numbers)


def test_where_none_can_be_written_out_the_smallest_is_asked() -> None:
    judge = doubling((40,))
    judge.domain = {"double": Domain({"x": Tensor("B, D")}, sizes={"B": (1, 4), "D": (7, 9)})}
    assert "shape (1, 7)" in shown(judge, lambda x: 3 * x)


def test_one_entry_on_an_axis_is_asked_last_since_it_hides_a_sum() -> None:
    assert shown(doubling((40,)), lambda x: 2 * x.sum(0, keepdim=True).expand_as(x)).count("[") >= 2


def test_what_only_large_arrays_show_is_shown_by_a_large_one() -> None:
    assert "shape (40, 3)" in shown(doubling((40,)), lambda x: 3 * x if len(x) > 30 else 2 * x)


def test_no_points_and_no_name_depend_on_what_is_asked_for_the_reader() -> None:
    judge, link = doubling((40,)), LocalLink({"double": lambda x: 3 * x})
    report = examine(judge, link, 3)
    bare = doubling((40,), domain=False)
    assert (report.points, report.mistake.name) == (examine(bare, link, 3).points, "tripled")
    asked, smaller = exchanged(judge, link, 3)
    assert {e.origin for e in asked} == {"probe", "domain"}
    assert {e.origin for e in smaller} == {"smaller"}


def test_of_a_right_answer_nothing_more_is_asked() -> None:
    assert exchanged(doubling((40,)), LocalLink({"double": lambda x: 2 * x}), 3)[1] == []


def test_a_law_that_the_domain_says_nothing_about_is_not_asked_again() -> None:
    judge = doubling((40,), law_of_domain=False)
    assert exchanged(judge, LocalLink({"double": lambda x: 3 * x}), 3)[1] == []


def test_where_small_questions_raise_an_error_the_large_one_is_shown() -> None:
    def ends(x: torch.Tensor) -> torch.Tensor:
        if x.numel() <= 6:
            raise ValueError("small")
        return 3 * x

    assert "shape (" in shown(doubling((40,)), ends)


@pytest.mark.parametrize(
    ("argument", "entries"),
    [
        (1.0, 1),
        (torch.zeros(2, 3), 6),
        ([1.0, [2.0, 3.0]], 3),
        ({"a": torch.zeros(4), "b": 1}, 5),
        (Net("linear", (torch.zeros(3, 3), torch.zeros(3))), 12),
        (Net("linear", (torch.zeros(3, 3),), "A x"), 1),
    ],
)
def test_the_entries_of_an_argument_are_counted(argument: Any, entries: int) -> None:
    assert counterexample.entries(argument) == entries


# --- small points of a domain ----------------------------------------------------------------------------------

DOMAIN = Domain(
    {
        "x": Tensor("B, ..."),
        "beta": Tensor("T", Reals(0, 1)),
        "t": Tensor("B", Wholes(1, "T")),
        "s": Number(Reals(0.001, 0.03)),
        "n": Number(Wholes(2)),
    },
    sizes={"B": (1, 40), "T": (2, 1000, 5000)},
    when=lambda x, beta, t, s, n: float(beta.sum()) < 2.5,
)


def test_small_points_have_few_entries_and_round_numbers_and_stay_in_the_domain() -> None:
    points = list(DOMAIN.small(np.random.default_rng(0)))
    assert {tuple(p["x"].shape) for p in points[:9]} >= {(2,), (2, 2), (3,), (1,)}
    for p in points:
        assert max(len(p["x"]), len(p["beta"])) <= 3
        assert p["t"].max() <= len(p["beta"])
        assert ((p["beta"] > 0) & (p["beta"] < 1)).all()
        assert float(p["beta"].sum()) < 2.5
        assert 0.001 < p["s"] < 0.03
    tame = points[:6]
    assert all(torch.allclose(p["x"].double(), p["x"].double().round(decimals=1), atol=1e-6) for p in tame)
    assert all((p["x"] != 0).all() and p["n"] <= 6 for p in tame)


def test_small_points_come_in_both_precisions() -> None:
    assert {p["x"].dtype for p in DOMAIN.small(np.random.default_rng(0))} == {torch.float32, torch.float64}
