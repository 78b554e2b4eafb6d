"""The rotation leaves nothing out for good, keeps what has changed, and is the same for a commit each time."""

from __future__ import annotations

import pytest

from tests import rotation
from tests.rotation import rotating

ITEMS = [f"item {k}" for k in range(40)]


@pytest.fixture(autouse=True)
def _some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "EVERYTHING", False)


def at(commit: str, monkeypatch: pytest.MonkeyPatch, **options) -> list[str]:
    monkeypatch.setattr(rotation, "commit", lambda: commit)
    return rotating(ITEMS, 8, **options)


def test_every_item_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [at(str(k), monkeypatch) for k in range(60)]
    assert {len(items) for items in seen} == {8}
    assert set().union(*seen) == set(ITEMS)
    assert at("5", monkeypatch) == seen[5]
    assert all(items == sorted(items, key=ITEMS.index) for items in seen)


def test_what_has_changed_is_looked_at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    touched = set(ITEMS[3:7])
    for k in range(20):
        found = at(str(k), monkeypatch, touched=touched.__contains__)
        assert touched < set(found)
        assert len(found) == 8
    everything = at("0", monkeypatch, touched=lambda item: True)
    assert everything == ITEMS


def test_few_items_are_all_looked_at_and_a_full_run_looks_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rotating(ITEMS[:8], 8) == ITEMS[:8]
    monkeypatch.setattr(rotation, "EVERYTHING", True)
    assert rotating(ITEMS, 8) == ITEMS


def test_a_notebook_is_touched_by_its_own_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "changed", lambda: frozenset({"autograder/checks/c06_elbo/iwae.py", "README.md"}))
    assert rotation.touches_notebook("06_elbo")
    assert not rotation.touches_notebook("06")
    assert not rotation.touches_notebook("15_diffusion_forward")
