"""How far a student has come: points earned of those there are, by notebook, and what is next."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from pushforward.contents import Entry
from pushforward.record import Reached


@dataclass(frozen=True)
class Sum:
    """Points earned of those that could be."""

    earned: float
    possible: float

    @property
    def share(self) -> float:
        return min(self.earned / self.possible, 1.0) if self.possible else 0.0

    def __str__(self) -> str:
        return f"{_number(self.earned)} of {_number(self.possible)}"


class Standing:
    """The table of exercises beside what has been reached. Checks and own marks of written answers stay apart."""

    def __init__(self, table: Mapping[str, dict[str, Any]], reached: Mapping[str, Reached]) -> None:
        self.table, self.reached = table, reached

    @property
    def notebooks(self) -> list[str]:
        return list(dict.fromkeys(row["notebook"] for row in self.table.values()))

    def checks(self, *notebooks: str) -> Sum:
        """What checks have given, in these notebooks or in all."""
        return self._sum(notebooks, written=False)

    def own_marks(self, *notebooks: str) -> Sum:
        """What the student has given herself for written answers, of the points of those that she marked."""
        return self._sum(notebooks, written=True)

    def _sum(self, notebooks: tuple[str, ...], written: bool) -> Sum:
        rows = [(id, row) for id, row in self.table.items() if not notebooks or row["notebook"] in notebooks]
        rows = [(id, row) for id, row in rows if (row["kind"] == "written") is written]
        earned = sum(min(self.reached[id].points, row["points"]) for id, row in rows if id in self.reached)
        return Sum(earned, sum(row["points"] for id, row in rows if not written or id in self.reached))

    def next(self) -> tuple[str, str] | None:
        """The first check that does not have its full points, and its notebook."""
        rows = ((id, row) for id, row in self.table.items() if row["kind"] != "written")
        return next(((id, row["notebook"]) for id, row in rows if not self._is_full(id)), None)

    def _is_full(self, id: str) -> bool:
        return id in self.reached and self.reached[id].full

    def line(self, id: str) -> str:
        """One exercise: what it has brought."""
        row, reached = self.table[id], self.reached.get(id)
        worth = _number(row["points"])
        if row["kind"] == "written":
            state = f"own {_number(reached.points)} of {worth}" if reached else f"by hand, {worth}"
        elif reached:
            state = f"{'✓' if reached.full else ' '} {_number(reached.points)} of {worth}"
        else:
            state = f"not run, {worth}"
        return f"  {state:>14}  {id}"


@dataclass(frozen=True)
class Way:
    """The whole course: in words, and in a notebook with the map and links to the notebooks."""

    standing: Standing
    notebooks: tuple[Entry, ...]
    ready: frozenset[str]

    def __repr__(self) -> str:
        return "\n".join(self._lines(str))

    def _repr_html_(self) -> str:
        lines = "\n".join(self._lines(lambda name: f'<a href="{escape(name)}.ipynb">{escape(name)}</a>'))
        return f"{self._picture()}<pre>{lines}</pre>"

    def _lines(self, named: Any) -> Iterator[str]:
        standing = self.standing
        yield f"Your way through the course: {standing.checks()} points{_beside(standing.own_marks())}."
        for name in standing.notebooks:
            sum = standing.checks(name)
            yield f"  {_bar(sum.share)}  {sum!s:>13}  {named(name)}{_beside(standing.own_marks(name))}"
        id, notebook = standing.next() or ("", "")
        yield f"Next: {id} in {named(notebook)}." if id else "Every check is passed."

    def _picture(self) -> str:
        """The map, as a picture that carries its own frame, so that it stands on a dark page too."""
        from pushforward.figures.course_map import course_map, description

        if not self.notebooks:
            return ""
        done = {name: self.standing.checks(name).share for name in self.standing.notebooks}
        svg = base64.b64encode(course_map(self.notebooks, self.ready, done).encode()).decode()
        alt = escape(description(self.notebooks, self.ready, done), quote=True)
        return f'<img alt="{alt}" src="data:image/svg+xml;base64,{svg}" style="max-width: 100%">'


def _number(points: float) -> str:
    from autograder.judging.report import number  # late: `import pushforward` should not wait for it

    return number(points)


def _beside(own: Sum) -> str:
    return f" (and {own} by your own mark)" if own.possible else ""


def _bar(share: float) -> str:
    tenths = int(10 * share + 1e-9)
    return "█" * tenths + "░" * (10 - tenths)
