"""Notebook 10: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
import torch

from autograder.measuring.answers import reference
from pushforward.data import ring
from pushforward.figures.gans import draw_game, draw_gradients, draw_orbits, draw_ring, draw_shift, shift_explorer
from pushforward.figures.style import Picture

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _strict():
    """A style of one's own, and no warning in any drawing."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the given and the answer cells define: the real functions under the sliders."""
    return reference(ROOT, "10_gans")


def of(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(got: Any, wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), wanted, atol=5.1e-5)


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_values_and_losses_are_those_of_the_text(names: dict[str, Any]) -> None:
    real, fake = of(0.8, 0.5), of(0.25)
    near([real.log().mean(), (1 - fake).log().mean()], [-0.4581, -0.2877])
    near([names["value_half"](real, fake), names["value_plain"](real, fake)], [-0.3729, -0.7458])
    logits = of(0.0, 2.0), of(-1.0)
    near(torch.nn.functional.softplus(-logits[0]), [0.6931, 0.1269])
    near(torch.nn.functional.softplus(-logits[0]).mean(), 0.4100)
    near(torch.nn.functional.softplus(logits[1]), [0.3133])
    near(names["discriminator_loss"](*logits), 0.3617)
    assert math.log(1 / (1 + math.exp(200))) == pytest.approx(-200)
    assert torch.sigmoid(torch.tensor(-200.0)) == 0
    assert math.exp(-200) == pytest.approx(1e-87, rel=0.4)


def test_the_best_discriminator_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["optimal_discriminator"](of(0.3).log(), of(0.1).log()), [0.75])
    assert names["optimal_discriminator"](of(-1000.0), of(-1001.0)).item() == pytest.approx(0.731, abs=5e-4)
    assert math.exp(-1000) == math.exp(-1001) == math.exp(-900) == 0
    near(names["discriminator_with_prior"](of(0.3).log(), of(0.1).log(), 0.2), [0.4286])
    near(names["value_with_prior"](of(0.8, 0.5), of(0.25), 0.2), -0.3218)
    near(names["undecided_value"](0.2), -0.5004)


def test_a_difference_is_worth_its_divergence(names: dict[str, Any]) -> None:
    p, q = of(0.5, 0.5), of(0.25, 0.75)
    d = names["unmask"](p, q)
    near(d, [2 / 3, 2 / 5])
    value = 0.5 * (p * d.log()).sum() + 0.5 * (q * (1 - d).log()).sum()
    near([value, -math.log(2)], [-0.6593, -0.6931])
    near(names["jsd"](p, q), 0.0338)
    near(value + math.log(2), names["jsd"](p, q))
    near([math.log(4 / 3) / 2 + math.log(4 / 5) / 2, math.log(2 / 3) / 4 + 3 * math.log(6 / 5) / 4], [0.0323, 0.0354])
    near(names["log_ratio"](of(0.75)), [1.0986])
    near(names["log_p_data_from"](of(0.75), of(-2.0)), [-0.9014])


def test_the_derivation_has_the_numbers_of_the_text_and_ends_where_it_began(names: dict[str, Any]) -> None:
    p, d, p_z, image = of(0.5, 0.5), of(0.8, 0.25), of(0.25, 0.25, 0.5), torch.tensor([0, 1, 1])
    first, second = (names[line](p, d, p_z, image, 0.5) for line in ("objective_terms", "pushed_terms"))
    near(first["real"], [-0.0558, -0.3466])
    near(first["fake"], [-0.2012, -0.0360, -0.0719])
    near(second["p_model"], [0.25, 0.75])
    near(second["fake"], [-0.2012, -0.1079])
    q = second["p_model"]
    lines = {
        name: names[name](p, q, 0.5) for name in ("optimum_terms", "mixture_terms", "divergence_terms", "jsd_terms")
    }
    near(lines["optimum_terms"]["real"], [-0.1014, -0.2291])
    near(lines["optimum_terms"]["fake"], [-0.1373, -0.1916])
    near(lines["mixture_terms"]["real"], [0.0719, -0.0558])
    near(lines["mixture_terms"]["fake"], [-0.0507, 0.0684])
    near([lines["divergence_terms"][k] for k in ("kl_data", "kl_model", "constant")], [0.0323, 0.0354, -0.6931])
    near([lines["jsd_terms"][k] for k in ("factor", "jsd", "constant")], [1, 0.0338, -0.6931])
    near(sum(t.sum() for t in lines["optimum_terms"].values()), -0.6593)


