"""Notebook 09: its numbers are right, what it says of its figures holds, and the explorer follows its controls."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import matplotlib
import pytest
import torch
from scipy.stats import binom

from autograder.checks.c09_measuring.shared import differing
from pushforward.data import digits, ring_centres, two_moons
from pushforward.figures.measuring import (
    FRAUDS,
    _readings,
    alarmed,
    draw_bandwidths,
    draw_bias,
    draw_impostors,
    draw_measures,
    draw_memoriser,
    impostor,
    measure_explorer,
)
from pushforward.figures.style import Picture
from pushforward.measuring import classifier
from pushforward.measuring.frechet import frechet
from pushforward.measuring.kernels import median_distance, mmd
from pushforward.measuring.neighbours import neighbour_ratio, precision_coverage
from pushforward.measuring.two_sample import two_sample

SQUARE = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]], dtype=torch.float64)
LINE = torch.tensor([[0.0, 0.0], [2.0, 2.0], [1.0, 1.0]], dtype=torch.float64)


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def near(value: Any, places: int = 4) -> Any:
    return pytest.approx(value, abs=0.5 * 10**-places)


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_the_frechet_distance_of_a_square_and_a_line(names: dict[str, Any]) -> None:
    terms = {key: float(value) for key, value in names["frechet_terms"](SQUARE, LINE).items()}
    assert terms == {"means": near(0), "traces": near(4.667, 3), "root": near(1.633, 3)}
    assert terms["traces"] - 2 * terms["root"] == near(1.401, 3)
    entrywise = float((torch.cov(SQUARE.T) @ torch.cov(LINE.T)).sqrt().trace())
    assert entrywise == near(2.309, 3)
    assert terms["traces"] - 2 * entrywise == near(0.048, 3)
    limit = names["frechet_limit"](torch.tensor([100, 200]), torch.tensor([1.5, 1.25], dtype=torch.float64))
    assert float(limit) == near(1)


def test_three_drawn_data_sets(names: dict[str, Any]) -> None:
    def gap(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return (x.mean() - y.mean()) ** 2

    rows_x, rows_y = torch.tensor([[0, 0], [0, 1], [1, 1]]), torch.tensor([[0, 1], [1, 1], [0, 0]])
    x, y = column(0, 2), column(3, 5)
    assert float(gap(x, y)) == 9
    assert [float(gap(x[i], y[j])) for i, j in zip(rows_x, rows_y, strict=True)] == [16, 16, 1]
    assert names["bootstrap"](gap, x, y, rows_x, rows_y) == {"error": near(8.66, 2), "bias": near(2)}


def test_the_gaussian_that_fools_it(names: dict[str, Any]) -> None:
    x = column(0, 2, 4)
    assert names["fooling_gaussian"](x, column(-1, 0, 1)).flatten().tolist() == near([0, 2, 4])
    fooled = names["fooling_gaussian"](x, column(1, 1, 4))
    assert fooled.flatten().tolist() == near([0.845, 0.845, 4.309], 3)
    assert (float(fooled.mean()), float(fooled.var())) == near((2, 4))


def test_the_mmd_of_two_pairs(names: dict[str, Any]) -> None:
    x, y = column(0, 1), column(0, 2)
    across = names["kernel"](x, y, 1.0)
    assert across.flatten().tolist() == near([1, 0.1353, 0.6065, 0.6065])
    assert float(across.mean()) == near(0.5871)
    assert float(names["mmd_unbiased"](x, y, 1.0)) == near(-0.4323)
    biased = names["kernel"](x, x, 1.0).mean() + names["kernel"](y, y, 1.0).mean() - 2 * across.mean()
    assert float(biased) == near(0.1967)


def test_the_unbiased_estimate_of_nought_is_negative_in_six_cases_of_ten(names: dict[str, Any]) -> None:
    """A mean of 0 does not say "half of the time": the law leans to the right, so more often than not."""
    dice = torch.Generator().manual_seed(0)
    pairs = [[two_moons(60, generator=dice).double() for _ in range(2)] for _ in range(1000)]
    usual = median_distance(*pairs[0])
    found = torch.tensor([float(names["mmd_unbiased"](x, y, usual)) for x, y in pairs])
    assert abs(float(found.mean())) < 3 * float(found.std()) / len(found) ** 0.5
    assert float((found < 0).double().mean()) == pytest.approx(0.6, abs=0.05)  # five are three errors away


def test_the_balls_on_the_line(names: dict[str, Any]) -> None:
    real, fake = column(0, 1, 3, 10), column(0.5, 4, 20)
    assert names["radii"](real, 1).tolist() == [1, 1, 2, 7]
    assert names["radii"](fake, 1).tolist() == [3.5, 3.5, 16]
    found = {key: float(value) for key, value in names["precision_coverage"](real, fake, 1).items()}
    assert found == {"precision": near(2 / 3), "density": near(4 / 3), "coverage": 1, "recall": 1}
    without = names["precision_coverage"](real, fake[:2], 1)
    assert float(without["recall"]) == 0.75  # the 10 owes it to the fake at 20


def test_the_p_values_of_sixty_right_verdicts() -> None:
    assert binom.sf(59, 100, 0.5) == near(0.0284)
    assert binom.sf(60, 100, 0.5) == near(0.0176)
    assert 2 * binom.sf(59, 100, 0.5) == near(0.0569)
    assert binom.sf(599, 1000, 0.5) == pytest.approx(1.4e-10, rel=0.04)


def test_the_neighbour_ratio(names: dict[str, Any]) -> None:
    found = names["neighbour_ratio"](column(0, 10), column(0.5, 9), column(2, 7))
    assert {key: float(value) for key, value in found.items()} == {"fake": 0.75, "real": 2.5, "ratio": near(0.3)}


def test_what_noise_and_copies_cost(names: dict[str, Any]) -> None:
    one = torch.ones(1, dtype=torch.float64)
    log_q = float(names["diluted_log_p"](-one, -10 * one, 0.99))
    assert (math.exp(log_q), log_q, -1 - log_q) == (near(0.003724, 6), near(-5.593, 3), near(4.593, 3))
    assert math.log(100) == near(4.605, 3)
    assert names["hidden_share"](1.0) == near(0.632, 3)
    assert names["hidden_share"](3.0) == near(0.95, 2)
    assert math.log(100) / math.log(2) < 7  # bits per picture
    for sigma, nats in ((0.1, 48.616), (0.01, 4996.3)):
        assert float(names["memoriser_nll"](column(0), column(1), sigma)) == pytest.approx(nats, abs=0.05)


def test_the_probe_of_two_points(names: dict[str, Any]) -> None:
    W, b = names["fit_probe"](column(-1, 1), torch.tensor([0, 1]), 2, 2.0)
    assert (W.tolist(), b.tolist()) == ([[-0.25, 0.25]], [0.5, 0.5])
    assert float(names["probe_accuracy"](column(-1, 1), torch.tensor([0, 1]), W, b)) == 1


def test_the_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    wide, narrow = column(-2, 0, 2), column(0, 1, 2)  # variances 4 and 1, means 0 and 1
    terms = names["frechet_terms"](wide, narrow)
    assert float(terms["means"] + terms["traces"] - 2 * terms["root"]) == near(2)
    sizes, found = torch.tensor([100, 200, 400]), torch.tensor([9.0, 6.0, 4.5], dtype=torch.float64)
    assert float(names["frechet_limit"](sizes, found)) == near(3)
    assert near(0.98, 2) == 0.1 * 0 + 0.9 * 1.09
    for n, pair, limit in ((500, (0.70, 0.52), 0.34), (1000, (0.66, 0.60), 0.54)):
        twice = torch.tensor([n, 2 * n]), torch.tensor(pair, dtype=torch.float64)
        assert float(names["frechet_limit"](*twice)) == near(limit)
    error = 0.04 * math.sqrt(2**2 + 1**2)
    assert (error, math.sqrt(2) * error) == (near(0.089, 3), near(0.126, 3))
    assert 1.5 < (0.54 - 0.34) / (math.sqrt(2) * error) < 1.7
    assert 0.5 / math.sqrt(400) == 0.025
    assert binom.std(400, 0.05) == near(4.4, 1)


def test_half_of_a_ring_has_precision_one_density_one_and_half_coverage() -> None:
    generator = torch.Generator().manual_seed(0)

    def ring(of: int) -> torch.Tensor:
        owner = torch.randint(of, (1500,), generator=generator)
        return ring_centres(dtype=torch.float64)[owner] + 0.05 * torch.randn(1500, 2, generator=generator)

    found = precision_coverage(ring(8), ring(4), 5)
    assert found.precision > 0.95
    assert found.density == pytest.approx(1, abs=0.1)
    assert found.coverage == pytest.approx(0.5, abs=0.06)


# --- what it says of the digits --------------------------------------------------------------------------------


def test_the_gaussian_of_the_digits_is_at_distance_nought_in_pixels(names: dict[str, Any]) -> None:
    real, test = (digits(part)[0].double().reshape(-1, 64) for part in ("train", "test"))
    z = torch.randn(1000, 64, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    fooled = names["fooling_gaussian"](real, z)
    assert frechet(fooled, real) == near(0, 6)
    yardstick = frechet(classifier.features(real), classifier.features(test))
    assert yardstick == near(0.381, 3)
    assert 1.5 * yardstick < frechet(classifier.features(fooled), classifier.features(test)) < 2 * yardstick
    assert classifier.confident_share(fooled) < 0.4


def test_a_good_part_of_the_yardstick_is_bias(names: dict[str, Any]) -> None:
    train, test = (classifier.features(digits(part)[0]) for part in ("train", "test"))
    dice = torch.Generator().manual_seed(0)
    rows = [torch.randint(len(f), (30, len(f)), generator=dice) for f in (train, test)]
    found = names["bootstrap"](frechet, train, test, *rows)
    assert found["bias"] / frechet(train, test) == pytest.approx(0.5, abs=0.15)  # "about half"
    assert 0.03 < found["error"] < 0.2


def test_independent_pixels_have_recall_and_a_blob_has_precision(names: dict[str, Any]) -> None:
    real, test = (digits(part)[0].double().reshape(-1, 64)[:447] for part in ("train", "test"))
    dice = torch.Generator().manual_seed(0)
    jumble = torch.stack([pixel[torch.randperm(447, generator=dice)] for pixel in real.T], dim=1)
    blob = real.mean(0) + 0.01 * torch.randn(447, 64, generator=dice)
    fresh, mixed, grey = (names["precision_coverage"](real, x, 5) for x in (test, jumble, blob))
    assert all(0.55 < float(value) < 0.9 for value in fresh.values())
    assert float(mixed["recall"]) > float(fresh["recall"])
    assert max(float(mixed[key]) for key in ("precision", "density", "coverage")) < 0.1
    assert float(grey["precision"]) == 1
    assert float(grey["density"]) > 2
    assert max(float(grey["recall"]), float(grey["coverage"])) < 0.1


def test_dealt_out_anew_the_digits_reach_all_four(names: dict[str, Any]) -> None:
    """So it is the writers that keep the test digits from 1."""
    everything = torch.cat([digits(part)[0].double().reshape(-1, 64) for part in ("train", "test")])
    order = torch.randperm(len(everything), generator=torch.Generator().manual_seed(0))
    found = names["precision_coverage"](everything[order[:447]], everything[order[447:894]], 5)
    assert min(map(float, found.values())) > 0.9


def test_smooth_pictures_come_near_and_are_no_copies(names: dict[str, Any]) -> None:
    (real, labels), (test, digit) = ((x.double().reshape(-1, 64), y) for x, y in map(digits, ("train", "test")))
    means = torch.stack([real[labels == k].mean(0) for k in range(10)])
    assert float(names["neighbour_ratio"](real, (test + means[digit]) / 2, test)["ratio"]) == near(0.84, 2)


def test_neighbours_cannot_tell_digits_in_noise_from_digits(names: dict[str, Any]) -> None:
    real = digits("train")[0].double().reshape(-1, 64)[:440]
    dice = torch.Generator().manual_seed(0)
    noisy = real[torch.randperm(440, generator=dice)] + 8 * torch.randn(440, 64, generator=dice)
    assert abs(names["two_sample_test"](real, noisy, 5)["accuracy"] - 0.5) < 0.03
    assert two_sample(real, noisy).accuracy == pytest.approx(names["two_sample_test"](real, noisy, 5)["accuracy"])


def test_the_memoriser_is_best_at_two_or_three_grey_levels(names: dict[str, Any]) -> None:
    real, test = (digits(part)[0].double().reshape(-1, 64) for part in ("train", "test"))
    nats = {width: float(names["memoriser_nll"](real, test, width)) for width in (0.25, 2.0, 2.5, 3.0, 8.0)}
    assert min(nats, key=nats.get) in (2.0, 2.5, 3.0)
    assert nats[0.25] > 2000 + nats[2.5]
    assert min(nats.values()) == pytest.approx(155, abs=0.5)
    assert math.log(100) / min(nats.values()) == near(0.03, 2)
    copies = real + 0.25 * torch.randn(real.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert classifier.confident_share(copies) > 0.9


def test_probes_rank_the_codes_as_the_text_says(names: dict[str, Any]) -> None:
    (f, y), (ft, yt) = ((x.double().reshape(-1, 64), labels) for x, labels in map(digits, ("train", "test")))
    mixer = torch.randn(64, 500, generator=torch.Generator().manual_seed(0)).double() / 64

    def accuracy(code: Any, n: int) -> float:
        W, b = names["fit_probe"](code(f)[:n], y[:n], 10, 10.0)
        return float(names["probe_accuracy"](code(ft), yt, W, b))

    codes = {"pixels": lambda x: x / 16, "waves": lambda x: torch.cos(x @ mixer), "features": classifier.features}
    few, many = ({name: accuracy(code, n) for name, code in codes.items()} for n in (50, 1000))
    assert max(few, key=few.get) == "features"
    assert many["waves"] > many["pixels"]


# --- the package measures what the notebook teaches ------------------------------------------------------------


def test_the_helpers_agree_with_the_model_answers(names: dict[str, Any]) -> None:
    dice = torch.Generator().manual_seed(3)
    x, y, z = (two_moons(n, generator=dice).double() for n in (60, 45, 50))
    terms = names["frechet_terms"](x, y)
    assert frechet(x, y) == pytest.approx(float(terms["means"] + terms["traces"] - 2 * terms["root"]))
    assert mmd(x, y, 0.3).value == pytest.approx(float(names["mmd_unbiased"](x, y, 0.3)))
    shares = names["precision_coverage"](x, y, 5)
    assert precision_coverage(x, y)._asdict() == {key: pytest.approx(float(value)) for key, value in shares.items()}
    test = names["two_sample_test"](x[:40], y[:40], 5)
    assert two_sample(x[:40], y[:40])[::2] == pytest.approx((test["accuracy"], test["p_value"]))
    assert neighbour_ratio(x, y, z).value == pytest.approx(float(names["neighbour_ratio"](x, y, z)["ratio"]))


def test_a_report_counts_what_differs() -> None:
    found = [differing(["error", "bias", "ratio"][:n]) for n in range(4)]
    assert found == ["", "error differs", "error and bias differ", "error, bias and ratio differ"]


# --- the figures -----------------------------------------------------------------------------------------------


def suspects(seed: int = 9) -> tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    """Those of the opening picture."""
    dice = torch.Generator().manual_seed(seed)
    train, fresh = two_moons(500, generator=dice).double(), two_moons(500, generator=dice).double()
    return train, fresh, {
        "fresh data": two_moons(500, generator=dice).double(),
        "same moments": impostor("a Gaussian", 1.0, train, dice),
        "half the moons": impostor("a lost moon", 1.0, train, dice),
        "too wide": impostor("noise", 0.2, train, dice),
        "copies": train.clone(),
    }  # fmt: skip


def test_the_opening_picture_shows_what_its_words_say() -> None:
    train, fresh, models = suspects()
    found = {name: _readings(train, fresh, fake) for name, fake in models.items()}
    data = found["fresh data"]
    quiet = {
        name: {key for key, reading in readings.items() if not alarmed(key, reading, data[key])}
        for name, readings in found.items()
    }
    assert quiet == {
        "fresh data": set(data),
        "same moments": {"Fréchet", "MMD²"},
        "half the moons": {"precision", "neighbours"},
        "too wide": {"Fréchet", "MMD²"},
        "copies": set(data) - {"neighbours"},
    }
    fig = draw_impostors(train, fresh, models)
    assert len(fig.axes) == 10
    assert Picture(fig, "").png


def _luminance(colour: Any) -> float:
    """WCAG's relative luminance."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def test_every_number_of_the_table_can_be_read_on_its_field() -> None:
    train, fresh, models = suspects()
    for ax in draw_impostors(train, fresh, models).axes[5:]:
        fields = {-round(bar.get_y() + bar.get_height() / 2): bar.get_facecolor() for bar in ax.patches}
        for text in (text for text in ax.texts if text.get_position()[0] > 0):
            both = sorted((_luminance(text.get_color()), _luminance(fields[-text.get_position()[1]])))
            assert (both[1] + 0.05) / (both[0] + 0.05) >= 4.5, text.get_text()


