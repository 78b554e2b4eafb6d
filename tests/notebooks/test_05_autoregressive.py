"""Notebook 05: its numbers are right, its drawings follow the reader's functions, its file comes back bit for bit."""

from __future__ import annotations

import itertools
import math
from typing import Any

import ipywidgets
import pytest
import torch

from pushforward.data import digits
from pushforward.figures import autoregressive as drawings
from pushforward.figures.style import Picture
from tests.notebooks.numbers import near, of


def parts(box: ipywidgets.VBox) -> tuple[dict[str, ipywidgets.ValueWidget], ipywidgets.HTML]:
    """The controls by their names on the screen, and the picture."""
    row, picture = box.children
    return {control.description: control for control in row.children}, picture


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_two_binary_pixels_have_the_probabilities_of_the_text(names: dict[str, Any]) -> None:
    def net(shown: torch.Tensor) -> torch.Tensor:
        second = torch.where(shown[:, 1:] == 1, math.log(4), 0.0)
        ones = torch.cat([torch.full((len(shown), 1), math.log(3)), second], 1)
        return torch.stack([torch.zeros_like(ones), ones], 2)

    rows = torch.tensor([[1, 1], [1, 0], [0, 0], [0, 1]])
    log_p = names["log_prob"](net, rows, 2)
    near(log_p.exp(), [0.6, 0.15, 0.125, 0.125])
    assert log_p[0].item() == pytest.approx(-0.511, abs=5e-4)
    assert 64 * math.log(17) == pytest.approx(181.3, abs=0.05)


def test_masks_are_those_of_the_text_and_count_paths(names: dict[str, Any]) -> None:
    first, second = names["made_masks"](torch.tensor([1, 2, 3]), [torch.tensor([1, 2])])
    assert first.tolist() == [[1, 0, 0], [1, 1, 0]]
    assert second.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert (second @ first).tolist() == [[0, 0, 0], [1, 0, 0], [2, 1, 0]]


def test_kernels_have_as_many_taps_as_the_text_says(names: dict[str, Any]) -> None:
    taps = [int(names["conv_mask"](k, kind).sum()) for k in (3, 5) for kind in "AB"]
    assert taps == [4, 5, 12, 13]
    one = torch.ones(1, 1, 3, 3)
    out = names["masked_conv"](one, one, torch.zeros(1), "A")[0, 0]
    assert (out[1, 1].item(), out[0, 0].item(), out[0, 1].item()) == (4, 0, 1)


def test_fifteen_of_forty_one_pixels_are_in_the_blind_spot(names: dict[str, Any]) -> None:
    x = torch.eye(64, dtype=torch.float64).reshape(64, 1, 8, 8)
    kernel, none = torch.ones(1, 1, 3, 3, dtype=torch.float64) / 3, torch.zeros(1, dtype=torch.float64)
    for layer in range(12):
        x = names["masked_conv"](x, kernel, none, "B" if layer else "A")
    seen = x[:, 0, 5, 1] > 0
    assert not seen[41:].any()
    assert (int(seen.sum()), 41 - int(seen.sum())) == (26, 15)


def test_attention_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    q, k, v = (of(*values).reshape(1, 2, 1) for values in ((1, 2), (0, 1), (1, 3)))
    o, w = names["causal_attention"](q, k, v)
    near(w[0], [[1, 0], [0.1192, 0.8808]])
    assert o.flatten().tolist() == [1, pytest.approx(2.762, abs=5e-4)]


def test_pieces_of_the_unit_interval_are_those_of_the_text(names: dict[str, Any]) -> None:
    def net(shown: torch.Tensor) -> torch.Tensor:
        return of(0.5, 0.3, 0.2).log().expand(*shown.shape, 3)

    assert names["sample"](net, of(0.3, 0.5, 0.79, 0.81)[:, None], 3).flatten().tolist() == [0, 1, 1, 2]
    assert 3 * 256 * 256 == 196_608


