"""One invented student's notebook: answers, gaps, cells of their own, and the outputs that a run leaves in the file.

The answers are the model's, and those that stand in tests/answers: right in another way, or wrong as students are.
"""

from __future__ import annotations

import ast
import base64
import functools
import io
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.grading.model import exercise_of, kind_of
from autograder.judging.exercise import table

MODEL, RIGHT, WRONG, BLANK = "model", "right", "wrong", "blank"
PICTURES = 12  # as many different ones are enough for a class

# What people write into a notebook that is theirs. Each stands alone, and none changes an answer.
OWN_CODE = (
    "import torch\n\nx = torch.linspace(-3, 3, 7)\nx",
    "def show_shape(name, x):\n    print(f'{name}: {tuple(x.shape)}')\n\n\nshow_shape('test', torch.zeros(2, 3))",
    "import matplotlib.pyplot as plt\n\nplt.plot([1, 2, 3], [1, 4, 9])\nplt.title('does my plot work?')\nplt.show()",
    "# TODO: ask about this on Thursday\n1 + 1",
    "from tqdm.auto import tqdm\n\nfor _ in tqdm(range(50)):\n    pass",
    "for i in range(20):\n    print('debugging', i, i / 20)",
    "import warnings\n\nwarnings.warn('just to see how a warning looks')",
    "this_is_not_defined + 1",
)
OWN_WORDS = (
    "**Note to myself:** the noise is multiplied by the standard deviation, not by the variance.",
    "Done on Sunday evening, check again before handing in.",
    "I worked on this part together with a friend, the code is my own.",
)
WRITTEN = (
    "The densities must integrate to one, and the volume that a region gains is what its density loses.",
    "I think that it works for small steps, because each step can then be undone.",
    "The variance is too large at the end, so the prior does not fit.",
    "Using the formula from the text, the two terms cancel, and what is left does not depend on the parameters.",
    "It cannot be invertible, since two different points are sent to the same one.",
    "No. A counterexample is a schedule whose first step erases everything.",
)


@dataclass(frozen=True)
class Assignment:
    """What a student can begin with. model: the text with the answers, by nbgrader's id of the cell; answers: by
    exercise, the right and the wrong ones, each as file name and text."""

    name: str
    released: str
    model: Mapping[str, str]
    answers: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]

    @property
    def exercises(self) -> tuple[str, ...]:
        """Those with code to write, in order."""
        return tuple(self.answers)


@functools.cache
def assignment(root: Path, name: str) -> Assignment:
    """Read from a checkout: course/, solutions/ and tests/answers/."""
    released = nbformat.read(root / "course" / f"{name}.ipynb", as_version=4)
    released.metadata.pop("jupytext", None)
    solved = (cell for cell in released.cells if kind_of(cell) == "solve")
    exercises = dict.fromkeys(exercise_of(cell.metadata.nbgrader.grade_id) for cell in solved)
    folder = root / "tests" / "answers" / name
    answers = {id: {kind: _texts(folder / id, kind) for kind in (RIGHT, WRONG)} for id in exercises}
    return Assignment(name, nbformat.writes(released), _model(root, name), answers)


