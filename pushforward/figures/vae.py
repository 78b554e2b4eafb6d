"""The pictures of notebook 08: clouds of codes, what a pixel may say, silent units, and a plane to walk through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse

from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREY, ORANGE, SKY, VERMILION, figure, image, on_cpu, strip

REACH = 3.2  # of the plane of codes


# --- the opening picture ---------------------------------------------------------------------------------------


@on_cpu
def draw_two_ways(pictures: torch.Tensor, labels: torch.Tensor, which: int) -> Figure:
    """A picture, its cloud of codes among the centres of all others, and what is decoded from there and from the prior.

    Both maps are linear, and the best there are with two latents: x = W z + b with noise of variance s² in each pixel
    (probabilistic PCA), and z given x. pictures (n, 8, 8), levels 0 … 16; labels (n,).
    """
    x = pictures.flatten(1) / 8 - 1
    W, b, s2 = _two_latents(x)
    inverse = torch.linalg.inv(W.T @ W + s2 * torch.eye(2))
    centres, sigma = (x - b) @ W @ inverse, (s2 * inverse.diag()).sqrt()
    source = torch.Generator().manual_seed(4)
    noise = torch.randn(6, 2, generator=source)
    z = torch.cat([centres[which] + sigma * noise[:3], noise[3:]])
    fig, axes = figure(1, 3, (9.4, 3.6), width_ratios=[0.75, 1.25, 1.3])
    image(axes[0], x[which].reshape(8, 8), "a digit $x$")
    _plane(axes[1], centres, labels)
    axes[1].add_patch(
        Ellipse(centres[which].tolist(), *(4 * sigma).tolist(), fill=False, edgecolor="black", linewidth=2)
    )
    axes[1].plot(*z[:3].T, "o", color="black", markersize=4)
    axes[1].plot(*z[3:].T, "X", color=VERMILION, markersize=8, markeredgecolor="white")
    axes[1].set_title("encoder: a cloud of codes $z$")
    rows = (z @ W.T + b).clamp(-1, 1).reshape(2, 3, 8, 8)
    axes[2].set_title("decoder")
    axes[2].axis("off")
    for k, (row, name) in enumerate(zip(rows, ("from the cloud", "from the prior"), strict=True)):
        strip(axes[2].inset_axes((0, 0.52 - 0.52 * k, 1, 0.38)), row, name)
    return fig


def _two_latents(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """W (D, 2), b (D,) and s² of the best linear model with two latents."""
    b = x.mean(0)
    values, vectors = torch.linalg.eigh((x - b).T @ (x - b) / len(x))
    s2 = values[:-2].mean()
    return vectors[:, -2:] * (values[-2:] - s2).sqrt(), b, s2


def _plane(ax: Axes, centres: torch.Tensor, labels: torch.Tensor) -> None:
    """Codes by class, each class in a grey or colour of its own and with its number at its middle; the prior dashed."""
    for digit in range(10):
        own = centres[labels == digit]
        ax.plot(*own.T, ".", markersize=3, color=(SKY, ORANGE, "#8C8C8C", "#A7D5B8", "#D9A7C7")[digit % 5], alpha=0.8)
    for digit in range(10):
        middle = centres[labels == digit].mean(0) if (labels == digit).any() else None
        if middle is not None:
            ax.text(*middle.tolist(), str(digit), ha="center", va="center", fontweight="bold", fontsize=12)
    for radius in (1, 2):
        ax.add_patch(Circle((0, 0), radius, fill=False, linestyle="--", edgecolor=GREY))
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", xlabel="$z_1$", ylabel="$z_2$")


# --- means, samples, and a plane to walk through ---------------------------------------------------------------


@on_cpu
def draw_means_and_samples(means: torch.Tensor, samples: torch.Tensor) -> Figure:
    """Two strips: the decoder's means and draws from it, (n, 64) each, levels 0 … 16."""
    fig, axes = figure(2, 1, (9, 2.9))
    strip(axes[0], _pictures(means), "the decoder's mean")
    strip(axes[1], _pictures(samples), "a draw of the pixels")
    return fig


def _pictures(levels: torch.Tensor) -> torch.Tensor:
    return levels.reshape(-1, 8, 8) / 8 - 1


@on_cpu
def map_explorer(
    centres: torch.Tensor, labels: torch.Tensor, log_probs: Callable, mean_pictures: Callable, sample_pictures: Callable
) -> ipywidgets.VBox:
    """Two sliders move a point in the plane of codes; what the decoder says there stands beside it."""
    z1, z2 = slider("z1", -3, 3, 0.1, value=0.0), slider("z2", -3, 3, 0.1, value=0.0)
    alt = (
        "The plane of codes with the digits' centres by class, a cross at ({z1}, {z2}), and the decoder's mean and a "
        "draw from it there."
    )
    draw = partial(
        draw_map,
        centres=centres,
        labels=labels,
        log_probs=log_probs,
        mean_pictures=mean_pictures,
        sample_pictures=sample_pictures,
    )
    return explorer(draw, alt, z1=z1, z2=z2)


