"""The judge's own work has limits of computing and of memory, and of nothing that depends on what else goes on."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from autograder.judging.bounded import TooMuch, bounded


def compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(1000))


def for_ever() -> None:
    while True:
        with contextlib.suppress(Exception):  # as a check may have it
            compute(0.01)


@pytest.mark.parametrize("start", [lambda work: work(), lambda work: ThreadPoolExecutor(1).submit(work).result()])
def test_what_computes_for_ever_is_ended(start: Callable) -> None:
    def work() -> None:
        with bounded(seconds=0.3):
            for_ever()

    with pytest.raises(TooMuch, match=r"more than 0\.3 s of computing.* how often they call"):
        start(work)
    compute(0.5)  # and nothing comes behind


def test_what_only_waits_is_not() -> None:
    with bounded(seconds=0.3):
        time.sleep(1)


@pytest.mark.parametrize(
    "allocate",
    [lambda: np.ones(1 << 27), lambda: torch.ones(1 << 27, dtype=torch.float64), lambda: bytearray(1 << 30),
     lambda: [np.ones(1 << 20) for _ in range(200)], lambda: np.ones((1 << 14, 1)) * np.ones(1 << 14)],
    ids=["numpy", "torch", "bytes", "pieces", "broadcast"],
)  # fmt: skip
def test_what_takes_all_memory_is_ended_and_only_that(allocate: Callable) -> None:
    with pytest.raises(TooMuch, match="more than 512 MB of memory"), bounded(megabytes=512):
        allocate()
    assert len(np.ones(1 << 27)) == 1 << 27  # who comes later has all of it


def test_other_errors_go_through() -> None:
    for error in (ZeroDivisionError("x"), RuntimeError("shapes differ"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as raised, bounded():
            raise error
        assert raised.value is error


def test_whoever_has_the_turn_is_not_interrupted() -> None:
    turn, done = threading.Lock(), []

    def work() -> None:
        with bounded(turn=turn, seconds=0.2):
            with turn:
                compute(1)
                done.append(True)
            for_ever()

    with pytest.raises(TooMuch):
        work()
    assert done


def test_it_looks_while_the_judge_works_and_not_while_another_has_the_turn() -> None:
    turn, looks = threading.Lock(), []
    with bounded(lambda: looks.append(turn.locked()), turn):
        with turn:
            time.sleep(1)
            assert looks == []
        while not looks:
            time.sleep(0.01)
    seen = len(looks)
    time.sleep(0.5)
    assert len(looks) == seen
