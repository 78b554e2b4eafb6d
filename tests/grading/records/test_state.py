"""The memory of a run: what is the same, what is new, who may write, and what it says when the disk refuses."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from autograder.grading.model import Job, Limits, Mark, Result, Slot, Submission, Template
from autograder.grading.records.attempts import HandIn, hand_in
from autograder.grading.records.hands import Hand
from autograder.grading.records.regrading import Change, Regrading
from autograder.grading.records.state import State
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = Template("a", '{"cells": []}', (Slot("check", "c", "a-b", "a.b", "", 2.0),))
JOB = Job(Submission("ada", "a", b"content"), TEMPLATE, seed=0)
SUBMISSION = dataclasses.replace(JOB.submission, lms={"canvas_id": "7"})
ADA = ("ada", "a")


def keep(state: State, what: Result, fingerprint: str = "f", handed: str = "h", seed: int = 3, **judges: str) -> None:
    """A result arrives: of that hand-in, with these judges."""
    submission = Submission(what.student, what.assignment, b"\x00\xff", notes=("a note",), lms={"canvas_id": "7"})
    state.keep(HandIn(submission, handed, fingerprint), what, seed, judges)


def result(points: float = 1.0, student: str = "ada", **more: object) -> Result:
    return Result(student, "a", (Mark("a.b", "code", points, 2.0, "partial", html="<p>"),), notebook="{}", **more)


CHANGES = {
    "content": {"submission": dataclasses.replace(JOB.submission, content=b"other")},
    "student": {"submission": dataclasses.replace(JOB.submission, student="bob")},
    "assignment": {"submission": dataclasses.replace(JOB.submission, assignment="b")},
    "reason": {"submission": dataclasses.replace(JOB.submission, refused="No notebook.")},
    "timestamp": {"submission": dataclasses.replace(JOB.submission, timestamp="2026-01-01")},
    "lms": {"submission": SUBMISSION},
    "companions": {"submission": dataclasses.replace(JOB.submission, companions=(("helper.py", b"n = 1"),))},
    "checks": {"checks": (("x.py", "pass"),)},
    "limits": {"limits": Limits(cell_seconds=1)},
    "sandbox": {"sandbox": "none"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_everything_that_decides_about_marks_is_in_the_fingerprint(change: str) -> None:
    """But for the questions and the judge, which are kept beside it."""
    assert hand_in(dataclasses.replace(JOB, **CHANGES[change])).fingerprint != hand_in(JOB).fingerprint


@pytest.mark.parametrize("change", CHANGES)
def test_a_hand_in_is_another_one_if_its_files_are(change: str) -> None:
    other = hand_in(dataclasses.replace(JOB, **CHANGES[change]))
    assert (other.handed != hand_in(JOB).handed) == (change in ("content", "companions", "reason"))


def test_equal_jobs_have_one_fingerprint_in_every_process() -> None:
    template = dataclasses.replace(TEMPLATE, notebook="{}")  # another version of the course, which is said otherwise
    assert hand_in(dataclasses.replace(JOB, seed=5, template=template)) == hand_in(JOB)
    program = "from tests.grading.records.test_state import JOB, hand_in; print(hand_in(JOB).fingerprint)"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == hand_in(JOB).fingerprint, done.stderr


def test_a_result_comes_back_as_it_went_in(tmp_path: Path) -> None:
    odd = result(reason="√ \ud800 ⟨", repairs=("one",), seconds={"total": 1.5}, lms={"name": "Ada"})
    with State(tmp_path) as state:
        keep(state, odd)
    with State(tmp_path) as state:
        assert state.result(ADA, "h") == odd
        assert state.submission(ADA, "h") == Submission(*ADA, b"\x00\xff", notes=("a note",), lms={"canvas_id": "7"})
        (light,) = state.results()
    assert light == dataclasses.replace(odd, notebook="", marks=(dataclasses.replace(odd.marks[0], html=""),))


def test_a_new_result_replaces_the_old_one_and_waits_to_be_published(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        keep(state, result(1.0), "one")
        state.publish(ADA, "h", "standing")
        assert state.rows()[ADA].published
        assert state.rows()[ADA].standing == "standing"
        keep(state, result(2.0), "two")
        (attempt,) = state.of(ADA)
        assert (attempt.fingerprint, state.rows()[ADA].published) == ("two", False)
        assert [found.points for found in state.results()] == [2.0]


def test_hand_ins_are_numbered_as_they_arrive_and_grading_one_again_makes_it_no_later(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        for number, handed in enumerate("abc", 1):
            keep(state, result(number), handed=handed)
        keep(state, result(9), handed="b")
        assert [(a.handed, a.number, a.last, a.points) for a in state.of(ADA)] == [
            ("a", 1, 1, 1), ("b", 2, 2, 9), ("c", 3, 3, 3),
        ]  # fmt: skip
        state.handed_in_last(ADA, "a")
        assert [a.last for a in state.of(ADA)] == [4, 2, 3]
        assert [found.points for found in state.results()] == [1.0]  # nothing is published: the last


def test_hand_grades_and_changes_are_remembered_until_their_student_is_forgotten(tmp_path: Path) -> None:
    hand, change = Hand(1.5, None, "√"), Change(*ADA, "a.b", None, 1.5, "why")
    with State(tmp_path) as state:
        keep(state, result())
        keep(state, result(student="bob"))
        state.publish(ADA, "h")
        state.remember(ADA, {("a.b", "answer"): hand}, [change])
    with State(tmp_path) as state:
        assert state.hands(ADA) == {("a.b", "answer"): hand}
        assert [found for found, _ in state.changes()] == [change]
        state.forget("ada")
        assert (state.hands(ADA), state.changes(), state.rows()) == ({}, [], {})
        assert list(state.attempts()) == [("bob", "a")]


# --- seeds, and asking again -----------------------------------------------------------------------------------


def begun(out: Path, finish: bool = True, **options: object) -> int:
    """The seed of a run."""
    with State(out) as state:
        state.begin(**options)
        if finish:
            state.finish()
        return state.seed


def dues(out: Path) -> dict[str, tuple | None]:
    with State(out) as state:
        found = {(student, a.handed): a.due for (student, _), own in state.attempts().items() for a in own}
    return {f"{student} {handed}": due and (due.exercises, due.seed) for (student, handed), due in found.items()}


def test_the_same_command_goes_on_with_the_same_seed(tmp_path: Path) -> None:
    assert begun(tmp_path) == begun(tmp_path) == begun(tmp_path, finish=False) == begun(tmp_path)


def test_runs_in_other_folders_ask_other_questions(tmp_path: Path) -> None:
    assert begun(tmp_path / "a") != begun(tmp_path / "b")


def test_the_rule_which_hand_in_counts_is_kept(tmp_path: Path) -> None:
    for given, kept in ((None, "last"), ("best", "best"), (None, "best"), ("first", "first")):
        with State(tmp_path) as state:
            state.begin(choice=given)
            assert state.choice == kept


def test_asking_again_keeps_the_seed_unless_others_are_wanted(tmp_path: Path) -> None:
    first = begun(tmp_path)
    assert begun(tmp_path, again=Regrading()) == first
    assert begun(tmp_path, again=Regrading(fresh=True)) not in (first, begun(tmp_path / "b"))
    assert begun(tmp_path, again=Regrading(seed=8)) == 8
    assert begun(tmp_path) == 8
    assert begun(tmp_path, again=Regrading(students=("ada",), seed=9)) == 8  # the others' questions stay


def test_whoever_and_whatever_is_meant_is_noted_and_nobody_else(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.begin()
        keep(state, result(), **{"a.b": "1", "a.c": "1"})
        keep(state, result(), handed="i", **{"a.b": "1"})
        keep(state, result(student="bob"), **{"a.c": "1"})
    begun(tmp_path, again=Regrading(exercises=("a.c",)))
    assert dues(tmp_path) == {"ada h": (("a.c",), None), "ada i": None, "bob h": (("a.c",), None)}
    begun(tmp_path, again=Regrading(students=("ada",), seed=4))
    assert dues(tmp_path) == {"ada h": ((), 4), "ada i": ((), 4), "bob h": (("a.c",), None)}
    begun(tmp_path, again=Regrading(exercises=("a.b",)))  # what is left to do stays to be done
    assert dues(tmp_path) == {"ada h": ((), 4), "ada i": ((), 4), "bob h": (("a.c",), None)}
    begun(tmp_path, again=Regrading(students=("bob",)))
    assert dues(tmp_path)["bob h"] == ((), None)


def test_a_regrading_that_was_cut_short_goes_on_and_one_that_is_done_starts_anew(tmp_path: Path) -> None:
    begun(tmp_path)
    with State(tmp_path) as state:
        keep(state, result())
    seed = begun(tmp_path, again=Regrading(fresh=True), finish=False)
    with State(tmp_path) as state:
        keep(state, result(), seed=seed)
    assert begun(tmp_path, again=Regrading(fresh=True), finish=False) == seed
    assert dues(tmp_path) == {"ada h": None}
    assert begun(tmp_path) == seed
    assert begun(tmp_path, again=Regrading(fresh=True)) != seed
    assert dues(tmp_path) != {"ada h": None}


def test_the_seed_of_other_questions_is_refused_where_some_were_asked(tmp_path: Path) -> None:
    begun(tmp_path, seed=3)
    assert begun(tmp_path, seed=3) == 3
    with pytest.raises(CourseError, match=r"asks the questions of seed 3: .*--regrade --seed 4"):
        begun(tmp_path, seed=4)


# --- who may write, and when the disk refuses ------------------------------------------------------------------


def test_a_second_run_into_the_same_folder_is_refused_until_the_first_has_died(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from autograder.grading.records.state import State\n"
        "with State(Path(sys.argv[1])) as state: print('open', flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(CourseError, match=r"Another run is grading into .*--out"):
            State(tmp_path)
        other.kill()
        other.wait()
    with State(tmp_path) as state:
        keep(state, result())


def test_a_full_disk_gives_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        keep(state, result())
        pages = state._db.execute("PRAGMA page_count").fetchone()[0]
        state._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(CourseError, match=r"disk is full.*make room, then run the same command again"):
            keep(state, result(student="large", reason=os.urandom(100_000).hex()))
    with State(tmp_path) as state:
        assert ADA in state.attempts()
        keep(state, result(student="later"))


@pytest.mark.parametrize("what", ["folder is a file", "no database"])
def test_what_cannot_be_used_gives_a_sentence(tmp_path: Path, what: str) -> None:
    out = tmp_path / "out"
    if what == "folder is a file":
        out.write_text("")
    else:
        (out / ".grading").mkdir(parents=True)
        (out / ".grading" / "state.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(CourseError, match=r"cannot be written|damaged.*move .* away"):
        State(out)


def test_a_read_only_file_gives_a_sentence(tmp_path: Path) -> None:
    with State(tmp_path):
        pass
    file = tmp_path / ".grading" / "state.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as read_only:
        state = State.__new__(State)
        state.path, state._db = file, read_only
        with pytest.raises(CourseError, match=r"cannot be written .*make it yours to write"):
            keep(state, result())


def test_a_file_of_another_version_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".grading").mkdir()
    with closing(sqlite3.connect(tmp_path / ".grading" / "state.db")) as db:
        db.execute("CREATE TABLE submissions (student TEXT)")
    with pytest.raises(CourseError, match=r"written by another version of this course: move .*\.grading away"):
        State(tmp_path)


def test_what_stands_in_a_companion_is_in_the_fingerprint() -> None:
    one, other = ({"submission": dataclasses.replace(JOB.submission, companions=(("x", c),))} for c in (b"1", b"2"))
    assert hand_in(dataclasses.replace(JOB, **one)).handed != hand_in(dataclasses.replace(JOB, **other)).handed
