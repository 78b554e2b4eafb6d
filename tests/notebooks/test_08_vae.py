"""Notebook 08: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from autograder.checks.c08_vae.beta_warmup import excess
from autograder.checks.c08_vae.train_digits import bound
from autograder.oracles import gaussians
from pushforward.data import digits
from pushforward.figures.style import Picture
from pushforward.figures.vae import (
    draw_bound_by_draws,
    draw_collapse,
    draw_map,
    draw_means_and_samples,
    draw_said,
    draw_two_ways,
    draw_your_digits,
    map_explorer,
)
from pushforward.vae import LIKELIHOODS, Autoencoder
from tests.notebooks.numbers import near, of

F64 = torch.float64


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_a_picture_costs_what_the_text_says(names: dict[str, Any]) -> None:
    shown = []

    def log_p(z: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
        shown.append(float(z))
        return of(-1.2, -0.3)[None]

    given = torch.zeros(1, 2, dtype=torch.int64), of(1.0)[None], of(0.5)[None], of(-1.0)[None], log_p
    for beta, cost in ((1.0, 2.3181), (0.5, 1.9091), (0.0, 1.5)):
        near(names["nelbo"](*given, beta), [cost])
    assert shown == [0.5] * 3
    near(gaussians.kl(1.0, 0.25, 0.0, 1.0), 0.8181)


def test_a_sample_and_a_mean_are_those_of_the_text(names: dict[str, Any]) -> None:
    p = torch.full((17,), 1e-300, dtype=F64)
    p[:3] = of(0.5, 0.25, 0.25)
    table = lambda z: p.log().expand(len(z), 1, 17)  # noqa: E731
    drawn = names["sample_pictures"](torch.zeros(2, 1, dtype=F64), of(0.6, 0.8)[:, None], table)
    assert drawn.tolist() == [[1], [2]]
    near(names["mean_pictures"](torch.zeros(1, 1, dtype=F64), table), [[0.75]])


def test_spreads_are_those_of_the_text(names: dict[str, Any]) -> None:
    found = names["active_units"](torch.tensor([[1.0, 0.25], [-1.0, 0.25]]), 0.01)
    near(found["spread"], [2, 0])
    assert found["active"].tolist() == [True, False]


def test_the_warm_up_and_its_witness_are_those_of_the_text(names: dict[str, Any]) -> None:
    near([names["beta_at"](step, 4) for step in (0, 1, 2, 4, 9)], [0, 0.25, 0.5, 1, 1])
    log_p, kl = stats.norm.logpdf(2, scale=math.sqrt(2)), gaussians.kl(1.0, 0.5, 0.0, 1.0)
    near([log_p, kl, log_p - kl], [-2.2655, 0.5966, -2.8621])
    near(excess(2.0, 1.0, math.sqrt(0.5), 2.0), -kl)
    near(excess(2.0, 1.0, math.sqrt(0.5)), kl / 2)
    assert excess(*names["above_log_p"]()) >= 1


def test_the_importance_weighted_bound_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(stats.norm.logpdf([0.5, 0.5], 0, [1, 0.5]), [-1.0439, -0.7258])
    fits = iter((-1.2, -2.2))
    log_p = lambda z, levels: of(next(fits)).reshape(1, 1, 1)  # noqa: E731
    given = torch.zeros(1, 1, dtype=torch.int64), of(0.0)[None], of(0.5)[None]
    near(names["log_likelihood"](*given, of(1.0, 1.0).reshape(2, 1, 1), log_p, 1), [-1.8980])
    near([-1.2 - 1.0439 + 0.7258, (-1.5181 - 2.5181) / 2], [-1.5181, -2.0181])
    assert 500 * 447 == 223_500
    assert pytest.approx(0.5e9, rel=0.05) == 223_500 * 64 * 9 * 4


def test_the_three_terms_of_two_encoders_are_those_of_the_text(names: dict[str, Any]) -> None:
    """By quadrature over z."""
    mu, sigma = of(-2.0, 2.0)[:, None], of(0.5, 0.5)[:, None]
    z = np.linspace(-8, 8, 16_001)
    q = stats.norm.pdf(z, 2, 0.5)  # the other encoder's is its mirror image
    mixed = 0.5 * (q + q[::-1])

    def kl(of_: np.ndarray, to: np.ndarray) -> float:
        return float((of_ * (np.log(of_ + 1e-300) - np.log(to + 1e-300))).sum() * (z[1] - z[0]))

    near([kl(q, stats.norm.pdf(z)), kl(mixed, stats.norm.pdf(z))], [2.3181, 1.6251])
    assert round(kl(q, mixed), 5) == 0.69305
    near(kl(mixed, stats.norm.pdf(z, 0, 2.0616)), 0.7236)
    near(names["aggregate_log_density"](torch.zeros(1, 1, dtype=F64), mu, sigma), [-8.2258])


def test_a_log_normal_code_has_the_densities_of_the_text(names: dict[str, Any]) -> None:
    given = of(1.0)[None], of(0.5)[None], of(-1.0)[None]
    terms = names["lognormal_terms"](*given)
    near(terms["z"], [[1.6487]])
    near([terms["log_q"].item(), terms["log_p"].item()], [-1.2258, -1.5439])
    near(stats.lognorm.logpdf(math.exp(0.5), [0.5, 1], scale=[math.e, 1]), [-1.2258, -1.5439])
    near(names["lognormal_nelbo"](of(3.0)[None], *given, lambda z: 2 * z + 1, 1.0), [2.5788])
    near(-stats.norm.logpdf(3, 2 * math.exp(0.5) + 1) + gaussians.kl(1.0, 0.25, 0.0, 1.0), 2.5788)


def test_the_ladders_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    W = np.array([[1.0, 1.0], [1.0, 2.0]])
    covariance = np.linalg.inv(np.eye(2) + W.T @ W)
    mean = covariance @ W.T @ [1.0, 2.0]
    found = names["top_down"](of(1.0, 2.0), torch.tensor(W), 1.0)
    near([float(found[part]) for part in ("mu_2", "sigma_2", "sigma_1")], [2 / 3, 0.5774, 0.5774])
    near([float(found[part]) for part in ("offset", "slope")], [1, -1])
    near([mean[1], covariance[1, 1] ** 0.5, covariance[0, 1] / covariance[1, 1]], [2 / 3, 0.5774, -1])
    near(0.5 * math.log(3 * 6 * np.linalg.det(covariance)), 0.3466)
    A = torch.tensor([[0.0, 0.0], [-2.0, 0.0]], dtype=F64)
    near(names["chain_nelbo"](of(1.0, 0.0)[None], A, of(0.0, 1.0))["kl"], [[0.6931, 0.3133]])


def test_what_the_written_answers_state() -> None:
    near(round(64 * math.log(8.5)), 137)
    near(round(32 * math.log(2 * math.pi * 0.5), 1), 36.6)
    near(0.5 * (0.25 + 4 - 1 + math.log(4)), 2.3181)
    near(
        [round(13.5 / math.log(2), 1), round(86.5 / math.log(2), 1), round(86.5 / math.log(2) / 64, 2)],
        [19.5, 124.8, 1.95],
    )
    near(gaussians.kl(3.0, 1.0, 0.0, 1.0), 4.5)
    near(round(32 * math.log(2), 1), 22.2)


def test_pixels_alone_cost_what_the_text_says() -> None:
    train, test = (digits(part)[0].flatten(1).long() for part in ("train", "test"))
    share = (train[:, :, None] == torch.arange(17)).double().sum(0) + 1
    share /= share.sum(1, keepdim=True)
    nats = -share.log().expand(len(test), 64, 17).gather(2, test[:, :, None]).sum((1, 2)).mean()
    assert float(nats) == pytest.approx(106, abs=1)


# --- the judge's bound -----------------------------------------------------------------------------------------


def test_the_judges_bound_is_the_students(names: dict[str, Any]) -> None:
    """Two computations of the same: in numpy from tables, and by nelbo and log_likelihood from the model."""
    torch.manual_seed(0)
    model = Autoencoder(LIKELIHOODS["three logistics"]).eval()
    levels = digits("test")[0][:5].flatten(1).long()
    eps = torch.randn(4, 5, 20)
    with torch.no_grad():
        mu, sigma = model.encode(levels)
        table = model.log_probs(mu + sigma * eps)
        nelbos = torch.stack([names["nelbo"](levels, mu, sigma, e, model.log_p, 1.0) for e in eps])
        tighter = names["log_likelihood"](levels, mu, sigma, eps, model.log_p, 3)
    found = bound(levels.numpy(), *(part.double().numpy() for part in (mu, sigma, eps, table)))
    np.testing.assert_allclose(found, (float(nelbos.mean()), -float(tighter.mean())), rtol=1e-5)


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_opening_cloud_lies_among_the_digits() -> None:
    pictures, labels = digits("train")
    fig = draw_two_ways(pictures[:300], labels[:300], which=3)
    cloud = fig.axes[1].patches[-1]
    assert all(abs(c) < 3 for c in cloud.get_center())
    assert 0 < cloud.width < 4
    assert Picture(fig, "").png


@pytest.mark.parametrize("z", [(0.0, 0.0), (3.0, -3.0), (-3.0, 3.0)])
def test_the_map_shows_where_one_stands(z: tuple[float, float], names: dict[str, Any]) -> None:
    model, centres = Autoencoder(LIKELIHOODS["three logistics"], latents=2).eval(), torch.randn(30, 2)
    fig = draw_map(
        *z, centres, torch.arange(30) % 10, model.log_probs, names["mean_pictures"], names["sample_pictures"]
    )
    cross = fig.axes[0].lines[-1]
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == z
    mean, drawn = (8 * (ax.images[0].get_array() + 1) for ax in fig.axes[1:])
    assert (np.asarray(drawn) % 1 == 0).all()
    assert not (np.asarray(mean) % 1 == 0).all()


def test_each_slider_of_the_map_changes_the_picture(names: dict[str, Any]) -> None:
    model, centres = Autoencoder(LIKELIHOODS["three logistics"], latents=2).eval(), torch.randn(30, 2)
    functions = model.log_probs, names["mean_pictures"], names["sample_pictures"]
    row, picture = map_explorer(centres, torch.arange(30) % 10, *functions).children
    for control in row.children:
        before = picture.value
        control.value = 1.5
        assert picture.value != before


def test_the_other_drawings_show_what_they_are_given() -> None:
    levels = torch.arange(128).reshape(2, 64) % 17
    assert Picture(draw_means_and_samples(levels.float(), levels), "").png
    said = {"a": torch.full((64, 17), 1 / 17), "b": torch.eye(17)[torch.arange(64) % 17]}
    fig = draw_said(levels[0].reshape(8, 8), said, (0, 19))
    assert [bar.get_height() for bar in fig.axes[4].patches] == [1.0, *[0.0] * 16]
    fig = draw_collapse({"a": torch.tensor([0.001, 1.0])}, {"a": 3.0})
    assert fig.axes[0].lines[0].get_ydata().tolist() == [1.0, pytest.approx(0.001)]
    assert list(draw_bound_by_draws({1: 90.0, 2: 89.0}).axes[0].lines[0].get_ydata()) == [90.0, 89.0]
    assert Picture(draw_your_digits({"a": levels, "b": levels.float()}, torch.tensor([0.5, 0.0])), "").png


# --- training --------------------------------------------------------------------------------------------------


def test_a_short_training_lowers_the_cost(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")
    levels = digits("valid")[0][:50].flatten(1).long()
    torch.manual_seed(0)
    fresh = Autoencoder(LIKELIHOODS["three logistics"], latents=2).eval()
    before = sum(names["costs"](fresh, levels, draws=3))
    trained, history = names["train_vae"](fresh, 40, average=0.0)
    assert sum(names["costs"](trained, levels, draws=3)) < before - 10
    assert len(history.losses) == 40
