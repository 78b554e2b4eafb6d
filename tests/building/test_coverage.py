"""docs/coverage.md: what is written counts, what is planned is to come, in a notebook that grows as in any other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.building.coverage import seeds_by_exercise
from autograder.building.release import build_course

START, FLOW, LAYERS = "00_start_here", "02_change_of_variables", "03_flow_layers"
PLAN = "minutes: 120}"  # in the fixture's table of contents, the end of the flow notebook's line


def page(course: Path, judges: Callable) -> str:
    return build_course(course, judges)["docs/coverage.md"].decode()


def rows(course: Path, judges: Callable) -> list[str]:
    return [line for line in page(course, judges).splitlines() if line.startswith("| 001")]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def growing(course: Path) -> Path:
    """The flow notebook has three exercises, and a plan of two, of which one is written."""
    contents = course / "solutions" / "_toc.yml"
    edit(contents, PLAN, "minutes: 120, plan: [cov.half, cov.new]}")
    edit(contents, "where: [cov.stretch, cov.half, flow.planar, gan.value]", "where: [cov.half, cov.new]")
    edit(contents, "where: [03_flow_layers]", "where: [02_change_of_variables]")
    return course


def test_the_page_says_what_it_is_made_from(course: Path, judges: Callable) -> None:
    text = page(course, judges)
    assert text.startswith("# Coverage\n\n<small>Generated from `solutions/_toc.yml`")
    assert "`make course`" in text.split("</small>")[0]
    assert "1 of 4 items" in text


def test_every_item_has_a_row_with_its_places(course: Path, judges: Callable) -> None:
    flow = f"[02 Change of variables](../course/{FLOW}.ipynb)"
    assert rows(course, judges) == [
        f"| 001 P1 | is p(x\\|z) a flow? | `cov.stretch`, `cov.half` → {flow}; "
        "`flow.planar` → 03 Layers \\| of a flow (to come); `gan.value` → to come |",
        f"| 001 P2 | start | [00 Start here](../course/{START}.ipynb) |",
        "| 001 P3 | layers | 03 Layers \\| of a flow (to come) |",
        "| 001 P4 | nothing yet | to come |",
    ]


def test_what_is_planned_beside_a_source_is_to_come(growing: Path, judges: Callable) -> None:
    flow = f"[02 Change of variables](../course/{FLOW}.ipynb)"
    assert rows(growing, judges)[0].endswith(f"| `cov.half` → {flow}; `cov.new` → {flow} (to come) |")
    assert rows(growing, judges)[2].endswith(f"| {flow} (to come) |")
    assert "1 of 4 items" in page(growing, judges)


def test_the_last_exercise_of_a_plan_finishes_the_notebook(growing: Path, judges: Callable) -> None:
    edit(growing / "solutions" / "_toc.yml", "cov.new", "cov.stretch")
    assert "3 of 4 items" in page(growing, judges)
    assert "(to come)" not in "".join(rows(growing, judges)[:3])


def test_index_and_map_call_a_growing_notebook_ready_when_it_is(growing: Path, judges: Callable) -> None:
    built = build_course(growing, judges)
    index = built["course/README.md"].decode()
    assert f"| [02 Change of variables]({FLOW}.ipynb) | 45 | 3, 1 to come | 5.5 |" in index
    assert "**1 of 3 are ready**" in index
    assert "of which 1 are ready" in built["course/map.svg"].decode()


def test_seeds_by_exercise(course: Path, tmp_path: Path) -> None:
    seeds = seeds_by_exercise(course)
    assert seeds["cov.half"] == ["001 P1"]
    assert seeds[START] == ["001 P2"]
    assert seeds_by_exercise(tmp_path / "elsewhere") == {}