def test_the_moving_intervals_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    delta = of(0.5, 3.0).requires_grad_()
    for name, values, slopes in (("jsd_of_shift", [0.1733, 0.6931], [0.3466, 0]), ("w1_of_shift", [0.5, 3], [1, 1])):
        found = names[name](delta, 2.0)
        near(found.detach(), values)
        near(torch.autograd.grad(found.sum(), delta)[0], slopes)


def test_gradients_and_games_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    found = names["generator_gradients"](of(-2.0)) | names["gradient_ratios"](of(-2.0))
    near([found[k].item() for k in ("saturating", "non_saturating")], [-0.0596, -0.8808])
    np.testing.assert_allclose([found[k].item() for k in ("with_half", "plain")], [14.78, 7.389], atol=5e-3)
    near(torch.sigmoid(of(-2.0)), [0.1192])
    x, y = of(1.0), of(2.0)
    near(torch.cat(names["simultaneous_step"](x, y, 0.5)), [0, 2.5])
    moved = names["alternating_step"](x, y, 0.5)
    near(torch.cat(moved), [0, 2])
    near([names["invariant"](x, y, 0.5).item(), names["invariant"](*moved, 0.5).item()], [4, 4])
    near(torch.cat(names["extragradient_step"](x, y, 0.5)), [-0.25, 2])
    near(list(names["radius_factors"](0.5).values()), [1.1180, 0.9014])


def test_penalties_and_norms_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["w1_line"](of(0.0, 3.0), of(4.0, 1.0)), 1)
    square = lambda x: (x**2).sum(1)  # noqa: E731
    near(names["gradient_penalty"](square, of(1.0)[None], of(3.0)[None], of(0.25)).detach(), 16)
    near(names["r1_penalty"](square, of(1.0)[None]).detach(), 4)
    W = torch.tensor([[3.0, 0.0], [4.0, 5.0]], dtype=torch.float64)
    u, v, sigma = names["power_iteration"](W, of(1.0, 0.0), 1)
    near(u, [0.6, 0.8])
    near(v, [1, 0])
    near(sigma, 5)
    assert names["power_iteration"](W, of(1.0, 0.0), 60)[2].item() == pytest.approx(6.708, abs=5e-4)
    assert W.norm().item() == pytest.approx(7.071, abs=5e-4)
    near(names["convolution_norm"](of(1.0, 1.0), 8), 2)


def test_the_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    p, q = of(0.5, 0.3, 0.2), of(0.5, 0.2, 0.3)
    d = names["unmask"](p, q)
    near(d, [0.5, 0.6, 0.4])
    value = 0.5 * (p * d.log()).sum() + 0.5 * (q * (1 - d).log()).sum()
    near([value, names["jsd"](p, q)], [-0.6831, 0.0101])
    assert math.log(4) == pytest.approx(1.386, abs=5e-4)
    near(names["discriminator_with_prior"](of(2.0).log(), of(0.0), 0.25), [0.4])
    assert math.log(2) / math.log(names["radius_factors"](0.1)["simultaneous"]) == pytest.approx(139.3, abs=0.05)


def test_the_losses_of_a_step_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    real, fake = of(1.0, 0.0)[None], of(-1.0, 0.0)[None]
    near(names["loss_of_discriminator"](lambda x: 2 * x[:, 0], real, fake, 0.1).detach(), 0.3269)
    near(names["loss_of_generator"](lambda x: 2 * x[:, 0], fake), 2.1269)


