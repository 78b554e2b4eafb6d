"""Notebook 01: its numbers are right, what it says of its figures holds, and the explorer follows its controls."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import numpy as np
import pytest
import torch
from scipy import optimize, stats

from autograder.oracles import events
from pushforward.data import digits
from pushforward.figures.densities import compete, draw_contest, draw_families, draw_fit, draw_lies, fit_explorer
from pushforward.figures.style import Picture
from tests.notebooks.numbers import near, of

HALF, ONES = of(0.5, 0.5), of(1.0, 1.0)


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_the_three_examples_break_the_axiom_that_the_text_says(names: dict[str, Any]) -> None:
    for P, axiom in (((0, 0.5, 0.6, 1), 3), ((0, 0.3, 0.3, 0.6), 2), ((0, -0.1, 1.1, 1), 1)):
        assert names["broken_axiom"](of(*P))[0] == axiom
        assert events.broken(np.array(P)) == [axiom]
    assert 1 / 2 + 4 / 6 > 1  # even, and at most 4, of a die


def test_densities_above_one() -> None:
    near(stats.uniform(0, 0.1).pdf(0.05), 10)
    near(stats.norm(0, 0.01).pdf(0), 39.8942)
    near(stats.norm.pdf(0), 0.3989)
    near(math.sqrt(2 * math.pi), 2.5066)


def test_the_integral_of_the_slow_function_is_a_logarithm(names: dict[str, Any]) -> None:
    for mass in (10.0, 100.0):
        a, b = names["too_much"]("1/(1+|x|)", mass)
        assert a == 0
        assert math.log1p(b) > mass


def test_three_strips(names: dict[str, Any]) -> None:
    u = of(1, 2, 3)
    near(u.exp().sum(), 30.1929)
    near(names["log_normaliser"](u, 0.1), 1.1050)
    near(names["log_normaliser"](u + 1000, 0.1), 1001.1050)
    log_p = names["log_density"](u, 0.1)
    np.testing.assert_allclose(log_p, [-0.105, 0.895, 1.895], atol=5e-4)
    np.testing.assert_allclose(log_p.exp(), [0.900, 2.447, 6.652], atol=5e-4)
    np.testing.assert_allclose(names["log_density"](u + 1000, 0.1), log_p, atol=1e-9)


def test_the_curse_in_numbers(names: dict[str, Any]) -> None:
    assert pytest.approx(5.6e78, rel=0.01) == 17.0**64
    assert math.log(1000) / math.log(10) == 2.9999999999999996
    near(names["relative_variance"](1 / 3, 1), 1 / 3)
    assert names["relative_variance"](1 / 3, 10) == pytest.approx(16.76, abs=0.005)
    assert names["relative_variance"](1 / 3, 100) == pytest.approx(3.1e12, rel=0.02)
    for d, draws in ((1, 3333), (10, 167_577), (100, 3.1e16)):
        assert names["draws_needed"](1 / 3, d, 0.01) == pytest.approx(draws, rel=2e-4 if d < 100 else 0.02)
    assert names["largest_dimension"](10, 10**6) == 6


def test_three_weights_and_their_error(names: dict[str, Any]) -> None:
    found = names["importance_z"](of(1, 2, 6).log(), of(0, 0, 0))
    near(found["log_z"], 1.0986)
    near(found["relative_error"], 0.5092)
    assert math.sqrt(7 / 3) == pytest.approx(1.528, abs=5e-4)


def test_the_variance_of_the_weights(names: dict[str, Any]) -> None:
    c = 7 / 8
    square = 2 * math.sqrt(2 * math.pi) * math.sqrt(math.pi / c)
    assert square == pytest.approx(9.499, abs=5e-4)
    assert square / (2 * math.pi) == pytest.approx(1.512, abs=5e-4)
    assert names["weight_variance"](2.0) == pytest.approx(0.512, abs=5e-4)
    near(names["weight_variance"](1.0), 0)
    assert names["weight_variance"](0.5) == math.inf


def test_a_normal_fitted_to_three_points(names: dict[str, Any]) -> None:
    x = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 3.0]], dtype=torch.float64)
    mu, cov = names["gaussian_mle"](x)
    near(mu, [1, 1])
    near(cov, [[2 / 3, 0], [0, 2]])
    near(torch.cov(x.T), [[1, 0], [0, 3]])
    log_p = names["gaussian_log_p"](of(2, 1)[None], of(0, 0), torch.tensor([[2.0, 1.0], [1.0, 2.0]]).double())
    assert float(log_p) == pytest.approx(-3.387, abs=5e-4)
    assert 64 * 2 * math.log10(0.001) == -384


def test_the_mode_in_two_parametrisations(names: dict[str, Any]) -> None:
    found = names["gaussian_map"](of(1, 3), 0.0, 1.0, 1.0, 1.0)
    near(list(found.values()), [4 / 3, 20 / 21, 4 / 3])
    exam = names["gaussian_map"](of(0, 4), 0.0, 2.0, 1.0, 1.0)
    near(list(exam.values()), [1, 2, 2.8])


@pytest.mark.parametrize("log_sigma", [False, True])
def test_the_formula_is_the_highest_point_of_the_density(names: dict[str, Any], log_sigma: bool) -> None:
    """By scipy's densities and a climb, without a formula for the mode."""
    x, m0, kappa0, alpha0, beta0 = of(0.3, -1.0, 2.5), 0.5, 2.0, 1.5, 0.7

    def low(point: np.ndarray) -> float:
        mu, s = point[0], math.exp(point[1])  # s = sigma
        log_p = stats.norm(mu, s).logpdf(x.numpy()).sum() + stats.norm(m0, s / math.sqrt(kappa0)).logpdf(mu)
        log_p += stats.invgamma(alpha0, scale=beta0).logpdf(s**2)
        return -(log_p + (math.log(2 * s**2) if log_sigma else 0))

    top = optimize.minimize(low, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}).x
    found = names["gaussian_map"](x, m0, kappa0, alpha0, beta0)
    key = "variance_log_sigma" if log_sigma else "variance"
    np.testing.assert_allclose([float(found["mu"]), float(found[key])], [top[0], math.exp(2 * top[1])], rtol=1e-5)


