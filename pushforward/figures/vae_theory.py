"""The pictures of notebook 08 from the linear VAE on: a known optimum, aggregate posteriors, two priors, ladders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure

from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, figure, on_cpu, strip

_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # behind words that stand on a drawing

# --- the linear VAE ----------------------------------------------------------------------------------------------


@on_cpu
def draw_spectrum(
    variances: torch.Tensor, scales: Mapping[float, int], angles: torch.Tensor, gaps: Sequence[float]
) -> Figure:
    """Left: variances (D,) of the data by direction, and for each scale s of the noise a line at s² with the number of
    directions above it. Right: what turning two latents by an angle (degrees) costs, in nats.
    """  # fmt: skip
    fig, (left, right) = figure(1, 2, (9.4, 3.6), width_ratios=[1.4, 1])
    left.bar(np.arange(1, len(variances) + 1), np.asarray(variances), color=SKY, width=0.8)
    for (s, active), colour in zip(scales.items(), (BLUE, ORANGE, VERMILION), strict=False):
        left.axhline(s**2, color=colour, linestyle="--")
        left.text(
            len(variances) + 0.5,
            1.12 * s**2,
            f"$s = {s:g}$: {active} above",
            color=colour,
            ha="right",
            va="bottom",
            bbox=_PAPER,
        )
    left.set(yscale="log", xlabel="principal direction", ylabel="variance", ylim=(2e-3, 1.5))
    right.plot(angles, gaps, color=BLUE)
    right.set(xlabel="turned by (degrees)", ylabel="gap (nats)", xticks=[0, 45, 90, 135, 180], ylim=(0, None))
    return fig


@on_cpu
def draw_linear_training(steps: Sequence[int], lost: Mapping[str, Sequence[float]], alike: torch.Tensor) -> Figure:
    """Left: for each part of the loss (by name) the nats it still lacks, over the steps. Right: how far each learnt
    column (a row of `alike`) points in each principal direction, from 0 (white) to 1.
    """
    fig, (left, right) = figure(1, 2, (9.4, 3.6), width_ratios=[1.3, 1])
    for (name, nats), dash, colour in zip(lost.items(), ("-", "--"), (BLUE, VERMILION), strict=True):
        left.plot(steps, np.clip(nats, 1e-5, None), dash, color=colour, label=name)
    left.set(yscale="log", xlabel="step", ylabel="nats short of the optimum", ylim=(1e-4, 200))
    left.legend()
    right.imshow(np.asarray(alike), cmap="Blues", vmin=0, vmax=1)
    ticks = range(0, alike.shape[1], 5)
    right.set(xticks=ticks, xticklabels=[k + 1 for k in ticks], xlabel="principal direction", ylabel="learnt column")
    right.set(yticks=range(0, len(alike), 5), yticklabels=[k + 1 for k in range(0, len(alike), 5)])
    return fig


# --- the aggregate posterior -------------------------------------------------------------------------------------


@on_cpu
def draw_aggregate(
    ticks: torch.Tensor,
    log_p: torch.Tensor,
    log_q: torch.Tensor,
    shown: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
) -> Figure:
    """Maps of prior and aggregate posterior over a plane of codes, and what is decoded at marked places of it.

    ticks (n,): of both axes; log_p, log_q (n, n): rows are the second coordinate; shown: name -> places (k, 2) and
    pictures (k, 8, 8), values −1 … 1, for two names.
    """
    fig, axes = figure(2, 3, (9.6, 4.1), width_ratios=[1, 1, 1.15])
    grid = axes[0, 0].get_gridspec()
    for row in axes:
        for ax in row[:2]:
            ax.remove()
    top, limits = float(max(log_p.max(), log_q.max())), (float(ticks[0]), float(ticks[-1]))
    for column, (log_density, title) in enumerate(((log_p, "prior $p(z)$"), (log_q, "aggregate posterior $q(z)$"))):
        ax = fig.add_subplot(grid[:, column])
        ax.imshow(
            np.exp(np.asarray(log_density)),
            origin="lower",
            extent=(*limits, *limits),
            cmap="Blues",
            vmin=0,
            vmax=np.exp(top),
        )
        for (places, _), mark in zip(shown.values(), _MARKS, strict=True):
            ax.plot(*np.asarray(places).T, **mark)
        ax.set(title=title, xlabel="$z_1$", ylabel="$z_2$" if column == 0 else "")
    for ax, (name, (_, pictures)), mark in zip(axes[:, 2], shown.items(), _MARKS, strict=True):
        strip(ax, pictures, name)
        ax.title.set_color(mark["color"])
    return fig


_MARKS = (
    {"marker": "x", "color": VERMILION, "markersize": 8, "markeredgewidth": 2, "linestyle": ""},
    {"marker": "o", "color": GREEN, "markersize": 6, "markerfacecolor": "none", "linestyle": ""},
)


def holes(ticks: torch.Tensor, log_p: torch.Tensor, log_q: torch.Tensor, many: int, apart: float = 0.8) -> torch.Tensor:
    """(many, 2): places near the prior's centre where q has least of what p promises, some way apart."""
    second, first = torch.meshgrid(ticks, ticks, indexing="ij")
    places = torch.stack([first, second], -1).flatten(0, 1)
    lack = (log_p - log_q).flatten().masked_fill(places.norm(dim=1) > 2, -torch.inf)
    found: list[torch.Tensor] = []
    while len(found) < many:
        found.append(places[lack.argmax()])
        lack = lack.masked_fill((places - found[-1]).norm(dim=1) < apart, -torch.inf)
    return torch.stack(found)


