"""The pictures of notebook 05: what comes next, what a stack of convolutions sees, and what each pixel costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pushforward.figures.controls import choice, explorer, slider
from pushforward.figures.style import BLUE, GREY, ORANGE, SKY, VERMILION, figure, image, on_cpu, strip

SIDE = 9  # of the picture under the sliders
LATER, BLIND, SEEN, OWN = range(4)
COLOURS = ListedColormap(["#EDEDED", VERMILION, SKY, BLUE])


# --- the opening picture ---------------------------------------------------------------------------------------


@on_cpu
def draw_next_pixel(known: torch.Tensor, picture: torch.Tensor, places: Sequence[int], alike: int = 60) -> Figure:
    """For some places of a picture: what is seen so far, and how the next level is spread, before and after looking.

    known (n, 8, 8): pictures with levels 0 … 16; picture (8, 8), another one. "After looking" are the known pictures
    that are most alike in all that is seen.
    """
    fig, axes = figure(2, len(places), (9.4, 4.4), height_ratios=[1.2, 1])
    for (above, below), place in zip(axes.T, places, strict=True):
        seen = picture.flatten().clone() / 8 - 1
        seen[place:] = float("nan")
        image(above, seen.reshape(8, 8), f"the first {place} pixels")
        shown = above.images[0]
        shown.set_cmap(shown.get_cmap().with_extremes(bad="#E4EEF5"))  # what is covered
        row, column = divmod(place, 8)
        above.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=BLUE, linewidth=2.5))
        _spread(below, known.flatten(1), picture.flatten(), place, alike)
    axes[1, 0].set_ylabel("probability")
    axes[1, 0].legend(loc="upper center", fontsize=9)
    return fig


def nearest_shares(known: torch.Tensor, picture: torch.Tensor, place: int, alike: int) -> torch.Tensor:
    """(17,): how the level at that place is spread over the known rows most alike in the levels before it."""
    apart = ((known[:, :place] - picture[:place]) ** 2).sum(1)
    return torch.bincount(known[apart.argsort()[:alike], place].long(), minlength=17) / alike


def _spread(ax: Axes, known: torch.Tensor, picture: torch.Tensor, place: int, alike: int) -> None:
    levels = np.arange(17)
    ax.bar(
        levels,
        nearest_shares(known, picture, place, len(known)).numpy(),
        width=0.9,
        color="#C9C9C9",
        label="all digits",
    )
    ax.bar(
        levels,
        nearest_shares(known, picture, place, alike).numpy(),
        width=0.45,
        color=BLUE,
        label="those that began alike",
    )
    truth = int(picture[place])
    ax.plot(truth, -0.04, marker="^", color=VERMILION, clip_on=False)
    ax.set(xlabel="level of the next pixel", ylim=(0, 1), xticks=[0, 8, 16], yticks=[0, 0.5, 1])


# --- what a stack sees -----------------------------------------------------------------------------------------


@on_cpu
def reach_explorer(masked_conv: Callable, two_stacks: Callable) -> ipywidgets.VBox:
    """Choose a kernel, a number of layers and a pixel, and see which others that pixel's result depends on."""
    controls = {
        "stack": choice("stack", ("one", "two")),
        "k": slider("k", 3, 7, 2, value=3),
        "layers": slider("layers", 1, 8, value=2),
        "row": slider("row", 0, SIDE - 1, value=5),
        "column": slider("column", 0, SIDE - 1, value=2),
    }
    alt = (
        "A grid of nine by nine pixels with {stack} stack of {layers} layers, {k} by {k}. The pixel in row {row}, "
        "column {column} is marked; the pixels that it sees are light blue, earlier ones that it does not see red, "
        "later ones grey."
    )
    return explorer(partial(draw_reach, masked_conv=masked_conv, two_stacks=two_stacks), alt, **controls)


