"""The marks as tables: for a spreadsheet, for programs, and for the gradebooks of Canvas and Moodle.

A mark that waits for a hand grade is empty, and no total counts it; `waiting` says how many points that is.

The forms of the two platforms follow "How do I import grades in the Gradebook?" (Canvas Instructor Guide), "Grade
import" and "Assignment: offline grading worksheet" (MoodleDocs), and where these are silent the importers themselves
(Canvas: gradebook_importer; Moodle: gradeimport_csv, assignfeedback_offline). Of `Result.lms` they use

    name, canvas_id, sis_user_id, sis_login_id, section      Canvas
    canvas_file                                              Canvas; see reports.returned
    name, moodle_id, username, idnumber, email               Moodle; moodle_id is the participant's number in the
                                                             names of the files that an assignment hands out
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from autograder.grading.model import Mark, Result, Standing
from autograder.grading.records.attempts import Attempt
from autograder.grading.records.counted import Standings, in_order, settled, standing_of, undecided, waiting
from autograder.grading.records.regrading import Change
from autograder.grading.reports.items import items
from autograder.grading.reports.similarity import Pair
from autograder.grading.reports.text import cell, plain
from autograder.grading.roster.enrolment import Enrolment
from pushforward.errors import CourseError

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_POINTS = "Points Possible"
# Canvas takes a column with one of these in its name for its own and reads no marks from it.
CANVAS_OWN = (
    *(f"{when} {what}" for when in ("Current", "Final") for what in ("Score", "Points", "Grade")),
    *(f"Override {what}" for what in ("Score", "Grade", "Status")),
)
MOODLE = ("Full name", "Username", "ID number", "Email address")
MOODLE_WORKSHEET = ("Identifier", "Full name", "Status", "Grade", "Maximum grade", "Last modified (grade)")

SUMMARY = (
    "student", "assignment", "points", "max", "waiting", "extra", "late_penalty", "refused", "repairs", "incidents",
    "isolated", "seed", "seconds",
)  # fmt: skip
CHANGES = ("student", "assignment", "exercise", "old", "new", "why", "when")
ATTEMPTS = ("student", "assignment", "hand_in", "handed_in", "points", "max", "refused", "counts")
PROVISIONAL = "provisional_"  # begins the name of a table for a platform that hand grades can still change
LONG = (
    "student", "assignment", "exercise", "points", "max", "status", "laws_failed", "misconception", "repairs",
    "incidents", "seconds", "isolated", "seed",
)  # fmt: skip


ITEMS = (
    "assignment", "exercise", "kind", "max", "notebooks", "tried", "marked", "mean_percent", "full_percent",
    "item_rest_correlation",
)  # fmt: skip

NAMED = ("name", "roster")
CLASS = ("student", "name", "section", "roster", "note")
ABSENT = "not handed in"
ALIKE = ("assignment", "student", "other", "shared", "alike_percent", "exercises")


# --- ours ------------------------------------------------------------------------------------------------------


def grades_csv(results: Iterable[Result], standings: Standings, class_: Enrolment | None = None) -> str:
    """One row for each student and assignment: SUMMARY, then a column for every exercise.

    points are what counts (hand grades, extra credit and lateness included), seconds those of the whole notebook;
    several sentences in a cell stand between semicolons. With a roster, two more columns: NAMED, where roster is
    enrolled, not handed in, unsure, unknown or withdrawn; and a row without points for whatever was not handed in.
    """
    rows = _settled(results, standings)
    exercises = list(dict.fromkeys(mark.exercise for row, _ in sorted(rows, key=_assignment) for mark in row.marks))
    body = []
    for result, standing in rows:
        points = {mark.exercise: mark.points for mark in result.marks}
        named = [_name(result.lms, ""), class_.state(result.student)] if class_ else []
        body.append([*_summary(result, standing), *named, *(points.get(exercise) for exercise in exercises)])
    header = [*SUMMARY, *NAMED, *exercises] if class_ else [*SUMMARY, *exercises]
    for person, student, missing in class_.absent if class_ else ():
        empty = [None] * (len(SUMMARY) - 2)
        body += [
            [student or person.id, name, *empty, person.name, ABSENT, *[None] * len(exercises)] for name in missing
        ]
    return _written(header, body)


def roster_csv(class_: Enrolment, results: Iterable[Result], standings: Standings) -> str:
    """One row for each person of the class and each hand-in of nobody's: CLASS, then the points of each assignment.

    A cell without points says why: not handed in, or refused.
    """
    rows = _settled(results, standings)
    assignments = list(_assignments(rows))
    points = {(r.student, r.assignment): "refused" if r.reason else standing.total(r) for r, standing in rows}
    body = []
    for student in sorted({r.student for r, _ in rows} | {*class_.people, *class_.unsure, *class_.withdrawn}):
        person, told = class_.people.get(student), class_.known(student)
        name = person.name if person else class_.withdrawn.get(student, "")
        marks = [points.get((student, assignment), ABSENT) for assignment in assignments]
        listed = [student, name, told.get("section", ""), class_.state(student), class_.unsure.get(student, "")]
        body.append([*listed, *marks])
    nobody = [(person, person.known.get("section", "")) for person, student, _ in class_.absent if not student]
    body += [["", p.name, section, ABSENT, p.id, *[ABSENT] * len(assignments)] for p, section in nobody]
    return _written([*CLASS, *assignments], body)


def exercises_csv(results: Iterable[Result], standings: Standings) -> str:
    """One row for each student, assignment and exercise: LONG. seconds: of the judge and of the student's answer."""
    return _written(LONG, [_long(row, mark) for row, _ in _settled(results, standings) for mark in row.marks])


