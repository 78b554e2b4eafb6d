"""Drawings of notebook 04's digits: spikes on whole numbers, the ladder of models, and what they make up."""

from __future__ import annotations

import math
from collections.abc import Mapping

import ipywidgets
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch.special import ndtr

from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREY, SKY, VERMILION, figure, on_cpu, strip

SHARES = torch.tensor([0.05, 0.5, 0.2, 0.0, 0.25], dtype=torch.float64)  # of the levels 0 … 4 of one pixel
D = 64


# --- one pixel -------------------------------------------------------------------------------------------------


def log_spikes(x: torch.Tensor, width: float) -> torch.Tensor:
    """log q(x), q a normal of that standard deviation in the middle of each level's bin, with the level's share."""
    away = (x[..., None] - torch.arange(len(SHARES)) - 0.5) / width
    each = SHARES.log() - 0.5 * away**2 - math.log(width * math.sqrt(2 * math.pi))
    return each.logsumexp(-1)


def prices(width: float) -> dict[str, float]:
    """Nats per pixel: −log q on the sharp levels, its mean over the bins, and what the bins' masses honestly cost."""
    middles = torch.arange(len(SHARES)) + 0.5
    u = (torch.arange(400, dtype=torch.float64) + 0.5) / 400
    ends = torch.arange(len(SHARES) + 1)[:, None] - middles
    mass = (SHARES * ndtr(ends / width).diff(dim=0)).sum(1)
    seen = SHARES > 0
    return {
        "sharp": -float(SHARES @ log_spikes(middles, width)),
        "spread": -float(SHARES @ log_spikes(middles[:, None] - 0.5 + u, width).mean(1)),
        "honest": -float(SHARES[seen] @ mass[seen].log()),
    }


def spikes_explorer() -> ipywidgets.VBox:
    """A slider for the width of the spikes, on a scale of tens."""
    alt = (
        "A density with a hill of width 10 to the {power} on each of four levels, drawn over the levels' bins; beside "
        "it, over the width, the nats of the sharp levels, of the spread ones, and of the bins' masses."
    )
    return explorer(draw_spikes, alt, power=slider("power", -2.0, 0.0, 0.05, value=-0.5))


@on_cpu
def draw_spikes(power: float) -> Figure:
    """Left: the density of width 10^power over the bins; right: three prices over the width."""
    fig, (left, right) = figure(1, 2, (9.4, 3.5))
    _hills(left, 10**power)
    _prices(right, power)
    return fig


def _hills(ax: Axes, width: float) -> None:
    middles = torch.arange(len(SHARES)) + 0.5
    x = torch.cat([k + torch.linspace(0, 1, 201, dtype=torch.float64) for k in range(len(SHARES))])
    ax.bar(
        middles.tolist(),
        SHARES.tolist(),
        width=1,
        color=SKY,
        alpha=0.4,
        edgecolor="white",
        label="shares of the levels",
    )
    ax.plot(x, log_spikes(x, width).exp(), color=BLUE, label="density")
    ax.set(xlabel="$x$", xlim=(0, len(SHARES)), ylim=(0, None), title=f"hills of width {width:.3g}")
    ax.legend(loc="upper right")


def _prices(ax: Axes, power: float) -> None:
    powers, now = torch.linspace(-2, 0, 81, dtype=torch.float64), prices(10**power)
    found = [prices(10**p) for p in powers.tolist()]
    for name, (colour, dash) in {"sharp": (VERMILION, "-"), "spread": (BLUE, "-"), "honest": (GREY, "--")}.items():
        ax.plot(powers, [costs[name] for costs in found], dash, color=colour, label=name)
        ax.plot(power, now[name], "o", color=colour, clip_on=True)
    told = ", ".join(f"{name} {cost:.2f}" for name, cost in now.items())
    ax.set(xlabel="power", ylim=(-4, 6), title=f"nats: {told}")
    ax.legend(loc="upper right")


# --- all models ------------------------------------------------------------------------------------------------


@on_cpu
def draw_rungs(nats: Mapping[str, float], flows: int) -> Figure:
    """A bar for each model, nats per picture below and bits per dimension above; the last so many are flows."""
    fig, ax = figure(1, 1, (9.2, 0.5 + 0.45 * len(nats)))
    colours = [GREY] * (len(nats) - flows) + [BLUE] * flows
    bars = ax.barh(list(nats), list(nats.values()), color=colours, height=0.62)
    ax.bar_label(bars, [f"{value:.1f}" for value in nats.values()], padding=4)
    ax.invert_yaxis()
    ax.set(xlabel="nats per picture", xlim=(0, 1.08 * max(nats.values())))
    scale = D * math.log(2)
    ax.secondary_xaxis("top", functions=(lambda n: n / scale, lambda b: b * scale)).set_xlabel("bits per dimension")
    return fig


@on_cpu
def draw_made(rows: Mapping[str, torch.Tensor]) -> Figure:
    """A strip of pictures (n, 8, 8), levels 0 … 16, for each name."""
    fig, axes = figure(len(rows), 1, (8.2, 1.15 * len(rows)), squeeze=False)
    for ax, (name, pictures) in zip(axes[:, 0], rows.items(), strict=True):
        strip(ax, pictures / 8 - 1, name)
    return fig
