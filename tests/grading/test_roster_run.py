"""A run with a roster: real names, who is missing, who is a stranger, who has left; in the report and in the tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.grading import engine
from autograder.grading.model import Mark, Result
from autograder.grading.plan import Options
from autograder.grading.reports import tables
from autograder.grading.reports.class_report import class_report
from autograder.grading.roster.enrolment import Enrolment, enrolment
from autograder.grading.roster.roster import Person
from pushforward.errors import CourseError
from tests.grading import standin
from tests.grading.classroom import Here
from tests.grading.hostile import HOSTILE, Page, check_accessible

ROSTER = "id,name,section\nstudent000,Ada Lovelace,A\nstudent001,Emmy Noether,B\nnobody1,Zoë Nobody,B\n"


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.setattr(engine, "local", Here().local)
    submitted, course = standin.write_class(tmp_path / "submitted", 3), standin.write_course(tmp_path / "course")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return Options(submitted, tmp_path / "graded", course, roster=tmp_path / "roster.csv")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_run_with_a_roster_and_one_after_somebody_left(options: Options) -> None:
    out = options.out
    engine.run(options, standin.ROOT, standin.grade)
    listed = {row["student"] or row["name"]: row for row in rows(out / "roster.csv")}
    assert {name: row["roster"] for name, row in listed.items()} == {
        "student000": "enrolled", "student001": "enrolled", "student002": "unknown", "Zoë Nobody": "not handed in",
    }  # fmt: skip
    assert listed["student000"]["name"] == "Ada Lovelace"
    assert listed["Zoë Nobody"][standin.ASSIGNMENT] == "not handed in"
    totals = {row["student"]: row for row in rows(out / "totals.csv")}
    assert (totals["nobody1"]["points"], totals["nobody1"]["roster"]) == ("", "not handed in")
    assert totals["student001"]["name"] == "Emmy Noether"
    page = (out / "class_report.html").read_text(encoding="utf-8")
    assert "Ada Lovelace (student000)" in page
    assert "Zoë Nobody" in page
    canvas = rows(out / "lms" / f"provisional_canvas_{standin.ASSIGNMENT}.csv")[1:]
    assert [row["Student"] for row in canvas] == ["Ada Lovelace", "Emmy Noether", "student002"]

    options.roster.write_text(ROSTER.replace("student001,Emmy Noether,B\n", ""), encoding="utf-8")
    engine.run(options, standin.ROOT, standin.grade)
    assert {row["student"]: row["roster"] for row in rows(out / "roster.csv")}["student001"] == "withdrawn"
    canvas = rows(out / "lms" / f"provisional_canvas_{standin.ASSIGNMENT}.csv")[1:]
    assert [row["Student"] for row in canvas] == ["Ada Lovelace", "student002"]
    assert "withdrawn" in (out / "class_report.html").read_text(encoding="utf-8")


def test_a_wrong_roster_stops_the_run_before_a_file_is_written(options: Options) -> None:
    options.roster.write_text("colour\nred\n")
    with pytest.raises(CourseError, match="no roster"):
        engine.run(options, standin.ROOT, standin.grade)
    assert not options.out.exists()


def found(name: str) -> tuple[list[Result], Enrolment]:
    """A class in which everything that a roster can say is said of somebody with that name."""
    marks = (Mark("x.y", "code", 1.0, 2.0, "partial"),)
    results = [Result(student, "hw", marks) for student in ("ada", name, "gone", "two")]
    roster = [
        Person(name, {"id": "ada"}),
        Person("two", {"id": "t1"}),
        Person("two", {"id": "t2"}),
        Person(name, {"id": "n"}),
    ]
    students = {result.student: {} for result in results}
    return results, enrolment(roster, students, [(r.student, r.assignment) for r in results], {"gone": name})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_roster_can_say_nothing_that_acts(name: str) -> None:
    results, class_ = found(name)
    tags = [tag for tag, _ in Page(class_report(results, {}, class_=class_)).tags]
    innocent = [tag for tag, _ in Page(class_report(*found("innocent")[:1], {}, class_=found("innocent")[1])).tags]
    assert set(tags) <= {*innocent, "code", "details"}
    for text in (tables.roster_csv(class_, results, {}), tables.grades_csv(results, {}, class_)):
        table = list(csv.reader(io.StringIO(text)))
        assert all(len(row) == len(table[0]) for row in table)
        assert not [cell for row in table for cell in row if cell[:1] in tuple("=+-@＝＋－＠")]


def test_everybody_can_read_it_and_an_anonymous_report_names_nobody() -> None:
    results, class_ = found("Zoë")
    check_accessible(Page(class_report(results, {}, class_=class_)))
    hidden = class_report(results, {}, class_=class_, anonymous=True)
    check_accessible(Page(hidden))
    text = BeautifulSoup(hidden, "html.parser").main.text
    for name in ("Zoë", "ada", "gone", "t1"):
        assert name not in text.replace("read", "").replace("graded", ""), name
    assert "More than one may be meant" in text


def test_the_switch_hides_names_of_the_roster_too() -> None:
    results, class_ = found("Zoë")
    page = BeautifulSoup(class_report(results, {}, class_=class_), "html.parser")
    for name in page.select(".name"):
        name.extract()
    assert "Zoë" not in page.main.text
