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
from pushforward import hills
from pushforward.data import digits
from pushforward.diffusion import alpha_bar, linear_schedule
from pushforward.figures.ddpm import (
    HILLS,
    WIDTH,
    chain_explorer,
    coin_mse,
    costs,
    density,
    draw_by_heart,
    draw_chain,
    draw_guesses,
    draw_invariance,
    draw_two_knobs,
    draw_way_back,
    schedules,
    two_hills,
)
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


def test_the_perfect_player_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    point, data = of(0.4)[:, None], of(-1.0, 1.0)[:, None]
    near([1.2**2 / 0.72, 0.4**2 / 0.72], [2, 0.2222])
    shares = names["point_shares"](point, torch.tensor([1]), data, of(0.64))
    near(shares, [[0.1446, 0.8554]])
    near(shares @ data, [[0.7108]])
    near(names["perfect_guess"](point, torch.tensor([1]), data, of(0.64)), [[-0.2811]])
    near((0.4 - 0.8 * 0.7108) / 0.6, -0.2811)


def test_the_last_step_leads_to_the_guess_of_the_clean_point(names: dict[str, Any]) -> None:
    x, data, beta, one = of(0.4, -0.1)[:, None], of(-1.0, 1.0)[:, None], of(0.1), torch.tensor([1, 1])
    x0_hat = names["point_shares"](x, one, data, 1 - beta) @ data
    torch.testing.assert_close(names["sample_by_heart"](x, x[None], data, beta), x0_hat)
    torch.testing.assert_close(
        names["mean_from_eps"](x, one, names["perfect_guess"](x, one, data, 1 - beta), beta), x0_hat
    )


def test_the_digits_come_back_and_the_player_is_given_away(names: dict[str, Any]) -> None:
    """Pixel by pixel; at t = 2 of 60 he pays 0.00 on the pictures that he knows and 9.3 on others."""
    train, test = ((digits(part)[0] / 8 - 1).flatten(1) for part in ("train", "test"))
    source, beta = torch.Generator().manual_seed(0), linear_schedule(60).float()
    start, noise = torch.randn(20, 64, generator=source), torch.randn(60, 20, 64, generator=source)
    made = names["sample_by_heart"](start, noise, train, beta)
    which = torch.cdist(made, train).argmin(1)
    torch.testing.assert_close(made, train[which], atol=1e-5, rtol=0)
    assert len(set(which.tolist())) > 15
    paid = [dict(zip(*costs(names["perfect_guess"], p[:100], train, beta), strict=True)) for p in (train, test)]
    assert paid[0][2] < 0.005
    assert paid[1][2] == pytest.approx(9.3, abs=0.05)
    assert max(paid[0].values()) < 0.1
    assert abs(paid[0][40] - paid[1][40]) < 0.005


def test_a_picture_that_occurs_fifty_times_comes_back_fifty_times_as_often(names: dict[str, Any]) -> None:
    """The answer for the pencil: as often as it is drawn, and −d becomes −d + log 50."""
    x, t, kept = of(0.2)[:, None], torch.tensor([1]), of(0.3)
    once = names["point_shares"](x, t, of(-1.0, 1.0)[:, None], kept)
    often = names["point_shares"](x, t, torch.cat([of(-1.0), of(*[1.0] * 50)])[:, None], kept)[:, 1:].sum()
    assert often.item() == pytest.approx((once.log() + of(0, math.log(50))).softmax(1)[0, 1].item())
    source = torch.Generator().manual_seed(0)
    data = torch.cat([of(-1.0), of(*[1.0] * 9)])[:, None]
    start, noise = (torch.randn(*n, 2000, 1, generator=source, dtype=torch.float64) for n in ((), (60,)))
    made = names["sample_by_heart"](start, noise, data, linear_schedule(60))
    assert (made > 0).double().mean().item() == pytest.approx(0.9, abs=0.03)


