"""Figures for the notebooks: one style, colours that every reader can tell apart, words where a picture cannot be seen.

A drawing is a pure function from numbers to a matplotlib Figure. `show(fig, alt=…)` puts it into the notebook.
"""

from __future__ import annotations

import base64
import functools
import html
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import matplotlib
import numpy as np
import torch
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

# The palette of Okabe and Ito, made to be told apart with any colour vision, and a grey that is dark enough to read.
BLUE, SKY, GREEN, GREY = "#0072B2", "#56B4E9", "#009E73", "#6B6B6B"
ORANGE, VERMILION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"

# From one end of the palette to the other by way of a light grey: for an order, not for classes.
ORDER = LinearSegmentedColormap.from_list("order", [BLUE, SKY, "#BDBDBD", ORANGE, VERMILION])

_STYLE = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": matplotlib.cycler(color=[BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY]),
    "lines.linewidth": 1.8,
    "mathtext.fontset": "cm",
    "image.cmap": "gray_r",
}
_CSS_PIXELS = 80  # of screen per inch of figure
DPI = 160  # twice that, for screens with small pixels


def style() -> None:
    """Make every figure from here on look like the course's own."""
    matplotlib.rcParams.update(_STYLE)


def figure(rows: int = 1, columns: int = 1, size: tuple[float, float] = (9, 3.6), **layout: Any) -> tuple[Figure, Any]:
    """An empty figure in the course's style and its axes, as `plt.subplots` gives them.

    size: width and height in inches; layout: what Figure.subplots understands, such as sharey or width_ratios.
    """
    style()
    fig = Figure(figsize=size, layout="constrained")
    return fig, fig.subplots(rows, columns, **layout)


def on_cpu(draw: Callable) -> Callable:
    """A drawing that does its work on the CPU, since matplotlib takes tensors from nowhere else.

    Tensors among its arguments may live anywhere, and so may the notebook's default device; functions among them are
    called with tensors of the CPU.
    """

    @functools.wraps(draw)
    def drawn(*args: Any, **kwargs: Any) -> Any:
        at_home = torch.empty(0).device.type == "cpu"  # then the detour through torch.device would change nothing
        with nullcontext() if at_home else torch.device("cpu"):
            return draw(*_fetched(args), **{name: _fetched(value) for name, value in kwargs.items()})

    return drawn


def _fetched(value: Any) -> Any:
    """The same value with its tensors on the CPU, those in lists, tuples and dictionaries too."""
    if isinstance(value, torch.Tensor):
        return value.cpu()
    if type(value) is dict:
        return {name: _fetched(part) for name, part in value.items()}
    return type(value)(map(_fetched, value)) if type(value) in (list, tuple) else value


# A white sheet of its own: on a dark page the figure stays as legible as on a light one.
_FRAME = "max-width:100%;background:#fff;border-radius:6px"


def _png(fig: Figure) -> bytes:
    stream = io.BytesIO()
    fig.savefig(stream, format="png", dpi=DPI)
    return stream.getvalue()


class Picture:
    """A finished figure with the words that stand for it where it cannot be seen."""

    def __init__(self, fig: Figure, alt: str, png: bytes | None = None) -> None:
        self.png, self.alt = png or _png(fig), alt
        self.width = round(fig.get_figwidth() * _CSS_PIXELS)

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt, quote=True)
        return f'<img src="data:image/png;base64,{data}" alt="{alt}" width="{self.width}" style="{_FRAME}">'

    def __repr__(self) -> str:
        return f"[figure: {self.alt}]"


def show(fig: Figure, alt: str) -> None:
    """Put the figure into the notebook. alt: what it shows, in a sentence or two, for readers who cannot see it."""
    display(Picture(fig, alt))


# --- parts of pictures -----------------------------------------------------------------------------------------


def image(ax: Axes, pixels: torch.Tensor, title: str = "") -> None:
    """A grey picture with values in −1 (paper) … 1 (ink); what is no number shows in vermilion."""
    shades = matplotlib.colormaps["gray_r"].with_extremes(bad=VERMILION)
    ax.imshow(np.ma.masked_invalid(pixels.detach().cpu().numpy()), cmap=shades, vmin=-1, vmax=1)
    _bare(ax, title)


