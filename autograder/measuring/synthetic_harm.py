"""What reaches a grader besides honest work: notebooks that were damaged on the way, and some that want more points.

A few of each, for a demonstration. tests/damage and tests/attacks hold all that the grader is tested with.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.grading.model import kind_of

Damage = Callable[[np.random.Generator, NotebookNode], bytes]


def _written(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode()


def _some(rng: np.random.Generator, notebook: NotebookNode, kind: str) -> int:
    places = [i for i, cell in enumerate(notebook.cells) if kind_of(cell) == kind]
    return int(rng.choice(places))


# --- damaged ---------------------------------------------------------------------------------------------------


def _stripped(_: np.random.Generator, notebook: NotebookNode) -> bytes:
    for cell in notebook.cells:
        cell.metadata = {}
        cell.pop("id", None)
    notebook.nbformat_minor = 4
    return _written(notebook)


def _duplicated(rng: np.random.Generator, notebook: NotebookNode) -> bytes:
    place = _some(rng, notebook, "solve")
    copy = deepcopy(notebook.cells[place])
    copy["id"] = rng.bytes(4).hex()
    notebook.cells.insert(place + 1, copy)
    return _written(notebook)


def _reordered(rng: np.random.Generator, notebook: NotebookNode) -> bytes:
    moved = notebook.cells.pop(_some(rng, notebook, "solve"))
    notebook.cells.insert(int(rng.integers(3, len(notebook.cells))), moved)
    return _written(notebook)


def _without_a_check(rng: np.random.Generator, notebook: NotebookNode) -> bytes:
    del notebook.cells[_some(rng, notebook, "check")]
    return _written(notebook)


def _old(_: np.random.Generator, notebook: NotebookNode) -> bytes:
    return nbformat.writes(nbformat.convert(notebook, 3), version=3).encode()


def _of_colab(_: np.random.Generator, notebook: NotebookNode) -> bytes:
    for i, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell.metadata = {"id": f"colab{i:08}", **({"outputId": "0"} if cell.cell_type == "code" else {})}
    notebook.metadata = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook.nbformat_minor = 0
    return _written(notebook)


def _truncated(_: np.random.Generator, notebook: NotebookNode) -> bytes:
    content = _written(notebook)
    return content[: len(content) * 2 // 3]


def _page(_: np.random.Generator, __: NotebookNode) -> bytes:
    return b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"


DAMAGES: dict[str, Damage] = {  # the first ones stand in the demonstration's small class
    "all metadata stripped": _stripped,
    "a solution cell copied": _duplicated,
    "cut off in the middle": _truncated,
    "a web page saved as a notebook": _page,
    "a solution cell moved": _reordered,
    "a check deleted": _without_a_check,
    "an old format": _old,
    "through Colab": _of_colab,
}

# --- hostile ---------------------------------------------------------------------------------------------------

# The text of the first solution cell. What it earns elsewhere in the notebook is the business of the other cells.
ATTACKS: dict[str, str] = {
    "loops for ever": "while True:\n    pass",
    "ends the process": "import os\n\nos._exit(0)",
    "prints a verdict": "import os\n\nos.write(1, b'28\\n')\nprint('28')\n28",
    "equals everything": (
        "class Equal:\n"
        "    def __eq__(self, other):\n        return True\n\n"
        "    def __getattr__(self, name):\n        return Equal()\n\n"
        "    def __call__(self, *args, **kwargs):\n        return Equal()\n\n\n"
        "noising_step = marginal_after = standardise = Equal()"
    ),
    "patches the check": "import pushforward\n\npushforward.check = check = lambda *args, **kwargs: 28",
    "wants all memory": "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 26))",
    "looks for the solutions": (
        "from pathlib import Path\n\nfor path in Path('/').rglob('solutions/*.py'):\n    exec(path.read_text())"
    ),
}


def attack(notebook: NotebookNode, text: str) -> bytes:
    """The notebook with the attack in the place of its first answer."""
    first = next(cell for cell in notebook.cells if kind_of(cell) == "solve")
    first.source = text
    return _written(notebook)
