"""docs/grading.md says what is: its options, its limits, its example of an own check."""

import re
from pathlib import Path

import numpy as np
import torch

from autograder.__main__ import _parser
from autograder.grading.model import Limits
from autograder.grading.plan import LEAST_MEMORY
from autograder.grading.reading import parsing, reading
from autograder.grading.records.checks_path import load, read
from autograder.grading.sandbox.outputs import Room
from autograder.judging import bounded, sizes
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")


def _printed_check() -> str:
    return next(code for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "@exercise" in code)


def right(x: torch.Tensor) -> torch.Tensor:
    spread = (x - x[0]).std(0, correction=0)
    return torch.where(spread > 0, (x - x.mean(0)) / spread.clamp_min(1e-300).to(x), torch.zeros_like(x))


def forgets_wide_tables(x: torch.Tensor) -> torch.Tensor:
    """Right on the course's questions, which all have few columns."""
    return right(x) if x.shape[1] < 100 else x - x.mean(0)


def test_every_option_of_the_command_is_in_the_table() -> None:
    grade = _parser()[1]["grade"]
    options = {name for action in grade._actions for name in action.option_strings if name.startswith("--")}
    assert {name for name in options - {"--help"} if f"`{name}" not in PAGE} == set()


def test_the_limits_are_those_of_the_program() -> None:
    limits = Limits()
    for shown in (f"{limits.cell_seconds:g} s for a cell", f"{limits.memory} MB over", f"| {limits.processes} |"):
        assert shown in PAGE, shown
    for shown in (f"| {limits.disk} MB, all in memory", f"| {limits.output} MB, of which"):
        assert shown in PAGE, shown
    assert f"{limits.patience:g} times as many by the clock" in PAGE
    assert limits.notebook_seconds == 5 * limits.cell_seconds


def test_the_limits_of_what_is_trusted_are_those_of_the_program() -> None:
    room, most = Room(), parsing.MOST_TEXT // 1_000_000
    for shown in (
        f"{room.characters // 1_000_000} million characters and {room.number:,} outputs",
        f"{reading.SECONDS:g} s of computing, {reading.MEMORY} MB, {most} million characters in up to "
        f"{parsing.MOST_CELLS:,} cells",
        f"{sizes.FREE:,} numbers and {sizes.RATIO} for each number of the question; {sizes.MOST_ITEMS} single values",
        f"{bounded.SECONDS:g} s of computing for a check, and {bounded.MEMORY} MB more",
        f"all its processes, at least {LEAST_MEMORY}",
    ):
        assert shown in PAGE, shown


def test_the_printed_check_asks_more_than_the_course(tmp_path: Path) -> None:
    (tmp_path / "standardise.py").write_text(_printed_check(), encoding="utf-8")
    own = load(read(tmp_path))["start.standardise"]
    course = get("start.standardise")
    assert len(list(own.probe(np.random.default_rng(0)))) == len(list(course.probe(np.random.default_rng(0)))) + 1
    for seed in range(5):
        assert examine(own, LocalLink({"standardise": right}), seed).full
        assert examine(course, LocalLink({"standardise": forgets_wide_tables}), seed).full
        assert not examine(own, LocalLink({"standardise": forgets_wide_tables}), seed).full
