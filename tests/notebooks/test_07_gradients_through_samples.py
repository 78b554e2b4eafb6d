"""Notebook 07: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import numpy as np
import pytest
import torch
from scipy import integrate, optimize

from pushforward.figures.explorer import draw_estimates, draw_slide, estimator_explorer, slide_explorer
from pushforward.figures.gradients import draw_matching, draw_pulls, draw_two_ascents
from pushforward.figures.style import Picture, draw_paths

EPS = torch.tensor([-1.6, -0.5, 0.0, 0.5, 1.6])
OBJECTIVES = {
    "z²": lambda z: z[:, 0] ** 2,
    "z² + 10": lambda z: z[:, 0] ** 2 + 10,
    "sin 5z": lambda z: torch.sin(5 * z[:, 0]),
}


def parts(box: ipywidgets.VBox) -> tuple[dict[str, ipywidgets.ValueWidget], ipywidgets.HTML]:
    """The controls by their names on the screen, and the picture."""
    row, picture = box.children
    return {control.description: control for control in row.children}, picture


# --- the numbers in the text -----------------------------------------------------------------------------------


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def test_the_estimators_give_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    zero, one, two = (torch.full((1,), v, dtype=torch.float64) for v in (0.0, 1.0, 2.0))
    terms = names["score_terms"](lambda z: z[:, 0], column(3.0), zero, two, 0.5)
    assert [t.item() for t in terms] == [1.875, 1.5625]
    assert names["reparameterise"](1.0, torch.tensor(-1.0), 0.5).item() == pytest.approx(1.3033, abs=5e-5)
    terms = names["pathwise_terms"](lambda z: z[:, 0] ** 2, one, 0.5 * one, column(2.0))
    assert [t.item() for t in terms] == [4.0, 8.0]
    found = names["gradient_variances"](lambda z: z[:, 0], 3 * one, one, *names["normal_points"](5))
    assert [round(v.item(), 9) for v in found.values()] == [11, 2, 0]


def test_the_exam_questions_on_variances_are_answered_right(names: dict[str, Any]) -> None:
    eps, weights = names["normal_points"](10)
    zero, one = (torch.full((1,), v, dtype=torch.float64) for v in (0.0, 1.0))
    found = names["gradient_variances"](lambda z: z[:, 0] ** 2, zero, one, eps, weights)
    assert [round(v.item(), 9) for v in found.values()] == [15, 10, 4]
    best = names["score_terms"](lambda z: z[:, 0] ** 2, eps, zero, one, 3.0)[0][:, 0]
    assert (weights @ best**2 - (weights @ best) ** 2).item() == pytest.approx(6)


def test_the_last_exam_question_on_a_mixture_is_answered_right(names: dict[str, Any]) -> None:
    eps, weights = (v.flatten() for v in names["normal_points"](10))
    mu_1, mu_2, pi = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (1.0, -2.0, 0.3))
    first, second = (mu_1 + eps) ** 2, (mu_2 + eps) ** 2
    (weights @ (pi * first + (1 - pi) * second)).backward()
    assert (pi.grad.item(), mu_1.grad.item()) == (pytest.approx(-3), pytest.approx(0.6))
    term = (first - second).detach()
    assert (weights @ term).item() == pytest.approx(-3)
    assert (weights @ (term + 3) ** 2).sqrt().item() == pytest.approx(6)
    by_coin = 0.3 * weights @ (first / 0.3) - 0.7 * weights @ (second / 0.7)  # the score's terms, two cases
    assert by_coin.item() == pytest.approx(-3)


def test_the_log_normal_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    assert names["standard_lognormal"](torch.tensor(1.0)).item() == pytest.approx(2.7183, abs=5e-5)
    assert names["rescale_lognormal"](torch.tensor(0.5), 0.5, 2.0).item() == pytest.approx(0.4122, abs=5e-5)
    assert names["reparameterise_lognormal"](torch.tensor(2.0), 1.0, 0.5).item() == pytest.approx(7.3891, abs=5e-5)
    assert names["impossible_event"](1.0, 0.5)[2] == pytest.approx(-3.7832, abs=5e-5)
    assert names["impossible_event"](9.0, 0.2)[2] / math.log(10) == pytest.approx(-442, abs=0.5)
    assert float(names["sampled_kl"](3.0, 0.5, torch.tensor([-1.0, 1.0]))) == pytest.approx(1.8799, abs=5e-5)
    terms = [float(v) for v in names["kl_terms"](1.0, 0.5).values()]
    np.testing.assert_allclose(terms, [0.25, 1, 1.3863], atol=5e-5)
    assert float(names["lognormal_kl"](1.0, 0.5)) == pytest.approx(0.8181, abs=5e-5)
    terms = [float(v) for v in names["kl_terms"](0.0, 1.0, 1.0, 2.0).values()]
    np.testing.assert_allclose([*terms, (sum(terms) - 1) / 2], [0.25, 0.25, 1.3863, 0.4431], atol=5e-5)


# --- the opening picture ---------------------------------------------------------------------------------------


def test_paths_pass_through_the_samples_at_the_chosen_parameters(names: dict[str, Any]) -> None:
    def slide(mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return names["reparameterise_lognormal"](EPS, mu, sigma)

    fig = draw_paths(EPS, slide, mu=0.2, sigma=0.5)
    expected = names["reparameterise_lognormal"](EPS, 0.2, 0.5)
    for ax in fig.axes[1:]:
        np.testing.assert_allclose(ax.collections[0].get_offsets()[:, 1], expected, rtol=1e-5)
    arrows = fig.axes[1].texts
    slopes = [(arrow.xy[1] - arrow.xyann[1]) / (arrow.xy[0] - arrow.xyann[0]) for arrow in arrows]
    np.testing.assert_allclose(slopes, expected, rtol=1e-3)  # ∂z/∂mu = z
    assert Picture(fig, "").png


# --- sliding samples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mu", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("sigma", [0.05, 0.4, 0.8])
def test_samples_and_their_arrows_are_drawn_over_the_whole_range(
    mu: float, sigma: float, names: dict[str, Any]
) -> None:
    fig = draw_slide(mu, sigma, EPS, names["reparameterise_lognormal"])
    noise, samples = (ax.collections[1].get_offsets() for ax in fig.axes)
    z = torch.exp(mu + sigma * EPS)
    np.testing.assert_allclose(noise[:, 0], EPS)
    np.testing.assert_allclose(samples[:, 0], z, rtol=1e-5)
    assert samples[:, 0].max() < fig.axes[1].get_xlim()[1]
    by_mu, by_sigma = fig.axes[1].collections[2:4]
    np.testing.assert_allclose(by_mu.U, 0.4 * z, rtol=1e-5)
    np.testing.assert_allclose(by_sigma.U, 0.4 * z * EPS, rtol=1e-5)
    assert Picture(fig, "").png


def test_moving_a_slider_moves_the_samples(names: dict[str, Any]) -> None:
    controls, picture = parts(slide_explorer(names["reparameterise_lognormal"]))
    seen = {picture.value}
    for name, value in (("mu", -1.0), ("mu", 1.0), ("sigma", 0.05), ("sigma", 0.8)):
        controls[name].value = value
        assert "<img" in picture.value
        assert f"{name} = {value}" in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


# --- histograms of estimates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OBJECTIVES)
@pytest.mark.parametrize("sigma", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("samples", [1, 100])
def test_estimates_are_drawn_around_the_truth(kind: str, sigma: float, samples: int, names: dict[str, Any]) -> None:
    eps = torch.randn(400, 100, generator=torch.Generator().manual_seed(0))
    fig = draw_estimates(kind, sigma, samples, eps, OBJECTIVES, names["score_terms"], names["pathwise_terms"])
    truth = 5 * math.cos(5) * math.exp(-12.5 * sigma**2) if kind == "sin 5z" else 2.0
    for ax in fig.axes:
        assert ax.lines[0].get_xdata()[0] == pytest.approx(truth, abs=1e-4)
        assert ax.patches[0].get_data().values.sum() > 380  # few estimates lie outside the frame


def test_moving_a_control_changes_the_histograms(names: dict[str, Any]) -> None:
    controls, picture = parts(estimator_explorer(OBJECTIVES, names["score_terms"], names["pathwise_terms"]))
    seen = {picture.value}
    for name, value in (("f(z)", "sin 5z"), ("sigma", 2.0), ("samples", 1), ("samples", 100), ("f(z)", "z² + 10")):
        controls[name].value = value
        assert "<img" in picture.value
        seen.add(picture.value)
    assert len(seen) == 6


# --- pulls, ranks, and a support that moves ----------------------------------------------------------------------


def test_a_baseline_turns_the_arrows_and_keeps_their_mean() -> None:
    """The ten samples of section 1: one mean with both baselines, less scatter with 2, and nearly one direction."""
    z = 0.2 + 1.2 * torch.tensor([-1.6, -1.1, -0.7, -0.4, -0.1, 0.1, 0.4, 0.7, 1.1, 1.6])
    fig = draw_pulls(z, lambda z: 2 + torch.sin(z[:, 0]), 0.2, 1.2, [0.0, 2.0])
    terms = [(2 + torch.sin(z) - b) * (z - 0.2) / 1.44 for b in (0.0, 2.0)]
    assert float(terms[0].mean()) == pytest.approx(float(terms[1].mean()), abs=1e-6)
    assert terms[1].std() < terms[0].std() / 2
    assert int((terms[0] > 0).sum()) == 5
    assert int((terms[1] > 0).sum()) >= 9
    for ax, term in zip(fig.axes, terms, strict=True):
        lengths = torch.tensor([arrow.xy[0] - arrow.xyann[0] for arrow in ax.texts])
        np.testing.assert_allclose(lengths / lengths.abs().max(), term / term.abs().max(), atol=1e-5)
        assert f"{float(term.mean()):.2f}" in ax.get_title()
    assert Picture(fig, "").png


def test_noise_finds_the_sample_of_its_rank(names: dict[str, Any]) -> None:
    eps = torch.tensor([-1.0, 0.0, 1.3])
    fig = draw_matching(eps, 0.0, 0.7)
    ends = [text.xy[0] for text in fig.axes[1].texts]
    np.testing.assert_allclose(ends, names["reparameterise_lognormal"](eps, 0.0, 0.7), rtol=1e-5)
    heights = [text.xyann[1] for text in fig.axes[1].texts]
    np.testing.assert_allclose(heights, names["normal_cdf"](eps)["probability"], rtol=1e-5)
    assert float(names["normal_cdf"](torch.tensor(-1.0))["probability"]) == pytest.approx(0.16, abs=5e-3)
    assert Picture(fig, "").png


def test_the_score_misses_the_end_that_moves(names: dict[str, Any]) -> None:
    terms = names["support_terms"](lambda z: z[:, 0], 2.0, column(0.25, 0.75))
    assert terms["score"].tolist() == [-0.25, -0.75]
    assert float(terms["boundary"]) == 1
    assert terms["path"].tolist() == [0.25, 0.75]
    assert float(names["repairing_baseline"](lambda z: z[:, 0], 2.0)) == 2


def test_mass_that_the_other_does_not_need_costs_log_two() -> None:
    x = torch.linspace(0, 1, 1001, dtype=torch.float64)[1:-1]
    uniform = torch.distributions.Uniform
    ends = (torch.tensor(v, dtype=torch.float64) for v in (1.0, 2.0))
    q, p = (uniform(torch.zeros((), dtype=torch.float64), end) for end in ends)
    assert float((q.log_prob(x) - p.log_prob(x)).mean()) == pytest.approx(math.log(2))


def test_the_price_of_the_log_normal_family() -> None:
    """Section 8: the best log-normal, by a search over quadratures, and the evidence, by another quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()

    def log_likelihood(z: Any) -> Any:
        return -0.5 * ((2 - z) / 0.5) ** 2 - math.log(0.5 * math.sqrt(2 * math.pi))

    def loss(at: np.ndarray) -> float:
        mu, log_sigma = at
        z = np.exp(mu + math.exp(log_sigma) * nodes)
        return 0.5 * (math.exp(2 * log_sigma) + mu**2 - 1 - 2 * log_sigma) - weights @ log_likelihood(z)

    best = -optimize.minimize(loss, [0.3, -1.0]).fun
    fine = integrate.quad(lambda u: math.exp(-0.5 * u**2 + log_likelihood(math.exp(u))), -8, 2, points=[0, 0.7, 1])[0]
    evidence = math.log(fine / math.sqrt(2 * math.pi))
    assert [best, evidence, evidence - best] == pytest.approx([-1.793, -1.739, 0.054], abs=5e-4)


def test_the_path_is_best_for_smooth_f_and_worst_for_wiggles(names: dict[str, Any]) -> None:
    """What the figure of section 3 shows: at sigma = 0.05 the path always, at 1 not for sin 5z."""
    points, weights = names["normal_points"](150)
    for objective, wide in zip(OBJECTIVES.values(), (min, min, max), strict=True):
        for sigma, end in ((0.05, min), (1.0, wide)):
            at = (torch.ones(1, dtype=torch.float64), torch.full((1,), sigma, dtype=torch.float64))
            found = names["gradient_variances"](objective, *at, points, weights)
            assert end(found, key=found.get) == "reparameterise"


def test_both_ascents_are_drawn_beside_the_posterior() -> None:
    z = torch.linspace(0.1, 4, 5)
    runs, curves = {"score function": [-2.0, -1.8], "pathwise": [-2.0, -1.79]}, dict.fromkeys(("a", "b", "prior"), z)
    left, right = draw_two_ascents(runs, -1.739, z, z, curves).axes
    assert [line.get_label() for line in left.lines[:2]] == list(runs)
    assert left.lines[2].get_ydata()[0] == -1.739
    assert [line.get_label() for line in right.lines] == ["a", "b", "prior"]
