"""The grown house is a course of its own: every notebook has a source, and no id stands twice."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from autograder.measuring import grown
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown.grow(ROOT, tmp_path_factory.mktemp("grown") / "checkout")


def test_every_notebook_has_a_source_and_is_built(house: Path) -> None:
    toc = yaml.safe_load((house / "solutions" / "_toc.yml").read_text(encoding="utf-8"))
    names = {entry["name"] for entry in toc["notebooks"]}
    assert {path.stem for path in (house / "solutions").glob("*.py")} == names
    assert {path.stem for path in (house / "course").glob("*.ipynb")} == names


def test_every_copy_is_judged_by_its_own_check(house: Path) -> None:
    rows = json.loads((house / "autograder" / "exercises.json").read_text(encoding="utf-8"))
    assert {row["notebook"] for row in rows.values()} == {path.stem for path in (house / "solutions").glob("*.py")}
    program = (
        "from autograder.judging.exercise import all_exercises, get\n"
        "ids = list(all_exercises())\n"
        "print(len(ids), sum(get(id).notebook in type(get(id)).__module__ for id in ids))"
    )
    count, own = grown._run(house, "-c", program).split()
    assert int(count) == int(own) == sum(row["kind"] != "written" for row in rows.values())


def test_the_last_commit_touches_nothing(house: Path) -> None:
    """Else the suite would look at every copy as at something new."""
    done = subprocess.run(
        ["git", "diff", "--name-only", "HEAD~1"], cwd=house, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_a_folder_without_a_repository_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="is no git repository"):
        grown.grow(tmp_path, tmp_path / "out")
