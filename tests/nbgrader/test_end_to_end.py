"""Stock nbgrader from the instructor's source to the exported marks, by its own commands with our configuration."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.building.release import instructor_sources
from autograder.judging.exercise import table

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = ("00_start_here", "15_diffusion_forward")
pytestmark = pytest.mark.xdist_group("nbgrader")

# One submission with known partial credit. The right answer among these makes every kind of noise.
NOISY = """
def posterior_variance(beta):
    import logging, os, subprocess, sys, warnings
    from tqdm.auto import tqdm
    print("standard output"), print("standard error", file=sys.stderr), print("underneath", file=sys.__stderr__)
    warnings.warn("a warning"), logging.getLogger().error("a log record")
    os.write(2, b"the descriptor itself")
    subprocess.run([sys.executable, "-S", "-c", "import sys; sys.stderr.write('a child')"])
    before = torch.ones(1, dtype=beta.dtype, device=beta.device)
    values = []
    for b in tqdm(beta, desc="steps"):
        now = before * (1 - b)
        values.append((1 - before) / (1 - now) * b)
        before = now
    return torch.cat(values)
"""
MIXTURE = {
    "start-standardise-answer": (
        "def standardise(x):\n    return (x - x.mean(0)) / x.std(0)\n",  # NaN on a constant column
        1.1,
    ),
    "diffusion-alpha_bar-answer": (
        "def alpha_bar(beta):\n    return torch.cumprod(1 - beta, 0)\n\n"
        "def log_alpha_bar(beta):\n    return torch.log1p(-beta).cumsum(0)\n",
        2.0,
    ),
    "diffusion-q_sample-answer": (  # the root is missing on the signal
        "def q_sample(x0, t, eps, alpha_bar):\n"
        "    a = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))\n    return a * x0 + (1 - a).sqrt() * eps\n",
        1.1,
    ),
    "diffusion-posterior_variance-answer": (NOISY, 1.0),
    "diffusion-predict_x0-answer": ("def predict_x0(xt, t, eps, alpha_bar):\n    return xt / 0 + nothing\n", 0.0),
}
WRITTEN = ("start-units", "diffusion-which_prior")


def _nbgrader(folder: Path, *arguments: str) -> str:
    # nbgrader starts alembic by its bare name, so the environment's programs must be found
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PUSHFORWARD_BUDGET": "quick"}
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout + run.stderr


def _submit(folder: Path, student: str, assignment: str, notebook: NotebookNode) -> None:
    path = folder / "submitted" / student / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def _mixed(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in MIXTURE:
            cell.source = MIXTURE[name][0]
        if name in WRITTEN:
            cell.source = "An answer in words."
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with three graded students."""
    folder = tmp_path_factory.mktemp("nbgrader course")
    instructor_sources(ROOT, folder)
    for assignment in ASSIGNMENTS:
        _nbgrader(folder, "generate_assignment", assignment)
        release = folder / "release" / assignment / f"{assignment}.ipynb"
        _submit(folder, "solution", assignment, nbformat.read(folder / "source" / assignment / release.name, 4))
        _submit(folder, "untouched", assignment, nbformat.read(release, 4))
        _submit(folder, "mixture", assignment, _mixed(nbformat.read(release, 4)))
        _nbgrader(folder, "autograde", assignment)
        _nbgrader(folder, "generate_feedback", assignment)
    _nbgrader(folder, "export")
    return folder


@pytest.fixture
def gradebook(course: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        yield book


def _scores(book: Gradebook, student: str) -> dict[str, float]:
    """Marks of the autograded cells, by their nbgrader id."""
    scores = {}
    for assignment in ASSIGNMENTS:
        for notebook in book.find_submission(assignment, student).notebooks:
            scores |= {g.name: g.auto_score for g in notebook.grades if g.cell.cell_type == "code"}
    return scores


def _full() -> dict[str, float]:
    rows = [(id, row) for id, row in table().items() if row["notebook"] in ASSIGNMENTS and row["kind"] != "written"]
    return {id.replace(".", "-"): row["points"] for id, row in rows}


def test_the_solution_earns_everything(gradebook: Gradebook) -> None:
    assert _scores(gradebook, "solution") == _full()


def test_the_untouched_release_earns_nothing(gradebook: Gradebook) -> None:
    assert _scores(gradebook, "untouched") == dict.fromkeys(_full(), 0.0)


def test_partial_credit_is_exact_and_noise_changes_nothing(gradebook: Gradebook) -> None:
    expected = dict.fromkeys(_full(), 0.0)
    expected |= {name.removesuffix("-answer"): points for name, (_, points) in MIXTURE.items()}
    assert _scores(gradebook, "mixture") == expected


def test_an_edited_written_answer_waits_for_a_hand_grade_and_an_untouched_one_does_not(gradebook: Gradebook) -> None:
    for student, expected in (("mixture", set(WRITTEN)), ("untouched", set())):
        waiting = set()
        for assignment in ASSIGNMENTS:
            for notebook in gradebook.find_submission(assignment, student).notebooks:
                waiting |= {g.name for g in notebook.grades if g.needs_manual_grade}
        assert waiting == expected


def test_feedback_shows_the_tables_and_names_the_mistake(course: Path) -> None:
    page = (course / "feedback" / "mixture" / ASSIGNMENTS[1] / f"{ASSIGNMENTS[1]}.html").read_text(encoding="utf-8")
    assert page.count('class="pushforward-check ') == sum(name.startswith("diffusion") for name in _full())
    assert "the root is missing on the signal" in page
    assert "hint 1 of 3" in page
    assert "what your code printed" in page
    assert "asks these questions again" in page  # the seed is named


def test_the_export_lists_every_student_with_the_total(course: Path, gradebook: Gradebook) -> None:
    with (course / "grades.csv").open(newline="") as file:
        rows = {(row["assignment"], row["student_id"]): float(row["raw_score"]) for row in csv.DictReader(file)}
    assert len(rows) == 3 * len(ASSIGNMENTS)
    for student in ("solution", "untouched", "mixture"):
        total = sum(score for (_, who), score in rows.items() if who == student)
        assert total == pytest.approx(sum(_scores(gradebook, student).values()))


def test_validate_tells_a_right_notebook_from_an_untouched_one(course: Path) -> None:
    """Judged by its text: the command ends with 0 either way."""
    path = f"{ASSIGNMENTS[0]}/{ASSIGNMENTS[0]}.ipynb"
    assert "Success" in _nbgrader(course, "validate", f"source/{path}")
    assert "failed" in _nbgrader(course, "validate", f"release/{path}").lower()


def test_the_release_is_what_stands_in_course(course: Path) -> None:
    for assignment in ASSIGNMENTS:
        released = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", 4)
        built = nbformat.read(ROOT / "course" / f"{assignment}.ipynb", 4)
        own = built.cells[1:-1]  # without the links to its neighbours, which lie elsewhere in nbgrader's folders
        assert [(c.source, c.metadata.get("nbgrader")) for c in released.cells] == [
            (c.source, c.metadata.get("nbgrader")) for c in own
        ]
