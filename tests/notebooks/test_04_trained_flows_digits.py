"""Notebook 04 on the digits: its numbers are right, its drawings are good over the whole range of their controls."""

from __future__ import annotations

import itertools
import math
from typing import Any

import ipywidgets
import pytest
import torch
from torch.distributions import MultivariateNormal, Normal

from pushforward.figures.flow_digits import SHARES, draw_made, draw_rungs, draw_spikes, prices, spikes_explorer
from pushforward.figures.style import Picture
from pushforward.flows.pixels import PixelSplines
from tests.notebooks.numbers import near, of

ENTROPY = 1.1648  # of the five levels in the figure


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_a_level_goes_to_the_line_as_the_text_says(names: dict[str, Any]) -> None:
    y, ladj = names["to_line"](of(0.5)[None], 17, 0.05)
    p = 0.05 + 0.9 * 0.5 / 17
    near(0.5 / 17, 0.0294)
    near(p, 0.0765)
    near(y.item(), -2.4913)
    near([math.log(0.9 / 17), -math.log(p), -math.log(1 - p)], [-2.9386, 2.5709, 0.0796])
    near(ladj.item(), -0.2882)
    bell = lambda y: Normal(0.0, 1.0).log_prob(y).sum(1)  # noqa: E731
    near(names["nats_of_levels"](bell, of(0.0)[None], of(0.5)[None, None], 17, 0.05).item(), 4.3104)
    near([y.item() ** 2 / 2, 0.5 * math.log(2 * math.pi)], [3.1033, 0.9189])


def test_one_number_in_three_units(names: dict[str, Any]) -> None:
    near(names["in_units"](of(100.0), 64, 1 / 17)["bits"].item(), 2.2542)
    near(64 * math.log(17), 181.3257)
    near(names["in_units"](of(100.0), 64, 1 / 17)["density"].item(), -81.3257)
    near(names["in_units"](of(100.0), 64, 2 / 17)["density"].item(), -36.9642)


def test_the_three_prices_do_what_the_text_says() -> None:
    """Sharp falls by log 10 for each factor of ten; spread rises in the end, and is never below honest."""
    near(-float((SHARES[SHARES > 0] * SHARES[SHARES > 0].log()).sum()), ENTROPY)
    assert prices(1e-2)["sharp"] - prices(1e-3)["sharp"] == pytest.approx(math.log(10), abs=1e-6)
    assert prices(1e-2)["spread"] > prices(1e-1)["spread"] > prices(10**-0.5)["spread"]
    for power in torch.linspace(-2, 0, 9).tolist():
        found = prices(10**power)
        assert found["spread"] >= found["honest"] >= ENTROPY - 1e-4


def test_half_a_bin_is_worth_log_two_for_each_pixel() -> None:
    near(64 * math.log(2), 44.3614)
    near(Normal(2.0, 1.5).log_prob(of(3.5)).neg().item(), 1.8244)
    near(Normal(2.0, 1.5).log_prob(of(3.25)).neg().item(), 1.6716)
    near([math.log(1.5), 0.5 * (1.25 / 1.5) ** 2], [0.4055, 0.3472])
    assert 117.1 + 64 * math.log(2) == pytest.approx(161, abs=0.5)


def test_with_half_bins_probabilities_add_up_to_two() -> None:
    """A density that lies in the first half of one bin, asked about there alone: e^−nats over all levels and noise."""
    u = torch.linspace(0, 1, 20001, dtype=torch.float64)[None]
    levels = torch.arange(17)[:, None]
    for reach, total in ((1.0, 1.0), (0.5, 2.0)):
        p = Normal(3.25, 0.02).log_prob(levels + reach * u).exp().mean(1).sum()
        assert p.item() == pytest.approx(total, rel=1e-3)


def test_tables_and_kinds_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    near(names["pixel_log_p"](torch.tensor([[0], [0], [2]]), 3, 0.5).exp(), [[0.5556, 0.1111, 0.3333]])
    kinds = of(0.9, 0.1, 0.3, 0.7).reshape(2, 1, 2).log()
    level, half = torch.tensor([[0]]), of(0.5, 0.5).log()
    near(names["mixture_nats"](level, half, kinds).item(), 0.5108)
    near(names["joint_log_p"](level, half, kinds).softmax(1)[0, 0].item(), 0.75)


def test_curves_and_costs_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    rises, slopes = names["start_of_curves"](of(0.5, 0.3, 0.2)[None].log())
    near(3 * rises, [[1.5, 0.9, 0.6]])
    near(slopes, [[1.5, 1.2, 0.75, 0.6]])
    double = lambda v: (2 * v, torch.full((len(v),), math.log(2), dtype=v.dtype))  # noqa: E731
    near(names["flow_nats"](double, of(8.5)[None], 17).item(), 3.5590)
    near([math.log(2), math.log(17)], [0.6931, 2.8332])


def test_the_question_about_three_programs_is_answered_right() -> None:
    assert -85.1 + 64 * math.log(17) == pytest.approx(96.2, abs=0.05)
    assert 2.2 * 64 * math.log(2) == pytest.approx(97.6, abs=0.05)
    assert 61 + 64 * math.log(2) == pytest.approx(105.4, abs=0.05)


def test_the_exam_questions_on_pictures_are_answered_right() -> None:
    near((-12000 + 3072 * math.log(256)) / 3072 / math.log(2), 2.3645)
    assert -12000 + 3072 * math.log(256) == pytest.approx(5034.8, abs=0.05)
    near(-0.5 * (math.log(1.5) + math.log(0.5)), 0.1438)
    near(math.log(4 / 17), -1.4469)


# --- the ladder ------------------------------------------------------------------------------------------------