def test_the_step_between_two_hills_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    given = (of(0.0), 0.0, 1.0, of(0.5, 0.5), of(-1.0, 1.0), 0.3)
    mean, variance = names["step_moments"](*given)
    assert [mean.item(), round(variance.item(), 3), round(0.0826 + 0.8417, 3)] == [0, 0.924, 0.924]
    near([1 - 0.09 / 1.09, 0.09 / 1.09, (1 - 0.09 / 1.09) ** 2], [0.9174, 0.0826, 0.8417])
    inside = torch.distributions.Normal(mean, variance.sqrt())
    hill = torch.distributions.Normal(0.9174, 0.0826**0.5)  # of the other, the same share lies there
    found = [d.cdf(of(0.4)) - d.cdf(of(-0.4)) for d in (inside, hill)]
    assert [round(share.item(), 2) for share in found] == [0.32, 0.04]


def test_the_floors_and_the_gaps_are_those_of_the_text(names: dict[str, Any]) -> None:
    missed = lambda sigma, V, **start: hills.missed(sigma, round(V / sigma**2), names["step_moments"], **start)  # noqa: E731
    for sigma, floor in ((1.0, 0.282), (0.5, 0.049), (0.25, 0.003)):
        for V in (4, 8):
            assert round(missed(sigma, V, right_start=True), 3) == floor
        assert missed(sigma, 4) > missed(sigma, 8) > floor - 5e-4
    for V, gap in ((1, 0.016), (4, 0.002)):
        assert round(missed(0.125, V), 3) == gap
        assert missed(0.125, V) - missed(0.125, V, right_start=True) == pytest.approx(gap, abs=4e-4)


def test_the_witnesses_show_where_more_steps_stop_helping(names: dict[str, Any]) -> None:
    """With the reader's own measure, as the text promises: less than 5 %, more than half."""
    for witness, useless in (("longer_is_useless", 0), ("finer_is_useless", 1)):
        sigma, T = names[witness]()
        before = hills.missed(sigma, T, names["step_moments"])
        tried = [hills.missed(*pair, names["step_moments"]) for pair in ((sigma, 2 * T), (sigma / 2, 4 * T))]
        better = [1 - value / before for value in tried]
        assert better[useless] < 0.05
        assert better[1 - useless] > 0.5


def test_for_normal_data_sigma_does_not_matter() -> None:
    """The remark in the model answer: one hill, the right start, any sigma: the chain ends in the data."""
    v, s2 = 4 + 0.09, 0.09
    for T in (1, 4):
        spread, added = v, 4 / T
        for t in range(T, 0, -1):
            before = s2 + (t - 1) * added
            spread = (before / (before + added)) ** 2 * spread + before * added / (before + added)
        assert spread == pytest.approx(s2)


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


def test_the_sum_and_its_limit_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    snr = of(4.0, 1.0, 0.0)
    near(names["normal_mse"](snr, 1.0), [0.2, 0.5, 1])
    near(names["snr_sum"](snr, names["normal_mse"](snr, 1.0)), 1.25)
    near(names["snr_sum"](snr[[0, 2]], of(0.2, 1.0)), 2)
    near(names["normal_limit"](4.0, 0.0, 1.0), 0.8047)
    near(math.log(5) / 2, 0.8047)


def test_schedules_come_to_their_limit_as_the_text_says(names: dict[str, Any]) -> None:
    found = {}
    for data, price in (("normal", lambda snr: names["normal_mse"](snr, 1.0)), ("coin", coin_mse)):
        sums = [names["snr_sum"](snr, price(snr)).item() for snr in schedules(100).values()]
        fine = [
            names["snr_sum"](snr, price(snr)).item()
            for snr in schedules(100_000 if data == "normal" else 9000).values()
        ]
        assert all(a > b for a, b in zip(sums, fine, strict=True))
        found[data] = ([round(value, 2) for value in sums], fine)
    assert found["normal"][0] == [2.39, 2.43, 2.59]
    assert found["coin"][0] == [0.72, 0.71, 0.97]
    np.testing.assert_allclose(found["normal"][1], names["normal_limit"](100.0, 0.01, 1.0), atol=1e-3)
    np.testing.assert_allclose(found["coin"][1], 0.6882, atol=5e-3)
    assert round(names["normal_limit"](100.0, 0.01, 1.0), 2) == 2.30
    even = schedules(100)["even in SNR"]
    assert int((even > 1).sum()) - 1 == 99
    near(even[-2:], [1.0099, 0.01])
    assert float((even[-2] - even[-1]) * coin_mse(even)[-1] / 2) == pytest.approx(0.5, abs=0.006)


