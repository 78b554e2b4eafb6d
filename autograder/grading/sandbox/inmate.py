"""One submission in the sandbox, as the grader sees it: run cells, put questions, end it.

The grader talks to it in frames of plain values, with a limit on everything, and watches what it uses. What it sends
is never trusted: a frame out of order ends the submission.

Limits of time are seconds that the submission computes, or lets pass without wanting to; see autograder.judging.meter.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import socket
import time
from typing import Any, Protocol

import psutil

from autograder.grading.model import Limits
from autograder.grading.sandbox import wall
from autograder.grading.sandbox.ended import Ended
from autograder.judging.meter import HINT, TICK, Meter, Time
from pushforward.answering import wire
from pushforward.answering.beside import packed
from pushforward.errors import CourseError

ANSWERS = 256 << 20  # bytes of all answers together, which the judge holds while it judges
KEPT = 100_000  # bytes of printed text kept for each cell
SPARE = 256 << 20  # bytes: more than the limit that the kernel keeps, and what the machine itself must be left with
SOCKET = 208 << 10  # bytes that the kernel may hold for an open descriptor, which no process's size shows
TOO_LONG = {"type": "error", "ename": "TooLong", "evalue": "the cell has too much text to be run", "traceback": []}


class Warm(Protocol):
    """The warm process that the submission was forked from."""

    mode: str
    process: Any

    def end_child(self) -> int | None:
        """Kill the submission with all that it started: its wait status, None if the warm process is gone."""


class Inmate:
    """One submission's process: run cells, put questions. Every method raises Ended once the process is over."""

    def __init__(self, sandbox: Warm, channel: socket.socket, output: int, limits: Limits) -> None:
        self.sandbox, self.limits = sandbox, limits
        self.channel, self.output = channel, output
        self.over: Ended | None = None
        self.alive = True
        self.printed, self.total, self.answered = bytearray(), 0, 0
        self.meter = Meter(sandbox.process.pid)
        self.until = Time()
        self.buffer, self.heard = memoryview(b""), False
        channel.setblocking(False), os.set_blocking(output, False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ)
        self.selector.register(output, selectors.EVENT_READ)

    # --- what the grader asks -------------------------------------------------------------------------------

    def place(self, files: tuple[tuple[str, bytes], ...], seconds: float | Time) -> int:
        """Put files into the folder in which cells run, as (path, content): how many there was room for."""
        paths = [[path, len(content)] for path, content in files]
        placed = self._exchange({"place": paths}, [packed(content) for _, content in files], "placed", seconds)
        if type(placed) is not int:
            self._refuse("a number of files that is none")
        return placed

    def plan(self, cells: list[list[str]], seconds: float | Time | None = None) -> list[int]:
        """The numbers of the demonstrations that other cells depend on."""
        try:
            found = self._exchange({"plan": cells}, [], "needed", seconds or self.limits.cell_seconds)
        except wire.WireError:  # more text than a frame holds
            return []
        if type(found) is not list or any(type(k) is not int or not 0 <= k < len(cells) for k in found):
            self._refuse("a plan that is none")
        return found

    def run(self, source: str, seconds: float | Time) -> dict[str, Any]:
        """Run a cell: {"ok": bool, "outputs": […]}, as pushforward.answering.cells describes, not yet checked."""
        try:
            found = self._exchange({"run": source}, [], "ran", seconds)
        except wire.WireError:
            return {"ok": False, "outputs": [TOO_LONG]}
        if type(found) is not dict or type(found.get("ok")) is not bool or type(found.get("outputs")) is not list:
            self._refuse("an outcome that is none")
        return found

    def ask(self, head: dict, arrays: list, respond: Any, seconds: float | Time) -> tuple[dict, list]:
        """One ask and its answer, with the callbacks in between. The answer must carry this ask's own number."""
        number = secrets.randbits(62)
        self._allow(seconds)
        self._put({**head, "id": number}, arrays)
        while True:
            answer, out = self._get()
            self.answered += sum(array.nbytes for array in out)
            if self.answered > ANSWERS:
                self._refuse("more values than any answers need")
            if set(answer) == {"callback", "args", "kwargs"}:
                self._put(*respond(answer, out))
                continue
            if answer.pop("id", None) != number or set(answer) - {"changed"} not in ({"value"}, {"error"}):
                self._refuse("an answer to a question that was not asked")
            return answer, out

    def text(self) -> str:
        """What has been printed since the last time, shortened."""
        self._drain()
        text = bytes(self.printed).decode("utf-8", "replace")
        self.printed.clear()
        return text

    def look(self, waited: float = 0.0, heard: bool = True) -> None:
        """The time and the memory of all processes together, a few times a second."""
        family = [] if self.over else self.meter.waited(waited, heard)
        if not family:
            return
        used, limit = self._memory(family), self.limits.memory << 20
        if used > limit + SPARE:
            self._stop("memory", f"The code used more than {self.limits.memory} MB of memory.")
        if used > limit // 2 and psutil.virtual_memory().available < SPARE:  # and not whoever looks first
            self._stop("memory", "The machine had no memory left.")

    def end(self) -> None:
        """Kill the process and everything that it started. Sets `status`, a wait status or None."""
        if not self.alive:
            return
        self.alive = False
        self.selector.close(), self.channel.close()
        self.status = self.sandbox.end_child()
        os.close(self.output)

    # --- frames ---------------------------------------------------------------------------------------------

    def _allow(self, seconds: float | Time) -> None:
        """From now on until the answer."""
        self.look()  # what has been computed before is not this step's
        more = seconds if isinstance(seconds, Time) else Time.of(seconds, self.limits.patience)
        self.until = self.meter.spent + more

    def _exchange(self, head: dict, arrays: list, key: str, seconds: float | Time) -> Any:
        self._allow(seconds)
        self._put(head, arrays)
        answer, out = self._get()
        if set(answer) != {key} or out:
            self._refuse("something that was not asked for")
        return answer[key]

    def _put(self, head: dict, arrays: list) -> None:
        if self.over:
            raise self.over
        if self.buffer or self._readable():
            if not self.buffer and not self._receive():
                self._died()
            self._refuse("an answer before the question")
        wire.put(self, head, arrays)

    def _get(self) -> tuple[dict, list]:
        try:
            return wire.get(self)
        except wire.WireError as error:
            self._refuse(f"a malformed frame ({str(error).rstrip('.')})")

    def read(self, n: int) -> bytes:
        """For wire.get: some bytes, at most n."""
        while not self.buffer:
            self._await(selectors.EVENT_READ)
            try:
                data = self._receive()
            except BlockingIOError:
                continue
            if not data:
                self._died()
            self.buffer, self.heard = memoryview(data), True
        part, self.buffer = self.buffer[:n], self.buffer[n:]
        return bytes(part)

    def _receive(self) -> bytes:
        """What has come; nothing if the other side is gone. Raises BlockingIOError if it is silent."""
        try:
            return self.channel.recv(1 << 18)
        except BlockingIOError:
            raise
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        """For wire.put."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.channel.send(rest) :]
            except BlockingIOError:
                self._await(selectors.EVENT_WRITE)
            except OSError:
                self._died()

    def flush(self) -> None:
        """Nothing is held back."""

    def _await(self, event: int) -> None:
        """Until the channel is ready; meanwhile printed text is taken away, the clock and the memory are watched."""
        if event != selectors.EVENT_READ:
            self.selector.modify(self.channel, event)
        try:
            while True:
                left = self.until - self.meter.spent
                if left.gone:
                    how = " by the clock" if left.by_clock else ""
                    self._stop("late", f"The time was over{how}: {HINT[left.by_clock]}", left.by_clock)
                began = time.monotonic()
                ready = [key.fileobj for key, _ in self.selector.select(min(left.wall, TICK))]
                if self.output in ready:
                    self._drain()
                self.look(time.monotonic() - began, self.channel in ready)
                if self.channel in ready:
                    return
        finally:
            if event != selectors.EVENT_READ and self.alive:
                self.selector.modify(self.channel, selectors.EVENT_READ)

    def _readable(self) -> bool:
        return any(key.fileobj is self.channel for key, _ in self.selector.select(0))

    def _drain(self) -> None:
        """Take what is in the pipe; keep the beginning of it."""
        while self.alive:
            try:
                data = os.read(self.output, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                with contextlib.suppress(KeyError):
                    self.selector.unregister(self.output)
                return
            self.total += len(data)
            self.printed += data[: max(0, KEPT - len(self.printed))]
            if self.total > self.limits.output << 20:
                self._stop("output", f"The code printed more than {self.limits.output} MB.")

    # --- the end --------------------------------------------------------------------------------------------

    def _memory(self, family: list[psutil.Process]) -> int:
        """Bytes that the submission holds; what it shares with the warm process counts in parts, if exactness matters.

        Counted exactly only where the quick sum, in which every fork counts in full, is suspicious.
        """
        quick = sum(_size(process, "memory_info", "rss") for process in family)
        if quick < self.limits.memory << 19:
            return quick
        return sum(_size(process, "memory_full_info", "pss") for process in family)

    def _died(self) -> None:
        """The process closed its channel by itself: say how it ended."""
        with contextlib.suppress(Ended):
            self._drain()
        self.end()
        status = self.status
        if status is None:
            self._stop("sandbox", "The sandbox ended.")
        # the process between, which no student can reach behind a wall, never came so far as to wait for a child
        if status < 0 and not self.heard and self.sandbox.mode != "none":
            raise CourseError(f"{bytes(self.printed[-300:]).decode(errors='replace')} {wall.CHOICES}")
        if status < 0:
            self._stop("ended", "The code ended its process.")
        how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit status {os.WEXITSTATUS(status)}"
        self._stop("ended", f"The code ended its process ({how}).")

    def _refuse(self, what: str) -> Any:
        self._stop("frame", f"The code sent {what}: grading of this notebook ended there.")

    def _stop(self, kind: str, sentence: str, by_clock: bool = False) -> None:
        if self.over is None:
            self.over = Ended(kind, sentence, by_clock)
            self.end()
        raise self.over


def _size(process: psutil.Process, kind: str, field: str) -> int:
    """Bytes of one process; 0 if it is gone by now: one that comes and goes must not hide the others."""
    with contextlib.suppress(psutil.Error, AttributeError):
        return getattr(getattr(process, kind)(), field) + SOCKET * process.num_fds()
    return 0
