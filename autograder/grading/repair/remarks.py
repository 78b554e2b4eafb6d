"""What is said of all cells together, and how cells are called in a sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from autograder.grading.model import Slot
from autograder.grading.repair.matching import Matching


def lost_marks(match: Matching) -> Iterable[str]:
    """One sentence for all cells without nbgrader's metadata."""
    marked = {i for i, how in zip(match.slot, match.how, strict=True) if how == "grade_id"}
    slots = match.outline.slots
    lost = [i for i in dict.fromkeys(match.slot) if i is not None and slots[i].grade_id and i not in marked]
    if lost:
        cells = "one cell" if len(lost) == 1 else f"{len(lost)} cells"
        exercises = list(dict.fromkeys(slots[i].exercise for i in lost if slots[i].exercise))
        more = f" and {len(exercises) - 3} more exercises" if len(exercises) > 3 else ""
        whose = f", those of {', '.join(exercises[:3])}{more} among them"
        yield (
            f"nbgrader's marks had been lost from {cells}{whose if exercises else ''}, as Colab and other programs do "
            "it: what belongs where was recognised by the ids or by what stands there."
        )


def order(match: Matching) -> Iterable[str]:
    """Which cells stood in another order than in the assignment."""
    seen: dict[int, int] = {}
    for k, i in enumerate(match.slot):
        if i is not None and k not in match.pulled and match.outline.slots[i].kind not in ("prose", "demo"):
            seen.setdefault(i, k)
    places = list(seen)
    rising = _longest_rising(places)
    moved = [label(match.outline.slots[i]) for i in places if i not in rising]
    if moved:
        verb = "stands" if len(moved) == 1 else "stand"
        yield f"{', '.join(moved)} {verb} in another place than in the assignment: this was put in order."


def _longest_rising(numbers: list[int]) -> set[int]:
    """The members of a longest rising subsequence of different numbers."""
    ends: list[int] = []  # the smallest end of a rising subsequence of each length
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_right(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    found, number = set(), ends[-1] if ends else None
    while number is not None:
        found.add(number)
        number = before[number]
    return found


def label(slot: Slot) -> str:
    if slot.kind == "given":
        return f"The given cell {quoted(first(slot.source))}"
    what = {"solve": "The answer cell of", "check": "The check of", "written": "Your written answer to"}[slot.kind]
    return f"{what} {slot.exercise}"


def first(source: str) -> str:
    """The first line that says something."""
    return next((line.strip() for line in source.split("\n") if line.strip()), "")


def quoted(text: str) -> str:
    """A few of the student's words, without what could break a line or a page."""
    short = "".join(letter for letter in text[:60] if letter.isprintable())
    return f"`{short[:40].rstrip()}…`" if len(text) > 40 else f"`{short}`"
