"""Notebook 15: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
import torch

from autograder.checks.c15_diffusion_forward.never_forgets import remembered
from pushforward.data import digits
from pushforward.diffusion import best_x0
from pushforward.figures.diffusion import (
    TEMPERAMENTS,
    bridge_explorer,
    draw_bayes,
    draw_best_guesses,
    draw_bridge,
    draw_generated,
    draw_heat,
    draw_left,
    draw_prior_gap,
    draw_temperaments,
    draw_ve_gaps,
    guesses_in_words,
    left_in_words,
    verdicts_in_words,
)
from pushforward.figures.style import Picture
from tests.notebooks.numbers import near, of

SECOND = torch.tensor([2])
PICTURES = digits()[0] / 8 - 1
FLAT = PICTURES.flatten(1).double()


@pytest.fixture(scope="module")
def linear(names: dict[str, Any]) -> torch.Tensor:
    return names["SCHEDULES"]["linear"](1000)


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_steps_and_shares_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["marginal_after"](2, 0.8, 0.6), [0.64, 0.5904])
    near(0.05**2 / (1 - 0.97**2), 0.0423)
    near(names["alpha_bar"](of(0.1, 0.2, 0.3)), [0.9, 0.72, 0.504])
    near(names["log_alpha_bar"](of(0.1, 0.2, 0.3)), [-0.1054, -0.3285, -0.6852])
    near(names["alpha_bar"](of(0.1, 0.2, 0.5)), [0.9, 0.72, 0.36])
    assert float(FLAT.square().mean()) == pytest.approx(0.72, abs=0.005)
    near(names["q_sample"](of(2.0), torch.tensor([1]), of(-1.0), of(0.64)), [1.0])
    near(names["predict_x0"](of(1.0), torch.tensor([1]), of(-1.0), of(0.64)), [2.0])


def test_the_sine_underflows_where_the_text_says(names: dict[str, Any]) -> None:
    beta = names["SCHEDULES"]["sin(n/N)"](1000)
    assert float(names["log_alpha_bar"](beta)[-1]) / math.log(10) == pytest.approx(-321, abs=0.05)
    assert int((names["alpha_bar"](beta.float()) == 0).nonzero()[0]) + 1 == 424
    small = 1 - torch.tensor(1 - 1e-4, dtype=torch.float32)
    assert 1e-5 < abs(float(small) / 1e-4 - 1) < 1e-3  # three or four digits are left


def test_what_is_left_falls_where_the_text_says(names: dict[str, Any], linear: torch.Tensor) -> None:
    left = {kind: names["alpha_bar"](names["SCHEDULES"][kind](1000)) for kind in ("linear", "cosine", "sin(n/N)")}
    assert int((left["linear"] > 0.5).sum()) + 1 == pytest.approx(260, abs=5)
    assert float(left["cosine"][499]) > 0.45 > 0.1 > float(left["linear"][499])
    assert float(left["linear"][666]) < 0.012  # the last third: 99 per cent noise
    assert float(left["sin(n/N)"][99]) < 0.01  # nearly everything after a tenth of the way
    assert float(linear[-1]) == pytest.approx(0.02)


def test_products_that_telescope_and_one_that_does_not(names: dict[str, Any]) -> None:
    t = torch.arange(1, 101, dtype=torch.float64)
    near(names["alpha_bar"](1 / (t + 1)), 1 / (t + 1))
    assert names["never_forgets"]() == (1.0, 2.0, 0.5)
    c, p, limit = names["never_forgets_either"]()
    assert p != round(p)
    assert limit == pytest.approx(remembered(c, p), rel=1e-6)
    tail = lambda c, p, t: c * (t + 1) ** (1 - p) / (p - 1)  # noqa: E731
    assert tail(1, 1.5, 1e6) == pytest.approx(0.002, abs=1e-6)
    assert tail(1, 2.5, 1e5) == pytest.approx(2e-8, rel=0.1)
    first = float(torch.log1p(-((torch.arange(1, 10001, dtype=torch.float64) + 1) ** -1.5)).sum())
    assert first - math.log(remembered(1, 1.5)) == pytest.approx(tail(1, 1.5, 1e4), rel=1e-3)  # it is the rest


def test_the_prior_gap_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    terms = names["prior_gap"](of(2.0)[None], 0.1)
    near([float(terms[k]) for k in ("trace", "mean", "log_det", "kl")], [0.9, 0.4, 0.1054, 0.2027])
    share = float(names["alpha_bar"](names["SCHEDULES"]["linear"](100) / 10)[-1])
    assert share == pytest.approx(0.363, abs=0.001)
    assert share > 1 / 3
    whole = float(names["prior_gap"](FLAT, share)["kl"].mean())
    assert whole == pytest.approx(11.2, abs=0.05)
    near(-math.log(1 - 0.363) / 2, 0.2255)
    mean, covariance = FLAT.mean(0), torch.cov(FLAT.T, correction=0)
    spread = share * covariance + (1 - share) * torch.eye(64, dtype=torch.float64)
    start = (spread.trace() + share * mean.square().sum() - 64 - torch.logdet(spread)) / 2
    assert float(start) == pytest.approx(7.1, abs=0.05)
    assert float(share * mean.square().sum() / 2) == pytest.approx(4.9, abs=0.05)
    assert 0 < whole - float(start) < math.log(1000)  # the rest is information, and there are a thousand digits


def test_the_price_of_the_bound_splits_in_two(names: dict[str, Any]) -> None:
    """Data N(0, 1): x_T is N(0, 1) as well, so that all is information, −½ log(1 − ᾱ_T)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    gaps = names["prior_gap"](torch.tensor(nodes)[:, None], 0.363)["kl"]
    assert float(torch.tensor(weights) @ gaps / weights.sum()) == pytest.approx(-math.log(1 - 0.363) / 2)