def test_every_line_has_a_name() -> None:
    signals = {"fresh data": [0.0, -1.0, 0.5], "a fraud": [12.0, 4.0, 1.0]}
    fig = draw_bandwidths([0.1, 1.0, 5.0], signals, 1.2)
    assert [text.get_text() for text in fig.legends[0].get_texts()] == [*signals, "median distance"]
    memory = draw_memoriser([0.5, 2.0, 8.0], [800.0, 156.0, 200.0], [0.9, 0.8, 0.4], 0.83)
    assert [text.get_text() for text in memory.axes[1].get_legend().get_texts()] == ["samples", "test digits"]
    assert [label.get_text() for label in memory.axes[0].get_yticklabels()] == ["100", "200", "500", "1000"]
    assert Picture(fig, "").png
    assert Picture(memory, "").png
    assert "grey: training data" in draw_measures("copies", 1.0, readings, n=60).axes[0].get_title()


def test_detail_shows_at_a_small_bandwidth_only() -> None:
    train, fresh, models = suspects()
    usual = median_distance(fresh, train)
    for name in ("same moments", "too wide"):
        small, large = mmd(fresh, models[name], 0.1), mmd(fresh, models[name], usual)
        assert small.value > 5 * small.error, name
        assert large.value < 2 * large.error, name
    lost = mmd(fresh, models["half the moons"], usual)
    assert lost.value > 5 * lost.error


