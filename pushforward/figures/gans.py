"""The pictures of notebook 10: what the best discriminator sees, and where gradients come from.

Drawings are pure functions from numbers, and from the reader's own functions, to a Figure. `shift_explorer` adds
controls to one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, figure, on_cpu, strip

Function = Callable[[torch.Tensor], torch.Tensor]
Step = Callable[[torch.Tensor, torch.Tensor, float], tuple[torch.Tensor, torch.Tensor]]


def normal(x: torch.Tensor, mu: float, sigma: float) -> torch.Tensor:
    """The density of N(mu, sigma²)."""
    return torch.exp(-(((x - mu) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))


# --- the opening picture ---------------------------------------------------------------------------------------


def divergence_on_grid(x: torch.Tensor, p: torch.Tensor, q: torch.Tensor) -> float:
    """JSD of two densities on an even grid x, by the trapezoidal rule."""
    m = (p + q) / 2
    both = torch.xlogy(p, p) - torch.xlogy(p, m) + torch.xlogy(q, q) - torch.xlogy(q, m)
    return float(torch.trapezoid(both, x)) / 2


@on_cpu
def draw_game(models: Sequence[tuple[str, float, float]]) -> Figure:
    """The data (two hills), a model N(mu, sigma²) for each (title, mu, sigma), the best discriminator, and the JSD."""
    fig, axes = figure(2, len(models), (9.4, 4.4), sharex=True, sharey="row")
    x = torch.linspace(-5, 5, 2001, dtype=torch.float64)
    p = (normal(x, -1.0, 0.7) + normal(x, 1.2, 0.7)) / 2
    for column, (title, mu, sigma) in zip(axes.T, models, strict=True):
        q = normal(x, mu, sigma)
        column[0].fill_between(x, p, color=BLUE, alpha=0.35, linewidth=0, label="data $p^*$")
        column[0].plot(x, q, "--", color=VERMILION, label=r"model $p_\theta$")
        column[0].set(title=f"{title}\nJSD {divergence_on_grid(x, p, q):.3f}", yticks=[])
        column[1].plot(x, p / (p + q), color="black", label="$D^*$")
        column[1].axhline(0.5, color=GREY, linewidth=0.8)
        column[1].set(ylim=(-0.05, 1.05), xlabel="$x$", yticks=[0, 0.5, 1])
    axes[0, -1].legend(loc="upper right", fontsize=9)
    axes[1, 0].set_ylabel("$D^*(x)$")
    return fig


# --- two intervals that move apart -----------------------------------------------------------------------------


@on_cpu
def shift_explorer(jsd_of_shift: Callable, w1_of_shift: Callable) -> ipywidgets.VBox:
    """Sliders for the shift and the width of two intervals; both distances and their slopes follow."""
    delta = slider("shift", -4, 4, 0.1, value=0.7)
    width = slider("width", 0.5, 2, 0.1, value=1)
    alt = (
        "Left: two intervals of width {width}, one shifted by {shift}. Right: JSD and W1 as functions of the shift, "
        "with the slope at {shift} as a short line."
    )
    draw = partial(draw_shift, jsd_of_shift=jsd_of_shift, w1_of_shift=w1_of_shift)
    return explorer(draw, alt, shift=delta, width=width)


@on_cpu
def draw_shift(shift: float, width: float, jsd_of_shift: Callable, w1_of_shift: Callable) -> Figure:
    """U(0, width) and U(shift, shift + width); JSD and W₁ over all shifts, with the reader's slopes at this one."""
    fig, (left, middle, right) = figure(1, 3, (9.4, 3.2))
    left.bar([width / 2], [1 / width], width, color=BLUE, alpha=0.4, label="data")
    left.bar([shift + width / 2], [1 / width], width, fill=False, edgecolor=VERMILION, hatch="//", label="model")
    left.set(xlim=(-4.2, 6.2), ylim=(0, 2.6), xlabel="$x$", yticks=[])
    left.legend(loc="upper center", ncols=2, fontsize=9)
    for ax, distance, colour, name in ((middle, jsd_of_shift, BLUE, "JSD"), (right, w1_of_shift, GREEN, "$W_1$")):
        _curve(ax, distance, shift, width, colour, name)
    return fig


def _curve(ax: Axes, distance: Callable, shift: float, width: float, colour: str, name: str) -> None:
    grid = torch.linspace(-4, 4, 161, dtype=torch.float64)
    ax.plot(grid, distance(grid, width).detach(), color=colour)
    here = torch.tensor([shift], dtype=torch.float64, requires_grad=True)
    value = distance(here, width)
    slope = float(torch.autograd.grad(value.sum(), here)[0])
    height = value.item()
    ax.plot([shift - 0.6, shift + 0.6], [height - 0.6 * slope, height + 0.6 * slope], color=ORANGE, linewidth=3)
    ax.plot([shift], [height], "o", color="black")
    ax.set(title=f"{name} = {height:.3f}, slope {slope:.3f}", xlabel=r"shift $\delta$")


