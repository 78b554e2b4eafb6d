"""Figures with controls. For each, one function draws (numbers to Figure) and one wires controls to the drawing.

The drawings take the reader's own functions as arguments: what moves under the sliders is the reader's work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from numpy.polynomial.hermite_e import hermegauss

from pushforward.data import bend_to_moons
from pushforward.figures.controls import choice, ends_at, explorer, slider
from pushforward.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    ORDER,
    VERMILION,
    cloud,
    densities,
    figure,
    on_cpu,
    strip,
)

Schedule = Callable[[int], torch.Tensor]


# --- 00: noise pushed to two moons -----------------------------------------------------------------------------


@on_cpu
def push_explorer(standardise: Callable[[torch.Tensor], torch.Tensor]) -> ipywidgets.VBox:
    """A slider that pushes noise to two moons, and what the reader's `standardise` makes of every stage."""
    z = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    share = slider("pushed", 0, 1, 0.05, value=1)
    alt = "Two clouds of points: noise pushed a share of {share} of the way to two moons, and the same, standardised."
    return explorer(partial(draw_push, z=z, standardise=standardise), alt, share=share)


@on_cpu
def draw_push(share: float, z: torch.Tensor, standardise: Callable[[torch.Tensor], torch.Tensor]) -> Figure:
    """Left, (1 − share) z + share f(z); right, the same standardised; each with its mean and standard deviations."""
    fig, (left, right) = figure(1, 2, (8, 4.5))
    x = (1 - share) * z + share * bend_to_moons(z)
    for ax, points, title in ((left, x, "pushed"), (right, standardise(x), "standardised")):
        cloud(ax, points, z[:, 0], 3, f"{title}\n{_moments(points)}")
        centre, spread = points.mean(0).tolist(), points.std(0).tolist()
        ax.errorbar(*centre, xerr=spread[0], yerr=spread[1], color="black", linewidth=2, capsize=5, marker="o")
    return fig


def _moments(x: torch.Tensor) -> str:
    pairs = (f"({a:.2f}, {b:.2f})" for a, b in (x.mean(0).tolist(), x.std(0).tolist()))
    return "mean {}, st. dev. {}".format(*pairs).replace("-0.00", "0.00")


# --- 06: the bound and its gap ---------------------------------------------------------------------------------


@on_cpu
def elbo_explorer(elbo_terms: Callable, kl_gaussian: Callable) -> ipywidgets.VBox:
    """Sliders for mu and sigma of q, and what the reader's functions make of them: the bound, its parts and its gap."""
    mu = slider("mu", -3, 3, 0.05, value=-0.5)
    sigma = slider("sigma", 0.05, 2, 0.05, value=1)
    alt = (
        "Left: prior, posterior and q with mean {mu} and standard deviation {sigma}. Right: reconstruction, divergence "
        "from the prior and gap, one below the other, ending at log p(x)."
    )
    return explorer(partial(draw_elbo, elbo_terms=elbo_terms, kl_gaussian=kl_gaussian), alt, mu=mu, sigma=sigma)


@on_cpu
def draw_elbo(
    mu: float, sigma: float, elbo_terms: Callable, kl_gaussian: Callable, x: float = 1.5, w: float = 1.0, s: float = 0.8
) -> Figure:
    """z ~ N(0, 1), x | z ~ N(w z, s²): the three densities, and log p(x) = reconstruction − KL + gap as a staircase.

    What is exact here comes from sums over a fine grid; reconstruction, KL and gap come from the reader's functions.
    """
    z = torch.linspace(-12, 12, 4801, dtype=torch.float64)
    prior = _normal_density(z, 0.0, 1.0)
    joint = prior * _normal_density(torch.tensor(x, dtype=z.dtype), w * z, s)
    px = torch.trapezoid(joint, z)
    posterior = joint / px
    mean = torch.trapezoid(z * posterior, z)
    spread = torch.trapezoid((z - mean) ** 2 * posterior, z).sqrt()
    one = torch.ones(1, 1, dtype=z.dtype)
    eps = torch.tensor([-1.0, 1.0], dtype=z.dtype).reshape(2, 1, 1)  # two draws that make the mean of a square exact
    terms = elbo_terms(x * one, mu * one, sigma * one, eps, w * one, 0 * one[0], s)
    gap = kl_gaussian(mu * one, sigma * one, mean.reshape(1), spread.reshape(1))["kl"]
    fig, (left, right) = figure(1, 2, (9.4, 3.7), width_ratios=[1, 1.15])
    shown = (z > -3.6) & (z < 3.6)
    densities(left, *(values[shown] for values in (z, prior, posterior, _normal_density(z, mu, sigma))))
    left.set_ylim(0, 1.35)
    left.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=3, columnspacing=1, handlelength=1.5, handletextpad=0.4
    )
    _staircase(right, float(terms["reconstruction"]), float(terms["kl"]), float(gap), float(px.log()))
    return fig


