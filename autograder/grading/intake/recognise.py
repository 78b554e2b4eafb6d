"""Which assignment a notebook belongs to, by what stands in it, and how much of it is filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from autograder.grading.model import Template
from autograder.grading.reading.reading import mentions, read
from autograder.grading.repair.outline import outline, words
from autograder.grading.repair.repair import Unreadable, repair

FEW = 3  # lines that two texts may share by accident


def recognise(content: bytes, templates: dict[str, Template]) -> str:
    """The name of the assignment, "" if none has anything in common with the notebook.

    Raises Unreadable, which says what it is, for what mentions nothing of the course and is no notebook at all.
    """
    outlines = {name: outline(template) for name, template in templates.items()}
    known = (
        {name: {id for id, i in o.by_grade.items() if o.slots[i].exercise} for name, o in outlines.items()},
        {name: set(o.checks) for name, o in outlines.items()},
        {name: set().union(*o.names) for name, o in outlines.items()},
    )
    found = mentions(content, [set().union(*of.values()) for of in known])
    for counted, of in zip(found, known, strict=True):
        if best := _best(counted, of):
            return best
    lines = {name: set(o.lines) for name, o in outlines.items()}
    return _best(Counter(_lines(content)), lines, FEW)


def _best(found: Mapping[str, int], known: dict[str, set[str]], least: int = 1) -> str:
    """Whose words occur most often; of two with the same number the first."""
    scores = {name: sum(found[word] for word in theirs & found.keys()) for name, theirs in known.items()}
    best = max(scores, key=scores.__getitem__, default="")
    return best if best and scores[best] >= least else ""


def _lines(content: bytes) -> Iterable[str]:
    return [line for cell in read(content).cells for line in words(cell.source)]


def filled(content: bytes, template: Template) -> int:
    """How many blanks are filled in, −1 if the notebook cannot be read."""
    try:
        notebook = repair(content, template).notebook
    except Unreadable:
        return -1
    blank = {slot.grade_id: slot.source for slot in template.slots if slot.kind in ("solve", "written")}
    ids = [(cell, cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells]
    return sum(id in blank and cell.source != blank[id] for cell, id in ids)
