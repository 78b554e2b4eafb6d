"""One notebook in the sandbox: its cells in order, and the asks of its checks at their places.

A cell or a check that ends the process, by accident or not, costs only itself: a fresh process runs the other cells
again and goes on. A process that sends what it was not asked for has ended the notebook.

What a limit by the clock ends is named in `by_clock`: another run may have more luck.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

from nbformat import NotebookNode

from autograder.grading.model import Limits
from autograder.grading.sandbox.ended import Ended
from autograder.grading.sandbox.inmate import Inmate
from autograder.grading.sandbox.outputs import Room
from autograder.grading.sandbox.sandbox import Sandbox
from autograder.judging.meter import Time

AGAIN = 3  # how often a notebook may end its process


@dataclass
class Clock:
    """Seconds spent so far, by the clock. cells: in the student's cells; student: in their functions, as asked."""

    cells: float = 0.0
    student: float = 0.0


class Session:
    """A context manager. `plan`, `run` and `ask` never raise for what the student's code does; `closed` says why not.

    Raises Ended("sandbox") when the sandbox itself has died, which is nobody's fault: begin again.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits, beside: tuple[tuple[str, bytes], ...] = ()) -> None:
        """beside: files that stand in the folder of every process, as (path, content)."""
        self.sandbox, self.limits, self.beside = sandbox, limits, beside
        self.born, self.before = time.monotonic(), Time()  # before: what processes used that are over
        self.inmate: Inmate | None = None
        self.done: list[str] = []  # what a fresh process must run before it can go on
        self.closed = ""
        self.incidents: list[str] = []
        self.by_clock: list[str] = []
        self.clock, self.room = Clock(), Room()
        self.lost = 0

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: Any) -> None:
        if self.inmate:
            self.inmate.end()

    def plan(self, cells: list[list[str]]) -> list[int]:
        """The demonstrations that other cells need, none if the process does not say."""
        return self._guarded("The notebook", lambda inmate: inmate.plan(cells, self.left())) or []

    def run(self, source: str, name: str) -> tuple[dict[str, Any] | None, str]:
        """Run a cell: its outcome (None if it ended the process) and what it printed. name: "Your cell …"."""
        start = time.monotonic()
        outcome = self._guarded(name, lambda inmate: inmate.run(source, self.left()))
        self.clock.cells += time.monotonic() - start
        if outcome is not None:
            self.done.append(source)
        return outcome, self._printed(name)

    def given_up(self, name: str, sentence: str) -> None:
        """The judge was interrupted over an answer, and so perhaps a callback: a fresh process goes on."""
        if self.inmate:
            self.inmate.end()
        self.note(name, Ended("judge", sentence))

    def link(self, name: str) -> Link:
        """What a check asks through."""
        return Link(self, name)

    def kept(self, found: list[NotebookNode]) -> list[NotebookNode]:
        """The outputs of a cell, as far as there is room for them in the notebook."""
        full, kept = self.room.full, self.room.fitted(found)
        if self.room.full and not full:
            self.incidents.append("The notebook showed more than is kept of one: the rest was left out.")
        return kept

    def _printed(self, name: str) -> str:
        try:
            return self.inmate.text() if self.inmate and self.inmate.alive else ""
        except Ended as end:  # what was started has gone on printing
            self.note(name, end)
            return ""

    def _guarded(self, name: str, step: Any) -> Any:
        """The step's result in a living process, None if there is none or the step ended it."""
        if self._alive():
            try:
                return step(self.inmate)
            except Ended as end:
                self.note(name, end)
        return None

    def note(self, name: str, end: Ended) -> None:
        """Write down how a step ended the process, and whether that was once too often."""
        if end.kind == "sandbox":
            raise end
        self.incidents.append(f"{name}: {end.sentence}")
        self.by_clock += [name] if end.by_clock else []
        self.lost += 1
        if end.kind == "frame":
            self.closed = end.sentence
        elif self.lost > AGAIN:
            self.closed = f"The notebook ended its process {self.lost} times."

    def _alive(self) -> bool:
        """Whether a process is there that has run all earlier cells; makes one if need be."""
        left = self._notebook()
        if not self.closed and left.gone:
            self.closed = f"The notebook took longer than {self.limits.notebook_seconds:g} s."
            self.incidents.append(self.closed)
            self.by_clock += ["The notebook"] if left.by_clock else []
        if self.closed or (self.inmate and self.inmate.alive):
            return not self.closed
        self.before += self.inmate.meter.spent if self.inmate else Time()
        self.inmate = self.sandbox.start(self.limits)
        try:
            self._place()
            for source in self.done:
                self.inmate.run(source, self.left())
            self.inmate.text()
        except Ended as end:
            self.note("The cells of the notebook, run again", end)
            self.closed = self.closed or "The notebook's cells ended their process when they were run again."
        return not self.closed

    def _place(self) -> None:
        missing = len(self.beside) - self.inmate.place(self.beside, self.left()) if self.beside else 0
        if missing and not self.done:
            self.incidents.append(f"For {missing} of the files beside the notebook there was no room.")

    def left(self) -> Time:
        """What the next cell may use."""
        return Time.of(self.limits.cell_seconds, self.limits.patience).least(self._notebook())

    def _notebook(self) -> Time:
        """What the whole notebook may still use. By the clock, the judge's time is in it."""
        used = self.before + self.inmate.meter.spent if self.inmate else self.before
        all_in_all = Time(used.cpu, used.idle, time.monotonic() - self.born)
        return Time.of(self.limits.notebook_seconds, self.limits.patience) - all_in_all