def test_the_rungs_that_need_no_training_stand_where_the_text_says(names: dict[str, Any]) -> None:
    train, test = names["TRAIN"], names["TEST"].long()
    table = names["pixel_log_p"](train.long(), 17, 0.5)
    alone = names["mixture_nats"](test, torch.zeros(1), table[None]).mean().item()
    found = [names["mixture_nats"](test, *kinds()).mean().item() for kinds in (names["ten_kinds"], names["told_kinds"])]
    assert [round(nats, 1) for nats in (64 * math.log(17), alone, *found)] == [181.3, 106.4, 99.5, 99.8]
    assert 131.5 - alone == pytest.approx(25, abs=0.5)
    assert alone - 64 * math.log(2) == pytest.approx(62.0, abs=0.05)


def test_kinds_seed_and_smoothing_were_picked_on_validation_digits(names: dict[str, Any]) -> None:
    valid = names["VALID"].long()

    def nats(**settings: Any) -> float:
        return names["mixture_nats"](valid, *names["ten_kinds"](**settings)).mean().item()

    assert nats() < min(nats(seed=1), nats(smoothing=0.2), nats(smoothing=1.0), nats(kinds=20))


def test_em_never_makes_the_smoothed_cost_worse(names: dict[str, Any]) -> None:
    """Cost plus the smoothing's own: −s Σ log of all probabilities. Of this EM is a descent."""
    levels, s = names["TRAIN"][:200, 20:36].long(), 0.3
    source = torch.Generator().manual_seed(0)
    log_p = torch.randn(4, 16, 17, generator=source).double().log_softmax(2)
    log_w, costs = torch.full((4,), -math.log(4)).double(), []
    for _ in range(12):
        smooth = -s * (log_p.sum() + log_w.sum())
        costs.append(float(names["mixture_nats"](levels, log_w, log_p).sum() + smooth))
        log_w, log_p = names["em_step"](levels, log_w, log_p, s)
    assert all(after <= before + 1e-6 for before, after in itertools.pairwise(costs))


def test_curves_alone_are_nearly_the_model_of_independent_pixels(names: dict[str, Any]) -> None:
    train, valid = names["TRAIN"], names["VALID"]
    table = names["pixel_log_p"](train.long(), 17, 0.2)
    flow = names["CurvesAndCouplings"](*names["start_of_curves"](table)).eval().requires_grad_(False)
    x = torch.cat([names["spread_levels"](valid, seed) for seed in range(2)])
    nats = names["flow_nats"](flow.inverse, x, 17).mean().item()
    alone = names["mixture_nats"](valid.long(), torch.zeros(1), table[None]).mean().item()
    assert alone < nats < alone + 3


def test_one_bell_behind_the_curves_beats_single_pixels_by_far(names: dict[str, Any]) -> None:
    train, valid = names["TRAIN"], names["VALID"]
    curves = PixelSplines.through(*names["start_of_curves"](names["pixel_log_p"](train.long(), 17, 0.2)))
    with torch.no_grad():
        z = torch.cat([curves.inverse(names["spread_levels"](train, seed) / 17)[0] for seed in range(5)])
        bell = MultivariateNormal(torch.zeros(64), z.T @ z / len(z))
        z, ladj = curves.inverse(names["spread_levels"](valid, 9) / 17)
    assert float((64 * math.log(17) - ladj - bell.log_prob(z)).mean()) < 102


# --- training --------------------------------------------------------------------------------------------------


def test_both_trainings_run_and_can_be_repeated(names: dict[str, Any]) -> None:
    flow, history = names["train_curves"](3)
    again = names["train_curves"](3)[0]
    assert len(history.losses) == 3
    for a, b in zip(flow.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)
    plain = names["train_plain"](3)[0]
    pictures = plain.draw(torch.randn(5, 64))
    assert plain.log_p(torch.zeros(2, 64)).shape == (2,)
    assert pictures.shape == (5, 64)
    assert set(pictures.unique().tolist()) <= set(range(17))


def test_the_flow_goes_there_and_back(names: dict[str, Any]) -> None:
    flow = names["train_curves"](3)[0]
    z = torch.randn(40, 64, generator=torch.Generator().manual_seed(1)).clamp(-3, 3)
    x, ladj = flow(z)
    back, minus = flow.inverse(x)
    assert ((back - z).abs() < 0.05).float().mean() > 0.97
    torch.testing.assert_close(minus, -ladj, rtol=0, atol=0.5)


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_explorer_follows_its_slider() -> None:
    row, picture = spikes_explorer().children
    (power,) = row.children
    assert isinstance(picture, ipywidgets.HTML)
    seen = set()
    for value in (-2.0, -1.0, -0.3, 0.0):
        power.value = value
        assert "<img" in picture.value
        seen.add(picture.value)
    assert len(seen) == 4
    assert "nats: sharp 1.62" in picture.value


@pytest.mark.parametrize("power", [-2.0, -1.0, 0.0])
def test_spikes_are_drawn_over_the_whole_range(power: float) -> None:
    fig = draw_spikes(power)
    left, right = fig.axes
    assert left.get_title() == f"hills of width {10**power:.3g}"
    assert len(right.get_lines()) == 6
    Picture(fig, "spikes")


def test_the_ladder_names_every_rung_in_both_units() -> None:
    fig = draw_rungs({"a": 181.3, "b": 100.0, "c": 90.0}, 2)
    (ax,) = fig.axes
    assert [text.get_text() for text in ax.texts] == ["181.3", "100.0", "90.0"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    Picture(fig, "ladder")


def test_pictures_stand_in_rows() -> None:
    fig = draw_made({"one": torch.zeros(3, 8, 8), "two": torch.full((3, 8, 8), 16.0)})
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["one", "two"]
    Picture(fig, "rows")
