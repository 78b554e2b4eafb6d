"""kill -9 at random moments: of the run, and of workers. Whatever dies, the same command goes on, and nothing is lost,
graded again once it was kept, or counted twice."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from distributed import Client

from tests.grading import standin

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = 50
RUNS_KILLED = 16
WORKERS_KILLED = range(0, 16, 4)  # in these runs, and one in the last: more than twenty kills in all
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
pytestmark = pytest.mark.xdist_group("cluster")


@dataclass
class Nursery:
    """Starts runs of the engine, one at a time."""

    process: subprocess.Popen
    class_: dict[str, str]

    def start(self, out: Path, **more: object) -> int:
        """The process id of a run."""
        self.process.stdin.write(json.dumps({**self.class_, "out": str(out), **more}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def ended(self) -> int:
        """Waits for its end. The exit status, negative if a signal ended it."""
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    folder = tmp_path_factory.mktemp("class")
    course = standin.write_course(folder / "course")
    submitted = standin.write_class(folder / "submitted", STUDENTS)
    command = [sys.executable, standin.__file__]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield Nursery(process, {"submitted": str(submitted), "course": str(course)})
        process.stdin.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """A scheduler with two workers that are started again when they die: its address, and their parent."""
    folder = tmp_path_factory.mktemp("cluster")
    dask, quiet = [sys.executable, "-m", "dask"], {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = folder / "scheduler.json"
    command = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file]
    with subprocess.Popen(command, env=ENVIRONMENT, cwd=folder, **quiet) as process:
        while not file.exists():
            time.sleep(0.05)
        command = [*dask, "worker", "--scheduler-file", file, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"]
        with subprocess.Popen(command, env=ENVIRONMENT, cwd=folder, **quiet) as workers:
            address = json.loads(file.read_text())["address"]
            with Client(address, timeout=300, set_as_default=False) as client:
                client.wait_for_workers(2)  # one that is killed as it starts for the first time is not started again
            yield address, psutil.Process(workers.pid)
            workers.terminate()
        process.terminate()


# --- what is there afterwards ----------------------------------------------------------------------------------


def kept(out: Path) -> set[str]:
    """The students whose results are kept."""
    return {student for student, _ in rows(out)}


def rows(out: Path) -> list[tuple[str, int]]:
    """Student and whether published, as the state has it."""
    file = out / ".grading" / "state.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as db, suppress(sqlite3.OperationalError):  # killed before it had tables
        return db.execute(
            "SELECT student, coalesce(current, 0) FROM attempts LEFT JOIN published USING (student, assignment, handed)"
        ).fetchall()
    return []


def marks(out: Path) -> list[dict[str, str]]:
    """grades.csv, which must be the same each time."""
    with (out / "grades.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def book(out: Path) -> list[tuple[str, float]]:
    """Student and points, a row for each submission in nbgrader's own database."""
    query = (
        "SELECT student_id, (SELECT sum(auto_score) FROM grade WHERE notebook_id = n.id) "
        "FROM submitted_assignment s JOIN submitted_notebook n ON n.assignment_id = s.id ORDER BY 1"
    )
    with closing(sqlite3.connect(out / "gradebook.db")) as db:
        return db.execute(query).fetchall()