def test_the_posterior_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["posterior_variance"](of(0.1, 0.2, 0.3)), [0, 0.0714, 0.1694])
    factor = lambda x0, xt, beta, t: names["posterior"](of(x0), of(xt), torch.tensor([t]), beta)[0]  # noqa: E731
    near(factor(1.0, 0.0, of(0.1, 0.2), 2), [0.6776])
    near(factor(0.0, 1.0, of(0.1, 0.2), 2), [0.3194])
    near(factor(1.0, 0.5, of(0.1, 0.2), 2), [0.8374])
    beta = torch.linspace(0.01, 0.3, 10, dtype=torch.float64)
    near(factor(0.0, 1.0, beta, 7), [0.7093])
    kept = names["alpha_bar"](beta)
    near(kept[6].sqrt() * (1 - kept[5]) / (1 - kept[6]), 0.5306)


def test_the_sampler_s_line_is_the_posterior_s_mean(names: dict[str, Any]) -> None:
    beta, xt, eps = of(0.1, 0.2), of(0.5), of(-1.0)
    x0 = names["predict_x0"](xt, SECOND, eps, names["alpha_bar"](beta))
    near(x0, [1.2129])
    near(names["posterior"](x0, xt, SECOND, beta)[0], [0.9816])
    near((0.5 + 0.2 / math.sqrt(0.28)) / math.sqrt(0.8), 0.9816)
    near(0.04 / (2 * 0.2 * 0.8 * 0.28), 0.4464)
    truth = names["predict_x0"](xt, SECOND, of(0.3), names["alpha_bar"](beta))  # another guess of the noise
    apart = names["posterior"](truth, xt, SECOND, beta)[0] - names["posterior"](x0, xt, SECOND, beta)[0]
    near(apart.square() / (2 * 0.2), 0.4464 * 1.3**2)  # the distance of the means is the weighted loss


def test_guesses_at_the_end_of_the_road_are_as_the_text_says(names: dict[str, Any], linear: torch.Tensor) -> None:
    kept = names["alpha_bar"](linear)
    size, share = float(FLAT.square().mean().sqrt()), float(kept[-1])
    lazy = math.hypot(math.sqrt(share) * size, 1 - math.sqrt(1 - share))  # x_t − eps, in the mean square
    assert lazy == pytest.approx(0.0054, abs=5e-5)
    assert math.sqrt((1 - share) / share) == pytest.approx(157, abs=0.5)
    assert lazy * math.sqrt((1 - share) / share) == pytest.approx(0.85, abs=0.005)
    assert size == pytest.approx(0.85, abs=0.005)
    source = torch.Generator().manual_seed(0)
    xt = names["q_sample"](FLAT, torch.full((1000,), 1000), torch.randn(1000, 64, generator=source).double(), kept)
    guess = best_x0(xt[:300], torch.full((300,), 1000), FLAT, kept)
    assert float((guess - FLAT[:300]).square().mean().sqrt()) == pytest.approx(0.54, abs=0.01)
    assert float((guess - FLAT.mean(0)).square().mean().sqrt()) < 0.06


