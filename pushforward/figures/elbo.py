"""The pictures of notebook 06: draws, bounds, an ascent, and what stands behind a reconstruction loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure

from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, figure, on_cpu

_LINES = ((BLUE, "-"), (ORANGE, "--"), (VERMILION, "-."))


@on_cpu
def draw_ascent(
    gaps: Sequence[float], widths: Sequence[Sequence[float]], least: float, best: Sequence[float]
) -> Figure:
    """The exact gap over the steps of an ascent, with the least one that q can reach; and q's standard deviations.

    gaps: one per step; widths: one row of standard deviations per step; best: those of the best q.
    """
    fig, (left, right) = figure(1, 2, (9.2, 3.4))
    left.semilogy(gaps, color=BLUE)
    left.axhline(least, color="black", linestyle="--", linewidth=1.2)
    left.text(len(gaps), least * 0.94, "least gap of an independent $q$", ha="right", va="top")
    left.set(xlabel="step", ylabel=r"$\log p(x)$ − ELBO (nats)", ylim=(least / 1.6, None))
    for k, (column, aim) in enumerate(zip(zip(*widths, strict=True), best, strict=True)):
        colour, dash = _LINES[k]
        right.plot(column, dash, color=colour, label=rf"$\sigma_{k + 1}$")
        right.axhline(aim, color=GREY, linewidth=0.9)
    right.set(xlabel="step", ylabel="standard deviations of $q$", ylim=(0, None))
    right.legend()
    return fig


@on_cpu
def draw_bounds(
    counts: Sequence[int], bounds: Mapping[str, Sequence[float]], sizes: Mapping[str, Sequence[float]]
) -> Figure:
    """Bounds less log p(x), and effective sample sizes, over the number of draws; a line for each q, by its name."""
    fig, (left, right) = figure(1, 2, (9.2, 3.6))
    for (name, values), (colour, dash) in zip(bounds.items(), _LINES, strict=False):
        left.plot(counts, values, dash, color=colour, marker="o", markersize=4, label=name)
        right.plot(counts, sizes[name], dash, color=colour, marker="o", markersize=4)
    left.axhline(0, color="black", linewidth=1)
    left.set(xscale="log", xlabel="draws $K$", ylabel=r"bound − $\log p(x)$ (nats)")
    left.legend(title="$q$", alignment="left")
    right.plot(counts, counts, ":", color=GREY)
    right.set(xscale="log", yscale="log", xlabel="draws $K$", ylabel="effective sample size")
    return fig


@on_cpu
def draw_single_draws(draws: Mapping[str, tuple[torch.Tensor, torch.Tensor]], log_px: float) -> Figure:
    """For each q, by its name, the histograms of single-draw estimates (a) and (b), (N,) each, around log p(x)."""
    fig, axes = figure(1, len(draws), (9, 3.4), sharey=True, squeeze=False)
    edges = torch.linspace(-6, 0, 61).tolist()
    for ax, (name, (a, b)) in zip(axes[0], draws.items(), strict=True):
        ax.hist(a.tolist(), edges, color=BLUE, alpha=0.75, label="(a) KL in closed form")
        ax.hist(b.tolist(), edges, color=VERMILION, histtype="step", linewidth=1.6, label="(b) all from draws")
        ax.axvline(log_px, color="black", linewidth=1.2)
        words = f"(a) {a.mean():.2f} ± {a.std():.2f}    (b) {b.mean():.2f} ± {b.std():.2f}".replace("-", "−")
        ax.set(title=f"{name}\n{words}", xlabel="estimate (nats)", ylim=(0, 700))
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


@on_cpu
def draw_best_independent(precision: torch.Tensor) -> Figure:
    """A posterior with this precision, (2, 2), seen from above, and the best q with independent components."""
    covariance = torch.linalg.inv(precision)
    best = torch.diag(1 / precision.diag())
    axis = torch.linspace(-3, 3, 241, dtype=precision.dtype) * covariance.diag().sqrt().max()
    spots = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
    fig, ax = figure(1, 1, (4.6, 4.2))
    for of, colour, dash, name in (
        (covariance, BLUE, "-", "posterior"),
        (best, VERMILION, "--", "best independent $q$"),
    ):
        away = torch.einsum("...i,ij,...j->...", spots, torch.linalg.inv(of), spots)
        ax.contour(axis, axis, away, levels=[1, 4], colors=colour, linestyles=dash)
        ax.plot([], [], dash, color=colour, label=name)
    ax.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return fig


@on_cpu
def draw_rebuilt(
    rows: Mapping[str, torch.Tensor],
    sigmas: Sequence[float],
    losses: Mapping[str, Sequence[float]],
    lowest: Mapping[str, tuple[float, float]],
    implied: float,
) -> Figure:
    """Rows of small pictures (n, 8, 8), and losses over sigma, each with its lowest point (sigma, loss); all by name.

    implied: the sigma that plain mean squared error stands for.
    """
    fig, (left, right) = figure(1, 2, (9.4, 3.4), width_ratios=[1, 1.35])
    framed = torch.nn.functional.pad(torch.stack(list(rows.values())), (1, 1, 1, 1))  # (rows, n, 10, 10)
    left.imshow(framed.permute(0, 2, 1, 3).flatten(0, 1).flatten(1).numpy(), vmin=0, vmax=1)
    left.set(xticks=[], yticks=[10 * k + 4.5 for k in range(len(rows))], yticklabels=list(rows))
    left.tick_params(length=0)
    left.spines[:].set_visible(False)
    for (name, values), (colour, dash) in zip(losses.items(), ((VERMILION, "-"), (BLUE, "--")), strict=True):
        right.plot(sigmas, values, dash, color=colour, label=name)
        right.plot(*lowest[name], "o", color=colour)
    right.axvline(implied, color=GREY, linewidth=1)
    right.text(implied, -105, "plain mean squared \nerror implies this ", ha="right", color=GREY)
    right.set(xscale="log", ylim=(-110, 190), xlabel=r"$\sigma$", ylabel="nats per picture")
    right.legend(loc="upper center")
    return fig


@on_cpu
def draw_masses(
    x: torch.Tensor, heights: Mapping[str, torch.Tensor], logits: torch.Tensor, masses: Mapping[str, torch.Tensor]
) -> Figure:
    """Left, exp(−BCE) over the grey value x, a curve for each name; right, over the logit, what should be 1."""
    fig, (left, right) = figure(1, 2, (9.2, 3.5))
    lines = ((GREY, ":"), (GREEN, "-."), (BLUE, "--"), (VERMILION, "-"))
    for (name, height), (colour, dash) in zip(heights.items(), lines, strict=False):
        left.plot(x, height, dash, color=colour, label=name)
    left.set(xlabel="grey value $x$", title=r"$\exp(-\mathrm{BCE}(x, l))$", ylim=(0, 1.02))
    left.legend()
    lines = ((ORANGE, "-"), (BLUE, "--"), (VERMILION, "-."))
    for (name, mass), (colour, dash) in zip(masses.items(), lines, strict=False):
        right.plot(logits, mass, dash, color=colour, label=name)
    right.set(xlabel="logit $l$", yscale="log", ylim=(0.05, 30), title="what should be 1")
    right.legend(ncols=3, fontsize=9, columnspacing=0.8, handlelength=1.4)
    return fig
