"""Many submissions at once: Dask's workers, on this machine by default, else those of a scheduler that runs already.

A job travels to its worker with all that it needs, and its result travels back; nothing else is shared. A job whose
worker dies is tried again by another one. What ends workers again and again is tried once more, alone, so that the
blame falls on nobody else, and is then left aside with a sentence.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import hashlib
import logging
import os
import queue
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import dask

from autograder.grading.model import Job, Limits, Result, refused
from autograder.grading.records.files import AGAIN
from pushforward.errors import CourseError

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

Grade = Callable[[Job], Result]
Say = Callable[[str], None]
Outcome = Result | BaseException

CONNECT_SECONDS = 30  # who refuses is noticed at once; a scheduler on a busy machine takes its time
LOOK_SECONDS = 1.0  # between two looks at a cluster from which nothing comes
SAY_SECONDS, GIVE_UP_SECONDS = (
    60.0,
    300.0,
)  # without a worker on this machine, where lost ones start again by themselves
ON_THEIR_WAY = 2  # jobs per worker that have been sent off; the others wait as files

# One job at a time per worker, so that nobody else is blamed when it dies. Dask's limits on memory stay out of it: the
# sandbox has its own. Its statistics would cost time that nobody looks at.
SETTINGS = {
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 1,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.profile.enabled": False,
    "distributed.deploy.lost-worker-timeout": "2 minutes",  # a busy machine takes its time to start one again
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "",  # marks must not depend on whether this machine has a GPU
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONSAFEPATH": "1",  # else each would first look into the current folder, where hand-ins may lie
    "PYTHONWARNINGS": "ignore",
}


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- what a worker does ----------------------------------------------------------------------------------------

_one = threading.Lock()  # a worker of somebody else's cluster may have several threads


def graded(job: Job, version: str = "") -> Result:
    """Grade one submission here. Raises CourseError if this worker has another version of the course."""
    from autograder.grading.grade import grade

    if version not in ("", course_version()):
        raise CourseError(f"A worker has another version of the course: install the same one there, then {AGAIN}.")
    with _one:
        return grade(job)


def warm_up(sandbox: str) -> None:
    """Import everything and start the sandbox, at the same time, while the first submissions are on their way."""
    from autograder.grading.sandbox.sandbox import kept

    with _one:
        kept(sandbox).begin()
        from nbformat.v4 import new_notebook

        from autograder.grading.grade import run_notebook

        run_notebook(new_notebook(), lambda exercise: 0, Limits(), sandbox)


@functools.cache
def course_version() -> str:
    """A hash over the program text of the judge's side, which decides about marks."""
    folder, text = Path(__file__).resolve().parents[1], hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        text.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return text.hexdigest()


# --- who does it -----------------------------------------------------------------------------------------------


