"""Notebook 03: its numbers are right, its drawings hold, and the judge of all layers knows the slips of them all."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
import torch

from autograder.checks.c03_flow_layers.shared import MIXED, Here, Layer
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import all_exercises, get
from autograder.judging.judge import examine
from pushforward.figures import flow_layers as drawings
from pushforward.figures.style import Picture
from pushforward.flows import Rosenblatt

SOURCE = Path(__file__).resolve().parents[2] / "solutions" / "03_flow_layers.py"
LAYERS = [exercise for exercise in all_exercises().values() if isinstance(exercise, Layer)]
each_layer = pytest.mark.parametrize("exercise", LAYERS, ids=lambda e: e.id)
stretching = pytest.mark.parametrize("exercise", [e for e in LAYERS if not e.bare], ids=lambda e: e.id)


def doubles(*values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def floats(*pair: torch.Tensor) -> list:
    """Points and log-determinants of a single item as numbers."""
    return [tensor.reshape(-1).tolist() for tensor in pair]


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_a_chain_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    def scaled(a: float, b: float) -> tuple[Callable, Callable]:
        volume = math.log(a)
        return (lambda z: (a * z + b, 0 * z[:, 0] + volume)), (lambda x: ((x - b) / a, 0 * x[:, 0] - volume))

    layers = [scaled(2, 1), scaled(3, 0)]
    assert floats(*names["compose_forward"](doubles([1.0]), layers)) == [[9], [pytest.approx(1.792, abs=5e-4)]]
    assert names["flow_log_p"](doubles([9.0]), layers).item() == pytest.approx(-3.211, abs=5e-4)


def test_couplings_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    keep = torch.tensor([True, False])
    t, s = (lambda v: 3 * v.flip(1)), (lambda v: 0.5 * v.flip(1))
    assert floats(*names["additive_forward"](doubles([1.0, 2.0]), keep, t)) == [[1, 5], [0]]
    x, ladj = names["affine_forward"](doubles([1.0, 2.0]), keep, s, t)
    assert x.tolist() == [[1, pytest.approx(6.297, abs=5e-4)]]
    assert ladj.item() == pytest.approx(0.5)
    assert names["affine_inverse"](x, keep, s, t)[1].item() == pytest.approx(-0.5)
    three, one = doubles([1.0, 1.0, 1.0]), torch.tensor([True, False, False])
    printed = names["affine_forward"](three, one, lambda v: doubles([0.2, -0.5, 0.1]), lambda v: 0 * v)[1]
    assert printed.item() == pytest.approx(-0.4)


def test_normalising_and_convolving_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    x, ladj = names["batch_norm_forward"](doubles([1.0]), doubles(1.0), doubles(3.0), 1.0)
    assert floats(x, ladj) == [[3], [pytest.approx(0.693, abs=5e-4)]]
    A = doubles([0.0, 2.0], [3.0, 1.0])
    x, ladj = names["conv1x1_forward"](doubles(1.0, 0.5).reshape(1, 2, 1, 1), A)
    assert floats(x, ladj) == [[1, 3.5], [pytest.approx(1.792, abs=5e-4)]]
    many = names["conv1x1_forward"](torch.ones(1, 2, 3, 3, dtype=torch.float64), A)[1]
    assert many.item() == pytest.approx(16.126, abs=5e-4)
    w1, w2 = torch.ones(2, 1, 1, 3, 3, dtype=torch.float64)
    w1[0, 0, 1, 1], w2[0, 0, 1, 1] = 2, -3
    x, ladj = names["emerging_forward"](doubles(1.0, 2.0).reshape(1, 1, 1, 2), w1, w2)
    assert floats(x, ladj) == [[-2, -13], [pytest.approx(3.584, abs=5e-4)]]
    eightfold = names["conv1x1_forward"](torch.ones(1, 3, 8, 8), 2 * torch.eye(3))[1]
    assert eightfold.item() == pytest.approx(133.1, abs=0.05)


def test_halving_and_planar_layers_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    assert [round(a**3, 3) for a in (1.5, 1.25, 1.375)] == [3.375, 1.953, 2.6]
    root = names["bisect"](lambda a: a**3, doubles([2.0]), doubles([1.0]), doubles([2.0]))
    assert root.item() == pytest.approx(1.2599, abs=5e-5)
    x, ladj = names["planar_forward"](doubles([0.0], [1.0]), doubles(1.0), doubles(2.0), 0.0)
    assert x.reshape(-1).tolist() == [0, pytest.approx(2.523, abs=5e-4)]
    assert ladj.tolist() == [pytest.approx(1.099, abs=5e-4), pytest.approx(0.610, abs=5e-4)]
    assert ladj.exp().tolist() == [pytest.approx(3), pytest.approx(1.840, abs=5e-4)]
    pair = names["planar_pair"](doubles(1.0), doubles(-2.0), 0.0)
    assert sorted(point.item() for point in pair) == [pytest.approx(-1.9150, abs=5e-5), pytest.approx(1.9150, abs=5e-5)]
    m = -1 + math.log1p(math.exp(-30.0))
    assert -1 < m < -0.999999


def test_residual_layers_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    half = lambda z: z / 2  # noqa: E731
    sums = [names["residual_forward"](doubles([1.0]), half, n)[1].item() for n in (1, 2, 3)]
    assert sums == [0.5, 0.375, pytest.approx(0.4167, abs=5e-5)]
    assert math.log(1.5) == pytest.approx(0.4055, abs=5e-5)
    steps = [names["residual_inverse"](doubles([1.5]), half, n)[0].item() for n in (1, 2, 3)]
    assert steps == [0.75, 1.125, 0.9375]
    assert names["series_rest"](0.5, 1, 2) == pytest.approx(0.0681, abs=5e-5)
    ten = names["series_rest"](0.5, 64, 10)
    assert ten == pytest.approx(0.0053, abs=5e-5)
    assert names["terms_needed"](0.95, 64, ten) == 142
    assert 6 * math.log(10) / math.log(2) == pytest.approx(19.93, abs=5e-3)


def test_estimates_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    J = doubles([0.2, 0.5], [0.1, 0.0])
    v = doubles([1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0])
    found = names["hutchinson_ladj"](lambda z: z @ J.T, 0 * v, v, 1)
    assert found[:2].tolist() == [pytest.approx(0.8), pytest.approx(-0.4)]
    assert found.mean().item() == pytest.approx(0.2)
    powers = doubles([0.5], [0.25])
    assert [names["roulette_ladj"](powers, N, 0.5).item() for N in (1, 2)] == [0.5, 0.25]
    assert names["draw_terms"](doubles(0.3), 0.5).item() == 2


def test_the_triangular_map_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    hills = doubles(0.5, 0.5), doubles([-1.0, -1.0], [1.0, 1.0]), doubles([0.5, 0.5], [0.5, 0.5])
    z, ladj = names["rosenblatt_inverse"](doubles([0.0, 0.0]), *hills)
    assert z.abs().max() < 1e-12
    assert ladj.item() == pytest.approx(-2.614, abs=5e-4)
    assert math.exp(ladj.item() - math.log(2 * math.pi)) == pytest.approx(0.01166, abs=5e-6)
    weight = 1 / (1 + math.exp(-8))
    assert weight == pytest.approx(0.9997, abs=5e-5)


def test_central_differences_have_the_numbers_of_the_text() -> None:
    assert pytest.approx(12.0001) == (2.01**3 - 1.99**3) / 0.02
    assert pytest.approx(12.0601) == (2.01**3 - 8) / 0.01


def test_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    keep = torch.tensor([True, False])
    coupling = names["affine_forward"](doubles([1.0, 1.0]), keep, lambda v: v.flip(1), lambda v: 0 * v)
    x, ladj = 2 * coupling[0], coupling[1] + 2 * math.log(2)
    assert floats(x, ladj) == [[2, pytest.approx(5.437, abs=5e-4)], [pytest.approx(2.386, abs=5e-4)]]
    assert -1 - math.log(2 * math.pi) - ladj.item() == pytest.approx(-5.224, abs=5e-4)


# --- the judge of all layers -------------------------------------------------------------------------------------


def mistake(exercise: Layer, **answers: Callable) -> str | None:
    report = examine(exercise, LocalLink(answers), 1)
    assert not report.full
    return report.mistake.name if report.mistake else None


def changed(way: Callable, change: Callable) -> Callable:
    def with_ladj(*args: Any) -> tuple:
        points, ladj = way(*args)
        return points, change(ladj)

    return with_ladj


SLIPS = {
    "the log-determinant left at 0": torch.zeros_like,
    "the log-determinant with the wrong sign": torch.neg,
    "one log-determinant for the whole batch": lambda ladj: ladj.sum() + 0 * ladj,
}


@stretching
def test_a_wrong_log_determinant_of_any_layer_is_caught_and_named(exercise: Layer, names: dict[str, Any]) -> None:
    ways = {name: names[name] for name in exercise.names}
    for name, change in SLIPS.items():
        wrong = {of: changed(ways[of], change) for of in exercise.names[:2]}
        assert mistake(exercise, **{**ways, **wrong}) == name


@each_layer
def test_wrong_directions_of_any_layer_are_caught_and_named(exercise: Layer, names: dict[str, Any]) -> None:
    forward, inverse = exercise.names[:2]
    ways = {name: names[name] for name in exercise.names}
    assert mistake(exercise, **{**ways, inverse: ways[forward]}) == "inverse repeats forward"
    assert mistake(exercise, **{**ways, forward: ways[inverse], inverse: ways[forward]}) == "directions swapped"


@each_layer
def test_what_is_no_pair_and_what_is_no_number_is_refused_with_a_sentence(
    exercise: Layer, names: dict[str, Any]
) -> None:
    forward, _inverse = exercise.names[:2]
    ways = {name: names[name] for name in exercise.names}
    spoilt: dict[str, Callable] = {
        "points only": lambda *a: ways[forward](*a)[0],
        "another shape": lambda *a: (ways[forward](*a)[0], ways[forward](*a)[1].sum()),
        "NaN": lambda *a: tuple(part * math.nan for part in ways[forward](*a)),
        "None": lambda *a: None,
    }
    for way in spoilt.values():
        report = examine(exercise, LocalLink({**ways, forward: way}), 1)
        assert not report.full
        assert any(not law.ok and (law.expected or law.got) for law in report.laws)


def test_the_truth_about_a_layer_is_that_of_a_known_one() -> None:
    A = doubles([2.0, 0.0], [1.0, 3.0])
    here = Here.behind(lambda z: z @ A.T, doubles([2.0, 7.0]), doubles([1.1, 1.9]))
    np.testing.assert_allclose(here.z, [[1, 2]])
    np.testing.assert_allclose(here.J[0], A)
    np.testing.assert_allclose(here.ladj, math.log(6))
    np.testing.assert_allclose(here.slope, 0)


def test_a_layer_in_which_items_meet_is_told_so(names: dict[str, Any]) -> None:
    def live(x: torch.Tensor, keep: torch.Tensor, t: Callable) -> tuple:
        return x - t(x * keep) * ~keep + 0.1 * (x.sum(0) - x), 0 * x.sum(1)

    report = examine(get("flow.additive_coupling"), LocalLink({**names, "additive_inverse": live}), 1)
    assert MIXED in [law.why for law in report.laws]
    assert MIXED not in str(examine(get("flow.additive_coupling"), LocalLink(names), 1))


# --- drawings ----------------------------------------------------------------------------------------------------


def test_the_opening_picture_shows_the_patterns_that_the_text_names() -> None:
    layers = drawings.table_of_layers()
    J = {name: drawings.jacobian(*layer) for name, layer in layers.items()}
    for name in ("additive coupling", "affine coupling"):
        assert (J[name].triu(1) == 0).all()
    assert torch.equal(J["additive coupling"].diagonal(), torch.ones(18, dtype=torch.float64))
    assert torch.count_nonzero(J["batch norm"]) == 18
    assert torch.linalg.matrix_rank(J["planar"] - torch.eye(18)) == 1
    blocks = J["1×1 convolution"].reshape(9, 2, 9, 2)
    assert all(torch.equal(blocks[i, :, i], blocks[0, :, 0]) for i in range(9))
    assert torch.count_nonzero(J["1×1 convolution"]) == 36
    assert torch.count_nonzero(J["emerging convolution"].triu(1)) > 50
    assert torch.count_nonzero(J["emerging convolution"].tril(-1)) > 50
    assert torch.linalg.matrix_norm(J["residual"] - torch.eye(18), 2) < 1
    assert Picture(drawings.draw_jacobians(layers), "").png


def test_the_explorer_draws_the_readers_layer_wherever_its_sliders_stand(names: dict[str, Any]) -> None:
    box = drawings.planar_explorer(names["planar_forward"])
    row, picture = box.children
    controls = {control.description: control for control in row.children}
    assert isinstance(picture, ipywidgets.HTML)
    before = picture.value
    for name, value in (("product", -3.0), ("angle", 80), ("b", 2.0), ("product", 3.0), ("angle", -80)):
        controls[name].value = value
        assert "<img" in picture.value
        assert picture.value != before
        before = picture.value
    assert "u·w = 3.0" in picture.value


def test_falling_pieces_are_marked_only_where_the_layer_folds(names: dict[str, Any]) -> None:
    for product, folds in ((-0.9, False), (-1.5, True), (3.0, False)):
        fig = drawings.draw_planar(product, 20, 0.3, names["planar_forward"])
        marked = fig.axes[1].lines[1].get_ydata()
        assert bool(np.isfinite(marked).any()) is folds
    assert Picture(fig, "").png


def test_estimates_and_chains_are_drawn() -> None:
    sums, values = doubles(1.0, 0.5, 0.8), torch.linspace(-1, 1, 100, dtype=torch.float64)
    fig = drawings.draw_series(sums, 0.7, {"a": values, "b": 2 * values}, ("left", "right"))
    assert fig.axes[0].lines[0].get_ydata().tolist() == [1, 0.5, 0.8]
    assert Picture(fig, "").png
    stages = [torch.randn(50, 2) for _ in range(3)]
    assert len(drawings.draw_stages(stages, ["noise", "1 layer", "2 layers"]).axes) == 3


def test_vertical_lines_stay_vertical_under_the_triangular_map() -> None:
    hills = Rosenblatt(doubles(0.6, 0.4), doubles([-1.0, -1.0], [1.0, 1.0]), doubles([0.5, 0.6], [0.6, 0.5]))
    fig = drawings.draw_triangular(hills, lambda x: -(x**2).sum(1))
    for line in fig.axes[1].lines[13:26]:
        assert np.ptp(line.get_xdata()) < 1e-6
    assert Picture(fig, "").png
