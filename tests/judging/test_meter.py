"""Seconds of computing count wherever in a family they pass, waiting counts as such, and wanting a core as neither."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from autograder.judging.meter import PATIENCE, TICK, Meter, Time

SPIN = "import time\ndef spin(s):\n    end = time.process_time() + s\n    while time.process_time() < end: pass\n"
FORKS = "import os, signal\ndef forked(s):\n    if os.fork() == 0:\n        spin(s)\n        os._exit(0)\n"
WAIT = "print('done', flush=True)\nimport sys\nsys.stdin.read()"


@contextmanager
def metered(source: str) -> Iterator[tuple[Meter, subprocess.Popen]]:
    """A process that begins when it is told to, with a meter on it."""
    source = f"{SPIN}{FORKS}input()\n{source}\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", source], text=True, **pipes) as process:
        try:
            meter = Meter(process.pid)
            print(file=process.stdin, flush=True)
            yield meter, process
        finally:
            with suppress(psutil.NoSuchProcess):
                for each in [*psutil.Process(process.pid).children(recursive=True), process]:
                    each.kill()


def watched(meter: Meter, until: float, field: str = "cpu") -> Time:
    """Wait in vain until so many seconds have been counted."""
    while getattr(meter.spent, field) < until:
        time.sleep(TICK)
        meter.waited(TICK, heard=False)
    return meter.spent


@pytest.mark.parametrize(
    "source",
    ["spin(0.6)", "forked(0.6)\nos.wait()", "for _ in range(6):\n    forked(0.1)\n    os.wait()",
     "import threading\nworker = threading.Thread(target=spin, args=(0.6,))\nworker.start(), worker.join()",
     "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'sum(range(10**8))'])"],
)  # fmt: skip
def test_what_anybody_of_the_family_computes_counts(source: str) -> None:
    with metered(f"{source}\n{WAIT}") as (meter, process):
        assert process.stdout.readline() == "done\n"
        time.sleep(TICK)  # all is over by now
        meter.waited()
        assert meter.cpu > 0.5
        assert meter.idle == 0


def test_children_whose_end_is_ignored_are_counted_as_they_were_last_seen() -> None:
    source = (
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nwhile True:\n    forked(1.0)\n    try:\n        os.wait()\n"
    )
    with metered(f"{source}    except ChildProcessError:\n        pass") as (meter, process):
        watched(meter, 2.5)
        times = psutil.Process(process.pid).cpu_times()
        assert sum(times) < 1.5, "the kernel forgets them"


def test_a_process_that_sleeps_is_idle_and_one_that_computes_is_not() -> None:
    with metered("time.sleep(600)") as (meter, _):
        assert watched(meter, 0.6, "idle").cpu < 0.3
    with metered("spin(600)") as (meter, _):
        assert watched(meter, 0.6).idle < 0.3


def test_one_that_finds_no_core_is_neither() -> None:
    """Five that never stop, on one core with one that is measured."""
    core = {next(iter(os.sched_getaffinity(0)))}
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True) for _ in range(5)]
    try:
        with metered("spin(600)") as (meter, process):
            for each in (*busy, process):
                os.sched_setaffinity(each.pid, core)
            spent = watched(meter, 0.5)
            assert spent.wall > 2 * spent.cpu
            assert spent.idle < 0.1 * spent.wall
    finally:
        for each in busy:
            each.kill(), each.wait()


def test_what_is_left_says_what_used_it_up() -> None:
    allowed = Time.of(2.0)
    assert (allowed.cpu, allowed.idle, allowed.wall) == (2.0, 2.0, 2.0 * PATIENCE)
    assert not allowed.gone
    for used, by_clock in (
        (Time(2, 0, 2), False),
        (Time(1, 2, 3), True),
        (Time(1, 1, 25), True),
        (Time(3, 3, 99), False),
    ):
        assert ((allowed - used).gone, (allowed - used).by_clock) == (True, by_clock)
    assert not (allowed - Time(1.9, 1.9, 20)).gone
    assert allowed.least(Time(1, 3, 3)) == Time(1, 2, 3)
    assert Time(1, 2, 3) + Time(1, 1, 1) == Time(2, 3, 4)


def test_a_family_that_is_gone_has_used_what_it_had() -> None:
    with metered("spin(0.4)") as (meter, process):
        watched(meter, 0.3)
        process.wait()
        before = meter.cpu
        time.sleep(TICK)
        meter.waited()
        assert meter.cpu >= before
