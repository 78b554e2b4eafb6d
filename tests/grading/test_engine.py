"""One run after the other into the same folder: what is done again, what is not, and what each failure leaves behind.

The workers are a stand-in in this process, and so is the grader; gradebook, feedback and tables are the real ones.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.grading import engine, publish
from autograder.grading.model import Job, Limits, Result
from autograder.grading.plan import Options
from autograder.grading.records import gradebook
from autograder.grading.records.state import State
from autograder.grading.reports import feedback
from pushforward.errors import CourseError
from tests.grading import standin
from tests.grading.classroom import ROOT, STUDENTS, Class, earned

ALL_THERE = dict.fromkeys(STUDENTS, (1, True))

# --- what a run leaves -----------------------------------------------------------------------------------------


def test_a_run_leaves_a_course_folder_with_every_mark_once(class_: Class, capfd: pytest.CaptureFixture[str]) -> None:
    assert class_.run() == list(STUDENTS)
    assert class_.rows() == ALL_THERE
    assert {row["student"]: float(row["points"]) for row in class_.table()} == earned(class_)
    assert len(class_.table("grades.csv")) == 2 * len(STUDENTS)  # a check and a written question
    assert [row["student"] for row in json.loads((class_.out / "grades.json").read_text())] == list(STUDENTS)
    for student in STUDENTS:
        where = Path(student, standin.ASSIGNMENT, f"{standin.ASSIGNMENT}.ipynb")
        assert (class_.out / "submitted" / where).read_bytes() == class_.notebook(student).read_bytes()
        assert (class_.out / "autograded" / where).exists()
        assert "standardise" in class_.feedback(student)
    names = {path.name for path in class_.out.iterdir()}
    assert {"class_report.html", "gradebook.db", "lms", "release"} <= names
    assert not [path for path in class_.out.rglob("*") if path.name.endswith(".part")]
    assert capfd.readouterr() == ("", "")


def test_what_is_told_at_the_end(class_: Class) -> None:
    text = engine.run(class_.options, ROOT, class_.grade)
    assert text.startswith("3 notebooks in ")
    assert "3 graded, 0 refused with a reason, 0 incidents." in text
    assert f"To be marked by hand: answers in 3 notebooks, worth 6 points. Run `jupyter lab` in {class_.out}" in text
    assert text.endswith(f"Open {class_.out}/class_report.html first.")
    assert engine.run(class_.options, ROOT, class_.grade).startswith("All 3 had been graded before")


def test_submissions_that_lie_in_the_output_folder_stay_as_they_are(class_: Class) -> None:
    folder = class_.options.submitted.parent
    class_.options = dataclasses.replace(class_.options, submitted=folder, out=folder)
    before = {path: path.stat().st_mtime_ns for path in class_.out.rglob("submitted/**/*.ipynb")}
    assert class_.run() == list(STUDENTS)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert class_.run() == []


def test_a_report_without_names(class_: Class) -> None:
    class_.run(anonymous=True)
    assert "student000" not in (class_.out / "class_report.html").read_text()
    assert class_.run(anonymous=False) == []
    assert "student000" in (class_.out / "class_report.html").read_text()


# --- the same command again ------------------------------------------------------------------------------------


def test_nothing_is_graded_again_and_hand_grades_arrive(class_: Class) -> None:
    class_.run()
    page = class_.feedback("student001")
    class_.sql(
        "UPDATE grade SET manual_score = 1.5 WHERE auto_score IS NULL AND notebook_id IN (SELECT n.id FROM "
        "submitted_notebook n JOIN submitted_assignment s ON s.id = n.assignment_id WHERE student_id = 'student001')"
    )
    others = class_.feedback("student000")
    assert class_.run() == []
    points = {row["student"]: float(row["points"]) for row in class_.table()}
    assert points == {**earned(class_), "student001": earned(class_)["student001"] + 1.5}
    assert class_.feedback("student001") != page
    assert class_.feedback("student000") == others


def test_a_changed_submission_is_graded_again_and_counts_once(class_: Class) -> None:
    class_.run()
    for number in range(9, 99):  # until it deserves another mark
        other = class_.notebook("student001").read_text().replace("student 1.", f"student {number}.")
        if standin.share(other.encode()) != standin.share(class_.notebook("student001").read_bytes()):
            break
    class_.notebook("student001").write_text(other)
    assert class_.run() == ["student001"]
    assert class_.rows() == ALL_THERE
    assert {row["student"]: float(row["points"]) for row in class_.table()} == earned(class_)
    assert class_.run() == []


def test_other_limits_grade_anew(class_: Class) -> None:
    class_.run()
    assert class_.run(limits=Limits(cell_seconds=1)) == list(STUDENTS)
    assert class_.rows() == ALL_THERE


def test_a_student_who_is_not_handed_in_again_stays(class_: Class) -> None:
    class_.run()
    shutil.rmtree(class_.options.submitted / "student001")
    assert class_.run() == []
    assert len(class_.table()) == len(STUDENTS)


# --- what goes wrong with one submission -----------------------------------------------------------------------


def test_a_fault_of_the_grader_costs_nobody_else_and_is_tried_again(class_: Class) -> None:
    def grade(job: Job) -> Result:
        if job.submission.student == "student001":
            raise ZeroDivisionError("a bug of ours")
        return class_.grade(job)

    assert class_.run(grade) == ["student000", "student002"]
    (row,) = [row for row in class_.table() if row["refused"]]
    assert row["student"] == "student001"
    assert (
        "failed on this notebook (ZeroDivisionError: a bug of ours), which is not the student's fault" in row["refused"]
    )
    assert class_.run() == ["student001"]
    assert class_.rows() == ALL_THERE
    assert not any(row["refused"] for row in class_.table())


def test_a_page_that_cannot_be_made_costs_nobody_else_and_is_made_the_next_time(
    class_: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = feedback.feedback_html

    def faulty(result: Result, *more: object) -> str:
        return page(result, *more) if result.student != "student001" else {}["a bug of ours"]

    with monkeypatch.context() as patch:
        patch.setattr(feedback, "feedback_html", faulty)
        with pytest.raises(CourseError, match=r"student001 .*could not be published.*KeyError"):
            class_.run()
    assert class_.rows() == {**ALL_THERE, "student001": (1, False)}
    assert len(class_.table()) == len(STUDENTS)
    assert class_.run() == []
    assert class_.rows() == ALL_THERE


def test_an_assignment_that_the_course_does_not_have_is_refused_for_that_student(class_: Class) -> None:
    class_.notebook("student001").parent.rename(class_.notebook("student001").parents[1] / "ps9")
    (class_.notebook("student001").parents[1] / "ps9" / f"{standin.ASSIGNMENT}.ipynb").write_text("{}")
    class_.run(lambda job: engine_refused(job) if job.submission.refused else class_.grade(job))
    (row,) = [row for row in class_.table() if row["student"] == "student001"]
    assert row["refused"] == "The course has no assignment ps9."
    assert "no assignment ps9" in (class_.out / "feedback" / "student001" / "ps9" / "ps9.html").read_text()
    assert "ps9" not in {name for (name,) in class_.sql("SELECT name FROM assignment")}


def engine_refused(job: Job) -> Result:
    return publish.refused(job.submission, job.template, job.submission.refused)


# --- what goes wrong with the machine --------------------------------------------------------------------------


def test_a_worker_that_cannot_work_at_all_ends_the_run_with_its_sentence(class_: Class) -> None:
    def grade(job: Job) -> Result:
        if job.submission.student == "student001":
            raise CourseError("There is no sandbox here.")
        return class_.grade(job)

    with pytest.raises(CourseError, match="There is no sandbox here"):
        class_.run(grade)
    assert class_.run() == ["student001", "student002"]
    assert class_.rows() == ALL_THERE


STEPS = {
    "before the result is kept": (State, "keep"),
    "in the gradebook": (gradebook.Book, "record"),
    "in the graded notebook": (publish.Publisher, "_graded"),
    "in the feedback": (publish.Publisher, "_feedback"),
    "before it is noted": (State, "publish"),
    "in the tables": (publish.Publisher, "tables"),
    "before the end is noted": (State, "finish"),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_cut_short_at_any_step_the_next_run_does_the_rest(
    class_: Class, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    where, name = STEPS[step]
    original, calls = getattr(where, name), 0

    def cut(*arguments: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == (1 if name in ("tables", "finish") else 2):
            if after:
                original(*arguments, **more)
            raise KeyboardInterrupt
        return original(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, cut)
        with pytest.raises(KeyboardInterrupt):
            class_.run()
    first = list(class_.graded)
    second = class_.run()
    assert sorted({*first, *second}) == list(STUDENTS)
    assert len(first) + len(second) == len(STUDENTS) + (name == "keep" and not after)
    assert class_.rows() == ALL_THERE
    assert {row["student"]: float(row["points"]) for row in class_.table()} == earned(class_)
    assert all(class_.feedback(student) for student in STUDENTS)


def test_a_disk_that_is_full_at_any_write_gives_a_sentence_and_the_next_run_does_the_rest(
    class_: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_.run()
    expected, sentences, write = class_.table(), [], Path.write_bytes
    for full_at in range(1000):
        class_.options = dataclasses.replace(class_.options, out=class_.out.with_name(f"out{full_at}"))
        left = full_at

        def limited(path: Path, data: bytes) -> int:
            nonlocal left
            left -= 1
            if left < 0:
                write(path, data[: len(data) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return write(path, data)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", limited)
            try:
                class_.run()
                break
            except CourseError as error:
                sentences.append(str(error))
        first = list(class_.graded)
        assert len(first) + len(class_.run()) == len(STUDENTS)
        assert class_.rows() == ALL_THERE
        assert class_.table() == expected
    assert len(sentences) > 3 * len(STUDENTS)
    assert all("o space left" in said or "disk is full" in said for said in sentences), sentences
    assert all("run the same command again" in said for said in sentences), sentences


def test_a_locked_gradebook_gives_a_sentence_and_the_next_run_does_the_rest(
    class_: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook.Book.__init__, "__defaults__", (None, 0.2))

    def grade(job: Job) -> Result:
        if job.submission.student == "student001":
            lock.execute("BEGIN EXCLUSIVE")
        return class_.grade(job)

    class_.out.mkdir()
    with closing(sqlite3.connect(class_.out / "gradebook.db", isolation_level=None)) as lock:
        with pytest.raises(CourseError, match=r"gradebook.db is in use by another program.*run the same command again"):
            class_.run(grade)
        lock.execute("COMMIT")
    assert class_.run() == ["student002"]
    assert class_.rows() == ALL_THERE


def test_two_runs_at_once_are_refused(class_: Class) -> None:
    with State(class_.out), pytest.raises(CourseError, match="Another run is grading into"):
        class_.run()
    assert class_.run() == list(STUDENTS)


# --- bad input -------------------------------------------------------------------------------------------------

BAD = {
    "no submissions": (["{empty}"], "holds no notebooks"),
    "no such place": (["{empty}/nowhere"], "nowhere"),
    "a file that is no zip": (["{text}"], "text.txt"),
    "no such course": (["{class}", "--course", "{empty}/nowhere"], "no course folder"),
    "an empty course": (["{class}", "--course", "{empty}"], "holds no course"),
    "an assignment of another course": (["{other}"], "holds nothing that belongs to"),
    "an unreadable source": (["{class}", "--course", "{broken}"], "cannot be read as a notebook"),
    "a source with hidden tests": (["{class}", "--course", "{hidden}"], "has hidden tests in the cell"),
    "an ordinary test": (["{class}", "--course", "{ordinary}"], "write it as a check"),
    "a configuration with an error": (["{class}", "--course", "{faulty}"], "nbgrader_config.py has an error"),
    "an unknown scheduler": (["{class}", "--scheduler", "tcp://127.0.0.1:1"], "No scheduler of Dask answers at"),
    "a wrong address of a database": (["{class}", "--db", "nonsense"], "address of the database"),
    "an unreachable database": (["{class}", "--db", "postgresql://127.0.0.1:1/grades"], "cannot be reached"),
    "no such checks": (["{class}", "--checks-path", "{empty}/nowhere"], "nowhere is no folder"),
    "checks with an error": (["{class}", "--checks-path", "{checks}"], "mine.py:3: "),
    "no workers": (["{class}", "--jobs", "0"], "--jobs 0"),
    "a negative seed": (["{class}", "--seed", "-1"], "--seed -1"),
    "a huge seed": (["{class}", "--seed", str(2**63)], "--seed 9223372036854775808"),
    "no time": (["{class}", "--timeout", "0"], "--timeout 0"),
    "no time at all": (["{class}", "--timeout", "nan"], "--timeout nan"),
    "endless time": (["{class}", "--timeout", "inf"], "--timeout inf is no limit"),
    "no memory": (["{class}", "--memory", "0"], "--memory 0"),
    "less memory than torch takes": (["{class}", "--memory", "1"], "--memory 1 cannot be: give megabytes from 512"),
    "more memory than a number holds": (["{class}", "--memory", "1000000000000"], "--memory 1000000000000 cannot be"),
    "a student without --regrade": (["{class}", "--student", "ada"], "--student says what"),
    "two wishes for questions": (["{class}", "--regrade", "--fresh", "--seed", "1"], "--fresh draws a seed"),
    "a folder among the submissions": (["{class}", "--out", "{class}/graded"], "among the submissions"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders that no class can be graded from."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "empty").mkdir()
    standin.write_class(folder / "class", 1)
    alien = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    _write(folder / "other" / "ada" / "ps9" / "ps9.ipynb", json.dumps(alien))
    released = (ROOT / "course" / f"{standin.ASSIGNMENT}.ipynb").read_text()
    _write_source(folder / "broken", "{")
    _write_source(folder / "hidden", released.replace('"check(', '"### BEGIN HIDDEN TESTS\\n", "check('))
    _write_source(folder / "ordinary", released.replace('"start-standardise"', '"mine"'))
    standin.write_course(folder / "faulty")
    _write(folder / "faulty" / "nbgrader_config.py", "c = get_config()\nc.CourseDirectory.course_id = 1 / 0\n")
    _write(folder / "checks" / "mine.py", "import math\n\nx = 1 / 0\n")
    _write(folder / "text.txt", "no zip")
    return {path.stem: path for path in folder.iterdir()}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _write_source(course: Path, text: str) -> None:
    _write(course / "source" / standin.ASSIGNMENT / f"{standin.ASSIGNMENT}.ipynb", text)


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_sentence_and_nothing_is_written(
    what: str, bad: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.grading.cluster.CONNECT_SECONDS", 0.5)
    arguments, words = BAD[what]
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "out")]
    before = sorted(bad["class"].rglob("*"))
    given = [argument.format(**bad) for argument in arguments]
    assert main(["grade", *given, *out, "--sandbox", "none"]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []
    assert sorted(bad["class"].rglob("*")) == before


def test_a_host_without_a_sandbox_is_told_the_choices(
    bad: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["grade", str(bad["class"]), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "bubblewrap" in said
    assert "--sandbox none" in said
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_says_how_to_go_on(
    class_: Class, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*arguments: object, **more: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run", interrupted)
    assert main(["grade", str(class_.options.submitted), "--out", str(class_.out)]) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_what_the_command_line_says_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Options] = []
    monkeypatch.setattr("autograder.__main__.graded", lambda options, root: given.append(options) or 0)
    words = (
        "--regrade --student ada --student bob --exercise a.b --fresh --attempts best --forget cy --final --rebuild "
        "--timeout 2 --memory 7 --jobs 3 --db sqlite:///x.db --anonymous"
    )
    assert main(["grade", "there", "--out", str(tmp_path), *words.split()]) == 0
    assert main(["grade", "there"]) == 0
    limits = Limits(2, 10, 7)
    assert given[0] == Options(
        Path("there"), tmp_path, jobs=3, db="sqlite:///x.db", limits=limits, regrade=True, anonymous=True,
        attempts="best", students=("ada", "bob"), exercises=("a.b",), fresh=True, forget=("cy",), final=True,
        rebuild=True,
    )  # fmt: skip
    assert given[1] == Options(Path("there"), Path("graded"))
