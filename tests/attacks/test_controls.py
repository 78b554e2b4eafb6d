"""Every attack of the corpus succeeds where its defence is missing, so that each test of the sandbox can fail."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.attacks.corpus import Attack, rotated
from tests.attacks.graders import close, control
from tests.attacks.stock import Stock
from tests.attacks.world import World, sleepers

pytestmark = pytest.mark.xdist_group("controls")
TRIED = rotated(0.1)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Stock]]:
    """nbgrader with its kernels, started when the first attack needs it."""
    started: list[Stock] = []

    @functools.cache
    def start() -> Stock:
        started.append(Stock(Path(tmp_path_factory.mktemp("stock"))).__enter__())
        return started[0]

    yield start
    close()
    for running in started:
        running.__exit__()


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        yield made
    for process in sleepers():
        process.kill()


@pytest.mark.parametrize("attack", TRIED.values(), ids=TRIED)
def test_the_attack_succeeds(attack: Attack, world: World, stock: Callable[[], Stock]) -> None:
    found = control(attack, world.knows, stock)
    success = attack.head["success"]
    if success in ("accepted", "large", "stopped"):
        assert getattr(found, success), found
    else:
        assert world.reached(success, found.points, found.shown), found
