"""A class of invented students: the same seed gives the same class, byte for byte, in nbgrader's layout."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import numpy as np

from autograder.measuring.synthetic_harm import ATTACKS, DAMAGES, attack
from autograder.measuring.synthetic_work import (
    BLANK,
    MODEL,
    RIGHT,
    WRONG,
    Assignment,
    add_own_cells,
    assignment,
    choose,
    fill,
    leave_outputs,
    untouched,
    write_answers_in_words,
)

# Kinds of students with their shares. A class gets each kind as often as its share says, not by chance.
HONEST = {"solution": 5, "another way": 4, "partial": 12, "gaps": 4, "untouched": 1}
WHOLE = {**HONEST, "partial": 9, "gaps": 3, "damaged": 4, "hostile": 4}

# Given names from everywhere, and surnames that mean fog or noise where they come from: nobody is called so.
GIVEN = (
    "Aino Amara Anahí Björn Chidi Chiara Dilnoza Elif Emeka Fatima Gustavo Hana Ibrahim Ingrid Jamal Jun Kalinda "
    "Kofi Leilani Linh Magda Mateo Nayeli Noor Oksana Pavel Priya Rashid Rosalía Sanna Søren Tariq Thandiwe Tomás "
    "Ulugbek Wanjiru Ximena Yusuf Zeynep Zofia"
)
SURNAMES = (
    "Angae Brume Ceață Dabab Dimma Gebrus Hluk Hmla Kabut Kiri Kohra Košava Makelele Mgła Migla Nebbia Nebel Névoa "
    "Niebla Omichli Rauschen Ruído Rumore Sương Sumu Šum Tåke Toka Tuman Udu Ukungu Zamglenie"
)


@dataclass(frozen=True)
class HandedIn:
    """One notebook of the class. story: what is special about it, in words, for whoever looks."""

    student: str
    assignment: str
    kind: str
    story: str
    path: Path


def write_class(
    root: Path,
    submitted: Path,
    students: int,
    assignments: Sequence[str],
    seed: int,
    mix: Mapping[str, float] = WHOLE,
) -> list[HandedIn]:
    """Write submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb with timestamp.txt for a whole class.

    root: a checkout; mix: kind of student → share. Returns what was handed in, student by student.
    """
    rng = np.random.default_rng(seed)
    kinds = rng.permutation(_shared_out(students, mix))
    turns = dict.fromkeys(mix, 0)  # so that one class shows different damages and attacks
    handed_in = []
    for student, kind in zip(names(students, seed), map(str, kinds), strict=True):
        for name in assignments:
            of, own = assignment(root, name), np.random.default_rng(rng.integers(1 << 62))
            content, story = _notebook(own, of, kind, turns[kind], seed)
            handed_in.append(HandedIn(student, name, kind, story, _hand_in(submitted, student, name, content, own)))
        turns[kind] += 1
    return handed_in


def names(students: int, seed: int) -> list[str]:
    """Ids made of names, all different, e.g. amara.nebel; the first ones stay as they are if the class grows."""
    pairs = [f"{_plain(g)}.{_plain(s)}" for g in GIVEN.split() for s in SURNAMES.split()]
    order = np.random.default_rng(seed).permutation(len(pairs))
    again = [""] + [str(k) for k in range(2, 2 + students // len(pairs))]
    return [f"{pairs[i]}{more}" for more in again for i in order][:students]


def _plain(name: str) -> str:
    """As a university's accounts spell it."""
    letters = name.replace("ø", "o").replace("ł", "l")
    return unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode().lower()


def _shared_out(students: int, mix: Mapping[str, float]) -> list[str]:
    """Each kind its share of the class; what rounding leaves over goes to those who are shortest of it."""
    total = sum(mix.values())
    exact = {kind: students * share / total for kind, share in mix.items()}
    counts = {kind: int(share) for kind, share in exact.items()}
    for kind in sorted(exact, key=lambda k: counts[k] - exact[k])[: students - sum(counts.values())]:
        counts[kind] += 1
    return [kind for kind, count in counts.items() for _ in range(count)]


def _hand_in(submitted: Path, student: str, name: str, content: bytes, rng: np.random.Generator) -> Path:
    path = submitted / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    when = datetime(2027, 1, 17, 23, 59) - timedelta(seconds=int(rng.exponential(40_000)))
    path.with_name("timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
    return path


# --- one notebook ----------------------------------------------------------------------------------------------


def _notebook(rng: np.random.Generator, of: Assignment, kind: str, turn: int, seed: int) -> tuple[bytes, str]:
    notebook = untouched(of)
    sources = _sources(rng, {"damaged": "another way", "hostile": "gaps"}.get(kind, kind), of.exercises)
    fill(notebook, of, {id: choose(rng, of, id, source, popular=seed) for id, source in sources.items()})
    if kind != "untouched":
        _habits(rng, notebook)
    if kind == "damaged":
        damage = list(DAMAGES)[turn % len(DAMAGES)]
        return DAMAGES[damage](rng, notebook), damage
    if kind == "hostile":
        name = list(ATTACKS)[turn % len(ATTACKS)]
        return attack(notebook, ATTACKS[name]), name
    counts = {source: list(sources.values()).count(source) for source in dict.fromkeys(sources.values())}
    return nbformat.writes(notebook).encode(), ", ".join(f"{n} {source}" for source, n in counts.items())


def _sources(rng: np.random.Generator, kind: str, exercises: Sequence[str]) -> dict[str, str]:
    """Where each answer comes from. Later exercises are harder, and those who give up do so towards the end."""
    skill, sources = rng.beta(5, 2), {}
    for exercise, late in zip(exercises, np.linspace(0, 1, len(exercises)), strict=True):
        able, lucky, tired = rng.random() < skill - 0.2 * late, rng.random() < 0.5, rng.random() < 0.1 + 0.5 * late
        sources[exercise] = {
            "untouched": BLANK,
            "solution": MODEL,
            "another way": RIGHT,
            "gaps": BLANK if tired else MODEL,
            "partial": (RIGHT if lucky else MODEL) if able else BLANK if tired and lucky else WRONG,
        }[kind]
    return sources


def _habits(rng: np.random.Generator, notebook: nbformat.NotebookNode) -> None:
    write_answers_in_words(rng, notebook)
    if rng.random() < 0.5:
        add_own_cells(rng, notebook)
    if rng.random() < 0.8:
        leave_outputs(rng, notebook)
