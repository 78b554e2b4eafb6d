"""The pictures of notebook 02: what becomes of mass, cells and clouds under a map.

Drawings are pure functions from numbers, and from the reader's own functions, to a Figure. `stretch_explorer` adds
controls to one.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from pushforward.answering.maps import POOL, flow_map
from pushforward.figures.controls import WIDE, explorer, slider
from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, ORDER, PURPLE, SKY, VERMILION, figure, on_cpu, style

Function = Callable[[torch.Tensor], torch.Tensor]
DIVERGING = LinearSegmentedColormap.from_list("volumes", [BLUE, SKY, "#F2F2F2", ORANGE, VERMILION])


def standard_normal(z: torch.Tensor) -> torch.Tensor:
    """log N(z; 0, 1)."""
    return -(z**2) / 2 - math.log(2 * math.pi) / 2


# --- the opening picture ---------------------------------------------------------------------------------------


@on_cpu
def draw_mass_stays(f: Function, strips: int = 10) -> Figure:
    """x = f(z), increasing, with the density of z below and that of x beside it, both in strips of equal mass.

    The density of x is drawn as mass over length of short intervals, so no formula is needed for it.
    """
    style()
    fig = Figure(figsize=(8.2, 5.4), layout="constrained")
    axes = fig.subplot_mosaic([["x", "map"], [".", "z"]], width_ratios=[1, 2.2], height_ratios=[2, 1])
    z = torch.linspace(-2.6, 2.6, 5201, dtype=torch.float64)
    x, mass = f(z), torch.special.ndtr(z)
    density = (mass[1:] - mass[:-1]) / (x[1:] - x[:-1])
    middle = (x[1:] + x[:-1]) / 2
    axes["map"].plot(z, x, color="black")
    axes["z"].plot(z, standard_normal(z).exp(), color="black", linewidth=1)
    axes["x"].plot(density, middle, color="black", linewidth=1)
    cuts = torch.special.ndtri(torch.linspace(0, 1, strips + 1, dtype=torch.float64)).clamp(-2.6, 2.6)
    for i, (a, b) in enumerate(pairwise(cuts)):
        _strip(axes, ORDER(i / (strips - 1)), (z, x, middle, density), float(a), float(b))
    axes["map"].set(title="$x = f(z)$", xticks=[], yticks=[])
    axes["z"].set(xlabel="$z$", yticks=[], xlim=axes["map"].get_xlim(), ylim=(0, 0.45))
    axes["x"].set(ylabel="$x$", xticks=[], ylim=axes["map"].get_ylim())
    axes["x"].invert_xaxis()
    axes["z"].set_title(r"$p_Z$", loc="left")
    axes["x"].set_title(r"$p_X$", loc="left")
    return fig


def _strip(axes: Mapping[str, Axes], colour: Any, curve: tuple[torch.Tensor, ...], a: float, b: float) -> None:
    """One tenth of the mass, from z by way of the map to x."""
    z, x, middle, density = curve
    inside = (z >= a) & (z <= b)
    axes["z"].fill_between(z[inside], standard_normal(z[inside]).exp(), color=colour)
    low, high = x[inside].min(), x[inside].max()
    there = (middle >= low) & (middle <= high)
    axes["x"].fill_betweenx(middle[there], density[there], color=colour)
    axes["map"].plot(z[inside], x[inside], color=colour, linewidth=5, solid_capstyle="butt")


# --- drag a slope ----------------------------------------------------------------------------------------------

KNOTS = (-0.5, 1.0)  # where the piecewise-linear map changes its slope


def piecewise_linear(z: torch.Tensor, left: float, middle: float) -> torch.Tensor:
    """Continuous, f(0) = 0, slope `left` below −½, `middle` up to 1, and 1 beyond."""
    low, high = KNOTS
    return left * (z.clamp(max=low) - low) + middle * z.clamp(low, high) + (z.clamp(min=high) - high)


@on_cpu
def stretch_explorer(log_p_forward: Callable) -> ipywidgets.VBox:
    """Sliders for two slopes of a map and for an interval, whose mass before and after stands in the picture."""
    interval = ipywidgets.FloatRangeSlider(
        description="interval", min=-2.5, max=2.5, step=0.1, value=(-0.2, 0.8), layout=WIDE
    )
    alt = (
        "A normal density of z, a map with slope {left} on the left, {middle} in the middle and 1 on the right, and "
        "the density of x; shaded, the mass over the interval {interval} of z and that over its image."
    )
    left, middle = slider("left", 0.1, 4, 0.1, value=1), slider("middle", 0.1, 4, 0.1, value=2)
    draw = partial(draw_stretch, log_p_forward=log_p_forward)
    return explorer(draw, alt, left=left, middle=middle, interval=interval)


@on_cpu
def draw_stretch(left: float, middle: float, interval: tuple[float, float], log_p_forward: Callable) -> Figure:
    """Densities of z and of x = piecewise_linear(z), an interval of z shaded with its image, and the mass of both."""
    fig, axes = figure(1, 3, (9, 3.2))
    f = partial(piecewise_linear, left=left, middle=middle)
    beside = [k + step for k in KNOTS for step in (-1e-9, 1e-9)]  # the density jumps there: integrate up to the jump
    z = torch.tensor([*np.linspace(-4, 4, 801), *beside, *interval], dtype=torch.float64).unique()
    x, log_p = log_p_forward(z, f, standard_normal)
    inside = (z >= interval[0]) & (z <= interval[1])
    _hill(axes[0], z, standard_normal(z).exp(), inside, "$z$")
    axes[1].plot(z, f(z), color="black")
    axes[1].plot(z[inside], f(z)[inside], color=VERMILION, linewidth=4)
    axes[1].set(xlabel="$z$", title="$x = f(z)$", xlim=(-3, 3), ylim=(-6, 6))
    _hill(axes[2], x, log_p.exp(), inside, "$x$")
    axes[2].set(xlim=(-6, 6))
    return fig


def _hill(ax: Axes, at: torch.Tensor, density: torch.Tensor, inside: torch.Tensor, name: str) -> None:
    ax.plot(at, density, color=BLUE)
    ax.fill_between(at[inside], density[inside], color=VERMILION, alpha=0.6)
    mass = float(torch.trapezoid(density[inside], at[inside])) if inside.any() else 0.0
    ax.set(
        xlabel=name, title=f"density of {name}: shaded mass {mass:.3f}", ylim=(0, max(0.5, 1.1 * float(density.max())))
    )


# --- zoom ------------------------------------------------------------------------------------------------------


@on_cpu
def draw_zoom() -> Figure:
    """A matrix and its parallelogram; a bent grid; one of its cells, magnified, with the Jacobian's parallelogram."""
    fig, (straight, grid, cell) = figure(1, 3, (9, 3.2))
    A = torch.tensor([[2.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    square = _outline(torch.tensor(0.5), torch.tensor(0.5), torch.tensor(1.0))
    straight.fill(*square.T, color=SKY, alpha=0.6, label="area 1")
    straight.fill(*(square @ A.T).T, color=ORANGE, alpha=0.5, label=r"area $|\det A| = 2$")
    straight.set(title="$A z$", aspect="equal", ylim=(-0.2, 3.2))
    straight.legend(loc="upper left")
    f = flow_map("swirl", {"c": 0.3, "k": 0.35})
    edge = torch.linspace(-1.2, 1.2, 13, dtype=torch.float64)
    for line in _grid_lines(edge):
        grid.plot(*f(line).T, color=GREY, linewidth=0.8)
    middle, width = (edge[8:10] + edge[9:11]) / 2, edge[1] - edge[0]
    flat = _outline(*middle, width)
    outline, J = f(flat), torch.autograd.functional.jacobian(f, middle)
    grid.fill(*outline.T, color=VERMILION)
    grid.set(title="$f(z)$, with one cell marked", aspect="equal", xticks=[], yticks=[])
    cell.fill(*outline.T, color=VERMILION, alpha=0.5, label="the cell")
    tangent = f(middle) + (torch.cat([flat, flat[:1]]) - middle) @ J.T
    cell.plot(*tangent.T, "--", color="black", label="its parallelogram, by $J$")
    cell.set(title="the cell, magnified", aspect="equal", xticks=[], yticks=[])
    cell.margins(0.35)
    cell.legend(loc="lower left", fontsize=8)
    return fig


# --- cells -----------------------------------------------------------------------------------------------------


@on_cpu
def draw_cells(maps: Mapping[str, Function], log_abs_det_jacobian: Callable) -> Figure:
    """A chequered square under each map, every cell coloured by log |det J| at its centre: how its area changes."""
    fig, axes = figure(1, len(maps), (9, 3.4))
    edge, centre = _cells()
    limit = 1.0
    for ax, (name, f) in zip(axes, maps.items(), strict=True):
        ladj = log_abs_det_jacobian(f, centre).detach()
        for (u, v), value in zip(centre, ladj, strict=True):
            outline = _outline(u, v, edge[1] - edge[0])
            ax.fill(*f(outline).T, color=DIVERGING((float(value) + limit) / (2 * limit)), linewidth=0)
        for line in _grid_lines(edge):
            ax.plot(*f(line).T, color="#8A8A8A", linewidth=0.5)
        ax.set(title=name, aspect="equal", xlim=(-2.6, 2.6), ylim=(-2.6, 2.6))
        ax.axis("off")
    scale = fig.colorbar(ScalarMappable(Normalize(-limit, limit), DIVERGING), ax=axes, shrink=0.8, pad=0.01)
    scale.set_label(r"$\log|\det J|$")
    return fig


@on_cpu
def cells_in_words(maps: Mapping[str, Function], log_abs_det_jacobian: Callable) -> str:
    """The words for `draw_cells`, computed, so that they tell nothing to who has not run the cell."""
    ladjs = {name: log_abs_det_jacobian(f, _cells()[1]).detach() for name, f in maps.items()}
    told = [
        f"{name}: from {float(ladj.min().exp()):.2f} to {float(ladj.max().exp()):.2f}" for name, ladj in ladjs.items()
    ]
    return (
        f"A square of twelve by twelve cells under each map, and by which factor the cells change. {'; '.join(told)}."
    )


def _cells() -> tuple[torch.Tensor, torch.Tensor]:
    """The edges (13,) of the cells of a square, and their centres (144, 2)."""
    edge = torch.linspace(-1.5, 1.5, 13, dtype=torch.float64)
    middle = (edge[1:] + edge[:-1]) / 2
    return edge, torch.cartesian_prod(middle, middle)


def _outline(u: torch.Tensor, v: torch.Tensor, width: torch.Tensor, points: int = 6) -> torch.Tensor:
    """The border of a square cell around (u, v), as points (4 · points, 2) in order."""
    side = torch.linspace(-1, 1, points, dtype=torch.float64)
    one = torch.ones_like(side)
    border = [(side, -one), (one, side), (-side, one), (-one, -side)]
    return torch.cat([torch.stack([u + a * width / 2, v + b * width / 2], dim=1) for a, b in border])


def _grid_lines(edge: torch.Tensor) -> Sequence[torch.Tensor]:
    fine = torch.linspace(float(edge[0]), float(edge[-1]), 121, dtype=torch.float64)
    across = [torch.stack([fine, torch.full_like(fine, float(e))], dim=1) for e in edge]
    return [*across, *(line.flip(1) for line in across)]


# --- verdicts --------------------------------------------------------------------------------------------------


@on_cpu
def draw_flow_verdicts(
    verdict: Callable, witness: Callable, questions: Sequence[tuple[str, dict[str, Any], str]]
) -> Figure:
    """Maps of the line with the reader's verdict and witness: two points with one image, a flat point, or mass lost."""
    columns = 3
    fig, axes = figure(math.ceil(len(questions) / columns), columns, (9, 2.9 * math.ceil(len(questions) / columns)))
    x = torch.linspace(-6, 6, 1201, dtype=torch.float64)
    for ax, (name, params, base) in zip(axes.flat, questions, strict=True):
        f, valid = flow_map(name, params), verdict(name, params, base) == "valid"
        reason, shown = ("valid", None) if valid else witness(name, params, base)
        ax.plot(x, f(x), color="black", linewidth=1.4)
        _mark_witness(ax, f, reason, shown)
        ax.set(title=_said(reason, shown), xticks=[-5, 0, 5], ylim=(-5, 5))
        ax.text(-5.8, 4.4, POOL[name].with_numbers(*params.values()), fontsize=9, va="top")
    return fig


def _mark_witness(ax: Axes, f: Function, reason: str, witness: Any) -> None:
    if reason == "collision":
        points = torch.tensor(np.array(witness, dtype=float)).reshape(-1)
        ax.plot(points, f(points), "o--", color=VERMILION)
    if reason == "singular":
        point = torch.tensor(np.array(witness, dtype=float)).reshape(-1)
        ax.plot(point, f(point), "s", color=PURPLE, markersize=9, markerfacecolor="none", markeredgewidth=2)
    if reason == "mass":
        far = f(torch.tensor([-40.0, 40.0], dtype=torch.float64))
        for missing in ((-5, float(far.min())), (float(far.max()), 5)):
            if missing[0] < missing[1]:
                ax.axhspan(*missing, facecolor=ORANGE, alpha=0.35, linewidth=0, hatch="////", edgecolor="white")


def _said(reason: str, witness: Any) -> str:
    words = {"valid": "valid", "collision": "two inputs, one image", "singular": "a flat point"}
    return words.get(reason) or f"{100 * float(witness):.1f} % of the base is lost"


# --- bananas ---------------------------------------------------------------------------------------------------


@on_cpu
def draw_banana(z: torch.Tensor, x: torch.Tensor, log_p_bent: Callable) -> Figure:
    """A cloud z (N, 2) and its image x, each with level lines of its density, and the log densities of both, sorted."""
    fig, (left, right, third) = figure(1, 3, (9, 3.3))
    log_p_z = standard_normal(z).sum(1)
    for ax, points, density, title in (
        (left, z, lambda u: standard_normal(u).sum(1), r"$z \sim \mathcal{N}(0, I)$"),
        (right, x, log_p_bent, "$x$, bent"),
    ):
        ax.scatter(*points.T, s=4, c=z[:, 0], cmap=ORDER, linewidths=0, rasterized=True)
        _levels(ax, density)
        ax.set(title=title, xlim=(-4, 4), ylim=(-3.5, 7), xticks=[], yticks=[])
    share = np.linspace(0, 1, len(z))
    third.plot(log_p_z.sort().values, share, color=BLUE, linewidth=4, alpha=0.5, label=r"$\log p_Z(z)$")
    third.plot(log_p_bent(x).sort().values, share, "--", color=VERMILION, label=r"$\log p_X(x)$")
    third.set(title="share of points below", xlabel="log density", xlim=(-8, -1.6))
    third.legend(loc="upper left")
    return fig


def _levels(ax: Axes, log_density: Callable) -> None:
    """The lines inside which half, nine tenths and 99 % of a bent standard normal cloud lie."""
    u, v = (torch.linspace(a, b, 161, dtype=torch.float64) for a, b in ((-4, 4), (-3.5, 7)))
    points = torch.cartesian_prod(u, v)
    heights = log_density(points).reshape(161, 161).T.detach()
    levels = [-math.log(2 * math.pi) + math.log(1 - share) for share in (0.99, 0.9, 0.5)]
    ax.contour(u, v, heights, levels=levels, colors=[GREY], linewidths=1, linestyles="solid")


@on_cpu
def draw_levels(log_p_bent: Callable, log_p_reverse: Callable) -> Figure:
    """Level lines of a volume-preserving flow's density, and of one that has two hills: x_1 by g(x) = x − ¾ sin x."""
    fig, (left, right) = figure(1, 2, (8, 3.6))
    u, v = torch.linspace(-3, 3, 161, dtype=torch.float64), torch.linspace(-2.5, 5.5, 161, dtype=torch.float64)
    bent = log_p_bent(torch.cartesian_prod(u, v)).reshape(161, 161).T.detach()
    hills = log_p_reverse(u, lambda x: x - 0.75 * torch.sin(x), standard_normal).detach()
    both = hills[None] + standard_normal(u)[:, None]
    for ax, down, heights, title in (
        (left, v, bent, r"$|\det J| = 1$: one mode"),
        (right, u, both, r"another $|\det J|$: two modes"),
    ):
        levels = float(heights.max()) - np.array([2.5, 1.8, 1.2, 0.6, 0.2, 0.05])
        ax.contour(u, down, heights, levels=levels, cmap=ORDER, linewidths=1.5)
        ax.set(title=title, xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    return fig


# --- a density with an edge ------------------------------------------------------------------------------------


@on_cpu
def draw_lognormals(log_pdf: Callable, cdf: Callable) -> Figure:
    """Density and distribution function of three log-normal distributions, with their medians e^mu."""
    z = torch.linspace(-1, 6, 701, dtype=torch.float64)
    fig, (left, right) = figure(1, 2, (9, 3.2))
    for mu, sigma, colour, dash in ((0.0, 0.5, BLUE, "-"), (0.0, 1.0, VERMILION, "--"), (1.0, 0.5, GREY, "-.")):
        label = rf"$\mu = {mu:g}$, $\sigma = {sigma:g}$"
        left.plot(z, log_pdf(z, mu, sigma).exp(), dash, color=colour, label=label)
        right.plot(z, cdf(z, mu, sigma), dash, color=colour)
        right.plot([math.exp(mu)], [0.5], "o", color=colour)
    left.set(title="density", xlabel="$z$")
    right.set(title=r"distribution function, with the median $e^\mu$", xlabel="$z$")
    left.legend()
    return fig


# --- training --------------------------------------------------------------------------------------------------


@on_cpu
def draw_training(data: torch.Tensor, maps: Mapping[str, Function], log_p_reverse: Callable) -> Figure:
    """Two trained maps z = g(x); the data (N,), the density of the first, and what the second takes for its own."""
    fig, (left, right) = figure(1, 2, (9, 3.4))
    x = torch.linspace(-4, 4, 401)
    honest, cheat = (copy.deepcopy(g).to(x) for g in maps.values())
    for name, g, colour, dash in zip(maps, (honest, cheat), (BLUE, VERMILION), ("-", "--"), strict=True):
        left.plot(x, g(x).detach(), dash, color=colour, label=name)
    left.set(title="$z = g(x)$", xlabel="$x$", ylim=(-3, 3))
    left.legend(loc="upper left")
    right.hist(data, bins=60, range=(-4, 4), density=True, color="#D9D9D9", label="data")
    right.plot(x, log_p_reverse(x, honest, standard_normal).detach().exp(), color=BLUE, label="$p_X(x)$")
    right.plot(x, standard_normal(cheat(x)).detach().exp(), "--", color=VERMILION, label="$p_Z(g(x))$ alone")
    right.set(xlabel="$x$", title="density, and what is none", ylim=(0, 0.6))
    right.legend(loc="upper left")
    return fig


# --- more than one preimage, and none --------------------------------------------------------------------------


@on_cpu
def draw_square(z: torch.Tensor, c: float, log_p_square: Callable) -> Figure:
    """Left, two slices of z that reach the same slice of x = (z − c)²; right, a histogram of x and its density."""
    fig, (left, right) = figure(1, 2, (9, 3.4))
    grid = torch.linspace(-2.4, 3.6, 601, dtype=torch.float64)
    left.plot(grid, (grid - c) ** 2, color="black")
    left.fill_between(grid, 2 * standard_normal(grid).exp() - 1.2, -1.2, color=SKY, alpha=0.6, linewidth=0)
    low, high = 1.0, 1.6
    for sign, colour in ((1, VERMILION), (-1, GREEN)):
        a, b = sorted((c + sign * math.sqrt(low), c + sign * math.sqrt(high)))
        there = torch.linspace(a, b, 20, dtype=torch.float64)
        left.fill_between(there, (there - c) ** 2, -1.2, color=colour, linewidth=0)
    left.axhspan(low, high, color=GREY, alpha=0.25, linewidth=0)
    left.set(xlabel="$z$", ylabel="$x = (z - c)^2$", ylim=(-1.2, 6), title="two slices of $z$ reach one slice of $x$")
    x = torch.linspace(0.02, 6, 400, dtype=torch.float64)
    right.hist((z - c) ** 2, bins=90, range=(0, 6), density=True, color="#D9D9D9", label="samples")
    right.plot(x, log_p_square(x, c).exp(), color=BLUE, label="both preimages")
    one = standard_normal(c + x.sqrt()) - torch.log(2 * x.sqrt())
    right.plot(x, one.exp(), "--", color=VERMILION, label=r"$z = c + \sqrt{x}$ only")
    right.set(xlabel="$x$", ylim=(0, 1.2), title="density of $x$")
    right.legend()
    return fig


@on_cpu
def draw_image(A: torch.Tensor, points: int = 4000) -> Figure:
    """Where z = σ(A x) lands for x all over the plane, with the circles that hold shares of a base N(0, I)."""
    fig, (left, right) = figure(1, 2, (8, 3.9))
    generator = torch.Generator().manual_seed(0)
    x = 6 * torch.randn(points, 2, generator=generator, dtype=torch.float64)
    for ax, matrix, title in (
        (left, A, "$A$ invertible: a square"),
        (right, torch.outer(A[0], A[0]), "$A$ of rank one: a curve"),
    ):
        ax.scatter(*torch.sigmoid(x @ matrix.T).T, s=3, color=VERMILION, linewidths=0, rasterized=True)
        for share in (0.1, 0.5, 0.9, 0.99):
            radius = math.sqrt(-2 * math.log(1 - share))
            ax.add_patch(Circle((0, 0), radius, fill=False, color=GREY, linewidth=1))
            ax.text(0, -radius, f"{100 * share:.0f} %", ha="center", va="center", fontsize=9,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        ax.set(title=title, xlim=(-3.3, 3.3), ylim=(-3.3, 3.3), aspect="equal", xlabel="$z_1$", ylabel="$z_2$")
    return fig
