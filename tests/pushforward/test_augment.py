"""Moved pictures: what moves, how far, and what is said of it."""

from __future__ import annotations

import pytest
import torch

from pushforward.augment import SHIFT, moved
from pushforward.data import digits


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def test_what_is_not_moved_stays_and_says_so() -> None:
    pictures = digits("train")[0]
    seen, how = moved(pictures, 0.0)
    assert torch.equal(seen, pictures)
    assert not how.any()


def test_a_share_is_moved_and_stays_a_picture_of_levels() -> None:
    pictures = digits("train")[0]
    seen, how = moved(pictures, 0.5)
    on = how[:, 4] == 1
    assert on.double().mean() == pytest.approx(0.5, abs=0.06)
    assert torch.equal(seen[~on], pictures[~on])
    assert (seen[on] != pictures[on]).flatten(1).any(1).double().mean() > 0.99
    assert not how[~on].any()
    assert ((seen >= 0) & (seen <= 16) & (seen == seen.round())).all()
    assert how[on, :4].std(0).tolist() == pytest.approx([1] * 4, abs=0.1)


@pytest.mark.parametrize(("place", "axis"), [(0, 1), (1, 2)])
def test_a_shift_is_as_long_as_it_says(place: int, axis: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dot in the middle, moved by SHIFT pixels for each unit of `how`: its centre of mass tells."""
    how = torch.zeros(1, 4)
    how[0, place] = 1.0
    monkeypatch.setattr(torch, "randn", lambda *_, **__: how)
    dot = torch.zeros(1, 8, 8)
    dot[0, 3:5, 3:5] = 16
    seen, _ = moved(dot, 1.0)
    along = torch.arange(8.0).reshape(-1, 1) if axis == 1 else torch.arange(8.0)
    assert float((seen[0] * along).sum() / seen.sum()) == pytest.approx(3.5 - SHIFT, abs=0.02)
