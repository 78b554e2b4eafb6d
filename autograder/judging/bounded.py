"""Limits for the judge itself: an answer may be such that to compare it takes for ever, or all the memory.

Seconds are those that this thread computes: whatever else the machine does, it changes nothing. Both limits are far
beyond what any answer needs that is of the wanted kind, so whoever reaches them has caused it by an answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograder.judging.meter import TICK
from pushforward.errors import CourseError

SECONDS = 15.0  # of computing for a check; most need hundredths, the longest one
MEMORY = 1024  # MB beyond what the process held before
ODD = "which no answer of the wanted size needs: look at the shapes and sizes that the functions return"
OFTEN = "and at how often they call what they are given"  # a test calls its suspects, which are answered by the judge


class TooMuch(CourseError):
    """To judge an answer takes more than it may."""


class _Stop(BaseException):
    """What is raised in the thread that judges. No `except Exception` of a check holds it up."""


@contextmanager
def bounded(
    look: Callable[[], None] = lambda: None,
    turn: threading.Lock | None = None,
    seconds: float = SECONDS,
    megabytes: int = MEMORY,
) -> Iterator[None]:
    """Raises TooMuch if what stands in the block computes longer or takes more memory than it may.

    look: what else to look at a few times a second; turn: held by whoever must not be interrupted or looked at.
    """
    with _allowed(megabytes):
        try:
            with _Watch(look, turn or threading.Lock(), seconds):
                yield
        except _Stop:
            raise TooMuch(f"To judge this takes more than {seconds:g} s of computing, {ODD}, {OFTEN}.") from None
        except (MemoryError, RuntimeError) as problem:
            if isinstance(problem, MemoryError) or "can't allocate memory" in str(problem):  # NumPy's, torch's
                raise TooMuch(f"To judge this takes more than {megabytes} MB of memory, {ODD}.") from None
            raise


class _Watch:
    """A thread beside the one that judges."""

    def __init__(self, look: Callable[[], None], turn: threading.Lock, seconds: float) -> None:
        self.look, self.turn, self.seconds = look, turn, seconds
        self.judge, self.clock = threading.get_ident(), _clock(threading.get_ident())
        self.begun, self.over, self.lock = self.clock(), threading.Event(), threading.Lock()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        with self.lock:  # what has been raised arrives here at the latest
            self.over.set()

    def _watch(self) -> None:
        while not self.over.wait(TICK):
            with self.lock:
                # Not waited for: whoever is interrupted just as he takes his turn never gives it back.
                if not self.over.is_set() and self.turn.acquire(blocking=False):
                    try:
                        self._see_to_it()
                    finally:
                        self.turn.release()

    def _see_to_it(self) -> None:
        self.look()
        if self.clock() - self.begun > self.seconds:
            self.over.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.judge), ctypes.py_object(_Stop))


def _clock(thread: int) -> Callable[[], float]:
    """Seconds that a thread of this process has computed; where nobody tells (macOS), those of all its threads."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    number = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(number)


@contextmanager
def _allowed(megabytes: int) -> Iterator[None]:
    """The kernel gives this process so much more memory, and then none."""
    used = _held()
    if not used:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [used + (megabytes << 20), *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _held() -> int:
    """Bytes of private memory, as the kernel counts them for its limit; 0 where it does not say (macOS)."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="utf-8") as file:
        return next((int(line.split()[1]) << 10 for line in file if line.startswith("VmData:")), 0)
    return 0
