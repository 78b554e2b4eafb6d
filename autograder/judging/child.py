"""Student code in a process of its own: a link over pipes to `python -m pushforward.answering.serve FILE`.

That process cannot import this package, starts with an almost empty environment and an empty working folder, and is
killed with all its children when it is late: when these have computed, or waited, longer than was said. It is no
sandbox: it can still read what its user can read.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import pushforward
from autograder.judging.asking import Respond
from autograder.judging.exchange import Unanswered
from autograder.judging.meter import HINT, TICK, Meter, Time, checked
from pushforward.answering import wire
from pushforward.errors import CourseError

_KEPT_VARIABLES = (
    *("PATH", "LANG", "LC_ALL", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "SYSTEMROOT"),
    "PUSHFORWARD_BUDGET",  # what was trained and what is asked of it belong together
)


class Late(Exception):
    """The time given is over. by_clock: not because of what was computed."""

    def __init__(self, by_clock: bool) -> None:
        self.by_clock = by_clock
        super().__init__(HINT[by_clock])


class ChildLink:
    """A context manager that serves the asks of one file of answers from a child process.

    path: the file; seconds: of computing for everything, loading included, or of waiting (autograder.judging.meter).
    Raises CourseError when the file cannot be judged at all: missing, not valid Python, or failing as it loads; and for
    a time that is none.
    """

    def __init__(self, path: str | Path, seconds: float) -> None:
        self.path, self.seconds = Path(path).resolve(), checked(seconds)
        if not self.path.is_file():
            raise CourseError(f"There is no file {path}: give the path of a Python file with the answer.")

    def __enter__(self) -> ChildLink:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pushforward.answering.serve", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder.name,
            env=_environment(self.folder.name),
            start_new_session=True,
        )
        self.stream = _Pipes(self.process, self.seconds)
        try:
            self._await_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process and everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        self.folder.cleanup()

    def _await_ready(self) -> None:
        try:
            head, _ = wire.get(self.stream)
        except Late as late:
            raise CourseError(f"{self.path.name} did not finish loading within {self.seconds:g} s: {late}") from None
        except (EOFError, wire.WireError):
            raise CourseError(f"{self.path.name} ended the process while it was loading.") from None
        if "failed" in head:
            raise CourseError(f"{self.path.name} cannot be loaded. {Unanswered.read(head['failed']).what}.")

    def ask(self, head: dict, arrays: list, respond: Respond) -> tuple[dict, list]:
        """One ask and its answer, with the callbacks in between."""
        try:
            wire.put(self.stream, {**head, "id": 0}, arrays)
            while True:
                answer, out = wire.get(self.stream)
                if "callback" not in answer:
                    return {key: answer[key] for key in ("value", "changed", "error") if key in answer}, out
                wire.put(self.stream, *respond(answer, out))
        except Late as late:
            return _unanswered("late", f"No answer came within {self.seconds:g} s: {late}")
        except (EOFError, BrokenPipeError):
            return _unanswered("ended", f"The code ended its process{self._status()} instead of returning a value.")
        except wire.WireError as error:
            return _unanswered("ended", f"The process sent something that is no answer. {error}")

    def _status(self) -> str:
        """A process that only closed its pipe lives on, and has none."""
        try:
            return f" (exit status {self.process.wait(timeout=1)})"
        except subprocess.TimeoutExpired:
            return ""


def _unanswered(kind: str, message: str) -> tuple[dict, list]:
    return {"error": {"kind": kind, "message": message}}, []


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    package = str(Path(pushforward.__file__).parents[1])
    return {
        **kept,
        "HOME": home,
        "MPLCONFIGDIR": home,
        "MPLBACKEND": "Agg",
        "PYTHONPATH": package,
        "OMP_NUM_THREADS": "1",
    }


class _Pipes:
    """Both ways to a process that may use so many seconds: what never stops sending, or never reads, is late, too."""

    def __init__(self, process: subprocess.Popen, seconds: float) -> None:
        self.source, self.sink = process.stdout.fileno(), process.stdin.fileno()
        self.meter, self.until = Meter(process.pid), Time.of(seconds)
        os.set_blocking(self.sink, False)

    def read(self, n: int) -> bytes:
        self._await(self.source, selectors.EVENT_READ)
        return os.read(self.source, n)

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._await(self.sink, selectors.EVENT_WRITE)
            rest = rest[os.write(self.sink, rest) :]

    def flush(self) -> None:
        """Nothing is held back."""

    def _await(self, descriptor: int, event: int) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            ready = False
            while not ready:
                left, began = self.until - self.meter.spent, time.monotonic()
                if left.gone:
                    raise Late(left.by_clock)
                ready = bool(selector.select(min(left.wall, TICK)))
                self.meter.waited(time.monotonic() - began, ready)