def test_a_coin_holds_one_bit_and_its_best_guess_is_the_tanh(names: dict[str, Any]) -> None:
    """½ ∫ mse from SNR 0 to ∞ is log 2; the guess is the perfect player's of two points."""
    snr = torch.cat([of(0.0), torch.logspace(-5, 2, 3000, dtype=torch.float64)]).flip(0)
    assert names["snr_sum"](snr, coin_mse(snr)).item() == pytest.approx(math.log(2), abs=2e-3)
    x, kept, data = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None], of(0.6), of(-1.0, 1.0)[:, None]
    shares = names["point_shares"](x, torch.ones(9, dtype=torch.int64), data, kept)
    torch.testing.assert_close(shares @ data, torch.tanh(kept.sqrt() * x / (1 - kept)))
    eps, dice = torch.randn(2, 200_000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x0 = dice.sign()
    seen = kept.sqrt() * x0 + (1 - kept).sqrt() * eps
    paid = ((x0 - torch.tanh(kept.sqrt() * seen / (1 - kept))) ** 2).mean().item()
    assert coin_mse(of(1.5)).item() == pytest.approx(paid, abs=0.01)


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


def test_arrows_lead_to_the_mean_first_and_to_the_nearest_point_last(names: dict[str, Any]) -> None:
    five = torch.tensor([[-1.0, -0.9], [-0.8, 0.9], [0.1, 0.2], [1.1, 0.7], [0.9, -1.0]], dtype=torch.float64)
    fig = draw_guesses(names["point_shares"], five, of(0.001, 0.6, 0.999))
    first, _, last = [
        ax.collections[0].XY + np.stack([ax.collections[0].U, ax.collections[0].V], 1) / 0.9 for ax in fig.axes
    ]
    np.testing.assert_allclose(first, np.tile(five.mean(0), (169, 1)), atol=0.12)
    gaps = np.linalg.norm(last[:, None] - five.numpy(), axis=2).min(1)
    assert (gaps < 1e-3).mean() > 0.95


def test_the_landscape_is_drawn_as_the_text_says(names: dict[str, Any]) -> None:
    fig = draw_two_knobs(names["step_moments"])
    assert Picture(fig, "").png
    ends = [line.get_ydata()[-1] for line in fig.axes[0].lines]
    np.testing.assert_allclose(ends, [0.282, 0.049, 0.005], atol=6e-4)
    assert ends[2] < 0.01
    floors = [line.get_ydata() for line in fig.axes[1].lines]
    assert floors[0][-1] > floors[1][-1] > floors[2][-1]
    assert all(y[-2] / y[-1] < 1.4 for y in floors)


def test_all_schedules_are_drawn_above_one_limit(names: dict[str, Any]) -> None:
    fig = draw_invariance(names["snr_sum"], names["normal_mse"], names["normal_limit"])
    assert Picture(fig, "").png
    for ax, limit in zip(fig.axes[1:], (2.3026, 0.6882), strict=True):
        *sums, line = [np.asarray(line.get_ydata(), dtype=float) for line in ax.lines]
        np.testing.assert_allclose(line, limit, atol=6e-5)
        assert len(sums) == 3
        assert all((np.diff(y) < 0).all() and y[-1] > limit for y in sums)


def test_what_is_known_by_heart_is_drawn(names: dict[str, Any]) -> None:
    train = digits()[0][:50] / 8 - 1
    fig = draw_by_heart(names["perfect_guess"], names["sample_by_heart"], train, train[:9], T=20)
    assert Picture(fig, "").png
    assert [line.get_label() for line in fig.axes[1].lines[:2]] == ["training pictures", "others"]


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
    """Share 0: needles; share 1 and twenty steps: few points away from a hill; share 2: more of them."""
    beta, source = linear_schedule(20), torch.Generator().manual_seed(0)
    kept = alpha_bar(beta)
    start = torch.randn(3000, generator=source, dtype=torch.float64)
    noise = torch.randn(20, 3000, generator=source, dtype=torch.float64)
    ends = [
        names["ddpm_sample"](lambda x, t: two_hills(x, kept[t - 1]), start, noise, beta, share * beta).abs()
        for share in (0.0, 1.0, 2.0)
    ]
    widths = [float(x.std()) for x in ends]
    assert widths[0] < widths[1] < widths[2]
