"""Notebook 16: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.checks.c16_ddpm.train_moons import training_points
from autograder.oracles.moons import EACH, FLOOR, fresh, sliced
from pushforward.data import digits, mnist, pictures
from pushforward.diffusion import alpha_bar, cosine_schedule, even_snr, linear_schedule
from pushforward.errors import CourseError
from pushforward.figures.ddpm import (
    HILLS,
    WIDTH,
    chain_explorer,
    density,
    draw_chain,
    draw_film,
    draw_steps,
    draw_way_back,
    film_explorer,
    film_of,
    two_hills,
)
from pushforward.figures.style import Picture
from tests.notebooks.numbers import near, of

TABLE = (Path(__file__).resolve().parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
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
    near([terms[k] for k in ("trace", "mean", "dimension", "log_det")], [0.5, 2.5, 2, 2.7726])
    near((terms["trace"] + terms["mean"] - terms["dimension"] + terms["log_det"]) / 2, 1.8863)
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


def test_an_error_of_the_picture_weighs_what_the_exam_question_says(names: dict[str, Any]) -> None:
    """6: SNR in the loss on the noise, 1 + SNR in that on v."""
    xt, kept, t = of(0.3)[None], of(0.64), torch.ones(1, dtype=torch.int64)
    true, guess = (names["parametrisations"]("x0", of(x0)[None], xt, t, kept) for x0 in (2.0, 1.0))
    squares = [((true[kind] - guess[kind]) ** 2).item() for kind in ("eps", "v")]
    assert squares == [pytest.approx(1.7778, abs=5e-5), pytest.approx(2.7778, abs=5e-5)]


def test_the_best_variance_of_a_step_is_what_the_last_exam_question_says() -> None:
    beta = of(0.1, 0.2)
    kept = alpha_bar(beta)
    tilde = (beta[1] * (1 - kept[0]) / (1 - kept[1])).item()
    on_x0 = (kept[0] * beta[1] ** 2 / (1 - kept[1]) ** 2).item()
    mse = (1 - kept[1]).item()
    assert (tilde, on_x0, mse) == pytest.approx((0.0714, 0.4592, 0.28), abs=5e-5)
    price = lambda v: (tilde + on_x0 * mse) / v - 1 - math.log(tilde / v)  # noqa: E731
    assert min((price(v / 1000), v / 1000) for v in range(50, 500))[1] == 0.2


def test_the_cosine_schedule_spends_twice_as_many_steps_on_faint_noise() -> None:
    faint = [
        int(((1 - alpha_bar(schedule(100))).sqrt() < 1 / 3).sum()) for schedule in (cosine_schedule, linear_schedule)
    ]
    assert faint == [20, 10]


def test_what_a_step_of_training_costs_is_what_the_text_says(names: dict[str, Any]) -> None:
    """A model that says 0 pays 1; one that says x_t pays 0.8 at alpha_bar = 0.64, and beta_tilde_2 is 0.0714."""
    torch.manual_seed(0)
    x0 = torch.randn(200_000, 1, dtype=torch.float64)
    near(names["training_loss"](lambda x, t: 0 * x, x0, of(0.36)).round(decimals=2), 1)
    near(names["training_loss"](lambda x, t: x, x0, of(0.36)).round(decimals=2), 0.8)
    kept = alpha_bar(BETA)
    near(BETA[1] * (1 - kept[0]) / (1 - kept[1]), 0.0714)


def test_nearly_one_fresh_set_in_ten_is_farther_than_one_and_a_half_floors() -> None:
    rng = np.random.default_rng(0)
    far = np.mean([sliced(fresh(rng, EACH), fresh(rng, EACH)) > 1.5 * FLOOR for _ in range(1500)])
    assert 0.05 < far < 0.1


def test_the_judge_knows_the_points_that_are_trained_on(names: dict[str, Any]) -> None:
    torch.testing.assert_close(names["MOONS"], training_points(), rtol=0, atol=0)


def test_a_run_of_a_few_steps_trains_the_same_model_each_time(names: dict[str, Any]) -> None:
    with torch.no_grad():  # as a sampler may ask for it
        model, history = names["train_moons"](10)
        again, _ = names["train_moons"](10)
    assert len(history.losses) == 10
    shown = torch.randn(5, 2), torch.tensor([1, 2, 50, 99, 100])
    torch.testing.assert_close(model(*shown), again(*shown), rtol=0, atol=0)


def test_bayes_rule_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    votes = torch.zeros(2, 1, 17, dtype=torch.float64)
    votes[1, 0, 0] = 1
    found = names["level_log_p"](votes, of(0.0, 0.0)[:, None], of(0.5, 0.5)).exp()
    near(found[0, 0, [8, 0]], [0.0700, 0.0425])
    near(found[1, 0, 0], 0.1076)


def test_the_range_of_the_signal_to_noise_ratio_is_that_of_the_text(names: dict[str, Any]) -> None:
    kept = even_snr(50)
    near(torch.logit(kept[[0, -1]]), [4.5, -5])
    near(((1 - kept[0]) / kept[0]).sqrt().round(decimals=3), 0.105)
    clock = (20 * (torch.logit(kept) + 5)).round()
    assert (clock.min(), clock.max()) == (0, 190)


def test_pixels_by_themselves_cost_what_the_text_says() -> None:
    level = {part: digits(part)[0].flatten(1).long() for part in ("train", "test")}
    often = (level["train"][:, :, None] == torch.arange(17)).double().mean(0) + 1e-3
    log_p = (often / often.sum(1, keepdim=True)).log()
    nats = -log_p[torch.arange(64), level["test"]].sum(1).mean()
    assert nats.round() == 106


def test_a_network_of_levels_is_the_same_each_time_and_sees_each_picture_alone(names: dict[str, Any]) -> None:
    (model, history), (again, _) = names["train_levels"](4), names["train_levels"](4)
    assert len(history.losses) == 4
    assert not model.training  # nothing is dropped any more
    xt, kept = torch.randn(5, 64), torch.full((5,), 0.4)
    votes = model(xt, kept)
    torch.testing.assert_close(votes, again(xt, kept), rtol=0, atol=0)
    torch.testing.assert_close(votes[3:], model(xt[3:], kept[3:]), rtol=1e-4, atol=1e-5)
    changed = model(xt, kept, torch.ones(5, 5))
    assert not torch.allclose(votes, changed)  # it is told how a picture was moved


def test_the_nats_are_on_the_table_that_the_text_speaks_of() -> None:
    row = next(line for line in TABLE.splitlines() if line.startswith("| ddpm_digits |")).split(" | ")
    hundred = float(row[3].removeprefix("≤ ").split()[0])
    thousand = float(row[5].rpartition("T = 1000 ≤ ")[2].split()[0])
    assert hundred < 89
    assert thousand < 86
    assert hundred - thousand == pytest.approx(1.5, abs=0.3)


@pytest.mark.parametrize("name", ["MNIST", "digits"])
def test_the_cell_for_a_gpu_trains_on_what_is_there(
    name: str, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """On the part of MNIST that PUSHFORWARD_DATA names, or on the digits, with a sentence that names the folder."""
    if name == "MNIST":
        x0 = stored_mnist()[:500, :, :] / 127.5 - 1
    else:
        monkeypatch.setenv("PUSHFORWARD_DATA", str(tmp_path))
        x0, found = pictures(large=True)
        assert found == "digits"
        assert str(tmp_path / "mnist") in capsys.readouterr().out
    model, history, beta = names["train_pictures"](x0, 4, batch=16)
    assert all(math.isfinite(loss) for loss in history.losses)
    start, noise = torch.randn_like(x0[:2]), torch.randn(100, *x0[:2].shape)
    film = film_of(lambda: names["ddpm_sample"](model, start, noise, beta, beta), model)
    assert len(film) == 101
    assert all(torch.isfinite(x).all() for x in film)
    assert Picture(draw_film(film), "").png


def stored_mnist() -> torch.Tensor:
    try:
        return mnist("test")[0]
    except CourseError as missing:
        pytest.skip(str(missing))


@pytest.mark.slow
def test_more_steps_help_up_to_twenty_and_noise_does_good(names: dict[str, Any]) -> None:
    source = torch.Generator().manual_seed(4)
    start, noise = torch.randn(2000, 2, generator=source), torch.randn(100, 2000, 2, generator=source)
    rng = np.random.default_rng(0)

    def far(steps: int, eta: float) -> float:
        x = names["skipping_chain"](steps, eta, start, noise).double().numpy()
        return np.mean([sliced(x, fresh(rng, 2000)) for _ in range(10)])

    for eta in (0, 1):
        few, twenty, hundred = far(5, eta), far(20, eta), far(100, eta)
        assert few / twenty > 2 > twenty / hundred > 1
    assert far(100, 1) < far(100, 0)


def test_a_chain_that_skips_none_of_the_times_is_that_of_section_4(names: dict[str, Any]) -> None:
    """eta = 1 and neighbouring times: the same as sample_moons, with a model of a few steps."""
    source = torch.Generator().manual_seed(4)
    start, noise = torch.randn(9, 2, generator=source), torch.randn(100, 9, 2, generator=source)
    model = names["train_moons"](5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(names, "moons_run", lambda: model)
        found = [names["sample_moons"](start, noise), names["skipping_chain"](100, 1.0, start, noise)]
        assert names["skipping_chain"](3, 0.0, start, noise).shape == (9, 2)
    torch.testing.assert_close(*found, rtol=1e-2, atol=1e-3)


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


def film(*shape: int) -> list[torch.Tensor]:
    """A chain of twenty steps with a model that says 0.1 x_t."""
    model = torch.nn.Identity()

    def sample() -> torch.Tensor:
        x = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
        for _ in range(20):
            x = x - 0.1 * model(x)
        return x

    return film_of(sample, model)


def test_a_film_holds_every_state_once_and_leaves_the_model_alone() -> None:
    frames = film(9, 2)
    assert len(frames) == 21
    torch.testing.assert_close(frames[-1], 0.9**20 * frames[0])
    torch.testing.assert_close(frames[1], 0.9 * frames[0])
    model = torch.nn.Identity()
    with pytest.raises(ZeroDivisionError):
        film_of(lambda: model(1 / 0), model)
    assert not model._forward_pre_hooks


@pytest.mark.parametrize("shape", [(50, 2), (6, 8, 8)])
def test_the_strip_begins_with_noise_and_ends_with_data(shape: tuple[int, ...]) -> None:
    fig = draw_film(film(*shape))
    times = [int(ax.get_title().strip("$").rpartition(" ")[2]) for ax in fig.axes]
    assert times == sorted(times, reverse=True)
    assert (times[0], times[-1], len(times)) == (20, 0, 8)
    assert Picture(fig, "").png


def test_the_film_plays_and_stops_anywhere() -> None:
    controls, picture = film_explorer(film(50, 2)).children
    play, slider = controls.children
    assert (play.min, play.max) == (slider.min, slider.max) == (0, 20)
    seen = {picture.value}
    for control, frame in ((play, 0), (play, 7), (slider, 13)):
        control.value = frame
        assert play.value == slider.value == frame
        assert f"after {frame} of its 20 steps" in picture.value
        seen.add(picture.value)
    assert len(seen) == 4


def test_the_curves_over_the_steps_are_those_that_were_found() -> None:
    found = {"a": {2: (8.0, 0.7), 100: (1.0, 0.0)}, "b": {2: (9.0, 0.8), 100: (2.0, 0.1)}}
    fig = draw_steps(found)
    assert [list(line.get_ydata()) for line in fig.axes[0].lines[:2]] == [[8, 1], [9, 2]]
    assert list(fig.axes[1].lines[1].get_ydata()) == pytest.approx([80, 10])
    assert Picture(fig, "").png
