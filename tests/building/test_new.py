"""A new exercise begins as a skeleton that says what is missing, and replaces nothing."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.building.new import new_exercise
from autograder.building.release import build_course
from autograder.building.source import SourceError, read_cells
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
FLOW, LAYERS = "02_change_of_variables", "03_flow_layers"


def files(course: Path) -> dict[str, bytes]:
    return {p.relative_to(course).as_posix(): p.read_bytes() for p in course.rglob("*") if p.is_file()}


def tags(course: Path, notebook: str) -> list[str]:
    cells = read_cells(course / "solutions" / f"{notebook}.py")
    return [f"{cell.tag.kind}:{cell.tag.exercise}" for cell in cells if cell.tag.exercise]


def test_an_exercise_is_cells_a_check_and_a_folder_of_answers(course: Path) -> None:
    before = files(course)
    lines = new_exercise(course, "cov.snr")
    written = {
        f"solutions/{FLOW}.py",
        f"autograder/checks/c{FLOW}/__init__.py",
        f"autograder/checks/c{FLOW}/snr.py",
        f"tests/answers/{FLOW}/cov.snr/wrong_todo.py",
        f"tests/answers/{FLOW}/cov.snr/right_todo.py",
    }
    assert {path for path, content in files(course).items() if before.get(path) != content} == written
    assert set(lines[:-1]) == {f"wrote {path}" for path in written}
    assert "`make answers ARGS=cov.snr`" in lines[-1]


def test_the_cells_stand_behind_the_last_exercise_and_nothing_else_changes(course: Path) -> None:
    source = course / "solutions" / f"{FLOW}.py"
    before = source.read_text(encoding="utf-8")
    new_exercise(course, "cov.snr")
    assert tags(course, FLOW)[-3:] == ["check:cov.half", "solve:cov.snr", "check:cov.snr"]
    added = [line for line in source.read_text(encoding="utf-8").splitlines() if line not in before.splitlines()]
    assert '# %% tags=["solve:cov.snr"]' in added
    after = source.read_text(encoding="utf-8")
    start, end = after.index("# %% [markdown]\n# ## TODO"), after.rindex('# %% tags=["given"]')
    assert after[:start] + after[end:] == before


def test_they_stand_before_what_closes_a_chapter(course: Path) -> None:
    source = course / "solutions" / f"{FLOW}.py"
    text = source.read_text(encoding="utf-8")
    end = text.rindex('# %% tags=["given"]')
    picture = '# %% tags=["demo"]\nprint("of half")\n\n'
    closing = "# %% [markdown]\n# ## What you can now do\n# Much.\n\n"
    source.write_text(text[:end] + picture + closing + text[end:], encoding="utf-8")
    new_exercise(course, "cov.snr")
    cells = [cell.node.source.splitlines()[0] for cell in read_cells(source)]
    assert cells[-6:] == [
        'print("of half")',
        "## TODO: a heading",
        "def snr(x):",
        'check("cov.snr")',
        "## What you can now do",
        "total()",
    ]


def test_a_notebook_that_is_only_planned_begins_with_its_first_exercise(course: Path) -> None:
    new_exercise(course, "flow.planar")
    assert tags(course, LAYERS) == ["solve:flow.planar", "check:flow.planar"]
    first, *_, last = [cell.node.source for cell in read_cells(course / "solutions" / f"{LAYERS}.py")]
    assert first.startswith("# 03 · Layers | of a flow\n")
    assert last == "total()"
    new_exercise(course, "flow.affine")
    assert tags(course, LAYERS)[2:] == ["solve:flow.affine", "check:flow.affine"]


def test_building_a_course_with_a_skeleton_says_where_it_is(course: Path, judges: Callable) -> None:
    new_exercise(course, "flow.planar")
    with pytest.raises(SourceError, match=rf"{LAYERS}.py:13: The cell still says TODO. Mend: write what"):
        build_course(course, judges)


def test_the_file_is_named_by_the_second_word_or_by_both(course: Path) -> None:
    new_exercise(course, "cov.kl")
    new_exercise(course, "flow.kl", FLOW)
    new_exercise(course, "cov.shared")
    checks = {path.name for path in (course / "autograder" / "checks" / f"c{FLOW}").glob("*.py")}
    assert checks == {"__init__.py", "kl.py", "flow_kl.py", "cov_shared.py"}


@pytest.mark.parametrize(
    ("id", "notebook", "sentence"),
    [
        ("Cov.snr", None, r"'Cov.snr' is no exercise id: write two words in lower case"),
        ("snr", None, "is no exercise id"),
        ("cov.snr.db", None, "is no exercise id"),
        ("cov.lambda", None, "neither of them a word of Python's own"),
        ("cov.../x", None, "is no exercise id"),
        ("cov.snr", "02_change_of_variable", "lists no notebook .* Did you mean 02_change_of_variables?"),
        ("cov.snr", "77_nothing", "lists no notebook '77_nothing'. A new one goes there first: name, title, minutes"),
        (
            "schedule.snr",
            None,
            "No notebook has exercises that begin with schedule: say which notebook, like --notebook",
        ),
        ("cov.half", None, rf"solutions/{FLOW}.py:\d+ holds the exercise cov.half already: choose another id"),
        ("cov.why", None, "holds the exercise cov.why already"),
        ("cov.judged", None, rf"autograder/checks/c{FLOW}/judged.py judges cov.judged already"),
        ("cov.answered", None, rf"tests/answers/{FLOW}/cov.answered is there already"),
    ],
)
def test_what_does_not_fit_or_is_there_is_refused_and_nothing_written(
    course: Path, id: str, notebook: str | None, sentence: str
) -> None:
    judge = course / "autograder" / "checks" / f"c{FLOW}" / "judged.py"
    judge.parent.mkdir(parents=True)
    judge.write_text('@exercise("cov.judged", ("judged",))\nclass Judged: ...\n')
    (course / "tests" / "answers" / FLOW / "cov.answered").mkdir(parents=True)
    before = files(course)
    with pytest.raises(CourseError, match=sentence):
        new_exercise(course, id, notebook)
    assert files(course) == before


def test_a_first_word_of_two_notebooks_asks_which(course: Path) -> None:
    new_exercise(course, "flow.snr", FLOW)
    with pytest.raises(CourseError, match=rf"{FLOW} and {LAYERS} have exercises that begin with flow: say which"):
        new_exercise(course, "flow.other")


def test_a_written_skeleton_is_not_written_again(course: Path) -> None:
    new_exercise(course, "cov.snr")
    before = files(course)
    with pytest.raises(CourseError, match=r"holds the exercise cov.snr already"):
        new_exercise(course, "cov.snr")
    assert files(course) == before


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with two skeletons, in a notebook that is there and in one that is not."""
    copy = tmp_path_factory.mktemp("grown")
    left_out = shutil.ignore_patterns("__pycache__")
    for folder in ("autograder", "pushforward", "solutions"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", copy)
    new_exercise(copy, "schedule.snr", "15_diffusion_forward")
    new_exercise(copy, "vae.support")  # two other notebooks have a support.py
    return copy


def run(grown: Path, *words: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "PYTHONPATH": str(grown)}
    return subprocess.run([sys.executable, "-m", *words], cwd=grown, env=env, capture_output=True, text=True)


def test_linter_and_formatter_pass_a_skeleton(grown: Path) -> None:
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        done = run(grown, *command, "--no-cache", "solutions", "autograder", "tests")
        assert done.returncode == 0, done.stdout
    assert len(list((grown / "tests").rglob("*.py"))) == 4


@pytest.mark.parametrize("id", ["schedule.snr", "vae.support"])
def test_judging_a_skeleton_says_which_part_is_missing(grown: Path, id: str) -> None:
    (grown / "answer.py").write_text(f"def {id.split('.')[1]}(x):\n    return x\n")
    for words in (["answers", id], ["judge", id, "answer.py"]):
        done = run(grown, "autograder", *words)
        assert done.returncode == 2
        assert done.stderr.startswith(f"{id} cannot be judged yet. TODO: probe in autograder/checks/c")
        assert len(done.stderr.splitlines()) == 1


def test_a_skeleton_is_python_that_stops_in_every_part_to_be_written(grown: Path) -> None:
    for path in (grown / "tests").rglob("*.py"):
        (function,) = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(function.body[0], ast.Raise)


def test_the_command(course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(course)
    assert main(["new", "cov.snr"]) == 0
    assert f"wrote solutions/{FLOW}.py" in capsys.readouterr().out
    assert main(["new", "cov.snr"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
