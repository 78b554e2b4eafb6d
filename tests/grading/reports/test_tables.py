"""Tables: totals are those of the standings, cells are no formulas, headers are those that the platforms ask for."""

import csv
import io
import json
import random

import pytest

from autograder.grading.model import Mark, Result, Standing
from autograder.grading.records.attempts import Attempt
from autograder.grading.records.regrading import Change
from autograder.grading.reports import tables
from pushforward.errors import CourseError
from tests.grading.hostile import HOSTILE
from tests.grading.synthetic import ASSIGNMENT, released, result

# Canvas reads these at these places, and Moodle's worksheet by these names in any place.
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
WORKSHEET = {"Identifier", "Grade", "Last modified (grade)"}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def small(student: str, assignment: str = "hw", points: float | None = 1.5, **more) -> Result:
    marks = (Mark("a.code", "code", 2.0, 3.0, "partial"), Mark("a.words", "written", points, 4.0, "waiting"))
    return Result(student, assignment, marks, **more)


@pytest.fixture(scope="module")
def class_() -> tuple[list[Result], dict]:
    chance = random.Random(5)
    results = [result(f"student{i}", chance, skill=i / 8) for i in range(8)]
    standings = {
        ("student1", ASSIGNMENT): Standing({"diffusion.which_prior": 2.5}, extra=1.0, late_penalty=0.25),
        ("student2", ASSIGNMENT): Standing(late_penalty=1000.0),
    }
    return results, standings


def test_totals_are_those_of_the_standings(class_) -> None:
    results, standings = class_
    expected = {r.student: standings.get((r.student, r.assignment), Standing()).total(r) for r in results}
    assert expected["student2"] == 0.0
    assert {row["student"]: float(row["points"]) for row in rows(tables.grades_csv(results, standings))} == expected
    assert {row["student"]: row["points"] for row in json.loads(tables.grades_json(results, standings))} == expected
    canvas = rows(tables.canvas_csv(results, standings))[1:]
    assert {row["SIS Login ID"]: float(row[ASSIGNMENT]) for row in canvas} == expected
    moodle = rows(tables.moodle_csv(results, standings))
    assert {row["Username"]: float(row[ASSIGNMENT]) for row in moodle} == expected


def test_exercises_add_up_to_the_total_before_lateness_and_extra_credit(class_) -> None:
    results, standings = class_
    exercises = [slot.exercise for slot in released().graded]
    for row in rows(tables.grades_csv(results, standings)):
        if float(row["late_penalty"]) < 100:
            earned = sum(float(row[exercise] or 0) for exercise in exercises)
            assert float(row["points"]) == pytest.approx(earned + float(row["extra"]) - float(row["late_penalty"]))
    long = rows(tables.exercises_csv(results, standings))
    assert len(long) == len(results) * len(exercises)
    wide = {row["student"]: row for row in rows(tables.grades_csv(results, standings))}
    assert all(row["points"] == wide[row["student"]][row["exercise"]] for row in long)


def test_what_waits_is_empty_and_counted_as_waiting() -> None:
    (row,) = rows(tables.grades_csv([small("ada", points=None)], {}))
    assert (row["points"], row["waiting"], row["a.words"]) == ("2", "4", "")
    (row,) = rows(tables.grades_csv([small("ada", points=None)], {("ada", "hw"): Standing({"a.words": 3.0})}))
    assert (row["points"], row["waiting"], row["a.words"]) == ("5", "0", "3")
    (found,) = json.loads(tables.grades_json([small("ada", points=None)], {}))
    assert found["exercises"][1]["points"] is None
    assert found["exercises"][1]["status"] == "waiting"


def test_json_holds_what_its_docstring_lists(class_) -> None:
    results, standings = class_
    found = json.loads(tables.grades_json(results, standings))
    assert [row["student"] for row in found] == sorted(r.student for r in results)
    for row, graded in zip(found, sorted(results, key=lambda r: r.student), strict=True):
        documented = tables.grades_json.__doc__
        assert all(key in documented for key in row)
        assert all(key in documented for exercise in row["exercises"] for key in exercise)
        assert [e["laws_failed"] for e in row["exercises"]] == [list(mark.laws_failed) for mark in graded.marks]
        assert [e["misconception"] for e in row["exercises"]] == [mark.misconception for mark in graded.marks]
        assert (row["seed"], row["isolated"]) == (graded.seed, True)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_becomes_a_formula_or_breaks_its_row(name: str) -> None:
    hostile = small(name, reason=name, repairs=(name,), incidents=(name,), lms={"name": name, "moodle_id": name})
    texts = [
        make([hostile], {})
        for make in (
            tables.grades_csv, tables.exercises_csv, tables.canvas_csv, tables.moodle_csv, tables.moodle_worksheet_csv
        )
    ]  # fmt: skip
    for text in texts:
        assert text.encode("utf-8")
        found = list(csv.reader(io.StringIO(text)))
        assert len(found) == len(text.splitlines()), "a cell that goes on in the next line"
        assert all(len(row) == len(found[0]) for row in found)
        assert not [cell for row in found for cell in row if cell.lstrip()[:1] in tuple("=+-@＝＋－＠\t")]
        assert not set(text) & {"\u202e", "\u2066", "\x00", "\r", "\ud800"}
    assert json.loads(tables.grades_json([hostile], {}))[0]["student"] == name