def items_csv(results: Iterable[Result], standings: Standings) -> str:
    """One row for each exercise of each assignment: ITEMS, as reports.items has them; empty where nothing is known."""
    body = []
    for item in items(row for row, _ in _settled(results, standings)):
        shares = [None if share is None else 100 * share for share in (item.mean, item.full)]
        counts = [item.max, item.notebooks, item.tried, item.marked]
        body.append([item.assignment, item.exercise, item.kind, *counts, *shares, item.apart])
    return _written(ITEMS, body)


def similarity_csv(pairs: Iterable[Pair]) -> str:
    """One row for each pair of students whose answers share what few others wrote: ALIKE, see reports.similarity."""
    return _written(ALIKE, [
        [pair.assignment, pair.one, pair.other, pair.shared, round(100 * pair.alike), "; ".join(pair.exercises)]
        for pair in pairs
    ])  # fmt: skip


def grades_json(results: Iterable[Result], standings: Standings) -> str:
    """Everything, for programs: a list with one object for each student and assignment,

    student, assignment, timestamp   as handed in
    points, max, waiting             numbers; points is what counts, waiting what a hand grade can still add
    extra, late_penalty              numbers, already in points
    refused                          a sentence, "" if the notebook was graded
    repairs, incidents               lists of sentences
    seconds                          {"total", "cells", "judge", "student"}
    isolated                         false if the student's code ran without a sandbox
    seed                             of the run
    exercises                        a list, in the notebook's order, of
        exercise, kind               "diffusion.step"; code, witness, derivation or written
        points, max, status          points is null while status is "waiting"; see model.STATUSES
        laws_failed                  a list of sentences
        misconception, sentence      "" if none was recognised
        why                          a sentence, "" if the check ran
        seed                         of its questions, null if none were asked
        seconds                      {"judge", "student"}
        comment                      the marker's, "" if there is none
    """
    rows = [_object(result, standing) for result, standing in _settled(results, standings)]
    return json.dumps(rows, indent=1) + "\n"  # in ASCII: any name survives, half surrogates included


def changes_csv(changes: Iterable[tuple[Change, str]]) -> str:
    """One row for each mark that became another one without a new hand-in, and why, the newest first: CHANGES."""
    rows = [[c.student, c.assignment, c.exercise, c.old, c.new, c.why, when] for c, when in changes]
    return _written(CHANGES, rows)


def attempts_csv(attempts: Iterable[tuple[Attempt, Result, bool]]) -> str:
    """One row for each hand-in of those who have several: ATTEMPTS. points: without hand grades and lateness."""
    rows = [
        [r.student, r.assignment, a.number, r.timestamp, r.points, r.max, r.reason, "yes" if counts else "no"]
        for a, r, counts in attempts
    ]
    return _written(ATTEMPTS, rows)


def _settled(results: Iterable[Result], standings: Standings) -> list[tuple[Result, Standing]]:
    pairs = ((result, standing_of(result, standings)) for result in in_order(results))
    return [(settled(result, standing), standing) for result, standing in pairs]


def _assignment(row: tuple[Result, Standing]) -> str:
    return row[0].assignment


def _summary(result: Result, standing: Standing) -> list[Any]:
    return [
        result.student, result.assignment, standing.total(result), result.max, waiting(result), standing.extra,
        standing.late_penalty, result.reason, "; ".join(result.repairs), "; ".join(result.incidents),
        "yes" if result.isolated else "no", result.seed, round(result.seconds.get("total", 0.0), 3),
    ]  # fmt: skip


