"""The class report: one static page that says how a class did, what it found hard, and what waits for the teacher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from autograder.grading.model import Result
from autograder.grading.records.counted import Standings, in_order, settled, standing_of, waiting
from autograder.grading.reports import overview, similarity
from autograder.grading.reports.items import FEWEST, Item, items
from autograder.grading.reports.names import Names
from autograder.grading.reports.overview import Need, Success
from autograder.grading.reports.pages import count, page, percent
from autograder.grading.reports.similarity import Pair
from autograder.grading.roster.enrolment import Enrolment

# How much a section shows before it says how much more there is: a report on a thousand students stays readable.
HELPED, SLOWEST, SENTENCES, PEOPLE, MISTAKES, PAIRS = 20, 10, 40, 12, 4, 15


def class_report(
    results: Iterable[Result],
    standings: Standings,
    *,
    class_: Enrolment | None = None,
    pairs: Iterable[Pair] = (),
    anonymous: bool = False,
    title: str = "Class report",
) -> str:
    """One HTML page, complete in itself: no script, no link to elsewhere.

    class_: what a roster tells of it, if there is one; pairs: of students with answers alike.

    It can hide the names by itself, but holds them; with anonymous=True it holds none, neither as a heading nor in a
    sentence: students are numbered in the order in which they need help, and only whoever reads the marks can guess.
    """
    rows = [settled(result, standing_of(result, standings)) for result in in_order(results)]
    needs = overview.by_need(rows, standings)
    called = {**class_.withdrawn, **{s: person.name for s, person in class_.people.items()}} if class_ else {}
    names = Names([need.student for need in needs], rows, anonymous=anonymous, called=called)
    turn = {need.student: i for i, need in enumerate(needs)}
    listed = sorted(rows, key=lambda row: (turn[row.student], row.assignment))  # an order by name would tell the names
    return page(
        "report.html",
        title=title,
        anonymous=anonymous,
        students=len(needs),
        results=rows,
        waiting=sum(map(waiting, rows)),
        shown_mistakes=MISTAKES,
        fewest=FEWEST,
        open_doors=sum(not row.isolated for row in rows),
        assignments=[_assignment(name, rows, standings) for name in sorted({row.assignment for row in rows})],
        help=_help(needs, names),
        refused=[(names.who(row.student), row.assignment, names.said(row.reason)) for row in listed if row.reason],
        repairs=_sentences(((row.student, said) for row in listed for said in row.repairs), names),
        others=_sentences(((row.student, said) for row in listed for said in row.others), names),
        incidents=_sentences(((row.student, said) for row in listed for said in row.incidents), names),
        silent=_sentences(((row.student, f"{m.exercise}: {m.why}") for row in listed for m in _silent(row)), names),
        slowest=_slowest(listed, names),
        alike=_alike(pairs, names),
        class_=_class(class_, names) if class_ else None,
        rare_from=similarity.FEWEST,
        marks=_marks(rows, standings, names),
    )


@dataclass(frozen=True)
class Assignment:
    """What the page says of one assignment. shares: of the notebooks that could be graded, most of them later."""

    name: str
    notebooks: int
    refused: int
    shares: list[float]
    figure: Markup
    summary: str
    code: list[Success]
    written: list[Success]
    items: list[Item]

    @property
    def columns(self) -> int:
        """How many of an exercise's mistakes are shown side by side."""
        return min(max((len(exercise.mistakes) for exercise in self.code), default=0), MISTAKES)

    @property
    def waits(self) -> bool:
        """Some check could not be judged, so that a person must give the mark."""
        return any(exercise.statuses["waiting"] for exercise in self.code)


def _assignment(name: str, rows: list[Result], standings: Standings) -> Assignment:
    own = [row for row in rows if row.assignment == name]
    found = [overview.share([row], standings) for row in own]
    shares = [value for value in found if value is not None]
    exercises = overview.success(own)
    return Assignment(
        name=name,
        notebooks=len(own),
        refused=sum(bool(row.reason) for row in own),
        shares=shares,
        figure=histogram(overview.distribution(shares), f"Marks in {name}"),
        summary=_summary(shares),
        code=[exercise for exercise in exercises if exercise.kind != "written"],
        written=[exercise for exercise in exercises if exercise.kind == "written"],
        items=items(own),
    )


def _summary(shares: list[float]) -> str:
    found = overview.quartiles(shares)
    if found is None:
        return "Nothing has been marked yet."
    low, middle, high = map(percent, found)
    return f"Half of the notebooks reach {middle} or more; the middle half lies between {low} and {high}."


# --- a figure --------------------------------------------------------------------------------------------------


