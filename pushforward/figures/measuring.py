"""Figures of notebook 09: impostors, what sees them, and a bias that falls like one over n."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from pushforward.data import two_moons
from pushforward.figures.controls import choice, explorer, slider
from pushforward.figures.style import BLUE, GREEN, GREY, VERMILION, figure, on_cpu
from pushforward.measuring.estimate import Estimate, measured
from pushforward.measuring.frechet import frechet
from pushforward.measuring.kernels import mmd
from pushforward.measuring.neighbours import neighbour_ratio, shares
from pushforward.measuring.shapes import moon_distances
from pushforward.measuring.two_sample import two_sample

ALARM = 5.0  # standard errors
FRAUDS = ("noise", "a lost moon", "a Gaussian", "copies")


def impostor(kind: str, strength: float, train: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Samples, as many as train (n, 2) on two moons has, with a fault of that strength between 0 and 1.

    "noise": wider moons, of noise 0.05 + strength; "a lost moon": that share of the lower moon gives way to the upper
    one; "a Gaussian": that share of the points is normal, with the mean and covariance of train; "copies": that share
    comes from train.
    """
    n = len(train)
    fair = two_moons(n, noise=0.05 + strength if kind == "noise" else 0.05, generator=generator).to(train)
    chosen = (torch.rand(n, generator=generator) < strength).to(train.device)
    if kind == "a lost moon":
        lower = (moon_distances(fair).argmin(1) == 1).to(fair.device)
        turned = fair.new_tensor([1.0, 0.5]) - fair  # half a turn takes one moon to the other
        return torch.where((chosen & lower)[:, None], turned, fair)
    if kind == "a Gaussian":
        z = torch.randn(n, 2, generator=generator).to(train)
        roots = [torch.linalg.cholesky(torch.cov(cloud.T)) for cloud in (train, z)]
        exact = (
            train.mean(0)
            + (z - z.mean(0)) @ torch.linalg.solve_triangular(roots[1], roots[0], upper=False, left=False).T
        )
        return torch.where(chosen[:, None], exact, fair)
    return torch.where(chosen[:, None], train, fair) if kind == "copies" else fair


# --- the opening picture ---------------------------------------------------------------------------------------


def _readings(train: torch.Tensor, fresh: torch.Tensor, fake: torch.Tensor) -> dict[str, Estimate]:
    """Six measures of a fake by name, each with its standard error."""
    four, test = shares(train, fake), two_sample(fresh, fake)
    return {
        "Fréchet": measured(frechet, train, fake),
        "MMD²": mmd(train, fake),
        **{name: four[name] for name in ("precision", "coverage")},
        "two-sample": Estimate(test.accuracy, test.error, test.n, test.n),
        "neighbours": neighbour_ratio(train, fake, fresh),
    }


@on_cpu
def draw_impostors(train: torch.Tensor, fresh: torch.Tensor, suspects: Mapping[str, torch.Tensor]) -> Figure:
    """Above, each suspect's samples; below, what each measure says, filled where that is an alarm.

    An alarm: worse than the reading of the first suspect, which is data, by more than five standard errors of both.
    """
    fig, axes = figure(2, len(suspects), (9.6, 4.6), height_ratios=[1, 1.35])
    readings = {name: _readings(train, fresh, fake) for name, fake in suspects.items()}
    normal = next(iter(readings.values()))
    for column, (name, found) in zip(axes.T, readings.items(), strict=True):
        _cloud(column[0], suspects[name], name)
        _table(column[1], found, {key: alarmed(key, value, normal[key]) for key, value in found.items()})
    for row, key in enumerate(normal):
        axes[1, 0].text(-0.08, -row, key, ha="right", va="center")
    return fig


def alarmed(name: str, found: Estimate, normal: Estimate) -> bool:
    """Whether a reading is worse than that of the data by more than five standard errors of both together."""
    off = found.value - normal.value
    worse = -off if name in ("precision", "coverage") else abs(off) if name == "neighbours" else off
    return worse > ALARM * (found.error**2 + normal.error**2) ** 0.5


def _cloud(ax: Axes, x: torch.Tensor, title: str) -> None:
    ax.scatter(*x.T.numpy(), s=3, color=BLUE, linewidths=0, rasterized=True)
    ax.set(xlim=(-1.7, 2.7), ylim=(-1.4, 1.9), xticks=[], yticks=[], title=title, aspect="equal")
    for spine in ax.spines.values():
        spine.set_visible(False)


def _table(ax: Axes, found: Mapping[str, Estimate], alarms: Mapping[str, bool]) -> None:
    """One field for each reading; an alarm is filled, and its number bold."""
    for row, (key, reading) in enumerate(found.items()):
        loud = alarms[key]
        ax.barh(-row, 1, height=0.86, color=VERMILION if loud else "#EFEFEF")
        weight = "bold" if loud else "normal"
        ax.text(0.5, -row, _written(reading.value), ha="center", va="center", weight=weight, color="black")
    ax.set(xlim=(0, 1), ylim=(0.5 - len(found), 0.5))
    ax.axis("off")


def _written(value: float) -> str:
    """Three places, a minus that is one, and none before a nought."""
    return f"{value:.3f}".replace("-0.000", "0.000").replace("-", "−")


# --- the bias of the Fréchet distance --------------------------------------------------------------------------