def reverse(names: dict[str, Any], mu: float, sigma: float, m: float) -> float:
    return float(names["reverse_kl"](of(mu)[0], of(sigma)[0], HALF, of(-m, m), ONES))


def test_one_hill_on_two(names: dict[str, Any]) -> None:
    fit = names["forward_fit"](HALF, of(-2, 2), ONES)
    near([float(fit["mu"]), float(fit["sigma"])], [0, math.sqrt(5)])
    near(reverse(names, 2, 1, 2), 0.6327)
    near(reverse(names, 4, 1, 4), 0.6931)
    assert reverse(names, 4, 1, 4) == pytest.approx(math.log(2), abs=1e-4)


def minimum(names: dict[str, Any], start: tuple[float, float], m: float) -> tuple[float, float, float]:
    """Where a careful descent from there ends, and how low it is."""
    found = optimize.minimize(lambda v: reverse(names, v[0], math.exp(v[1]), m), start, method="Nelder-Mead")
    return float(found.x[0]), math.exp(found.x[1]), float(found.fun)


@pytest.mark.parametrize(("m", "middle", "side"), [(2.5, 0.481, 0.666), (3.0, 0.841, 0.689)])
def test_three_best_points_and_how_low_they_are(names: dict[str, Any], m: float, middle: float, side: float) -> None:
    inner, outer = minimum(names, (0.1, math.log(m)), m), minimum(names, (m, 0.0), m)
    assert (abs(inner[0]) < 0.01, outer[0] > 2) == (True, True)
    assert inner[2] == pytest.approx(middle, abs=6e-4)
    assert outer[2] == pytest.approx(side, abs=6e-4)


def test_one_best_point_up_to_two(names: dict[str, Any]) -> None:
    for m in (1.0, 2.0):
        for start in ((m, 0.0), (0.5, 0.5), (-m, -0.5)):
            assert abs(minimum(names, start, m)[0]) < 0.02