def _texts(folder: Path, kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((path.name, _without_header(path)) for path in sorted(folder.glob(f"{kind}_*.py")))


def _without_header(path: Path) -> str:
    """An answer's text, less the line that tells what is wrong with it."""
    text = path.read_text(encoding="utf-8")
    return text.partition("\n")[2] if text.startswith("# breaks: ") else text


def _model(root: Path, name: str) -> dict[str, str]:
    from autograder.building.release import instructor_notebook
    from autograder.building.source import BEGIN, END, read_source, read_toc

    solutions = root / "solutions"
    notebook = instructor_notebook(read_source(solutions / f"{name}.py"), name, read_toc(solutions / "_toc.yml"))
    lines = {cell.metadata.nbgrader.grade_id: cell.source.split("\n") for cell in notebook.cells if _is_solve(cell)}
    return {id: "\n".join(line for line in of if BEGIN not in line and END not in line) for id, of in lines.items()}


def _is_solve(cell: NotebookNode) -> bool:
    return kind_of(cell) == "solve"


# --- answers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What stands in the cells of one exercise. source: MODEL, RIGHT, WRONG or BLANK; file: of tests/answers."""

    source: str
    file: str = ""


def choose(rng: np.random.Generator, of: Assignment, exercise: str, source: str, popular: int = 0) -> Choice:
    """A choice of that source. popular: rotates which wrong answers are common in a class; the first is commonest."""
    files = [file for file, _ in of.answers[exercise].get(source, ())]
    if not files:
        return Choice(source if source in (MODEL, BLANK) else MODEL)
    shift = popular % len(files)
    weights = 1 / np.arange(1, len(files) + 1) if source == WRONG else np.ones(len(files))
    return Choice(source, str(rng.choice(files[shift:] + files[:shift], p=weights / weights.sum())))


def fill(notebook: NotebookNode, of: Assignment, choices: Mapping[str, Choice]) -> None:
    """Put the answers into the notebook's cells."""
    for exercise, choice in choices.items():
        ids = [id for id in of.model if exercise_of(id) == exercise]
        texts = _cells(of, ids, exercise, choice)
        for cell in notebook.cells:
            id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if id in texts:
                cell.source = texts[id]


def _cells(of: Assignment, ids: Sequence[str], exercise: str, choice: Choice) -> dict[str, str]:
    """The text of each cell. What an answer does not define is the model's."""
    if choice.source == BLANK:
        return {}
    model = {id: of.model[id] for id in ids}
    if choice.source == MODEL:
        return model
    own = _pieces(dict(of.answers[exercise][choice.source])[choice.file])
    known, homes = {name for name, _ in own}, {name: id for id in ids for name, _ in _pieces(model[id])}
    texts: dict[str, list[str]] = {id: [] for id in ids}
    for name, text in own:  # imports and helpers stand in the first cell, before whatever may need them
        texts[homes.get(name, ids[0])].append(text)
    for id in ids:
        texts[id] += [text for name, text in _pieces(model[id]) if name not in known]
    return {id: "\n".join(parts).strip("\n") for id, parts in texts.items()}


def _pieces(text: str) -> list[tuple[str, str]]:
    """The statements of a text with what stands before them, each under the name that it defines, or ""."""
    lines, pieces, start = text.split("\n"), [], 0
    for node in ast.parse(text).body:
        pieces.append((getattr(node, "name", ""), "\n".join(lines[start : node.end_lineno])))
        start = node.end_lineno
    return pieces


# --- habits ----------------------------------------------------------------------------------------------------


def write_answers_in_words(rng: np.random.Generator, notebook: NotebookNode) -> None:
    """Most of the written questions get a few sentences."""
    for cell in notebook.cells:
        if kind_of(cell) == "written" and rng.random() < 0.85:
            cell.source = " ".join(rng.choice(WRITTEN, size=rng.integers(1, 4), replace=False))


def add_own_cells(rng: np.random.Generator, notebook: NotebookNode) -> None:
    """Up to five cells that nobody asked for, somewhere after the imports."""
    for _ in range(rng.integers(1, 6)):
        make, texts = (new_code_cell, OWN_CODE) if rng.random() < 0.7 else (new_markdown_cell, OWN_WORDS)
        cell = make(str(rng.choice(texts)), id=rng.bytes(4).hex())
        notebook.cells.insert(int(rng.integers(5, len(notebook.cells))), cell)


def leave_outputs(rng: np.random.Generator, notebook: NotebookNode) -> None:
    """What a run on the student's own machine shows: a picture for a demonstration, a table for a check."""
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
        kind, exercise = kind_of(cell), exercise_of(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if kind == "demo":
            cell.outputs = [deepcopy(_picture(int(rng.integers(PICTURES))))]
        elif kind == "check":
            cell.outputs = [_table(table()[exercise]["points"], count)]
        elif "print(" in cell.source and kind == "prose":
            cell.outputs = [new_output("stream", name="stdout", text="debugging\n" * 20)]


@functools.cache
def _picture(number: int) -> NotebookNode:
    """A picture of noise, as heavy as those of the course: 40 to 300 kB."""
    from PIL import Image

    rng, file = np.random.default_rng(number), io.BytesIO()
    pixels = rng.integers(0, 256, (80 + 13 * number, 450), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    text = base64.b64encode(file.getvalue()).decode()
    data = {"text/plain": "a figure", "text/html": f'<img alt="a figure" src="data:image/png;base64,{text}"/>'}
    return new_output("display_data", data=data)


def _table(points: float, count: int) -> NotebookNode:
    row = "<tr><td>✓</td><td>the law that this line names holds for all that was asked</td></tr>"
    data = {"text/plain": f"{points:g}", "text/html": f"<table>{row * 12}</table>"}
    return new_output("execute_result", data=data, execution_count=count)


def untouched(of: Assignment) -> NotebookNode:
    """The notebook as it was handed out."""
    return deepcopy(_read(of.released))


@functools.lru_cache(maxsize=8)
def _read(text: str) -> NotebookNode:
    return nbformat.reads(text, as_version=4)
