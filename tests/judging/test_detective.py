"""A line-up is fair, guessing does not pay, and nothing of an implementation but its values comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import exercise as registry
from autograder.judging.asking import LocalLink
from autograder.judging.detective import LARGEST, LINE_UP, Detective
from autograder.judging.exercise import exercise, gate, pays
from autograder.judging.judge import examine


class Doubling(Detective):
    accepts = gate("right ones are accepted")
    sign = pays("a lost sign is noticed", 1)
    size = pays("a large number treated otherwise is noticed", 3)
    hints = ("Try a negative number.", "Try a large number too.", "Try zero as well, and a fraction.")

    right = {"a product": lambda x: 2 * x, "a sum": lambda x: x + x}
    bugs = {
        "sign": {"gives the size": lambda x: abs(2 * x), "cuts at zero": lambda x: (2 * x).clamp(min=0)},
        "size": {"is cut at 100": lambda x: (2 * x).clamp(max=100)},
    }


exercise("toy.doubling", ("doubles",), kind="detective")(Doubling)
TOY = registry._REGISTRY.pop("toy.doubling")


def marks(doubles: Any, seed: int = 3) -> Any:
    return examine(TOY, LocalLink({"doubles": doubles}), seed, worth=4.0)


def on(*numbers: float) -> Any:
    return lambda f: all(torch.equal(f(torch.tensor(x)), torch.tensor(2 * x)) for x in numbers)


@pytest.mark.parametrize(
    ("test", "points"),
    [(on(-1.0, 1.0, 1000.0), 4), (on(-1.0), 1), (on(1000.0), 3), (on(1.0), 0)],
    ids=["all bugs", "sign", "size", "none"],
)
def test_each_kind_of_bug_pays_by_itself(test: Any, points: float) -> None:
    for seed in range(5):
        assert marks(test, seed).points == points


@pytest.mark.parametrize("verdict", [True, False, None, 1, "yes"])
def test_a_constant_earns_nothing(verdict: Any) -> None:
    assert marks(lambda f: verdict).points == 0


def test_who_accepts_nearly_all_right_ones_earns_nothing() -> None:
    """Each right implementation that is refused costs everything, be it the last of twenty."""
    calls: list[int] = []

    def nearly(f: Any) -> bool:
        calls.append(1)
        return len(calls) != 5 and on(-1.0, 1000.0)(f)

    seed = next(s for s in range(20) if next(TOY.probe(np.random.default_rng(s))).suspects[4].law is TOY.accepts)
    report = marks(nearly, seed)
    assert report.points == 0
    assert "True for a right one" in next(r for r in report.laws if r.law is TOY.accepts).expected


def test_the_line_up_holds_everybody_in_an_order_that_the_seed_draws() -> None:
    orders = set()
    for seed in range(4):
        suspects = next(TOY.probe(np.random.default_rng(seed))).suspects
        assert [s.law for s in suspects].count(TOY.accepts) == LINE_UP[0]
        assert all([s.law for s in suspects].count(law) == LINE_UP[1] for law in (TOY.sign, TOY.size))
        assert {s.what for s in suspects} == {"a product", "a sum", "gives the size", "cuts at zero", "is cut at 100"}
        orders.add(tuple(s.what for s in suspects))
    assert len(orders) == 4


def test_guessing_pays_less_than_once_in_a_million() -> None:
    p = np.linspace(0, 1, 10_001)
    accepted, refused = LINE_UP
    assert (p**accepted * (1 - p) ** refused).max() < 1e-6


def test_an_implementation_is_a_callback_that_gives_values_only() -> None:
    seen: list[Any] = []

    def curious(f: Any) -> bool:
        x = torch.tensor(1.0, requires_grad=True)
        seen.append((f(x).requires_grad, [v for v in vars(f).values() if callable(v)]))
        return False

    marks(curious)
    assert seen[0] == (False, [])


@pytest.mark.parametrize(
    ("argument", "words"),
    [(torch.zeros(LARGEST + 1), "takes up to"), ("text", "TypeError"), (lambda: 0, "cannot take this argument")],
    ids=["too large", "text", "function"],
)
def test_what_an_implementation_cannot_take_is_said(argument: Any, words: str) -> None:
    report = marks(lambda f: f(argument) is None)
    assert report.points == 0
    assert words in report.error


def test_the_report_shows_who_was_accused_after_which_call() -> None:
    report = marks(lambda f: float(f(torch.tensor(1.5))) == 4.0)
    refused = report.laws[0]
    assert refused.expected in ("True for a right one (a product)", "True for a right one (a sum)")
    assert refused.got == "False: 1.5 gave 3"
    missed = marks(on(1000.0)).laws[1]
    assert missed.got in ("True for one that gives the size", "True for one that cuts at zero")
