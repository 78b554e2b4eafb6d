"""Pictures carry their words, keep to the style, and show what they are given."""

from __future__ import annotations

import base64
import io
import re

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.image import imread

from pushforward.figures import style as plot
from pushforward.figures.style import (
    Picture,
    draw_forward,
    draw_push_forward,
    draw_verdicts,
    figure,
    image,
    show,
    strip,
)


@pytest.fixture(autouse=True)
def _style_of_others():
    with matplotlib.rc_context():
        yield


def pixels(fig: Figure) -> np.ndarray:
    return imread(io.BytesIO(Picture(fig, "").png))


def is_drawn(fig: Figure) -> bool:
    """More than a single colour."""
    shades = pixels(fig)[..., :3].reshape(-1, 3)
    return bool((shades != shades[0]).any())


# --- pictures in notebooks -------------------------------------------------------------------------------------


def test_a_picture_carries_its_words_safely() -> None:
    fig, _ = figure(size=(4, 3))
    shown = Picture(fig, 'a < b & "c"')
    markup = shown._repr_html_()
    assert 'alt="a &lt; b &amp; &quot;c&quot;"' in markup
    assert 'width="320"' in markup
    assert repr(shown) == '[figure: a < b & "c"]'
    data = re.search('base64,([^"]+)"', markup)
    assert data
    assert base64.b64decode(data[1]).startswith(b"\x89PNG")


def test_show_displays_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Picture] = []
    monkeypatch.setattr(plot, "display", shown.append)
    show(figure()[0], alt="an empty frame")
    assert [picture.alt for picture in shown] == ["an empty frame"]


def test_the_style_is_the_courses_own() -> None:
    _, axes = figure(2, 3, (6, 4))
    assert axes.shape == (2, 3)
    assert matplotlib.rcParams["axes.prop_cycle"].by_key()["color"][0] == plot.BLUE
    assert min(matplotlib.rcParams[key] for key in ("xtick.labelsize", "ytick.labelsize", "legend.fontsize")) >= 10


def test_colours_stay_apart_without_colour() -> None:
    """The marks of the verdicts differ in shape, so that nothing rests on colour alone."""
    shapes = [marker for marker, _ in plot.MARKS.values()]
    assert len(set(shapes)) == len(shapes)


def test_what_is_no_number_shows_in_a_colour_of_its_own() -> None:
    fig, (left, right) = figure(1, 2)
    image(left, torch.zeros(2, 2))
    image(right, torch.full((2, 2), torch.nan))
    vermilion = np.array(matplotlib.colors.to_rgb(plot.VERMILION))
    width = pixels(fig).shape[1] // 2
    close = (np.abs(pixels(fig)[..., :3] - vermilion) < 0.02).all(axis=-1)
    assert close[:, width:].any()
    assert not close[:, :width].any()


def test_a_strip_shows_every_picture_in_order() -> None:
    fig, ax = figure()
    strip(ax, torch.arange(3.0).reshape(3, 1, 1).expand(3, 2, 2) - 1, "three")
    assert ax.images[0].get_array().tolist() == [[-1, -1, 0, 0, 1, 1]] * 2
    assert ax.get_title(loc="left") == "three"
    assert is_drawn(fig)


# --- drawings --------------------------------------------------------------------------------------------------


def test_the_push_forward_goes_from_the_noise_to_the_data() -> None:
    z = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    fig = draw_push_forward(z, z + 1)
    first, *_, last = (ax.collections[0].get_offsets() for ax in fig.axes)
    np.testing.assert_allclose(first, z, atol=1e-6)
    np.testing.assert_allclose(last, z + 1, atol=1e-6)
    assert is_drawn(fig)


def test_the_forward_process_begins_with_the_signal() -> None:
    source = torch.Generator().manual_seed(0)
    digit, points = torch.rand(8, 8, generator=source), torch.randn(30, 2, generator=source)
    fig = draw_forward(digit, points, source)
    titles = [ax.get_title() for ax in fig.axes[:7]]
    assert titles[0] == "100 % signal"
    assert titles[-1] == "0 % signal"
    np.testing.assert_allclose(fig.axes[0].images[0].get_array(), digit, atol=1e-6)
    np.testing.assert_allclose(fig.axes[7].collections[0].get_offsets(), points, atol=1e-6)


def test_verdicts_stand_where_the_first_bad_step_is() -> None:
    found = {1: None, 2: (2, "one"), 3: (1, "nan")}
    fig = draw_verdicts(dict.fromkeys("abcdef", found))
    panel = fig.axes[0]
    drawn = {line.get_marker(): line.get_xydata().tolist() for line in panel.lines if len(line.get_xdata())}
    assert drawn == {"|": [[1, 0.5]], "s": [[2, 2]], "X": [[3, 1]]}
    assert "1 of 3" in panel.texts[0].get_text()


@pytest.mark.parametrize(("verdict", "words"), [(None, "every"), ((1, "zero"), "no")])
def test_a_panel_says_always_or_never(verdict: tuple[int, str] | None, words: str) -> None:
    found = {1: verdict, 2: verdict}
    fig = draw_verdicts(dict.fromkeys("abcdef", found))
    assert fig.axes[0].texts[0].get_text() == f"valid for {words} $N$"
    assert is_drawn(fig)
