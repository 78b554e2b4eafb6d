"""Graders to try an attack on: ours, and, as controls, those in which it succeeds.

stock                 nbgrader's Execute and marks, the course's check in the student's kernel
ordinary              the same with an ordinary test in the check's cell: the head's `test`
without X+Y           our sandbox less its files, network, syscalls or namespaces
raised NAME=NUMBER    our sandbox with larger limits
none                  our grader without a sandbox
trusting              our sandbox with a link that takes what comes
shared, grouped       a grader that runs its students in one process, in one process group
"""

from __future__ import annotations

import dataclasses
import json
import math
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.grading import grade as grading
from autograder.grading.grade import Run, run_notebook
from autograder.grading.model import Job, Limits, Result, kind_of
from autograder.grading.repair.repair import repair
from autograder.grading.sandbox.ended import Ended
from autograder.grading.sandbox.inmate import ANSWERS, Inmate
from autograder.grading.sandbox.sandbox import Sandbox
from pushforward.answering import wire
from tests.attacks.corpus import FAST, Attack, attacked, limited, released, submission
from tests.attacks.stock import Stock, marks

ROOMY = Limits(cell_seconds=8, notebook_seconds=90)
SEED = 20261


@dataclass
class Seen:
    """What came of an attack. points: of the attacked exercise; shown: everything that is left to be read.

    accepted: answers that nobody had asked for; large: a frame beyond the limits came in; stopped: the grader itself
    came to an end, or did not come on.
    """

    points: float = 0.0
    shown: str = ""
    accepted: bool = False
    large: bool = False
    stopped: bool = False
    marks: dict[str, float] = field(default_factory=dict)


# --- ours -------------------------------------------------------------------------------------------------------


def graded(student: str, made: NotebookNode, assignment: str, limits: Limits, sandbox: str = "bubblewrap") -> Result:
    """One submission by the grader as it is, in this worker's warm process."""
    job = Job(submission(student, made, assignment), released(assignment), SEED, limits, sandbox)
    return grading.grade(job)


def seen(result: Result, attack: Attack) -> Seen:
    """What a teacher and a student can read of it."""
    text = json.dumps([dataclasses.asdict(mark) for mark in result.marks]) + "\n".join(result.incidents)
    points = {mark.exercise: mark.points or 0.0 for mark in result.marks}
    shown = text + _outputs(json.loads(result.notebook)["cells"])
    return Seen(points[attack.exercise], shown, marks=points)


def _outputs(cells: list) -> str:
    return json.dumps([cell.get("outputs") for cell in cells])


# --- others -----------------------------------------------------------------------------------------------------


def control(attack: Attack, knows: str, stock: Callable[[], Stock]) -> Seen:
    """The attack in the grader that its head names."""
    kind, _, detail = attack.head["control"].partition(" ")
    if kind in ("stock", "ordinary"):
        return _stock(attack, knows, stock())
    if kind in ("shared", "grouped"):
        return _outside(attack, knows, kind)
    limits = dataclasses.replace(ROOMY, disk=attack.limits.disk)
    if kind == "raised":
        return _ours(attack, knows, _sandbox(Sandbox), limited(attack.limits, detail))
    if kind == "none":
        return _ours(attack, knows, _sandbox(Sandbox, "none"), limits)
    if kind == "trusting":
        return _trusting(attack, knows)
    return _ours(attack, knows, _sandbox(Sandbox, "bubblewrap", frozenset(detail.split("+"))), limits)


def _stock(attack: Attack, knows: str, stock: Stock) -> Seen:
    made = attacked(attack, knows)
    made.cells = [cell for cell in made.cells if kind_of(cell) != "demo"]
    for cell in made.cells:
        if "test" in attack.head and kind_of(cell) == "check":
            own = cell.metadata.nbgrader.grade_id == attack.exercise.replace(".", "-")
            cell.source = f"{SETTING}{attack.head['test']}" if own else ""
    try:
        run = stock.run(made)
    except Exception as problem:  # nbgrader's end of this notebook
        return Seen(stopped=True, shown=repr(problem))
    found = marks(run)
    return Seen(found[attack.exercise.replace(".", "-")], _outputs(run.cells), marks=found)


SETTING = """\
import torch
x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
expected = torch.tensor([[-1.0, -1.0], [1.0, 1.0]])
"""


_sandboxes: dict[tuple, Sandbox] = {}


def _sandbox(*kind: Any) -> Sandbox:
    """One of each kind, with its warm process, for all attacks."""
    if kind not in _sandboxes:
        _sandboxes[kind] = kind[0](*kind[1:])
    return _sandboxes[kind]