def test_the_two_flows_make_the_points_of_the_text(names: dict[str, Any]) -> None:
    def net(y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        one = torch.ones_like(y[:, 0])
        return torch.stack([one, y[:, 0]], 1), torch.stack([0 * one, math.log(2) * one], 1)

    z = of(1, 1)[None]
    x, ladj = names["iaf_to_data"](net, z)
    near(names["maf_to_data"](net, z), [[2, 4]])
    near(x, [[2, 3]])
    assert ladj.item() == pytest.approx(0.693, abs=5e-4)
    near(names["maf_to_noise"](net, of(2, 4)[None])[0], [[1, 1]])


def test_the_coder_writes_the_bits_of_the_text(names: dict[str, Any]) -> None:
    freq = torch.tensor([[[1, 3], [2, 2]]])
    assert names["encode"](torch.tensor([[1]]), freq[:, :1]) == ["1"]
    assert names["encode"](torch.tensor([[1, 0]]), freq) == ["01"]
    assert (-math.log2(3 / 4), -math.log2(3 / 8)) == (pytest.approx(0.415, abs=5e-4), pytest.approx(1.415, abs=5e-4))


def test_the_exam_questions_are_answered_right() -> None:
    assert 88.7 / math.log(2) == pytest.approx(128, abs=0.05)
    assert -math.log(0.9) == pytest.approx(0.105, abs=5e-4)


def test_a_neighbour_alone_is_worth_less_than_the_place(names: dict[str, Any]) -> None:
    """The second and the third model of section 1."""
    train, test = (digits(part)[0].flatten(1).long() for part in ("train", "test"))
    counts = (train[:, :, None] == torch.arange(17)).float().sum(0) + 1
    by_place = -names["next_log_p"](counts.log().expand(447, 64, 17), test).sum(1).mean()
    before = torch.stack([train[:, :-1].flatten(), train[:, 1:].flatten()])
    pairs = torch.ones(17, 17).index_put((before[0], before[1]), torch.tensor(1.0), accumulate=True)
    logits = torch.cat([counts[:1].log().expand(447, 1, 17), pairs.log()[test[:, :-1]]], 1)
    by_neighbour = -names["next_log_p"](logits, test).sum(1).mean()
    assert by_place < by_neighbour < 64 * math.log(17)


# --- the file ----------------------------------------------------------------------------------------------------


def test_all_test_digits_come_back_within_two_bits_of_their_likelihood(names: dict[str, Any]) -> None:
    """Frequencies of each pixel by the one before it, counted in the training digits."""
    train, test = (digits(part)[0].flatten(1).long() for part in ("train", "test"))
    pairs = torch.full((18, 17), 1.0)
    pairs.index_put_((names["shift_right"](train, 17).flatten(), train.flatten()), torch.tensor(1.0), accumulate=True)
    table = names["integer_frequencies"](pairs / pairs.sum(1, keepdim=True), 2**16)

    def model(known: torch.Tensor) -> torch.Tensor:
        return table[known[:, -1] if known.shape[1] else torch.full((len(known),), 17)]

    freq = table[names["shift_right"](test, 17)]
    strings = names["encode"](test, freq)
    assert torch.equal(names["decode"](model, strings, 64), test)
    bits = -(freq.double() / 2**16).log2().gather(2, test[:, :, None]).sum((1, 2))
    assert all(length < own + 2 for length, own in zip(map(len, strings), bits.tolist(), strict=True))
    others = names["bytes_of_others"](test)
    assert len(names["file_of"](strings)) < min(others.values())


# --- the trained model -----------------------------------------------------------------------------------------


def test_mixing_and_loss_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    W, b, h = of(2, 7, 3, 1).reshape(2, 2), of(0, 1), of(1, 10)[:, None]
    assert names["causal_mix"](h, W, b).flatten().tolist() == [2, 14]
    logits = of(0, math.log(3)).expand(1, 2, 2)
    assert names["mean_nats"](logits, torch.tensor([[1, 0]])).item() == pytest.approx(1.674, abs=5e-4)


def test_the_net_is_causal_and_as_large_as_the_text_says(names: dict[str, Any]) -> None:
    torch.manual_seed(0)
    net = names["PixelNet"](torch.zeros(64, 17)).eval()
    count = sum(p.numel() for p in net.parameters())
    assert f"{count:,}" == "42,673"
    assert 4 * count / (447 * 64) == pytest.approx(6, abs=0.05)
    x = torch.randint(17, (2, 64))
    other = torch.cat([x[:, :40], (x[:, 40:] + 1) % 17], 1)
    says, differently = (net(names["shift_right"](rows, 17)) for rows in (x, other))
    assert torch.equal(says[:, :41], differently[:, :41])
    assert (says[:, 41:] != differently[:, 41:]).any(2).all()


@pytest.mark.slow
def test_all_test_digits_come_back_from_the_trained_net_within_two_bits(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of section 9: nats, what they are spent on, and the file."""
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "full")
    names["pixels_run"].cache_clear()
    test = digits("test")[0].flatten(1).long()
    log_p = names["digit_log_p"](test)
    cost = -names["next_log_p"](log_p, test) / math.log(2)
    assert cost.sum(1).mean() * math.log(2) < 83
    assert cost[test == 0].mean() < cost[test == 16].mean() < cost[(test > 0) & (test < 16)].mean()

    def model(known: torch.Tensor) -> torch.Tensor:
        padded = torch.nn.functional.pad(known, (0, 64 - known.shape[1]))
        return names["integer_frequencies"](names["digit_log_p"](padded)[:, known.shape[1]].exp(), 2**16)

    freq = names["integer_frequencies"](log_p.exp(), 2**16)
    strings = names["encode"](test, freq)
    assert torch.equal(names["decode"](model, strings, 64), test)
    own = -(freq.double() / 2**16).log2().gather(2, test[:, :, None]).sum((1, 2))
    more = torch.tensor([*map(len, strings)]) - own
    assert 0 < more.min() <= more.max() < 2
    assert more.mean() == pytest.approx(1, abs=0.3)
    size = len(names["file_of"](strings))
    assert size < 0.7 * min(names["bytes_of_others"](test).values())
    names["pixels_run"].cache_clear()


def test_dear_pixels_are_dark(names: dict[str, Any]) -> None:
    bits = torch.zeros(3, 8, 8)
    bits[1, 2, 3], bits[2, 0, 0] = 3, 99
    fig = drawings.draw_bits(torch.zeros(3, 8, 8), bits)
    shown = fig.axes[1].images[0].get_array()
    assert [shown[0, 0], shown[2, 11], shown[0, 16]] == [-1, 0, 1]
    assert Picture(fig, "").png


# --- drawings ----------------------------------------------------------------------------------------------------


def test_those_that_began_alike_know_more_of_the_next_pixel() -> None:
    known, test = (digits(part)[0].flatten(1) for part in ("train", "test"))
    everywhere = [drawings.nearest_shares(known, test[15], place, 1000) for place in (22, 30, 38)]
    nearby = [drawings.nearest_shares(known, test[15], place, 60) for place in (22, 30, 38)]
    for place, wide, narrow in zip((22, 30, 38), everywhere, nearby, strict=True):
        assert wide.sum().item() == pytest.approx(1)
        truth = int(test[15, place])
        near_truth = slice(max(0, truth - 1), truth + 2)
        assert narrow[near_truth].sum() > 2 * wide[near_truth].sum()
    assert Picture(drawings.draw_next_pixel(known.reshape(-1, 8, 8), test[15].reshape(8, 8), [22, 30, 38]), "").png


def test_the_wedge_stays_under_the_sliders_and_two_stacks_remove_it(names: dict[str, Any]) -> None:
    controls, picture = parts(drawings.reach_explorer(names["masked_conv"], names["two_stacks"]))
    seen = {picture.value}
    controls["layers"].value = 8
    assert "of 47 earlier pixels not seen" in picture.value
    assert "leak" not in picture.value
    left = picture.value
    for control, value in (("column", 8), ("k", 5), ("row", 0), ("row", 4)):
        controls[control].value = value
        assert "<img" in picture.value
        seen.add(picture.value)
    assert len(seen) == 5
    for control, value in (("k", 3), ("column", 2), ("row", 5), ("stack", "two")):
        controls[control].value = value
    assert "0 of 47 earlier pixels not seen" in picture.value
    assert " 0 of 47" not in left


def test_a_leak_shows_in_the_picture(names: dict[str, Any]) -> None:
    def leaks(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, kind: str) -> torch.Tensor:
        return torch.nn.functional.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)

    fig = drawings.draw_reach("one", 3, 2, 4, 4, leaks, names["two_stacks"])
    assert "leaks" in fig.axes[0].get_title()


def test_intervals_lie_inside_each_other(names: dict[str, Any]) -> None:
    row, table = [1, 0, 2], [[3, 4, 1], [2, 5, 1], [1, 4, 3]]
    (bits,) = names["encode"](torch.tensor([row]), torch.tensor([table]))
    fig = drawings.draw_intervals(row, table, bits)
    blue = [
        bar
        for bar in fig.axes[0].patches
        if bar.get_facecolor()[:3] == pytest.approx((0x56 / 255, 0xB4 / 255, 0xE9 / 255))
    ]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in (*blue, fig.axes[0].patches[-1])]
    assert len(ends) == 4
    assert all(a <= c <= d <= b for (a, b), (c, d) in itertools.pairwise(ends))
    assert Picture(fig, "").png
