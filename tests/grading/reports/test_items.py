"""Items: counted and correlated as numpy and a hand count say, and silent where nothing can be said."""

from __future__ import annotations

import csv
import io
import random
import statistics

import pytest
from bs4 import BeautifulSoup

from autograder.grading.model import Mark, Result
from autograder.grading.reports import tables
from autograder.grading.reports.class_report import class_report
from autograder.grading.reports.items import FEWEST, items
from tests.grading.synthetic import ASSIGNMENT, released, result


def marked(points: list[float | None], student: str, assignment: str = "hw") -> Result:
    """Exercises x.0, x.1 … of two points each."""
    status = {None: "waiting", 2.0: "full", 0.0: "zero"}
    marks = (Mark(f"x.{i}", "code", p, 2.0, status.get(p, "partial")) for i, p in enumerate(points))
    return Result(student, assignment, tuple(marks))


def test_an_exercise_that_follows_the_rest_tells_apart_and_its_opposite_does_not() -> None:
    class_ = [marked([k % 3, k % 3, 2 - k % 3, k % 3], f"s{k}") for k in range(30)]
    found = {item.exercise: item for item in items(class_)}
    assert found["x.0"].apart == pytest.approx(1.0)
    assert found["x.2"].apart == pytest.approx(-1.0)
    assert [found["x.0"].mean, found["x.0"].full] == [0.5, pytest.approx(1 / 3)]


def test_the_correlation_is_the_one_of_the_books_over_what_is_marked() -> None:
    chance = random.Random(3)
    points = [[chance.choice([0.0, 1.0, 2.0, None]) for _ in range(4)] for _ in range(60)]
    for k, item in enumerate(items([marked(row, f"s{i}") for i, row in enumerate(points)])):
        pairs = []
        for row in points:
            rest = [p for i, p in enumerate(row) if i != k and p is not None]
            if row[k] is not None and rest:
                pairs.append((row[k] / 2, sum(rest) / (2 * len(rest))))
        assert item.apart == pytest.approx(statistics.correlation(*zip(*pairs, strict=True)))
        assert item.marked == sum(row[k] is not None for row in points)


def test_what_cannot_be_said_is_left_open() -> None:
    few = items([marked([k % 3, k % 3], f"s{k}") for k in range(FEWEST - 1)])
    alike = items([marked([1.0, k % 3], f"s{k}") for k in range(30)])
    nothing = items([marked([None, None], f"s{k}") for k in range(30)])
    alone = items([marked([k % 3], f"s{k}") for k in range(30)])
    assert [item.apart for item in (*few, *alike, *nothing, *alone)] == [None] * 7
    assert [(item.mean, item.full, item.tried) for item in nothing] == [(None, None, 30)] * 2
    assert items([]) == []


def test_blanks_were_not_tried_and_refused_notebooks_do_not_count() -> None:
    chance = random.Random(1)
    class_ = [result(f"s{i}", chance) for i in range(12)]
    class_.append(Result("lost", ASSIGNMENT, (), reason="A web page."))
    for item in items(class_):
        marks = [m for r in class_ for m in r.marks if m.exercise == item.exercise]
        assert item.notebooks == len(marks) == 12
        assert item.tried == sum(m.status not in ("blank", "empty") for m in marks)
    assert [item.exercise for item in items(class_)] == [slot.exercise for slot in released().graded]


def test_the_table_and_the_report_hold_them() -> None:
    class_ = [marked([k % 3, k % 3, None], f"s{k}") for k in range(30)]
    rows = list(csv.DictReader(io.StringIO(tables.items_csv(class_, {}))))
    assert [row["item_rest_correlation"] for row in rows] == ["1", "1", ""]
    assert (rows[0]["mean_percent"], rows[0]["full_percent"], rows[0]["tried"]) == ("50", "33.333333", "30")
    page = BeautifulSoup(class_report(class_, {}), "html.parser")
    (caption,) = [c for c in page.find_all("caption") if "as questions" in c.text]
    shown = [[cell.text.strip() for cell in row.find_all(["th", "td"])] for row in caption.parent.select("tbody tr")]
    assert shown[0] == ["x.0", "30 of 30", "50 %", "33 %", "1.00"]
    assert shown[2] == ["x.2", "30 of 30", "–", "–", "–"]
