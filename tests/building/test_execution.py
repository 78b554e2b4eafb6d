"""The notebooks run: with their answers, with their blanks, and stripped of everything that nbgrader wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.building.execution import execute, points_shown, strip_metadata
from autograder.building.release import instructor_sources
from autograder.judging.exercise import table

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "solutions").glob("*.py"))
BUDGET = os.environ.get("PUSHFORWARD_BUDGET", "quick")
every_notebook = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks with their answers, as an instructor gets them."""
    folder = tmp_path_factory.mktemp("instructor")
    instructor_sources(ROOT, folder)
    return folder / "source"


def _points(name: str) -> dict[str, float]:
    return {id: row["points"] for id, row in table().items() if row["notebook"] == name and row["kind"] != "written"}


@every_notebook
def test_a_solution_runs_from_top_to_bottom(name: str, sources: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-cell-timeout=300", "-q", "-p", "no:xdist"]
    environment = {**os.environ, "PUSHFORWARD_BUDGET": BUDGET, "PYTHONPATH": str(ROOT)}
    config = ["-c", os.devnull, "--rootdir", str(sources), "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *config, str(sources / name / f"{name}.ipynb")],
        cwd=sources, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


@every_notebook
def test_without_any_metadata_a_solution_still_earns_everything_inside_the_notebook(name: str, sources: Path) -> None:
    notebook = nbformat.read(sources / name / f"{name}.ipynb", as_version=4)
    assert points_shown(execute(strip_metadata(notebook), budget="quick")) == _points(name)


@every_notebook
def test_blanks_stop_nothing_and_earn_nothing(name: str) -> None:
    notebook = nbformat.read(ROOT / "course" / f"{name}.ipynb", as_version=4)
    run = execute(notebook, budget="quick")
    assert points_shown(run) == dict.fromkeys(_points(name), 0.0)
    tables = [o.data["text/html"] for c in run.cells for o in c.get("outputs", []) if "text/html" in o.get("data", {})]
    assert sum("not implemented yet" in shown for shown in tables) >= len(_points(name))