def _long(result: Result, mark: Mark) -> list[Any]:
    return [
        result.student, result.assignment, mark.exercise, mark.points, mark.max, mark.status,
        "; ".join(mark.laws_failed), mark.misconception, "; ".join(result.repairs), "; ".join(result.incidents),
        round(mark.seconds_judge + mark.seconds_student, 3), "yes" if result.isolated else "no", mark.seed,
    ]  # fmt: skip


def _object(result: Result, standing: Standing) -> dict[str, Any]:
    return {
        "student": result.student,
        "assignment": result.assignment,
        "timestamp": result.timestamp,
        "points": standing.total(result),
        "max": result.max,
        "waiting": waiting(result),
        "extra": standing.extra,
        "late_penalty": standing.late_penalty,
        "refused": result.reason,
        "repairs": result.repairs,
        "incidents": result.incidents,
        "seconds": {name: round(value, 3) for name, value in result.seconds.items()},
        "isolated": result.isolated,
        "seed": result.seed,
        "exercises": [_exercise(mark, standing.comments.get(mark.exercise, "")) for mark in result.marks],
    }


def _exercise(mark: Mark, comment: str) -> dict[str, Any]:
    names = ("exercise", "kind", "points", "max", "status", "laws_failed", "misconception", "sentence", "why", "seed")
    seconds = {"judge": round(mark.seconds_judge, 3), "student": round(mark.seconds_student, 3)}
    return {name: getattr(mark, name) for name in names} | {"seconds": seconds, "comment": comment}


# --- of the platforms ------------------------------------------------------------------------------------------


def lms_tables(results: Iterable[Result], standings: Standings, class_: Enrolment | None = None) -> dict[str, str]:
    """{file name: text}: for each assignment one for Canvas and one or two for Moodle.

    One assignment a file, and in it only those who have a mark: both platforms read an empty cell as "take the mark
    away", and a mark from elsewhere must stay. A refused notebook is no mark of 0, until somebody gives it one by
    hand. Who has left the class, by the roster, is in none: the platform knows nobody of that id any more. While
    something of an assignment waits for a person, the names of its tables begin with PROVISIONAL.
    """
    tables = {}
    results = [r for r in results if not class_ or r.student not in class_.withdrawn]
    provisional = {result.assignment for result in results if undecided(result, standing_of(result, standings))}
    results = [r for r in results if not r.reason or standing_of(r, standings).hand]
    for name in sorted({result.assignment for result in results}):
        of_one = [result for result in results if result.assignment == name]
        texts = [canvas_csv(of_one, standings), moodle_csv(of_one, standings)]
        if any(result.lms.get("moodle_id") for result in of_one):
            texts.append(moodle_worksheet_csv(of_one, standings))
        tables |= zip(_lms_names(name, provisional=name in provisional), texts, strict=False)
    return tables


def lms_names(assignments: Iterable[str]) -> set[str]:
    """All names that the tables of these assignments can have, now or once they are final."""
    return {name for one in assignments for when in (True, False) for name in _lms_names(one, provisional=when)}


def _lms_names(assignment: str, *, provisional: bool) -> list[str]:
    before = PROVISIONAL if provisional else ""
    return [f"{before}{kind}_{assignment}.csv" for kind in ("canvas", "moodle", "moodle_worksheet")]


def canvas_csv(results: Iterable[Result], standings: Standings) -> str:
    """For Canvas, Grades → Import: CANVAS, then one column for each assignment, under its name.

    Canvas knows an assignment by its exact name, or offers to create it; a student by ID, else by SIS User ID, by
    SIS Login ID or by name. Where intake met no Canvas id, the student's id goes into SIS Login ID. The second row
    holds the points possible. Raises CourseError if an assignment has a name that Canvas keeps for itself.
    """
    rows = _settled(results, standings)
    assignments = _assignments(rows)
    for name in assignments:
        if any(own in name for own in CANVAS_OWN):
            raise CourseError(f"Canvas reads no marks from a column called {name!r}: rename the assignment.")
    possible = [CANVAS_POINTS, *[""] * (len(CANVAS) - 1), *assignments.values()]
    body = [[*_canvas_student(of_one), *_totals(of_one, assignments)] for of_one in _by_student(rows)]
    return _held(_written([*CANVAS, *assignments], [possible, *body]), CANVAS, marks=slice(len(CANVAS), None))


