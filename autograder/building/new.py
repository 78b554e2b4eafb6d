"""The skeleton of a new exercise: cells in its notebook's source, a check file, a folder of answers.

Everything that is to be filled in says TODO. `make course` refuses a source that does, and a skeleton's judge and
answers fail by the same word, so nothing half-written passes for done.
"""

from __future__ import annotations

import difflib
import keyword
import re
from pathlib import Path

from autograder.building.source import SourceCell, Toc, read_cells, read_toc
from pushforward.contents import Entry
from pushforward.errors import CourseError

_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_TAKEN = ("shared", "__init__")  # files of a check folder that hold no exercise

START = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # NUMBER · TITLE
#
# TODO: what this chapter is about, what it needs, how long it takes.

# %% tags=["given"]
import torch

from pushforward import check, hint, progress, restart, total

# %% [markdown]
# ## What you can now do
#
# TODO: a list, exam-style questions in two levels with answers, an open question.

# %% tags=["given"]
total()
"""

CELLS = '''\
# %% [markdown]
# ## TODO: a heading
#
# TODO: what the student needs to know, and what EXERCISE asks.


# %% tags=["solve:EXERCISE"]
def WORD(x):
    """TODO: the equation.   x: its shape;  returns its shape."""
    ### BEGIN SOLUTION
    raise NotImplementedError("TODO: the model answer")
    ### END SOLUTION


# %% tags=["check:EXERCISE:2"]
check("EXERCISE")

'''

JUDGE = '''\
"""EXERCISE: TODO, the equation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise, Finding, exercise, gate, pays


@exercise("EXERCISE", ("WORD",))
class CLASS(Exercise):
    """TODO: the equation."""

    shape = gate("TODO: what must hold before anything pays")
    value = pays("TODO: a law, in a sentence that can stand in a report")

    hints = (
        "TODO: a question that points the way",
        "TODO: what to look at",
        "TODO: nearly the answer",
    )

    domain = {}  # TODO: what the docstring allows, like `{"WORD": Domain({"x": Tensor("T", Reals())})}`

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        """TODO: random inputs and edge cases, like `yield case(call("WORD", x), x=exact(x))`."""
        raise NotImplementedError("TODO: probe in FILE")

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        """TODO: the case about one point of the domain, like `case(call(name, given["x"]), x=exact(given["x"]))`."""
        raise NotImplementedError("TODO: case_of in FILE")

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        """TODO: compare with an oracle, like `yield self.value(*close(answer, truth, dtype))`."""
        raise NotImplementedError("TODO: judge in FILE")

    mistakes = ()  # TODO: at least three, like `wrong("its name", lambda x: …, "What is wrong, in a sentence.")`
