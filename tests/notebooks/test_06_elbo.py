"""Notebook 06: its pictures over the whole range of their controls, and what its text states."""

from __future__ import annotations

import itertools
import math
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import torch
from scipy import optimize, special

from autograder.building.source import tag_of
from autograder.checks.c06_elbo.support import truncated
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine
from autograder.oracles import gaussians, linear_gaussian
from pushforward.data import digits
from pushforward.figures.elbo import (
    draw_ascent,
    draw_best_independent,
    draw_bounds,
    draw_masses,
    draw_rebuilt,
    draw_single_draws,
)
from pushforward.figures.explorer import draw_elbo, elbo_explorer
from pushforward.figures.style import Picture, draw_split

ROOT = Path(__file__).resolve().parents[2]
F64 = torch.float64


@cache
def answers() -> dict[str, Any]:
    """What the given and the answer cells define."""
    names: dict[str, Any] = {}
    for cell in jupytext.read(ROOT / "solutions" / "06_elbo.py").cells:
        if tag_of(cell).kind in ("given", "solve") and "total()" not in cell.source:
            exec(cell.source, names)
    return names


def answer(name: str) -> Any:
    return answers()[name]


def tensor(*values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=F64)


# --- pictures --------------------------------------------------------------------------------------------------


def test_the_opening_picture_shows_every_guess_its_bound_and_its_gap() -> None:
    z = np.linspace(-4, 4, 81)
    density = np.exp(-(z**2) / 2)
    fig = draw_split(z, density, density, [("a", density, -3.0), ("b", density / 2, -2.5)], -2.5)
    words = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert {"ELBO −3.00", "ELBO −2.50", "gap 0.50", "gap 0.00"} <= set(words)
    bar, gap = fig.axes[2].patches
    assert bar.get_x() + bar.get_width() == pytest.approx(-3.0)
    assert gap.get_x() + gap.get_width() == pytest.approx(-2.5)
    assert Picture(fig, "").png


@pytest.mark.parametrize("mu", [-3.0, -0.5, 0.9, 3.0])
@pytest.mark.parametrize("sigma", [0.05, 0.6, 2.0])
def test_the_staircase_ends_at_the_evidence_wherever_q_is(mu: float, sigma: float) -> None:
    fig = draw_elbo(mu, sigma, answer("elbo_terms"), answer("kl_gaussian"))
    reconstruction, kl, gap = fig.axes[1].patches
    evidence = -0.5 * (1.5**2 / 1.64 + math.log(2 * math.pi * 1.64))
    assert reconstruction.get_width() < 0
    assert kl.get_x() == pytest.approx(reconstruction.get_width())
    assert kl.get_width() <= 0 <= gap.get_width()
    assert gap.get_x() + gap.get_width() == pytest.approx(evidence, abs=1e-9)
    assert f"$\\log p(x)$ −{-evidence:.3f}" in fig.axes[1].get_title(loc="left")


def test_the_gap_closes_at_the_posterior() -> None:
    fig = draw_elbo(1.5 / 1.64, math.sqrt(0.64 / 1.64), answer("elbo_terms"), answer("kl_gaussian"))
    assert fig.axes[1].patches[2].get_width() == pytest.approx(0, abs=1e-12)


def test_each_slider_changes_the_picture() -> None:
    row, picture = elbo_explorer(answer("elbo_terms"), answer("kl_gaussian")).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("mu", -3.0), ("mu", 3.0), ("sigma", 0.05), ("sigma", 2.0)):
        controls[name].value = value
        assert "<img" in picture.value
        assert f"{value}" in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


def test_a_wrong_function_of_the_reader_shows_as_a_staircase_that_misses() -> None:
    def added(*inputs: Any) -> dict[str, Any]:
        terms = answer("elbo_terms")(*inputs)
        return {**terms, "kl": -terms["kl"]}

    fig = draw_elbo(0.0, 0.5, added, answer("kl_gaussian"))
    gap = fig.axes[1].patches[2]
    assert gap.get_x() + gap.get_width() > fig.axes[1].lines[-2].get_xdata()[0] + 0.1


# --- what the text states --------------------------------------------------------------------------------------