@on_cpu
def draw_reach(
    stack: str, k: int, layers: int, row: int, column: int, masked_conv: Callable, two_stacks: Callable
) -> Figure:
    """The grid: the pixel itself, what it sees, what comes earlier and is not seen, what comes later."""
    seen = seen_from(stack, k, layers, masked_conv, two_stacks)[row * SIDE + column]
    state = torch.full((SIDE * SIDE,), LATER)
    state[: row * SIDE + column] = BLIND
    state[seen] = SEEN
    leaks = int((seen & (torch.arange(SIDE * SIDE) >= row * SIDE + column)).sum())
    state[row * SIDE + column] = OWN
    fig, ax = figure(1, 1, (5.2, 4.6))
    ax.imshow(state.reshape(SIDE, SIDE).numpy(), cmap=COLOURS, vmin=0, vmax=3)
    ax.set(xticks=range(SIDE), yticks=range(SIDE), xlabel="column", ylabel="row")
    ax.set_xticks(np.arange(SIDE + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(SIDE + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="both", length=0)
    blind, earlier = int((state == BLIND).sum()), row * SIDE + column
    ax.set_title(f"{blind} of {earlier} earlier pixels not seen" + (f", {leaks} leaks" if leaks else ""))
    return fig


def seen_from(stack: str, k: int, layers: int, masked_conv: Callable, two_stacks: Callable) -> torch.Tensor:
    """(81, 81) truth values: whether the result at one pixel changes when another is brightened."""
    x = torch.cat([torch.zeros(1, SIDE * SIDE), torch.eye(SIDE * SIDE)]).double().reshape(-1, 1, SIDE, SIDE)
    weights = torch.full((layers, k, k), 1.0 / k, dtype=torch.float64)
    if stack == "two":
        out = two_stacks(x, weights, weights)
    else:
        out = x
        for n, weight in enumerate(weights):
            out = masked_conv(out, weight[None, None], torch.zeros(1, dtype=torch.float64), "B" if n else "A")
    out = out.reshape(len(x), -1)
    return ((out[1:] - out[0]).abs() > 1e-12).T


# --- the coder ---------------------------------------------------------------------------------------------------


@on_cpu
def draw_intervals(x: Sequence[int], freq: Sequence[Sequence[int]], bits: str) -> Figure:
    """How each value of a row narrows the interval, level by level, and at the bottom what its bits stand for."""
    fig, ax = figure(1, 1, (9.4, 3.4))
    low, width = 0.0, 1.0
    for place, (value, row) in enumerate(zip(x, freq, strict=True)):
        below = low
        for k, f in enumerate(row):
            size = width * f / sum(row)
            ax.add_patch(_bar(below, size, -place, SKY if k == value else "#EDEDED"))
            if size > 0.02:
                ax.text(below + size / 2, -place, str(k), ha="center", va="center")
            if k == value:
                chosen = below, size
            below += size
        low, width = chosen
    start, size = int(bits or "0", 2) / 2 ** len(bits), 1 / 2 ** len(bits)
    ax.add_patch(_bar(start, size, -len(x), ORANGE))
    ax.text(start + size / 2, -len(x), bits, ha="center", va="center")
    for edge in (low, low + width):
        ax.plot([edge, edge], [0.4 - len(x), -len(x) - 0.45], color=GREY, linewidth=1, linestyle=":")
    ax.set(xlim=(-0.005, 1.005), ylim=(-len(x) - 0.6, 0.6), xticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set_yticks([-n for n in range(len(x) + 1)], [*(f"place {n + 1}" for n in range(len(x))), "its bits"])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return fig


def _bar(left: float, width: float, middle: float, colour: str) -> Rectangle:
    return Rectangle((left, middle - 0.36), width, 0.72, facecolor=colour, edgecolor="white", linewidth=1.5)


# --- the trained model -------------------------------------------------------------------------------------------

DEAREST = 6.0  # bits of a pixel: from here on all are black


@on_cpu
def draw_bits(pictures: torch.Tensor, bits: torch.Tensor) -> Figure:
    """Pictures (n, 8, 8), levels 0 … 16, and below each the bits (n, 8, 8) of its pixels: the darker, the dearer."""
    fig, (above, below) = figure(2, 1, (9.4, 2.4))
    strip(above, pictures / 8 - 1, "digits")
    strip(below, 2 * (bits / DEAREST).clamp(0, 1) - 1, f"bits of each pixel, from 0 (white) to {DEAREST:g} (black)")
    return fig
