"""The feedback: one page for a student and a notebook, with what was found, why, and what to do about it.

The tables of the checks (Mark.html) are the judge's and go in as they are. All else came from a student, or may have:
it is escaped.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from autograder.grading.model import Mark, Result, Slot, Standing, Template
from autograder.grading.records.cells import cells_by_id, objects, text_of
from autograder.grading.records.counted import settled, waiting
from autograder.grading.reports.pages import page
from autograder.grading.reports.text import excerpt, uncoloured

_BASE64 = re.compile(r"[A-Za-z0-9+/=\n]+")
CODE, PRINTED = 20_000, 2_000  # characters shown of an answer, and of what its cell printed

SAID = {
    "full": ("✓", "full marks"),
    "partial": ("◐", "partly right"),
    "zero": ("✗", "not there yet"),
    "blank": ("○", "not implemented"),
    "stopped": ("!", "its cell came to no end"),
    "not run": ("!", "the check did not run"),
    "waiting": ("…", "waits for a hand grade"),
    "empty": ("○", "no answer"),
    "refused": ("!", "could not be graded"),
}


def feedback_html(result: Result, standing: Standing | None, template: Template) -> str:
    """One HTML page, complete in itself: no script, no link to elsewhere.

    standing: what people and deadlines have added, None if the gradebook knows nothing of the kind.
    """
    standing = standing or Standing()
    marked = settled(result, standing)
    cells = cells_by_id(result.notebook)
    title, headings = _headings(template)
    exercises = [_exercise(mark, standing, cells, template, headings) for mark in marked.marks]
    return page(
        "feedback.html",
        result=marked,
        standing=standing,
        title=title,
        total=standing.total(result),
        waiting=waiting(marked),
        exercises=exercises,
    )


@dataclass(frozen=True)
class Answer:
    """A cell that the student filled in. printed: what was shown under it when the notebook ran; pictures: as URLs."""

    source: str
    printed: str
    pictures: list[str]


@dataclass(frozen=True)
class Exercise:
    """One exercise as the page shows it. table: the judge's own, as HTML; by_hand: somebody set or changed the mark."""

    mark: Mark
    heading: str
    sign: str
    said: str
    table: Markup
    answers: list[Answer]
    by_hand: bool
    comment: str


def _exercise(
    mark: Mark, standing: Standing, cells: dict[str, dict], template: Template, headings: dict[str, str]
) -> Exercise:
    sign, said = SAID.get(mark.status, ("", mark.status))
    if mark.status == "stopped" and (error := re.search(r" (stopped with \w+)", mark.why)):
        said = error[1]
    slots = [s for s in template.slots if s.exercise == mark.exercise and s.kind in ("solve", "written")]
    return Exercise(
        mark=mark,
        heading=headings.get(mark.exercise, ""),
        sign=sign,
        said=said,
        table=Markup(mark.html),
        answers=[_answer(cells[slot.grade_id]) for slot in slots if _is_changed(cells.get(slot.grade_id), slot)],
        by_hand=mark.exercise in standing.hand,
        comment=standing.comments.get(mark.exercise, ""),
    )


# --- what the student wrote ------------------------------------------------------------------------------------


def _is_changed(cell: dict | None, slot: Slot) -> bool:
    """Something stands there that was not handed out."""
    return cell is not None and text_of(cell.get("source")).strip() not in ("", slot.source.strip())


def _answer(cell: dict) -> Answer:
    printed = "".join(map(_shown, objects(cell.get("outputs"))))
    return Answer(
        excerpt(uncoloured(text_of(cell.get("source"))), CODE),
        excerpt(uncoloured(printed[: 4 * PRINTED]), PRINTED).strip("\n"),
        list(_pictures(cell.get("attachments"))),
    )


def _pictures(attached: Any) -> Iterator[str]:
    """Pasted pictures as grading has left them: within the page, so that it loads nothing."""
    for bundle in attached.values() if isinstance(attached, dict) else ():
        for mime, text in bundle.items() if isinstance(bundle, dict) else ():
            if mime in ("image/png", "image/jpeg") and _BASE64.fullmatch(text_of(text)):
                yield f"data:{mime};base64,{text_of(text)}"


def _shown(output: dict) -> str:
    """What was printed, and the error with its message. Pictures stay in the graded notebook."""
    if output.get("output_type") == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}\n"
    return text_of(output.get("text"))


# --- what the notebook calls its parts -------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _headings(template: Template) -> tuple[str, dict[str, str]]:
    """The notebook's title, and of every exercise the heading under which it stands."""
    title, last, found = "", "", {}
    for slot in template.slots:
        if slot.kind == "prose":
            for level, text in _lines(slot.source):
                title, last = (title or text, "") if level == "#" else (title, text)
        elif slot.exercise:
            found[slot.exercise] = last
    return title or template.assignment, found


def _lines(markdown: str) -> Iterator[tuple[str, str]]:
    outside = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)  # a comment in code is no heading
    return iter(re.findall(r"^(#{1,3}) +(.+?) *$", outside, flags=re.MULTILINE))
