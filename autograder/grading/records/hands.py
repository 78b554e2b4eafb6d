"""Hand grades belong to an answer, not to a student: they stand as long as its text stands.

When another hand-in counts, the grades of answers that are the same stay. Those of answers that have changed are taken
back and remembered, so that they return with the answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.grading.model import Template
from autograder.grading.records.cells import cells_by_id, text_of


@dataclass(frozen=True)
class Hand:
    """What a person has given an exercise in the gradebook: points, extra credit, a comment. None: nothing."""

    points: float | None = None
    extra: float | None = None
    comment: str | None = None


def answers(notebook: str, template: Template, handed: str) -> dict[str, str]:
    """Every graded exercise → a hash of what was answered. Of a refused hand-in, that of all of it."""
    known = cells_by_id(notebook)
    written: dict[str, list] = {slot.exercise: [] if notebook else [handed] for slot in template.graded}
    for slot in template.slots:
        if slot.kind in ("solve", "written") and slot.exercise in written:
            cell = known.get(slot.grade_id, {})
            written[slot.exercise].append([text_of(cell.get("source")).strip(), cell.get("attachments")])
    return {exercise: _hash(parts) for exercise, parts in written.items()}


def _hash(parts: list) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def remembered(standing: str) -> dict[str, Hand]:
    """The hand grades of a standing that was written down as JSON. Extra credit is known as a sum only."""
    facts = json.loads(standing)
    hand, comments = facts["hand"], facts["comments"]
    found = {name: Hand(hand.get(name), None, comments.get(name)) for name in (*hand, *comments)}
    first = next(iter(found), None)
    return found | ({first: replace(found[first], extra=facts["extra"])} if first and facts["extra"] else {})


def moved(
    now: Mapping[str, Hand],
    answers: tuple[Mapping[str, str], Mapping[str, str]],
    kept: Mapping[tuple[str, str], Hand],
) -> dict[str, Hand]:
    """Exercise → the hand grade that it gets with its new answer, for those where this changes.

    now: what stands in the gradebook; answers: before and after; kept: what was remembered, by exercise and answer.
    """
    before, after = answers
    changed = [exercise for exercise in after if before.get(exercise) != after[exercise]]
    wanted = {exercise: kept.get((exercise, after[exercise]), Hand()) for exercise in changed}
    return {exercise: hand for exercise, hand in wanted.items() if now.get(exercise, Hand()) != hand}
