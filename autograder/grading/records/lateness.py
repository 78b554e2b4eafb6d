"""What lateness costs, by the plug-in that the course's configuration names: nbgrader's own, or an instructor's.

It is worked out whenever marks are read. A due date that is moved, or an extension that is given, after a notebook was
graded thus counts from the next run on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from nbgrader.apps.baseapp import NbGrader
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc

from pushforward.errors import CourseError


class Lateness:
    """nbgrader's AssignLatePenalties with the plug-in of a course folder. Raises CourseError if that has an error."""

    def __init__(self, folder: NbGrader) -> None:
        self._where = f"{folder.coursedir.root}/nbgrader_config.py"
        try:
            self._step = AssignLatePenalties(parent=folder)
            self._step.init_plugin()
        except Exception as error:  # whatever an instructor's plug-in may raise
            raise self._faulty(error) from None

    def penalty(self, student: str, score: float, seconds: float) -> float | None:
        """Points taken off a score, between 0 and all of it, as nbgrader keeps them; None in time."""
        if seconds <= 0:
            return None
        try:
            penalty = self._step.plugin_inst.late_submission_penalty(student, score, seconds)
            return penalty and self._step._check_late_penalty(SimpleNamespace(score=score), penalty)
        except Exception as error:
            raise self._faulty(error) from None

    def _faulty(self, error: Exception) -> CourseError:
        return CourseError(
            f"The late penalties that {self._where} asks for have an error ({error}): correct it, then run this again."
        )


def seconds_late(due: datetime | None, extension: timedelta | None, handed_in: datetime | None) -> float:
    """Seconds after the deadline. nbgrader's own sum fails on an extension of a deadline that does not exist."""
    if due is None or handed_in is None:
        return 0.0
    return max(0.0, (handed_in - due - (extension or timedelta())).total_seconds())


def utc(timestamp: str | None) -> datetime | None:
    """The time as nbgrader keeps it; None if it is not known or cannot be read."""
    try:
        return parse_utc(timestamp)
    except (ValueError, OverflowError):
        return None