def calls(log: Path) -> list[tuple[int, str]]:
    """Run and student of each call of the grader."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(int(run), student) for run, student in map(str.split, lines)]


# --- the tests -------------------------------------------------------------------------------------------------


def test_kills_at_random_moments_lose_nothing_and_repeat_nothing(
    nursery: Nursery, scheduler: tuple[str, psutil.Process], tmp_path: Path
) -> None:
    address, parent = scheduler
    rng = random.Random(11)
    more = {"scheduler": address, "seed": 7, "log": str(tmp_path / "calls"), "nap": 0.03}
    undisturbed, out = tmp_path / "undisturbed", tmp_path / "out"
    nursery.start(undisturbed, **{**more, "log": ""})
    assert nursery.ended() == 0
    history: list[set[str]] = []
    for run in range(RUNS_KILLED):
        pid = nursery.start(out, run=run, **more)
        if run in WORKERS_KILLED:
            wait_for_calls(tmp_path / "calls", run, rng.choice([1, 2]))
            kill_a_worker(parent, rng)
        wait_for_calls(tmp_path / "calls", run, rng.choice([0, 2, 3, 4]))
        time.sleep(rng.uniform(0, 0.1))
        os.kill(pid, signal.SIGKILL)
        assert nursery.ended() == -signal.SIGKILL
        history.append(kept(out))
    nursery.start(out, run=RUNS_KILLED, **more)
    wait_for_calls(tmp_path / "calls", RUNS_KILLED, 5)
    kill_a_worker(parent, rng)
    assert nursery.ended() == 0
    assert 0 < len(history[-1]) < STUDENTS
    for run, before in enumerate(history):
        assert before <= kept(out)
        again = {student for later, student in calls(tmp_path / "calls") if later > run} & before
        assert again == set(), f"kept by run {run} and graded again later"
    assert sorted(rows(out)) == [(f"student{number:03}", 1) for number in range(STUDENTS)]
    assert book(out) == book(undisturbed)
    assert marks(out) == marks(undisturbed)
    assert len(list(out.glob("feedback/*/*/*.html"))) == len(list(out.glob("autograded/*/*/*.ipynb"))) == STUDENTS


def wait_for_calls(log: Path, run: int, number: int) -> None:
    """Until this run has had so many submissions graded: a moment that a slow machine does not change."""
    while sum(found == run for found, _ in calls(log)) < number:
        time.sleep(0.01)


def kill_a_worker(parent: psutil.Process, rng: random.Random) -> None:
    """One that is there: its parent starts another in its place."""
    while True:
        workers = [child for child in parent.children() if "multiprocessing.spawn" in " ".join(child.cmdline())]
        with suppress(IndexError, psutil.NoSuchProcess):
            rng.choice(workers).kill()
            return


def test_workers_of_this_machine_end_with_the_run_and_ctrl_c_ends_it_in_order(nursery: Nursery, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "calls"
    kept_before: list[set[str]] = [set()]
    for run, (kill, number, status) in enumerate(((os.kill, signal.SIGKILL, -9), (os.killpg, signal.SIGINT, 130))):
        pid = nursery.start(out, run=run, jobs=1, log=str(log))
        wait_for_calls(log, run, 4)  # two are on their way at first: by now, the first one has been kept
        family = psutil.Process(pid).children(recursive=True)
        kill(pid, number)  # Ctrl-C: a terminal sends it to all of them
        assert nursery.ended() == status
        assert family
        assert psutil.wait_procs(family, timeout=60)[1] == []
        kept_before.append(kept(out))
        assert kept_before[-2] < kept_before[-1]
    nursery.start(out, run=2, jobs=1, log=str(log))
    assert nursery.ended() == 0
    assert not any(student in kept_before[run] for run, student in calls(log))
    assert len(book(out)) == len(marks(out)) / len({row["exercise"] for row in marks(out)}) == STUDENTS


def test_a_regrading_that_is_killed_goes_on_with_the_rest(nursery: Nursery, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "calls"
    nursery.start(out, jobs=1)
    assert nursery.ended() == 0
    pid = nursery.start(out, run=1, jobs=1, log=str(log), regrade=True, fresh=True)
    wait_for_calls(log, 1, 5)
    os.kill(pid, signal.SIGKILL)
    assert nursery.ended() == -signal.SIGKILL
    with closing(sqlite3.connect(out / ".grading" / "state.db")) as db:
        left = {student for (student,) in db.execute("SELECT student FROM attempts WHERE due != ''")}
    assert 0 < len(left) < STUDENTS
    nursery.start(out, run=2, jobs=1, log=str(log), regrade=True, fresh=True)
    assert nursery.ended() == 0
    assert sorted(student for run, student in calls(log) if run == 2) == sorted(left)
    with (out / "totals.csv").open(newline="") as file:
        assert len({row["seed"] for row in csv.DictReader(file)}) == 1
    assert len(book(out)) == STUDENTS
