"""The pictures of notebook 16: the way back with an exact denoiser, and films of trained ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pushforward.diffusion import alpha_bar, linear_schedule
from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREY, ORDER, VERMILION, cloud, figure, image, on_cpu

HILLS, WIDTH = (-1.0, 1.0), 0.15
MIDDLE = (0.5, 0.25)  # of the two moons


def two_hills(xt: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """E[eps | x_t] for data from ½ N(−1, 0.15²) + ½ N(1, 0.15²), where kept is alpha_bar_t; of the shape of xt."""
    root, variance = kept.sqrt(), kept * WIDTH**2 + 1 - kept
    share = torch.stack([-((xt - root * hill) ** 2) / (2 * variance) for hill in HILLS]).softmax(0)
    away = sum(w * (xt - root * hill) for w, hill in zip(share, HILLS, strict=True))
    return (1 - kept).sqrt() / variance * away


def density(x: torch.Tensor) -> torch.Tensor:
    """The density of the two hills."""
    normal = torch.distributions.Normal
    return sum(normal(hill, WIDTH).log_prob(x).exp() for hill in HILLS) / 2


# --- the opening picture ---------------------------------------------------------------------------------------


@on_cpu
def draw_way_back(beta: torch.Tensor, paths: int = 4000, seed: int = 3) -> Figure:
    """Paths of the reverse chain with variance beta_t, and histograms of four of its times."""
    T, kept = len(beta), alpha_bar(beta)
    source = torch.Generator().manual_seed(seed)
    states = [torch.randn(paths, generator=source, dtype=torch.float64)]
    for k in range(T - 1, -1, -1):
        guess = two_hills(states[-1], kept[k])
        mean = (states[-1] - beta[k] / (1 - kept[k]).sqrt() * guess) / (1 - beta[k]).sqrt()
        noise = torch.randn(paths, generator=source, dtype=torch.float64)
        states.append(mean + (k > 0) * beta[k].sqrt() * noise)
    walk = torch.stack(states)  # walk[T − t] is x_t
    fig, axes = figure(1, 5, (9.4, 3.8), sharey=True, width_ratios=[4, 1, 1, 1, 1])
    colours = ORDER((walk[-1, :30] / 3 + 0.5).clamp(0, 1).numpy())
    for path, colour in zip(walk.T[:30], colours, strict=True):
        axes[0].plot(range(T, -1, -1), path, color=colour, linewidth=0.8)
    axes[0].set(xlabel="time $t$ (the chain runs from left to right)", ylabel="$x_t$", xlim=(T, 0), ylim=(-3, 3))
    grid = torch.linspace(-3, 3, 301, dtype=torch.float64)
    for ax, t in zip(axes[1:], (T, T // 2, T // 6, 0), strict=True):
        ax.hist(walk[T - t].clamp(-3, 3), bins=60, range=(-3, 3), density=True, orientation="horizontal", color=BLUE)
        ax.set(title=f"$t = {t}$", xticks=[])
    axes[-1].plot(density(grid), grid, "--", color=VERMILION, linewidth=1.4)
    return fig


# --- steps and noise under sliders -----------------------------------------------------------------------------


@on_cpu
def chain_explorer(ddpm_sample: Callable) -> ipywidgets.VBox:
    """Choose the number of steps and how much of beta each step back adds as variance; see where the chain ends."""
    T = slider("T", 2, 100, value=20)
    share = slider("variance / beta", 0, 2, 0.1, value=1)
    alt = (
        "Histogram of 3000 chains of {T} steps, whose added variance is {share} times beta, under the two hills of the "
        "data at minus one and plus one."
    )
    return explorer(partial(draw_chain, ddpm_sample=ddpm_sample), alt, T=T, share=share)


@on_cpu
def draw_chain(T: int, share: float, ddpm_sample: Callable) -> Figure:
    """Where the reader's sampler ends, with the exact denoiser of two hills, beside their density."""
    beta, source = linear_schedule(T), torch.Generator().manual_seed(0)
    kept = alpha_bar(beta)
    noise = torch.randn(T, 3000, generator=source, dtype=torch.float64)
    start = torch.randn(3000, generator=source, dtype=torch.float64)
    x0 = ddpm_sample(lambda xt, t: two_hills(xt, kept[t - 1]), start, noise, beta, share * beta)
    fig, ax = figure(1, 1, (7, 3.4))
    grid = torch.linspace(-2.5, 2.5, 501, dtype=torch.float64)
    bars = np.histogram(x0.clamp(-2.5, 2.5), bins=100, range=(-2.5, 2.5), density=True)
    ax.stairs(*bars, fill=True, color=BLUE, label="chain")
    ax.plot(grid, density(grid), "--", color=VERMILION, label="data")
    ax.axvline(0, color=GREY, linewidth=0.6)
    near = torch.minimum((x0 - 1).abs(), (x0 + 1).abs()) < 3 * WIDTH
    ax.set(
        xlabel="$x_0$", yticks=[], title=f"T = {T}: {100 * near.double().mean():.0f} % within three widths of a hill"
    )
    ax.legend(loc="upper right")
    return fig