class Cluster:
    """Workers of either kind: `with local(jobs) as cluster: for job, outcome in cluster.outcomes(jobs): …`"""

    def __init__(self, client: Client, name: str, width: int | None = None) -> None:
        """width: the number of workers if it stays as it is."""
        self._client, self._name, self._fixed = client, name, width
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._counted, self._when = 0, -LOOK_SECONDS
        self._since, self._said = time.monotonic(), False  # when a worker of this machine was last seen

    def outcomes(self, jobs: Iterable[Job], grade: Grade = graded, say: Say = print) -> Iterator[tuple[Job, Outcome]]:
        """Every job with its result, or with the exception that grade raised, as they come.

        say: is told in a sentence what there is to wait for. Raises CourseError if the cluster cannot go on.
        """
        suspects: list[Job] = []
        yield from self._together(iter(jobs), grade, say, suspects)
        for suspect in suspects:
            again: list[Job] = []
            yield from self._together(iter([suspect]), grade, say, again)
            yield from ((job, _left_aside(job)) for job in again)

    def _together(self, jobs: Iterator[Job], grade: Grade, say: Say, killed: list[Job]) -> Iterator[tuple]:
        from distributed.scheduler import KilledWorker

        running: dict[str, tuple[Job, Future]] = {}
        while True:
            for job in islice(jobs, max(0, ON_THEIR_WAY * self._workers(say) - len(running))):
                future = self._client.submit(grade, job, pure=False)
                running[future.key] = (job, future)
                future.add_done_callback(self._done.put)
            if not running:
                return
            with suppress(queue.Empty):
                job, future = running.pop(self._done.get(timeout=LOOK_SECONDS).key)
                outcome = self._outcome(future, say)
                if isinstance(outcome, KilledWorker):
                    killed.append(job)
                else:
                    yield job, outcome

    def _outcome(self, future: Future, say: Say) -> Outcome:
        """What came of it. A result that its worker took along when it ended is worked out again meanwhile."""
        while True:
            if future.cancelled():
                raise self._gone()
            try:
                get = future.exception if future.status == "error" else future.result
                outcome = get(timeout=LOOK_SECONDS)
                break
            except TimeoutError:
                self._workers(say)  # replaces who is lost, and ends the run if nobody comes
            except OSError:
                raise self._gone() from None
        if isinstance(outcome, ImportError):
            raise CourseError(
                f"A worker of {self._name} cannot grade ({outcome}): install the course with its extra `grade` there, "
                f"then {AGAIN}."
            )
        return outcome

    def _workers(self, say: Say) -> int:
        """How many there are, at least 1: those of somebody else's cluster come and go."""
        if self._client.status != "running":
            raise self._gone()
        if time.monotonic() - self._when > LOOK_SECONDS:
            before, self._counted = self._counted, self._count()
            if self._fixed is not None:
                self._missed(say)
            elif self._counted == 0 and (before or self._when < 0):
                say(f"The scheduler {self._name} has no workers: waiting for the first one.")
            self._when = time.monotonic()
        return max(1, self._fixed or self._counted)

    def _missed(self, say: Say) -> None:
        """Workers of this machine that are lost start again within seconds. Whom Dask has given up is replaced here."""
        now = time.monotonic()
        if self._counted < self._fixed:
            self._client.cluster.scale(self._fixed)
        if self._counted:
            self._since, self._said = now, False
        elif now - self._since > GIVE_UP_SECONDS:
            raise CourseError(
                "All workers on this machine have ended, and none has started again: see whether memory or processes "
                f"are short (--jobs 1 needs the fewest), then {AGAIN}."
            )
        elif now - self._since > SAY_SECONDS and not self._said:
            self._said = True
            say("All workers on this machine have ended: waiting for one to start again.")

    def _count(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            raise self._gone() from None

    def _gone(self) -> CourseError:
        return CourseError(f"The scheduler {self._name} is gone: start it again, then {AGAIN}.")


def _left_aside(job: Job) -> Result:
    reason = "Again and again, the grader's process ended while it worked on this notebook, which was then left aside."
    return refused(job.submission, job.template, reason, repairs=job.submission.notes, seed=job.seed)


@contextmanager
def local(workers: int, first: Callable[[], None] | None = None) -> Iterator[Cluster]:
    """Workers on this machine, which end with the block.

    first: what each of them does before its first job, in the background.
    """
    import distributed  # noqa: F401  (its own settings must be there before ours)

    with (
        tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as scratch,  # the workers'
        dask.config.set(SETTINGS),
        dask.config.set({"distributed.nanny.pre-spawn-environ": {**ENVIRONMENT, "TMPDIR": scratch}}),
        _environment(),
        _no_logs(),
        ThreadPoolExecutor(1) as beside,  # in which Ctrl-C cannot cut the start in half
    ):
        started = beside.submit(_start, workers, first)
        try:
            yield Cluster(started.result()[1], "on this machine", workers)
        finally:
            _end(started)


def _start(workers: int, first: Callable[[], None] | None) -> tuple[LocalCluster, Client, list[Future]]:
    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, memory_limit=None, silence_logs=logging.CRITICAL,
        host="127.0.0.1", dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
        security=True,  # a key for this run: whoever else is on this machine could have the workers run anything
    )  # fmt: skip
    client = Client(cluster, set_as_default=False)
    addresses = client.nthreads() if first else ()
    return cluster, client, [client.submit(first, workers=address, pure=False) for address in addresses]


def _end(started: concurrent.futures.Future) -> None:
    """Kill the workers, which would finish what they have begun, or take leave of one another for a second. Their
    sandboxes die with them."""
    with suppress(Exception):  # what could not start need not be ended
        cluster, client, _ = started.result()
        client.close()
        for nanny in cluster.workers.values():
            nanny.auto_restart = False
            with suppress(OSError, TypeError):  # gone, or not there yet
                os.kill(nanny.pid, signal.SIGKILL)
        cluster.close()


@contextmanager
def existing(address: str) -> Iterator[Cluster]:
    """The workers of a scheduler that runs already. Raises CourseError if it does not answer within seconds."""
    from distributed import Client

    with _no_logs():
        try:
            asyncio.run(asyncio.wait_for(_greet(address), CONNECT_SECONDS))
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, TimeoutError, ImportError, RuntimeError):
            raise CourseError(
                f"No scheduler of Dask answers at {address!r}: start one with `dask scheduler` and give the address "
                "that it prints, such as tcp://HOST:8786."
            ) from None
        with client:
            yield Cluster(client, address)


async def _greet(address: str) -> None:
    """Ask who is there. (A client that finds nobody cannot be closed; Python would wait for it at the end.)"""
    from distributed import Security, rpc

    keys = Security().get_connection_args("client")  # of a scheduler that wants TLS, as Dask's configuration names them
    async with rpc(address, timeout=CONNECT_SECONDS, connection_args=keys) as somebody:
        who = await somebody.identity()
    if who.get("type") != "Scheduler":
        raise ValueError(who)


# --- quiet -----------------------------------------------------------------------------------------------------


@contextmanager
def _no_logs() -> Iterator[None]:
    """Dask reports lost and restarted workers to its log; what of it matters to people is said by this module."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado.application", "asyncio")]
    levels = [logger.level for logger in loggers]
    import distributed  # noqa: F401  (sets its own levels when it is first imported)

    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):  # a notebook may be large
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _environment() -> Iterator[None]:
    """Dask sets its workers' variables here before it starts them; afterwards all are as before."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