def test_the_exploding_process_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    four = torch.tensor([4])
    near(names["ve_sample"](of(1.0), four, of(2.0), 0.5), [3.0])
    near(torch.cat(names["ve_posterior"](of(1.0), of(3.0), four, 0.5)), [2.5, 0.1875])
    gaps = names["ve_prior_gaps"](1.0, 1.0, 4, 1.0)
    near([gaps[k] for k in ("noise", "spread", "mean", "both")], [0.1384, 0.1, 0.0134, 0])
    late = names["ve_prior_gaps"](2.0, 1.0, 10_000, 0.5)
    assert late["noise"] == pytest.approx(4 / (2 * 2500), rel=0.01)
    assert late["mean"] == pytest.approx((1 / 2500) ** 2 / 4, rel=0.01)


def test_schedules_fail_where_the_text_says(names: dict[str, Any]) -> None:
    validate, schedules = names["validate_schedule"], names["SCHEDULES"]
    assert validate(of(0.2, 0.0, 1.5)) == (2, "zero")
    assert validate(of(0.2, 0.999)) is None
    assert validate(of(math.nan, 0.1)) == (1, "nan")
    found = {N: validate(schedules["linear"](N)) for N in range(1, 40)}
    assert [N for N, verdict in found.items() if verdict and verdict[1] == "above one"] == list(range(2, 20))
    assert found[20] == (20, "one")
    assert all(found[N] is None for N in (1, *range(21, 40)))
    assert [validate(schedules["−cos(πn/N)"](N)) for N in (1, 2, 3)] == [(1, "one"), (1, "zero"), (1, "negative")]
    assert validate(schedules["cosine"](50)) == (50, "one")
    assert all(validate(schedules["1 − 1/n"](N)) == (1, "zero") for N in (1, 2, 50))
    assert all(validate(schedules[kind](N)) is None for kind in ("sin(n/N)", "log(1 + n/N)") for N in (1, 2, 1000))
    assert (round(math.sin(1), 3), round(math.log(2), 3)) == (0.841, 0.693)


def test_what_breaks_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["alpha_bar"](of(0.5, 1.5)), [0.5, -0.25])
    assert names["first_bad_root"](of(0.5, 1.5)) == 2
    near(names["alpha_bar"](of(*names["positive_again"]())), [0.5, -0.25, 0.125])


def test_the_chain_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    ones = torch.ones(2, 1, dtype=torch.float64)
    near(names["generate"](lambda x, t: 1 + 0 * x, of(0.5), ones, of(0.1, 0.2)), [1.0])
    mean, variance = names["posterior"](of(1.0), of(0.5), SECOND, of(0.1, 0.2))
    near([mean.item(), variance.item(), mean.item() + math.sqrt(variance)], [0.8374, 0.0714, 1.1046])


def test_every_sample_of_the_best_player_is_a_training_picture(names: dict[str, Any]) -> None:
    beta, source = names["SCHEDULES"]["linear"](100).float(), torch.Generator().manual_seed(1)
    points, kept = FLAT.float(), names["alpha_bar"](beta)
    xT, noise = torch.randn(4, 64, generator=source), torch.randn(100, 4, 64, generator=source)
    made = names["generate"](lambda x, t: best_x0(x, t, points, kept), xT, noise, beta)
    assert float(torch.cdist(made, points).amin(1).max()) < 1e-4
    assert len({int(k) for k in torch.cdist(made, points).argmin(1)}) > 1


def test_the_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    assert math.log(1000) / -math.log(0.98) == pytest.approx(341.9, abs=0.05)
    near(names["marginal_after"](10_000, math.sqrt(0.98), 0.02)[1], 0.02)
    assert math.sqrt(0.02) == pytest.approx(0.14, abs=0.005)
    exact = mpmath.findroot(lambda d: (d - mpmath.log(1 + d)) / 2 - 0.01, 0.2)
    assert float(exact) == pytest.approx(0.214, abs=5e-4)
    assert math.sqrt((1 - 1e-4) / 1e-4) == pytest.approx(100, abs=0.01)
    one = torch.ones(1, dtype=torch.int64)
    assert best_x0(of(0.0)[None], one, of(-1.0, 1.0)[:, None], of(0.01)).item() == 0  # question 9


