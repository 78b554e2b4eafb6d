"""What was handed in, once it has been read: cells as data, which cross between processes as plain lists of strings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in. kind: code, markdown or raw; id and grade_id: "" where there is none."""

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""


@dataclass(frozen=True)
class Handed:
    """What could be read. kernel: its name, "" if none is named; repairs: sentences to the student."""

    cells: tuple[Cell, ...]
    kernel: str
    repairs: tuple[str, ...]

    def plain(self) -> list:
        """As JSON can hold it."""
        cells = [[cell.kind, cell.source, cell.id, cell.grade_id] for cell in self.cells]
        return [cells, self.kernel, list(self.repairs)]

    @classmethod
    def of(cls, plain: Any) -> Handed:
        """Raises ValueError for anything that `plain` does not return."""
        cells, kernel, repairs = plain
        if not all(type(text) is str for row in (*cells, (kernel, *repairs)) for text in row):
            raise ValueError("not all of it is text")
        if any(len(row) != 4 for row in cells):
            raise ValueError("a cell is none")
        return cls(tuple(Cell(*row) for row in cells), kernel, tuple(repairs))
