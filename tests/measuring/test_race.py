"""The race's arithmetic on figures that can be worked out by hand, and a small race whose marks must be equal."""

from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.grading.sandbox import wall
from autograder.measuring import growth, race_stock
from autograder.measuring.bench import Wanted, measured, run_race
from autograder.measuring.growth import Growth
from autograder.measuring.race import Race, Side, Spent, compare, told, verdicts
from autograder.measuring.race_ours import _rate
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
SMALL = 3  # the seed of a class of two whose marks differ


def side(name: str, wall: float, left: float, rate: float = 1.0) -> Side:
    """Three submissions of 2 s, 3 s and 4 s in cells and checks, and as much left over as said."""
    spent = tuple(
        Spent(student, 2.0 + i + left, cells=1.0, judge=0.5 + i, functions=0.5) for i, student in enumerate("abc")
    )
    scores = {(student, "diffusion-step"): (2.0, False) for student in "abc"}
    return Side(name, wall, 1.0, rate, spent, scores, judged=(0.01, 0.02, 0.9))


STOCK, ONE, TWO = side("stock", 19.0, 3.0), side("ours, 1", 10.0, 0.1, rate=0.3), side("ours, 2", 6.0, 0.1, rate=0.54)
RACE = Race("15_diffusion_forward", STOCK, ONE, TWO)


def test_what_is_left_over_is_what_no_part_accounts_for() -> None:
    spent = Spent("a", 5.0, cells=1.0, judge=2.0, functions=0.5, imports=0.9, writing=0.2)
    assert spent.floor == 3.5  # imports are among the cells, writing is left over
    assert spent.left == 1.5
    assert [one.left for one in STOCK.spent] == pytest.approx([3.0] * 3)
    assert STOCK.left == pytest.approx(19 - 9)


def test_ratios() -> None:
    assert RACE.left_ratio == pytest.approx((10 - 9) / (19 - 9))
    assert RACE.total_ratio == pytest.approx(10 / 19)
    assert RACE.floor_ratio == pytest.approx((3 * 1.0 + 3 * 0.5) / 19)
    assert RACE.speed_up == pytest.approx(1.8)


def test_a_target_is_kept_or_missed() -> None:
    said = "\n".join(verdicts(RACE))
    assert "MISSED" not in said
    assert "at the median, s: 0.020 (at most 0.03: kept)" in said  # the median of the judge, not its mean
    slow = replace(RACE, one=side("ours, 1", 13.0, 0.4), two=side("ours, 2", 13.0, 0.4, rate=1.2))
    assert "\n".join(verdicts(slow)).count("MISSED") == 4


def test_the_rate_counts_from_when_every_worker_has_had_one() -> None:
    assert _rate([10.0, 11.0, 12.0, 13.0], workers=1) == pytest.approx(1.0)
    assert _rate([10.0, 10.5, 11.0, 11.5, 12.5], workers=2) == pytest.approx(3 / 2)
    assert np.isnan(_rate([10.0], workers=1))


def test_every_cell_that_differs_is_found_and_one_with_other_questions_is_explained() -> None:
    same = {("a", "x"): (1.0, False), ("a", "w"): (None, True), ("b", "x"): (2 / 3, False)}
    assert compare(same, {**same, ("b", "x"): (0.6666667, False)}, settle=lambda student: {}) == ()
    ours = {**same, ("a", "x"): (0.5, False), ("b", "x"): (0.0, False), ("c", "x"): (1.0, False)}
    ours[("a", "w")] = (0.0, False)
    found = compare(same, ours, settle=lambda student: {"x": 1.0})
    assert [(one.student, one.cell, one.explained) for one in found] == [
        ("a", "w", False), ("a", "x", True), ("b", "x", False), ("c", "x", False),
    ]  # fmt: skip


def test_differences_are_told() -> None:
    scores = {("a", "diffusion-step"): (1.0, False)}
    others = compare(STOCK.scores, {**STOCK.scores, **scores}, settle=lambda student: {})
    text = told(replace(RACE, differences=others))
    assert "marks: 2 of 3 equal" in text
    assert "a, diffusion.step: stock (2.0, False), ours (1.0, False)" in text


def test_seconds_of_a_cell_are_those_for_which_the_kernel_was_busy() -> None:
    cell = nbformat.v4.new_code_cell("1")
    assert race_stock.busy(cell) == 0
    cell.metadata["execution"] = {
        "iopub.status.busy": "2027-01-17T10:00:00.000000Z", "iopub.status.idle": "2027-01-17T10:00:01.250000Z",
    }  # fmt: skip
    assert race_stock.busy(cell) == 1.25


# --- growth ----------------------------------------------------------------------------------------------------


def test_a_straight_cost_is_found_and_a_bent_one_is_off() -> None:
    sizes = (10, 30, 100, 300, 1000)
    straight = Growth("15", 2, sizes, tuple(12 + 0.25 * n for n in sizes))
    assert straight.line == pytest.approx((12, 0.25))
    assert straight.off < 1e-9
    assert Growth("15", 2, sizes, tuple(12 + 0.0005 * n**2 for n in sizes)).off > 0.3


def test_the_table_names_every_size_and_what_a_further_submission_costs(tmp_path: Path) -> None:
    found = Growth("15_diffusion_forward", 2, (10, 30), (5.0, 9.0))
    assert "| 10 | 5.0 | 0.500 |  |" in growth.told(found)
    assert "| 30 | 9.0 | 0.300 | 0.200 |" in growth.told(found)
    growth.draw(found, tmp_path / "growth.svg")
    assert (tmp_path / "growth.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"assignments": ("99_nothing",)}, "99_nothing"), ({"submissions": 1}, "two"), ({"sizes": (10,)}, "two sizes")],
)
def test_what_cannot_be_measured_is_refused_before_anything_is_written(wrong: dict, word: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=word):
        next(measured(ROOT, Wanted(out=tmp_path / "bench", **wrong)))
    assert list(tmp_path.iterdir()) == []


# --- a small race ----------------------------------------------------------------------------------------------


@pytest.mark.xdist_group("nbgrader")
def test_both_graders_give_equal_marks(tmp_path: Path) -> None:
    """Against the real ones, on one who solved everything and one who did not."""
    wall.present()
    found = run_race(ROOT, tmp_path, "00_start_here", submissions=2, seed=SMALL, most=1)
    assert [one for one in found.differences if not one.explained] == []
    assert len(found.stock.scores) == 2 * 2  # a check and a written answer for each
    marks = [mark for mark, _ in found.stock.scores.values() if mark is not None]
    assert min(marks) < max(marks) == 2
    for one in (found.stock, found.one):
        assert len(one.spent) == 2
        assert all(0 < spent.floor < spent.total for spent in one.spent)
        assert 0 < one.start < one.wall
    assert told(found).count("\n") > 15