def strip(ax: Axes, pictures: torch.Tensor, title: str = "") -> None:
    """Pictures (k, height, width) side by side, as `image` shows one. One strip draws much faster than k axes."""
    image(ax, torch.cat(list(pictures), dim=1))
    ax.set_title(title, loc="left")
    for k in range(1, len(pictures)):
        ax.axvline(k * pictures.shape[2] - 0.5, color="white", linewidth=6)
    for spine in ax.spines.values():
        spine.set_visible(False)


def cloud(ax: Axes, x: torch.Tensor, order: torch.Tensor, limit: float, title: str = "") -> None:
    """Points x (N, 2) in the square from −limit to limit, coloured by `order` (N,), so that each can be followed."""
    x1, x2 = x.detach().cpu().numpy().T
    ax.scatter(x1, x2, s=5, c=order.argsort().argsort().cpu(), cmap=ORDER, linewidths=0, rasterized=True)
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    _bare(ax, title)


def _bare(ax: Axes, title: str) -> None:
    ax.set(xticks=[], yticks=[], title=title)
    for spine in ax.spines.values():
        spine.set(visible=True, color="#BDBDBD")


def _arrow(fig: Figure, start: tuple[float, float], end: tuple[float, float], words: str, colour: str) -> None:
    """An arrow across the figure, in its own coordinates, with words on its middle."""
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "mutation_scale": 14}
    fig.add_artist(FancyArrowPatch(start, end, transform=fig.transFigure, **style))
    middle = (start[0] + end[0]) / 2
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2.5}
    fig.text(middle, start[1], words, ha="center", va="center", color=colour, bbox=box)


# --- 00: noise pushed forward ----------------------------------------------------------------------------------


@on_cpu
def draw_push_forward(z: torch.Tensor, x: torch.Tensor) -> Figure:
    """Four stages of the straight way from noise z (N, 2) to what a map makes of it, x = f(z) (N, 2)."""
    fig, axes = figure(1, 4, (9, 2.9))
    fig.get_layout_engine().set(rect=(0, 0.12, 1, 0.88))
    titles = (r"noise $z \sim \mathcal{N}(0, I)$", "a third of the way", "two thirds", r"data $x = f(z)$")
    for ax, share, title in zip(axes, (0, 1 / 3, 2 / 3, 1), titles, strict=True):
        cloud(ax, (1 - share) * z + share * x, z[:, 0], 2.8, title)
    _arrow(fig, (0.03, 0.06), (0.97, 0.06), "push forward: every point moves, and keeps its colour", GREY)
    return fig


# --- 06: log p(x), split into a bound and a gap ----------------------------------------------------------------


@on_cpu
def draw_split(
    z: np.ndarray,
    prior: np.ndarray,
    posterior: np.ndarray,
    guesses: Sequence[tuple[str, np.ndarray, float]],
    log_px: float,
) -> Figure:
    """For each guess q(z), given as (title, density, ELBO): the three densities, and log p(x) as ELBO and gap below.

    z, prior, posterior: (n,), the grid and two densities on it.
    """
    fig, axes = figure(2, len(guesses), (9.4, 4.4), height_ratios=[2.4, 1], sharey="row")
    low = min(elbo for _, _, elbo in guesses) - 1.7
    for column, (title, q, elbo) in zip(axes.T, guesses, strict=True):
        densities(column[0], z, prior, posterior, q)
        column[0].set_title(title)
        _split_bar(column[1], low, elbo, log_px)
    axes[0, 0].set_ylim(0, 1.05 * float(max(density.max() for density in (posterior, *(q for _, q, _ in guesses)))))
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    axes[0, 0].set_ylabel("density")
    return fig


@on_cpu
def densities(ax: Axes, z: np.ndarray, prior: np.ndarray, posterior: np.ndarray, q: np.ndarray) -> None:
    """The prior, the posterior and a guess q at it, each with a line of its own kind."""
    z, prior, posterior, q = (np.asarray(values) for values in (z, prior, posterior, q))
    ax.plot(z, prior, ":", color=GREY, label="prior $p(z)$")
    ax.fill_between(z, posterior, color=SKY, alpha=0.35, linewidth=0)
    ax.plot(z, posterior, color=BLUE, label=r"posterior $p(z\,|\,x)$")
    ax.plot(z, q, "--", color=VERMILION, label="$q(z)$")
    ax.set(xlabel="$z$", xlim=(z[0], z[-1]), ylim=(0, None))


