"""How long a notebook takes a student: one formula for all, by its words, exercises, points and questions.

    minutes = words / 120 + 4 · exercises + 2.5 · points of checks + 3 · points of written answers + 2 · questions

Its numbers were set so that it gives what a reviewer who had worked through two of the notebooks thought realistic:
three to three and a half hours for 06, four for 15. An exercise that is planned and not yet written counts 20 minutes,
which is what the written ones take with all that is around them; a notebook without a source has at least those of
_toc.yml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.building.source import Toc, tag_of
from pushforward.contents import Entry

WORDS, EXERCISE, POINT, WRITTEN, QUESTION, PLANNED = 120, 4, 2.5, 3, 2, 20
MARK = "{{time}}"  # in the text of a source: how long the notebook takes, in words


@dataclass
class Load:
    """What there is to do in a notebook. words: of its text without formulas; questions: those with a folded answer."""

    words: int = 0
    exercises: int = 0
    points: float = 0.0
    written: float = 0.0
    questions: int = 0

    @property
    def minutes(self) -> float:
        tasks = EXERCISE * self.exercises + POINT * self.points + WRITTEN * self.written + QUESTION * self.questions
        return self.words / WORDS + tasks


def load(source: NotebookNode) -> Load:
    """What a source asks of its reader."""
    found = Load()
    for cell in source.cells:
        tag = tag_of(cell)
        if tag.kind == "check":
            found.exercises += 1
            found.points += tag.points
        elif tag.kind == "written":
            found.written += tag.points
        elif cell.cell_type == "markdown":
            found.words += len(re.sub(r"\$\$.*?\$\$", " ", cell.source, flags=re.DOTALL).split())
            found.questions += cell.source.count("<details>")
    return found


def minutes_of(entry: Entry, source: NotebookNode | None) -> int:
    """To ten minutes, or to five where it takes less than an hour."""
    if source is None:
        return max(entry.minutes, PLANNED * len(entry.plan))
    written = {tag_of(cell).exercise for cell in source.cells}
    minutes = load(source).minutes + PLANNED * sum(exercise not in written for exercise in entry.plan)
    step = 5 if minutes < 57.5 else 10
    return step * round(minutes / step)


def timed(toc: Toc, sources: Mapping[str, NotebookNode]) -> Toc:
    """The table of contents with the formula's minutes for each notebook that has a source."""
    return replace(toc, notebooks=tuple(replace(e, minutes=minutes_of(e, sources.get(e.name))) for e in toc.notebooks))


def in_words(minutes: int) -> str:
    """about 45 minutes, about 1 hour, about 3½ hours."""
    if minutes < 60:
        return f"about {minutes} minutes"
    whole, half = divmod(round(minutes / 30), 2)
    return f"about {whole}{'½' * half} hour{'' if (whole, half) == (1, 0) else 's'}"


def tell_times(toc: Toc, sources: Mapping[str, NotebookNode]) -> None:
    """Put each notebook's time in the place of its mark."""
    for entry in toc.notebooks:
        for cell in sources[entry.name].cells if entry.name in sources else ():
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(MARK, in_words(entry.minutes))
