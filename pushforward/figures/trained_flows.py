"""The pictures of notebook 04, first half: what a flow on two moons learns and does to the plane, what a bridge costs.

Drawings are pure functions from numbers, flows and log densities to a Figure. `layers_explorer` adds controls to one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREY, ORDER, SKY, VERMILION, cloud, figure, on_cpu
from pushforward.flows import Chain
from pushforward.measuring.shapes import log_p_moons

LogP = Callable[[torch.Tensor], torch.Tensor]
WINDOW = (-1.6, 2.6), (-1.1, 1.6)  # of all pictures with moons in them


# --- densities of the plane ------------------------------------------------------------------------------------


def best_normal(x: torch.Tensor) -> LogP:
    """The log density of the normal distribution that fits x (N, 2) best."""
    normal = torch.distributions.MultivariateNormal(x.mean(0), x.T.cov(correction=0))
    return normal.log_prob


@on_cpu
def draw_road(x: torch.Tensor) -> Figure:
    """Data (N, 2); the best normal density; the true one. Above each density: nats per point."""
    fig, axes = figure(1, 3, (9, 2.7))
    axes[0].scatter(*x.T, s=2, color=BLUE, linewidths=0, rasterized=True)
    _frame(axes[0], f"{len(x)} points")
    for ax, name, log_p in ((axes[1], "the best normal", best_normal(x)), (axes[2], "the truth", log_p_moons)):
        _heat(ax, log_p)
        _frame(ax, f"{name}: {_nats(-float(log_p(x).mean()))}")
    return fig


@on_cpu
@torch.no_grad()
def draw_found(log_ps: Mapping[str, LogP], x: torch.Tensor) -> Figure:
    """Densities side by side, with the nats that points x (N, 2) cost each of them."""
    fig, axes = figure(1, len(log_ps), (9, 2.5), squeeze=False)
    for ax, (name, log_p) in zip(axes[0], log_ps.items(), strict=True):
        _heat(ax, log_p)
        _frame(ax, f"{name}: {_nats(-float(log_p(x).mean()))}")
    return fig


def _heat(ax: Axes, log_p: LogP, cells: int = 160) -> None:
    (left, right), (low, high) = WINDOW
    across, up = torch.linspace(left, right, cells), torch.linspace(low, high, cells)
    height = log_p(torch.cartesian_prod(across, up)).reshape(cells, cells).T.exp()
    ax.imshow(height.sqrt().numpy(), origin="lower", extent=(left, right, low, high), cmap="Blues", aspect="equal")


def _frame(ax: Axes, title: str) -> None:
    ax.set(xlim=WINDOW[0], ylim=WINDOW[1], aspect="equal", xticks=[], yticks=[])
    ax.set_title(title, fontsize=10)


def _nats(nats: float) -> str:
    return f"{nats:.2f} nats".replace("-", "−")


# --- training --------------------------------------------------------------------------------------------------


@on_cpu
def draw_learning(curves: Mapping[str, Sequence[tuple[int, float]]], floor: float, chosen: int | None = None) -> Figure:
    """Losses over steps, each as (step, nats) pairs; floor: the entropy of the data; chosen: the step that was kept."""
    fig, ax = figure(size=(7, 3.2))
    for (name, curve), colour in zip(curves.items(), (SKY, VERMILION, BLUE), strict=False):
        ax.plot(*zip(*curve, strict=True), color=colour, label=name, linewidth=1.4)
    ax.axhline(floor, color="black", linewidth=1, label="entropy of the data")
    if chosen is not None:
        ax.axvline(chosen, color=GREY, linestyle="--", linewidth=1, label=f"kept: step {chosen}")
    seen = np.concatenate([[nats for _, nats in curve] for curve in curves.values()])
    ax.set(xlabel="step", ylabel="nats per point", ylim=(min(seen.min(), floor) - 0.15, min(seen.max(), floor + 2.5)))
    ax.legend(loc="upper right", fontsize=9)
    return fig


@on_cpu
def draw_depth(gaps: Mapping[int, tuple[float, float]]) -> Figure:
    """The gap to the truth over the number of layers, each with twice its standard error."""
    fig, ax = figure(size=(6, 3))
    means, errors = np.array(list(gaps.values())).T
    ax.errorbar(list(gaps), means, 2 * errors, color=BLUE, marker="o", capsize=4, linewidth=1.4)
    ax.set(xlabel="couplings", ylabel="gap in nats", xticks=list(gaps), ylim=(0, None))
    return fig


# --- what a flow does to the plane -----------------------------------------------------------------------------


@on_cpu
def layers_explorer(flow: Chain) -> ipywidgets.VBox:
    """Sliders for how many layers have acted and for the temperature, above a grid and a cloud on their way."""
    alt = "A grid of the noise and a thousand points of temperature {temperature}, after {layer} layers."
    controls = {
        "layer": slider("layer", 0, len(flow.layers), value=len(flow.layers)),
        "temperature": slider("temperature", 0.2, 1.6, 0.1, value=1.0),
    }
    return explorer(partial(draw_layers, flow=flow), alt, **controls)


@on_cpu
@torch.no_grad()
def draw_layers(layer: int, temperature: float, flow: Chain) -> Figure:
    """A grid and a cloud of noise after so many layers; every line and every point keeps its colour."""
    fig, (left, right) = figure(1, 2, (8, 3.8))
    lines, z = _lines(), temperature * torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    both = torch.cat([lines.reshape(-1, 2), z]).to(next(flow.parameters()).device)
    for step in list(flow.layers)[:layer]:
        both = step(both)[0]
    grid, x = both.cpu().split([len(both) - len(z), len(z)])
    for k, line in enumerate(grid.reshape(lines.shape)):
        left.plot(*line.T, color=ORDER(k / 16) if k < 17 else "#BDBDBD", linewidth=0.8)
    limit = 3.2 if layer < len(flow.layers) else 2.6
    left.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xticks=[], yticks=[])
    left.set_title(f"the grid after {layer} layers")
    cloud(right, x, z[:, 0], limit, f"points, T = {temperature:g}")
    return fig


def _lines(reach: float = 2.4, n: int = 17, fine: int = 161) -> torch.Tensor:
    """(2 n, fine, 2): lines of equal z_1, then lines of equal z_2."""
    along = torch.linspace(-reach, reach, fine)
    upright = [torch.stack([torch.full_like(along, edge), along], 1) for edge in torch.linspace(-reach, reach, n)]
    return torch.stack([*upright, *(line.flip(1) for line in upright)])


# --- a walk across the bridge ----------------------------------------------------------------------------------


@on_cpu
def draw_walk(walk: Mapping[str, torch.Tensor], log_p: LogP) -> Figure:
    """A straight way through the noise: where it leads in the plane, and which part of log p changes on it.

    walk: x (n, 2), log_base, ladj and steepest (n,): log |det ∂x/∂z| and the logarithm of the largest stretch.
    """
    fig, (plane, along) = figure(1, 2, (9, 3.2))
    with torch.no_grad():
        _heat(plane, log_p)
    plane.plot(*walk["x"].T, color=VERMILION, linewidth=1.4)
    _frame(plane, "a straight way through the noise, mapped")
    t = torch.linspace(0, 1, len(walk["x"]))
    along.plot(t, walk["log_base"], color=GREY, label=r"$\log \mathcal{N}(z; 0, I)$")
    along.plot(t, walk["ladj"], color=VERMILION, label=r"$\log|\det \partial x/\partial z|$")
    along.plot(t, walk["steepest"], "--", color=SKY, label="log of the largest stretch")
    along.plot(t, walk["log_base"] - walk["ladj"], color=BLUE, label=r"$\log p(x)$")
    along.set(xlabel="share of the way", ylabel="nats")
    along.legend(fontsize=8)
    return fig
