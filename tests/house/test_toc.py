"""solutions/_toc.yml: all notebooks in order, and a home for every item of the five sources."""

import re
from collections import Counter
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = yaml.safe_load((ROOT / "solutions" / "_toc.yml").read_text())
NOTEBOOKS = {notebook["name"]: notebook for notebook in CONTENTS["notebooks"]}
SEEDS = CONTENTS["seeds"]
TAG = re.compile(r'"(?:solve|check|written):([a-z0-9_]+\.[a-z0-9_]+)')


def written(name: str) -> set[str]:
    """Ids in a notebook's source, none as long as there is no source."""
    source = ROOT / "solutions" / f"{name}.py"
    return set(TAG.findall(source.read_text(encoding="utf-8"))) if source.exists() else set()


def exercises(name: str) -> set[str]:
    """What is written and what is planned: a source may grow beside its plan."""
    return written(name) | set(NOTEBOOKS[name].get("plan", []))


HOMES = set(NOTEBOOKS).union(*map(exercises, NOTEBOOKS))


def test_notebooks_are_numbered_in_order() -> None:
    assert [int(name[:2]) for name in NOTEBOOKS] == list(range(23))
    assert all(re.fullmatch(r"\d\d(_[a-z]+)+", name) for name in NOTEBOOKS)


def test_every_notebook_has_a_title_and_a_time() -> None:
    """One that has a source is timed by its source, and by nothing else."""
    for name, notebook in NOTEBOOKS.items():
        assert notebook["title"].strip()
        assert ("minutes" in notebook) != bool(written(name))
        assert 0 < notebook.get("minutes", 60) <= 180


def test_parts_begin_with_the_first_notebook() -> None:
    parts = [notebook["part"] for notebook in NOTEBOOKS.values() if "part" in notebook]
    assert "part" in NOTEBOOKS["00_start_here"]
    assert len(parts) == len(set(parts))


def test_sources_are_the_toc_s() -> None:
    sources = {path.stem for path in (ROOT / "solutions").glob("*.py")}
    assert sources <= set(NOTEBOOKS)


def test_a_plan_goes_when_nothing_of_it_is_left() -> None:
    plans = {name: set(notebook["plan"]) for name, notebook in NOTEBOOKS.items() if "plan" in notebook}
    assert [name for name, plan in plans.items() if plan <= written(name)] == []


def test_an_exercise_is_planned_or_written_in_one_notebook() -> None:
    places = Counter(exercise for name in NOTEBOOKS for exercise in exercises(name))
    assert [exercise for exercise, count in places.items() if count > 1] == []


def test_seed_items_are_unique_and_cover_the_five_sources() -> None:
    ids = [seed["id"] for seed in SEEDS]
    assert len(ids) == len(set(ids))
    assert ids == sorted(ids, key=lambda id: id[:3])
    assert {id[:3] for id in ids} == {"000", "001", "002", "003", "004"}


def test_every_seed_item_says_what_it_asks() -> None:
    for seed in SEEDS:
        assert set(seed) == {"id", "asks", "where"}
        assert seed["asks"].strip()


def test_every_seed_item_has_a_home() -> None:
    homeless = {seed["id"]: set(seed["where"]) - HOMES for seed in SEEDS}
    assert {id: missing for id, missing in homeless.items() if missing} == {}
    assert [seed["id"] for seed in SEEDS if not seed["where"]] == []