@on_cpu
def draw_map(
    z1: float,
    z2: float,
    centres: torch.Tensor,
    labels: torch.Tensor,
    log_probs: Callable,
    mean_pictures: Callable,
    sample_pictures: Callable,
) -> Figure:
    """Where (z1, z2) lies among the digits' codes, the decoder's mean there, and one draw with held u."""
    z, u = torch.tensor([[z1, z2]]), torch.rand(1, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        mean, drawn = mean_pictures(z, log_probs), sample_pictures(z, u, log_probs)
    fig, axes = figure(1, 3, (9, 3.4), width_ratios=[1.2, 1, 1])
    _plane(axes[0], centres, labels)
    axes[0].plot(z1, z2, "X", color=VERMILION, markersize=11, markeredgecolor="white")
    near = float((centres - z).norm(dim=1).min())
    axes[0].set_title(f"nearest digit's centre: {near:.2f} away")
    image(axes[1], _pictures(mean)[0], "mean")
    image(axes[2], _pictures(drawn)[0], "a draw")
    return fig


# --- what a pixel may say --------------------------------------------------------------------------------------


@on_cpu
def draw_said(digit: torch.Tensor, said: Mapping[str, torch.Tensor], pixels: Sequence[int]) -> Figure:
    """A digit (8, 8) with some pixels marked, and the probabilities of their levels, said[likelihood] (64, 17)."""
    fig, axes = figure(len(said), len(pixels) + 1, (9.4, 1.7 * len(said) + 0.4))
    for row, (name, p) in zip(axes, said.items(), strict=True):
        image(row[0], digit / 8 - 1)
        row[0].set_title(name, fontsize=10)
        for ax, pixel in zip(row[1:], pixels, strict=True):
            line, column = divmod(pixel, 8)
            row[0].plot(column, line, "s", color=VERMILION, markerfacecolor="none", markersize=9, markeredgewidth=2)
            ax.bar(np.arange(17), p[pixel].numpy(), width=0.9, color=BLUE)
            ax.plot(float(digit.flatten()[pixel]), -0.06, "^", color=VERMILION, clip_on=False)
            ax.set(ylim=(0, 1), yticks=[0, 1], xticks=[0, 8, 16])
    for ax, pixel in zip(axes[0, 1:], pixels, strict=True):
        ax.set_title(f"row {pixel // 8 + 1}, column {pixel % 8 + 1}", fontsize=10)
    for ax in axes[-1, 1:]:
        ax.set_xlabel("level")
    return fig


# --- silent units ----------------------------------------------------------------------------------------------


@on_cpu
def draw_collapse(spreads: Mapping[str, torch.Tensor], codes: Mapping[str, float]) -> Figure:
    """For each model the spreads of its units, sorted, and what its code costs in nats."""
    fig, axes = figure(1, 2, (9.2, 3.5), width_ratios=[1.6, 1])
    marks = ("o", "s", "^", "D", "v")
    for (name, spread), mark in zip(spreads.items(), marks, strict=False):
        ordered = spread.sort(descending=True).values.clamp_min(1e-4)
        axes[0].semilogy(range(1, len(ordered) + 1), ordered, f"{mark}-", markersize=4, linewidth=1, label=name)
    _border(axes[0])
    axes[0].legend(fontsize=9)
    axes[1].barh(range(len(codes)), list(codes.values()), color=BLUE)
    axes[1].set(yticks=range(len(codes)), yticklabels=list(codes), xlabel="cost of the code (nats)")
    axes[1].invert_yaxis()
    return fig


def _border(ax: Axes) -> None:
    ax.axhline(0.01, color=GREY, linestyle="--", linewidth=1)
    ax.set(xlabel="unit, in the order of its spread", ylabel="spread over the pictures", ylim=(5e-5, 5))
    ax.set_xticks([1, 5, 10, 15, 20])


# --- the bound, and your digits --------------------------------------------------------------------------------


@on_cpu
def draw_bound_by_draws(bounds: Mapping[int, float]) -> Figure:
    """The cost of a digit in nats by the number of draws."""
    fig, ax = figure(1, 1, (6.4, 3.3))
    ax.semilogx(list(bounds), list(bounds.values()), "o-", color=BLUE)
    ax.set(xlabel="draws $K$", ylabel=r"$-\mathcal{L}_K$ (nats per digit)", xticks=list(bounds))
    ax.set_xticklabels([str(k) for k in bounds])
    ax.minorticks_off()
    return fig


@on_cpu
def draw_your_digits(rows: Mapping[str, torch.Tensor], spread: torch.Tensor) -> Figure:
    """Strips of pictures (n, 64), levels 0 … 16, by name; and the spreads of the units."""
    fig = figure(1, 2, (9.6, 0.95 * len(rows) + 1), width_ratios=[1.9, 1])[0]
    left, right = fig.axes
    left.axis("off")
    for k, (name, pictures) in enumerate(rows.items()):
        height = 1 / len(rows)
        strip(left.inset_axes((0, 1 - (k + 1) * height, 1, 0.78 * height)), _pictures(pictures), name)
    right.semilogy(range(1, len(spread) + 1), spread.sort(descending=True).values.clamp_min(1e-4), "o-", markersize=4)
    _border(right)
    return fig