def test_bits_in_any_unit(names: dict[str, Any]) -> None:
    assert 64 * math.log(17) == pytest.approx(181.3, abs=0.05)
    for nats, low, high in ((131.5, -0.5, 16.5), (131.5 - 64 * math.log(17), 0.0, 1.0)):
        assert float(names["bits_per_dim"](of(nats), 64, 17, low, high)) == pytest.approx(2.964, abs=1e-3)
    assert pytest.approx(-49.8) == 131.5 - 181.3
    assert math.log(17) == pytest.approx(2.833, abs=5e-4)
    assert math.log2(17) == pytest.approx(4.087, abs=5e-4)
    assert float(names["bits_per_dim"](of(-8000), 3072, 256, 0.0, 1.0)) == pytest.approx(4.243, abs=1e-3)


def test_one_pixel_of_two_levels(names: dict[str, Any]) -> None:
    pixel = of(0, 2)[:, None]
    mu, cov = names["fit_pixels"](pixel)
    near([float(mu), float(cov)], [1, 13 / 12])
    parts = 0.5 / (13 / 12), 0.5 * math.log(2 * math.pi * 13 / 12), 1 / 24 / (13 / 12)
    near(parts, [0.4615, 0.9590, 0.0385])
    assert float(names["pixel_nats"](pixel, mu, cov)[0]) == pytest.approx(1.459, abs=5e-4)


def test_excess_kurtosis_by_hand() -> None:
    near(stats.kurtosis([0, 0, 0, 4]), 21 / 9 - 3)
    assert round(21 / 9 - 3, 2) == -0.67
    near(stats.kurtosis([0, 2]), -2)


def test_the_digits_cost_what_the_text_says(names: dict[str, Any]) -> None:
    train, test = (digits(part)[0].double().reshape(-1, 64) for part in ("train", "test"))
    nats = names["pixel_nats"](test, *names["fit_pixels"](train)).mean()
    assert float(nats) == pytest.approx(131.5, abs=0.05)
    assert float(nats) <= 131.7
    assert len(test) == 447
    noise = torch.rand(40, *test.shape, generator=torch.Generator().manual_seed(0)).double() - 0.5
    drawn = -names["gaussian_log_p"]((test + noise).reshape(-1, 64), *names["fit_pixels"](train)).mean()
    assert float(drawn) == pytest.approx(float(nats), abs=0.1)  # the average over the noise, by drawing it


def test_the_shell(names: dict[str, Any]) -> None:
    near(names["oddness"](torch.tensor([[1.0, 1.0], [0.0, 0.0]]).double()), [0, 1])
    assert float(names["oddness"](torch.zeros(1, 64))) == pytest.approx(5.66, abs=5e-3)
    near(names["blend"](of(1, 0)[None], of(0, 1)[None], 0.5), [[0.7071, 0.7071]])
    assert (100 - 10) / math.sqrt(200) == pytest.approx(6.36, abs=5e-3)
    for d in (64, 10_000):
        assert stats.chi(d).mean() == pytest.approx(math.sqrt(d), rel=0.01)
        assert stats.chi(d).std() == pytest.approx(math.sqrt(0.5), rel=0.01)


def test_samples_by_the_distribution_function(names: dict[str, Any]) -> None:
    near(names["sample_exponential"](of(0.5), 2.0), [0.3466])
    near(names["sample_steps"](of(0.1, 0.5), of(0, 1, 3, 4), of(2, 0, 6)), [0.4, 3 + 1 / 3])


def test_a_prior_that_takes_the_evidence_back(names: dict[str, Any]) -> None:
    near(names["log_posterior"](of(0.2, 0.6).log()[None], of(0.75, 0.25).log()).exp(), [[0.5, 0.5]])
    _, p = names["fit_naive_bayes"](torch.tensor([[1.0, 0.0], [1.0, 1.0]]).double(), torch.tensor([0, 0]), 3)
    near(p[0], [0.75, 0.5])


def test_the_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    for a in (1.5, 3.0):
        near(2 * stats.lomax(a - 1).sf(0) / (a - 1), 2 / (a - 1))
    assert pytest.approx(314.3, abs=0.05) == (4 / 3) ** 20 - 1
    assert names["draws_needed"](1 / 3, 20, 0.05) == pytest.approx(125_700, rel=1e-3)


