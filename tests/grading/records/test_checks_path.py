"""An instructor's own checks stand in for the course's or come on top, and whatever is wrong has file and line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.grading.records.checks_path import load, read, refuse_strangers
from autograder.grading.records.course import read_course
from autograder.judging import exercise
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import added, all_exercises, get, table
from autograder.judging.judge import examine
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[3]
MORE = '''\
"""Asks for a table of two hundred columns as well."""

import torch

from autograder.checks.c00_start_here.standardise import Standardise
from autograder.judging.exercise import exercise


@exercise("start.standardise", ("standardise",))
class WithGenes(Standardise):
    def probe(self, rng):
        yield from super().probe(rng)
        yield self._case(rng.normal(size=(50, 200)), torch.float64, "cpu")
'''
NEW = '''\
from __future__ import annotations

from dataclasses import dataclass

from autograder.judging.exercise import Exercise, call, case, exercise, pays


@dataclass
class Fact:
    """Dataclasses look their module up."""

    x: float


@exercise("mine.double", ("double",))
class Double(Exercise):
    right = pays("the number is doubled")
    hints = ("What is twice the number?", "Add it to itself.", "x + x.")

    def probe(self, rng):
        x = float(rng.normal())
        yield case(call("double", x), x=x, fact=Fact(x))

    def judge(self, case, answer):
        yield self.right(answer == 2 * case.fact.x)
'''


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


def standardise(x):
    """Right, except for tables with many columns."""
    if x.shape[1] > 100:
        return x
    scale = (x - x[0]).std(0)
    return (x - x.mean(0)) / scale.where(scale > 0, scale + 1)


def test_a_judge_of_the_course_is_replaced_for_this_run_only(tmp_path: Path) -> None:
    own, before = all_exercises()["start.standardise"], dict(exercise._REGISTRY)
    judges = load(read(folder(tmp_path, more=MORE)))
    assert list(judges) == ["start.standardise"]
    assert judges["start.standardise"].notebook == "00_start_here"
    link = LocalLink({"standardise": standardise})
    assert examine(own, link, 3).full
    assert not examine(judges["start.standardise"], link, 3).full
    with added(judges):
        assert get("start.standardise") is judges["start.standardise"]
    assert get("start.standardise") is own
    assert before == exercise._REGISTRY


def test_a_mistake_of_the_course_is_still_called_by_its_name(tmp_path: Path) -> None:
    judge = load(read(folder(tmp_path, more=MORE)))["start.standardise"]
    report = examine(judge, LocalLink({"standardise": lambda x: (x - x.mean()) / x.std(correction=0)}), 3)
    assert report.mistake.name == "one mean for the whole tensor"


def test_an_exercise_of_ones_own_is_judged_and_known_while_it_is_added(tmp_path: Path) -> None:
    judges = load(read(folder(tmp_path, mine=NEW)))
    assert examine(judges["mine.double"], LocalLink({"double": lambda x: x + x}), 3).full
    assert not examine(judges["mine.double"], LocalLink({"double": lambda x: x}), 3).full
    with added(judges):
        assert table()["mine.double"]["names"] == ["double"]
        assert list(all_exercises())[-1] == "mine.double"
    assert "mine.double" not in table()


def test_the_same_text_is_run_once(tmp_path: Path) -> None:
    checks = read(folder(tmp_path, mine=NEW))
    assert load(checks)["mine.double"] is load(checks)["mine.double"]


def test_the_files_travel_as_text(tmp_path: Path) -> None:
    """Another process, which does not see the folder, loads the same judges."""
    checks = read(folder(tmp_path, more=MORE, mine=NEW))
    for file in tmp_path.glob("*.py"):
        file.unlink()
    program = f"from autograder.grading.records.checks_path import load; print(*load({checks!r}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["mine.double", "start.standardise"], done.stderr


# --- what can be wrong -----------------------------------------------------------------------------------------

WRONG = {
    "syntax": (NEW.replace("def judge(self", "def judge(self:"), r"mine\.py:24: "),
    "a name that is not there": (NEW.replace("pays(", "pay("), r"mine\.py:17: NameError: name 'pay' is not defined"),
    "an import": (NEW.replace("dataclasses import", "nowhere import"), r"mine\.py:3: ModuleNotFoundError: "),
    "an exit": ("raise SystemExit(3)", r"mine\.py:1: SystemExit: 3"),
    "no exercise": ("x = 1\n", r"mine\.py:1: no exercise is defined: .*@exercise"),
    "no probe": (NEW.replace("def probe", "def prob"), r"mine\.py:16: mine\.double has no probe"),
    "no judge": (NEW.replace("def judge", "def judg"), r"mine\.py:16: mine\.double has no judge"),
    "no law": (NEW.replace("pays(", "("), r"mine\.py:16: mine\.double has no law that pays"),
    "no hints": (NEW.replace("hints", "hint"), r"mine\.py:16: mine\.double has no hints"),
    "no exercise class": (NEW.replace("class Double(Exercise)", "class Double"), r"mine\.py:15: Double, .* Exercise"),
    "twice the same": (NEW + NEW.partition("@dataclass")[2].partition("\n\n\n")[2], r"mine\.py:\d+: Two classes"),
    "a probe that fails": (NEW.replace("rng.normal", "rng.abnormal"), r"mine\.py:21: AttributeError: "),
    "a probe that asks nothing": (NEW.replace("yield case(", "return (") + "\n        yield", r"mine\.py:\d+: "),
    "other names": (
        MORE.replace('("standardise",)', '("standard",)'),
        r"mine\.py:10: .* defines standardise, not",
    ),
    "a judge that fails": (
        MORE + "\n    def judge(self, case, answer):\n        yield self.shape(1 / 0)\n",
        r"mine\.py:16: ZeroDivisionError: division by zero",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_whatever_is_wrong_is_one_sentence_with_file_and_line(what: str, tmp_path: Path) -> None:
    text, words = WRONG[what]
    before = dict(exercise._REGISTRY)
    with pytest.raises(CourseError, match=words) as error:
        read(folder(tmp_path, mine=text))
    assert str(error.value).startswith(str(tmp_path / "mine.py"))
    assert "\n" not in str(error.value)
    assert before == exercise._REGISTRY


def test_a_folder_without_checks_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"holds no checks: it needs at least one .py file"):
        read(tmp_path)
    with pytest.raises(CourseError, match="is no folder: --checks-path"):
        read(tmp_path / "nowhere")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match=r"mine\.py cannot be read: it is not UTF-8 text"):
        read(tmp_path)


def test_an_exercise_that_no_notebook_has_is_a_stranger(tmp_path: Path) -> None:
    checks = read(folder(tmp_path, mine=NEW))
    refuse_strangers(checks, tmp_path, {"mine.double"})
    with pytest.raises(CourseError, match=r"mine\.py:16: no notebook of the course has a check of 'mine\.double'"):
        refuse_strangers(checks, tmp_path, set())
    misspelt = read(folder(tmp_path, mine=NEW.replace("mine.double", "start.standardize")))
    with pytest.raises(CourseError, match=r"'start\.standardize': did you mean start\.standardise\?"):
        refuse_strangers(misspelt, tmp_path, set())


def test_a_course_with_cells_for_an_own_exercise_can_be_read_while_it_is_added(tmp_path: Path) -> None:
    judges = load(read(folder(tmp_path, mine=NEW)))
    notebook = nbformat.read(ROOT / "course" / "00_start_here.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "start-standardise":
            cell.metadata["nbgrader"]["grade_id"] = "mine-double"
    path = tmp_path / "release" / "own" / "own.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    with pytest.raises(CourseError, match="belongs to no exercise of the course"):
        read_course(tmp_path, ROOT)
    with added(judges):
        template = read_course(tmp_path, ROOT).templates["own"]
    assert "mine.double" in {slot.exercise for slot in template.slots if slot.kind == "check"}