def test_the_numbers_beside_the_questions() -> None:
    one = torch.ones(1, 1, dtype=F64)
    kl = answer("kl_gaussian")(one, 0.5 * one, tensor(0), tensor(1))["kl"]
    assert float(kl) == pytest.approx(0.818, abs=5e-4)
    inputs = (one, 0.5 * one, 0.5 * one, one[None], one, tensor(0), 1.0)
    assert float(answer("elbo_terms")(*inputs)["elbo"]) == pytest.approx(-1.3621, abs=5e-5)
    assert float(answer("elbo_sampled")(*inputs)) == pytest.approx(-1.6121, abs=5e-5)
    assert answer("tight_q")(tensor(2), tensor(1), tensor(0), 1.0) == pytest.approx((1, math.sqrt(0.5)))
    assert answer("tight_q")(tensor(2, 1), tensor(1, 2), tensor(0, 0), 0.5) == pytest.approx((0.7619, 0.2182), abs=5e-5)
    assert answer("implied_sigma")(1.0, 64) == pytest.approx(5.66, abs=5e-3)
    masses = [float(answer("bce_mass_on_levels")(tensor(2), levels)) for levels in (2, 3, 17, 256)]
    assert masses == pytest.approx([1, 1.3240, 6.6007, 97.6038], abs=5e-5)
    assert float(answer("iwae")(tensor([0], [1]))) == pytest.approx(0.6201, abs=5e-5)
    assert float(answer("effective_sample_size")(tensor([0], [1]))) == pytest.approx(1.648, abs=5e-4)


def test_a_class_that_was_not_noted_costs_what_the_last_exam_question_says() -> None:
    bounds = tensor(-3, -2)
    q = torch.softmax(bounds, 0)
    value = float(q @ bounds - q @ q.log())
    assert (float(q[1]), value) == pytest.approx((0.7311, -1.6867), abs=5e-5)
    for other in (0.5, 0.7, 0.8):
        q = tensor(1 - other, other)
        assert float(q @ bounds - q @ q.log()) < value


def test_the_two_values_of_z_in_the_derivation() -> None:
    q, prior, likelihood = (torch.log(tensor(*p)) for p in ((0.8, 0.2), (0.5, 0.5), (0.6, 0.3)))
    dz, joint = tensor(1, 1), prior + likelihood
    assert answer("elbo_integrand")(q, joint)["integrand"].tolist() == pytest.approx([-0.7847, -0.0575], abs=5e-5)
    third = answer("elbo_gathered")(dz, q, likelihood, prior)
    assert (float(third["reconstruction"]), float(third["kl"])) == pytest.approx((-0.6495, 0.1927), abs=5e-5)
    fourth = answer("evidence")(dz, joint)
    assert fourth["log_posterior"].exp().tolist() == pytest.approx([2 / 3, 1 / 3])
    sixth = answer("evidence_averaged")(dz, q, joint, fourth["log_posterior"])
    assert (float(sixth["elbo"]), float(sixth["kl"])) == pytest.approx((-0.8422, 0.0437), abs=5e-5)


