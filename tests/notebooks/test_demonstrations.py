"""In every notebook: a demonstration that waits for the reader's functions names those that it uses, and no others."""

from __future__ import annotations

import ast
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _cells(path: Path) -> list[ast.Module]:
    return [ast.parse(cell.source) for cell in jupytext.read(path).cells if cell.cell_type == "code"]


def _waits(cell: ast.Module) -> list[tuple[set[str], set[str]]]:
    """(names waited for, names used) of every `with waiting_for(…):`."""
    blocks = [node for node in ast.walk(cell) if isinstance(node, ast.With)]
    calls = [(block, block.items[0].context_expr) for block in blocks]
    waits = [
        (block, call) for block, call in calls if isinstance(call, ast.Call) and "waiting_for" in _names(call.func)
    ]
    return [({arg.value for arg in call.args}, set().union(*map(_names, block.body))) for block, call in waits]


@pytest.mark.parametrize("path", sorted(ROOT.glob("solutions/[0-9]*.py")), ids=lambda path: path.stem)
def test_what_it_waits_for_is_used(path: Path) -> None:
    """If it stops, its sentence says that it "uses" these: by name, or through another function of the reader's."""
    cells = _cells(path)
    kinds = (ast.FunctionDef, ast.ClassDef)
    written = {node.name: _names(node) for cell in cells for node in cell.body if isinstance(node, kinds)}
    for named, used in (wait for cell in cells for wait in _waits(cell)):
        for _ in written:  # through as many functions as there are
            used |= set().union(*(written.get(name, set()) for name in used))
        assert named <= used
