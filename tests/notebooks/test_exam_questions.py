"""In every notebook: exam-style questions in two levels, numbered through, each with its folded answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECTION = re.compile(r"# ## Exam-style questions\n(.*?)# ## An open question\n", re.DOTALL)
SHORT, LONG = "# ### Short: recall and compute\n", "# ### Longer: transfer\n"
NUMBER = re.compile(r"^# \*\*(\d+)\.\*\*", re.MULTILINE)
NOTEBOOKS = sorted(ROOT.glob("solutions/[0-9]*.py"))


def _levels(path: Path) -> tuple[str, str]:
    (section,) = SECTION.findall(path.read_text())
    assert section.index(SHORT) < section.index(LONG)
    short, long = section.split(LONG)
    return short, long


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_there_are_short_and_long_ones_each_with_an_answer(path: Path) -> None:
    short, long = _levels(path)
    assert [int(n) for n in NUMBER.findall(short + long)] == [*range(1, len(NUMBER.findall(short + long)) + 1)]
    assert len(NUMBER.findall(short)) >= 3
    assert len(NUMBER.findall(long)) >= 3
    for question in NUMBER.split(short + long)[2::2]:
        assert question.count("<details><summary>Answer</summary>") == question.count("</details>") == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_last_one_is_as_long_as_a_problem_of_an_exam_and_its_points_add_up(path: Path) -> None:
    question, answer = NUMBER.split(_levels(path)[1])[-1].split("<details>")
    (whole,) = re.findall(r"\((\d+) points\)", question)
    asked = [*dict.fromkeys(re.findall(r"\(([a-d])\)", question))]  # a part may speak of another
    paid = re.findall(r"^# \(([a-d])\) \((\d) points?\)", answer, re.MULTILINE)
    assert asked == [part for part, _ in paid]
    assert len(asked) >= 3
    assert int(whole) == sum(int(points) for _, points in paid)