def moodle_csv(results: Iterable[Result], standings: Standings) -> str:
    """For Moodle, Grades → Import → CSV file: MOODLE, then one column for each assignment, under its name.

    The preview asks which column says who a student is ("Map from") and what that is ("Map to": username, ID number
    or email address), and which grade item each further column is for. Where intake met no username, the student's
    id goes there. Moodle refuses a mark above 100 unless the site allows unlimited grades.
    """
    rows = _settled(results, standings)
    assignments = _assignments(rows)
    body = [[*_moodle_student(of_one), *_totals(of_one, assignments)] for of_one in _by_student(rows)]
    return _held(_written([*MOODLE, *assignments], body), MOODLE, marks=slice(len(MOODLE), None))


def moodle_worksheet_csv(results: Iterable[Result], standings: Standings) -> str:
    """For one Moodle assignment, Upload grading worksheet: MOODLE_WORKSHEET, for those whose moodle_id is known.

    Moodle passes over a mark above the assignment's own maximum without a word: set that to ours first. It changes
    a mark that it already has only if "update records modified more recently" is ticked, since our column of dates
    is empty. Raises CourseError if the results are of several assignments.
    """
    rows = _settled(results, standings)
    if len(_assignments(rows)) > 1:
        raise CourseError("A Moodle grading worksheet is for one assignment: make one for each.")
    known = [(result, standing) for result, standing in rows if result.lms.get("moodle_id")]
    body = [[f"Participant {r.lms['moodle_id']}", _name(r.lms, r.student), "", s.total(r), r.max, ""] for r, s in known]
    return _held(_written(MOODLE_WORKSHEET, body), MOODLE_WORKSHEET, marks=slice(3, 5))


def _assignments(rows: list[tuple[Result, Standing]]) -> dict[str, float]:
    """Every assignment with the points that it is worth."""
    worth: dict[str, float] = {}
    for result, _ in sorted(rows, key=_assignment):
        worth[result.assignment] = max(worth.get(result.assignment, 0.0), result.max)
    return worth


def _by_student(rows: list[tuple[Result, Standing]]) -> list[list[tuple[Result, Standing]]]:
    students: dict[str, list] = {}
    for row in rows:
        students.setdefault(row[0].student, []).append(row)
    return list(students.values())


def _totals(of_one: list[tuple[Result, Standing]], assignments: Iterable[str]) -> list[float | None]:
    totals = {result.assignment: standing.total(result) for result, standing in of_one}
    return [totals.get(name) for name in assignments]


def _canvas_student(of_one: list[tuple[Result, Standing]]) -> list[str]:
    lms, student = _known(of_one)
    # A name that holds the words of the second row would be read as that row.
    name = _name(lms, student).replace(CANVAS_POINTS, "Points-Possible")
    known = [lms.get(key, "") for key in ("canvas_id", "sis_user_id", "sis_login_id")]
    login = known[2] or ("" if known[0] or known[1] else student)
    return [name, known[0], known[1], login, lms.get("section", "")]


def _moodle_student(of_one: list[tuple[Result, Standing]]) -> list[str]:
    lms, student = _known(of_one)
    return [_name(lms, student), lms.get("username") or student, lms.get("idnumber", ""), lms.get("email", "")]


def _known(of_one: list[tuple[Result, Standing]]) -> tuple[dict[str, str], str]:
    merged: dict[str, str] = {}
    for result, _ in reversed(of_one):
        merged |= {key: str(value) for key, value in result.lms.items() if value}
    return merged, of_one[0][0].student


def _name(lms: dict[str, str], student: str) -> str:
    return lms.get("name") or student


# --- text ------------------------------------------------------------------------------------------------------


def _written(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_shown(value) for value in row] for row in [header, *rows])
    return text.getvalue()


def _shown(value: Any) -> str:
    """Only our own numbers may begin with a sign; whatever is text is kept from being a formula."""
    if value is None:
        return ""
    return cell(value) if isinstance(value, str) else plain(value)


def _held(text: str, form: Sequence[str], marks: slice) -> str:
    """The text, once it has been read again and found to be in that form: header, width, marks that are numbers."""
    header, *rows = csv.reader(io.StringIO(text))
    if tuple(header[: len(form)]) != tuple(form) or len(set(header)) < len(header):
        raise CourseError(f"The columns {', '.join(header)} cannot be imported: an assignment has a column's name.")
    numbers = {value for row in rows for value in row[marks] if value}
    if any(len(row) != len(header) for row in rows) or not all(_is_number(value) for value in numbers):
        raise CourseError(
            f"The table under {', '.join(header)} cannot be imported: a row or a mark is not in its form."
        )
    return text


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdecimal()
