"""Many small jobs in warm forked processes, each with a limit on the CPU time that it may use."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import torch

Job, Done = TypeVar("Job"), TypeVar("Done")

SECONDS = 20.0  # of CPU for one job: an endless loop in it ends, whatever else the machine has to do
_work: tuple[Callable, list, float] = (
    lambda job: job,
    [],
    SECONDS,
)  # what the processes are forked with; nothing is pickled


class TooLong(BaseException):
    """The job has used up its time."""


@contextmanager
def cpu_limit(seconds: float) -> Any:
    """Inside, TooLong is raised after so many seconds of CPU, and again every half second for who catches it."""

    def stop(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def workers() -> int:
    """PUSHFORWARD_WORKERS, or as many as this machine has cores; one in a worker of pytest, which has siblings."""
    told = os.environ.get("PUSHFORWARD_WORKERS")
    if told:
        return int(told)
    return 1 if "PYTEST_XDIST_WORKER" in os.environ else len(os.sched_getaffinity(0))


def forked(function: Callable[[Job], Done], jobs: Iterable[Job], seconds: float = SECONDS) -> list[Done]:
    """function(job) for every job, in order. Results are pickled on their way back, jobs and function are not.

    seconds: of CPU that a job may use; TooLong is raised beyond.
    """
    global _work
    _work = function, list(jobs), seconds
    torch.set_num_threads(1)
    if workers() == 1 or not hasattr(os, "fork"):
        return [_one(number) for number in range(len(_work[1]))]
    with ProcessPoolExecutor(workers(), multiprocessing.get_context("fork")) as pool:
        return list(pool.map(_one, range(len(_work[1])), chunksize=4))


def _one(number: int) -> Any:
    function, jobs, seconds = _work
    with cpu_limit(seconds):
        return function(jobs[number])
