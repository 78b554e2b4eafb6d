"""The README is short, and what it shows and says of generated files is so."""

import re
from fnmatch import fnmatch
from pathlib import Path

import torch

from autograder.building.release import build_course
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST = 150


def derived() -> list[tuple[str, str, str]]:
    """The rows of the table of derived files: what, from what, by which command."""
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in TEXT.splitlines() if line[:1] == "|"]
    return rows[rows.index(("derived", "source", "command")) + 2 :]


def test_it_is_read_in_one_go() -> None:
    assert len(TEXT.splitlines()) <= LONGEST


def test_the_check_that_it_shows_is_what_the_check_says() -> None:
    adds = {"alpha_bar": lambda beta: 1 - beta.cumsum(0), "log_alpha_bar": lambda beta: torch.log1p(-beta).cumsum(0)}
    (shown,) = re.findall(r"```text\n(.*?)\n```", TEXT, re.DOTALL)
    assert repr(examine(get("diffusion.alpha_bar"), LocalLink(adds))) == shown


def test_every_generated_file_is_in_the_table_of_derived_files() -> None:
    by_make_course = [row for row in derived() if "`make course`" in row[2]]
    patterns = [pattern for what, _, _ in by_make_course for pattern in re.findall(r"`([^`]+)`", what)]
    built = list(build_course(ROOT))
    assert [path for path in built if not any(fnmatch(path, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatch(path, pattern) for path in built)] == []


def test_sources_in_the_table_exist() -> None:
    sources = [name for _, source, _ in derived() for name in re.findall(r"`([^`]+)`", source)]
    assert [name for name in sources if not any(ROOT.glob(name))] == []
