"""The exercises that CONTRIBUTING adds step by step work as they are printed there."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.judging import exercise as exercises
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import Exercise
from autograder.judging.judge import examine
from autograder.judging.promises import faults
from autograder.measuring import answers

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCE, JUDGE, WRONG, PROOF, PROOF_JUDGE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
NOTEBOOK = "15_diffusion_forward"


@dataclass(frozen=True)
class Printed:
    """An exercise of the page: its id, its cells and its check."""

    id: str
    source: str
    judge: str

    @property
    def names(self) -> dict[str, Any]:
        """What the printed cells define."""
        names: dict[str, Any] = {"torch": torch, "check": lambda id: None}
        exec(self.source, names)
        return names


SNR = Printed("schedule.snr", SOURCE, JUDGE)
TWO_STEPS = Printed("schedule.two_steps", PROOF, PROOF_JUDGE)
both = pytest.mark.parametrize("printed", [SNR, TWO_STEPS], ids=lambda printed: printed.id)


@pytest.fixture(scope="module", autouse=True)
def judges() -> Iterator[dict[str, Exercise]]:
    """The printed judges, registered for as long as this module runs."""
    exercises.all_exercises()
    for printed in (SNR, TWO_STEPS):
        module = f"autograder.checks.c{NOTEBOOK}.{printed.id.partition('.')[2]}"
        exec(printed.judge, {"__name__": module})
    yield exercises._REGISTRY
    for printed in (SNR, TWO_STEPS):
        del exercises._REGISTRY[printed.id]


@both
def test_the_printed_answer_earns_everything(judges: dict, printed: Printed) -> None:
    for seed in range(20):
        assert examine(judges[printed.id], LocalLink(printed.names), seed).full


@both
def test_its_mistakes_are_rejected_and_named(judges: dict, printed: Printed) -> None:
    assert len(judges[printed.id].mistakes) >= 3
    for answer in answers.catalogue(judges[printed.id]):
        for seed in range(5):
            assert answers.try_answer(judges[printed.id], answer, printed.names, seed).fault is None


def test_the_printed_wrong_answer_breaks_the_law_that_it_names(judges: dict, tmp_path: Path) -> None:
    path = tmp_path / "wrong_single_step.py"
    path.write_text(WRONG, encoding="utf-8")
    breaks, mistake = answers._header(path)
    answer = answers.Answer(path.name, answers._load(path), False, breaks, mistake)
    assert answers.try_answer(judges[SNR.id], answer, SNR.names, 0).fault is None


@both
def test_its_docstrings_and_its_domain_say_the_same(judges: dict, printed: Printed) -> None:
    exercise, names = judges[printed.id], printed.names
    assert set(exercise.domain) == set(exercise.names)
    for name, domain in exercise.domain.items():
        assert list(domain.arguments) == list(inspect.signature(names[name]).parameters)
        assert faults(inspect.getdoc(names[name]), domain) == []


@both
def test_constants_earn_nothing(judges: dict, printed: Printed) -> None:
    for answer in answers.constants(printed.names, judges[printed.id]):
        assert examine(judges[printed.id], LocalLink(answer.names), 0).points == 0


def test_a_derivation_says_where_equality_was_lost(judges: dict) -> None:
    lost = {"noise_by_step": lambda b, c: {"first": b, "second": c}}
    report = examine(judges[TWO_STEPS.id], LocalLink({**TWO_STEPS.names, **lost}), 0)
    assert (report.points, report.max) == (0.5, 1)
    assert "Equality is lost between the starting point and line 1, in the term `first`" in repr(report).replace(
        "\n      ", " "
    )


@both
def test_the_printed_source_is_one_that_the_builder_takes(printed: Printed, tmp_path: Path) -> None:
    from autograder.building.source import read_source

    header = (ROOT / "solutions" / f"{NOTEBOOK}.py").read_text(encoding="utf-8").partition("# %%")[0]
    path = tmp_path / f"{NOTEBOOK}.py"
    path.write_text(header + printed.source + '\n# %% tags=["given"]\ntotal()\n', encoding="utf-8")
    assert len(read_source(path).cells) == 3 + ("markdown" in printed.source)


def test_whoever_follows_the_steps_gets_there(tmp_path: Path) -> None:
    """In a copy: the printed command, the printed parts in place of its TODOs, then what step 4 runs."""
    for folder in ("autograder", "pushforward", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (command,) = re.findall(r"^\.venv/bin/python -m autograder (new .*)$", PAGE, re.MULTILINE)
    assert run(tmp_path, "autograder", *command.split()).returncode == 0
    assert "still says TODO" in run(tmp_path, "autograder", "course").stderr
    source = tmp_path / "solutions" / f"{NOTEBOOK}.py"
    cells = r"# %% \[markdown\]\n# ## TODO.*check\(\"schedule.snr\"\)\n"
    text, count = re.subn(cells, lambda _: SOURCE, source.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert count == 1
    source.write_text(text, encoding="utf-8")
    (tmp_path / "autograder" / "checks" / f"c{NOTEBOOK}" / "snr.py").write_text(JUDGE, encoding="utf-8")
    folder = tmp_path / "tests" / "answers" / NOTEBOOK / "schedule.snr"
    (folder / "wrong_todo.py").write_text(WRONG, encoding="utf-8")
    (folder / "right_todo.py").unlink()
    assert run(tmp_path, "ruff", "check", "--no-cache", "autograder", "solutions").stdout == "All checks passed!\n"
    assert run(tmp_path, "ruff", "format", "--check", "--no-cache", "autograder", "solutions").returncode == 0
    built = run(tmp_path, "autograder", "course")
    assert built.returncode == 0, built.stderr
    assert f"wrote course/{NOTEBOOK}.ipynb" in built.stdout
    judged = run(tmp_path, "autograder", "answers", "schedule.snr", "--no-mutants").stdout.splitlines()
    assert [line.partition(" in tests")[0] for line in judged[4:]] == [
        "schedule.snr has 1 answers wrong_*.py",
        "schedule.snr has 0 answers right_*.py",
    ]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "PYTHONPATH": str(folder), "PUSHFORWARD_SEEDS": "1"}
    return subprocess.run([sys.executable, "-m", *words], cwd=folder, env=env, capture_output=True, text=True)
