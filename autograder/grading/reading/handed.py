"""What was handed in, once it has been read: cells as data, which cross between processes as plain lists of strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograder.grading.reading.pictures import Picture, is_ours


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in. kind: code, markdown or raw; id and grade_id: "" where there is none.

    attachments: the pictures in its text, by names that occur once in the notebook.
    """

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    attachments: dict[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True)
class Handed:
    """What could be read. kernel: its name, "" if none is named; repairs: sentences to the student."""

    cells: tuple[Cell, ...]
    kernel: str
    repairs: tuple[str, ...]

    def plain(self) -> list:
        """As JSON can hold it."""
        cells = [[cell.kind, cell.source, cell.id, cell.grade_id] for cell in self.cells]
        pictures = [
            [n, name, *picture] for n, cell in enumerate(self.cells) for name, picture in cell.attachments.items()
        ]
        return [cells, self.kernel, list(self.repairs), pictures]

    @classmethod
    def of(cls, plain: Any) -> Handed:
        """Raises ValueError for anything that `plain` does not return."""
        cells, kernel, repairs, pictures = plain
        if not all(type(text) is str for row in (*cells, (kernel, *repairs)) for text in row):
            raise ValueError("not all of it is text")
        if any(len(row) != 4 for row in cells):
            raise ValueError("a cell is none")
        attached: list[dict[str, Picture]] = [{} for _ in cells]
        for n, name, mime, text in pictures:
            if not (type(n) is int and 0 <= n < len(cells) and is_ours(name, mime, text)):
                raise ValueError("a picture is none")
            attached[n][name] = mime, text
        found = (Cell(*row, more) for row, more in zip(cells, attached, strict=True))
        return cls(tuple(found), kernel, tuple(repairs))
