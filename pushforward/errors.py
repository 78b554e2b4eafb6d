"""The one kind of error that people who use the course can cause."""

from __future__ import annotations


class CourseError(Exception):
    """One clear sentence with the mend. Notebooks show the sentence alone, command lines print it and exit with 2."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
