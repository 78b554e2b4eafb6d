"""docs/coverage.md: every item of the five documents that the course grew out of, and where it is exercised.

An item counts as covered when all of its places are written. A notebook's source may grow beside its plan: an exercise
of the plan is to come until the source has it, and the notebook is finished when nothing of its plan is left.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from pathlib import Path
from typing import Any

from autograder.building.source import Seed, Toc, read_toc
from pushforward.contents import Entry

Table = dict[str, dict[str, Any]]  # exercise → its row in autograder/exercises.json

INTRODUCTION = """\
# Coverage

<small>Generated from `solutions/_toc.yml` and the exercises in `solutions/*.py` by `make course`: to change this page,
edit there.</small>

The course grew out of five documents: two exams (`000`, `001`), an exercise sheet (`002`) and two lectures (`003`,
`004`). Every question, formula, model and table in them gets a home. Where a source is wrong or loose, the notebook
teaches what is right, and says so.
"""


def coverage(toc: Toc, table: Table) -> str:
    """The page as text: an introduction, how many items are covered, a row for each."""
    done = finished(toc, table)
    homes = {place: entry.name for entry in toc.notebooks for place in (entry.name, *entry.plan)}
    homes |= {exercise: row["notebook"] for exercise, row in table.items()}
    written = table.keys() | done
    covered = sum(bool(seed.where) and written.issuperset(seed.where) for seed in toc.seeds)
    links = {entry.name: _links(entry, table) for entry in toc.notebooks}
    rows = (f"| {in_a_cell(s.id)} | {in_a_cell(s.asks)} | {_places(s, homes, written, links)} |" for s in toc.seeds)
    head = [
        INTRODUCTION,
        f"{covered} of {len(toc.seeds)} items are covered by what is written; the others are to come.",
        "",
        "| seed item | what it asks | exercise → notebook |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def finished(toc: Toc, table: Table) -> set[str]:
    """The notebooks that hold exercises and have nothing left of their plan."""
    begun = {row["notebook"] for row in table.values()}
    return {entry.name for entry in toc.notebooks if entry.name in begun and not still_planned(entry, table)}


def still_planned(entry: Entry, table: Table) -> list[str]:
    """The exercises of a notebook's plan that no source holds yet."""
    return [exercise for exercise in entry.plan if exercise not in table]


def _links(entry: Entry, table: Table) -> tuple[str, str]:
    """How a notebook is called where what it is to hold is written, and where it is to come."""
    title = f"{entry.number} {in_a_cell(entry.title)}"
    begun = any(row["notebook"] == entry.name for row in table.values())
    link = f"[{title}](../course/{entry.name}.ipynb)" if begun else title
    return link, f"{link} (to come)"


def _places(seed: Seed, homes: dict[str, str], written: set[str], links: dict[str, tuple[str, str]]) -> str:
    """`a.b`, `a.c` → [notebook](…), those of one notebook together; what has no home yet is to come."""
    parts = []
    for (home, there), group in groupby(seed.where, lambda place: (homes.get(place), place in written)):
        exercises = ", ".join(f"`{place}`" for place in group if place != home)
        arrow = " → " if exercises else ""
        parts.append(f"{exercises}{arrow}{links[home][not there] if home else 'to come'}")
    return "; ".join(parts) or "to come"


def in_a_cell(text: str) -> str:
    """Text that cannot break a table's row."""
    return " ".join(str(text).split()).replace("|", "\\|")


def seeds_by_exercise(root: Path) -> dict[str, list[str]]:
    """Exercise → the seed items that it covers. Empty where there is no checkout of the course."""
    path, items = root / "solutions" / "_toc.yml", defaultdict(list)
    for seed in read_toc(path).seeds if path.is_file() else ():
        for place in seed.where:
            items[place].append(seed.id)
    return dict(items)
