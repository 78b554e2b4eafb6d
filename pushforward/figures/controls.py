"""Controls above a picture that follows them, quick enough to be dragged.

What the layout engine found for the first picture serves those that follow, and a picture in motion has fewer dots
and is packed lightly.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from pushforward.answering.shell import in_a_notebook, shell
from pushforward.figures.style import Picture

HELP = "<br><small>Drag a slider, move it with the arrow keys, or click its number and type another.</small>"
# ipywidgets gives a slider's handle no name that a screen reader could say; its label stands beside it.
NAMED = (
    "this.closest('.widget-vbox').querySelectorAll('.widget-slider').forEach(s =&gt; "
    "s.querySelectorAll('[role=slider]').forEach((h, i, all) =&gt; h.setAttribute('aria-label', "
    "s.querySelector('.widget-label').textContent + (all.length == 2 ? [', from', ', to'][i] : ''))))"
)
DPI_IN_MOTION = 110  # a little more than a plain screen shows
WIDE = {"width": "400px", "max_width": "100%"}


def explorer(draw: Callable[..., Figure], alt: str, **controls: ipywidgets.ValueWidget) -> ipywidgets.VBox:
    """Controls above a picture that follows them.

    draw: takes the controls' values by name; functions that it carries along as a partial are looked up again for each
    picture, so that the reader's corrected answer shows at once. alt: what the picture shows, with the names of
    controls in braces; what the titles in the picture say is added, since the numbers stand there.
    """
    picture, frames = ipywidgets.HTML(), Frames()

    def rendered() -> str:
        values = {name: control.value for name, control in controls.items()}
        words = alt.format(**{name: rounded(value) for name, value in values.items()})
        fig = latest(draw)(**values)
        page = frames.picture(fig, f"{words} {titles(fig)}".strip())._repr_html_()
        return page.replace("<img ", f'<img onload="{NAMED}" ', 1) + HELP

    def redraw(change: dict[str, Any]) -> None:
        try:
            picture.value = rendered()
        except Exception as error:  # the drawing calls what the reader wrote
            picture.value = f"<p>No picture here: {type(error).__name__}: {html.escape(str(error))}</p>"

    picture.value = rendered()
    for control in controls.values():
        control.observe(redraw, names="value")
    row = ipywidgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([row, picture])


def slider(name: str, low: float, high: float, step: float = 1, value: float | None = None) -> ipywidgets.ValueWidget:
    """A slider wide enough to be set with care; of whole numbers if its ends and its step are."""
    whole = all(isinstance(number, int) for number in (low, high, step))
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return kind(description=name, min=low, max=high, step=step, value=low if value is None else value, layout=WIDE)


def choice(name: str, options: Iterable[str], value: str | None = None) -> ipywidgets.Dropdown:
    """One of several words."""
    options = list(options)
    return ipywidgets.Dropdown(description=name, options=options, value=value or options[0], layout=WIDE)


def ends_at(inner: ipywidgets.IntSlider, outer: ipywidgets.IntSlider) -> None:
    """`inner` reaches no further than the value of `outer`, and comes back to where the reader set it when it may."""
    wish = {"value": inner.value, "ours": False}

    def follow(change: dict[str, Any]) -> None:
        wish["ours"] = True
        inner.max = outer.value
        inner.value = min(wish["value"], outer.value)
        wish["ours"] = False

    def remember(change: dict[str, Any]) -> None:
        if not wish["ours"]:
            wish["value"] = change["new"]

    inner.observe(remember, names="value")
    outer.observe(follow, names="value")


class Frames:
    """Pictures of one drawing, one after the other."""

    def __init__(self) -> None:
        self._places: list[Any] = []  # of the axes, as the layout engine set them for the first picture

    def picture(self, fig: Figure, alt: str) -> Picture:
        """The figure as a picture. As long as its axes are as many as before, they stay where they are."""
        settled = len(self._places) == len(fig.axes)
        if settled:
            fig.set_layout_engine("none")
            for ax, place in zip(fig.axes, self._places, strict=True):
                ax.set_position(place)
        png = _drawn_once(fig)
        if not settled:
            self._places = [ax.get_position(original=True) for ax in fig.axes]
        return Picture(fig, alt, png)


def _drawn_once(fig: Figure) -> bytes:
    """The figure as a picture. (savefig would draw twice: first without a pen, for the layout.)"""
    fig.set_dpi(DPI_IN_MOTION)
    canvas, stream = FigureCanvasAgg(fig), io.BytesIO()
    canvas.draw()
    imsave(stream, np.asarray(canvas.buffer_rgba())[..., :3], format="png", pil_kwargs={"compress_level": 1})
    return stream.getvalue()


def latest(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """The same drawing with the functions that it carries along as they stand in the notebook now."""
    if not isinstance(draw, partial) or not in_a_notebook():
        return draw
    names = shell().user_ns
    keywords = {name: _latest(value, names) for name, value in draw.keywords.items()}
    return partial(draw.func, *(_latest(value, names) for value in draw.args), **keywords)


def _latest(value: Any, names: dict[str, Any]) -> Any:
    """A function or class of the notebook by its name; anything else as it is."""
    if getattr(value, "__module__", None) != "__main__":
        return value
    found = names.get(getattr(value, "__name__", ""))
    return found if callable(found) else value


def titles(fig: Figure) -> str:
    """What stands above the axes, one after the other, without the marks of formulas."""
    words = (ax.get_title(loc=place) for ax in fig.axes for place in ("left", "center", "right"))
    plain = (" ".join(re.sub(r"[$\\]|mathrm|[{}]", "", text).split()) for text in words)
    return " ".join(f"{text}." for text in plain if text)


def rounded(value: Any) -> Any:
    """A number to three places, for the words of a picture; a pair as its two numbers."""
    if isinstance(value, float):
        return str(round(value, 3))
    return " to ".join(str(rounded(part)) for part in value) if isinstance(value, tuple) else value
