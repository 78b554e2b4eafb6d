"""The one kind of error that people who use the course can cause."""

from __future__ import annotations

from collections.abc import Sequence


class CourseError(Exception):
    """One clear sentence with the mend. Notebooks show the sentence alone, command lines print it and exit with 2."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
