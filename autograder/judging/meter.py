"""What other processes use: seconds of computing, of waiting for nothing that comes, and by the clock.

Only the last depends on what else the machine has to do, so it is only a backstop, and generous: a process that wants
to compute and gets no core is not late.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass

import psutil

from pushforward.errors import CourseError

TICK = 0.2  # seconds between two looks at them
LONGEST = 86_400.0  # seconds that may be given
PATIENCE = 12.0  # so many times as long as its computing may something take by the clock
HINT = {  # by_clock → what a student may ask
    False: "is there a loop that never ends?",
    True: "does the code wait for something that never comes, or was the machine too busy?",
}


def checked(seconds: float) -> float:
    """A limit of time that somebody has given with --timeout. Raises CourseError for one that ends all or nothing."""
    if not 0 < seconds <= LONGEST:
        raise CourseError(f"--timeout {seconds:g} is no limit: give seconds above 0, at most {LONGEST:g} (a day).")
    return seconds


@dataclass(frozen=True)
class Time:
    """Seconds. cpu: of all processes together; idle: in which none of them ran or could have; wall: by the clock."""

    cpu: float = 0.0
    idle: float = 0.0
    wall: float = 0.0

    @classmethod
    def of(cls, seconds: float, patience: float = PATIENCE) -> Time:
        """What is allowed where somebody says `seconds`."""
        return cls(seconds, seconds, patience * seconds)

    def __add__(self, other: Time) -> Time:
        return Time(self.cpu + other.cpu, self.idle + other.idle, self.wall + other.wall)

    def __sub__(self, other: Time) -> Time:
        return Time(self.cpu - other.cpu, self.idle - other.idle, self.wall - other.wall)

    def least(self, other: Time) -> Time:
        """The smaller one of each."""
        return Time(min(self.cpu, other.cpu), min(self.idle, other.idle), min(self.wall, other.wall))

    @property
    def gone(self) -> bool:
        """Of what is left: whether one of them is used up."""
        return min(self.cpu, self.idle, self.wall) <= 0

    @property
    def by_clock(self) -> bool:
        """Of what is left: whether computing alone would not have used it up."""
        return self.gone and self.cpu > 0


class Meter:
    """The time of a process and everything below it, from now on. Whoever waits for them tells it how long."""

    def __init__(self, pid: int) -> None:
        self.pid, self.born = pid, time.monotonic()
        self.looked, self.silent = self.born, 0.0
        self.cpu = self.idle = self.ended = 0.0
        self.family = _family(pid)
        self.base = self.last = _computed(self.family)

    @property
    def spent(self) -> Time:
        """All in all, as of the last look."""
        return Time(self.cpu, self.idle, time.monotonic() - self.born)

    def waited(self, seconds: float = 0.0, heard: bool = True) -> list[psutil.Process]:
        """After a wait, and whether something was heard at its end: look at the family, a few times a second.

        Returns its members, none if it was too early to look.
        """
        now = time.monotonic()
        self.silent = 0.0 if heard else self.silent + seconds
        if now - self.looked < TICK:
            return []
        self._look()
        self.looked, self.silent = now, 0.0
        return self.family

    def _look(self) -> None:
        before, self.family, was = self.family, _family(self.pid), self.cpu
        now = _computed(self.family)
        if now < self.last and not any(process.is_running() for process in set(before) - set(self.family)):
            self.ended += self.last - now  # a parent that ignores how its children end does not get their time either
        self.last = now
        self.cpu = max(self.cpu, self.ended + now - self.base)
        if self.silent and not _busy(self.family, self.cpu > was):
            self.idle += min(self.silent, 2 * TICK)  # who looks may have waited for a core, too


def _family(pid: int) -> list[psutil.Process]:
    """A process and all below it, parents first."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _computed(family: list[psutil.Process]) -> float:
    """Seconds that they and the children they have waited for have computed.

    The time of a child that ends while they are read can be missing the first time, but not the second.
    """
    return max(sum(map(_times, family)), sum(map(_times, family)))


def _times(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error, OSError):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def _busy(family: list[psutil.Process], computed: bool) -> bool:
    """Whether a thread of theirs runs, or waits for a core or a disk. computed: what to say where nobody knows."""
    return any(_runnable(process.pid) for process in family) if sys.platform == "linux" else computed


def _runnable(pid: int) -> bool:
    folder = f"/proc/{pid}/task"
    with contextlib.suppress(OSError):  # it has ended meanwhile
        return any(_state(f"{folder}/{thread}/stat") in "RD" for thread in os.listdir(folder))
    return False


def _state(path: str) -> str:
    """One letter, as proc(5) has it. The program's name before it can hold anything."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "X"
