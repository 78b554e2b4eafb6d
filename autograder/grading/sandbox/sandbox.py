"""A warm process behind the wall, which is forked for one submission at a time."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

import pushforward
from autograder.grading.model import Limits
from autograder.grading.sandbox import wall
from autograder.grading.sandbox.ended import Ended
from pushforward.errors import CourseError

if TYPE_CHECKING:  # it needs torch, which can be imported while the warm process does the same
    from autograder.grading.sandbox.inmate import Inmate

# By the clock, for what is a matter of seconds on an idle machine. A process that dies is noticed at once.
START_SECONDS = 600.0  # importing everything
END_SECONDS = 120.0
KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)  # how it ends, and how bubblewrap says that of what it holds
MODES = ("bubblewrap", "none")


class Sandbox:
    """Starts the warm process; `start` gives an `Inmate`, one at a time.

    mode: "bubblewrap" or "none"; without: walls and limits left out, for tests that show what each is for
    ("files", "network", "syscalls", "namespaces").
    """

    def __init__(self, mode: str = "bubblewrap", without: frozenset[str] = frozenset()) -> None:
        self.mode, self.without = mode, without
        self.process: subprocess.Popen | None = None
        self.warm = False

    def begin(self) -> None:
        """See to a warm process, without waiting until it is warm. Raises CourseError if bubblewrap is missing."""
        if self.process is not None and self.process.poll() is None:
            return
        self.close()
        self._launch()

    def start(self, limits: Limits) -> Inmate:
        """A fresh fork for one submission. Raises Ended("sandbox") if the warm process has died twice in a row."""
        for _ in range(2):
            with contextlib.suppress(OSError, EOFError):
                self.begin()
                if not self.warm:
                    self._wait()
                return self._fork(limits)
            self.close()
        raise Ended("sandbox", "The sandbox could not be started again.")

    def _fork(self, limits: Limits) -> Inmate:
        from autograder.grading.sandbox.inmate import Inmate

        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            message = {"memory": limits.memory, "disk": limits.disk, "processes": limits.processes}
            socket.send_fds(self.control, [json.dumps({"start": message}).encode()], [theirs.fileno(), write])
            if "started" not in self._answer(START_SECONDS):
                raise OSError("not started")
            return Inmate(self, ours, read, limits)
        except BaseException:
            ours.close(), os.close(read)
            raise
        finally:
            theirs.close(), os.close(write)

    def _launch(self) -> None:
        self.control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.folder = tempfile.mkdtemp(prefix="grading-")
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        number = inner.fileno()
        blocked = wall.filter_file() if self.mode == "bubblewrap" and "syscalls" not in self.without else 0
        keep = (number, blocked) if blocked else (number,)
        try:
            if self.mode == "bubblewrap":
                wall.present()
            self.process = subprocess.Popen(
                self._command(number, blocked), pass_fds=keep, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=self.complaints, env=self._environment(), cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        finally:
            inner.close()
            if blocked:
                os.close(blocked)

    def _wait(self) -> None:
        """Raises CourseError if the sandbox does not work here, OSError or EOFError if somebody has killed it."""
        try:
            self._answer(START_SECONDS)
            self.warm = True
        except (OSError, EOFError):
            self.process.kill()
            if self.process.wait() in KILLED:
                raise
            self.complaints.seek(0)
            reason = (self.complaints.read().decode(errors="replace").strip().splitlines() or ["no reason"])[-1]
            self.close()
            raise CourseError(f"The sandbox does not start: {reason}. {wall.CHOICES}") from None

    def _command(self, control: int, blocked: int) -> list[str]:
        bare = self.mode == "none" or "namespaces" in self.without
        mode = "bare" if bare else "rooted" if "files" in self.without else "walls"
        inner = [sys.executable, "-B", "-P", "-m", "pushforward.answering.warm", str(control), mode]
        return wall.command(inner, blocked, self.without) if self.mode == "bubblewrap" else inner

    def _environment(self) -> dict[str, str]:
        """Without a wall, at least the grader's own variables stay away from the student's code."""
        package = str(Path(pushforward.__file__).resolve().parents[1])
        private = {"HOME": self.folder, "TMPDIR": self.folder, "MPLCONFIGDIR": self.folder, "IPYTHONDIR": self.folder}
        path = os.environ.get("PATH", "/usr/bin:/bin")
        return {**wall.ENVIRONMENT, **private, "PATH": path, "PYTHONPATH": package}

    def _answer(self, seconds: float) -> dict[str, Any]:
        self.control.settimeout(seconds)
        data = self.control.recv(1 << 16)
        if not data:
            raise EOFError
        return json.loads(data)

    def end_child(self) -> int | None:
        """Kill the submission with all that it started. Returns its wait status, None if the warm process died too."""
        try:
            self.control.send(json.dumps({"end": True}).encode())
            return int(self._answer(END_SECONDS).get("ended", -1))
        except (OSError, EOFError, ValueError):
            self.close()
            return None

    def close(self) -> None:
        """End the warm process and everything behind the wall."""
        if self.process is None:
            return
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self.process.pid).children(recursive=True) if self.mode == "none" else ():
                process.kill()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.complaints.close(), self.control.close()
        self.process, self.warm = None, False
        shutil.rmtree(self.folder, ignore_errors=True)


# --- the one of this process -----------------------------------------------------------------------------------

_kept: dict[str, Sandbox] = {}


def ready(mode: str) -> None:
    """Raises CourseError where this mode of the sandbox is unknown or cannot work on this machine."""
    if mode not in MODES:
        raise CourseError(f"There is no sandbox {mode!r}: choose {' or '.join(MODES)}.")
    if mode == "bubblewrap":
        wall.ready()


def kept(mode: str) -> Sandbox:
    """The sandbox in which this process runs one notebook after the other."""
    return _kept.setdefault(mode, Sandbox(mode))


def close(mode: str | None = None) -> None:
    """End the warm processes of this process."""
    for known in list(_kept) if mode is None else [mode]:
        if known in _kept:
            _kept.pop(known).close()


atexit.register(close)
