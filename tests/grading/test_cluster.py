"""Workers of both kinds: everything comes back once, what dies is tried elsewhere, and who is missing is named."""

from __future__ import annotations

import functools
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import cloudpickle
import psutil
import pytest

from autograder.grading import cluster as module
from autograder.grading.cluster import Cluster, cores, course_version, existing, graded, local
from autograder.grading.model import Job, Result, Slot, Submission, Template
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = Template("a", "{}", (Slot("check", "c", "a-b", "a.b", "", 2.0),))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
pytestmark = pytest.mark.xdist_group("cluster")
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers elsewhere do not have this file


def job(student: str, content: bytes = b"") -> Job:
    return Job(Submission(student, "a", content), TEMPLATE, seed=0)


def jobs(count: int) -> list[Job]:
    return [job(f"student{number}") for number in range(count)]


def act(job: Job, log: str = "") -> Result:
    """A grader that does what the student is called."""
    import os
    import signal
    import time

    from autograder.grading.model import Result
    from pushforward.errors import CourseError

    name = job.submission.student
    if log:
        with open(log, "a") as file:
            file.write(f"{name} {os.getpid()}\n")
    if name == "killer":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "bug":
        raise ZeroDivisionError("a bug of ours")
    if name == "no sandbox":
        raise CourseError("There is no sandbox.")
    if name == "not installed":
        raise ModuleNotFoundError("No module named 'autograder'")
    if name == "slow":
        time.sleep(300)
    time.sleep(0.05)
    facts = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"), "CUDA": os.environ.get("CUDA_VISIBLE_DEVICES")}
    said = (str(os.getpid()), os.getcwd(), str(facts), str(len(job.submission.content)))
    return Result(name, job.submission.assignment, (), incidents=said)


def told(outcomes: Iterator[tuple[Job, Result | BaseException]]) -> dict[str, list]:
    """Student → all outcomes."""
    found: dict[str, list] = {}
    for done, outcome in outcomes:
        found.setdefault(done.submission.student, []).append(outcome)
    return found


# --- this machine ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two() -> Iterator[Cluster]:
    before = dict(os.environ)
    with local(2) as cluster:
        yield cluster
    left = ("PYTEST_CURRENT_TEST",)
    assert {k: v for k, v in os.environ.items() if k not in left} == {k: before[k] for k in before if k not in left}


def test_every_submission_comes_back_once_and_both_workers_work(two: Cluster) -> None:
    found = told(two.outcomes(jobs(20), act))
    assert sorted(found) == sorted(f"student{number}" for number in range(20))
    assert {len(outcomes) for outcomes in found.values()} == {1}
    assert len({outcome.incidents[0] for (outcome,) in found.values()}) == 2
    assert {outcome.incidents[2] for (outcome,) in found.values()} == {"{'OMP_NUM_THREADS': '1', 'CUDA': ''}"}


def test_only_as_many_jobs_as_needed_are_read_ahead(two: Cluster) -> None:
    read = 0

    def reading() -> Iterator[Job]:
        nonlocal read
        for each in jobs(30):
            read += 1
            yield each

    ahead = [read - done for done, _ in enumerate(two.outcomes(reading(), act))]
    assert max(ahead) == 2 * module.ON_THEIR_WAY
    assert read == 30


@pytest.mark.filterwarnings("error::UserWarning")
def test_large_submissions_travel_without_a_word(two: Cluster, capfd: pytest.CaptureFixture[str]) -> None:
    found = told(two.outcomes([job("large", bytes(30_000_000))], act))
    assert found["large"][0].incidents[3] == "30000000"
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_ours_comes_back_as_it_is(two: Cluster) -> None:
    found = told(two.outcomes([job("bug"), job("no sandbox"), *jobs(2)], act))
    assert isinstance(found["bug"][0], ZeroDivisionError)
    assert isinstance(found["no sandbox"][0], CourseError)
    assert len(found) == 4


def test_a_worker_without_the_course_is_named(two: Cluster) -> None:
    with pytest.raises(CourseError, match=r"cannot grade .No module named 'autograder'.*install the course"):
        told(two.outcomes([job("not installed")], act))


def test_a_stranger_on_this_machine_is_let_in_nowhere(two: Cluster) -> None:
    doors = [two._client.scheduler.address, *two._client.nthreads()]
    assert len(doors) == 3
    for door in doors:
        for address in (door, door.replace("tls://", "tcp://")):
            with pytest.raises(CourseError, match="No scheduler of Dask answers"), existing(address):
                pass
    assert len(told(two.outcomes(jobs(2), act))) == 2  # and nobody is disturbed by that


def test_an_interruption_does_not_wait_for_what_is_running() -> None:
    before, start = set(psutil.Process().children()), time.monotonic()
    with pytest.raises(KeyboardInterrupt), local(1) as cluster:
        list(cluster.outcomes(_then_interrupt(), act))
    assert time.monotonic() - start < 200  # the job takes 300
    assert set(psutil.Process().children()) <= before


def _then_interrupt() -> Iterator[Job]:
    yield job("slow")
    raise KeyboardInterrupt


def test_all_cores_that_this_process_may_use() -> None:
    assert cores() == len(psutil.Process().cpu_affinity())


