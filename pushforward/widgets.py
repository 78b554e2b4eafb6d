"""Figures with controls. For each, one function draws (numbers to Figure) and one wires controls to the drawing.

The drawings take the reader's own functions as arguments: what moves under the sliders is the reader's work.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import ipywidgets
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pushforward.data import bend_to_moons
from pushforward.plot import BLUE, GREY, VERMILION, Picture, cloud, figure, strip

Schedule = Callable[[int], torch.Tensor]


def explorer(draw: Callable[..., Figure], alt: str, **controls: ipywidgets.ValueWidget) -> ipywidgets.VBox:
    """Controls above a picture that follows them.

    draw: takes the controls' values by name; alt: what the picture shows, with the names of controls in braces.
    """
    picture = ipywidgets.HTML()

    def rendered() -> str:
        values = {name: control.value for name, control in controls.items()}
        return Picture(draw(**values), alt.format(**values))._repr_html_()

    def redraw(change: dict[str, Any]) -> None:
        try:
            picture.value = rendered()
        except Exception as error:  # the drawing calls what the reader wrote
            picture.value = f"<p>No picture here: {type(error).__name__}: {html.escape(str(error))}</p>"

    picture.value = rendered()
    for control in controls.values():
        control.observe(redraw, names="value")
    return ipywidgets.VBox([ipywidgets.HBox(list(controls.values())), picture])


# --- 00: noise pushed to two moons -----------------------------------------------------------------------------


def push_explorer(standardise: Callable[[torch.Tensor], torch.Tensor]) -> ipywidgets.VBox:
    """A slider that pushes noise to two moons, and what the reader's `standardise` makes of every stage."""
    z = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    share = ipywidgets.FloatSlider(description="pushed", min=0, max=1, step=0.05, value=1)
    alt = "Two clouds of points: noise pushed a share of {share} of the way to two moons, and the same, standardised."
    return explorer(partial(draw_push, z=z, standardise=standardise), alt, share=share)


def draw_push(share: float, z: torch.Tensor, standardise: Callable[[torch.Tensor], torch.Tensor]) -> Figure:
    """Left, (1 − share) z + share f(z); right, the same standardised; each with its mean and standard deviations."""
    fig, (left, right) = figure(1, 2, (8, 4.5))
    x = (1 - share) * z + share * bend_to_moons(z)
    for ax, points, title in ((left, x, "pushed"), (right, standardise(x), "standardised")):
        cloud(ax, points, z[:, 0], 3, f"{title}\n{_moments(points)}")
        centre, spread = points.mean(0).tolist(), points.std(0).tolist()
        ax.errorbar(*centre, xerr=spread[0], yerr=spread[1], color="black", linewidth=2, capsize=5, marker="o")
    return fig


def _moments(x: torch.Tensor) -> str:
    pairs = (f"({a:.2f}, {b:.2f})" for a, b in (x.mean(0).tolist(), x.std(0).tolist()))
    return "mean {}, st. dev. {}".format(*pairs).replace("-0.00", "0.00")


# --- 15: schedules ---------------------------------------------------------------------------------------------


def schedule_explorer(
    schedules: Mapping[str, Schedule], alpha_bar: Callable, q_sample: Callable, x0: torch.Tensor
) -> ipywidgets.VBox:
    """Choose a schedule, its length T and a time t; see what is left of four pictures x0 (4, 8, 8)."""
    kind = ipywidgets.Dropdown(description="schedule", options=list(schedules), value="linear")
    T = ipywidgets.IntSlider(description="T", min=1, max=1000, value=1000)
    t = ipywidgets.IntSlider(description="t", min=1, max=1000, value=250)
    ipywidgets.dlink((T, "value"), (t, "max"))  # before the picture listens, so that it never sees t above T
    eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0), dtype=x0.dtype)
    draw = partial(draw_schedule, schedules=schedules, alpha_bar=alpha_bar, q_sample=q_sample, x0=x0, eps=eps)
    alt = "The {kind} schedule of length {T} with its signal-to-noise ratio, and four digits noised up to time {t}."
    return explorer(draw, alt, kind=kind, T=T, t=t)


def draw_schedule(
    kind: str,
    T: int,
    t: int,
    schedules: Mapping[str, Schedule],
    alpha_bar: Callable,
    q_sample: Callable,
    x0: torch.Tensor,
    eps: torch.Tensor,
) -> Figure:
    """beta and the signal-to-noise ratio over time, and the pictures x0 (4, 8, 8) above what is left of them at t."""
    beta = schedules[kind](T)
    kept = alpha_bar(beta)
    xt = q_sample(x0, torch.full((len(x0),), t), eps, kept)
    fig, axes = figure(2, 2, (9, 4), width_ratios=[1, 1.6])
    _over_time(axes[0, 0], beta, t, r"noise variance of each step, $\beta$")
    _over_time(axes[1, 0], 10 * torch.log10(kept / (1 - kept)), t, "signal to noise (dB)")
    axes[1, 0].set(xlabel="time", ylim=(-65, 45), yticks=[-60, -40, -20, 0, 20, 40])
    axes[1, 0].axhline(0, color=GREY, linewidth=0.8)
    strip(axes[0, 1], x0, "$x_0$")
    strip(axes[1, 1], xt, f"$x_t$ at $t = {t}$, {_share(float(kept[t - 1]))}")
    return fig


def _over_time(ax: Axes, values: torch.Tensor, t: int, label: str) -> None:
    ax.plot(range(1, len(values) + 1), values, color=BLUE, marker="." if len(values) < 30 else None)
    ax.axvline(t, color=VERMILION, linewidth=1.2)
    ax.set_xlim(0, len(values) + 1)
    ax.set_title(label, loc="left")


def _share(alpha_bar: float) -> str:
    """What the roots need to know."""
    if alpha_bar < 0:
        return r"$\bar\alpha_t < 0$: no real root"
    if alpha_bar > 1:
        return r"$1 - \bar\alpha_t < 0$: no real root"
    return rf"$\bar\alpha_t = {alpha_bar:.3f}$"