@pytest.mark.parametrize("kind", FRAUDS)
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_impostors_have_the_fault_of_their_name(kind: str, strength: float) -> None:
    dice = torch.Generator().manual_seed(1)
    train = two_moons(400, generator=dice).double()
    fake = impostor(kind, strength, train, dice)
    assert fake.shape == train.shape
    assert fake.dtype == train.dtype
    if kind == "copies":
        assert float((fake == train).all(1).double().mean()) == pytest.approx(strength, abs=0.15)
    if kind == "a Gaussian" and strength == 1:
        assert frechet(fake, train) == near(0, 6)
    if kind == "a lost moon" and strength == 1:
        assert float(fake[:, 0].max()) < 1.3
    if strength == 0:
        assert precision_coverage(train, fake).coverage > 0.85


def test_the_line_goes_through_the_means_to_the_limit() -> None:
    sizes = torch.tensor([20, 40, 80])
    found = (0.5 + 3 / sizes.double())[:, None] + torch.tensor([-0.01, 0.01], dtype=torch.float64)
    fig = draw_bias(sizes, found, 0.5)
    line = fig.axes[0].lines[0].get_xydata()
    assert line.tolist() == [[0, near(0.5)], [near(0.05), near(0.65)]]
    assert Picture(fig, "").png


def readings(train: torch.Tensor, fake: torch.Tensor) -> dict[str, float]:
    return {"Fréchet": frechet(train, fake), "coverage": precision_coverage(train, fake).coverage}


