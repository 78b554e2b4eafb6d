"""Notebook 10: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pushforward.data import digits, ring
from pushforward.figures.gans import (
    draw_digits,
    draw_flows,
    draw_game,
    draw_gradients,
    draw_orbits,
    draw_ring,
    draw_shift,
    shift_explorer,
)
from pushforward.figures.style import Picture
from tests.notebooks.numbers import near, of

ROOT = Path(__file__).resolve().parents[2]


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_values_and_losses_are_those_of_the_text(names: dict[str, Any]) -> None:
    real, fake = of(0.8, 0.5), of(0.25)
    near([real.log().mean(), (1 - fake).log().mean()], [-0.4581, -0.2877])
    near([names["value_half"](real, fake), names["value_plain"](real, fake)], [-0.3729, -0.7458])
    logits = of(0.0, 2.0), of(-1.0)
    near(torch.nn.functional.softplus(-logits[0]), [0.6931, 0.1269])
    near(torch.nn.functional.softplus(-logits[0]).mean(), 0.4100)
    near(torch.nn.functional.softplus(logits[1]), [0.3133])
    near(names["discriminator_loss"](*logits), 0.3616)
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


def test_smoothed_labels_have_the_optimum_of_the_last_exam_question() -> None:
    d = torch.linspace(1e-4, 1 - 1e-4, 100_001, dtype=torch.float64)
    for data, model in ((0.3, 0.1), (0.2, 0.2), (0.5, 0.0), (0.2, 0.1)):
        value = data * (0.9 * d.log() + 0.1 * (1 - d).log()) + model * (1 - d).log()
        best = float(d[value.argmax()])
        assert best == pytest.approx(0.9 * data / (data + model), abs=2e-4)
        if model:
            assert best / (0.9 - best) == pytest.approx(data / model, rel=2e-3)
    assert (math.log(0.9 / 0.1), 0.6 / (0.9 - 0.6)) == (pytest.approx(2.197, abs=5e-4), pytest.approx(2))


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


def test_digits_are_changed_as_the_text_says_and_come_back_as_levels(names: dict[str, Any]) -> None:
    pictures = digits("train")[0]
    assert len(pictures) == 1000
    torch.testing.assert_close(names["as_levels"](pictures.reshape(-1, 64) / 8 - 1), pictures)
    assert names["as_levels"](torch.tensor([[-1.2, 1.1]]).repeat(1, 32)).unique().tolist() == [0, 16]
    torch.manual_seed(0)
    x = torch.full((400, 64), -1.0)
    x[:, 27] = 1.0  # a dot of ink in the middle, mean 1/32 of full ink
    shown = names["seen"](x)
    moved = (shown != x).any(1).double().mean()
    assert 0.4 < float(moved) < 0.6
    dots = shown.argmax(1)
    assert set(((dots // 8 - 3).abs()).tolist()) == set(((dots % 8 - 3).abs()).tolist()) == {0, 1}
    assert 0.55 < float(shown.amax(1).min()) < 1 < float(shown.amax(1).max()) < 1.4


def test_a_few_steps_on_digits_and_on_moons_train_and_are_the_same_again(names: dict[str, Any]) -> None:
    G, history = names["train_digits"](6)
    assert len(history.losses) == 6
    assert names["as_levels"](G(torch.randn(3, 32))).shape == (3, 8, 8)
    again = names["train_digits"](6)[0]
    torch.testing.assert_close(again(torch.ones(1, 32)), G(torch.ones(1, 32)), rtol=0, atol=0)
    for weight in names["WEIGHTS"].values():
        flow, history = names["train_flow"](weight, 4)
        assert len(history.losses) == 4
        x = flow(torch.randn(3, 2))[0]
        torch.testing.assert_close(names["log_p_generated"](x, flow.inverse), flow.log_p(x))


def test_a_flow_as_generator_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    inverse = lambda x: (x * of(0.5, 1.0), torch.full((len(x),), -math.log(2), dtype=x.dtype))  # noqa: E731
    generate = lambda z: (z * of(2.0, 1.0), torch.full((len(z),), math.log(2), dtype=z.dtype))  # noqa: E731
    x = of(2.0, 0.0)[None]
    near(names["log_p_generated"](x, inverse), [-3.0310])
    near([-0.5 - math.log(2 * math.pi), -2.3379 - 0.6931], [-2.3379, -3.0310])
    near(names["loss_of_flow"](lambda x: 2 * x[:, 0], of(0.0, 0.0)[None], x, generate, inverse, 0.1), 0.9962)


def distance_and_nats(a: float, b: float) -> tuple[float, float]:
    """W₂ and KL of N(0, diag(1, 0.05²)) and the streak of G(z) = (a z_1, b z_2), from notebook 06's KL."""
    pairs = ((abs(a), 1.0), (abs(b), 0.05))
    nats = sum(math.log(s / sigma) + sigma**2 / (2 * s**2) - 0.5 for s, sigma in pairs)
    return math.hypot(*(s - sigma for s, sigma in pairs)), nats


