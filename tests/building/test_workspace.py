"""work/: copies for students, and that nothing of theirs is ever lost."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.building.effort import MARK
from autograder.building.release import write_course
from autograder.building.workspace import _model_answers, copy_missing, fresh, solved
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
FLOW, START = "02_change_of_variables", "00_start_here"
REVEAL = "from pushforward import mark, reveal"


@pytest.fixture
def work(course: Path, judges: Callable) -> Path:
    """The folder work/ of a built course, not there yet."""
    write_course(course, judges)
    return course / "work"


def files(work: Path) -> dict[str, str]:
    """What stands in it, the start page aside, which is made anew each time."""
    return {path.name: path.read_text(encoding="utf-8") for path in work.iterdir() if path.name != "index.ipynb"}


def test_missing_notebooks_are_copied_without_their_pairing(course: Path, work: Path) -> None:
    assert copy_missing(course) == [f"copied work/{START}.ipynb", f"copied work/{FLOW}.ipynb"]
    assert sorted(files(work)) == [f"{START}.ipynb", f"{FLOW}.ipynb"]
    copy = nbformat.read(work / f"{FLOW}.ipynb", as_version=4)
    released = nbformat.read(course / "course" / f"{FLOW}.ipynb", as_version=4)
    assert "jupytext" not in copy.metadata
    own = [cell for cell in copy.cells if not cell.source.startswith(REVEAL)]
    assert [cell.source for cell in own[1:-1]] == [cell.source for cell in released.cells[1:-1]]
    assert own[0].source == released.cells[0].source.replace("README.md", "index.ipynb") != released.cells[0].source
    assert own[-1].source == released.cells[-1].source.replace("README.md", "index.ipynb")


def test_below_each_written_answer_stands_what_opens_its_model_answer(course: Path, work: Path) -> None:
    copy_missing(course)
    cells = nbformat.read(work / f"{FLOW}.ipynb", as_version=4).cells
    (place,) = [i for i, cell in enumerate(cells) if cell.source.startswith(REVEAL)]
    assert cells[place].source == f'{REVEAL}\n\nreveal("cov.why")'
    assert cells[place - 1].metadata.nbgrader.grade_id == "cov-why"


def test_the_start_page_shows_what_has_been_done_and_is_made_anew(course: Path, work: Path) -> None:
    copy_missing(course)
    row = {"points": 2.0, "full": True}
    (work / ".pushforward-progress.json").write_text(json.dumps({"exercises": {"start.standardise": row}}))
    (work / "index.ipynb").write_text("a note")
    copy_missing(course)
    words, shown, listed = nbformat.read(work / "index.ipynb", as_version=4).cells
    assert words.source.startswith("# The course")
    assert "2 of 2  00_start_here" in shown.outputs[0].data["text/plain"]
    assert "Done so far: 00 to 100%" in shown.outputs[0].data["text/html"]
    assert f"({FLOW}.ipynb)" in listed.source


def test_a_notebook_that_is_there_is_never_touched(course: Path, work: Path) -> None:
    work.mkdir()
    (work / f"{FLOW}.ipynb").write_text("my answers")
    assert copy_missing(course) == [f"copied work/{START}.ipynb", "left 1 in work/ as they are"]
    assert files(work)[f"{FLOW}.ipynb"] == "my answers"


def test_a_second_copy_does_nothing(course: Path, work: Path) -> None:
    copy_missing(course)
    before = files(work)
    assert copy_missing(course) == ["left 2 in work/ as they are"]
    assert files(work) == before


def test_a_copy_that_appears_meanwhile_is_not_overwritten(
    course: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.mkdir()
    (work / f"{START}.ipynb").write_text("my answers")
    monkeypatch.setattr(Path, "exists", lambda path: False)
    with pytest.raises(CourseError, match="File exists"):
        copy_missing(course)
    assert files(work) == {f"{START}.ipynb": "my answers"}


def test_fresh_takes_the_name_and_keeps_each_old_copy(course: Path, work: Path) -> None:
    copy_missing(course)
    clean = files(work)[f"{FLOW}.ipynb"]
    for answers in ("first", "second"):
        (work / f"{FLOW}.ipynb").write_text(answers)
        said = fresh(course, FLOW)
    assert files(work)[f"{FLOW}.ipynb"] == clean
    assert files(work)[f"{FLOW}.old.ipynb"] == "first"
    assert files(work)[f"{FLOW}.old-2.ipynb"] == "second"
    assert f"work/{FLOW}.ipynb is fresh" in said
    assert f"your old copy is work/{FLOW}.old-2.ipynb" in said


def test_fresh_without_a_copy_makes_one(course: Path, work: Path) -> None:
    assert fresh(course, FLOW) == f"work/{FLOW}.ipynb is a fresh copy."
    assert list(files(work)) == [f"{FLOW}.ipynb"]


def test_fresh_on_an_untouched_copy_does_nothing(course: Path, work: Path) -> None:
    copy_missing(course)
    before = files(work)
    assert "still as fresh" in fresh(course, FLOW)
    assert files(work) == before


def test_solved_has_answers_and_rubrics_and_leaves_the_student_s_own_alone(
    course: Path, work: Path, judges: Callable
) -> None:
    copy_missing(course)
    (work / f"{FLOW}.ipynb").write_text("my answers")
    assert solved(course, FLOW, judges) == f"work/{FLOW}.solved.ipynb has the model answers."
    assert files(work)[f"{FLOW}.ipynb"] == "my answers"
    nb = nbformat.read(work / f"{FLOW}.solved.ipynb", as_version=4)
    sources = [cell.source for cell in nb.cells]
    assert 'def half(z):\n    """z / 2, in a café."""\n    return z / 2' in sources
    assert any(s.startswith("**Model answer.**") and "- (2) says that mass is kept" in s for s in sources)
    assert not any("SOLUTION" in source for source in sources)
    assert not any("nbgrader" in cell.metadata for cell in nb.cells)
    assert "jupytext" not in nb.metadata
    assert "With the model answers" in sources[0]


def test_solved_says_the_time_in_words_as_the_course_does() -> None:
    assert MARK in (ROOT / "solutions" / f"{START}.py").read_text(encoding="utf-8")
    assert MARK.encode() not in _model_answers(ROOT, START, None)


def test_solved_twice_changes_nothing(course: Path, work: Path, judges: Callable) -> None:
    solved(course, FLOW, judges)
    before = files(work)
    assert solved(course, FLOW, judges) == f"work/{FLOW}.solved.ipynb has the model answers already."
    assert files(work) == before


def test_solved_overwrites_nothing_that_was_changed(course: Path, work: Path, judges: Callable) -> None:
    solved(course, FLOW, judges)
    (work / f"{FLOW}.solved.ipynb").write_text("with my notes")
    assert solved(course, FLOW, judges) == f"work/{FLOW}.solved-2.ipynb has the model answers."
    assert files(work)[f"{FLOW}.solved.ipynb"] == "with my notes"
    assert solved(course, FLOW, judges) == f"work/{FLOW}.solved-2.ipynb has the model answers already."


@pytest.mark.parametrize("command", [fresh, solved])
@pytest.mark.parametrize("name", [FLOW, f"{FLOW}.ipynb", f"work/{FLOW}.ipynb"])
def test_a_notebook_may_be_named_in_three_ways(
    course: Path, work: Path, judges: Callable, command: Callable, name: str
) -> None:
    extra = (judges,) if command is solved else ()
    assert f"work/{FLOW}." in command(course, name, *extra)


@pytest.mark.parametrize("command", [fresh, solved])
@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("02", f"Did you mean {FLOW}?"),
        ("02_change_of_variable", f"Did you mean {FLOW}?"),
        ("start", f"Did you mean {START}?"),
        ("zzz", f"There are {START}, {FLOW}."),
        ("", f"There are {START}, {FLOW}."),
    ],
)
def test_an_unknown_notebook_is_one_sentence_with_the_nearest_names(
    course: Path, work: Path, command: Callable, name: str, mend: str
) -> None:
    with pytest.raises(CourseError) as refused:
        command(course, name)
    assert str(refused.value) == f"There is no notebook called {name!r}. {mend}"
    assert not work.exists()


def test_a_course_that_was_never_built(course: Path) -> None:
    with pytest.raises(CourseError, match=r"holds no notebooks: run `make course` first\."):
        copy_missing(course)


def commands(course: Path, judges: Callable) -> list[Callable]:
    return [
        lambda: copy_missing(course),
        lambda: fresh(course, FLOW),
        lambda: solved(course, FLOW, judges),
    ]


@pytest.mark.parametrize("which", range(3))
def test_a_file_in_the_way_is_one_clear_sentence(course: Path, work: Path, judges: Callable, which: int) -> None:
    work.write_text("a file")
    with pytest.raises(CourseError, match=r"work.* cannot be used \(.*\): work in a folder that you may write to"):
        commands(course, judges)[which]()
    assert work.read_text() == "a file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("which", range(3))
def test_a_folder_without_permission_is_one_clear_sentence(
    course: Path, work: Path, judges: Callable, which: int
) -> None:
    work.mkdir(mode=0o555)
    with pytest.raises(CourseError, match="Permission denied"):
        commands(course, judges)[which]()


def test_fresh_keeps_the_answers_when_the_new_copy_cannot_be_written(
    course: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.mkdir()
    (work / f"{FLOW}.ipynb").write_text("my answers")

    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CourseError, match="No space left"):
        fresh(course, FLOW)
    assert set(files(work).values()) == {"my answers"}