def close() -> None:
    """End the warm processes of all controls."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _ours(attack: Attack, knows: str, sandbox: Sandbox, limits: Limits) -> Seen:
    made = repair(submission("m", attacked(attack, knows), attack.assignment).content, released(attack.assignment))
    sandbox.start(limits).end()
    warm = sandbox.process
    for _ in range(2 if "twice" in attack.head else 1):
        run = run_notebook(made.notebook, lambda _: 7, limits, sandbox)
    return dataclasses.replace(_seen(run, attack), stopped=sandbox.process is not warm)


def _seen(run: Run, attack: Attack) -> Seen:
    points = {mark.exercise: mark.points or 0.0 for mark in run.marks}
    text = " ".join([*run.incidents, *(mark.html + mark.why for mark in run.marks)])
    return Seen(points[attack.exercise], text + _outputs(run.notebook.cells), marks=points)


def _outside(attack: Attack, knows: str, kind: str) -> Seen:
    """A grader that shares its process, or its process group, with one student after the other: is the next reached?"""
    program = "import sys\nnames = {}\ntry:\n    exec(sys.stdin.read(), names)\n    names['standardise'](None)\n"
    program += "except Exception as error:\n    str(error)\nimport time\ntime.sleep(0.2)\n"
    if kind == "grouped":
        program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {program!r}], stdin=0)\n"
    command = [sys.executable, "-c", program + "print('the next student')"]
    done = subprocess.run(
        command, input=knows + attack.text, capture_output=True, text=True, timeout=60, start_new_session=True
    )
    return Seen(shown=done.stdout, stopped="the next student" not in done.stdout)


# --- a link that trusts -----------------------------------------------------------------------------------------


class TrustingInmate(Inmate):
    """Takes the next answer that comes, whatever it answers, however late, large or odd."""

    found: Seen
    asked = 0

    def ask(self, head: dict, arrays: list, respond: Any, seconds: float) -> tuple[dict, list]:
        if self.found.accepted or self.found.large or self.found.stopped:
            self._refuse("all that it wanted")  # what succeeded once need not succeed at every question
        began, self.asked = time.monotonic(), self.asked + 1
        self._allow(3 * FAST.cell_seconds)
        try:
            return self._asked(head, arrays, respond)
        finally:
            self.found.stopped = self.found.stopped or time.monotonic() - began > FAST.cell_seconds

    def _asked(self, head: dict, arrays: list, respond: Any) -> tuple[dict, list]:
        self._put({**head, "id": self.asked}, arrays)
        while True:
            answer, out = self._get()
            self.answered += sum(array.nbytes for array in out)
            self.found.large = self.found.large or self.answered > ANSWERS
            if "callback" not in answer:
                expected = answer.pop("id", None) == self.asked and len(answer) == 1
                self.found.accepted = self.found.accepted or not expected
                return answer, out
            self._put(*respond(answer, out))

    def _put(self, head: dict, arrays: list) -> None:
        self.found.accepted = self.found.accepted or bool(self.buffer) or self._readable()
        wire.put(self, head, arrays)

    def _get(self) -> tuple[dict, list]:
        try:
            n_header, n_body = struct.unpack("<II", wire._read(self, 8))
            self.found.large = self.found.large or max(n_header, n_body) > wire.MAX_BODY
            head, body = json.loads(wire._read(self, n_header)), wire._read(self, n_body)
            shapes = [(np.dtype(name), shape) for name, shape in head.pop("arrays")]
            return head, [np.frombuffer(body, dtype, math.prod(shape)).reshape(shape) for dtype, shape in shapes]
        except Ended:
            raise
        except Exception as problem:  # where a grader without a net would have come down
            self.found.stopped = True
            self._refuse(repr(problem))


class TrustingSandbox(Sandbox):
    """The same sandbox, but its inmates are believed."""

    def start(self, limits: Limits) -> Inmate:
        inmate = super().start(limits)
        inmate.__class__, inmate.found = TrustingInmate, self.found
        return inmate


def _trusting(attack: Attack, knows: str) -> Seen:
    sandbox = _sandbox(TrustingSandbox)
    sandbox.found = Seen()
    found = _ours(attack, knows, sandbox, dataclasses.replace(ROOMY, memory=2048))
    either = found.stopped or sandbox.found.stopped
    return dataclasses.replace(found, accepted=sandbox.found.accepted, large=sandbox.found.large, stopped=either)