def test_a_thin_streak_is_near_and_improbable(names: dict[str, Any]) -> None:
    wide = distance_and_nats(1, 0.1)
    assert wide == pytest.approx((0.05, 0.318), abs=5e-4)
    distance, nats = distance_and_nats(*names["thin_generator"]())
    assert distance <= 0.05
    assert nats > 50
    assert (10**2 / 2, 100**2 / 2) == (50, 5000)
    assert math.erf(1 / 20 / math.sqrt(2)) == pytest.approx(0.04, abs=5e-4)  # 2Φ(δ/2L) − 1 at δ = 1, L = 10


def row_of(name: str) -> list[str]:
    """The cells of a row of docs/models.md, which was measured with the full budget."""
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    return next(line.split(" | ") for line in page.splitlines() if line.startswith(f"| {name} |"))


def test_the_runs_bear_out_what_the_text_says_of_them() -> None:
    """As measured over the seeds of docs/models.md, whose means are read here."""
    by_likelihood, adversarial, both = (row_of(f"flow_moons_{way}") for way in ("likelihood", "adversarial", "both"))
    nats = [float(row[3].split()[0]) for row in (by_likelihood, adversarial, both)]
    off = [float(row[5].rpartition("off the moons, % ")[2].split()[0]) for row in (by_likelihood, adversarial, both)]
    assert 30 < nats[1] < 1000  # tens or hundreds of nats
    assert 0.289 < min(nats[0], nats[2]) < max(nats[0], nats[2]) < 1.289  # within a nat of the truth
    assert off[1] < 0.5 * off[0]  # fewer points off the moons
    assert (off[2] - off[1]) / (off[0] - off[1]) > 0.5  # most of the halo is back
    width = float(row_of("gan_ring")[5].rpartition("width (σ = 0.05) ")[2].split()[0])
    assert width / 0.05 == pytest.approx(0.75, abs=0.1)  # about three quarters of the truth
    rarest = float(row_of("gan_digits")[5].rpartition("rarest digit ")[2].split()[0])
    assert rarest > 0.05  # no class is lost


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


def test_digits_and_flows_are_drawn() -> None:
    fig = draw_digits({"known": digits()[0][:3], "made": torch.zeros(3, 8, 8)})
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["known", "made"]
    assert fig.axes[0].images[0].get_array().shape == (8, 24)
    nats = torch.tensor([5.0, 1.0, 2000.0, 0.5])
    fig = draw_flows({"a": torch.zeros(9, 2), "b": torch.ones(5, 2)}, {"a": nats, "b": nats / 2})
    assert [ax.get_title() for ax in fig.axes] == ["a", "b", ""]
    line = fig.axes[2].lines[0]
    assert line.get_xdata().tolist() == [2000, 5, 1, 0.5]
    assert line.get_ydata().tolist() == [0.25, 0.5, 0.75, 1]
    assert Picture(fig, "").png