def _split_bar(ax: Axes, low: float, elbo: float, log_px: float) -> None:
    """A bar up to the ELBO, the gap hatched, and a line where log p(x) stands."""
    ax.barh(0, elbo - low, left=low, height=0.6, color=BLUE)
    ax.barh(0, log_px - elbo, left=elbo, height=0.6, color="white", edgecolor=VERMILION, hatch="////")
    ax.axvline(log_px, color="black", linewidth=1.4)
    ax.text(low + 0.08, 0, f"ELBO {elbo:.2f}".replace("-", "−"), va="center", color="white", fontweight="bold")
    ax.text(log_px, 0.62, f"gap {max(log_px - elbo, 0.0):.2f}", ha="right", va="bottom", color=VERMILION)
    ax.text(log_px + 0.06, 0, "$\\log p(x)$", va="center")
    ax.set(xlim=(low, log_px + 1.1), ylim=(-0.7, 1.2), yticks=[], xlabel="nats")
    ax.spines["left"].set_visible(False)


# --- 07: samples that slide ------------------------------------------------------------------------------------

Slide = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]  # parameters (K, 1) each -> samples (K, N)


@on_cpu
def draw_paths(eps: torch.Tensor, slide: Slide, mu: float, sigma: float) -> Figure:
    """Noise eps (N,), drawn once, and the paths of its samples as mu moves, and as sigma moves.

    slide: samples for parameters of shape (K, 1); the arrows at (mu, sigma) are the slopes of the paths.
    """
    fig, axes = figure(1, 3, (9.6, 3.9), width_ratios=[0.55, 1, 1])
    grid = torch.linspace(-3, 3, 200)
    axes[0].fill_betweenx(grid, torch.exp(-(grid**2) / 2), color="#E4E4E4", linewidth=0)
    colours = ORDER(np.linspace(0, 1, len(eps)))
    axes[0].scatter(torch.zeros_like(eps), eps, c=colours, s=34, zorder=3, clip_on=False)
    axes[0].set(xticks=[], xlim=(0, 1.05), ylim=(-3, 3), title=r"the noise $\epsilon$ stays")
    along = torch.linspace(-1, 1, 81)[:, None]  # an odd number, so that the middle is a point
    still = torch.zeros_like(along)
    _fan(axes[1], mu + along, slide(mu + along, sigma + still), colours)
    _fan(axes[2], sigma * (1 + 0.9 * along), slide(mu + still, sigma * (1 + 0.9 * along)), colours)
    axes[1].set(xlabel=r"$\mu$", ylabel="sample $z$", title=r"$\mu$ moves, $\sigma$ stays")
    axes[2].set(xlabel=r"$\sigma$", title=r"$\sigma$ moves, $\mu$ stays")
    top = float(slide(mu + along, sigma + still).max())
    for ax in axes[1:]:
        ax.set_ylim(0, 1.02 * top)
    return fig


def _fan(ax: Axes, parameter: torch.Tensor, z: torch.Tensor, colours: np.ndarray) -> None:
    """Paths z (K, N) over a parameter (K, 1), and in the middle each sample with the slope of its path."""
    at, rows = parameter[:, 0].numpy(), z.numpy()
    k, reach = len(at) // 2, 0.16 * (at[-1] - at[0])
    slopes = (rows[k + 1] - rows[k - 1]) / (at[k + 1] - at[k - 1])
    ax.axvline(at[k], color=GREY, linewidth=0.8, linestyle=":")
    for path, colour, slope in zip(rows.T, colours, slopes, strict=True):
        ax.plot(at, path, color=colour, linewidth=1.1)
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (at[k] + reach, path[k] + reach * slope), (at[k], path[k]), arrowprops=arrow)
    ax.scatter(np.full(len(colours), at[k]), rows[k], c=colours, s=34, zorder=3)
    ax.set_xlim(at[0], at[-1])


# --- 15: noise added step by step ------------------------------------------------------------------------------


