"""course/ and everything else that is generated is what solutions/ gives, and no answer is in it."""

import ast
import keyword
import re
import shutil
from pathlib import Path

import jupytext
import nbformat
import pytest

from autograder.building.release import build_course, compare_course, write_course

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "solutions").glob("*.py"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def test_everything_generated_is_in_sync() -> None:
    differences = compare_course(ROOT)
    assert differences == [], "\n".join(differences)


def test_the_course_comes_back_from_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    write_course(tmp_path)
    for path, content in build_course(ROOT).items():
        assert (tmp_path / path).read_bytes() == content, path


def answers(name: str) -> list[str]:
    """The lines between the markers of a source, comment signs of markdown aside."""
    source = jupytext.read(ROOT / "solutions" / f"{name}.py")
    lines, inside = [], False
    for line in "\n".join(cell.source for cell in source.cells).splitlines():
        inside = (inside or "### BEGIN SOLUTION" in line) and "### END SOLUTION" not in line
        if inside and "### BEGIN SOLUTION" not in line:
            lines.append(line.strip())
    return lines


def tells(line: str) -> bool:
    """Whether finding this line in a student's notebook would give something away."""
    code = re.sub(rf"\b({'|'.join(keyword.kwlist)})\b|[\W_]", "", line)
    return len(line) > 3 and bool(code) and not re.fullmatch(r"return \w+", line)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_line_of_an_answer_survives(name: str) -> None:
    answer = [line for line in answers(name) if tells(line)]
    assert answer
    for suffix in ("ipynb", "py"):
        released = jupytext.read(ROOT / "course" / f"{name}.{suffix}")
        shown = {line.strip() for cell in released.cells for line in cell.source.splitlines()}
        assert [line for line in answer if line in shown] == []


def outline(code: str) -> list[tuple[str, str | None]]:
    """Signature (or bases) and docstring of everything that a cell defines, methods included."""
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [(ast.unparse(node).partition("\n")[0], ast.get_docstring(node)) for node in found]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_blank_keeps_its_outline_and_raises(name: str) -> None:
    source = jupytext.read(ROOT / "solutions" / f"{name}.py")
    solves = [c.source for c in source.cells if c.metadata.get("tags", [""])[0].startswith("solve:")]
    released = nbformat.read(ROOT / "course" / f"{name}.ipynb", as_version=4)
    blanks = [c.source for c in released.cells if is_blank(c)]
    for solution, blank in zip(solves, blanks, strict=True):
        assert "raise NotImplementedError()" in blank
        kept = outline(blank)
        assert set(kept) <= set(outline(solution))
        assert any(docstring for _, docstring in kept)


def is_blank(cell: nbformat.NotebookNode) -> bool:
    data = cell.metadata.get("nbgrader", {})
    return bool(data.get("solution")) and cell.cell_type == "code"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_untouched_cells_compile(name: str) -> None:
    released = nbformat.read(ROOT / "course" / f"{name}.ipynb", as_version=4)
    for cell in released.cells:
        if cell.cell_type == "code":
            compile(cell.source, cell.id, "exec")