class Link:
    """The way of one check to the student's code: it counts the answers and the seconds, and keeps what was printed."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.name = session, name
        self.left = session.left()
        self.answered, self.student = 0, 0.0
        self.over: Ended | None = None
        self.turn = Lock()  # held while it is the student's

    def ask(self, head: dict, arrays: list, respond: Any) -> tuple[dict, list]:
        """As autograder.judging.judge.Link. What ends the process is an unanswered ask, and so are all after it."""
        start, judged = time.monotonic(), 0.0

        def reply(*call: Any) -> tuple[dict, list]:
            nonlocal judged
            began = time.monotonic()
            self.turn.release()
            try:
                answer = respond(*call)
            finally:
                self.turn.acquire()
            judged += time.monotonic() - began
            return answer

        with self.turn:
            try:
                return self._answer(head, arrays, reply)
            finally:
                spent = time.monotonic() - start - judged
                self.student += spent
                self.session.clock.student += spent

    def _answer(self, head: dict, arrays: list, reply: Any) -> tuple[dict, list]:
        session = self.session
        try:
            if self.over:
                return _unanswered(self.over)
            if not session._alive():
                return _unanswered(Ended("ended", f"The check did not run. {session.closed}"))
            answer = self._metered(session.inmate, head, arrays, reply)
            self.answered += 1
            return answer
        except Ended as end:
            self._ended(end)
            return _unanswered(end)

    def look(self) -> None:
        """While the judge works, on another thread: what the student's processes hold meanwhile."""
        if not self.over and self.session.inmate and self.session.inmate.alive:
            try:
                self.session.inmate.look()
            except Ended as end:
                self._ended(end)

    def _ended(self, end: Ended) -> None:
        if not self.over:
            self.over = end
            self.session.note(self.name, end)

    def _metered(self, inmate: Inmate, head: dict, arrays: list, reply: Any) -> tuple[dict, list]:
        """All questions of a check together have the time of a cell. Cells that had to run again take none of it."""
        begun = inmate.meter.spent
        try:
            return inmate.ask(head, arrays, reply, self.left.least(self.session.left()))
        finally:
            self.left -= inmate.meter.spent - begun

    def printed(self) -> str:
        """What the student's functions printed while they were asked."""
        return self.session._printed(self.name)


def _unanswered(end: Ended) -> tuple[dict, list]:
    return {"error": {"kind": "late" if end.kind == "late" else "ended", "message": end.sentence}}, []
