"""The command as an instructor gives it, with real workers, the real sandbox, and a check of one's own."""

from __future__ import annotations

import csv
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.grading import standin
from tests.grading.records.test_checks_path import MORE, standardise

ROOT = Path(__file__).resolve().parents[2]
RIGHT = """\
def standardise(x):
    x = x - x[0]
    s = x.std(0)
    return (x - x.mean(0)) / s.where(s > 0, torch.ones_like(s))
"""
pytestmark = pytest.mark.xdist_group("cluster")


def hand_in(submitted: Path, student: str, answer: str) -> None:
    notebook = nbformat.read(ROOT / "course" / f"{standin.ASSIGNMENT}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "start-standardise-answer":
            cell.source = answer
    path = submitted / student / standin.ASSIGNMENT / f"{standin.ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def grade(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--jobs", "1", "--out", "out", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def csv_of(path: Path) -> dict[str, dict[str, str]]:
    """Its rows, by student."""
    with path.open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_a_class_is_graded_with_an_own_check_behind_the_wall(tmp_path: Path) -> None:
    hand_in(tmp_path / "submitted", "ada", RIGHT)
    hand_in(tmp_path / "submitted", "bob", inspect.getsource(standardise))  # right for the course's own check
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "more.py").write_text(MORE)
    standin.write_course(tmp_path / "course")
    done = grade(tmp_path, "--course", "course", "--checks-path", "checks", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 notebooks in ")
    assert done.stdout.endswith("Open out/class_report.html first.\n")
    rows = csv_of(tmp_path / "out" / "totals.csv")
    assert rows["ada"]["start.standardise"] == "2"
    assert float(rows["bob"]["start.standardise"]) < 2
    assert rows["ada"]["isolated"] == rows["bob"]["isolated"] == "yes"
    page = (tmp_path / "out" / "feedback" / "bob" / standin.ASSIGNMENT / f"{standin.ASSIGNMENT}.html").read_text()
    assert "every column has unit variance" in page  # the table of a visible check, with one input that failed
    again = grade(tmp_path, "--course", "course", "--checks-path", "checks", "--seed", "1")
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("All 2 had been graded before")
    assert [mark["student"] for mark in json.loads((tmp_path / "out" / "grades.json").read_text())] == ["ada", "bob"]
    notebook = tmp_path / "out" / "autograded" / "bob" / standin.ASSIGNMENT / f"{standin.ASSIGNMENT}.ipynb"
    before = [cell.source for cell in nbformat.read(notebook, as_version=4).cells]
    one = ("--regrade", "--student", "bob", "--exercise", "start.standardise")
    asked = grade(tmp_path, "--course", "course", "--checks-path", "checks", *one)
    assert asked.returncode == 0, asked.stderr
    assert "1 mark judged once more, 0 changed: see regraded.csv." in asked.stdout  # the same questions
    assert [cell.source for cell in nbformat.read(notebook, as_version=4).cells] == before
    assert csv_of(tmp_path / "out" / "totals.csv") == rows
