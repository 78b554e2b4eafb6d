"""Notebook 16: its numbers are right, its drawings are good over the whole range of their controls."""

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
from pushforward.diffusion import alpha_bar, linear_schedule
from pushforward.figures.ddpm import HILLS, WIDTH, chain_explorer, density, draw_chain, draw_way_back, two_hills
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
    return reference(ROOT, "16_ddpm")


def of(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(got: Any, wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), wanted, atol=5.1e-5)


BETA, SECOND = of(0.1, 0.2), torch.tensor([2])


# --- the numbers in the text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("belief", "paid"), [(None, 1.0), (2.0, 0.0), (0.0, 64 / 9)])
def test_a_guess_costs_what_the_text_says(belief: float | None, paid: float, names: dict[str, Any]) -> None:
    model = lambda x, t: 0 * x if belief is None else (x - 0.8 * belief) / 0.6  # noqa: E731
    near(names["ddpm_loss"](model, of(2.0), torch.tensor([1]), of(-1.0), of(0.64)), paid)


def test_means_and_weights_are_those_of_the_text(names: dict[str, Any]) -> None:
    near(-names["mean_from_eps"](of(0.0), SECOND, of(1.0), BETA), [0.4226])
    near(names["mean_from_eps"](of(0.5), SECOND, of(0.0), BETA), [0.5590])
    near(names["mean_from_eps"](of(0.5), SECOND, of(-1.0), BETA), [0.9816])
    near(names["eps_weight"](BETA, BETA), [0.5556, 0.4464])


def test_the_four_parametrisations_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    found = names["parametrisations"]("eps", of(-1.0), of(1.0), torch.tensor([1]), of(0.64))
    near([found[k].item() for k in ("eps", "x0", "score", "v")], [-1, 2, 5 / 3, -2])


def test_the_chains_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    still = lambda x, t: 0 * x  # noqa: E731
    near(names["ddpm_sample"](still, of(1.0), torch.ones(2, 1, dtype=torch.float64), BETA, BETA), [1.6499])
    near(0.8**-0.5 + 0.2**0.5, 1.5652)
    near(names["ve_chain"](still, of(1.0), torch.ones(2, 1, dtype=torch.float64), 0.5), [1.3536])


def test_a_bigger_step_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["ddim_step"](of(1.0), of(-1.0), of(0.0), 0.64, 0.81, 0.0), [1.3641])
    fresh = names["ddim_step"](of(0.0), of(0.0), of(1.0), 0.64, 0.81, 1.0)
    near(fresh**2, [0.1108])
    near(0.64 / 0.81, 0.7901)


def test_the_derivation_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    a, b = of(1.0, 0.0), of(0.0, 2.0)
    terms = names["kl_terms"](a, 0.5, b, 2.0)
    near([terms[k] for k in ("trace", "mean", "dimension", "log_det")], [0.5, 2.5, 2, -2.7726])
    near((terms["trace"] + terms["mean"] - terms["dimension"] - terms["log_det"]) / 2, 1.8863)
    near(names["equal_terms"](a, b, 0.5)["mean"], 10)
    near(names["snr_terms"](a, b, 0.8, 0.5)["half_drop"], 1.5)
    line_3 = names["x0_terms"](a, b, 0.8, 0.5, (0.2 / 0.5) * (1 - 0.5 / 0.8))
    near(line_3["factor"], 1.5)


def test_the_bound_has_the_numbers_of_the_text_and_telescopes(names: dict[str, Any]) -> None:
    terms = names["elbo_terms"](of(2.0)[None], torch.ones(2, 1, 1, dtype=torch.float64), of(0.2, 0.5))
    wanted = [-2.6142, 0.8554, 1.6667, -5.1363]
    near([terms[k].item() for k in ("reconstruction", "prior", "consistency", "elbo")], wanted)
    beta = linear_schedule(50)
    kept = alpha_bar(beta)
    ends = kept[[0, -1]] / (1 - kept[[0, -1]])
    constant = names["elbo_terms"](of(2.0)[None], torch.ones(50, 1, 1, dtype=torch.float64), beta)
    assert constant["consistency"].item() == pytest.approx(float(ends[0] - ends[1]) / 2)


def test_the_bound_is_loose_by_what_its_variances_cost(names: dict[str, Any]) -> None:
    """Data N(0, 1), exact denoiser: the mean is right, the right variance is beta_t, and beta_tilde_t was taken.

    x0 = ±1 has the second moment of the data, and every guess is off by √(1 − ᾱ_t), as it is on average: no sampling.
    """
    beta = linear_schedule(100)
    kept = alpha_bar(beta)
    x0 = of(1.0, -1.0)[:, None]
    terms = names["elbo_terms"](x0, x0 + (1 - kept).sqrt()[:, None, None], beta)
    gap = -0.5 - 0.5 * math.log(2 * math.pi) - terms["elbo"].mean().item()
    ratio = (1 - kept[1:]) / (1 - kept[:-1])
    assert gap == pytest.approx(float((ratio - 1 - ratio.log()).sum()) / 2)
    assert gap == pytest.approx(1.35, abs=0.005)


def test_with_many_steps_the_shape_of_a_schedule_matters_little() -> None:
    """Consistency for data N(0, 1): ½ Σ (drop of the SNR) · 1/(1 + SNR), a staircase over the SNR axis."""
    ends, apart = (0.99, 0.01), {}
    for steps in (10, 300):
        even, odds = torch.linspace(*ends, steps), torch.logit(of(*ends))
        sigmoid = torch.linspace(odds[0], odds[1], steps).sigmoid()  # even in the logarithm of the SNR
        snr = [kept / (1 - kept) for kept in (even, sigmoid)]
        first, second = (float(((s[:-1] - s[1:]) / (1 + s[1:])).sum()) / 2 for s in snr)
        apart[steps] = abs(first - second) / min(first, second)
    assert apart[10] > 0.3
    assert apart[300] < 0.06


