"""The pictures of notebook 15: what the forward process does to two points, to digits, and to a path that is pinned.

Drawings are pure functions from numbers, and from the reader's own functions, to a Figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pushforward.diffusion import best_x0
from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, figure, image, on_cpu

Schedule = Callable[[int], torch.Tensor]
TEMPERAMENTS = {
    "fades: $a = 0.97,\\ b = 0.05$": (0.97, 0.05),
    "keeps: $b^2 = 1 - a^2$": (0.97, math.sqrt(1 - 0.97**2)),
    "explodes: $a = 1$": (1.0, math.sqrt(1 - 0.97**2)),
}
LINES = {"linear": (BLUE, "-"), "cosine": (VERMILION, "--"), "sin(n/N)": (GREEN, "-."), "log(1 + n/N)": (ORANGE, ":")}


# --- one step, and many ----------------------------------------------------------------------------------------


@on_cpu
def draw_temperaments(noising_step: Callable, marginal_after: Callable, start: float = 3.0, steps: int = 150) -> Figure:
    """Paths walked step by step from one start, and the band that should hold 95 % of them, for three (a, b)."""
    fig, axes = figure(1, 3, (9, 3.2), sharey=True)
    source = torch.Generator().manual_seed(3)
    for ax, (name, (a, b)) in zip(axes, TEMPERAMENTS.items(), strict=True):
        walk = [torch.full((25,), start)]
        for _ in range(steps):
            walk.append(noising_step(walk[-1], torch.randn(25, generator=source), a, b))
        ax.plot(torch.stack(walk), color=GREY, linewidth=0.5)
        scale, variance = np.array([(1.0, 0.0)] + [marginal_after(t, a, b) for t in range(1, steps + 1)], float).T
        middle, reach = start * scale, 1.96 * np.sqrt(variance)
        ax.plot(middle, color=BLUE)
        ax.fill_between(range(steps + 1), middle - reach, middle + reach, color=BLUE, alpha=0.25)
        ax.set(title=name, xlabel="time $t$")
    axes[0].set_ylabel(f"$x_t$, starting at {start:g}")
    return fig


@on_cpu
def draw_left(schedules: Mapping[str, Schedule], alpha_bar: Callable, log_alpha_bar: Callable, T: int = 1000) -> Figure:
    """What four schedules leave of the signal, as a share and in powers of ten."""
    fig, (left, right) = figure(1, 2, (9, 3.4))
    time = range(1, T + 1)
    for name, (colour, dash) in LINES.items():
        beta = schedules[name](T)
        left.plot(time, alpha_bar(beta), dash, color=colour, label=name)
        right.plot(time, log_alpha_bar(beta) / math.log(10), dash, color=colour, label=name)
    left.set(xlabel="time $t$", title=r"share of the signal left, $\bar\alpha_t$")
    right.set(xlabel="time $t$", title=r"the same in powers of ten, $\log_{10}\bar\alpha_t$", ylim=(-60, 2))
    right.axhline(-45, color=GREY, linewidth=0.8)
    right.text(T, -46, "smallest float32", ha="right", va="top", color=GREY)
    left.legend()
    return fig


@on_cpu
def left_in_words(schedules: Mapping[str, Schedule], alpha_bar: Callable, T: int = 1000) -> str:
    """The words for `draw_left`, computed, so that they tell nothing to who has not run the cell."""
    halves = [f"{name} at step {int((alpha_bar(schedules[name](T)) > 0.5).sum()) + 1}" for name in LINES]
    return (
        f"Left: the share of the signal over {T} steps falls from one to nearly zero; half of it is gone in "
        f"{', '.join(halves)}. Right: the same in powers of ten, with a line for the smallest float32."
    )


@on_cpu
def draw_heat(noising_step: Callable, alpha_bar: Callable, beta: torch.Tensor) -> Figure:
    """Two data points, −1 and 1: the density of x_t at every time as shades, and a few paths that walk through it.

    Each column is divided by its highest value, so that the shape can be seen at every time.
    """
    fig, ax = figure(1, 1, (8.6, 3.8))
    x, kept = torch.linspace(-3.2, 3.2, 321, dtype=torch.float64)[:, None], alpha_bar(beta)
    hills = [torch.exp(-((x - sign * kept.sqrt()) ** 2) / (2 * (1 - kept))) for sign in (-1, 1)]
    height = sum(hills)
    shades = (height / height.amax(0)).numpy()
    ax.pcolormesh(
        np.arange(1, len(beta) + 1), x[:, 0].numpy(), shades, cmap="Greys", vmax=1.6, shading="nearest", rasterized=True
    )
    source = torch.Generator().manual_seed(5)
    for sign, colour, dash in ((-1.0, BLUE, "-"), (1.0, VERMILION, "--")):
        walk = [torch.full((4,), sign, dtype=beta.dtype)]
        for b in beta.tolist():
            eps = torch.randn(4, generator=source, dtype=torch.float32).to(beta.dtype)
            walk.append(noising_step(walk[-1], eps, math.sqrt(1 - b), math.sqrt(b)))
        ax.plot(torch.stack(walk), dash, color=colour, linewidth=0.9)
    ax.set(xlabel="time $t$", ylabel="$x_t$", xlim=(0, len(beta)), ylim=(-3.2, 3.2))
    return fig


# --- how far from the prior ------------------------------------------------------------------------------------


@on_cpu
def draw_prior_gap(
    prior_gap: Callable, alpha_bar: Callable, linear: Schedule, x0: torch.Tensor, lengths: Sequence[int]
) -> Figure:
    """The mean gap of x0 (B, d) against the number of steps: betas as for T = 1000, or scaled to the length."""
    fig, ax = figure(1, 1, (6.4, 3.6))
    for label, colour, mark, scale in (
        (r"$\beta$ from $10^{-4}$ to $0.02$, whatever $T$", VERMILION, "o-", lambda T: T / 1000),
        (r"$\beta$ scaled by $1000/T$", BLUE, "s-", lambda T: 1.0),
    ):
        ends = [float(alpha_bar(linear(T) * scale(T))[-1]) for T in lengths]
        ax.loglog(lengths, [float(prior_gap(x0, end)["kl"].mean()) for end in ends], mark, color=colour, label=label)
    ax.set(xlabel="number of steps $T$", ylabel="KL to the prior (nats per digit)", ylim=(1e-6, 100))
    ax.legend()
    return fig


@on_cpu
def draw_ve_gaps(ve_prior_gaps: Callable, mean: float = 2.0, var: float = 1.0, sigma: float = 0.5) -> Figure:
    """The divergence of x_T from three priors against the number of steps."""
    steps = np.unique(np.logspace(0, 4, 60).round().astype(int)).tolist()
    gaps = [ve_prior_gaps(mean, var, T, sigma) for T in steps]
    fig, ax = figure(1, 1, (6.8, 3.6))
    for name, label, colour, dash in (
        ("noise", r"$\mathcal{N}(0, T\sigma^2)$", VERMILION, "-"),
        ("spread", r"$\mathcal{N}(0, s^2 + T\sigma^2)$", ORANGE, "--"),
        ("mean", r"$\mathcal{N}(m, T\sigma^2)$", BLUE, "-."),
    ):
        ax.loglog(steps, [gap[name] for gap in gaps], dash, color=colour, label=label)
    ax.set(xlabel=rf"number of steps $T$, with $\sigma = {sigma:g}$", ylabel="KL to the prior (nats)", ylim=(1e-8, 30))
    ax.legend(title=r"prior (the fourth, $\mathcal{N}(m, s^2 + T\sigma^2)$, is exact)", alignment="left")
    return fig


# --- which schedules are allowed -------------------------------------------------------------------------------


def verdicts_in_words(verdicts: Mapping[str, Mapping[int, tuple[int, str] | None]], most: int = 6) -> str:
    """The words for `draw_verdicts`, computed: for each schedule the runs of lengths with the same verdict."""
    told = []
    for name, found in verdicts.items():
        runs = [
            (reason, [N for N, _ in run])
            for reason, run in groupby(sorted(found.items()), key=lambda item: item[1][1] if item[1] else "valid")
        ]
        spans = [f"{reason} at {_span(lengths)}" for reason, lengths in runs[:most]]
        told.append(f"{name}: {', '.join(spans)}{' and so on' if len(runs) > most else ''}")
    return f"One panel for each schedule, its first bad step against its length N. {'; '.join(told)}."


def _span(lengths: Sequence[int]) -> str:
    return f"N = {lengths[0]}" + (f" to {lengths[-1]}" if len(lengths) > 1 else "")


# --- one step back ---------------------------------------------------------------------------------------------


@on_cpu
def draw_bayes(alpha_bar: Callable, posterior: Callable, beta: torch.Tensor, t: int, x0: float, xt: float) -> Figure:
    """Two opinions on x_{t−1}, their product on a grid, the reader's posterior, and where a misprint puts the mean."""
    kept, alpha = alpha_bar(beta), 1 - beta[t - 1]
    x = torch.linspace(-1.5, 4, 2000, dtype=torch.float64)
    from_x0 = torch.exp(-((x - kept[t - 2].sqrt() * x0) ** 2) / (2 * (1 - kept[t - 2])))
    from_xt = torch.exp(-((xt - alpha.sqrt() * x) ** 2) / (2 * beta[t - 1]))
    point = [torch.full((1,), value, dtype=beta.dtype) for value in (x0, xt)]
    mean, variance = (float(part) for part in posterior(*point, torch.tensor([t]), beta))
    shift = (alpha.sqrt() - kept[t - 1].sqrt()) * (1 - kept[t - 2]) / (1 - kept[t - 1]) * xt
    density = torch.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    fig, ax = figure(1, 1, (7.5, 3.6))
    ax.fill_between(x, _area_one(x, from_x0 * from_xt), color="#D0D0D0", label="product of the two, on a grid")
    ax.plot(x, _area_one(x, from_x0), ":", color=ORANGE, label=f"from $x_0 = {x0:g}$")
    ax.plot(x, _area_one(x, from_xt), "-.", color=GREEN, label=f"from $x_{t} = {xt:g}$")
    ax.plot(x, density, color=BLUE, label="your posterior")
    ax.axvline(mean - float(shift), color=VERMILION, linestyle="--", linewidth=1.2, label="mean as misprinted")
    ax.set(xlabel=f"$x_{t - 1}$", ylabel="density", yticks=[], ylim=(0, None))
    ax.legend()
    return fig


