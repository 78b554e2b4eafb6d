"""The pictures of notebook 03: Jacobians as patterns, chains, a planar layer that folds, and what series lose.

Drawings are pure functions from numbers, and from the reader's own functions, to a Figure. `planar_explorer` adds
controls to one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREY, ORDER, SKY, VERMILION, cloud, figure, on_cpu, style
from pushforward.flows import AdditiveCoupling, AffineCoupling, BatchNorm, Conv1x1, EmergingConv, Planar, Residual

Way = Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]

# --- the opening picture ---------------------------------------------------------------------------------------

PICTURE = (2, 3, 3)  # channels, height, width of what all layers of the opening picture act on
_SIZE = math.prod(PICTURE)
SIGNED = LinearSegmentedColormap.from_list("signed", [VERMILION, "#F6E3D8", "#E2E2E2", SKY, BLUE])
DETERMINANTS = {
    "additive coupling": "det = 1",
    "affine coupling": "product of the diagonal",
    "batch norm": "product of the diagonal",
    "planar": "$I$ + rank one: $1 + u·\\psi$",
    "1×1 convolution": "nine times the same block",
    "emerging convolution": "triangular · triangular",
    "residual": "$I$ + something small",
    "a network": "no help: $O(D^3)$",
}


def _random(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def table_of_layers() -> dict[str, tuple[Way, bool]]:
    """One layer of each kind by its name, with random parameters, and whether it takes pictures."""
    keep = torch.arange(_SIZE) < _SIZE // 2
    with torch.random.fork_rng():  # what is drawn for fresh weights is overwritten, and nobody's stream moves
        net = torch.nn.Sequential(torch.nn.Linear(_SIZE, _SIZE), torch.nn.Tanh()).double()
        affine = AffineCoupling(_SIZE, 8, flip=False).double()
    for k, parameter in enumerate(net.parameters()):
        parameter.data = _random(*parameter.shape, seed=k)
    for k, parameter in enumerate(affine.parameters()):
        parameter.data = 0.6 * _random(*parameter.shape, seed=10 + k)
    kernels = [0.5 * _random(2, 2, 3, 3, seed=20 + k) + torch.eye(2)[:, :, None, None] for k in (0, 1)]
    slope = 0.5 / torch.linalg.matrix_norm(net[0].weight.detach(), 2)
    w, u = _random(_SIZE, seed=31) / 3, _random(_SIZE, seed=32)
    return {
        "additive coupling": (AdditiveCoupling(keep, net), False),
        "affine coupling": (affine, False),
        "batch norm": (BatchNorm(0 * w, _random(_SIZE, seed=30).square() + 0.2), False),
        "planar": (Planar(w, u * torch.sign(u @ w)), False),
        "1×1 convolution": (Conv1x1(_random(2, 2, seed=33)), True),
        "emerging convolution": (EmergingConv(*kernels), True),
        "residual": (Residual(lambda z: slope * net(z)), False),
    }


def jacobian(way: Way, pictures: bool) -> torch.Tensor:
    """∂x/∂z at one point, coordinates in the order of reading: pixel after pixel, each with its channels."""
    C, H, W = PICTURE

    def flat(v: torch.Tensor) -> torch.Tensor:
        if not pictures:
            return way(v[None])[0][0]
        x = way(v.reshape(H, W, C).movedim(-1, 0)[None])[0][0]
        return x.movedim(0, -1).reshape(-1)

    return torch.autograd.functional.jacobian(flat, _random(_SIZE, seed=40))


@on_cpu
def draw_jacobians(layers: Mapping[str, tuple[Way, bool]]) -> Figure:
    """The entries of each layer's Jacobian, 0 in white, with what their determinant is; the last: a map of no plan."""
    fig, axes = figure(2, 4, (9, 5.4))
    full = _random(_SIZE, _SIZE, seed=50)
    maps = {**layers, "a network": (lambda z: (torch.tanh(z @ full.T / _SIZE), z), False)}
    for ax, (name, (way, pictures)) in zip(axes.flat, maps.items(), strict=True):
        J = jacobian(way, pictures).detach()
        shade = J.sign() * (J.abs() / J.abs().max()).sqrt()
        ax.imshow(np.ma.masked_equal(shade.numpy(), 0), cmap=SIGNED, vmin=-1, vmax=1)
        ax.set(xticks=[], yticks=[], title=f"{name}\n{DETERMINANTS[name]}")
        for spine in ax.spines.values():
            spine.set(visible=True, color=GREY)
    return fig


# --- a chain ---------------------------------------------------------------------------------------------------


@on_cpu
def draw_stages(stages: Sequence[torch.Tensor], names: Sequence[str], limit: float = 4.0) -> Figure:
    """A cloud (N, 2) as noise and after each layer; every point keeps its colour."""
    fig, axes = figure(1, len(stages), (9, 9 / len(stages) + 0.4))
    for ax, points, name in zip(axes, stages, names, strict=True):
        cloud(ax, points, stages[0][:, 0], limit, name)
    return fig


# --- a planar layer --------------------------------------------------------------------------------------------


