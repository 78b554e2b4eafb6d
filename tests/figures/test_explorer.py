"""Each drawing is good over the whole range of its controls, and moving a control really changes the picture."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets
import jupytext
import matplotlib
import numpy as np
import pytest
import torch

from autograder.building.source import tag_of
from pushforward.data import bend_to_moons, digits
from pushforward.figures.explorer import draw_push, draw_schedule, push_explorer, schedule_explorer
from pushforward.figures.style import Picture

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _strict():
    """A style of one's own, and no warning in any drawing."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@cache
def answers(notebook: str) -> dict[str, Any]:
    """What the given and the answer cells of a notebook define: the real functions under the sliders."""
    names: dict[str, Any] = {}
    for cell in jupytext.read(ROOT / "solutions" / f"{notebook}.py").cells:
        if tag_of(cell).kind in ("given", "solve"):
            exec(cell.source, names)
    return names


def parts(box: ipywidgets.VBox) -> tuple[dict[str, ipywidgets.ValueWidget], ipywidgets.HTML]:
    """The controls by their names on the screen, and the picture."""
    row, picture = box.children
    return {control.description: control for control in row.children}, picture


# --- 00: noise pushed to two moons -----------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.95, 1.0])
def test_the_push_is_drawn_and_standardised_at_every_stage(share: float) -> None:
    z = torch.randn(300, 2, generator=torch.Generator().manual_seed(1))
    fig = draw_push(share, z, answers("00_start_here")["standardise"])
    pushed, standardised = (ax.collections[0].get_offsets() for ax in fig.axes)
    np.testing.assert_allclose(pushed, (1 - share) * z + share * bend_to_moons(z), atol=1e-5)
    np.testing.assert_allclose(standardised.mean(axis=0), 0, atol=1e-5)
    assert "mean (0.00, 0.00), st. dev. (1.00, 1.00)" in fig.axes[1].get_title()
    assert Picture(fig, "").png


def test_dragging_the_push_changes_the_picture() -> None:
    controls, picture = parts(push_explorer(answers("00_start_here")["standardise"]))
    seen = {picture.value}
    for share in (0.0, 0.5, 0.95):
        controls["pushed"].value = share
        seen.add(picture.value)
        assert f"a share of {share} of the way" in picture.value
    assert len(seen) == 4


# --- 15: schedules ---------------------------------------------------------------------------------------------


def pictures() -> torch.Tensor:
    return digits()[0][:4] / 8 - 1


def of_chapter_15() -> dict[str, Any]:
    names = answers("15_diffusion_forward")
    return {"schedules": names["SCHEDULES"], "alpha_bar": names["alpha_bar"], "q_sample": names["q_sample"]}


KINDS = ["sin(n/N)", "1 − 1/n", "log(1 + n/N)", "−cos(πn/N)", "linear", "cosine"]
LENGTHS = (1, 2, 20, 500, 1000)
ENDS_AND_MIDDLE = [(T, t) for T in LENGTHS for t in sorted({1, (T + 1) // 2, T})]
ROOTLESS = [("−cos(πn/N)", 100, 30, r"1 - \bar\alpha_t < 0"), ("linear", 10, 10, r"$\bar\alpha_t < 0")]
MOVES = [("t", 1), ("t", 1000), ("schedule", "cosine"), ("T", 400), ("schedule", "−cos(πn/N)"), ("T", 1)]


def test_these_are_all_the_schedules() -> None:
    assert list(of_chapter_15()["schedules"]) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_is_drawn_over_the_whole_range(kind: str) -> None:
    eps = torch.zeros(4, 8, 8)
    for T, t in ENDS_AND_MIDDLE:
        fig = draw_schedule(kind, T, t, x0=pictures(), eps=eps, **of_chapter_15())
        over_time, marker = fig.axes[0].lines
        assert len(over_time.get_xdata()) == T
        assert marker.get_xdata()[0] == t
        assert f"t = {t}$" in fig.axes[3].get_title(loc="left")
    assert Picture(fig, "").png


@pytest.mark.parametrize(("kind", "T", "t", "words"), ROOTLESS)
def test_what_has_no_root_says_so(kind: str, T: int, t: int, words: str) -> None:
    fig = draw_schedule(kind, T, t, x0=pictures(), eps=torch.zeros(4, 8, 8), **of_chapter_15())
    assert words in fig.axes[3].get_title(loc="left")
    assert fig.axes[3].images[0].get_array().mask.all()
    assert Picture(fig, "").png


def test_each_control_of_the_schedule_changes_the_picture() -> None:
    controls, picture = parts(schedule_explorer(x0=pictures(), **of_chapter_15()))
    seen = {picture.value}
    for name, value in MOVES:
        controls[name].value = value
        assert "<img" in picture.value
        seen.add(picture.value)
    assert len(seen) == 1 + len(MOVES)


def test_the_time_never_runs_past_the_end() -> None:
    controls, picture = parts(schedule_explorer(x0=pictures(), **of_chapter_15()))
    controls["t"].value = 1000
    controls["T"].value = 50
    assert (controls["t"].max, controls["t"].value) == (50, 50)
    assert "length 50" in picture.value
    assert "time 50." in picture.value
    controls["T"].value = 1000
    assert controls["t"].max == 1000
    assert "<img" in picture.value
