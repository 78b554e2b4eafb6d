"""Notebook 04, first half: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from autograder.checks.c04_trained_flows.train_moons import LIMITS
from pushforward.data import two_moons
from pushforward.figures.style import Picture
from pushforward.figures.trained_flows import (
    best_normal,
    draw_depth,
    draw_found,
    draw_layers,
    draw_learning,
    draw_road,
    draw_walk,
    layers_explorer,
)
from pushforward.flows import Flow
from pushforward.measuring.shapes import log_p_moons, moon_distances
from tests.notebooks.numbers import near, of


def bent(layers: int = 4) -> Flow:
    """A flow that is not the identity any more."""
    torch.manual_seed(0)
    flow = Flow(2, layers, hidden=8)
    for parameter in flow.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    return flow


# --- the numbers in the text -----------------------------------------------------------------------------------


def loss_of_smallest(x: torch.Tensor, s: float, t: float) -> float:
    return float(-stats.norm(t, math.exp(s)).logpdf(x.numpy()).mean())


def test_the_smallest_flow_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    x = of(1.0, 5.0)
    near(loss_of_smallest(x, 0, 1), 4.9189)
    near(list(names["smallest_gradient"](x, 0.0, 1.0).values()), [-7, -2])
    near(list(names["smallest_optimum"](x).values()), [0.6931, 3])
    near(loss_of_smallest(x, math.log(2), 3), 2.1121)
    fit = ((x - 3) ** 2).mean() * math.exp(-10) / 2
    near(fit, 0.0001)
    near(0.5 * math.log(2 * math.pi) + fit, 0.9190)
    near(loss_of_smallest(x, 5, 3), 5.9190)


def test_the_loss_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    inverse = lambda x: (x * of(0.5, 1.0), torch.full((len(x),), -math.log(2), dtype=x.dtype))  # noqa: E731
    x = torch.stack([of(2.0, 1.0), of(4.0, 1.0)])
    near(names["normal_base"](inverse(x)[0]), [-2.8379, -4.3379])
    near(names["flow_nll"](x, inverse, names["normal_base"]), 4.2810)
    near(names["nll_per_dimension"](x, inverse, names["normal_base"]), 2.1405)
    assert 32 * math.log(2 * math.pi) == pytest.approx(58.8, abs=0.05)
    near(names["flow_nll"](of(2.0, -2.0)[:, None], lambda x: (x / 2, inverse(x)[1]), names["normal_base"]), 2.1121)


def test_gaps_and_leads_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    p, q = of(0.0, -1.0, -20.0, 1.0), of(-0.5, -1.0, -21.5, 1.0)
    near(list(names["paired_gap"](p, q).values()), [0.5, 0.3536])
    assert math.sqrt((p.var() + q.var()) / 4) == pytest.approx(7.334, abs=5e-4)
    assert names["better"](p, q) == 0
    assert names["better"](p.repeat(9), q.repeat(9)) == 1
    assert (0.005, pytest.approx(250_000)) == (0.5 / 100, (0.5 / 0.001) ** 2)


def test_a_temperature_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    inverse = lambda x: (x / 2, torch.full((len(x),), -math.log(2), dtype=x.dtype))  # noqa: E731
    near(stats.norm(0, 0.5).logpdf(1), -2.2258)
    near(names["tempered_log_p"](of(2.0)[:, None], inverse, 0.5), [-2.9189])
    near(names["apart_from_power"](of(2.0)[:, None], of(1.0)[:, None], inverse, 0.5), [0])


def test_the_patterns_of_couplings_are_those_of_the_text(names: dict[str, Any]) -> None:
    swap = torch.tensor([[True, False], [False, True]])
    assert names["dependence"](swap[:1]).tolist() == [[True, False], [True, True]]
    assert names["dependence"](swap).all()
    halves = torch.tensor([[True, True, False, False], [False, False, True, True]])
    assert names["least_layers"](halves.repeat(3, 1)) == 3
    assert names["least_layers"](halves[:1].repeat(9, 1)) == 0
    assert names["least_layers"](torch.eye(3, dtype=torch.bool).repeat(2, 1)) == 3  # exam question 7


def test_bridges_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    halves = names["bridge_between_halves"]
    near([halves(1.0, 10.0), names["nats_on_the_bridge"](halves(1.0, 10.0))], [0.0399, 0.0407])
    near([names["bridge_between"](0.2, 1.0, 1.0), halves(1.0, 1.0)], [0.3241, 0.3829])
    assert names["least_steepness"](0.04, 1.0) == pytest.approx(9.969, abs=5e-4)
    near([halves(2.0, 5.0), halves(4.0, 4.0), names["nats_on_the_bridge"](halves(4.0, 4.0))], [0.1585, 0.3829, 0.4828])
    assert names["least_steepness"](0.01, 4.0) == pytest.approx(159.6, abs=0.05)
    assert stats.norm.ppf(0.505) == pytest.approx(0.01253, abs=5e-6)
    near([-math.log(2 * math.pi), math.log(2 * math.pi) + 12, 12 - math.log(2 * math.pi)], [-1.8379, 13.8379, 10.1621])


def test_the_arcs_come_as_near_as_the_text_says() -> None:
    a = torch.linspace(0, math.pi, 2001, dtype=torch.float64)
    upper = torch.stack([a.cos(), a.sin()], 1)
    assert float(moon_distances(upper)[:, 1].min()) == pytest.approx(0.5, abs=1e-6)


def test_the_moons_have_the_numbers_of_the_text() -> None:
    x = two_moons(40_000, generator=torch.Generator().manual_seed(3))
    truth, normal = (float(-log_p(x).mean()) for log_p in (log_p_moons, best_normal(x)))
    assert normal - truth == pytest.approx(1.6, abs=0.02)


def test_what_a_gap_must_be_is_what_the_text_says(names: dict[str, Any]) -> None:
    text = (Path(__file__).resolve().parents[2] / "solutions" / "04_trained_flows.py").read_text()
    third, most, whole = LIMITS
    assert f"at most {third[0]} nats | {most[0]} | {whole[0]} |" in text
    assert f"| {third[1]} | {most[1]} | {whole[1]} |" in text


# --- training --------------------------------------------------------------------------------------------------


def test_a_run_of_a_few_steps_trains_and_is_the_same_again(names: dict[str, Any]) -> None:
    losses = []
    for _ in range(2):
        torch.manual_seed(0)
        flow = names["moons_flow"](2, 8)
        torch.testing.assert_close(flow(torch.ones(1, 2))[0], torch.ones(1, 2))  # fresh, it is the identity
        losses.append(names["fit_moons"](flow, 40, 3).losses)
    assert losses[0] == losses[1]
    assert losses[0][-1] < losses[0][0] - 0.1


def test_a_clamped_flow_keeps_its_promise(names: dict[str, Any]) -> None:
    torch.manual_seed(0)
    flow = names["moons_flow"](hidden=8)
    for parameter in flow.parameters():
        parameter.data += 2 * torch.randn_like(parameter)
    ladj = flow.inverse(3 * torch.randn(500, 2))[1].detach().abs()
    assert 10 < float(ladj.max()) <= 20 + 1e-3


def test_few_points_are_learnt_by_heart_and_the_best_look_is_kept(names: dict[str, Any]) -> None:
    few, held_out = (two_moons(n, generator=torch.Generator().manual_seed(n)) for n in (20, 200))
    flow, history = names["fit_few"](few, held_out, 60)
    best = min(nats for _, nats in history.valid)
    assert len(history.valid) == 30
    assert float(-flow.log_p(held_out).detach().mean()) == pytest.approx(best, abs=1e-4)


def test_the_steepest_stretch_and_a_walk_are_measured_right(names: dict[str, Any]) -> None:
    flow, z = bent(), torch.randn(5, 2)
    found = names["stretches"](flow, z)
    J = torch.stack([torch.autograd.functional.jacobian(lambda v: flow(v[None])[0][0], one) for one in z])
    torch.testing.assert_close(found, torch.linalg.svdvals(J), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found.log().sum(1), flow(z)[1], rtol=1e-3, atol=1e-3)
    start, end = flow(z[:1])[0][0], flow(z[1:2])[0][0]
    walk = names["walk_of"](flow, start, end, 9)
    torch.testing.assert_close(walk["x"][[0, -1]], torch.stack([start, end]), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(walk["log_base"] - walk["ladj"], flow.log_p(walk["x"]), rtol=1e-3, atol=2e-3)


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_opening_picture_says_what_a_point_costs() -> None:
    x = two_moons(2000, generator=torch.Generator().manual_seed(0))
    fig = draw_road(x)
    normal, truth = (float(ax.get_title().rpartition(": ")[2].split()[0]) for ax in fig.axes[1:])
    assert truth == pytest.approx(0.29, abs=0.05)
    assert normal == pytest.approx(truth + 1.6, abs=0.1)
    assert Picture(fig, "").png


def test_densities_curves_and_depths_are_drawn() -> None:
    flow = bent()
    fig = draw_found({"truth": log_p_moons, "flow": flow.log_p}, two_moons(50))
    assert [ax.get_title().partition(":")[0] for ax in fig.axes] == ["truth", "flow"]
    assert Picture(fig, "").png
    fig = draw_learning({"a": [(0, 2.5), (1, 1.0)], "b": [(1, 1.2)]}, 0.289, 1)
    assert fig.axes[0].lines[2].get_ydata()[0] == 0.289
    assert Picture(fig, "").png
    fig = draw_depth({1: (1.5, 0.01), 8: (0.1, 0.001)})
    np.testing.assert_allclose(fig.axes[0].lines[0].get_ydata(), [1.5, 0.1])
    assert Picture(fig, "").png


def test_a_walk_is_drawn_with_what_the_density_is_made_of() -> None:
    walk = {
        "x": torch.rand(5, 2),
        **{part: torch.arange(5.0) + k for k, part in enumerate(("log_base", "ladj", "steepest"))},
    }
    fig = draw_walk(walk, bent().log_p)
    np.testing.assert_allclose(fig.axes[1].lines[3].get_ydata(), -1.0)
    assert Picture(fig, "").png


@pytest.mark.parametrize("layer", [0, 1, 4])
@pytest.mark.parametrize("temperature", [0.2, 1.0, 1.6])
def test_the_layers_move_grid_and_points(layer: int, temperature: float) -> None:
    flow = bent()
    fig = draw_layers(layer, temperature, flow)
    points = fig.axes[1].collections[0].get_offsets().data
    z = temperature * torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for step in flow.layers[:layer]:
            z = step(z)[0]
    np.testing.assert_allclose(points, z, rtol=1e-5, atol=1e-5)
    assert len(fig.axes[0].lines) == 34
    assert Picture(fig, "").png


def test_moving_a_slider_moves_the_plane() -> None:
    row, picture = layers_explorer(bent()).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("layer", 0), ("layer", 2), ("temperature", 0.2), ("temperature", 1.6)):
        controls[name].value = value
        assert "<img" in picture.value
        assert str(value) in picture.value
        seen.add(picture.value)
    assert len(seen) == 5