@on_cpu
def planar_explorer(planar_forward: Callable) -> ipywidgets.VBox:
    """Sliders for u·w, for the angle between u and w, and for b, above a grid that the layer moves."""
    alt = (
        "A grid of the plane, moved by a planar layer with u·w = {product}, u turned by {angle} degrees against w, and "
        "b = {b}; beside it the coordinate along w before and after the layer."
    )
    controls = {
        "product": slider("product", -3, 3, 0.1, value=-0.5),
        "angle": slider("angle", -80, 80, 5, value=0),
        "b": slider("b", -2, 2, 0.1, value=0),
    }
    return explorer(partial(draw_planar, planar_forward=planar_forward), alt, **controls)


@on_cpu
def draw_planar(product: float, angle: float, b: float, planar_forward: Callable) -> Figure:
    """The plane under x = z + u tanh(w·z + b) with w = (1, 0): a grid, and a ↦ a + u·w tanh(a + b)."""
    fig, (plane, line) = figure(1, 2, (8, 3.6))
    w = torch.tensor([1.0, 0.0], dtype=torch.float64)
    u = torch.tensor([product, product * math.tan(math.radians(angle))], dtype=torch.float64)
    fine, edge = torch.linspace(-3, 3, 121, dtype=torch.float64), torch.linspace(-3, 3, 13, dtype=torch.float64)
    for e in edge:
        for row in (torch.stack([fine, e.expand(121)], dim=1), torch.stack([e.expand(121), fine], dim=1)):
            plane.plot(*planar_forward(row, w, u, b)[0].T, color=BLUE, linewidth=0.7)
    plane.set(xlim=(-5, 5), ylim=(-5, 5), aspect="equal", xticks=[], yticks=[], title="the plane")
    along = torch.stack([fine, 0 * fine], dim=1)
    image = planar_forward(along, w, u, b)[0] @ w
    falls = image[1:] < image[:-1]
    line.plot(fine, image, color=BLUE)
    line.plot(fine[1:], np.where(falls, image[1:], np.nan), color=VERMILION, linewidth=4)
    line.set(xlabel="$w·z$", ylabel="$w·x$", xlim=(-3, 3), ylim=(-5, 5), title="along $w$")
    return fig


# --- series and estimates --------------------------------------------------------------------------------------


@on_cpu
def draw_series(
    partial_sums: torch.Tensor, truth: float, estimates: Mapping[str, torch.Tensor], names: tuple[str, str]
) -> Figure:
    """Left: the sum of the first n terms, over n, and the truth. Right: histograms of estimates with their means."""
    fig, (left, right) = figure(1, 2, (9, 3.4))
    left.plot(range(1, len(partial_sums) + 1), partial_sums, "o-", color=BLUE, markersize=4)
    left.axhline(truth, color="black", linewidth=1)
    left.set(xlabel="terms $n$", title=names[0])
    low, high = (float(torch.quantile(torch.cat(list(estimates.values())), q)) for q in (0.005, 0.995))
    for (name, values), colour in zip(estimates.items(), (SKY, VERMILION), strict=True):
        right.hist(values.clamp(low, high), bins=60, range=(low, high), histtype="step", color=colour, linewidth=1.6,
                   label=f"{name}: mean {values.mean():.3f}")  # fmt: skip
        right.axvline(values.mean(), color=colour, linestyle="--", linewidth=1)
    right.axvline(truth, color="black", linewidth=1)
    right.set(title=names[1], yticks=[])
    right.legend(loc="upper left", fontsize=8)
    return fig


# --- the triangular map ----------------------------------------------------------------------------------------


@on_cpu
def draw_triangular(forward: Callable, log_p: Callable) -> Figure:
    """A grid of the noise's plane, and what the triangular map of a mixture makes of it, over the mixture's density."""
    style()
    fig, (before, after) = figure(1, 2, (8, 3.9))
    edge, fine = torch.linspace(-2.4, 2.4, 13, dtype=torch.float64), torch.linspace(-2.4, 2.4, 81, dtype=torch.float64)
    lines = [torch.stack([fine, e.expand(81)], 1) for e in edge] + [torch.stack([e.expand(81), fine], 1) for e in edge]
    images = forward(torch.cat(lines))[0].reshape(len(lines), -1, 2)
    for k, (line, image) in enumerate(zip(lines, images, strict=True)):
        colour = ORDER((k % 13) / 12) if k >= 13 else "#BDBDBD"
        before.plot(*line.T, color=colour, linewidth=1)
        after.plot(*image.T, color=colour, linewidth=1)
    _hills(after, log_p)
    before.set(title="$z$: lines of equal $z_1$ and $z_2$", aspect="equal", xticks=[], yticks=[])
    after.set(title="$x = f(z)$", aspect="equal", xticks=[], yticks=[])
    return fig


def _hills(ax: Axes, log_p: Callable) -> None:
    axis = torch.linspace(-3.2, 3.2, 121, dtype=torch.float64)
    heights = log_p(torch.cartesian_prod(axis, axis)).reshape(121, 121).T.exp()
    ax.contourf(axis, axis, heights, levels=8, cmap="Greys", alpha=0.5, zorder=0)
