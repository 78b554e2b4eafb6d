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
from autograder.grading.records.state import State, fingerprint
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = Template("a", '{"cells": []}', (Slot("check", "c", "a-b", "a.b", "", 2.0),))
JOB = Job(Submission("ada", "a", b"content"), TEMPLATE, seed=0)
SUBMISSION = dataclasses.replace(JOB.submission, lms={"canvas_id": "7"})
ADA = ("ada", "a")


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
    "template": {"template": dataclasses.replace(TEMPLATE, notebook="{}")},
    "checks": {"checks": (("x.py", "pass"),)},
    "limits": {"limits": Limits(cell_seconds=1)},
    "sandbox": {"sandbox": "none"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_everything_that_decides_about_marks_is_in_the_fingerprint(change: str) -> None:
    assert fingerprint(dataclasses.replace(JOB, **CHANGES[change])) != fingerprint(JOB)


def test_equal_jobs_have_one_fingerprint_in_every_process() -> None:
    assert fingerprint(dataclasses.replace(JOB, seed=5)) == fingerprint(JOB)  # the seed is in the key, with the round
    program = "from tests.grading.records.test_state import JOB, fingerprint; print(fingerprint(JOB))"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == fingerprint(JOB), done.stderr


def test_a_result_comes_back_as_it_went_in(tmp_path: Path) -> None:
    odd = result(reason="√ \ud800 ⟨", repairs=("one",), seconds={"total": 1.5}, lms={"name": "Ada"})
    with State(tmp_path) as state:
        state.keep("key", odd)
    with State(tmp_path) as state:
        assert state.result(ADA) == odd
        (light,) = state.results()
    assert light == dataclasses.replace(odd, notebook="", marks=(dataclasses.replace(odd.marks[0], html=""),))


def test_a_new_result_replaces_the_old_one_and_waits_to_be_published(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.keep("one", result(1.0))
        state.publish(ADA, "standing")
        assert state.rows()[ADA].published
        assert state.rows()[ADA].standing == "standing"
        state.keep("two", result(2.0))
        assert list(state.rows()) == [ADA]
        assert (state.rows()[ADA].key, state.rows()[ADA].published) == ("two", False)
        assert [found.points for found in state.results()] == [2.0]


# --- rounds ----------------------------------------------------------------------------------------------------


def begun(out: Path, finish: bool = True, **options: object) -> tuple[int, int]:
    with State(out) as state:
        state.begin(**options)
        if finish:
            state.finish()
        return state.seed, state.round


def test_the_same_command_goes_on_with_the_same_seed(tmp_path: Path) -> None:
    assert begun(tmp_path) == begun(tmp_path) == begun(tmp_path, finish=False) == begun(tmp_path)


def test_runs_in_other_folders_ask_other_questions(tmp_path: Path) -> None:
    assert begun(tmp_path / "a") != begun(tmp_path / "b")


def test_regrading_draws_a_fresh_seed_unless_one_is_given(tmp_path: Path) -> None:
    first = begun(tmp_path)
    second = begun(tmp_path, regrade=True)
    assert second[0] != first[0]
    assert begun(tmp_path, regrade=True, seed=second[0])[0] == second[0]


def test_regrading_with_the_same_seed_still_grades_anew(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.begin(seed=3)
        first = state.key("f")
        state.finish()
        state.begin(seed=3)
        assert state.key("f") == first
        state.finish()
        state.begin(seed=3, regrade=True)
        assert state.key("f") != first


def test_a_regrading_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    begun(tmp_path)
    cut = begun(tmp_path, regrade=True, finish=False)
    assert begun(tmp_path, regrade=True, finish=False) == cut
    assert begun(tmp_path, finish=True) == cut
    assert begun(tmp_path, regrade=True) != cut


def test_another_seed_makes_other_keys(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.begin(seed=3)
        first = state.key("f")
        state.begin(seed=4)
        assert state.key("f") != first


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
        state.keep("key", result())


def test_a_full_disk_gives_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.keep("key", result())
        pages = state._db.execute("PRAGMA page_count").fetchone()[0]
        state._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(CourseError, match=r"disk is full.*make room, then run the same command again"):
            state.keep("key", result(student="large", reason=os.urandom(100_000).hex()))
    with State(tmp_path) as state:
        assert ADA in state.rows()
        state.keep("key", result(student="later"))


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
            state.keep("key", result())


def test_what_stands_in_a_companion_is_in_the_fingerprint() -> None:
    one, other = ({"submission": dataclasses.replace(JOB.submission, companions=(("x", c),))} for c in (b"1", b"2"))
    assert fingerprint(dataclasses.replace(JOB, **one)) != fingerprint(dataclasses.replace(JOB, **other))
