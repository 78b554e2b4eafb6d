"""How long a notebook takes: counted in its source, told in its text and in the table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.building.effort import MARK, Load, in_words, load, minutes_of
from autograder.building.release import build_course
from autograder.building.source import read_sources
from pushforward.contents import Entry

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_to_be_done_is_counted(course: Path, judges: Callable) -> None:
    source = read_sources(course / "solutions", ["00_start_here"], judges)["00_start_here"]
    prose = nbformat.v4.new_markdown_cell("two words $$x = 1 + 2$$\n\n<details>hidden</details> <details></details>")
    asked = nbformat.v4.new_markdown_cell("my answer", metadata={"tags": ["written:start.why:2"]})
    source.cells += [prose, asked]
    found = load(source)
    assert (found.exercises, found.points, found.written, found.questions) == (1, 1, 2, 2)
    assert found.words == 4 + 3  # and the title
    assert found.minutes == pytest.approx(found.words / 120 + 4 + 2.5 + 6 + 4)


def test_the_time_is_rounded_and_what_is_to_come_is_added() -> None:
    text = " ".join(["word"] * 120 * 42)
    source = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    assert Load(words=120).minutes == 1
    assert minutes_of(Entry("00_a", "A", 0), source) == 40
    assert minutes_of(Entry("00_a", "A", 0, "", ("a.one", "a.two")), source) == 80
    assert minutes_of(Entry("00_a", "A", 30, "", ("a.one",)), None) == 30
    assert minutes_of(Entry("00_a", "A", 30, "", ("a.one", "a.two")), None) == 40


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (45, "about 45 minutes"),
        (60, "about 1 hour"),
        (100, "about 1½ hours"),
        (190, "about 3 hours"),
        (260, "about 4½ hours"),
        (300, "about 5 hours"),
    ],
)
def test_a_time_is_said_in_halves_of_an_hour(minutes: int, words: str) -> None:
    assert in_words(minutes) == words


def test_the_text_the_table_and_the_record_say_the_same(course: Path, judges: Callable) -> None:
    path = course / "solutions/00_start_here.py"
    path.write_text(path.read_text().replace("# # Start here", f"# # Start here\n#\n# Time: {MARK}, " + "very " * 1700))
    built = build_course(course, judges)
    assert "Time: about 20 minutes" in built["course/00_start_here.ipynb"].decode()
    assert "[00 Start here](00_start_here.ipynb) | 20 |" in built["course/README.md"].decode()
    assert json.loads(built["autograder/notebooks.json"])[0]["minutes"] == 20


def test_no_source_says_another_time() -> None:
    """Each tells its own by the mark."""
    for path in ROOT.glob("solutions/[0-9]*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.count(MARK) == 1, path.stem
        assert not re.search(r"Time: (?!\{\{)\S", " ".join(text.replace("\n#", " ").split())), path.stem


def test_the_formula_agrees_with_the_reviewer_s_estimates() -> None:
    """06: three to three and a half hours; 15: four, before two of its exercises were added."""
    rows = {row["name"]: row["minutes"] for row in json.loads((ROOT / "autograder/notebooks.json").read_text())}
    assert 170 <= rows["06_elbo"] <= 240
    assert 230 <= rows["15_diffusion_forward"] <= 290


def test_the_readme_says_how_long_the_first_one_takes() -> None:
    rows = json.loads((ROOT / "autograder/notebooks.json").read_text(encoding="utf-8"))
    assert f"(course/00_start_here.ipynb), {rows[0]['minutes']} minutes;" in (ROOT / "README.md").read_text()