# --- gradients and orbits --------------------------------------------------------------------------------------


@on_cpu
def draw_gradients(generator_gradients: Callable) -> Figure:
    """The size of both gradients over the logit, with D on a second scale below."""
    fig, ax = figure(1, 1, (6.6, 3.4))
    logit = torch.linspace(-8, 4, 241, dtype=torch.float64)
    found = generator_gradients(logit)
    ax.plot(logit, found["saturating"].abs(), color=VERMILION, label=r"$\frac{1}{2}\log(1 - D)$")
    ax.plot(logit, found["non_saturating"].abs(), "--", color=BLUE, label=r"$-\log D$")
    ax.axvspan(-8, -3, color=GREY, alpha=0.15, linewidth=0)
    ax.text(-7.8, 0.5, "early in training", color="#444444")
    ax.set(xlabel="logit $l$ of a generated point", ylabel="size of the gradient")
    ax.legend(loc="center right")
    return fig


@on_cpu
def draw_orbits(steps: Mapping[str, Step], eta: float, turns: int = 60) -> Figure:
    """The paths of (x, y) from (1, 0) for each kind of step, with the distance from the equilibrium below."""
    fig, axes = figure(1, len(steps), (9.4, 3.4), sharex=True, sharey=True)
    for ax, (name, step) in zip(axes, steps.items(), strict=True):
        path = [(torch.tensor(1.0), torch.tensor(0.0))]
        for _ in range(turns):
            path.append(step(*path[-1], eta))
        x, y = torch.tensor([[float(v) for v in point] for point in path]).T
        ax.plot(x, y, ".-", color=BLUE, linewidth=0.8, markersize=4)
        ax.plot([0], [0], "+", color="black", markersize=10)
        ax.plot(x[-1:], y[-1:], "o", color=VERMILION)
        ax.set(
            title=f"{name}\nends at distance {float(torch.hypot(x[-1], y[-1])):.2f}", xlim=(-2.2, 2.2), ylim=(-2.2, 2.2)
        )
        ax.set_aspect("equal")
    return fig


# --- the ring --------------------------------------------------------------------------------------------------


@on_cpu
def draw_ring(real: torch.Tensor, stages: Mapping[str, torch.Tensor]) -> Figure:
    """The data (N, 2) in grey under what the generator makes (M, 2) at each stage."""
    fig, axes = figure(1, len(stages), (2.3 * len(stages), 2.6), sharex=True, sharey=True)
    for ax, (title, made) in zip(axes, stages.items(), strict=True):
        ax.scatter(*real.T, s=2, color="#BBBBBB", linewidths=0, rasterized=True)
        ax.scatter(*made.T, s=3, color=VERMILION, linewidths=0, rasterized=True)
        ax.set(title=title, xticks=[], yticks=[], xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
    return fig


# --- digits, and flows as generators ---------------------------------------------------------------------------


@on_cpu
def draw_digits(rows: Mapping[str, torch.Tensor]) -> Figure:
    """A row of pictures (n, 8, 8), levels 0 … 16, under each title."""
    fig, axes = figure(len(rows), 1, (9.4, 1.2 * len(rows)))
    for ax, (title, pictures) in zip(axes, rows.items(), strict=True):
        strip(ax, pictures / 8 - 1, title)
    return fig


@on_cpu
def draw_flows(made: Mapping[str, torch.Tensor], excess: Mapping[str, torch.Tensor]) -> Figure:
    """What each flow makes (M, 2); and which share of unseen data costs more than so many nats above the truth.

    excess: log p*(x) − log p(x) for each unseen x, (N,), by the same names.
    """
    fig, axes = figure(1, len(made) + 1, (2.6 * (len(made) + 1), 2.9))
    for ax, (title, x) in zip(axes, made.items(), strict=False):
        ax.scatter(*x.T, s=2, color=VERMILION, linewidths=0, rasterized=True)
        ax.set(title=title, xticks=[], yticks=[], xlim=(-1.5, 2.5), ylim=(-1.1, 1.6), aspect="equal")
    share = axes[-1]
    for (title, nats), colour, dash in zip(excess.items(), (BLUE, VERMILION, GREEN), ("-", "--", ":"), strict=False):
        ordered = nats.sort(descending=True).values.clamp(min=1e-3)
        share.plot(ordered, torch.arange(1, len(ordered) + 1) / len(ordered), dash, color=colour, label=title)
    share.set(
        xscale="log", yscale="log", xlim=(0.1, None), xlabel="nats above the truth", ylabel="share of unseen points"
    )
    share.legend(loc="lower left", fontsize=8)
    return fig