@pytest.mark.parametrize("k", [2, 4])
def test_a_schedule_for_larger_pictures_is_what_the_last_exam_question_says(k: int, names: dict[str, Any]) -> None:
    small = names["alpha_bar"](names["SCHEDULES"]["linear"](100))
    large = small / (small + k**2 * (1 - small))
    near(k**2 * large / (1 - large), small / (1 - small))
    beta = 1 - large / torch.cat([of(1.0), large[:-1]])
    assert names["validate_schedule"](beta) is None
    near(0.5 / (0.5 + 4 * 0.5), 0.2)
    blocks = torch.randn(4000, k, k, generator=torch.Generator().manual_seed(0)).mean((1, 2))
    assert blocks.var().item() == pytest.approx(1 / k**2, rel=0.1)


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_walks_lie_in_their_bands(names: dict[str, Any]) -> None:
    fig = draw_temperaments(names["noising_step"], names["marginal_after"], steps=60)
    for ax, (a, b) in zip(fig.axes, TEMPERAMENTS.values(), strict=True):
        walks = np.array([line.get_ydata() for line in ax.lines[:-1]])
        scale, variance = names["marginal_after"](60, a, b)
        assert np.mean(np.abs(walks[:, -1] - 3 * scale) < 1.96 * math.sqrt(variance)) > 0.75
    assert Picture(fig, "").png


def test_the_curves_are_those_of_the_reader_s_functions(names: dict[str, Any]) -> None:
    fig = draw_left(names["SCHEDULES"], names["alpha_bar"], names["log_alpha_bar"], 50)
    first = names["alpha_bar"](names["SCHEDULES"]["linear"](50))
    np.testing.assert_allclose(fig.axes[0].lines[0].get_ydata(), first)
    fig = draw_ve_gaps(names["ve_prior_gaps"])
    assert fig.axes[0].lines[0].get_ydata()[0] == names["ve_prior_gaps"](2.0, 1.0, 1, 0.5)["noise"]
    fig = draw_prior_gap(names["prior_gap"], names["alpha_bar"], names["SCHEDULES"]["linear"], FLAT[:20], [100, 1000])
    fixed, scaled = (line.get_ydata() for line in fig.axes[0].lines)
    assert fixed[0] > 5 > 1e-2 > scaled[0]
    assert fixed[1] == pytest.approx(scaled[1])
    assert Picture(fig, "").png


def test_the_words_for_the_curves_are_computed(names: dict[str, Any]) -> None:
    words = left_in_words(names["SCHEDULES"], names["alpha_bar"])
    (linear, cosine) = re.search(r"linear at step (\d+), cosine at step (\d+),", words).groups()
    assert int(linear) == pytest.approx(260, abs=5)
    assert int(cosine) == pytest.approx(495, abs=5)
    found = {N: names["validate_schedule"](names["SCHEDULES"]["linear"](N)) for N in range(1, 40)}
    words = verdicts_in_words({"linear": found, "none": {1: None}})
    assert "linear: valid at N = 1, above one at N = 2 to 19, one at N = 20, valid at N = 21 to 39; " in words
    assert words.endswith("none: valid at N = 1.")
    many = {N: (1, "zero") if N % 2 else None for N in range(1, 30)}
    assert verdicts_in_words({"odd": many}).endswith("valid at N = 6 and so on.")


def test_the_heat_has_two_hills_first_and_one_from_step_40_on(names: dict[str, Any]) -> None:
    fig = draw_heat(names["noising_step"], names["alpha_bar"], names["SCHEDULES"]["linear"](100))
    shades = np.asarray(fig.axes[0].collections[0].get_array()).reshape(321, 100)
    hills = [int(((shade[1:-1] > shade[:-2]) & (shade[1:-1] > shade[2:])).sum()) for shade in shades.T]
    assert hills[0] == hills[9] == 2
    assert set(hills[39:]) == {1}
    assert len(fig.axes[0].lines) == 8
    assert Picture(fig, "").png