@pytest.mark.parametrize("fault", FRAUDS)
@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_every_fault_is_drawn_with_a_bar_for_each_measure(fault: str, strength: float) -> None:
    fig = draw_measures(fault, strength, readings, n=100)
    assert [text.get_text() for text in fig.axes[1].get_yticklabels()] == ["Fréchet", "coverage"]
    assert len(fig.axes[1].patches) == 2
    assert Picture(fig, "").png


def test_a_frame_asks_for_all_measures_once_and_once_more_of_fresh_data() -> None:
    """The reader's functions are what a frame costs, so none is called for each bar anew."""
    asked = []

    def counted(train: torch.Tensor, fake: torch.Tensor) -> dict[str, float]:
        asked.append(fake)
        return readings(train, fake)

    draw_measures("noise", 1.0, counted, n=60)
    assert len(asked) == 2
    assert float(asked[0].std()) > float(asked[1].std())


def test_moving_a_control_moves_the_bars() -> None:
    box = measure_explorer(readings, n=100)
    row, picture = box.children
    controls: dict[str, ipywidgets.ValueWidget] = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("strength", 0.5), ("fault", "copies"), ("fault", "a lost moon"), ("strength", 1.0)):
        controls[name].value = value
        assert "<img" in picture.value
        assert str(value) in picture.value
        seen.add(picture.value)
    assert len(seen) == 5