@on_cpu
def draw_forward(digit: torch.Tensor, points: torch.Tensor, generator: torch.Generator) -> Figure:
    """A picture (8, 8) and a cloud (N, 2), centred and of unit variance, at seven stages from signal to noise.

    Stage k mixes signal and noise by the cosine and sine of an angle: their squares, the shares, add up to one.
    """
    fig, axes = figure(3, 7, (9, 3.9), height_ratios=[1, 1, 0.3])
    fig.get_layout_engine().set(rect=(0, 0.09, 1, 0.91))
    speck, scatter = (
        torch.randn(x.shape, generator=generator, device=generator.device).to(x.device) for x in (digit, points)
    )
    for column, angle in zip(axes.T, torch.linspace(0, torch.pi / 2, 7), strict=True):
        kept, added = angle.cos(), angle.sin()
        image(column[0], kept * digit + added * speck, f"{100 * kept**2:.0f} % signal")
        cloud(column[1], kept * points + added * scatter, points[:, 0], 3)
        _shares(column[2], float(kept**2))
    _arrow(fig, (0.03, 0.045), (0.49, 0.045), "forward: fixed, this chapter", BLUE)
    _arrow(fig, (0.97, 0.045), (0.51, 0.045), "back: learnt, notebook 16", VERMILION)
    return fig


def _shares(ax: Axes, signal: float) -> None:
    """A bar that is part signal, part noise."""
    ax.barh(0, signal, color=BLUE)
    ax.barh(0, 1 - signal, left=signal, color="white", edgecolor=VERMILION, hatch="////")
    ax.set(xlim=(0, 1), ylim=(-0.8, 0.8))
    ax.axis("off")


MARKS = {  # reason -> marker and colour: the shapes tell what the colours tell
    "negative": ("v", VERMILION),
    "zero": ("o", ORANGE),
    "above one": ("^", "black"),
    "one": ("s", PURPLE),
    "nan": ("X", GREEN),
}


@on_cpu
def draw_verdicts(verdicts: Mapping[str, Mapping[int, tuple[int, str] | None]]) -> Figure:
    """For each schedule and each length N: where the first bad step n stands and why, or that there is none.

    verdicts: schedule -> {N: None or (n, reason)}.
    """
    fig, axes = figure(2, 3, (9.6, 6.2), sharex=True, sharey=True)
    for ax, (name, found) in zip(axes.flat, verdicts.items(), strict=True):
        _verdict_panel(ax, name, found)
    for ax in axes[1]:
        ax.set_xlabel("length of the schedule, $N$")
    for ax in axes[:, 0]:
        ax.set_ylabel("first bad step, $n$")
    handles = [_mark("|", BLUE, "valid"), *(_mark(*mark, reason) for reason, mark in MARKS.items())]
    fig.legend(handles=handles, loc="outside upper center", ncols=6, handletextpad=0.2, columnspacing=1.6)
    return fig


def _mark(marker: str, colour: str, label: str) -> Line2D:
    return Line2D([], [], marker=marker, color=colour, linestyle="", markersize=9, label=label)


def _verdict_panel(ax: Axes, name: str, found: Mapping[int, tuple[int, str] | None]) -> None:
    last = max(found)
    ax.fill_between([1, last], [1, last], 0.75, color="#EFEFEF", linewidth=0)  # where 1 ≤ n ≤ N
    valid = [N for N, verdict in found.items() if verdict is None]
    ax.plot(valid, [0.5] * len(valid), "|", color=BLUE, markersize=9)
    for reason, (marker, colour) in MARKS.items():
        bad = [(N, verdict[0]) for N, verdict in found.items() if verdict and verdict[1] == reason]
        ax.plot([N for N, _ in bad], [n for _, n in bad], marker, color=colour, markersize=6)
    ax.set(xscale="log", yscale="log", ylim=(0.36, 1.6 * last), title=name)
    ax.text(0.04, 0.93, _tally(len(valid), len(found)), transform=ax.transAxes, va="top", fontsize=10)


def _tally(valid: int, of: int) -> str:
    return {0: "valid for no $N$", of: "valid for every $N$"}.get(valid, f"valid for {valid} of {of} lengths $N$")