SEPARATED = (
    "x;=cmd()",
    "x\t=cmd()",
    "x|-1",
    'x;"=cmd()"',
    "x; '=cmd()",
    'x";""=cmd()',
    "x,=cmd()",
    "a:@x",
    "؛=x",
    "a，＝b",
)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ":", "^", "،", "؛", "；", "，"])
@pytest.mark.parametrize("name", [*HOSTILE, *SEPARATED])
def test_no_cell_is_a_formula_where_another_sign_separates_them(name: str, separator: str) -> None:
    hostile = small(name, name, reason=name, repairs=(name,), incidents=(name,), lms={"name": name})
    for make in (tables.grades_csv, tables.exercises_csv, tables.canvas_csv, tables.moodle_csv):
        text = make([hostile], {})
        read = [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]
        cut = [cell for line in text.splitlines() for cell in line.split(separator)]
        assert not [cell for cell in (*read, *cut) if cell.lstrip('" ')[:1] in tuple("=+-@＝＋－＠")]


def test_canvas_gets_its_columns_its_points_row_and_its_ids() -> None:
    known = {"canvas_id": "417", "name": "Ada Lovelace", "section": "A"}
    text = tables.canvas_csv([small("ada", lms=known), small("bob"), small("bob", "hw2")], {})
    header, possible, ada, bob = csv.reader(io.StringIO(text))
    assert header == [*CANVAS, "hw", "hw2"]
    assert possible == ["Points Possible", "", "", "", "", "7", "7"]
    assert ada == ["Ada Lovelace", "417", "", "", "A", "3.5", ""]
    assert bob == ["bob", "", "", "bob", "", "3.5", "3.5"]


def test_nobody_is_called_like_the_row_of_points() -> None:
    """Canvas reads a row with these words as what the assignments are worth."""
    found = list(csv.reader(io.StringIO(tables.canvas_csv([small("Points Possible")], {}))))
    assert ["Points Possible" in row[0] for row in found] == [False, True, False]


@pytest.mark.parametrize("name", ["Final Grade", "my Current Score", "Section", "Student"])
def test_an_assignment_that_canvas_would_not_read_is_refused(name: str) -> None:
    with pytest.raises(CourseError, match=name):
        tables.canvas_csv([small("ada", name)], {})


def test_moodle_finds_students_and_dates_in_a_worksheet() -> None:
    results = [small("ada", lms={"moodle_id": "12", "name": "Ada L"}), small("bob")]
    (row,) = rows(tables.moodle_worksheet_csv(results, {("ada", "hw"): Standing(extra=1.0)}))
    assert row.keys() >= WORKSHEET
    assert (row["Identifier"], row["Full name"], row["Grade"], row["Maximum grade"]) == (
        "Participant 12", "Ada L", "4.5", "7",
    )  # fmt: skip
    with pytest.raises(CourseError, match="one for each"):
        tables.moodle_worksheet_csv([small("ada"), small("ada", "hw2")], {})


def test_no_file_for_a_platform_takes_a_mark_away() -> None:
    """Both platforms read an empty cell as no mark; a refused notebook is not yet a mark of 0."""
    refused = small("cy", reason="The file is empty.")
    results = [small("ada"), small("bob"), small("bob", "hw2"), refused]
    found = tables.lms_tables(results, {})
    assert set(found) == {
        "provisional_canvas_hw.csv", "canvas_hw2.csv", "provisional_moodle_hw.csv", "moodle_hw2.csv"
    }  # fmt: skip
    assert [row["SIS Login ID"] for row in rows(found["provisional_canvas_hw.csv"])[1:]] == ["ada", "bob"]
    assert [row["Username"] for row in rows(found["moodle_hw2.csv"])] == ["bob"]
    by_hand = tables.lms_tables([refused], {("cy", "hw"): Standing({"a.code": 3.0})})
    assert rows(by_hand["moodle_hw.csv"])[0]["hw"] == "4.5"


@pytest.mark.parametrize(
    ("result", "hand", "provisional"),
    [
        (small("ada"), {}, False),
        (small("ada", points=None), {}, True),
        (small("ada", points=None), {"a.words": 0.0}, False),
        (small("ada", points=None), {"a.code": 1.0}, True),
        (small("ada", reason="The file is empty."), {}, True),
        (small("ada", reason="The file is empty."), {"a.code": 0.0}, False),
    ],
)
def test_a_table_is_provisional_while_a_person_has_to_give_a_mark(result, hand, provisional) -> None:
    found = tables.lms_tables([small("bob", lms={"moodle_id": "7"}), result], {("ada", "hw"): Standing(hand)})
    assert {name.startswith("provisional_") for name in found} == {provisional}
    assert set(found) <= tables.lms_names(["hw"])


def test_old_and_new_marks_and_hand_ins_stand_in_tables_that_no_spreadsheet_takes_for_formulas() -> None:
    (row,) = rows(tables.changes_csv([(Change("=ada", "hw", "a.code", None, 1.5, "-why"), "2026-11-02")]))
    assert row == {
        "student": "'=ada", "assignment": "hw", "exercise": "a.code", "old": "", "new": "1.5", "why": "'-why",
        "when": "2026-11-02",
    }  # fmt: skip
    attempt = Attempt("h", 2, 3, "f", 5, False, 3.5)
    (row,) = rows(tables.attempts_csv([(attempt, small("=ada", timestamp="2026-11-02"), True)]))
    assert row == {
        "student": "'=ada", "assignment": "hw", "hand_in": "2", "handed_in": "2026-11-02", "points": "3.5", "max": "7",
        "refused": "", "counts": "yes",
    }  # fmt: skip


def test_an_empty_class_has_headers_only() -> None:
    assert rows(tables.grades_csv([], {})) == rows(tables.exercises_csv([], {})) == []
    assert json.loads(tables.grades_json([], {})) == []
    assert tables.lms_tables([], {}) == {}
    assert next(csv.reader(io.StringIO(tables.canvas_csv([], {})))) == CANVAS
