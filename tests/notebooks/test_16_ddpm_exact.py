"""What is exact in notebook 16: the numbers of the perfect player, of the two knobs, and of the schedule's ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from pushforward import hills
from pushforward.data import digits
from pushforward.diffusion import linear_schedule
from pushforward.figures.ddpm_exact import (
    coin_mse,
    costs,
    draw_by_heart,
    draw_guesses,
    draw_invariance,
    draw_two_knobs,
    schedules,
)
from pushforward.figures.style import Picture
from tests.notebooks.numbers import near, of


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
    start, noise = torch.randn(9, 64, generator=source), torch.randn(60, 9, 64, generator=source)
    made = names["sample_by_heart"](start, noise, train, beta)
    which = torch.cdist(made, train).argmin(1)
    torch.testing.assert_close(made, train[which], atol=1e-5, rtol=0)
    assert len(set(which.tolist())) > 6
    known = costs(names["perfect_guess"], train[:100], train, beta, (2, 15, 40))
    others = costs(names["perfect_guess"], test[:100], train, beta, (2, 40))
    assert known[0] < 0.005
    assert others[0] == pytest.approx(9.3, abs=0.05)
    assert max(known) < 0.1
    assert abs(known[2] - others[1]) < 0.005


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
        for V in (2, 4):
            assert round(missed(sigma, V, right_start=True), 3) == floor
        assert missed(sigma, 8) > floor - 5e-4
    for V, gap in ((1, 0.016), (4, 0.002)):
        assert round(missed(0.125, V), 3) == gap
    assert missed(0.125, 1) - missed(0.125, 1, right_start=True) == pytest.approx(0.016, abs=4e-4)


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
    floors = [line.get_ydata()[-1] for line in fig.axes[1].lines]
    np.testing.assert_allclose(floors, [0.0162, 0.0053, 0.0019], atol=6e-5)


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