def test_a_run_of_a_few_steps_keeps_its_stages_and_its_generator(names: dict[str, Any]) -> None:
    G, history, stages = names["train_ring"](10)
    assert len(history.losses) == 10
    assert [*stages] == ["step 0", "step 2", "step 4", "step 6", "step 8", "kept"]
    assert all(stage.shape == (1000, 2) for stage in stages.values())
    assert G(torch.zeros(3, 2)).shape == (3, 2)
    again = names["train_ring"](10)[2]["kept"]
    torch.testing.assert_close(again, stages["kept"], rtol=0, atol=0)


def test_a_changed_picture_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    picture = torch.zeros(1, 3, 3)
    picture[0, 0, 0] = 9
    assert picture.mean() == 1
    moved = names["augment"](picture, torch.tensor([[1, 2]]), torch.ones(1))
    assert moved[0, 1, 2] == 9
    assert moved.sum() == 9
    strong = names["augment"](picture, torch.zeros(1, 2, dtype=torch.int64), torch.tensor([2.0]))
    assert strong[0, 0, 0] == 17
    assert (strong.flatten()[1:] == -1).all()


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_opening_picture_says_the_divergence_of_each_model() -> None:
    fig = draw_game([("far", -3.5, 0.5), ("one hill", 0.1, 1.3)])
    titles = [ax.get_title() for ax in fig.axes[:2]]
    jsd = [float(title.rpartition(" ")[2]) for title in titles]
    assert 0 < jsd[1] < jsd[0] < math.log(2)
    verdict = fig.axes[2].lines[0].get_ydata()
    assert verdict.min() >= 0
    assert verdict.max() <= 1
    assert Picture(fig, "").png


@pytest.mark.parametrize("shift", [-4.0, -0.3, 0.7, 4.0])
@pytest.mark.parametrize("width", [0.5, 1.0, 2.0])
def test_the_slope_under_the_slider_is_that_of_the_curve(shift: float, width: float, names: dict[str, Any]) -> None:
    fig = draw_shift(shift, width, names["jsd_of_shift"], names["w1_of_shift"])
    for ax, top in zip(fig.axes[1:], (min(abs(shift) / width, 1) * math.log(2), abs(shift)), strict=True):
        assert ax.lines[2].get_ydata()[0] == pytest.approx(top)
    slope = float(np.diff(fig.axes[1].lines[1].get_ydata())[0] / 1.2)
    inside = abs(shift) < width
    assert slope == pytest.approx(math.copysign(math.log(2) / width, shift) if inside else 0, abs=1e-9)
    assert Picture(fig, "").png


def test_moving_a_slider_moves_the_intervals(names: dict[str, Any]) -> None:
    row, picture = shift_explorer(names["jsd_of_shift"], names["w1_of_shift"]).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("shift", -2.0), ("shift", 3.0), ("width", 0.5), ("width", 2.0)):
        controls[name].value = value
        assert "<img" in picture.value
        assert str(value) in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


def test_gradients_and_orbits_are_drawn_from_the_readers_functions(names: dict[str, Any]) -> None:
    fig = draw_gradients(names["generator_gradients"])
    saturating, other = (line.get_ydata() for line in fig.axes[0].lines[:2])
    assert saturating[0] < 0.001 < 0.99 < other[0]
    steps = {name: names[f"{name}_step"] for name in ("simultaneous", "alternating", "extragradient")}
    orbits = draw_orbits(steps, eta=0.15)
    ends = [float(ax.get_title().rpartition(" ")[2]) for ax in orbits.axes]
    assert ends[0] == pytest.approx(1.0225**30, abs=0.01)  # √(1 + 0.15²) in each of 60 steps
    assert 0.8 < ends[1] < 1.2
    assert ends[2] < 0.6
    assert Picture(orbits, "").png


def test_the_ring_is_drawn_at_each_stage() -> None:
    x = ring(100, generator=torch.Generator().manual_seed(0))
    fig = draw_ring(x, {"before": torch.zeros(10, 2), "after": x})
    assert [ax.get_title() for ax in fig.axes] == ["before", "after"]
    assert len(fig.axes[1].collections[1].get_offsets()) == 100
    assert Picture(fig, "").png
