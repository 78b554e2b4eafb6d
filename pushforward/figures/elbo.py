"""The pictures of notebook 06: an ascent on the bound, and bounds that climb with the number of draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from pushforward.figures.style import BLUE, GREY, ORANGE, VERMILION, figure, on_cpu

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