def _normal_density(z: torch.Tensor, mean: torch.Tensor | float, sigma: float) -> torch.Tensor:
    return torch.exp(-0.5 * ((z - mean) / sigma) ** 2) / (sigma * (2 * torch.pi) ** 0.5)


def _staircase(ax: Axes, reconstruction: float, kl: float, gap: float, log_px: float) -> None:
    """Three bars, each beginning where the one above it ends; the last should end at log p(x)."""
    elbo = reconstruction - kl
    steps = (
        ("reconstruction", 0.0, reconstruction, BLUE, ""),
        ("− KL from the prior", reconstruction, -kl, "white", "...."),
        ("+ gap", elbo, gap, "white", "////"),
    )
    for row, (_, left, width, colour, hatch) in enumerate(steps):
        ax.barh(-row, width, left=left, height=0.62, color=colour, edgecolor=VERMILION if hatch else BLUE, hatch=hatch)
        ax.plot([left + width] * 2, [-row - 0.31, -row - 1.0 + 0.31], color=GREY, linewidth=0.8)
    ax.axvline(log_px, color="black", linewidth=1.4)
    ax.axvline(elbo, color=BLUE, linewidth=1.2, linestyle="--")
    ends = min(-8.0, 1.15 * min(reconstruction, elbo))
    ax.set(
        xlim=(ends, 0.3), ylim=(-2.6, 1.0), yticks=[0, -1, -2], yticklabels=[name for name, *_ in steps], xlabel="nats"
    )
    numbers = f"ELBO {elbo:.3f},  gap {gap:.3f},  $\\log p(x)$ {log_px:.3f}"
    ax.set_title(numbers.replace(" -", " −"), loc="left")
    ax.text(log_px, 0.95, " $\\log p(x)$", ha="left", va="top")
    ax.text(elbo, 0.95, "ELBO ", ha="right", va="top", color=BLUE)


# --- 07: gradients through samples -----------------------------------------------------------------------------


@on_cpu
def slide_explorer(reparameterise_lognormal: Callable[..., torch.Tensor]) -> ipywidgets.VBox:
    """Two sliders for mu and sigma. The noise stays, the samples slide, and arrows show where they go next."""
    mu = slider("mu", -1, 1, 0.05, value=0.3)
    sigma = slider("sigma", 0.05, 0.8, 0.05, value=0.5)
    eps = torch.tensor([-1.6, -1.0, -0.5, 0.0, 0.5, 1.0, 1.6])
    alt = (
        "Seven values of noise below a bell curve that never moves, and below them seven samples of the log-normal "
        "with mu = {mu} and sigma = {sigma}, joined to their noise, each with an arrow for its derivative by mu and "
        "one for its derivative by sigma."
    )
    draw = partial(draw_slide, eps=eps, reparameterise_lognormal=reparameterise_lognormal)
    return explorer(draw, alt, mu=mu, sigma=sigma)


