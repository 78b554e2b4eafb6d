"""Reading what is written by hand: the percent source of a notebook, and solutions/_toc.yml.

A faulty source is refused with file, line and mend, before anything is built from it. Every code cell carries
one course tag, and so do the written questions:

    solve:EXERCISE            a blank to fill; ### BEGIN SOLUTION … ### END SOLUTION cut the answer
    check:EXERCISE:POINTS     the one call check("EXERCISE")
    written:EXERCISE:POINTS   markdown, marked by hand: model answer and rubric between the same two lines
    given                     read-only code          demo      code that shows, plots or trains
"""

from __future__ import annotations

import ast
import keyword
import math
import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import jupytext
import yaml
from jupytext.cell_reader import DoublePercentScriptCellReader
from jupytext.header import header_to_metadata_and_cell
from nbformat import NotebookNode, ValidationError
from nbgrader.preprocessors import ClearSolutions

from pushforward.contents import Entry
from pushforward.errors import CourseError

Lookup = Callable[[str], Any]  # exercise id -> an object with .kind and .names, or None if nobody judges it

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"  # nbgrader's own markers, found anywhere in a line, as it does
CODE_TAGS = ("solve", "check", "given", "demo")
FORMS = "solve:EXERCISE, check:EXERCISE:POINTS, written:EXERCISE:POINTS, given or demo"

_EXERCISE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_NOTEBOOK = re.compile(r"[0-9]{2}_[a-z0-9_]+")
_BULLET = re.compile(r"- \((?P<open>up to )?(?P<points>[0-9.]+)\) (?P<text>.+)")


class SourceError(CourseError):
    """A fault in a source: where it is, what it is, and what mends it."""

    def __init__(self, file: str, line: int, sentence: str, mend: str) -> None:
        super().__init__(f"{file}:{line}: {sentence} Mend: {mend}")
        self.file, self.line, self.sentence, self.mend = file, line, sentence, mend


def judged(exercise: str) -> Any:
    """The judge of an exercise, or None. Imported late: reading a source should not need torch."""
    from autograder.judging.exercise import all_exercises

    return all_exercises().get(exercise)


# --- tags ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tag:
    """What a course tag says: solve, check, written, given, demo; "" for prose."""

    kind: str = ""
    exercise: str = ""
    points: float = 0.0

    @property
    def grade_id(self) -> str:
        """nbgrader's id of the exercise: it allows letters, digits, _ and - only."""
        return self.exercise.replace(".", "-")


def parse_tag(text: str) -> Tag:
    """check:elbo.kl:2 → Tag("check", "elbo.kl", 2.0). Anything else raises ValueError with the reason."""
    kind, *rest = text.split(":")
    wanted = {"solve": 1, "check": 2, "written": 2, "given": 0, "demo": 0}
    if wanted.get(kind) != len(rest):
        raise ValueError(f"The tag {text!r} is none of the course's.")
    if rest and not _EXERCISE.fullmatch(rest[0]):
        raise ValueError(f"The tag {text!r} names no exercise: an id is two words, like elbo.kl_gaussian.")
    return Tag(kind, rest[0] if rest else "", _points(rest[1]) if len(rest) > 1 else 0.0)


