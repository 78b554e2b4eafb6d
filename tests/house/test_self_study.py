"""Studying alone, as on Colab: an environment with nothing but the package, and the student notebooks in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "course").glob("*.ipynb"))

# Runs in the empty environment: executes a notebook of a folder and prints what each of its checks showed.
EXECUTE = """
import json, sys, nbformat
from nbclient import NotebookClient
nb = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(nb, timeout=300, kernel_name="python3").execute()
outputs = [o for c in nb.cells for o in c.get("outputs", []) if o.output_type == "execute_result"]
shown = [o.data.get("text/html", "") for o in outputs]
print(json.dumps(sum("pushforward-check" in s for s in shown)))
"""
# With it pip would find the package in the checkout, and install nothing.
OUTSIDE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
# Checks need neither what builds the course nor what grades a class.
UNWANTED = ("jupytext", "nbgrader", "yaml", "jupyterlab")


def test_a_check_needs_none_of_what_builds_and_grades() -> None:
    code = (
        f"import sys\nfor name in {UNWANTED}: sys.modules[name] = None\n"
        "from pushforward import check\n"
        "def standardise(x): return x * 0\n"
        "report = check('start.standardise')\nprint(report.points, report.max)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "0.0 2.0\n"), run.stderr


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the package, ipykernel and nbclient, and nothing else that was asked for."""
    folder = tmp_path_factory.mktemp("empty environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, "ipykernel", "nbclient"], check=True, cwd=folder, env=OUTSIDE)
    wheel = [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT]  # as `make wheel` does
    subprocess.run(wheel, check=True, cwd=folder, env=OUTSIDE)
    (built,) = folder.glob("pushforward-*.whl")
    assert sentence_of_a_lone_notebook(python, folder) == (
        f"The course's package is missing: run `%pip install {built.name}` in a cell of its own, then this one again."
    )
    subprocess.run([*pip, built], check=True, cwd=folder, env=OUTSIDE)
    return python


def sentence_of_a_lone_notebook(python: Path, folder: Path) -> str:
    """What the first code cell of a notebook in this folder says where there is no package."""
    nb = nbformat.read(ROOT / "course" / "00_start_here.ipynb", as_version=4)
    code = next(cell.source for cell in nb.cells if cell.cell_type == "code")
    run = subprocess.run([python, "-c", code], cwd=folder, env=OUTSIDE, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    return run.stderr.strip()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_installed_package_runs_and_checks_the_student_notebooks(name: str, python: Path, tmp_path: Path) -> None:
    environment = OUTSIDE | {"PUSHFORWARD_BUDGET": "quick"}
    command = [python, "-c", EXECUTE, str(ROOT / "course" / f"{name}.ipynb")]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    table = json.loads((ROOT / "autograder" / "exercises.json").read_text(encoding="utf-8"))
    cells = nbformat.read(ROOT / "course" / f"{name}.ipynb", as_version=4).cells
    asked = [found[1] for cell in cells if (found := re.match(r'check\("([\w.]+)"\)', cell.source))]
    assert set(asked) == {id for id, row in table.items() if row["notebook"] == name and row["kind"] != "written"}
    assert json.loads(run.stdout.splitlines()[-1]) == len(asked)  # a derivation is asked in two parts


@pytest.mark.slow
def test_the_environment_holds_nothing_that_builds_or_grades(python: Path) -> None:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True, env=OUTSIDE
    )
    names = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert names.isdisjoint({"jupytext", "nbgrader", "jupyterlab", "pytest"})