# --- what it says of its figures -------------------------------------------------------------------------------


def runs(names: dict[str, Any], s: float, n: int, seed: int = 1) -> list[tuple[float, float]]:
    dice, found = torch.Generator().manual_seed(seed), []
    for _ in range(n):
        x = s * torch.randn(1000, generator=dice, dtype=torch.float64)
        parts = names["importance_z"](-(x**2) / 2, -(x**2) / (2 * s**2) - math.log(s * math.sqrt(2 * math.pi)))
        found.append((math.exp(float(parts["log_z"])), float(parts["relative_error"])))
    return found


def test_narrow_proposals_lie_low_and_wide_ones_are_honest(names: dict[str, Any]) -> None:
    truth = math.sqrt(2 * math.pi)
    missed, low = {}, {}
    for s in (0.25, 1.3, 5.0):
        z, error = np.array(runs(names, s, 200)).T
        missed[s] = float((abs(z - truth) > 2 * z * error).mean())
        low[s] = float((z < truth).mean())
    assert missed[0.25] > 0.6
    assert max(missed[1.3], missed[5.0]) < 0.12
    assert low[0.25] > 0.85  # nearly every run comes out too low
    fig = draw_lies({s: runs(names, s, 5) for s in (0.25, 1.3)}, truth)
    assert "of 5 miss" in fig.axes[0].get_title()


def test_the_witness_lies_as_the_text_asks(names: dict[str, Any]) -> None:
    z, error = np.array(runs(names, names["lying_scale"](), 200)).T
    assert (abs(z - math.sqrt(2 * math.pi)) > 2 * z * error).mean() >= 0.6


def test_the_classifiers_compete_as_the_text_says(names: dict[str, Any]) -> None:
    found = compete(names["log_posterior"], names["fit_naive_bayes"], repeats=2, sizes=(100, 200, 1000))
    cost = {kind: {who: np.mean(rows, axis=1) for who, rows in both.items()} for kind, both in found.items()}
    true, real = cost["independent pixels"], cost["real digits"]
    assert (true["naive Bayes"] < true["logistic regression"]).all()
    assert true["naive Bayes"][1] < true["logistic regression"][2] + 0.03  # at 200 where the other is at 1000
    assert (real["logistic regression"] < real["naive Bayes"]).all()
    assert np.diff(real["logistic regression"]).max() < 0
    assert real["naive Bayes"][1:].min() > 0.8  # stops at about nine tenths
    assert len(draw_contest(found, (100, 200, 1000)).axes) == 2


def test_the_map_shows_four_graphs_with_their_words() -> None:
    texts = [[text.get_text() for text in ax.texts] for ax in draw_families().axes]
    assert len(texts) == 4
    assert all(any(line.startswith("density:") for line in lines) for lines in texts)


# --- the figure with controls ----------------------------------------------------------------------------------


@pytest.mark.parametrize("distance", [0.5, 2.0, 5.0])
@pytest.mark.parametrize(("mu", "sigma"), [(0.0, 0.3), (-6.0, 6.0), (5.0, 1.0)])
def test_no_reader_gets_below_the_marks(names: dict[str, Any], distance: float, mu: float, sigma: float) -> None:
    fig = draw_fit(distance, mu, sigma, names["forward_fit"], names["reverse_kl"])
    bars = [patch.get_width() for patch in fig.axes[1].patches]
    marks = [line.get_xdata()[0] for line in fig.axes[1].lines]
    assert len(bars) == len(marks) == 2
    assert all(bar >= mark - 0.01 for bar, mark in zip(bars, marks, strict=True))
    assert min(marks) > -1e-6


def test_moving_a_control_moves_the_picture(names: dict[str, Any]) -> None:
    box = fit_explorer(names["forward_fit"], names["reverse_kl"])
    row, picture = box.children
    for control in row.children:
        before = picture.value
        control.value = control.max
        assert isinstance(control, ipywidgets.FloatSlider)
        assert picture.value != before, control.description
    assert "No picture here" not in picture.value


def test_the_opening_picture_has_words() -> None:
    assert "four" in repr(Picture(draw_families(), alt="four graphs"))
