"""What an attacker could reach if nothing stood in the way, and whether something of it was reached.

A secret that exists only outside: in the grader's environment, in the solutions, the gradebook, another student's
notebook and a result; sockets that note every caller; a tree of files whose every change is noticed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import psutil

VARIABLE = "GRADER_PASSWORD"
DONE = "beyond every limit"  # what an attack prints that got what it wanted
# Seconds that a process sleeps which is to outlive its submission; no other test process has this number.
SLEEPER = f"86399.{os.getpid():07}"


class World:
    """A context manager: a teacher's machine, as far as it matters."""

    def __enter__(self) -> World:
        self.secret = f"canary{secrets.token_hex(8)}"
        self.before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self.secret
        # not in /tmp: a submission has a /tmp of its own even where everything else is open to it
        self.course = Path(tempfile.mkdtemp(prefix="course-", dir="/var/tmp"))
        self.stack = contextlib.ExitStack()
        self.servant = subprocess.Popen(
            ["sleep", "600"], env={VARIABLE: self.secret}
        )  # another process of the grader's
        self._furnish()
        self._listen()
        self.files = self._tree()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        self.servant.kill(), self.servant.wait()
        os.environ.pop(VARIABLE) if self.before is None else os.environ.update({VARIABLE: self.before})
        shutil.rmtree(self.course)

    def _furnish(self) -> None:
        self.course.chmod(0o755)
        for folder in ("solutions", "submitted/ada/00_start_here", "results", "home/.ssh"):
            (self.course / folder).mkdir(parents=True)
        solution = (
            "def standardise(x):\n    s = (x - x[0]).std(0)\n    return (x - x.mean(0)) / torch.where(s > 0, s, 1.0)\n"
        )
        (self.course / "solutions" / "00_start_here.py").write_text(f"# {self.secret}\n{solution}")
        (self.course / "submitted" / "ada" / "00_start_here" / "00_start_here.ipynb").write_text(self.secret)
        (self.course / "results" / "ada.json").write_text(json.dumps({"points": 2, "note": self.secret}))
        (self.course / "home" / ".ssh" / "id_ed25519").write_text(self.secret)
        with contextlib.closing(sqlite3.connect(self.course / "gradebook.db")) as book, book:
            book.execute("create table grade (student text, points real)")
            book.execute("insert into grade values (?, 2)", (self.secret,))

    def _tree(self) -> dict[str, bytes]:
        files = (path for path in self.course.rglob("*") if path.is_file())
        return {str(path.relative_to(self.course)): path.read_bytes() for path in files}

    def _listen(self) -> None:
        """A callback waits at the door until somebody looks: no thread is needed."""
        self.abstract = f"\0course{secrets.token_hex(8)}"
        places = [("127.0.0.1", 0), str(self.course / "door"), self.abstract]
        kinds = [(socket.AF_INET, socket.SOCK_STREAM), *[(socket.AF_UNIX, socket.SOCK_STREAM)] * 2]
        self.doors = [self.stack.enter_context(socket.socket(*kind)) for kind in kinds]
        for door, place in zip(self.doors, places, strict=True):
            door.bind(place)
            door.listen(8)
            door.setblocking(False)
        (self.course / "door").chmod(0o777)
        self.letterbox = self.stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        self.letterbox.bind(("127.0.0.1", 0))
        self.letterbox.setblocking(False)

    # --- what was reached -------------------------------------------------------------------------------------

    @property
    def knows(self) -> str:
        """What the attacker is told, as Python."""
        told = {"COURSE": str(self.course), "ABSTRACT": self.abstract, "VARIABLE": VARIABLE, "SLEEPER": SLEEPER}
        told |= {"PORT": self.doors[0].getsockname()[1], "RESOLVER": self.letterbox.getsockname()[1]}
        done = f"DONE = {DONE[:6]!r} {DONE[6:]!r}"  # in two pieces, so that a traceback does not show the word itself
        return "; ".join([done, *(f"{name} = {value!r}" for name, value in told.items())]) + "\n"

    def reached(self, success: str, points: float, text: str) -> bool:
        """Whether an attack had the success that its head names. text: all that is left of its notebook."""
        return {
            "mark": lambda: points > 0,
            "secret": lambda: self.secret in text,
            "wrote": lambda: self._tree() != self.files,
            "connected": self._called,
            "done": lambda: DONE in text,
            "outlives": lambda: bool(sleepers()),
        }[success]()

    def _called(self) -> bool:
        for door in self.doors:
            with contextlib.suppress(BlockingIOError):
                door.accept()[0].close()
                return True
        with contextlib.suppress(BlockingIOError):
            return bool(self.letterbox.recv(1000))
        return False


def sleepers() -> list[psutil.Process]:
    """Processes that an attack has left behind."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if SLEEPER in process.cmdline():
                found.append(process)
    return found
