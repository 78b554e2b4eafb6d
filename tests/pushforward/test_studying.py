"""Studying alone: the model answer opens after something was written, and a mark of one's own counts as that."""

import json
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pushforward import mark, progress, reveal, total
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
ID, NOTEBOOK = "diffusion.which_schedules", "15_diffusion_forward"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's folder, inside of a copy of the course."""
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "solutions").mkdir()
    shutil.copy(ROOT / "solutions" / f"{NOTEBOOK}.py", tmp_path / "solutions")
    monkeypatch.chdir(work)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(sys.modules["pushforward.check"], "_results", {})
    return work


def notebook(folder: Path, answer: str) -> None:
    cell = {"cell_type": "markdown", "source": [answer], "metadata": {"nbgrader": {"grade_id": ID.replace(".", "-")}}}
    (folder / f"{NOTEBOOK}.ipynb").write_text(json.dumps({"cells": [{"source": [], "metadata": {}}, cell]}))


def test_the_model_answer_and_the_rubric_open_once_something_is_written(folder: Path) -> None:
    notebook(folder, "YOUR ANSWER HERE")
    assert "Write your answer first" in repr(reveal(ID))
    notebook(folder, "2 and 4 are invalid.")
    fold = reveal(ID)
    assert fold._repr_markdown_().startswith(f"<details><summary>Model answer and rubric of {ID}</summary>\n\n")
    for part in ("**Model answer.** Schedules 2 and 4 are invalid", "**Rubric**", "any other well-justified answer"):
        assert part in fold._repr_markdown_()
        assert part in repr(fold)
    assert "SOLUTION" not in repr(fold)
    assert repr(fold).endswith(f"`mark({ID!r}, …)`, up to 4.")


def test_it_opens_anyway_and_where_no_file_can_be_found(folder: Path) -> None:
    assert "**Rubric**" in repr(reveal(ID))
    notebook(folder, "YOUR ANSWER HERE")
    assert "**Rubric**" in repr(reveal(ID, anyway=True))


def test_the_notebook_is_found_under_the_name_that_its_owner_gave_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook(folder, "YOUR ANSWER HERE")
    (folder / f"{NOTEBOOK}.ipynb").rename(folder / "mine.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "mine.ipynb"))
    assert "Write your answer first" in repr(reveal(ID))


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": 1, "metadata": {}}]}'])
def test_a_damaged_file_stops_nothing(folder: Path, damage: str) -> None:
    (folder / f"{NOTEBOOK}.ipynb").write_text(damage)
    assert "**Rubric**" in repr(reveal(ID))


@pytest.mark.parametrize("setting", ["PUSHFORWARD_JUDGED_ELSEWHERE", "NBGRADER_EXECUTION"])
def test_what_is_handed_in_is_told_nothing_and_marks_nothing(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if setting == "NBGRADER_EXECUTION":
        monkeypatch.setenv(setting, "autograde")
    else:
        monkeypatch.setattr("pushforward.studying.is_judged_elsewhere", lambda: True)
    assert repr(reveal(ID, anyway=True)) == ""
    assert repr(mark(ID, 4)) == ""
    assert not sys.modules["pushforward.check"]._results


def test_where_the_sources_are_not_there_one_sentence_says_where_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(folder.parent / "solutions")
    monkeypatch.setattr("pushforward.studying.__file__", str(folder / "site-packages" / "pushforward" / "studying.py"))
    with pytest.raises(CourseError, match=f"they stand in solutions/{NOTEBOOK}.py of the course"):
        reveal(ID)


def test_sources_of_another_version_are_one_sentence(folder: Path) -> None:
    source = folder.parent / "solutions" / f"{NOTEBOOK}.py"
    source.write_text(source.read_text(encoding="utf-8").replace(f"written:{ID}:", "written:diffusion.other:"))
    with pytest.raises(CourseError, match="belongs to another version of the course"):
        reveal(ID)


def test_without_jupytext_one_sentence_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "autograder.building.revealing", None)
    with pytest.raises(CourseError, match="needs jupytext: %pip install jupytext"):
        reveal(ID)


def test_what_a_machine_judges_has_nothing_to_reveal() -> None:
    for call in (lambda id: reveal(id), lambda id: mark(id, 1)):
        with pytest.raises(CourseError, match=r"is judged by machine: check\('diffusion.alpha_bar'\)"):
            call("diffusion.alpha_bar")
        with pytest.raises(CourseError, match=r"no exercise called 'diffusion.which_schedule'"):
            call("diffusion.which_schedule")


@pytest.mark.parametrize("points", [-1, 4.5, float("nan")])
def test_a_mark_lies_between_nothing_and_the_worth(points: float) -> None:
    with pytest.raises(CourseError, match="give yourself between 0 and 4"):
        mark(ID, points)


def test_a_mark_of_ones_own_is_kept_and_counts_as_that(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=None)))
    assert repr(mark(ID, 2.5)) == f"{ID}: 2.5 of 4 points by your own mark. progress() counts them."
    sys.modules["pushforward.check"]._results.clear()  # another day
    assert f"{NOTEBOOK} (and 2.5 of 4 by your own mark)" in repr(progress())
    assert f"  own 2.5 of 4  {ID}" in repr(total())
    assert os.listdir(folder) == [".pushforward-progress.json"]