def _area_one(x: torch.Tensor, height: torch.Tensor) -> torch.Tensor:
    return height / torch.trapezoid(height, x)


@on_cpu
def bridge_explorer(posterior: Callable, beta: torch.Tensor) -> ipywidgets.VBox:
    """Two sliders, for the time t and the value x_t: the way back to x0 = 1 hangs between the two like a rope."""
    t, xt = slider("t", 2, len(beta), value=min(40, len(beta))), slider("x_t", -3, 3, 0.1, value=-1)
    alt = (
        "Twelve random paths from the value {xt} at time {t} back to the value 1 at time 0, and around them a "
        "shaded band that has no width at either end."
    )
    return explorer(partial(draw_bridge, posterior=posterior, beta=beta), alt, t=t, xt=xt)


@on_cpu
def draw_bridge(t: int, xt: float, posterior: Callable, beta: torch.Tensor) -> Figure:
    """Paths drawn backwards from x_t by the reader's posterior given x0 = 1, and a band of two deviations each way."""
    paths, middle, spread = _bridge(t, xt, posterior, beta)
    fig, ax = figure(1, 1, (8.6, 3.6))
    time = np.arange(t, -1, -1)
    ax.fill_between(time, middle - 2 * spread, middle + 2 * spread, color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(time, paths, color=GREY, linewidth=0.6)
    ax.plot(time, middle, color=BLUE)
    ax.plot([0, t], [1, xt], "o", color=VERMILION)
    ax.annotate("$x_0$", (0, 1), (-4, 8), textcoords="offset points", ha="right")
    ax.annotate("$x_t$", (t, xt), (6, 4), textcoords="offset points")
    step = f"one step back from $t = {t}$: mean {middle[1]:.3f}, deviation {spread[1]:.3f}"
    ax.set(xlabel="time", xlim=(-3, len(beta) + 3), ylim=(-3.6, 3.6))
    ax.set_title(step.replace("-", "−"), loc="left")
    return fig


def _bridge(t: int, xt: float, posterior: Callable, beta: torch.Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(paths (t + 1, 12), middle (t + 1,), spread (t + 1,)), from time t to 0.

    The mean of a step back is linear in x0 and x_t: two of the items ask for its factors, the others are the paths.
    """
    source = torch.Generator().manual_seed(4)
    x = torch.full((12,), xt, dtype=beta.dtype)
    paths, middle, variance = [x], [xt], [0.0]
    for s in range(t, 0, -1):
        asked = torch.cat([x.new_tensor([0.0, 1.0]), x])  # x_s; with x0 = 1 and 0 for the first two
        x0 = torch.cat([x.new_tensor([1.0, 0.0]), torch.ones_like(x)])
        mean, spread = posterior(x0, asked, torch.full((14,), s), beta)
        on_x0, on_xt = (float(m) for m in mean[:2])
        middle.append(on_x0 + on_xt * middle[-1])
        variance.append(on_xt**2 * variance[-1] + float(spread[0]))
        x = mean[2:] + spread[2:].sqrt() * torch.randn(12, generator=source, dtype=torch.float32).to(x)
        paths.append(x)
    return torch.stack(paths).numpy(), np.array(middle), np.sqrt(variance)


# --- from the noise to the picture -----------------------------------------------------------------------------


@on_cpu
def draw_best_guesses(
    alpha_bar: Callable,
    q_sample: Callable,
    beta: torch.Tensor,
    pictures: torch.Tensor,
    which: int,
    times: Sequence[int],
) -> Figure:
    """One of the pictures (n, h, w) at several times, and below each the best guess of whoever knows all n of them."""
    kept = alpha_bar(beta).to(pictures.dtype)
    t = torch.tensor(times)
    x0 = pictures[which].expand(len(times), *pictures.shape[1:])
    eps = torch.randn(pictures.shape[1:], generator=torch.Generator().manual_seed(1), dtype=torch.float32).to(x0)
    xt = q_sample(x0, t, eps.expand_as(x0), kept)
    guess = best_x0(xt.flatten(1), t, pictures.flatten(1), kept).reshape(x0.shape)
    fig, axes = figure(2, len(times), (9, 3.6))
    for column, time, noisy, found, off in zip(axes.T, times, xt, guess, _rms(guess - x0), strict=True):
        image(column[0], noisy, f"$t = {time}$")
        image(column[1], found, f"off by {off:.2f}")
    axes[0, 0].set_ylabel("$x_t$")
    axes[1, 0].set_ylabel(r"best $\hat x_0$")
    return fig


def guesses_in_words(fig: Figure) -> str:
    """The words for `draw_best_guesses`, read off the figure."""
    times, guesses = ([ax.get_title().replace("$", "") for ax in row] for row in np.array(fig.axes).reshape(2, -1))
    told = ", ".join(f"{guess} at {time}" for time, guess in zip(times, guesses, strict=True))
    return f"A digit, ever noisier, and below it at each time the best possible guess of the clean one: {told}."


def _rms(x: torch.Tensor) -> list[float]:
    return x.flatten(1).square().mean(1).sqrt().tolist()


@on_cpu
def draw_generated(states: Sequence[torch.Tensor], pictures: torch.Tensor, shown: int = 6) -> Figure:
    """The way from noise states[0] to states[-1], each (B, d), and the nearest of the pictures (n, h, w) to its end."""
    nearest = pictures[torch.cdist(states[-1], pictures.flatten(1)).argmin(1)]
    at = np.linspace(0, len(states) - 1, shown).round().astype(int)
    fig, axes = figure(1, shown + 1, (9, 4.4))
    for ax, k in zip(axes, at, strict=False):
        _column(ax, states[k].reshape(nearest.shape), f"$t = {len(states) - 1 - k}$")
    _column(axes[-1], nearest, "nearest")
    return fig


def _column(ax: Axes, pictures: torch.Tensor, title: str) -> None:
    """Pictures (k, height, width) below each other."""
    image(ax, torch.cat(list(pictures)), title)
    for k in range(1, len(pictures)):
        ax.axhline(k * pictures.shape[1] - 0.5, color="white", linewidth=5)
    for spine in ax.spines.values():
        spine.set_visible(False)