@on_cpu
def draw_bias(sizes: torch.Tensor, found: torch.Tensor, limit: float | torch.Tensor) -> Figure:
    """Distances found (K, runs) at sizes (K,) against 1/n: means with standard errors, and the line to the limit."""
    fig, ax = figure(1, 1, (6.4, 3.4))
    u, mean, limit = 1 / sizes.double(), found.mean(1), float(limit)
    error = found.std(1) / found.shape[1] ** 0.5
    slope = float(((mean - limit) * u).sum() / u.pow(2).sum())
    ax.plot([0, float(u.max())], [limit, limit + slope * float(u.max())], "--", color=GREY)
    ax.errorbar(u, mean, yerr=error, fmt="o", color=BLUE, capsize=3)
    ax.plot([0], [limit], "D", color=VERMILION, clip_on=False, zorder=3, label=f"limit {limit:.4f}".replace("-", "−"))
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set(xlabel="$1/n$", ylabel="Fréchet distance", xlim=(0, None))
    ax.legend(loc="upper left")
    return fig


# --- what the bandwidth of a kernel sees -----------------------------------------------------------------------


@on_cpu
def draw_bandwidths(widths: Sequence[float], signals: Mapping[str, Sequence[float]], usual: float) -> Figure:
    """For each set of samples its MMD² in standard errors against the bandwidth; a line at the usual bandwidth.

    signals: name -> one value for each width, of up to four sets.
    """
    fig, ax = figure(1, 1, (7.6, 3.4))
    for (name, signal), colour, dash in zip(
        signals.items(), (GREY, BLUE, GREEN, VERMILION), (":", "-", "--", "-."), strict=False
    ):
        ax.plot(widths, signal, dash, color=colour, label=name)
    ax.axvline(usual, color="black", linewidth=1, label="median distance")
    ax.axhline(2, color=GREY, linewidth=0.8)
    ax.set(xscale="log", xlabel="bandwidth $h$", ylabel="MMD² / standard error", yscale="symlog")
    ax.set_yticks([-2, 0, 2, 5, 10, 20], ["−2", "0", "2", "5", "10", "20"])
    ax.yaxis.set_minor_locator(NullLocator())
    fig.legend(loc="outside right upper")
    return fig


# --- a memoriser's likelihood and its samples ------------------------------------------------------------------


@on_cpu
def draw_memoriser(widths: Sequence[float], nll: Sequence[float], sure: Sequence[float], fresh: float) -> Figure:
    """Against the width: left, nats per test digit; right, the share of samples recognised, and that of test digits."""
    fig, (left, right) = figure(1, 2, (9, 3.2))
    left.plot(widths, nll, "o-", color=BLUE)
    left.set(title="nats per test digit: lower is better", yscale="log")
    ticks = [tick for tick in (100, 200, 500, 1000, 2000, 5000) if min(nll) / 2 < tick < 2 * max(nll)]
    left.set_yticks(ticks, list(map(str, ticks)))
    left.yaxis.set_minor_locator(NullLocator())
    right.plot(widths, sure, "o-", color=VERMILION, label="samples")
    right.axhline(fresh, color=GREY, linestyle="--", label="test digits")
    right.set(title="share recognised: higher is better", ylim=(0, 1))
    right.legend(loc="lower left")
    for ax in (left, right):
        ax.set_xlabel(r"width $\sigma$, in grey levels")
    return fig


# --- faults under a slider -------------------------------------------------------------------------------------

Readings = Callable[[torch.Tensor, torch.Tensor], Mapping[str, float]]  # training data, samples -> a number by name


@on_cpu
def measure_explorer(readings: Readings, n: int = 200) -> ipywidgets.VBox:
    """A menu of faults and a slider for their strength; under it the reader's own measures of the samples.

    readings: takes training data and samples, each (n, 2), and gives all measures by name.
    """
    fault = choice("fault", FRAUDS, "noise")
    strength = slider("strength", 0, 1, 0.05, value=0.0)
    alt = (
        "Samples with the fault {fault} at strength {strength}, and one bar for each measure, from data to this model."
    )
    return explorer(partial(draw_measures, readings=readings, n=n), alt, fault=fault, strength=strength)


@on_cpu
def draw_measures(fault: str, strength: float, readings: Readings, n: int = 200) -> Figure:
    """Left, the samples over the training data; right, each measure of them beside the same measure of fresh data."""
    dice = torch.Generator().manual_seed(5)
    train, fair = (two_moons(n, generator=dice).double() for _ in range(2))
    fake = impostor(fault, strength, train, dice)
    fig, (left, right) = figure(1, 2, (9, 3.8), width_ratios=[1, 1.2])
    _cloud(left, fake, f"{fault}, strength {strength:.2f}\n(grey: training data)")
    left.scatter(*train.T.numpy(), s=2, color=GREY, linewidths=0, zorder=0)
    _bars(right, {name: float(value) for name, value in readings(train, fake).items()}, readings(train, fair))
    right.set_title("bar: these samples; black mark: fresh data", loc="left")
    return fig


def _bars(ax: Axes, ours: Mapping[str, float], data: Mapping[str, float]) -> None:
    """One bar below the other, each with its number and with a mark where data stand; all drawn at once, for speed."""
    rows = [-row for row in range(len(ours))]
    ax.barh(rows, list(ours.values()), height=0.5, color=BLUE)
    marks = [float(data[name]) for name in ours]
    ax.vlines(marks, [row - 0.35 for row in rows], [row + 0.35 for row in rows], color="black", linewidth=2)
    for row, value in zip(rows, ours.values(), strict=True):
        ax.text(1.62, row, _written(value), va="center", ha="left")
    ax.set(yticks=rows, yticklabels=list(ours), xlim=(-0.12, 1.6))
