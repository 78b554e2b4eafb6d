"""A judge has a name that follows all of the program text and notebook that decide, and nothing else."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grading.model import Template
from autograder.grading.records import judges
from autograder.grading.records.attempts import Attempt
from autograder.grading.records.course import read_course
from autograder.judging.exercise import modules_of, table

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOK, STEP, Q_SAMPLE = "15_diffusion_forward", "diffusion.step", "diffusion.q_sample"
CHECKS = f"autograder/checks/c{NOTEBOOK}"


@pytest.fixture(scope="module")
def assignment() -> Template:
    return read_course(None, ROOT).templates[NOTEBOOK]


@pytest.fixture
def changed(tmp_path: Path, assignment: Template, monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[str]]:
    """changed("file", old, new): the exercises of the notebook whose judge has another name with that replaced."""

    def names() -> dict[str, str]:
        judges._module.cache_clear()
        return judges.judges(assignment)

    def change(file: str, old: str, new: str) -> set[str]:
        before, path = names(), tmp_path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return {name for name, judge in names().items() if judge != before[name]}

    for package in ("autograder", "pushforward"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc", "*.json"))
    monkeypatch.setattr(judges, "PACKAGES", tmp_path)
    yield change
    judges._module.cache_clear()


def test_each_exercise_has_a_name_that_every_process_finds_again(assignment: Template) -> None:
    found = judges.judges(assignment)
    assert list(found) == [slot.exercise for slot in assignment.graded]
    assert len(set(found.values())) == len(found)
    assert judges.judges(assignment) == found


def test_the_file_of_an_exercise_is_known_for_all_of_the_course() -> None:
    """Else a changed judge would go unnoticed."""
    judged = [id for id, row in table().items() if row["kind"] != "written"]
    assert [id for id in judged if not list(modules_of(id))] == []


def test_a_changed_check_is_another_judge_of_that_exercise_alone(changed: Callable) -> None:
    assert changed(f"{CHECKS}/step.py", "import math", "import math, cmath") == {STEP}


def test_what_judges_everything_is_another_judge_of_everything(changed: Callable, assignment: Template) -> None:
    judged = {slot.exercise for slot in assignment.graded if slot.kind == "check"}
    for file in ("autograder/judging/compare.py", "autograder/judging/report.py", "pushforward/answering/wire.py"):
        assert changed(file, "import annotations", "import annotations, division") == judged


def test_what_one_exercise_imports_is_another_judge_of_those_that_do(changed: Callable) -> None:
    found = changed("autograder/oracles/gaussians.py", "import annotations", "import annotations, division")
    assert "diffusion.generate" in found
    assert STEP not in found


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"{CHECKS}/step.py", "import math\n", "import math\n\n# a remark\n"),
        ("autograder/grading/reports/feedback.py", "20_000", "30_000"),
        ("pushforward/figures/style.py", "import annotations", "import annotations, division"),
    ],
)
def test_remarks_reports_and_figures_are_no_judges(changed: Callable, file: str, old: str, new: str) -> None:
    assert changed(file, old, new) == set()


def test_the_notebook_decides_too_but_not_its_prose(assignment: Template) -> None:
    def with_other(kind: str, exercise: str | None = None, **change: object) -> set[str]:
        slots = [dataclasses.replace(s, **change) if s.kind == kind and exercise in (None, s.exercise) else s
                 for s in assignment.slots]  # fmt: skip
        now = judges.judges(dataclasses.replace(assignment, slots=tuple(slots), notebook="{}"))
        return {name for name, judge in now.items() if judge != judges.judges(assignment)[name]}

    assert with_other("prose", source="Other words.") == with_other("demo", source="1") == set()
    assert with_other("check", STEP, points=7.0) == {STEP}
    assert with_other("solve", STEP, source="def step(): ...") == {STEP}
    assert with_other("given", source="import math") == {slot.exercise for slot in assignment.graded}


def test_marks_of_another_judge_are_said_with_what_to_do() -> None:
    def attempt(**judges: str) -> tuple[str, Attempt]:
        return "hw", Attempt("h", 1, 1, "f", 5, False, 1.0, judges)

    now = {"hw": {"a": "1", "b": "1", "c": "1", "d": "1"}}
    assert judges.outdated([attempt(a="1"), attempt(b="1"), attempt(gone="0")], now) == ""
    assert judges.outdated([("another", attempt(a="0")[1])], now) == ""
    said = judges.outdated([attempt(a="0", b="1"), attempt(a="0", b="0"), attempt(a="1")], now)
    assert said.startswith("Graded by another version of the judges of a, b: 2 notebooks, whose marks stay.")
    assert "--exercise a only" in said
    assert "a, b, c and 1 more" in judges.outdated([attempt(a="0", b="0", c="0", d="0")], now)