def _points(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not 0 < points < math.inf:
        raise ValueError(f"The points {text!r} are no positive number.")
    return points


def tag_of(node: NotebookNode) -> Tag:
    """The tag of a cell that has been read."""
    tags = node.metadata.get("tags", [])
    return parse_tag(tags[0]) if tags else Tag()


# --- cells --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceCell:
    """A cell and where it stands. line: that of its `# %%` marker, counted from 1."""

    node: NotebookNode
    file: str
    line: int
    tag: Tag = Tag()

    def refuse(self, sentence: str, mend: str) -> NoReturn:
        """Say what is wrong with this cell."""
        raise SourceError(self.file, self.line, sentence, mend)


def read_source(path: Path, lookup: Lookup = judged) -> NotebookNode:
    """The notebook that a percent source describes, its tags still short. Raises SourceError on a fault."""
    return _notebook(path, lookup)[0]


def read_sources(folder: Path, names: list[str], lookup: Lookup = judged) -> dict[str, NotebookNode]:
    """The notebooks of those names, in that order; an exercise may stand in one of them only."""
    notebooks, first = {}, {}
    for name in names:
        notebooks[name], cells = _notebook(folder / f"{name}.py", lookup)
        for cell in cells:
            if cell.tag.kind in ("check", "written"):
                other = first.setdefault(cell.tag.exercise, cell)
                if other is not cell:
                    _refuse_second(cell, other)
    return notebooks


def blank(node: NotebookNode) -> str:
    """The text of a cell as a student gets it."""
    cut = ClearSolutions(enforce_metadata=False)  # the metadata come later, in the release
    return cut.preprocess_cell(copy(node), {"language": "python"}, 0)[0].source


def read_cells(path: Path) -> list[SourceCell]:
    """The cells of a source that may be half-written, with their places and tags."""
    return _cells(path)[1]


def _cells(path: Path) -> tuple[NotebookNode, list[SourceCell]]:
    text = read_text(path)
    lines = list(_marker_lines(text, str(path)))
    notebook = jupytext.reads(text, fmt="py:percent")
    places = zip(notebook.cells, lines, strict=True)
    return notebook, [_tagged(SourceCell(node, str(path), line)) for node, line in places]


def _notebook(path: Path, lookup: Lookup) -> tuple[NotebookNode, list[SourceCell]]:
    notebook, cells = _cells(path)
    for cell in cells:
        _check_cell(cell)
    _check_exercises(cells, lookup)
    _check_leaks(cells)
    _check_end(cells, str(path))
    return notebook, cells


def read_text(path: Path) -> str:
    """A text file of the course, whatever the machine's line ends and locale."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CourseError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise SourceError(str(path), 1, "The file is not UTF-8 text.", "save it as UTF-8.") from None
    except OSError as problem:
        raise CourseError(f"{path} cannot be read: {problem.strerror}.") from None


def _marker_lines(text: str, file: str) -> Iterator[int]:
    """The line of each cell: jupytext's own reader says how long it is (a `# %%` in a string starts none)."""
    lines = text.splitlines()
    _, _, header_cell, start = header_to_metadata_and_cell(lines, "#", "", ".py")
    if header_cell:
        yield 1
    while start < len(lines):
        yield start + 1
        start += _length(lines, start, file)


def _length(lines: list[str], start: int, file: str) -> int:
    """The number of lines of the cell that starts there. Refuses a marker that jupytext cannot read."""
    try:
        reader = DoublePercentScriptCellReader({"extension": ".py"}, "python")
        cell, length = reader.read(lines[start:])
        readable = "incorrectly_encoded_metadata" not in cell.metadata
    except (AttributeError, TypeError, ValidationError):  # on tags that are no list of words
        readable = False
    if not readable:
        sentence = f"The marker {lines[start]!r} cannot be read."
        raise SourceError(file, start + 1, sentence, 'write it like # %% tags=["given"].')
    return length


def _tagged(cell: SourceCell) -> SourceCell:
    """The cell with its tag understood."""
    tags = cell.node.metadata.get("tags", [])
    if len(tags) > 1:
        cell.refuse(f"The cell carries {len(tags)} tags.", f"leave it one: {FORMS}.")
    if not tags and cell.node.cell_type == "code":
        cell.refuse("The code cell has no course tag.", f"give it one: {FORMS}.")
    try:
        tag = tag_of(cell.node)
    except ValueError as problem:
        cell.refuse(str(problem), f"write {FORMS}, with points above 0.")
    if tag.kind and (tag.kind in CODE_TAGS) != (cell.node.cell_type == "code"):
        cell.refuse(
            f"A {cell.node.cell_type} cell cannot be tagged {tags[0]!r}.",
            "tag code with solve, check, given or demo, and markdown with written.",
        )
    return SourceCell(cell.node, cell.file, cell.line, tag)


# --- one cell -----------------------------------------------------------------------------------------------


def _check_cell(cell: SourceCell) -> None:
    """What can be said of a cell by itself."""
    if re.search(r"\bTODO\b", cell.node.source):
        cell.refuse(
            "The cell still says TODO.", "write what it asks for, or take the cell out until somebody has the time."
        )
    answers = _answers(cell)
    if answers and cell.tag.kind not in ("solve", "written"):
        cell.refuse("A solution stands outside a blank.", "tag the cell solve:EXERCISE or written:EXERCISE:POINTS.")
    match cell.tag.kind:
        case "solve":
            _check_blank(cell, answers)
        case "check":
            _check_call(cell, ("check", cell.tag.exercise))
        case "written":
            _check_written(cell)


def _answers(cell: SourceCell) -> list[list[str]]:
    """The lines of each solution in the cell, each begun and ended."""
    inside, answers = False, []
    for line in cell.node.source.splitlines():
        if BEGIN in line:
            if inside:
                cell.refuse("BEGIN SOLUTION follows BEGIN SOLUTION.", "end each solution with ### END SOLUTION.")
            inside = True
            answers.append([])
        elif END in line:
            if not inside:
                cell.refuse("END SOLUTION has no BEGIN SOLUTION.", "begin the solution with ### BEGIN SOLUTION.")
            inside = False
        elif inside:
            answers[-1].append(line.strip())
    if inside:
        cell.refuse("BEGIN SOLUTION has no END SOLUTION.", "end the solution with ### END SOLUTION.")
    return answers


def _check_blank(cell: SourceCell, answers: list[list[str]]) -> None:
    """Without its answer the cell must still be Python, run, and keep signature and docstring."""
    exercise = cell.tag.exercise
    if not answers:
        cell.refuse(
            f"The solve cell of {exercise} marks no solution, so all of it would be cut.",
            "put ### BEGIN SOLUTION and ### END SOLUTION around the answer.",
        )
    _parse(cell, cell.node.source, f"The solve cell of {exercise}")
    left = _parse(cell, blank(cell.node), f"What the solve cell of {exercise} leaves to the student")
    if any(isinstance(statement, ast.Raise) for statement in _run_at_once(left)):
        cell.refuse(
            f"A solution of {exercise} stands outside a function, so the blank would stop the notebook.",
            "move it into the body of a function or method.",
        )
    for definition in left.body:
        blanks = any(isinstance(part, ast.Raise) for part in ast.walk(definition))
        if blanks and not ast.get_docstring(definition):
            cell.refuse(
                f"{definition.name} of {exercise} leaves the student no docstring.",
                "state equation, shapes and what is returned, above ### BEGIN SOLUTION.",
            )


def _run_at_once(parent: ast.AST) -> Iterator[ast.AST]:
    """The statements that run when the cell does: all that stand in no function."""
    for child in ast.iter_child_nodes(parent):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _run_at_once(child)


def _parse(cell: SourceCell, text: str, what: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as problem:
        cell.refuse(
            f"{what} is no Python: {problem.msg} in line {problem.lineno} of the cell.",
            "correct it; between signature and ### BEGIN SOLUTION everything must stand by itself.",
        )


def _is_call(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether the text is the one call wanted[0](wanted[1], …) of plain values, comments aside."""
    try:
        match ast.parse(text).body:
            case [ast.Expr(ast.Call(ast.Name(name), arguments, []))]:
                return (name, *map(ast.literal_eval, arguments)) == wanted
    except (SyntaxError, ValueError):
        pass
    return False


def _check_call(cell: SourceCell, wanted: tuple[str, str]) -> None:
    if not _is_call(cell.node.source, wanted):
        call = f'check("{wanted[1]}")'
        cell.refuse(f"The check cell of {wanted[1]} is not the call {call}.", f"write {call} and nothing else.")


def _check_written(cell: SourceCell) -> None:
    """A model answer, then a rubric whose points add up, all of it cut from the student's copy."""
    exercise, lines = cell.tag.exercise, cell.node.source.strip().splitlines()
    if not lines or BEGIN not in lines[0] or END not in lines[-1] or blank(cell.node) != "YOUR ANSWER HERE":
        cell.refuse(
            f"The written cell of {exercise} is not one solution from its first line to its last.",
            "put ### BEGIN SOLUTION first, ### END SOLUTION last, and the question into a cell before it.",
        )
    body = [line.strip() for line in lines[1:-1]]
    if not any(line.startswith("**Model answer.**") for line in body):
        cell.refuse(f"The written cell of {exercise} has no model answer.", "start one with **Model answer.**")
    if "**Rubric**" not in body:
        cell.refuse(f"The written cell of {exercise} has no rubric.", "add a line **Rubric** and bullets `- (1) …`.")
    _check_rubric(cell, body[body.index("**Rubric**") + 1 :])


def _check_rubric(cell: SourceCell, lines: list[str]) -> None:
    """`- (1) …` bullets that add up to the points, and the open line for any other good answer."""
    bullets = [bullet for bullet in map(_BULLET.fullmatch, lines) if bullet]
    fixed = sum(float(bullet["points"]) for bullet in bullets if not bullet["open"])
    points, exercise = cell.tag.points, cell.tag.exercise
    if not math.isclose(fixed, points):
        cell.refuse(
            f"The rubric of {exercise} adds up to {fixed:g} points, its tag says {points:g}.",
            "make the numbers in front of the bullets, `- (1) …`, add up to the tag's.",
        )
    others = [float(b["points"]) for b in bullets if b["open"] and "any other well-justified answer" in b["text"]]
    if others != [points]:
        cell.refuse(
            f"The rubric of {exercise} has no open line.",
            f"end it with `- (up to {points:g}) any other well-justified answer`.",
        )


# --- all cells of a notebook --------------------------------------------------------------------------------


def _check_exercises(cells: list[SourceCell], lookup: Lookup) -> None:
    """Each exercise: blanks, then one check, which somebody judges by names that the blanks define."""
    marked: dict[str, SourceCell] = {}
    blanks: dict[str, list[SourceCell]] = {}
    for cell in cells:
        if cell.tag.kind == "solve":
            blanks.setdefault(cell.tag.exercise, []).append(cell)
        elif cell.tag.exercise and (first := marked.setdefault(cell.tag.exercise, cell)) is not cell:
            _refuse_second(cell, first)
    for cell in marked.values():
        _check_judge(cell, blanks.get(cell.tag.exercise, []), lookup)
    for exercise, pieces in blanks.items():
        if exercise not in marked or marked[exercise].tag.kind == "written":
            pieces[0].refuse(f"{exercise} has a solve cell but no check.", f"add a cell check:{exercise}:POINTS.")


def _refuse_second(cell: SourceCell, first: SourceCell) -> NoReturn:
    cell.refuse(
        f"The exercise {cell.tag.exercise} already stands at {first.file}:{first.line}.",
        "give one of the two another id.",
    )


def _check_judge(cell: SourceCell, blanks: list[SourceCell], lookup: Lookup) -> None:
    exercise, judge = cell.tag.exercise, lookup(cell.tag.exercise)
    if cell.tag.kind == "written":
        if judge:
            cell.refuse(f"{exercise} is judged by a class and marked by hand.", "give the written one another id.")
        return
    if not judge:
        cell.refuse(
            f"Nobody judges the exercise {exercise}.",
            "correct the id, or add a class of that id to autograder/checks.",
        )
    if not blanks or max(piece.line for piece in blanks) > cell.line:
        cell.refuse(
            f"The check of {exercise} stands before its solve cell.",
            "put every solve cell of an exercise above its check.",
        )
    defined = {name for piece in blanks for name in _defined(piece)}
    if missing := [name for name in judge.names if name not in defined]:
        blanks[-1].refuse(
            f"{exercise} is judged by {missing[0]}, which none of its solve cells defines.",
            f"define {missing[0]} there, or correct the names in its class.",
        )


def _defined(cell: SourceCell) -> Iterator[str]:
    """The functions, classes and plain names that a cell defines."""
    for node in ast.parse(cell.node.source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _check_leaks(cells: list[SourceCell]) -> None:
    """No line of an answer stands anywhere in what students get."""
    shown = {line.strip(): cell for cell in reversed(cells) for line in blank(cell.node).splitlines()}
    for cell in cells:
        for line in (line for answer in _answers(cell) for line in answer):
            if line in shown and _tells(line):
                shown[line].refuse(
                    f"The cell shows {line!r} of the answer to {cell.tag.exercise} in line {cell.line}.",
                    "write one of the two differently.",
                )


def _tells(line: str) -> bool:
    """Whether a line says more than `else:`, `return x` or brackets."""
    words = re.findall(r"\w+", line)
    lone_return = words[:1] == ["return"] and line == " ".join(words[:2])
    return len(line) > 3 and not all(map(keyword.iskeyword, words)) and not lone_return


def _check_end(cells: list[SourceCell], file: str) -> None:
    """The last code cell shows the student's total."""
    code = [cell for cell in cells if cell.node.cell_type == "code"]
    if not code:
        raise SourceError(file, 1, "The source has no code cell.", "end it with a given cell that is total().")
    if code[-1].tag.kind != "given" or not _is_call(code[-1].node.source, ("total",)):
        code[-1].refuse("The last code cell is not total().", "end with a cell tagged given that is total().")


# --- the table of contents ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seed:
    """Something that the course's sources ask for. where: the exercises, or the notebooks, that hold it."""

    id: str
    asks: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Toc:
    """solutions/_toc.yml: where the course is published, its notebooks in order, what they must cover."""

    repository: str
    tag: str
    notebooks: tuple[Entry, ...]
    seeds: tuple[Seed, ...]


def read_toc(path: Path) -> Toc:
    """The table of contents. Raises SourceError if it is faulty."""
    text = read_text(path)
    try:
        data = yaml.safe_load(text)
        toc = Toc(
            repository=(data["repository"] or "").rstrip("/").removesuffix(".git"),
            tag=data["tag"] or "",
            notebooks=tuple(_entry(**entry) for entry in data["notebooks"]),
            seeds=tuple(Seed(str(s["id"]), s["asks"], tuple(s["where"] or ())) for s in data["seeds"] or ()),
        )
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise SourceError(str(path), line, f"This is no YAML: {problem.problem}.", "correct that line.") from None
    except (KeyError, TypeError, AttributeError) as problem:
        raise SourceError(
            str(path),
            1,
            f"Something is missing or of the wrong form: {problem}.",
            "it needs repository, tag, notebooks (name, title) and seeds (id, asks, where).",
        ) from None
    _check_toc(toc, path, text)
    return toc


def _entry(name: str, title: str, minutes: int = 0, part: str = "", plan: list[str] | tuple = ()) -> Entry:
    return Entry(str(name), title, minutes, part, tuple(plan))


def _check_toc(toc: Toc, path: Path, text: str) -> None:
    def refuse(word: str, sentence: str, mend: str) -> NoReturn:
        lines = [number for number, line in enumerate(text.splitlines(), 1) if word in line]
        raise SourceError(str(path), lines[-1] if lines else 1, sentence, mend)

    if toc.repository and not toc.tag:
        refuse("tag:", "The repository has no tag for Colab to install from.", "set one, like tag: v0.1.0.")
    names = [entry.name for entry in toc.notebooks]
    for name in names:
        if not _NOTEBOOK.fullmatch(str(name)):
            refuse(
                f"name: {name}",
                f"{name!r} is no notebook's name.",
                "write two digits and words, like 06_elbo.",
            )
        if names.count(name) > 1:
            refuse(f"name: {name}", f"{name} is listed twice.", "remove one of the two.")
    for entry in toc.notebooks:
        for exercise in (exercise for exercise in entry.plan if not _EXERCISE.fullmatch(str(exercise))):
            sentence = f"{exercise!r} in the plan of {entry.name} is no exercise id."
            refuse(f"name: {entry.name}", sentence, "write two words with a dot, like elbo.kl.")
    for place in (place for seed in toc.seeds for place in seed.where):
        if place not in names and not _EXERCISE.fullmatch(str(place)):
            refuse(str(place), f"{place!r} is neither a notebook nor an exercise id.", "correct it in where.")
    for file in sorted(path.parent.glob("*.py")):
        if file.stem not in names:
            raise SourceError(str(path), 1, f"{file.name} is not listed.", "add it to notebooks, or move it away.")
