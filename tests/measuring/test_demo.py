"""`make demo`: a small class of it from end to end, and what it refuses."""

from pathlib import Path

import pytest

from autograder.grading.engine import run
from autograder.grading.records.state import State
from autograder.grading.sandbox import wall
from autograder.measuring import demo
from autograder.measuring.synthetic_harm import ATTACKS
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
LOOP = "while True"  # the first attack of the list


def texts(out: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in out.rglob("submitted/**/*.ipynb"))


def test_a_class_of_seven_from_end_to_end(tmp_path: Path) -> None:
    """Its last line names a page that is there; nobody is missing, and an attack earns nothing at its place."""
    wanted = demo.options(ROOT, tmp_path / "demo", students=7)
    last = run(wanted, ROOT).splitlines()[-1]
    assert last == f"Open {tmp_path / 'demo' / 'class_report.html'} first."
    assert Path(last.split()[1]).is_file()
    with State(tmp_path / "demo") as state:
        results = list(state.results())
    assert len(results) == 7 * len(demo.ASSIGNMENTS)
    assert all(mark.status for result in results for mark in result.marks)
    (attacked,) = {path.parts[-3] for path in tmp_path.glob("demo/submitted/*/*/*.ipynb") if LOOP in path.read_text()}
    for result in results:
        assert bool(result.incidents) == (result.student == attacked)
        assert result.student != attacked or result.marks[0].points == 0


def test_without_bubblewrap_it_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall.shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match=r"needs bubblewrap.*make demo SANDBOX=none"):
        demo.options(ROOT, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_hostile_student_runs_without_a_sandbox(tmp_path: Path) -> None:
    demo.options(ROOT, tmp_path, sandbox="none")
    written = texts(tmp_path)
    assert len(list(tmp_path.glob("submitted/*"))) == demo.STUDENTS
    assert not [name for name, attack in ATTACKS.items() if attack.splitlines()[-1].strip() in written.splitlines()]
    assert "hostile" not in demo.introduction("none")


def test_submissions_of_real_people_are_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "submitted" / "somebody"
    theirs.mkdir(parents=True)
    with pytest.raises(CourseError, match="choose another folder"):
        demo.options(ROOT, tmp_path)
    assert theirs.is_dir()
