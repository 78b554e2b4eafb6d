"""A template prepared for comparison: by which marks, names and words its cells can be recognised."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

from autograder.grading.model import Slot, Template

# At the left margin only. No part of these can match in two ways, so the time is linear in the text.
_DEFINED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_CALL = re.compile(r"check\([ \t]*[\"']([a-z0-9_]+\.[a-z0-9_]+)[\"'][^()\n]*\)[ \t;]*(?:#.*)?")
SHORT = 8  # lines with fewer letters than this stand in many cells


@dataclass(frozen=True)
class Outline:
    """slots and, by their number: names, what a solve cell defines; heads, the first lines of its docstrings.

    by_grade, by_id, by_text: number of the slot with that grade id, cell id, text (if it is the only one);
    blanks: exercise → all its blanks in one text, as `restart` gives them; checks: exercise → number of its check;
    lines: a line → numbers of the slots in which it stands; sizes: how many different lines each slot has.
    """

    assignment: str
    slots: tuple[Slot, ...]
    names: tuple[frozenset[str], ...]
    heads: tuple[tuple[str, ...], ...]
    by_grade: dict[str, int]
    by_id: dict[str, int]
    by_text: dict[str, int]
    blanks: dict[str, str]
    checks: dict[str, int]
    lines: dict[str, tuple[int, ...]]
    sizes: tuple[int, ...]

    def of_kind(self, *kinds: str) -> list[int]:
        """The numbers of the slots of these kinds, in order."""
        return [i for i, slot in enumerate(self.slots) if slot.kind in kinds]


@functools.lru_cache(maxsize=64)
def outline(template: Template) -> Outline:
    """The outline of a template; workers meet the same one again and again."""
    slots, lines = template.slots, {}
    for i, slot in enumerate(slots):
        for line in words(slot.source):
            lines.setdefault(line, []).append(i)
    solve: dict[str, list[Slot]] = {}
    for slot in slots:
        if slot.kind == "solve":
            solve.setdefault(slot.exercise, []).append(slot)
    blanks = {id: normal(" ".join(slot.source for slot in several)) for id, several in solve.items()}
    return Outline(
        template.assignment,
        slots,
        tuple(_names(slot) if slot.kind == "solve" else frozenset() for slot in slots),
        tuple(_heads(slot) if slot.kind == "solve" else () for slot in slots),
        {slot.grade_id: i for i, slot in enumerate(slots) if slot.grade_id},
        {slot.id: i for i, slot in enumerate(slots) if slot.id},
        {**{text: slots.index(solve[id][0]) for id, text in blanks.items()}, **_by_text(slots)},
        blanks,
        {slot.exercise: i for i, slot in enumerate(slots) if slot.kind == "check"},
        {line: tuple(found) for line, found in lines.items()},
        tuple(len(words(slot.source)) for slot in slots),
    )


def normal(text: str) -> str:
    """Text to compare: any white space is one space."""
    return " ".join(text.split())


def words(text: str) -> set[str]:
    """The lines that say something, without their indentation."""
    return {line for line in map(str.strip, text.splitlines()) if len(line) >= SHORT}


def defined(source: str) -> set[str]:
    """The functions and classes that a cell defines at its left margin."""
    return set(_DEFINED.findall(source))


def assigned(source: str) -> set[str]:
    """The names that it assigns there."""
    return set(_ASSIGNED.findall(source))


def called(line: str) -> str:
    """The exercise whose check a line calls and nothing else, "" if it does something else."""
    call = _CALL.fullmatch(line.strip())
    return call[1] if call else ""


def _by_text(slots: tuple[Slot, ...]) -> dict[str, int]:
    texts = [normal(slot.source) for slot in slots]
    often = Counter(texts)
    return {text: i for i, text in enumerate(texts) if often[text] == 1}


def _names(slot: Slot) -> frozenset[str]:
    """What this very cell is to define: an exercise may have several."""
    own = defined(slot.source) | assigned(slot.source)
    return frozenset(own & set(slot.names) or own or slot.names)


def _heads(slot: Slot) -> tuple[str, ...]:
    return tuple(line for line in words(slot.source) if line.startswith('"""'))