@on_cpu
def draw_slide(
    mu: float, sigma: float, eps: torch.Tensor, reparameterise_lognormal: Callable[..., torch.Tensor]
) -> Figure:
    """Noise eps (N,) above, its samples z (N,) below with 0.4 ∂z/∂mu and 0.4 ∂z/∂sigma as arrows."""
    z, by_mu, by_sigma = _with_slopes(reparameterise_lognormal, eps, mu, sigma)
    fig, (above, below) = figure(2, 1, (9, 5), height_ratios=[1, 2])
    colours = ORDER(torch.linspace(0, 1, len(eps)).numpy())
    grid = torch.linspace(-3, 3, 200)
    above.fill_between(grid, torch.exp(-(grid**2) / 2), color="#E4E4E4", linewidth=0)
    above.scatter(eps, torch.zeros_like(eps), c=colours, s=40, zorder=3, clip_on=False)
    above.set(yticks=[], xlim=(-3, 3), ylim=(0, 1.1))
    above.set_title(r"noise $\epsilon$, drawn once", loc="left")
    grid = torch.linspace(0.01, 10, 400)
    density = torch.distributions.LogNormal(mu, sigma).log_prob(grid).exp()
    height = torch.arange(len(eps), 0, -1.0)
    below.fill_between(grid, (len(eps) + 1) * density / density.max(), color="#E4E4E4", linewidth=0)
    below.scatter(z, height, c=colours, s=40, zorder=3)
    _arrows(below, z, height + 0.16, 0.4 * by_mu, BLUE, r"$\partial z/\partial\mu$")
    _arrows(below, z, height - 0.16, 0.4 * by_sigma, VERMILION, r"$\partial z/\partial\sigma$")
    below.set(yticks=[], xlim=(0, 10), ylim=(0, len(eps) + 1), xlabel="sample $z$")
    below.legend(loc="upper right")
    for e, x, h, colour in zip(eps.tolist(), z.tolist(), height.tolist(), colours, strict=True):
        ends = {"xyA": (e, 0), "coordsA": above.transData, "xyB": (x, h), "coordsB": below.transData}
        fig.add_artist(ConnectionPatch(**ends, color=colour, linewidth=0.7, linestyle=":"))
    return fig


def _with_slopes(
    function: Callable[..., torch.Tensor], eps: torch.Tensor, mu: float, sigma: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """z, ∂z/∂mu and ∂z/∂sigma at each noise, all (N,)."""
    at = [torch.full_like(eps, v, requires_grad=True) for v in (mu, sigma)]
    z = function(eps, *at)
    by_mu, by_sigma = torch.autograd.grad(z.sum(), at)
    return z.detach(), by_mu, by_sigma


def _arrows(ax: Axes, x: torch.Tensor, y: torch.Tensor, length: torch.Tensor, colour: str, label: str) -> None:
    across = torch.zeros_like(length)
    frame = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.004, "headwidth": 4}
    ax.quiver(x, y, length, across, color=colour, zorder=2, label=label, **frame)


def _exact(terms: Callable[[torch.Tensor], torch.Tensor]) -> float:
    """The mean of terms (N, 1) under standard normal noise, by quadrature."""
    nodes, weights = (torch.tensor(v, dtype=torch.float32) for v in hermegauss(80))
    return float(weights @ terms(nodes[:, None])[:, 0].detach() / weights.sum())


Objective = Callable[[torch.Tensor], torch.Tensor]


@on_cpu
def estimator_explorer(
    objectives: Mapping[str, Objective], score_terms: Callable, pathwise_terms: Callable
) -> ipywidgets.VBox:
    """Choose f, the spread sigma and the number of samples; see how far the three estimates of a gradient scatter."""
    kind = choice("f(z)", objectives)
    sigma = slider("sigma", 0.1, 2, 0.1, value=0.5)
    samples = slider("samples", 1, 100, value=10)
    eps = torch.randn(400, 100, generator=torch.Generator().manual_seed(0))
    draw = partial(
        draw_estimates, eps=eps, objectives=objectives, score_terms=score_terms, pathwise_terms=pathwise_terms
    )
    alt = (
        "Three histograms of 400 gradient estimates each, for f(z) = {kind}, sigma = {sigma} and {samples} samples per "
        "estimate: score function, score function with baseline, pathwise; a line marks the true gradient."
    )
    return explorer(draw, alt, kind=kind, sigma=sigma, samples=samples)


