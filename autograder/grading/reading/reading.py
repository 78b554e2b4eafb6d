"""Reading what students handed in, in a process with limits: no file can stop or fill the one that asks.

That process is kept, so that a file costs no more than its own time. It has no secrets, and stands behind the wall
where there is one; a file that breaks its limits ends it, is refused, and the next file gets a new one.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock
from typing import Any

from autograder.grading.reading.handed import Handed
from autograder.grading.reading.reader import READY
from autograder.grading.reading.unreadable import Unreadable
from autograder.grading.sandbox import wall
from autograder.judging.meter import TICK, Meter, Time
from pushforward.errors import CourseError

SECONDS = 10.0  # of computing for a file; a notebook of 100 MB takes about one
MEMORY = 1024  # MB, Python and libraries included
PATIENCE = 60.0  # so many times as long it may take by the clock
MOST_REPLY = 128 << 20  # bytes; sixteen million characters, with escapes
START_SECONDS = 120.0  # by the clock
MEND = "clear its outputs, save it once more in Jupyter, and hand in the .ipynb file."


class Gone(Exception):
    """The reader has ended by itself."""


def read(content: bytes) -> Handed:
    """The cells of a notebook or of a script of cells. Raises Unreadable, and nothing else, if there are none."""
    try:
        return Handed.of(_kept().ask({"read": True}, content))
    except (ValueError, TypeError):
        raise Unreadable(f"Your file could not be read: {MEND}") from None
    finally:
        if not _is_plain(content):
            _kept().close()


def _is_plain(content: bytes) -> bool:
    """Whether Python's own JSON reads all of it. Who takes over a larger library by a file must not read the next."""
    return content.lstrip().startswith(b"{") and b'"attachments"' not in content and b'"worksheets"' not in content


def mentions(content: bytes, known: Collection[Collection[str]]) -> list[dict[str, int]]:
    """As autograder.grading.reading.mentions. Raises Unreadable where that takes too much."""
    return _kept().ask({"mentions": [sorted(words) for words in known]}, content)


class Reader:
    """The process, and one request after the other."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.channel: socket.socket | None = None
        self.lock = Lock()
        self.meter: Meter | None = None

    def ask(self, request: dict[str, Any], content: bytes) -> Any:
        """What was asked for. Raises Unreadable for a file that cannot be read, or takes more than is allowed."""
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self._begin()
            try:
                reply = self._exchanged(request, content)
            except BaseException:
                self.close()
                raise
            if "memory" in reply:
                self.close()  # what is left in pieces must not be missing for the next file
        if "memory" in reply:
            raise Unreadable(f"Reading your file took more than {MEMORY} MB of memory: {MEND}")
        if "refused" in reply:
            raise Unreadable(str(reply["refused"])[:1000])
        return reply["done"]

    def close(self) -> None:
        """End the process."""
        if self.channel is not None:
            self.channel.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.channel = self.process = None

    # --- its life ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Start it behind the wall, or, where there can be none, as an ordinary process."""
        self.close()
        for command in (_behind_the_wall, _bare):
            with contextlib.suppress(Gone, CourseError):
                return self._launch(command)
            self.close()
        raise CourseError("The process that reads what was handed in does not start: is the memory full?")

    def _launch(self, command: Callable[[list[str], int], tuple[list[str], dict | None]]) -> None:
        self.channel, inner = socket.socketpair()
        self.channel.setblocking(False)
        blocked = wall.filter_file()
        number = inner.fileno()
        program = [sys.executable, "-P", "-m", f"{__package__}.reader", str(number), str(MEMORY)]
        try:
            words, environment = command(program, blocked)
            self.process = subprocess.Popen(
                words, pass_fds=(number, blocked) if blocked else (number,), env=environment, cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for whoever asks
            )  # fmt: skip
        finally:
            inner.close()
            if blocked:
                os.close(blocked)
        self._received(len(READY), START_SECONDS)

    # --- a request -----------------------------------------------------------------------------------------------

    def _exchanged(self, request: dict[str, Any], content: bytes) -> dict[str, Any]:
        self.meter = None
        try:
            head = json.dumps(request).encode()
            self._send(struct.pack("<IQ", len(head), len(content)) + head)
            self._send(content)
            (length,) = struct.unpack("<I", self._received(4))
            if length > MOST_REPLY:
                raise Gone
            return json.loads(self._received(length).decode("utf-8", "surrogatepass"))
        except (Gone, ValueError):
            raise Unreadable(f"Your file ended the program that reads it: {MEND}") from None

    def _send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._await(selectors.EVENT_WRITE)
            with contextlib.suppress(BlockingIOError):
                rest = rest[self._tried(self.channel.send, rest) :]

    def _received(self, n: int, seconds: float = SECONDS) -> bytes:
        data = bytearray()
        while len(data) < n:
            self._await(selectors.EVENT_READ, seconds)
            part = self._tried(self.channel.recv, min(n - len(data), 1 << 20))
            if not part:
                raise Gone
            data += part
        return bytes(data)

    def _tried(self, action: Any, *given: Any) -> Any:
        try:
            return action(*given)
        except BlockingIOError:
            raise
        except OSError:
            raise Gone from None

    def _await(self, event: int, seconds: float = SECONDS) -> None:
        """Until the channel is ready. The time is measured only of a file that is not done in the blink of an eye."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.channel, event)
            while not selector.select(TICK):
                self.meter = self.meter or Meter(self.process.pid)
                self.meter.waited(TICK, False)
                if (Time.of(seconds, PATIENCE) - self.meter.spent).gone:
                    raise Unreadable(f"Reading your file took more than {seconds:g} s: {MEND}")


def _behind_the_wall(inner: list[str], blocked: int) -> tuple[list[str], None]:
    """Raises CourseError where there is none. Of the judge's side, only the files of this folder are there."""
    wall.present()
    here = Path(__file__).resolve().parent
    files = (here, here.parent / "__init__.py", here.parents[1] / "__init__.py")
    places = {file: Path(wall.PACKAGE, file.relative_to(here.parents[2])) for file in files}
    return wall.command(inner, blocked, more=places), None


def _bare(inner: list[str], _: int) -> tuple[list[str], dict[str, str]]:
    root = str(Path(__file__).resolve().parents[3])
    return inner, {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "PYTHONPATH": root}


# --- the one of this process -----------------------------------------------------------------------------------

_readers: dict[int, Reader] = {}


def _kept() -> Reader:
    """A fork of this process must not speak through its parent's channel."""
    if os.getpid() not in _readers:
        _readers[os.getpid()] = Reader()
    return _readers[os.getpid()]


@atexit.register
def close() -> None:
    """End the reader of this process."""
    if reader := _readers.pop(os.getpid(), None):
        reader.close()
