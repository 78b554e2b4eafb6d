"""Notebook 08, from the linear VAE on: its numbers are right, and training finds what the pencil has found."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from autograder.oracles import ppca
from pushforward.figures import vae_theory as drawings
from tests.notebooks.numbers import near, of

# --- the linear VAE ----------------------------------------------------------------------------------------------


def test_the_linear_vae_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    cov = torch.diag(of(4, 1, 0.25))
    found = names["linear_vae"](cov, 2, 0.8)
    near(found["W"].norm(dim=0), [1.8330, 0.6])
    near(found["V"].norm(dim=1), [0.4583, 0.6])
    near(found["sigma"], [0.4, 0.8])
    assert (found["active"], names["linear_vae"](cov, 2, 1.5)["active"]) == (2, 1)
    S, W, V, sigma = (part.numpy() for part in (cov, found["W"], found["V"], found["sigma"]))
    for nats in (ppca.bound(S, W, V, sigma, 0.8), ppca.log_likelihood(S, W, 0.8), ppca.greatest(S, 2, 0.8)):
        assert nats == pytest.approx(-4.4221, abs=5e-5)
    near([names["best_scale"](cov, d) for d in (2, 1)], [0.5, 0.7906])


def test_turning_by_45_degrees_costs_the_nats_of_the_text(names: dict[str, Any]) -> None:
    W = names["linear_vae"](torch.diag(of(4, 1, 0.25)), 2, 0.8)["W"]
    turned = W @ torch.tensor([[1.0, -1.0], [1.0, 1.0]]).double() / math.sqrt(2)
    precision = torch.eye(2).double() + turned.T @ turned / 0.64
    near((torch.eye(2).double() + W.T @ W / 0.64).diagonal(), [6.25, 1.5625])
    near(precision.diagonal(), [3.9063, 3.9063])
    near([names["independent_gap"](turned, 0.8), names["independent_gap"](W, 0.8)], [0.2231, 0])


def test_the_given_bound_is_that_of_the_oracle(names: dict[str, Any]) -> None:
    dice = torch.Generator().manual_seed(0)
    A, W, V, log_sigma = (torch.randn(*n, generator=dice).double() for n in ((4, 4), (4, 2), (2, 4), (2,)))
    S = A @ A.T
    wanted = ppca.bound(*(part.numpy() for part in (S, W, V, log_sigma.exp())), 0.7)
    assert float(names["average_bound"](S, W, V, log_sigma, 0.7)) == pytest.approx(wanted)
    likelihood = float(names["average_log_likelihood"](S, W, 0.7))
    assert likelihood == pytest.approx(ppca.log_likelihood(S.numpy(), W.numpy(), 0.7))
    assert wanted < likelihood


def test_lines_stand_where_the_noise_is() -> None:
    fig = drawings.draw_spectrum(of(1, 0.5, 0.1), {0.3: 3, 0.8: 1}, torch.linspace(0, 180, 3), [0, 0.2, 0])
    lines = [line.get_ydata()[0] for line in fig.axes[0].lines]
    assert lines == pytest.approx([0.09, 0.64])


def test_the_linear_vae_has_codes_with_the_moments_of_the_prior(names: dict[str, Any]) -> None:
    """What the text of section 9 says of it: no normal second stage wins anything there."""
    cov = torch.diag(of(4, 1, 0.7))
    found = names["linear_vae"](cov, 2, 0.8)
    near((found["V"] @ cov @ found["V"].T).diagonal() + found["sigma"] ** 2, [1, 1])


# --- the aggregate posterior -------------------------------------------------------------------------------------


def test_two_encoders_have_the_divergences_of_the_text(names: dict[str, Any]) -> None:
    mu, sigma = of(-2, 2)[:, None], of(0.5, 0.5)[:, None]
    eps = torch.special.ndtri((torch.arange(20_001).double() + 0.5) / 20_001)[:, None, None].expand(-1, 2, 1)
    split = names["rate_split"](mu, sigma, eps)
    for name, nats in (("rate", 2.3181), ("information", 0.69305), ("marginal", 1.6251)):
        assert float(split[name]) == pytest.approx(nats, abs=4e-4)  # quantiles miss a little of the tails
    assert float(split["rate"]) == pytest.approx(float(split["information"] + split["marginal"]), abs=1e-12)
    fitted = names["best_normal"](mu, sigma)
    assert (float(fitted["mean"]), float(fitted["std"])) == (0, pytest.approx(2.0616, abs=5e-5))
    z = (mu + sigma * eps).flatten()[:, None]
    log_q = names["aggregate_log_density"](z[:, :1], mu, sigma)
    left = float((log_q - torch.distributions.Normal(0.0, fitted["std"]).log_prob(z)[:, 0]).mean())
    assert left == pytest.approx(0.7236, abs=4e-4)
    near(names["aggregate_log_density"](of(0)[:, None], mu, sigma), [-8.2258])


def test_holes_are_where_the_prior_promises_more() -> None:
    ticks = torch.linspace(-3, 3, 31)
    second, first = torch.meshgrid(ticks, ticks, indexing="ij")
    log_p = -(first**2 + second**2) / 2
    log_q = log_p - 3 * torch.exp(-((first - 1) ** 2 + second**2) * 8)
    places = drawings.holes(ticks, log_p, log_q, 2)
    near(places[0], [1, 0])
    assert (places[0] - places[1]).norm() >= 0.8
    assert places.norm(dim=1).max() <= 2


# --- a log-normal prior ------------------------------------------------------------------------------------------


def test_the_log_normal_vae_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    mu, sigma, eps = of(1)[None], of(0.5)[None], of(-1)[None]
    found = names["lognormal_terms"](mu, sigma, eps)
    near([found["z"].item(), found["log_q"].item(), found["log_p"].item()], [1.6487, -1.2258, -1.5439])
    near(names["lognormal_nelbo"](of(3)[None], mu, sigma, eps, lambda z: 2 * z + 1, 1.0), [2.5788])


# --- ladders -----------------------------------------------------------------------------------------------------


def test_two_steps_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    W = torch.stack([of(1, 1), of(1, 2)])
    steps = names["top_down"](of(1, 2), W, 1.0)
    near([steps[k] for k in ("mu_2", "sigma_2", "offset", "slope", "sigma_1")], [2 / 3, 0.5774, 1, -1, 0.5774])
    near((torch.eye(2).double() + W.T @ W).flatten(), [3, 3, 3, 6])
    near(names["independent_gap"](W, 1.0), 0.3466)


def test_the_chain_costs_what_the_text_says(names: dict[str, Any]) -> None:
    A = torch.stack([of(0, 0), of(-2, 0)])
    near(names["chain_nelbo"](of(1, 0)[None], A, of(0, 1))["kl"], [[0.6931, 0.3133]])


def test_bars_are_as_long_as_the_bills() -> None:
    bills = {"flat": {"kl": 2.0, "nelbo": -1.0}, "ladder": {"kl": 1.5, "nelbo": -3.0}}
    draws = {"one": torch.zeros(2, 2), "other": torch.ones(2, 2)}
    fig = drawings.draw_ladder(torch.eye(2), draws, bills)
    heights = [bar.get_height() for container in fig.axes[1].containers for bar in container]
    assert heights == [2.0, -1.0, 1.5, -3.0]


def test_the_exam_questions_of_these_sections_are_answered_right(names: dict[str, Any]) -> None:
    cov = torch.diag(of(2, 0.5, 0.1, 0.1))
    found = names["linear_vae"](cov, 3, 0.4)
    near(found["W"].norm(dim=0), [1.3565, 0.5831, 0])
    assert found["active"] == 2
    assert float(names["best_scale"](cov, 3)) == pytest.approx(0.3162, abs=5e-5)
    ones = torch.ones(100, 1).double()
    split = names["rate_split"](
        ones, ones, torch.randn(500, 100, 1, generator=torch.Generator().manual_seed(0)).double()
    )
    assert float(split["information"]) == pytest.approx(0)
    assert float(split["marginal"]) == pytest.approx(0.5, abs=0.02)
    assert math.log(64) == pytest.approx(4.1589, abs=5e-5)
    assert 20 - math.log(1000) == pytest.approx(13.09, abs=5e-3)