def test_the_cauchy_distribution_up_to_three_cuts() -> None:
    """The numbers of 001 P2d's erratum, by the judge's quadrature and by the model answer."""
    for nu, cut, nats in ((1.0, 1.0, -0.155), (1.0, 10.0, 1.537), (10.0, 1e6, 0.023)):
        assert answer("truncated_kl")(nu, cut) == pytest.approx(nats, abs=5e-4)
    for cut, nats in ((1e2, 30), (1e4, 3181), (1e6, 318_308)):
        assert round(truncated(1.0, cut)) == nats
        assert answer("truncated_kl")(1.0, cut) == pytest.approx(truncated(1.0, cut), rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_no_independent_q_does_better_than_the_formula(seed: int) -> None:
    """½ log(Λ_11 Λ_22 / det Λ), against a numerical search over mean and widths."""
    rng = np.random.default_rng(seed)
    W, s, x = rng.normal(size=(2, 2)) * 2, rng.uniform(0.3, 1.5), rng.normal(size=2)
    mean, covariance = linear_gaussian.posterior(x, W, np.zeros(2), s)

    def gap(point: np.ndarray) -> float:
        return linear_gaussian.kl(point[:2], np.diag(np.exp(2 * point[2:])), mean, covariance)

    best = optimize.minimize(gap, np.zeros(4), method="BFGS").fun
    precision = np.eye(2) + W.T @ W / s**2
    formula = 0.5 * math.log(precision[0, 0] * precision[1, 1] / np.linalg.det(precision))
    rho = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert best == pytest.approx(formula, abs=1e-6)
    assert formula == pytest.approx(-0.5 * math.log(1 - rho**2))


# --- the derivation ----------------------------------------------------------------------------------------------


def test_one_function_for_all_six_lines_passes_nothing() -> None:
    """Neither the whole nor all terms under all names is any of the lines."""
    exercise = get("elbo.derivation")
    everything = (
        "integrand",
        "likelihood",
        "prior",
        "entropy",
        "reconstruction",
        "kl",
        "log_px",
        "log_posterior",
        "bound",
        "gap",
        "elbo",
    )

    def one(*inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        return {name: inputs[0].exp() @ inputs[-1] for name in everything}

    for same in (one, lambda *inputs: {"elbo": inputs[0].exp() @ inputs[-1]}, lambda *inputs: inputs[0].sum()):
        report = examine(exercise, LocalLink(dict.fromkeys(exercise.names, same)))
        assert report.points == 0


def test_an_error_that_runs_through_a_chain_is_traced_to_its_line() -> None:
    """log q with the wrong sign in line 2, and everything after it consistent with that."""

    def split(log_q: torch.Tensor, log_likelihood: torch.Tensor, log_prior: torch.Tensor) -> dict[str, torch.Tensor]:
        q = log_q.exp()
        return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": q * log_q}

    def gathered(dz: torch.Tensor, log_q: torch.Tensor, log_likelihood: torch.Tensor, log_prior: torch.Tensor) -> dict:
        q = dz * log_q.exp()
        return {"reconstruction": q @ log_likelihood, "kl": -(q @ (log_q + log_prior))}

    report = examine(get("elbo.derivation"), LocalLink({**answers(), "elbo_split": split, "elbo_gathered": gathered}))
    whys = [law.why for law in report.laws]
    assert whys[1] == "Equality is lost between line 1 and line 2, in the term `entropy`; its other terms hold."
    assert whys[2] == (
        "Line 3 equals your line 2, which is wrong already: equality is lost between line 1 and line 2. "
        "Here it shows in the term `kl`."
    )
    assert [law.ok for law in report.laws if not law.law.house] == [True, False, False, True, True, True]


# --- what the sections on the estimates, on the ascent and on weights state ----------------------------------------


def test_the_recalled_log_density() -> None:
    assert -0.5 - 0.5 * math.log(2 * math.pi) - math.log(2) == pytest.approx(-2.1121, abs=5e-5)


def test_a_q_that_is_too_sure_makes_estimate_a_steadier_by_a_fifth() -> None:
    """x = 1.5, s = 0.8, q = N(0.4, 0.3²): the spread of a draw, by quadrature, and the divergence."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    eps, n = torch.tensor(nodes)[None, :, None], len(nodes)
    ones, w = torch.ones(n, 1, dtype=F64), weights / weights.sum()
    inputs = (1.5 * ones, 0.4 * ones, 0.3 * ones, eps, torch.ones(1, 1, dtype=F64), tensor(0), 0.8)
    terms, sampled = answer("elbo_terms")(*inputs), answer("elbo_sampled")(*inputs)
    spreads = [math.sqrt(w @ (v - w @ v) ** 2) for v in (terms["elbo"].numpy(), sampled.numpy())]
    assert spreads == pytest.approx([0.53, 0.67], abs=5e-3)
    assert 1 - spreads[0] / spreads[1] == pytest.approx(0.2, abs=0.03)
    assert [float(terms["kl"][0]), -w @ sampled.numpy()] == pytest.approx([0.83, 2.54], abs=5e-3)


def test_the_gap_that_independence_leaves_in_the_ascent() -> None:
    W = tensor([3, 2], [0, 1])
    precision = torch.eye(2, dtype=F64) + W.T @ W
    assert precision.tolist() == [[10, 6], [6, 6]]
    assert float(torch.det(precision)) == pytest.approx(24)
    assert 0.5 * math.log(60 / 24) == pytest.approx(0.458, abs=5e-4)
    assert [1 / math.sqrt(10), 1 / math.sqrt(6)] == pytest.approx([0.32, 0.41], abs=5e-3)


def test_an_ascent_is_drawn_with_the_gap_that_it_cannot_pass() -> None:
    fig = draw_ascent([10.0, 1.0, 0.5], [[1.0, 1.0], [0.5, 0.6], [0.3, 0.4]], 0.46, [0.32, 0.41])
    left, right = fig.axes
    assert list(left.lines[0].get_ydata()) == [10.0, 1.0, 0.5]
    assert left.lines[1].get_ydata()[0] == 0.46
    assert [line.get_ydata()[0] for line in right.lines] == [1.0, 0.32, 1.0, 0.41]
    assert Picture(fig, "").png


def test_cross_entropy_is_the_expected_cost_of_tossed_pixels() -> None:
    """BCE(x, l) = E −log p(b | l) over b ~ Bernoulli(x), by enumeration; and the entropy of the digits' own coins."""
    grey, logits = tensor(0.2, 0.7, 1.0), tensor(-1, 0.3, 4)
    bernoulli = answer("bernoulli_reconstruction")
    expected = 0.0
    for tossed in itertools.product((0.0, 1.0), repeat=3):
        b = tensor(*tossed)
        chance = float(torch.where(b == 1, grey, 1 - grey).prod())
        expected += chance * float(bernoulli(b[None], logits[None])["loss"])
    assert float(bernoulli(grey[None], logits[None])["loss"]) == pytest.approx(expected, rel=1e-12)
    pixels = digits()[0].double().numpy() / 16
    assert special.entr(pixels).sum((1, 2)).mean() + special.entr(1 - pixels).sum((1, 2)).mean() == pytest.approx(
        13.73, abs=5e-3
    )


def test_the_sigma_of_plain_squared_error_is_more_than_thirty_times_too_wide() -> None:
    pixels = digits()[0].flatten(start_dim=1) / 16
    centred = pixels - pixels.mean(0)
    directions = torch.linalg.svd(centred, full_matrices=False)[2][:8]
    error = centred - centred @ directions.T @ directions
    assert answer("implied_sigma")(1.0, 64) / float(error.square().mean().sqrt()) > 30


def test_draws_fight_the_other_divergence() -> None:
    """The model of section 8 as its cell draws it: gaps, the other direction, and what a hundred draws close."""
    dice = torch.Generator().manual_seed(3)
    D, d, batch = 40, 20, 50
    W = torch.randn(D, d, generator=dice).double() / 4
    x = torch.randn(batch, d, generator=dice).double() @ W.T + torch.randn(batch, D, generator=dice).double()
    exact = torch.distributions.MultivariateNormal(torch.zeros(D).double(), W @ W.T + torch.eye(D).double()).log_prob(x)
    precision = torch.eye(d, dtype=F64) + W.T @ W
    centre = torch.linalg.solve(precision, (x @ W).T).T.numpy()
    narrow, covariance = precision.diag().rsqrt().numpy(), np.linalg.inv(precision.numpy())
    rows = {"half-way": (0.5 * centre, (narrow + 1) / 2), "prior": (0 * centre, np.ones(d))}
    found = {}
    for name, (mu, sigma) in rows.items():
        pairs = [((m, np.diag(sigma**2)), (c, covariance)) for m, c in zip(mu, centre, strict=True)]
        found[name] = [
            np.mean([linear_gaussian.kl(*q, *p) for q, p in pairs]),
            np.mean([linear_gaussian.kl(*p, *q) for q, p in pairs]),
        ]
    assert found["half-way"] == pytest.approx([10.4, 4.8], abs=0.05)
    assert found["prior"] == pytest.approx([37.3, 11.1], abs=0.05)
    assert [math.exp(4.8), math.exp(10.4), math.exp(11.14)] == pytest.approx([121, 34_000, 69_000], rel=0.04)
    torch.randn(2000, batch, d, generator=dice)  # the first q's noise
    eps = torch.randn(2000, batch, d, generator=dice).double()[:100]
    mu, sigma = (torch.tensor(np.broadcast_to(v, (batch, d)).copy()) for v in rows["half-way"])
    model = (W, torch.zeros(D, dtype=F64), 1.0)
    log_w = torch.stack([answer("elbo_sampled")(x, mu, sigma, e[None], *model) for e in eps])
    left = float((exact - answer("iwae")(log_w)).mean())
    assert 1 - left / 10.4 == pytest.approx(0.9, abs=0.03)


def test_a_q_on_one_of_two_modes_has_a_full_effective_size_and_misses_the_other() -> None:
    """p(x, z) an even mixture of N(±10, 1), q one of its halves: every weight is ½ p(x)."""
    z = torch.randn(2000, generator=torch.Generator().manual_seed(0), dtype=F64) + 10

    def log_normal(mean: float) -> torch.Tensor:
        return -0.5 * (z - mean) ** 2 - 0.5 * math.log(2 * math.pi)

    log_w = (torch.logaddexp(log_normal(10), log_normal(-10)) - math.log(2) - log_normal(10))[:, None]
    assert float(answer("effective_sample_size")(log_w)) == pytest.approx(2000)
    assert float(answer("iwae")(log_w)) == pytest.approx(-math.log(2))


def test_bounds_are_drawn_for_every_q() -> None:
    fig = draw_bounds([1, 10], {"a": [-2.0, -1.0], "b": [-3.0, -2.0], "c": [-9.0, -8.0]}, {q: [1, 5] for q in "abc"})
    assert [line.get_label() for line in fig.axes[0].lines[:3]] == ["a", "b", "c"]
    assert Picture(fig, "").png


def test_single_draws_are_drawn_with_their_mean_and_spread() -> None:
    a, b = tensor(-3, -1), tensor(-2, -2)
    fig = draw_single_draws({"first": (a, b), "second": (b, a)}, -1.85)
    assert [ax.get_title().splitlines()[0] for ax in fig.axes] == ["first", "second"]
    assert "(a) −2.00 ± 1.41    (b) −2.00 ± 0.00" in fig.axes[0].get_title()
    assert fig.axes[0].lines[0].get_xdata()[0] == -1.85


def test_the_best_independent_q_is_as_narrow_as_a_slice() -> None:
    """Along z_1 through the centre both contours cross at the same place, the posterior's slice."""
    fig = draw_best_independent(tensor([10, 6], [6, 6]))
    posterior, best = (kind.get_paths()[0].vertices for kind in fig.axes[0].collections)  # at one standard deviation
    for line in (posterior, best):
        crossing = line[np.abs(line[:, 1]).argsort()[:2]]
        np.testing.assert_allclose(np.abs(crossing[:, 0]), 1 / math.sqrt(10), atol=0.02)


def test_rebuilt_digits_and_what_should_be_one_are_drawn() -> None:
    pictures = {"digits": torch.rand(6, 8, 8), "from 8": torch.rand(6, 8, 8)}
    lowest = {"from 8": (0.15, -20.0), "from 30": (0.05, -80.0)}
    fig = draw_rebuilt(pictures, [0.1, 1.0], dict.fromkeys(lowest, (1.0, 2.0)), lowest, 5.66)
    assert fig.axes[0].images[0].get_array().shape == (20, 60)
    assert [line.get_xdata()[0] for line in fig.axes[1].lines[1::2]] == [0.15, 0.05]
    fig = draw_masses(tensor(0, 1), {"l = 0": tensor(0.5, 0.5)}, tensor(-1, 1), {"integral": tensor(0.4, 0.4)})
    assert [ax.lines[0].get_label() for ax in fig.axes] == ["l = 0", "integral"]
    assert Picture(fig, "").png


def test_the_two_witnesses_are_as_their_comments_say() -> None:
    for name, gap, back in (("wide_q", 15.7, 1.3), ("sure_q", 1.6, 32.1)):
        mu, sigma = answer(name)()
        pairs = [(mu, sigma**2, 0.0, 1.0), (0.0, 1.0, mu, sigma**2)]
        assert [gaussians.kl(*pair) for pair in pairs] == pytest.approx([gap, back], abs=0.05)