@on_cpu
def draw_estimates(
    kind: str,
    sigma: float,
    samples: int,
    eps: torch.Tensor,
    objectives: Mapping[str, Objective],
    score_terms: Callable,
    pathwise_terms: Callable,
) -> Figure:
    """Estimates of d E f(z) / d mu at mu = 1, each the mean over `samples` columns of the noise eps (M, ≥ samples)."""
    f, mu, s = objectives[kind], torch.tensor([1.0]), torch.tensor([sigma])
    noise = eps[:, :samples].reshape(-1, 1)
    z, rest = mu + s * noise, mu + s * eps[:, ::7].reshape(-1, 1)  # the baseline is the mean of f over many samples
    found = {
        "score function": score_terms(f, z, mu, s)[0],
        "with baseline": score_terms(f, z, mu, s, float(f(rest).mean()))[0],
        "pathwise": pathwise_terms(f, mu, s, noise)[0],
    }
    estimates = {name: g.detach().reshape(-1, samples).mean(1) for name, g in found.items()}
    centre = _exact(lambda noise: pathwise_terms(f, mu, s, noise)[0])
    reach = max(float(4 * g.std() + (g.mean() - centre).abs()) for g in estimates.values()) + 1e-3
    fig, axes = figure(3, 1, (8, 4.8), sharex=True)
    for ax, (name, g), colour in zip(axes, estimates.items(), (VERMILION, ORANGE, BLUE), strict=True):
        ax.stairs(*np.histogram(g, bins=80, range=(centre - reach, centre + reach)), fill=True, color=colour)
        ax.axvline(centre, color="black", linewidth=1)
        ax.set(yticks=[])
        ax.set_title(f"{name}: standard deviation {float(g.std()):.2g}", loc="left")
    axes[2].set_xlabel(r"estimate of $\partial\, \mathrm{E} f(z) / \partial \mu$ at $\mu = 1$")
    return fig


# --- 15: schedules ---------------------------------------------------------------------------------------------


@on_cpu
def schedule_explorer(
    schedules: Mapping[str, Schedule], alpha_bar: Callable, q_sample: Callable, x0: torch.Tensor
) -> ipywidgets.VBox:
    """Choose a schedule, its length T and a time t; see what is left of four pictures x0 (4, 8, 8)."""
    kind = choice("schedule", schedules, "linear")
    T = slider("T", 1, 1000, value=1000)
    t = slider("t", 1, 1000, value=250)
    ends_at(t, T)  # before the picture listens, so that it never sees t above T
    eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0), dtype=x0.dtype)
    draw = partial(draw_schedule, schedules=schedules, alpha_bar=alpha_bar, q_sample=q_sample, x0=x0, eps=eps)
    alt = "The {kind} schedule of length {T} with its signal-to-noise ratio, and four digits noised up to time {t}."
    return explorer(draw, alt, kind=kind, T=T, t=t)


@on_cpu
def draw_schedule(
    kind: str,
    T: int,
    t: int,
    schedules: Mapping[str, Schedule],
    alpha_bar: Callable,
    q_sample: Callable,
    x0: torch.Tensor,
    eps: torch.Tensor,
) -> Figure:
    """beta and the signal-to-noise ratio over time, and the pictures x0 (4, 8, 8) above what is left of them at t."""
    beta = schedules[kind](T)
    kept = alpha_bar(beta)
    xt = q_sample(x0, torch.full((len(x0),), t), eps, kept.to(x0))
    fig, axes = figure(2, 2, (9, 4), width_ratios=[1, 1.6])
    _over_time(axes[0, 0], beta, t, r"noise variance of each step, $\beta$")
    _over_time(axes[1, 0], 10 * torch.log10(kept / (1 - kept)), t, "signal to noise (dB)")
    axes[1, 0].set(xlabel="time", ylim=(-65, 45), yticks=[-60, -40, -20, 0, 20, 40])
    axes[1, 0].axhline(0, color=GREY, linewidth=0.8)
    strip(axes[0, 1], x0, "$x_0$")
    strip(axes[1, 1], xt, f"$x_t$ at $t = {t}$, {_share(float(kept[t - 1]))}")
    return fig


def _over_time(ax: Axes, values: torch.Tensor, t: int, label: str) -> None:
    ax.plot(range(1, len(values) + 1), values, color=BLUE, marker="." if len(values) < 30 else None)
    ax.axvline(t, color=VERMILION, linewidth=1.2)
    ax.set_xlim(0, len(values) + 1)
    ax.set_title(label, loc="left")


def _share(alpha_bar: float) -> str:
    """What the roots need to know."""
    if alpha_bar < 0:
        return r"$\bar\alpha_t < 0$: no real root"
    if alpha_bar > 1:
        return r"$1 - \bar\alpha_t < 0$: no real root"
    return rf"$\bar\alpha_t = {alpha_bar:.3f}$"
