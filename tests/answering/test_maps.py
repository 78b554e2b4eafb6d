"""A map by name is its formula, in torch's arithmetic as in the judge's."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from autograder.oracles.precise import Precise, digits
from pushforward.answering.maps import MAPS, POOL, flow_map, torch_function
from pushforward.answering.nets import ARCHITECTURES
from pushforward.errors import CourseError

PARAMETERS = {
    "affine": (-1.5, 0.25),
    "power": (3,),
    "wave": (1.5, -0.5),
    "tanh": (0.5, -2.0),
    "leaky": (0.25,),
    "softplus": (-0.75, 0.5),
    "logistic": (-1.0, 2.0, 0.5),
    "linear": ([[1.0, 2.0], [-0.5, 0.25]], [0.5, -1.0]),
    "rank_one": ([1.5, 2.0],),
    "sigmoid": ([[0.5, -0.25], [1.0, 0.75]],),
    "shear": (-1.25,),
    "swirl": (0.5, 0.75),
    "planar": ([0.5, -1.0], [1.0, 0.25]),
    "coupling": (0.5,),
    "spiral": (0.25,),
    "exam": (4, 0.5),
    "triangular": (0.25,),
    "exp": (0.5, -1.0),
    "sinh": (-2.0, 0.5),
    "log_normal": (0.5, 2.0),
    "log_logistic": (-0.5, 0.75),
    "bent": (0.5, -1.0, 2.0, 0.25),
}
BY_HAND = {  # name -> images of a point, worked out from the formula that readers see
    "wave": ([2.0], [1.5 * 2 - 0.5 * math.sin(2)]),
    "leaky": ([-2.0], [-0.5]),
    "rank_one": ([0.5, -0.5], [1 / (1 + math.exp(0.375)), 1 / (1 + math.exp(0.5))]),
    "linear": ([1.0, 1.0], [3.5, -1.25]),
    "swirl": ([1.0, 0.0], [math.cos(1.25), math.sin(1.25)]),
    "exam": ([-1.0, 2.0, 1.0], [27.0, 3.0, math.exp(0.5)]),
    "log_normal": ([2.5], [-0.5 - math.log(2 * math.sqrt(2 * math.pi))]),
    "log_logistic": ([-0.5], [math.log(0.25 / 0.75)]),
    "bent": ([3.0, 1.0], [0.5, 2.0625]),
}


def dimension(name: str) -> int:
    return MAPS[name].dimensions[0] if MAPS[name].dimensions else 1


def test_every_map_is_tried_here() -> None:
    assert PARAMETERS.keys() == MAPS.keys()


@pytest.mark.parametrize("name", MAPS)
def test_both_arithmetics_give_the_same_images(name: str) -> None:
    points = np.random.default_rng(0).uniform(-3, 3, size=(6, dimension(name)))
    in_torch = torch_function(MAPS[name], _tensors(name))(torch.tensor(points))
    precise = [Precise(MAPS[name], PARAMETERS[name]).image(digits(point)) for point in points.tolist()]
    np.testing.assert_allclose(in_torch, np.array(precise, dtype=float), rtol=1e-13, atol=1e-13)


def _tensors(name: str) -> list[torch.Tensor]:
    """As the wire brings them: tensors, whole numbers included."""
    return [torch.tensor(p, dtype=None if isinstance(p, int) else torch.float64) for p in PARAMETERS[name]]


@pytest.mark.parametrize(("name", "x", "image"), [(name, *pair) for name, pair in BY_HAND.items()])
def test_images_worked_out_by_hand(name: str, x: list[float], image: list[float]) -> None:
    found = torch_function(MAPS[name], PARAMETERS[name] if name in POOL else _tensors(name))
    assert found(torch.tensor(x, dtype=torch.float64)).tolist() == pytest.approx(image)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("batch", [(), (1,), (4,), (2, 3)])
def test_any_batch_and_both_types_and_gradients_pass(name: str, batch: tuple[int, ...]) -> None:
    d = dimension(name)
    for dtype in (torch.float32, torch.float64):
        weights = [torch.as_tensor(p) if isinstance(p, int) else torch.tensor(p, dtype=dtype) for p in PARAMETERS[name]]
        x = torch.full((*batch, d), 0.5, dtype=dtype, requires_grad=True)
        image = ARCHITECTURES[name](weights)(x)
        assert (image.shape, image.dtype) == (x.shape, dtype)
        assert torch.autograd.grad(image.sum(), x)[0].isfinite().all()


def test_softplus_has_no_threshold_and_no_overflow() -> None:
    f = flow_map("softplus", {"a": 1.0, "c": 0.0})
    x = torch.tensor([-800.0, -30.0, 25.0, 800.0], dtype=torch.float64)
    assert f(x).tolist() == pytest.approx([0, math.exp(-30), 25 + math.exp(-25), 800], rel=1e-15)


def test_formulas_are_shown_with_names_and_with_numbers() -> None:
    assert POOL["wave"].formula == "a x + b sin x"
    assert POOL["wave"].with_numbers(1.5, -0.5) == "1.5 x − 0.5 sin x"
    assert all("{" not in entry.formula for entry in MAPS.values())


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("waves", {}, "no map 'waves'"),
        ("wave", {"a": 1.0}, "the parameters a, b"),
        ("power", {"a": 1.0}, "the parameters n"),
    ],
)
def test_an_unknown_map_or_parameter_is_told(name: str, params: dict, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        flow_map(name, params)
