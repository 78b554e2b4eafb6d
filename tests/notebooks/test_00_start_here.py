"""Notebook 00: its numbers and its table are right, the small model learns to draw, and its figure moves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import torch

from pushforward import check
from pushforward.data import bend_to_moons, digits
from pushforward.figures.start import draw_first, first_explorer
from pushforward.figures.style import Picture
from pushforward.first_model import PIXELS, Way, learn_digits, walk
from pushforward.measuring.classifier import probabilities
from tests.notebooks.numbers import near

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "solutions/00_start_here.py").read_text(encoding="utf-8")


# --- the numbers in the text -----------------------------------------------------------------------------------


def columns(*of: list[float]) -> torch.Tensor:
    return torch.tensor(of, dtype=torch.float64).T


def test_columns_become_what_the_text_says(names: dict[str, Any]) -> None:
    x = columns([1, 3], [10, 30])
    found = names["standardise"](x)
    near(found.abs(), [[0.7071, 0.7071]] * 2)  # with N − 1, as the model answer has it
    near((x - x.mean(0)) / x.std(0, correction=0), [[-1, -1], [1, 1]])
    near((x - x.mean(0)) / x.var(0), [[-0.5, -0.05], [0.5, 0.05]])
    near(x.var(0)[0], 2)


def test_a_constant_column_may_hide_behind_a_rounding_and_a_narrow_one_is_none(names: dict[str, Any]) -> None:
    seven = torch.full((7,), 0.1, dtype=torch.float32)
    assert float((seven - seven.mean()).abs().max()) == pytest.approx(1e-8, rel=0.3)
    assert not names["standardise"](seven[:, None]).any()
    waves = 5e-7 + 1e-7 * torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)[:, None]
    near(names["standardise"](waves)[:, 0], [-1, 0, 1])


def test_the_table_is_what_the_check_shows() -> None:
    report = check("start.standardise", answer=lambda x: (x - x.mean(0)) / x.var(0).where(x.var(0) > 0, 1.0))
    shown = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^# > (\| [✓✗–].*)$", TEXT, re.MULTILINE)
    ]
    found = [
        [
            "–" if not law.reached else "✓" if law.ok else "✗",
            law.law.sentence + (" (must hold)" if not law.law.weight else ""),
        ]
        for law in report.laws
    ]
    assert [row[:2] for row in shown] == found
    broken = [law for law in report.laws if law.reached and not law.ok]
    told = [[law.case, law.expected, law.got] for law in broken]
    assert [[cell.strip("`") for cell in row[2:]] for row in shown if row[0] == "✗"] == told
    assert f"**start.standardise: {report.points:g} of {report.max:g} points, not there yet**" in TEXT


def test_the_exam_questions_are_answered_right(names: dict[str, Any]) -> None:
    source = torch.Generator().manual_seed(0)
    z = torch.randn(200_000, generator=source, dtype=torch.float64)
    near([(3 * z + 1).mean().round(decimals=1), (3 * z + 1).var().round()], [1, 9])
    x = 3 * torch.randn(50, 2, generator=source, dtype=torch.float64) + 7
    once = names["standardise"](x)
    torch.testing.assert_close(names["standardise"](once), once)
    torch.testing.assert_close(names["standardise"](10 * x + 3), once)
    moons = bend_to_moons(torch.randn(5000, 2, generator=source, dtype=torch.float64))
    torch.testing.assert_close(torch.cov(names["standardise"](moons).T), torch.corrcoef(moons.T))  # question 4
    for size in (10.0, 1000.0):  # question 6
        column = torch.tensor([0.0, 0, 0, 0, size], dtype=torch.float64)
        near((column - column.mean()) / column.std(correction=0), [-0.5, -0.5, -0.5, -0.5, 2])


# --- the model that draws --------------------------------------------------------------------------------------


def test_the_model_has_as_many_numbers_as_the_text_says() -> None:
    assert sum(p.numel() for p in Way().parameters()) == pytest.approx(100_000, rel=0.05)
    assert "a thousand handwritten digits" in " ".join(line.removeprefix("#").strip() for line in TEXT.split("\n"))
    assert len(digits()[0]) == 1000


def test_the_same_seed_learns_the_same() -> None:
    z = torch.randn(3, PIXELS, generator=torch.Generator().manual_seed(1))
    first, second = (walk(learn_digits(5), z, 4) for _ in range(2))
    assert len(first) == 29
    torch.testing.assert_close(first[-1], second[-1], rtol=0, atol=0)
    torch.testing.assert_close(first[0], z)


def test_the_way_is_straight_where_the_velocity_is_constant() -> None:
    z = torch.randn(2, PIXELS, generator=torch.Generator().manual_seed(1))
    states = walk(lambda x, t, which: torch.ones_like(x), z, 0, steps=4)
    torch.testing.assert_close(torch.stack(states), z + torch.linspace(0, 1, 5)[:, None, None])


@pytest.mark.slow
def test_the_model_draws_the_digit_that_was_asked_for_and_copies_none() -> None:
    """Ten of each: nearly all are read as what they should be, and farther from the known ones than real ones are."""
    model, source = learn_digits(1500), torch.Generator().manual_seed(0)
    known, fresh = ((digits(part)[0] / 8 - 1).flatten(1) for part in ("train", "valid"))
    made = [walk(model, torch.randn(10, PIXELS, generator=source), digit)[-1] for digit in range(10)]
    read = torch.stack([probabilities(8 * x + 8).argmax(1) for x in made])
    assert float((read == torch.arange(10)[:, None]).double().mean()) > 0.9
    near_known = torch.cdist(torch.cat(made), known).amin(1)
    assert float(near_known.median()) > float(torch.cdist(fresh, known).amin(1).median())
    assert float(near_known.min()) > 1


def test_a_little_learning_brings_it_nearer_to_the_digits() -> None:
    known, z = (digits()[0] / 8 - 1).flatten(1), torch.randn(20, PIXELS, generator=torch.Generator().manual_seed(0))
    far = [float(torch.cdist(walk(learn_digits(steps), z, 3)[-1], known).amin(1).median()) for steps in (10, 120)]
    assert far[1] < 0.85 * far[0]


def test_its_picture_begins_with_the_noise_and_ends_with_a_known_digit() -> None:
    fig = draw_first(3, 2, learn_digits(2))
    assert [ax.get_title() for ax in fig.axes if ax.get_title()] == ["noise", "yours", "nearest known"]
    shown = [np.asarray(ax.images[0].get_array()) for ax in fig.axes]
    z = torch.randn(1, PIXELS, generator=torch.Generator().manual_seed(2))
    np.testing.assert_allclose(shown[0], z.reshape(8, 8))
    assert any(np.array_equal(shown[-1], picture) for picture in (digits()[0] / 8 - 1).numpy())
    assert Picture(fig, "").png


def test_another_digit_and_another_noise_give_another_picture() -> None:
    row, picture = first_explorer(learn_digits(2)).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("digit", 0), ("digit", 9), ("noise", 0), ("noise", 999)):
        controls[name].value = value
        assert "<img" in picture.value
        assert str(value) in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


def test_the_promise_stands_within_the_first_ten_minutes() -> None:
    """Before it: one picture, and at most 500 words."""
    words = 0
    for cell in jupytext.reads(TEXT, "py:percent").cells:
        if "first_explorer(artist)" in cell.source:
            break
        words += len(cell.source.split()) if cell.cell_type == "markdown" else 0
    assert words < 500