# --- the film of a chain ---------------------------------------------------------------------------------------


def film_of(sample: Callable[[], torch.Tensor], model: torch.nn.Module) -> list[torch.Tensor]:
    """x_T, x_{T−1}, …, x_1, as the model is shown them while sample() runs its chain, and what that returns, x_0."""
    film: list[torch.Tensor] = []
    watching = model.register_forward_pre_hook(lambda _, shown: film.append(shown[0].detach().clone()))
    try:
        with torch.no_grad():
            film.append(sample().detach())
    finally:
        watching.remove()
    return film


@on_cpu
def draw_film(film: list[torch.Tensor], frames: int = 8) -> Figure:
    """Some frames of a chain, side by side: the first, the last, and between them ever more as it nears the end.

    film: x_T … x_0, each (N, 2) or pictures (N, height, width) with values −1 … 1, of which the first six are shown.
    """
    T = len(film) - 1
    times = [round(T * ((frames - 1 - k) / (frames - 1)) ** 1.6) for k in range(frames)]
    tall = film[0].dim() == 3
    fig, axes = figure(1, frames, (9.4, 6.6 if tall else 1.9))
    for ax, t in zip(axes, times, strict=True):
        _frame(ax, film, t)
    return fig


@on_cpu
def film_explorer(film: list[torch.Tensor]) -> ipywidgets.VBox:
    """The film with a button that plays it, and a slider that stops it anywhere."""
    T = len(film) - 1
    frame = slider("frame", 0, T, value=T)
    play = ipywidgets.Play(description="play", min=0, max=T, value=T, interval=150)
    ipywidgets.link((play, "value"), (frame, "value"))
    alt = f"The chain after {{frame}} of its {T} steps back, from noise to data."
    box = explorer(partial(draw_frame, film=film), alt, frame=frame)
    box.children[0].children = (play, frame)
    return box


@on_cpu
def draw_frame(frame: int, film: list[torch.Tensor]) -> Figure:
    """One frame of the film, after `frame` steps."""
    tall = film[0].dim() == 3
    fig, ax = figure(1, 1, (5, 1.4) if tall else (4.2, 4.2))
    _frame(ax, film, len(film) - 1 - frame, upright=False)
    return fig


def _frame(ax: Axes, film: list[torch.Tensor], t: int, upright: bool = True) -> None:
    """x_t: points keep the colour of the place where they end; pictures stand one below the other, or in a row."""
    x = film[len(film) - 1 - t]
    if x.dim() == 2:
        cloud(ax, x - x.new_tensor(MIDDLE), film[-1][:, 0], 2.4, f"$t = {t}$")
        return
    image(ax, torch.cat(list(x[:6]), dim=0 if upright else 1), f"$t = {t}$")
    between = ax.axhline if upright else ax.axvline
    for k in range(1, len(x[:6])):
        between(k * x.shape[1 if upright else 2] - 0.5, color="white", linewidth=5)


# --- fewer steps -----------------------------------------------------------------------------------------------

Found = Mapping[str, Mapping[int, tuple[float, float]]]


@on_cpu
def draw_steps(found: Found) -> Figure:
    """For each kind of chain {steps: (distance over its floor, share of points off the moons)}, as two curves."""
    fig, (left, right) = figure(1, 2, (9.4, 3.2))
    for (name, rows), colour, mark in zip(found.items(), (BLUE, VERMILION, GREY), "os^", strict=False):
        steps = sorted(rows)
        left.plot(steps, [rows[k][0] for k in steps], mark + "-", color=colour, label=name)
        right.plot(steps, [100 * rows[k][1] for k in steps], mark + "-", color=colour, label=name)
    left.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
    left.set(title="sliced Wasserstein distance over its floor", yscale="log", yticks=[1, 2, 4, 8])
    left.set(yticklabels=[1, 2, 4, 8])
    right.set(title="% of the points beside the moons", yscale="symlog", ylim=(0, 120), yticks=[0, 1, 10, 100])
    right.set(yticklabels=[0, 1, 10, 100])
    for ax in (left, right):
        ax.set(xscale="log", xticks=steps, xticklabels=steps, xlabel="steps")
        ax.minorticks_off()
    right.legend()
    return fig
