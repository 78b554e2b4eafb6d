"""In every notebook: where the reader is to predict a figure, the words that stand for it are computed.

A sentence that stands in the cell would tell the outcome to whoever reads the cell before running it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]


def _predicted(path: Path) -> Iterator[str]:
    """The demonstrations that follow upon a "predict", with no other prose between."""
    asked = False
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "markdown":
            asked = bool(re.search(r"\bpredict\b", cell.source, re.IGNORECASE))
        elif asked and "demo" in cell.metadata.get("tags", []):
            yield cell.source


def _words(source: str) -> list[ast.expr]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "alt"]


@pytest.mark.parametrize("path", sorted(ROOT.glob("solutions/[0-9]*.py")), ids=lambda path: path.stem)
def test_no_words_of_a_figure_tell_what_is_to_be_predicted(path: Path) -> None:
    told = [words for source in _predicted(path) for words in _words(source)]
    assert not [words.value for words in told if isinstance(words, ast.Constant)]


def test_there_are_predictions_to_look_at() -> None:
    asked = {
        path.stem[:2] for path in ROOT.glob("solutions/[0-9]*.py") for source in _predicted(path) if _words(source)
    }
    assert {"02", "06", "07", "09", "15"} <= asked
