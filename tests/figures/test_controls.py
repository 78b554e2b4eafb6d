"""Controls above a picture: it follows them, keeps its place, and shows what the reader has written by now."""

from functools import partial
from types import SimpleNamespace

import ipywidgets
import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from pushforward.figures.controls import HELP, Frames, choice, ends_at, explorer, rounded, slider, titles
from pushforward.figures.style import Picture, figure


@pytest.fixture(autouse=True)
def _style_of_ones_own():
    with matplotlib.rc_context():
        yield


def draw_level(level: int) -> Figure:
    if level == 2:
        raise ValueError("two is < three")
    fig, ax = figure()
    ax.axhline(level)
    ax.set_title(rf"$\alpha = {level}$")
    return fig


def level() -> ipywidgets.ValueWidget:
    return slider("level", 0, 3)


def test_the_picture_and_its_words_follow_the_control() -> None:
    control = level()
    _, picture = explorer(draw_level, "A line at {level}.", level=control).children
    before = picture.value
    assert 'alt="A line at 0. alpha = 0."' in before
    control.value = 1
    assert picture.value != before
    assert 'alt="A line at 1. alpha = 1."' in picture.value
    assert picture.value.endswith(HELP)


def test_an_error_under_the_control_is_told_and_gone_when_the_control_moves_on() -> None:
    control = level()
    _, picture = explorer(draw_level, "a line at {level}", level=control).children
    control.value = 2
    assert "ValueError: two is &lt; three" in picture.value
    control.value = 3
    assert "<img" in picture.value


def test_an_error_in_the_first_picture_reaches_the_notebook() -> None:
    with pytest.raises(ValueError, match="two"):
        explorer(draw_level, "", level=ipywidgets.IntSlider(value=2))


# --- frames -------------------------------------------------------------------------------------------------


def two(label: str) -> Figure:
    fig, axes = figure(1, 2)
    axes[0].set_ylabel(label)
    axes[0].plot([0, 1])
    return fig


def test_what_was_laid_out_for_the_first_picture_serves_the_next() -> None:
    frames, first, second = Frames(), two("y"), two("y")
    frames.picture(first, "")
    frames.picture(second, "")
    assert second.get_layout_engine() is None or not second.get_layout_engine().adjust_compatible
    for ours, settled in zip(second.axes, first.axes, strict=True):
        np.testing.assert_allclose(ours.get_position().bounds, settled.get_position().bounds)


def test_a_picture_in_motion_is_as_wide_on_the_page_as_one_at_rest() -> None:
    frames = Frames()
    pictures = [frames.picture(two("y"), ""), frames.picture(two("y"), ""), Picture(two("y"), "")]
    assert len({picture.width for picture in pictures}) == 1
    assert len(pictures[1].png) < len(pictures[2].png)


def test_a_drawing_with_other_axes_is_laid_out_anew() -> None:
    frames = Frames()
    frames.picture(draw_level(0), "")
    fig = two("y")
    frames.picture(fig, "")
    assert fig.get_layout_engine() is not None
    assert fig.axes[0].get_position().x1 < fig.axes[1].get_position().x0


# --- controls -----------------------------------------------------------------------------------------------


def test_sliders_are_wide_on_a_wide_page_and_fit_a_narrow_one() -> None:
    for control in (slider("a", 0, 3), slider("b", 0, 1, 0.1), choice("c", ["x", "y"])):
        assert int(control.layout.width.removesuffix("px")) >= 300
        assert control.layout.max_width == "100%"
    row, _ = explorer(draw_level, "", level=level()).children
    assert row.layout.flex_flow == "row wrap"


def test_whole_ends_and_steps_make_whole_numbers() -> None:
    assert isinstance(slider("a", 0, 3, value=2), ipywidgets.IntSlider)
    assert slider("a", 0, 3, value=2).value == 2
    assert isinstance(slider("a", 0, 3, 0.5), ipywidgets.FloatSlider)
    assert slider("a", 1, 3, 0.5).value == 1
    assert choice("c", {"x": 1, "y": 2}, "y").value == "y"


def test_an_inner_control_comes_back_to_where_it_was_set() -> None:
    t, T = slider("t", 1, 1000, value=250), slider("T", 1, 1000, value=1000)
    ends_at(t, T)
    T.value = 50
    assert (t.max, t.value) == (50, 50)
    T.value = 1000
    assert (t.max, t.value) == (1000, 250)
    T.value, t.value, T.value = 100, 7, 1000
    assert t.value == 7


# --- what the reader has written ----------------------------------------------------------------------------


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The names of a notebook that runs."""
    found: dict = {}
    monkeypatch.setattr("pushforward.figures.controls.in_a_notebook", lambda: True)
    monkeypatch.setattr("pushforward.figures.controls.shell", lambda: SimpleNamespace(user_ns=found))
    return found


def own(height: float):
    def height_of(level: int) -> float:
        return level + height

    height_of.__module__ = "__main__"
    return height_of


def draw_height(level: int, height_of) -> Figure:
    return draw_level(height_of(level))


def test_a_corrected_answer_shows_at_the_next_move(names: dict) -> None:
    names["height_of"] = own(10)
    control = level()
    draw = partial(draw_height, height_of=names["height_of"])
    _, picture = explorer(draw, "", level=control).children
    assert "alpha = 10." in picture.value
    names["height_of"] = own(20)
    control.value = 1
    assert "alpha = 21." in picture.value


def test_a_name_that_is_gone_or_something_else_by_now_leaves_the_function(names: dict) -> None:
    names["height_of"] = first = own(10)
    control = level()
    _, picture = explorer(partial(draw_height, height_of=first), "", level=control).children
    names["height_of"] = 3
    control.value = 1
    assert "alpha = 11." in picture.value
    del names["height_of"]
    control.value = 3
    assert "alpha = 13." in picture.value


# --- words --------------------------------------------------------------------------------------------------


def test_numbers_in_the_words_are_rounded() -> None:
    assert [rounded(v) for v in (0.1 + 0.2, 3, "linear", (0.30000000004, 1))] == ["0.3", 3, "linear", "0.3 to 1"]


def test_titles_are_read_without_the_marks_of_formulas() -> None:
    fig, axes = figure(1, 2)
    axes[0].set_title(r"$\mathrm{KL} = 0.5$", loc="left")
    assert titles(fig) == "KL = 0.5."
