"""The notebooks run: with their answers, with their blanks, and stripped of everything that nbgrader wrote."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.building.execution import execute, points_shown, strip_metadata
from autograder.building.release import instructor_sources
from autograder.judging.exercise import table
from tests.rotation import rotating, touches_notebook

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "solutions").glob("*.py"))
BUDGET = os.environ.get("PUSHFORWARD_BUDGET", "quick")
UNFINISHED = "This demonstration"  # so pushforward.waiting.waiting_for begins
MOST = 4  # notebooks that one run of the suite executes
every_notebook = pytest.mark.parametrize("name", rotating(NAMES, MOST, touched=touches_notebook))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks with their answers, as an instructor gets them."""
    folder = tmp_path_factory.mktemp("instructor")
    instructor_sources(ROOT, folder)
    return folder / "source"


def _points(name: str) -> dict[str, float]:
    return {id: row["points"] for id, row in table().items() if row["notebook"] == name and row["kind"] != "written"}


@pytest.mark.parametrize("name", rotating(NAMES, 1))
def test_nbval_finds_no_cell_that_fails(name: str, sources: Path) -> None:
    """As an instructor may run it on a notebook with its answers."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-cell-timeout=300", "-q", "-p", "no:xdist"]
    environment = {**os.environ, "PUSHFORWARD_BUDGET": BUDGET, "PYTHONPATH": str(ROOT)}
    config = ["-c", os.devnull, "--rootdir", str(sources), "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *config, str(sources / name / f"{name}.ipynb")],
        cwd=sources, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


def _printed(run: nbformat.NotebookNode) -> list[str]:
    """What each cell has printed."""
    streams = [[o.text for o in cell.get("outputs", []) if o.output_type == "stream"] for cell in run.cells]
    return ["".join(texts) for texts in streams if texts]


def _tables(run: nbformat.NotebookNode) -> list[str]:
    """What cells have shown as HTML: reports of checks, and pictures."""
    outputs = [output for cell in run.cells for output in cell.get("outputs", [])]
    return [o.data["text/html"] for o in outputs if "text/html" in o.get("data", {})]


@every_notebook
def test_a_solution_earns_everything_without_any_metadata_and_waits_for_nothing(name: str, sources: Path) -> None:
    """Every cell runs from top to bottom, or the execution itself raises."""
    notebook = nbformat.read(sources / name / f"{name}.ipynb", as_version=4)
    run = execute(strip_metadata(notebook), budget=BUDGET)
    assert points_shown(run) == _points(name)
    assert [text for text in _printed(run) if UNFINISHED in text] == []
    alternatives = [alt for shown in _tables(run) for alt in re.findall(r'alt="([^"]*)"', shown)]
    assert [alt for alt in alternatives if not alt.strip() or "$" in alt] == []  # a screen reader speaks no TeX


@every_notebook
def test_blanks_stop_nothing_and_earn_nothing(name: str) -> None:
    notebook = nbformat.read(ROOT / "course" / f"{name}.ipynb", as_version=4)
    run = execute(notebook, budget="quick")
    assert points_shown(run) == dict.fromkeys(_points(name), 0.0)
    waiting = [text for text in _printed(run) if UNFINISHED in text]
    assert waiting
    assert all("waits for" in text for text in waiting)
    assert sum("not implemented yet" in shown for shown in _tables(run)) >= len(_points(name))
