"""Which assignment a notebook belongs to, by what stands in it, and how much of it is filled in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from autograder.grading.model import Template
from autograder.grading.reading.decode import decoded
from autograder.grading.reading.reading import read
from autograder.grading.repair.outline import outline, words
from autograder.grading.repair.repair import Unreadable, repair

# In the text of the file: parsing a notebook with large outputs takes longer. Quotes may be escaped there.
_GRADE_ID = re.compile(r'"grade_id\\?"\s*:\s*\\?"([\w-]+)')
_CHECK = re.compile(r"check\([ \t]*\\?[\"']([a-z0-9_]+\.[a-z0-9_]+)")
_FUNCTION = re.compile(r"(?:def|class)[ \t]+(\w+)")
FEW = 3  # lines that two texts may share by accident


def recognise(content: bytes, templates: dict[str, Template]) -> str:
    """The name of the assignment, "" if none has anything in common with the notebook."""
    text, _ = decoded(content)
    outlines = {name: outline(template) for name, template in templates.items()}
    graded = {name: {id for id, i in o.by_grade.items() if o.slots[i].exercise} for name, o in outlines.items()}
    for pattern, known in (
        (_GRADE_ID, graded),
        (_CHECK, {name: set(o.checks) for name, o in outlines.items()}),
        (_FUNCTION, {name: set().union(*o.names) for name, o in outlines.items()}),
    ):
        if best := _best(pattern.findall(text), known):
            return best
    lines = {name: set(o.lines) for name, o in outlines.items()}
    return _best(_lines(content), lines, FEW)


def _best(found: Iterable[str], known: dict[str, set[str]], least: int = 1) -> str:
    """Whose words occur most often; of two with the same number the first."""
    found = Counter(found)
    scores = {name: sum(found[word] for word in theirs & found.keys()) for name, theirs in known.items()}
    best = max(scores, key=scores.__getitem__, default="")
    return best if best and scores[best] >= least else ""


def _lines(content: bytes) -> Iterable[str]:
    try:
        cells = read(content).cells
    except Unreadable:
        return []
    return [line for cell in cells for line in words(cell.source)]


def filled(content: bytes, template: Template) -> int:
    """How many blanks are filled in, −1 if the notebook cannot be read."""
    try:
        notebook = repair(content, template).notebook
    except Unreadable:
        return -1
    blank = {slot.grade_id: slot.source for slot in template.slots if slot.kind in ("solve", "written")}
    ids = [(cell, cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells]
    return sum(id in blank and cell.source != blank[id] for cell, id in ids)