def test_the_hands_of_the_clock_stand_where_the_text_says(names: dict[str, Any]) -> None:
    rows = names["time_embedding"](torch.tensor([0, 1]), 4)
    near(rows, [[0, 0, 1, 1], [0.8415, 0.0100, 0.5403, 1.0000]])


def test_the_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    """2: the loss of the exact denoiser of N(0, 1) is ᾱ_t; 3: the grain is √beta_1."""
    source = torch.Generator().manual_seed(1)
    x0, eps = torch.randn(2, 20000, generator=source, dtype=torch.float64)
    kept, t = of(0.3), torch.ones(20000, dtype=torch.int64)
    loss = names["ddpm_loss"](lambda x, t: math.sqrt(0.7) * x, x0, t, eps, kept)
    assert loss.item() == pytest.approx(0.3, abs=0.02)
    still = lambda x, t: 0 * x  # noqa: E731
    assert names["ddpm_sample"](still, of(0.0), torch.ones(1, 1, dtype=torch.float64), of(1e-4), of(1e-4)).item() == 0
    assert math.sqrt(1e-4) == pytest.approx(0.01)


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_exact_denoiser_of_two_hills_is_the_slope_of_their_noised_density() -> None:
    """−√(1 − ᾱ) times the score, by autograd."""
    kept, x = of(0.3), torch.linspace(-3, 3, 13, dtype=torch.float64, requires_grad=True)
    spread = (kept * WIDTH**2 + 1 - kept).sqrt()
    normals = [torch.distributions.Normal(kept.sqrt() * hill, spread).log_prob(x) for hill in HILLS]
    score = torch.autograd.grad(torch.logsumexp(torch.stack(normals), 0).sum(), x)[0]
    torch.testing.assert_close(two_hills(x.detach(), kept), -(1 - kept).sqrt() * score)
    grid = torch.linspace(-4, 4, 2001, dtype=torch.float64)
    assert torch.trapezoid(density(grid), grid).item() == pytest.approx(1, abs=1e-6)


def test_the_opening_picture_ends_in_both_hills() -> None:
    fig = draw_way_back(linear_schedule(60))
    ends = np.array([line.get_ydata()[-1] for line in fig.axes[0].lines])
    assert (np.abs(np.abs(ends) - 1) < 4 * WIDTH).all()
    assert 5 < (ends > 0).sum() < 25
    assert Picture(fig, "").png


@pytest.mark.parametrize("T", [2, 100])
@pytest.mark.parametrize("share", [0.0, 1.0, 2.0])
def test_the_chain_is_drawn_over_the_whole_range(T: int, share: float, names: dict[str, Any]) -> None:
    assert Picture(draw_chain(T, share, names["ddpm_sample"]), "").png


def test_moving_a_slider_runs_the_chain_again(names: dict[str, Any]) -> None:
    row, picture = chain_explorer(names["ddpm_sample"]).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("T", 5), ("T", 60), ("variance / beta", 0.0), ("variance / beta", 2.0)):
        controls[name].value = value
        assert "<img" in picture.value
        assert str(value) in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


def test_what_the_text_says_of_the_shares_is_so(names: dict[str, Any]) -> None:
    """Share 0: all at 0, or needles; share 1: too wide by a half, or by hardly a tenth; share 2: by a half at least."""

    def ends(T: int, share: float) -> torch.Tensor:
        beta, source = linear_schedule(T), torch.Generator().manual_seed(0)
        kept = alpha_bar(beta)
        start = torch.randn(3000, generator=source, dtype=torch.float64)
        noise = torch.randn(T, 3000, generator=source, dtype=torch.float64)
        return names["ddpm_sample"](lambda x, t: two_hills(x, kept[t - 1]), start, noise, beta, share * beta).abs()

    assert float(ends(20, 0.0).max()) < 0.1
    needles = ends(100, 0.0)
    assert float(needles.std()) < WIDTH / 2
    assert 0.5 < float(needles.mean()) < 0.95
    wide = {(T, share): float(ends(T, share).std()) / WIDTH for T, share in ((20, 1.0), (100, 1.0), (100, 2.0))}
    assert wide == {(20, 1.0): pytest.approx(1.5, abs=0.15), (100, 1.0): pytest.approx(1.08, abs=0.05),
                    (100, 2.0): pytest.approx(1.5, abs=0.1)}  # fmt: skip


def test_a_chain_without_noise_can_keep_the_width_of_the_hills(names: dict[str, Any]) -> None:
    kept = alpha_bar(linear_schedule(20)).tolist()
    x = torch.randn(3000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for now, before in zip(reversed(kept), reversed([1.0, *kept[:-1]]), strict=True):
        x = names["ddim_step"](x, two_hills(x, of(now)), 0 * x, now, before, 0.0)
    assert float(x.abs().std()) == pytest.approx(WIDTH, abs=0.02)


def test_the_legend_stands_where_no_sample_is(names: dict[str, Any]) -> None:
    """With no noise and few steps all samples are at 0, where a legend in the middle would cover them."""
    fig = draw_chain(20, 0.0, names["ddpm_sample"])
    Picture(fig, "")  # lays it out
    ax = fig.axes[0]
    box = ax.get_legend().get_window_extent().transformed(ax.transData.inverted())
    assert box.x0 > 3 * WIDTH