def test_the_reader_s_posterior_lies_on_the_product(names: dict[str, Any]) -> None:
    beta = torch.linspace(0.01, 0.3, 10, dtype=torch.float64)
    fig = draw_bayes(names["alpha_bar"], names["posterior"], beta, 7, 1.0, 1.6)
    _, _, density, misprint = fig.axes[0].lines
    grey = fig.axes[0].collections[0].get_paths()[0].vertices[:, 1].max()
    assert max(density.get_ydata()) == pytest.approx(grey, rel=1e-3)
    top = density.get_xdata()[int(np.argmax(density.get_ydata()))]
    assert top - misprint.get_xdata()[0] == pytest.approx(1.6 * (0.7093 - 0.5306), abs=0.003)


def test_the_bridge_is_pinned_at_both_ends_and_keeps_its_width(names: dict[str, Any]) -> None:
    beta = names["SCHEDULES"]["linear"](100)
    bands = []
    for xt in (-1.0, 2.0):
        fig = draw_bridge(60, xt, posterior=names["posterior"], beta=beta)
        *paths, middle, _ends = fig.axes[0].lines
        assert all(path.get_ydata()[[0, -1]] == pytest.approx([xt, 1]) for path in [*paths, middle])
        corners = fig.axes[0].collections[0].get_paths()[0].vertices
        bands.append({x: np.ptp(corners[corners[:, 0] == x, 1]) for x in range(61)})
    assert bands[0] == pytest.approx(bands[1])
    assert bands[0][0] == bands[0][60] == pytest.approx(0, abs=1e-9)


def test_the_bridge_s_middle_is_the_posterior_of_every_time_between(names: dict[str, Any]) -> None:
    """q(x_s | x_0, x_t) for s < t, by Bayes' rule with the factors of the jumps."""
    beta, t, xt = names["SCHEDULES"]["linear"](100), 60, -1.0
    kept = names["alpha_bar"](beta)
    middle = draw_bridge(t, xt, posterior=names["posterior"], beta=beta).axes[0].lines[-2].get_ydata()[::-1]
    for s in (1, 20, 59):
        between = kept[t - 1] / kept[s - 1]
        precision = 1 / (1 - kept[s - 1]) + between / (1 - between)
        mean = (kept[s - 1].sqrt() / (1 - kept[s - 1]) + between.sqrt() * xt / (1 - between)) / precision
        assert middle[s] == pytest.approx(float(mean))


def test_moving_the_bridge_s_ends_changes_the_picture(names: dict[str, Any]) -> None:
    row, picture = bridge_explorer(names["posterior"], names["SCHEDULES"]["linear"](20)).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("t", 2), ("t", 10), ("x_t", -3.0), ("x_t", 3.0)):
        controls[name].value = value
        assert "<img" in picture.value
        assert str(value) in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


def test_the_best_guess_is_the_digit_first_and_the_mean_at_last(names: dict[str, Any], linear: torch.Tensor) -> None:
    draw = partial(draw_best_guesses, names["alpha_bar"], names["q_sample"], linear)
    fig = draw(PICTURES, 14, [50, 200, 400, 600, 800, 1000])
    guesses = [np.asarray(ax.images[0].get_array()) for ax in fig.axes[6:]]
    np.testing.assert_allclose(guesses[0], PICTURES[14], atol=1e-4)
    off = [float(ax.get_title().removeprefix("off by ")) for ax in fig.axes[6:]]
    assert off == sorted(off)
    assert guesses_in_words(fig).endswith(f"off by {off[-1]:.2f} at t = 1000.")
    for guess in guesses[3:]:  # from 600 on
        assert np.sqrt(np.mean((guess - PICTURES.mean(0).numpy()) ** 2)) < 0.25
    assert Picture(fig, "").png


def test_a_row_of_the_generated_leads_from_noise_to_its_neighbour() -> None:
    states = [torch.zeros(3, 64), PICTURES[:3].flatten(1) / 2, PICTURES[:3].flatten(1)]
    fig = draw_generated(states, PICTURES, shown=3)
    assert [ax.get_title() for ax in fig.axes] == ["$t = 2$", "$t = 1$", "$t = 0$", "nearest"]
    last, nearest = (np.asarray(ax.images[0].get_array()) for ax in fig.axes[2:])
    np.testing.assert_array_equal(last, nearest)
    assert Picture(fig, "").png