def histogram(counts: list[int], title: str) -> Markup:
    """Ten bars with their counts as text, and the same in words for whoever does not see them."""
    width, height, gap = 56, 150, 6
    tallest = max(max(counts), 1)
    step = 100 // overview.BINS
    words = "; ".join(f"{i * step} to {(i + 1) * step} %: {count(n, 'notebook')}" for i, n in enumerate(counts) if n)
    bars = [_bar(i, n, width, height, gap, height * n / tallest) for i, n in enumerate(counts)]
    ticks = [
        Markup('<text class="tick" x="{}" y="{}">{}</text>').format(i * width, height + 40, i * step)
        for i in range(overview.BINS + 1)
    ]
    head = Markup("<title>{}</title><desc>{}</desc>").format(title, words or "no notebook")
    size = f"-20 0 {overview.BINS * width + 40} {height + 68}"
    label = Markup('<text class="axis" x="{}" y="{}">per cent of the points marked so far</text>').format(
        overview.BINS * width / 2, height + 62
    )
    return Markup('<svg class="histogram" role="img" viewBox="{}">{}{}{}{}</svg>').format(
        size, head, Markup("").join(bars), Markup("").join(ticks), label
    )


def _bar(i: int, n: int, width: int, height: int, gap: int, tall: float) -> Markup:
    top = height + 22 - tall
    bar = Markup('<rect x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
        i * width + gap / 2, top, width - gap, max(tall, 1.0)
    )
    if not n:
        return bar
    return bar + Markup('<text x="{}" y="{:.1f}">{}</text>').format(i * width + width / 2, top - 5, n)


# --- people ----------------------------------------------------------------------------------------------------


def _help(needs: list[Need], names: Names) -> dict[str, Any]:
    listed = [need for need in needs if overview.needs_help(need)]
    rows = [(names.who(need.student), need) for need in listed[:HELPED]]
    return {"rows": rows, "more": len(listed) - len(rows), "below": overview.HELP_BELOW}


def _sentences(pairs: Iterable[tuple[str, str]], names: Names) -> dict[str, Any]:
    """Sentences with how often and of whom they were said, and how many are left out."""
    found = overview.by_sentence(pairs)
    rows = []
    for sentence, students in found[:SENTENCES]:
        people = list(dict.fromkeys(students))
        shown = Markup(", ").join(map(names.who, people[:PEOPLE]))
        rows.append((names.said(sentence), len(students), shown, len(people) - PEOPLE))
    return {"rows": rows, "more": len(found) - len(rows)}


def _silent(row: Result) -> list:
    """Checks that did not run, though the notebook could be graded, and what a person must mark for that reason;
    answers whose cell came to no end."""
    return [mark for mark in row.marks if mark.status in ("stopped", "not run", "waiting") and mark.why]


def _class(found: Enrolment, names: Names) -> dict[str, Any]:
    """What the roster says; an anonymous report only counts those of whom nothing else in it tells."""
    absent = [(person.name, person.id, missing) for person, _, missing in found.absent]
    return {
        "size": found.size,
        "absent": [] if names.anonymous else absent,
        "absences": len(absent),
        "unsure": [(names.who(student), _open(why, names)) for student, why in found.unsure.items()],
        "unknown": [names.who(student) for student in found.unknown],
        "withdrawn": [names.who(student) for student in found.withdrawn],
    }


def _open(why: str, names: Names) -> Markup:
    """The sentence, which names people, or that there is one."""
    hidden = Markup("More than one may be meant.")
    both = Markup('<bdi class="name">{}</bdi><span class="alias">{}</span>').format(why, hidden)
    return hidden if names.anonymous else both


def _alike(pairs: Iterable[Pair], names: Names) -> dict[str, Any]:
    pairs = sorted(pairs, key=lambda pair: -pair.shared)
    rows = [(names.who(pair.one), names.who(pair.other), pair) for pair in pairs[:PAIRS]]
    return {"rows": rows, "more": len(pairs) - len(rows)}


def _slowest(rows: list[Result], names: Names) -> list[tuple]:
    timed = sorted((row for row in rows if row.seconds.get("total")), key=lambda row: -row.seconds["total"])
    parts = ("total", "cells", "student", "judge")
    return [
        (names.who(row.student), row.assignment, [row.seconds.get(part, 0.0) for part in parts])
        for row in timed[:SLOWEST]
    ]


def _marks(rows: list[Result], standings: Standings, names: Names) -> list[tuple]:
    """Every student with what stands in the gradebook for each assignment, in the report's order of assignments."""
    by_student: dict[str, dict[str, Result]] = {}
    for row in rows:
        by_student.setdefault(row.student, {})[row.assignment] = row
    assignments = sorted({row.assignment for row in rows})
    students = names.alias if names.anonymous else sorted(by_student)
    return [(names.who(s), [_entry(by_student[s].get(name), standings) for name in assignments]) for s in students]


def _entry(row: Result | None, standings: Standings) -> dict[str, Any] | None:
    if row is None:
        return None
    standing = standing_of(row, standings)
    refused = bool(row.reason) and not standing.hand
    return {"points": standing.total(row), "max": row.max, "waiting": waiting(row), "refused": refused}
