"""Which answers within a class are alike in what few others wrote: a table to look at, never a verdict.

An answer is a list of tokens without comments, layout and the names that its author chose. Pieces of GRAM tokens that
stand in the released notebook, or in many answers, say nothing: for most blanks there is one good way to fill them.
What is left is rare, and pairs that share rare pieces are compared as wholes. Students may have worked together, learnt
from the same page, or have been shown the same way: only they can tell.
"""

from __future__ import annotations

import builtins
import heapq
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Indel
from scipy.sparse import csr_array

from autograder.grading.model import Result, Template
from autograder.grading.records.cells import cells_by_id, text_of

GRAM = 8  # tokens of a piece
COMMON, COMMON_SHARE = 3, 0.04  # a piece in more answers than either says nothing
FEWEST = 8  # notebooks without which nothing can be called rare
LEAST = 12  # rare pieces that a pair must share to be listed
MOST_TOKENS = 20_000  # of an answer that are looked at
MOST_PAIRS = 200  # of an assignment that are listed

_TOKEN = re.compile(
    r'#[^\n]*|"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\w+|[^\s\w\u2060]'
)
_WORD = re.compile(r"\w+")
_KEPT = frozenset((*keyword.kwlist, *dir(builtins), "torch", "np", "math", "nn", "F", "self"))


@dataclass(frozen=True)
class Pair:
    """Two students of an assignment, in the order of their ids.

    shared: rare pieces that both have; alike: how much of the answers that share some is the same, from 0 to 1;
    exercises: where, most pieces first.
    """

    assignment: str
    one: str
    other: str
    shared: int
    alike: float
    exercises: tuple[str, ...]


def similar(results: Iterable[Result], templates: Mapping[str, Template]) -> list[Pair]:
    """Pairs to look at, by assignment, those who share most first. results: with their notebooks, one by one."""
    answers: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)  # assignment, exercise → student → tokens
    for result in results:
        template = templates.get(result.assignment)
        for exercise, tokens in _answers(result, template) if template and result.notebook else ():
            answers[result.assignment, exercise][result.student] = tokens
    found = []
    for assignment in sorted({name for name, _ in answers}):
        of_one = {exercise: own for (name, exercise), own in answers.items() if name == assignment}
        found += _pairs(assignment, of_one, _released(templates[assignment]))
    return found


# --- answers as tokens -------------------------------------------------------------------------------------------


def _answers(result: Result, template: Template) -> Iterator[tuple[str, list[str]]]:
    """Exercise and tokens of every answer that is there."""
    cells = cells_by_id(result.notebook)
    found = {id: text_of(cell.get("source")) for id, cell in cells.items()}
    return _tokens(template, found)


def _released(template: Template) -> dict[str, set[int]]:
    """Exercise → the pieces of its blanks."""
    blanks = {slot.grade_id: slot.source for slot in template.slots}
    return {exercise: _pieces(of) for exercise, of in _tokens(template, blanks)}


def _tokens(template: Template, texts: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Exercise and tokens of what stands in its cells. texts: by nbgrader's id."""
    found: dict[str, list[str]] = defaultdict(list)
    for slot in template.slots:
        if slot.kind in ("solve", "written") and slot.grade_id in texts:
            found[slot.exercise] += (words if slot.kind == "written" else tokens)(texts[slot.grade_id])
    yield from found.items()


def words(prose: str) -> list[str]:
    """Prose without its marks."""
    return _WORD.findall(prose[: 20 * MOST_TOKENS].casefold())[:MOST_TOKENS]


def tokens(source: str) -> list[str]:
    """Code without comments, layout, what its strings say, and names of the author's own choice."""
    found = [token for token in _TOKEN.findall(source[: 20 * MOST_TOKENS]) if token[0] != "#"][:MOST_TOKENS]
    return [_plain(before, token) for before, token in pairwise(["", *found])]


def _plain(before: str, token: str) -> str:
    """What stands behind a dot, or belongs to Python, is nobody's choice."""
    if token[0] in "\"'":
        return "'"
    if token.isidentifier() and before != "." and token not in _KEPT:
        return "n"
    return token


def _pieces(of: list[str]) -> set[int]:
    return {hash(tuple(of[i : i + GRAM])) for i in range(len(of) - GRAM + 1)}


# --- pairs -------------------------------------------------------------------------------------------------------


def _pairs(assignment: str, answers: dict[str, dict[str, list[str]]], released: dict[str, set[int]]) -> list[Pair]:
    students = sorted({student for own in answers.values() for student in own})
    if len(students) < FEWEST:
        return []
    row = {student: i for i, student in enumerate(students)}
    shared = {exercise: _shared(own, released.get(exercise, set()), row) for exercise, own in answers.items()}
    together = sum(shared.values(), csr_array((len(students), len(students)), dtype=np.int32)).tocoo()
    ranked = ((int(n), i, j) for n, i, j in zip(together.data, together.row, together.col, strict=True) if n >= LEAST)
    most = heapq.nsmallest(MOST_PAIRS, ranked, key=lambda found: (-found[0], found[1], found[2]))
    return [_pair(assignment, n, students[i], students[j], answers, shared, row) for n, i, j in most]


def _shared(own: dict[str, list[str]], released: set[int], row: dict[str, int]) -> csr_array:
    """How many rare pieces of an exercise any two students share, above the diagonal."""
    pieces = {student: _pieces(of) - released for student, of in own.items()}
    often = Counter(piece for found in pieces.values() for piece in found)
    limit = max(COMMON, COMMON_SHARE * len(own))
    column = {piece: i for i, piece in enumerate(piece for piece, n in often.items() if 1 < n <= limit)}
    places = [(row[student], column[piece]) for student, found in pieces.items() for piece in found if piece in column]
    size = (len(row), max(len(column), 1))
    rows, columns = (np.array(side, dtype=np.int64) for side in (zip(*places, strict=True) if places else ((), ())))
    has = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=size)
    return _above_diagonal(has @ has.T)


def _above_diagonal(matrix: csr_array) -> csr_array:
    entries = matrix.tocoo()
    above = entries.row < entries.col
    return csr_array((entries.data[above], (entries.row[above], entries.col[above])), shape=matrix.shape)


def _pair(
    assignment: str,
    n: int,
    one: str,
    other: str,
    answers: dict[str, dict[str, list[str]]],
    shared: dict[str, csr_array],
    row: dict[str, int],
) -> Pair:
    counts = {exercise: int(found[row[one], row[other]]) for exercise, found in shared.items()}
    where = sorted(
        (exercise for exercise, k in counts.items() if k), key=lambda exercise: (-counts[exercise], exercise)
    )
    both = [(answers[exercise][one], answers[exercise][other]) for exercise in where]
    size = sum(len(a) + len(b) for a, b in both)
    alike = sum((len(a) + len(b)) * Indel.normalized_similarity(a, b) for a, b in both) / size
    return Pair(assignment, one, other, n, alike, tuple(where))