'''

WRONG = """\
# breaks: TODO: a law's sentence | mistake: TODO: its name in the catalogue, if it has one
def WORD(x):
    raise NotImplementedError("TODO: a wrong answer as a student would write it")
"""

RIGHT = """\
def WORD(x):
    raise NotImplementedError("TODO: a right answer that takes another way than the model answer")
"""


def new_exercise(root: Path, id: str, notebook: str | None = None) -> list[str]:
    """Write the skeleton of one exercise. Returns a line for each file, and what is to be done next.

    notebook: its name (default: the one that holds or plans exercises with the same first word). Whatever is there
    already, or does not fit, is refused before anything is written.
    """
    _check_id(id)
    toc = read_toc(root / "solutions" / "_toc.yml")
    cells = _sources(root, toc)
    entry = _named(toc, notebook) if notebook else _home(toc, cells, id)
    _refuse_second(root, cells, id)
    files = _files(root, entry, cells.get(entry.name, []), id)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    todo = f"Fill in what says TODO, then run `make course` and `make answers ARGS={id}`."
    return [f"wrote {path.relative_to(root).as_posix()}" for path in files] + [todo]


def _check_id(id: str) -> None:
    if not _ID.fullmatch(id) or any(keyword.iskeyword(word) for word in id.split(".")):
        raise CourseError(
            f"{id!r} is no exercise id: write two words in lower case with a dot between them, like schedule.snr, "
            "neither of them a word of Python's own."
        )


def _sources(root: Path, toc: Toc) -> dict[str, list[SourceCell]]:
    """The cells of every notebook whose source has begun."""
    paths = {entry.name: root / "solutions" / f"{entry.name}.py" for entry in toc.notebooks}
    return {name: read_cells(path) for name, path in paths.items() if path.is_file()}


# --- where it goes ------------------------------------------------------------------------------------------


def _named(toc: Toc, notebook: str) -> Entry:
    """The notebook of that name, with or without .py."""
    entries = {entry.name: entry for entry in toc.notebooks}
    name = Path(notebook).name.removesuffix(".py").removesuffix(".ipynb")
    if name in entries:
        return entries[name]
    near = difflib.get_close_matches(name, entries, n=2)
    mend = f"Did you mean {' or '.join(near)}? " if near else ""
    raise CourseError(
        f"solutions/_toc.yml lists no notebook {notebook!r}. {mend}A new one goes there first: name, title, minutes."
    )


def _home(toc: Toc, cells: dict[str, list[SourceCell]], id: str) -> Entry:
    """The notebook that plans this exercise, else the only one that has exercises of its first word."""
    held = {
        entry.name: {*entry.plan, *(cell.tag.exercise for cell in cells.get(entry.name, []))} for entry in toc.notebooks
    }
    planned = [entry for entry in toc.notebooks if id in entry.plan]
    first = id.partition(".")[0]
    alike = planned or [e for e in toc.notebooks if any(known.startswith(f"{first}.") for known in held[e.name])]
    if len(alike) == 1:
        return alike[0]
    found = f"{' and '.join(e.name for e in alike)} have" if alike else "No notebook has"
    example = (alike or toc.notebooks)[-1].name
    raise CourseError(f"{found} exercises that begin with {first}: say which notebook, like --notebook {example}.")


def _refuse_second(root: Path, cells: dict[str, list[SourceCell]], id: str) -> None:
    """An id belongs to one exercise: in the sources, among the judges and in the answers."""
    places = [cell for found in cells.values() for cell in found if cell.tag.exercise == id]
    if places:
        where = f"{_short(root, Path(places[0].file))}:{places[0].line}"
        raise CourseError(f"{where} holds the exercise {id} already: choose another id, or go on there.")
    decorator = re.compile(rf'@exercise\(\s*"{re.escape(id)}"')
    for file in sorted((root / "autograder" / "checks").rglob("*.py")):
        if decorator.search(file.read_text(encoding="utf-8")):
            raise CourseError(
                f"{_short(root, file)} judges {id} already: choose another id, or move that file away and start again."
            )
    for folder in sorted((root / "tests" / "answers").glob(f"*/{id}")):
        raise CourseError(f"{_short(root, folder)} is there already: choose another id, or move it away.")


def _short(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


# --- what is written ----------------------------------------------------------------------------------------


def _files(root: Path, entry: Entry, cells: list[SourceCell], id: str) -> dict[Path, str]:
    """Every file of the skeleton with its text, the changed source among them."""
    source = root / "solutions" / f"{entry.name}.py"
    checks = root / "autograder" / "checks" / f"c{entry.name}"
    answers = root / "tests" / "answers" / entry.name / id
    judge = checks / _file_name(checks, id)
    parts = {"EXERCISE": id, "CLASS": _class_name(id), "FILE": _short(root, judge), "WORD": id.partition(".")[2]}
    files = {
        source: _grown(source, cells, _filled(CELLS, parts)) if cells else _begun(entry, _filled(CELLS, parts)),
        judge: _filled(JUDGE, parts),
        answers / "wrong_todo.py": _filled(WRONG, parts),
        answers / "right_todo.py": _filled(RIGHT, parts),
    }
    if not (checks / "__init__.py").exists():
        files[checks / "__init__.py"] = f'"""Judge of {entry.name}: {entry.title}."""\n'
    return files


def _filled(template: str, parts: dict[str, str]) -> str:
    """The template with its words in capitals replaced."""
    return re.sub(rf"\b({'|'.join(parts)})\b", lambda found: parts[found[0]], template)


def _class_name(id: str) -> str:
    return "".join(word.capitalize() for word in id.partition(".")[2].split("_"))


def _file_name(checks: Path, id: str) -> str:
    """The exercise's second word, or both where the notebook has an exercise of that second word already."""
    second = id.partition(".")[2]
    taken = second in _TAKEN or (checks / f"{second}.py").exists()
    return f"{id.replace('.', '_')}.py" if taken else f"{second}.py"


def _begun(entry: Entry, skeleton: str) -> str:
    """The source of a notebook with this as its first exercise."""
    before, closing, after = _filled(START, {"NUMBER": entry.number, "TITLE": entry.title}).rpartition(_CLOSING)
    return f"{before}{skeleton}{closing}{after}"


_CLOSING = "# %% [markdown]\n# ## What you can now do"


def _grown(source: Path, cells: list[SourceCell], skeleton: str) -> str:
    """The source with the skeleton behind its last exercise and what belongs to that: before the next heading."""
    lines = source.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    last = max((n for n, cell in enumerate(cells) if cell.tag.exercise), default=-1)
    later = cells[last + 1 :]
    next_heading = (c for c in later if c.node.cell_type == "markdown" and c.node.source.startswith("## "))
    place = next(next_heading, cells[-1]).line - 1
    return "".join(lines[:place]) + skeleton + "".join(lines[place:])
