"""Whoever gives a command among the hand-ins runs nothing of what lies there, however it is called."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENTRY = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["pushforward"]
HANDED_IN = (
    *("numpy", "torch", "scipy", "yaml", "jupytext", "nbformat", "nbgrader", "psutil", "dask", "distributed"),
    *("json", "random", "socket", "pickle", "struct", "argparse", "multiprocessing", "asyncio", "subprocess"),
    *("sitecustomize", "usercustomize", "pushforward", "nbgrader_config", "jupyter_config", "ipython_config"),
)
GRADE = ["grade", ".", "--out", "../out", "--jobs", "1"]
ANSWER = "def standardise(x):\n    return x\n"


@pytest.fixture
def among(tmp_path: Path) -> Path:
    """A folder of hand-ins, one of them a notebook; each of the others says that it has run, and runs on."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    for name in HANDED_IN:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write(__name__ + ' ')\n")
    shutil.copy(ROOT / "course" / "00_start_here.ipynb", folder / "ada.ipynb")
    (tmp_path / "answer.py").write_text(ANSWER)
    return folder


def ran(folder: Path) -> str:
    mark = folder.parent / "ran"
    return mark.read_text() if mark.exists() else ""


def as_module(_: Path) -> list[str]:
    return [sys.executable, "-m", "autograder"]


def as_script(folder: Path) -> list[str]:
    """What an installation makes of the entry in pyproject.toml."""
    module, name = ENTRY.split(":")
    script = folder.parent / "bin" / "pushforward"
    script.parent.mkdir()
    script.write_text(f"import sys\nfrom {module} import {name}\nif __name__ == '__main__':\n    sys.exit({name}())\n")
    return [sys.executable, str(script)]


@pytest.mark.parametrize("start", [as_module, as_script])
def test_nothing_that_was_handed_in_is_imported(start: Callable, among: Path) -> None:
    environment, program = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, start(among)
    for arguments in (["exercises"], ["judge", "start.standardise", "../answer.py"], GRADE):
        command = [*program, *arguments]
        done = subprocess.run(command, cwd=among, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == (1 if arguments[0] == "judge" else 0), done.stderr
        assert ran(among) == ""
    assert "ada" in (among.parent / "out" / "totals.csv").read_text()


def test_a_python_that_looks_into_the_current_folder_runs_what_lies_there(among: Path) -> None:
    subprocess.run([sys.executable, "-c", "import random"], cwd=among, check=False)
    assert ran(among).split()[0] == "random"


def test_the_entry_is_there() -> None:
    module, name = ENTRY.split(":")
    assert callable(getattr(importlib.import_module(module), name))