# --- two priors, one model ---------------------------------------------------------------------------------------


@on_cpu
def draw_two_priors(losses: Mapping[str, Sequence[float]], window: int = 50) -> Figure:
    """Left: the standard normal and the log-normal, with the same shares of mass between lines that join them. Right:
    the losses of two trainings, each a mean over some steps.
    """
    fig, (left, right) = figure(1, 2, (9.4, 3.5))
    u = np.linspace(-2.4, 2.4, 300)
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    left.fill_between(u, 2.2, 2.2 + density, color=SKY)
    left.fill_between(np.exp(u), -density / np.exp(u), 0, color=ORANGE)
    for quantile in np.linspace(-2.1, 2.1, 15):
        left.plot([quantile, np.exp(quantile)], [2.2, 0], color=GREY, linewidth=0.8)
    left.text(-2.7, 2.55, "$u$ normal", ha="left")
    left.text(4.2, -0.45, "$z = e^u$ log-normal", ha="left")
    left.set(xlim=(-2.8, 9), yticks=[], xlabel="$u$, and $z$")
    left.spines["left"].set_visible(False)
    for (name, values), dash, colour in zip(losses.items(), ("-", "--"), (BLUE, VERMILION), strict=True):
        smooth = np.convolve(values, np.ones(min(window, len(values))) / min(window, len(values)), "valid")
        right.plot(np.arange(len(smooth)) + len(values) - len(smooth), smooth, dash, color=colour, label=name)
        right.set_ylim(85, max(130, float(smooth.min()) + 30))
    right.set(xlabel="step", ylabel="NELBO (nats)")
    right.legend()
    return fig


# --- ladders -----------------------------------------------------------------------------------------------------


@on_cpu
def draw_ladder(
    cov: torch.Tensor, draws: Mapping[str, torch.Tensor], bills: Mapping[str, Mapping[str, float]]
) -> Figure:
    """Left: a posterior with covariance cov (2, 2) around 0 as an ellipse at two deviations, and draws (n, 2) of two q.
    Right: for each trained model (by name) what its terms cost, as bars beside each other.
    """
    fig, (left, right) = figure(1, 2, (9.4, 3.8), width_ratios=[1, 1.3])
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = 2 * np.linalg.cholesky(np.asarray(cov, dtype=float)) @ np.stack([np.cos(turn), np.sin(turn)])
    for (name, points), colour, mark in zip(draws.items(), (VERMILION, BLUE), "x.", strict=True):
        left.plot(*np.asarray(points).T, mark, color=colour, markersize=4, label=name)
    left.plot(*ring, color="black", label="posterior, two deviations")
    left.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
    left.legend(fontsize=9, loc="upper right")
    for k, ((name, terms), colour) in enumerate(zip(bills.items(), (VERMILION, BLUE), strict=True)):
        places = np.arange(len(terms)) + 0.4 * k - 0.2
        bars = right.bar(places, list(terms.values()), 0.38, color=colour, label=name)
        right.bar_label(bars, fmt="%.1f", fontsize=9)
    right.axhline(0, color=GREY, linewidth=0.8)
    right.set(xticks=range(len(terms)), xticklabels=list(terms), ylabel="nats per picture")
    right.margins(y=0.15)
    right.legend()
    return fig