def test_what_kills_its_workers_is_left_aside_and_costs_the_others_nothing(
    two: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "calls"
    handed_in = [*jobs(6), job("killer"), *[job(f"later{number}") for number in range(6)]]
    found = told(two.outcomes(handed_in, functools.partial(act, log=str(log))))
    assert {len(outcomes) for outcomes in found.values()} == {1}
    assert len(found) == 13
    (left,) = found.pop("killer")
    assert "left aside" in left.reason
    assert [(mark.exercise, mark.status) for mark in left.marks] == [("a.b", "refused")]
    assert all(outcome.reason == "" for (outcome,) in found.values())
    assert 2 <= sum(line.startswith("killer") for line in log.read_text().splitlines()) <= 6
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_dask_has_given_up_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine so busy that a lost worker does not come back in the time that Dask grants it."""
    monkeypatch.setitem(module.SETTINGS, "distributed.deploy.lost-worker-timeout", "1ms")
    with local(1) as cluster:
        found = told(cluster.outcomes([job("killer"), *jobs(3)], act))
    assert "left aside" in found.pop("killer")[0].reason
    assert [outcome.reason for (outcome,) in found.values()] == ["", "", ""]


def test_workers_that_are_all_gone_are_replaced() -> None:
    with local(1) as cluster:
        cluster._client.cluster.scale(0)
        _eventually(lambda: not cluster._client.nthreads())
        assert len(told(cluster.outcomes(jobs(3), act))) == 3


def test_workers_that_never_come_again_end_the_run_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAY_SECONDS", 0.0)
    monkeypatch.setattr(module, "GIVE_UP_SECONDS", 2.0)
    said: list[str] = []
    with local(1) as cluster:
        cluster._client.cluster.scale(0)
        _eventually(lambda: not cluster._client.nthreads())
        monkeypatch.setattr(cluster._client.cluster, "scale", lambda n: None)  # nothing can be started any more
        with pytest.raises(CourseError, match=r"All workers on this machine have ended, and none .*--jobs 1"):
            told(cluster.outcomes(jobs(3), act, said.append))
    assert said == ["All workers on this machine have ended: waiting for one to start again."]


# --- a worker's own part ---------------------------------------------------------------------------------------


def test_a_worker_with_another_version_of_the_course_refuses() -> None:
    with pytest.raises(CourseError, match="another version of the course: install the same one there"):
        graded(job("ada"), version="0" * 64)


def test_the_version_is_that_of_the_program_text() -> None:
    assert re.fullmatch("[0-9a-f]{64}", course_version())


# --- a cluster that runs already -------------------------------------------------------------------------------


def _started(folder: Path, *arguments: str) -> subprocess.Popen:
    """A part of a cluster, in an empty folder of its own."""
    folder.mkdir()
    return subprocess.Popen([sys.executable, "-m", "dask", *arguments], cwd=folder, env=ENVIRONMENT, **QUIET)


@contextmanager
def _ended(processes: list[subprocess.Popen]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _eventually(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.02)


def test_a_scheduler_and_two_workers_one_of_them_killed_in_the_middle(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address = f"tcp://127.0.0.1:{_free_port()}"
    processes = [_started(tmp_path / "s", "scheduler", "--host", address, "--no-dashboard")]
    said, found, folders = [], {}, set()

    def handed_in() -> Iterator[Job]:
        """Ten more after both have been seen at work and one of them is dead."""
        for number in itertools.count():
            yield job(f"student{number}")
            if len(folders) == 2:
                break
        processes[1].kill()
        yield from (job(f"later{number}") for number in range(10))

    with _ended(processes):
        _eventually(lambda: _listens(address))
        with existing(address) as cluster:
            starter = Thread(target=lambda: _start_workers(tmp_path, address, said, processes))
            starter.start()
            for done, outcome in cluster.outcomes(handed_in(), act, said.append):
                found.setdefault(done.submission.student, []).append(outcome)
                folders.add(outcome.incidents[1])
        assert processes[1].wait() == -signal.SIGKILL
    assert said == [f"The scheduler {address} has no workers: waiting for the first one."]
    assert {len(outcomes) for outcomes in found.values()} == {1}
    assert {f"later{number}" for number in range(10)} < found.keys()
    assert folders == {str(tmp_path / "w1"), str(tmp_path / "w2")}
    assert [path for name in ("w1", "w2") for path in (tmp_path / name).rglob("*")] == []  # they needed no files
    assert capfd.readouterr() == ("", "")


def _start_workers(folder: Path, address: str, said: list[str], processes: list[subprocess.Popen]) -> None:
    _eventually(lambda: bool(said))  # that nobody is there
    for name in ("w1", "w2"):
        scratch = ("--local-directory", str(folder / f"scratch of {name}"))
        more = ("--no-nanny", "--nthreads", "1", "--no-dashboard", *scratch)
        processes.append(_started(folder / name, "worker", address, *more))


def _listens(address: str) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0


def test_a_scheduler_that_ends_in_the_middle_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    address = f"tcp://127.0.0.1:{_free_port()}"
    with _ended([_started(tmp_path / "s", "scheduler", "--host", address, "--no-dashboard")]) as _:
        _eventually(lambda: _listens(address))
        scheduler = next(c for c in psutil.Process().children() if address in c.cmdline())
        with existing(address) as cluster:
            outcomes = cluster.outcomes(jobs(2), act, lambda sentence: scheduler.send_signal(signal.SIGKILL))
            with pytest.raises(CourseError, match=f"The scheduler {address} is gone: start it again"):
                list(outcomes)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "no scheduler", "http://127.0.0.1:1", ""])
def test_an_unknown_scheduler_is_one_sentence(
    address: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    with pytest.raises(CourseError, match=f"No scheduler of Dask answers at {address!r}"), \
            existing(address):  # fmt: skip
        pass
    assert capfd.readouterr() == ("", "")


def test_somebody_who_listens_and_never_answers_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(CourseError, match="No scheduler of Dask answers"), existing(address):
            pass
