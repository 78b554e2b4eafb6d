"""From a declared domain, corners come one at a time and random points in a wide range; nothing forbidden is drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging.domain import Domain, Either, Made, Number, Place, Reals, Tensor, Wholes
from pushforward.errors import CourseError


def place(**more: Any) -> Place:
    return Place(np.random.default_rng(0), torch.float64, "cpu", **more)


def points(domain: Domain, seed: int = 0) -> list[dict[str, Any]]:
    return list(domain.points(np.random.default_rng(seed)))


# --- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("range", "corners"),
    [
        (Reals(), {0, 1e-3, -1e-3, 1, -1, 1e3, -1e3}),
        (Reals(but=(0.0,)), {1e-3, -1e-3, 1, -1, 1e3, -1e3}),
        (Reals(0), {1e-3, 1, 1e3}),
        (Reals(0, ends="[)"), {0, 1e-3, 1, 1e3}),
        (Reals(high=0), {-1e-3, -1, -1e3}),
        (Reals(0, 1, "()"), {1e-3, 0.5, 1 - 1e-3}),
        (Reals(0, 1, "[]", reach=(1e-6, 1)), {0, 1e-6, 0.5, 1 - 1e-6, 1}),
        (Reals(0, also=(math.inf,)), {1e-3, 1, 1e3, math.inf}),
        (Wholes(1), {1, 2, 1999, 2000}),
        (Wholes(1, 4), {1, 2, 3, 4}),
        (Wholes(1, 1), {1}),
        (Wholes(2, also=(7,)), {2, 3, 7, 1999, 2000}),
    ],
)
def test_corners_are_the_ends_what_is_near_them_and_what_is_far_out(range: Reals | Wholes, corners: set) -> None:
    assert set(range.corners(place())) == corners


@pytest.mark.parametrize("range", [Reals(), Reals(0), Reals(high=2), Reals(-1, 1, "[]"), Reals(0, reach=(1e-8, 1e8))])
def test_random_numbers_stay_inside_and_go_far_in_a_wide_place(range: Reals) -> None:
    for wide in (False, True):
        drawn = range.draw(place(wide=wide), (4000,))
        assert (drawn > range.low).all() or range.ends[0] == "["
        assert (drawn < range.high).all() or range.ends[1] == "]"
    if math.isinf(range.low) or math.isinf(range.high):
        assert abs(drawn).max() > range.reach[1] / 10
        assert abs(range.draw(place(), (4000,))).max() <= 4


def test_whole_numbers_are_drawn_on_a_logarithmic_scale() -> None:
    drawn = Wholes(1).draw(place(), (4000,))
    assert drawn.min() == 1
    assert drawn.max() > 1000
    assert 20 < np.median(drawn) < 90


def test_a_time_runs_to_the_size_of_its_schedule() -> None:
    time = Wholes(1, "T")
    assert time.corners(place(sizes={"T": 5})) == (1, 2, 4, 5)
    assert set(time.draw(place(sizes={"T": 3}), (200,))) == {1, 2, 3}


# --- points ----------------------------------------------------------------------------------------------------

NOISING = Domain(
    {
        "x0": Tensor("B, ..."),
        "t": Tensor("B", Wholes(1, "T")),
        "schedule": Tensor("T", Reals(0, 1, "()")),
        "a": Number(Reals(0)),
    },
    sizes={"B": (1, 4), "T": (1, 9, 300)},
)


def test_a_point_has_every_argument_in_shapes_that_go_together() -> None:
    for seed in range(5):
        for point in points(NOISING, seed):
            assert list(point) == ["x0", "t", "schedule", "a"]
            assert point["t"].shape == point["x0"].shape[:1]
            assert 1 <= int(point["t"].min()) <= int(point["t"].max()) <= len(point["schedule"])
            assert point["t"].dtype == torch.int64
            assert point["x0"].dtype == point["schedule"].dtype
            assert type(point["a"]) is float


def test_sizes_further_axes_and_types_take_turns() -> None:
    found = points(NOISING)
    assert {len(p["schedule"]) for p in found} >= {1, 300}
    assert {len(p["x0"]) for p in found} >= {1, 4}
    assert {p["x0"].dim() for p in found} >= {1, 2, 3, 4}
    assert {p["x0"].dtype for p in found} == {torch.float32, torch.float64}


def test_every_corner_of_every_argument_is_asked() -> None:
    found = points(NOISING)
    assert {p["a"] for p in found} >= {1e-3, 1.0, 1e3}
    for value in (0.0, 1e-3, -1e3):
        assert any((p["x0"] == torch.tensor(value, dtype=p["x0"].dtype)).any() for p in found)
    assert any((p["schedule"] == 0.5).any() for p in found)


def test_a_tensor_of_any_shape_has_an_axis_and_one_may_be_empty_where_that_is_allowed() -> None:
    found = points(Domain({"x": Tensor("...")}))
    assert min(p["x"].dim() for p in found) == 1
    empty = points(Domain({"x": Tensor("N")}, sizes={"N": (1, 3)}, empty=("N",)))
    assert any(p["x"].numel() == 0 for p in empty)


def test_what_broadcasts_lacks_leading_axes_or_has_some_of_length_one_and_still_goes_together() -> None:
    domain = Domain({name: Tensor("S, ...", broadcasts=True) for name in "ab"}, sizes={"S": (2, 4)})
    shapes = [tuple(tuple(p[name].shape) for name in "ab") for seed in range(5) for p in points(domain, seed)]
    for a, b in shapes:
        torch.broadcast_shapes(a, b)  # raises where they do not go together
    assert any(len(a) < len(b) for a, b in shapes)
    assert any(len(a) == len(b) and a != b for a, b in shapes)
    assert any(a == b and 1 not in a for a, b in shapes)


def test_a_tensor_without_axes_takes_every_corner_as_well() -> None:
    found = points(Domain({"x": Tensor("", Reals(0, 1, "[]"))}))
    assert all(p["x"].shape == () for p in found)
    assert {float(p["x"]) for p in found} >= {0.0, 0.5, 1.0}


def test_numbers_and_tensors_are_both_asked_where_both_are_allowed() -> None:
    either = Either((Tensor("B", Reals(0)), Number(Reals(0))))
    kinds = {type(p["s"]) for p in points(Domain({"s": either}, sizes={"B": (1, 3)}))}
    assert kinds == {float, torch.Tensor}


def test_what_an_exercise_makes_itself_sees_the_arguments_before_it() -> None:
    made = Made(lambda place: 2 * place.given["a"], choices=(lambda place: "chosen",))
    found = points(Domain({"a": Number(Reals()), "twice": made}))
    assert any(p["twice"] == "chosen" for p in found)
    assert all(p["twice"] in (2 * p["a"], "chosen") for p in found)


def test_no_point_breaks_what_holds_for_the_arguments_together() -> None:
    domain = Domain({"low": Number(Reals()), "high": Number(Reals())}, when=lambda low, high: low < high)
    assert all(p["low"] < p["high"] for p in points(domain))


def test_a_condition_that_nothing_meets_is_said() -> None:
    with pytest.raises(CourseError, match="`when` forbids too much"):
        points(Domain({"a": Number(Reals())}, when=lambda a: False))


def test_of_too_many_corners_the_seed_picks_some() -> None:
    domain = Domain({name: Number(Reals()) for name in "abcdefgh"}, most=10, draws=0)
    assert len(points(domain)) == 10
    assert points(domain, 1) == points(domain, 1) != points(domain, 2)


def test_only_what_holds_something_can_be_written_into() -> None:
    assert not Domain({"a": Number(Reals())}).holds_something
    assert Domain({"a": Number(Reals()), "x": Tensor("...")}).holds_something
