"""`make demo`: an invented class for the command that grades real ones, so that everybody can see what comes out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from autograder.grading.model import Limits
from autograder.grading.plan import Options
from autograder.grading.sandbox.sandbox import ready
from autograder.measuring.synthetic import WHOLE, write_class
from pushforward.errors import CourseError

STUDENTS, SEED = 30, 15
ASSIGNMENTS = ("00_start_here", "15_diffusion_forward")
LIMITS = Limits(cell_seconds=5, notebook_seconds=60)  # nobody wants to wait for the endless loop
MARK = ".demo"  # stands in a folder that this command may write anew


def options(root: Path, out: Path, sandbox: str = "bubblewrap", students: int = STUDENTS) -> Options:
    """Write the class into out/submitted. Returns how to grade it.

    Without a sandbox the class has no hostile students. Raises CourseError where bubblewrap is missing, and where
    `out` holds submissions of real people.
    """
    try:
        ready(sandbox)
    except CourseError as problem:
        raise CourseError(f"{problem} Here: make demo SANDBOX=none, which leaves the hostile students out.") from None
    mix = {kind: share for kind, share in WHOLE.items() if sandbox != "none" or kind != "hostile"}
    write_class(root, _empty(out), students, ASSIGNMENTS, SEED, mix)
    return Options(out / "submitted", out, sandbox=sandbox, seed=SEED, limits=LIMITS)


def _empty(out: Path) -> Path:
    submitted = out / "submitted"
    if submitted.exists() and not (out / MARK).exists():
        raise CourseError(f"{submitted} was not invented by this command: choose another folder with --out.")
    shutil.rmtree(submitted, ignore_errors=True)
    submitted.mkdir(parents=True)
    (out / MARK).touch()
    return submitted


def introduction(sandbox: str, students: int = STUDENTS, assignments: Sequence[str] = ASSIGNMENTS) -> str:
    """What is about to happen, in one sentence."""
    hostile = "" if sandbox == "none" else " and hostile"
    return f"{students} invented students, diligent, mistaken, damaged{hostile}, hand in {' and '.join(assignments)}."
