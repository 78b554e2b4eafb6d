"""Figures of notebook 01: four graphs of a distribution, error bars that lie, and densities fitted to data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.ticker import NullLocator

from pushforward.data import digits
from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import BLUE, GREY, ORANGE, SKY, VERMILION, figure, image, on_cpu

Place = tuple[float, float]

# --- the opening picture: four graphs --------------------------------------------------------------------------


def draw_families() -> Figure:
    """Four graphs of a distribution; below each its formula, what is known of the density, and where it is taught."""
    fig, axes = figure(1, 4, (9.8, 4.3))
    for ax, (title, draw, lines) in zip(axes, FAMILIES, strict=True):
        ax.set(xlim=(-1.35, 1.35), ylim=(-2.85, 1.75), aspect="equal")
        ax.text(0, 1.55, title, ha="center", va="center", fontsize=11, fontweight="bold")
        ax.axis("off")
        draw(ax)
        for row, line in enumerate(lines):
            ax.text(
                0, -1.35 - 0.42 * row, line, ha="center", va="center", fontsize=10, color=GREY if row == 3 else "black"
            )
    return fig


def _node(ax: Axes, at: Place, name: str, hidden: bool = False) -> None:
    colour = ORANGE if hidden else BLUE
    ax.add_patch(
        Circle(at, 0.27, facecolor="white" if hidden else "#DCEBF5", edgecolor=colour, linewidth=1.8, zorder=3)
    )
    ax.text(*at, name, ha="center", va="center", fontsize=11, zorder=4)


def _edge(ax: Axes, start: Place, end: Place, style: str = "-|>", bend: float = 0.0) -> None:
    shape = {"arrowstyle": style, "connectionstyle": f"arc3,rad={bend}", "shrinkA": 13, "shrinkB": 13}
    ax.add_patch(FancyArrowPatch(start, end, color=GREY, linewidth=1.4, mutation_scale=11, zorder=2, **shape))


def _chain(ax: Axes) -> None:
    places = [(-1.0, 0.1), (0.0, 0.1), (1.0, 0.1)]
    for k, place in enumerate(places):
        _node(ax, place, f"$x_{k + 1}$")
    _edge(ax, places[0], places[1])
    _edge(ax, places[1], places[2])
    _edge(ax, places[0], places[2], bend=-0.5)


def _flow(ax: Axes) -> None:
    above, below = ([(x, y) for x in (-0.9, 0.0, 0.9)] for y in (0.95, -0.65))
    for k in range(3):
        _node(ax, above[k], f"$z_{k + 1}$", hidden=True)
        _node(ax, below[k], f"$x_{k + 1}$")
        for j in range(3):
            _edge(ax, above[k], below[j], style="<|-|>")


def _latent(ax: Axes) -> None:
    _node(ax, (0.0, 0.95), "$z$", hidden=True)
    for k, x in enumerate((-0.9, 0.0, 0.9)):
        _node(ax, (x, -0.65), f"$x_{k + 1}$")
        _edge(ax, (0.0, 0.95), (x, -0.65))


def _field(ax: Axes) -> None:
    corners = [(-0.7, 0.85), (0.7, 0.85), (0.7, -0.55), (-0.7, -0.55)]
    for k, corner in enumerate(corners):
        _node(ax, corner, f"$x_{k + 1}$")
        _edge(ax, corner, corners[(k + 1) % 4], style="-")


FAMILIES = (
    (
        "autoregressive",
        _chain,
        (r"$\prod_i\ p(x_i\,|\,x_1 \ldots x_{i-1})$", "density: exact", "sampling: one by one", "notebook 05"),
    ),
    (
        "flow",
        _flow,
        (
            r"$p(z)\,|\det J|^{-1},\ \ x = f(z)$",
            "density: exact",
            "sampling: one pass, or many",
            "notebooks 02–04, 17",
        ),
    ),
    (
        "Bayesian network",
        _latent,
        (
            r"$\int p(z)\,p(x\,|\,z)\,dz$",
            "density: bound (GAN: none)",
            "sampling: one pass, or many",
            "06–08, 10, 12, 15, 16",
        ),
    ),
    (
        "Markov random field",
        _field,
        (r"$e^{-E(x)}\,/\,Z$", "density: up to Z", "sampling: a long walk", "notebooks 13, 14"),
    ),
)

# --- error bars that lie ---------------------------------------------------------------------------------------


@on_cpu
def draw_lies(runs: Mapping[float, Sequence[tuple[float, float]]], truth: float) -> Figure:
    """For each scale s, estimates of Z with two standard errors, and the truth; red where the bar does not reach it.

    runs: s -> pairs of an estimate and its relative error.
    """
    fig, axes = figure(1, len(runs), (9.4, 3.4), sharey=True)
    for ax, (s, found) in zip(axes, runs.items(), strict=True):
        estimate, error = (np.array(column) for column in zip(*found, strict=True))
        reach = 2 * estimate * error
        missed = abs(estimate - truth) > reach
        for chosen, colour, marker in ((~missed, BLUE, "o"), (missed, VERMILION, "s")):
            at = np.flatnonzero(chosen)
            ax.errorbar(at, estimate[chosen], yerr=reach[chosen], fmt=marker, color=colour, markersize=4, linewidth=1.2)
        ax.axhline(truth, color="black", linewidth=1)
        ax.set(title=f"$s = {s:g}$: {missed.sum()} of {len(found)} miss", xlabel="run", ylim=(0, 2 * truth))
    axes[0].set_ylabel(r"$\hat Z$, ± two errors")
    return fig


# --- a normal distribution of pictures -------------------------------------------------------------------------


@on_cpu
def draw_pixel_gaussian(real: torch.Tensor, samples: torch.Tensor, data: torch.Tensor, v: torch.Tensor) -> Figure:
    """Left, digits (12, 64) and samples (12, 64) of a normal distribution; right, data (N, 64) along v, and a bell.

    v: (64,). The bell has the mean and the variance of the data along v.
    """
    fig, axes = figure(1, 2, (9.6, 2.7), width_ratios=[2.1, 1])
    rows = torch.stack([real, samples]).reshape(2, 12, 8, 8)
    wall = torch.cat([torch.cat(list(row), dim=1) for row in rows]).float() / 8 - 1
    image(axes[0], wall, "above: test digits; below: samples of the normal distribution")
    axes[0].axhline(7.5, color=BLUE, linewidth=2)
    y = (data @ v.to(data)).numpy()
    axes[1].hist(y, bins=40, density=True, color=SKY)
    grid = np.linspace(y.min() - y.std(), y.max() + y.std(), 300)
    bell = np.exp(-0.5 * ((grid - y.mean()) / y.std()) ** 2) / (y.std() * np.sqrt(2 * np.pi))
    axes[1].plot(grid, bell, color=VERMILION, label="normal")
    axes[1].set(yticks=[], xlabel=r"$v \cdot x$", title="training digits along $v$")
    axes[1].legend(loc="upper center")
    return fig


# --- one hill on two, by hand ----------------------------------------------------------------------------------

Divergence = Callable[..., torch.Tensor]


def fit_explorer(forward_fit: Callable, reverse_kl: Divergence) -> ipywidgets.VBox:
    """Sliders for the distance of two hills and for mu and sigma of one; under them both divergences.

    forward_fit, reverse_kl: the reader's functions.
    """
    controls = {
        "distance": slider("hills at ±", 0.5, 5, 0.25, value=3.0),
        "mu": slider("mu", -6, 6, 0.1, value=1.0),
        "sigma": slider("sigma", 0.3, 6, 0.1, value=1.0),
    }
    alt = "Hills at ±{distance} and a normal density with mu {mu} and sigma {sigma}; a bar for each of two divergences."
    return explorer(partial(draw_fit, forward_fit=forward_fit, reverse_kl=reverse_kl), alt, **controls)


@on_cpu
def draw_fit(distance: float, mu: float, sigma: float, forward_fit: Callable, reverse_kl: Divergence) -> Figure:
    """Left, the two hills, the normal density and the forward fit; right, KL both ways, with the least of each."""
    hills = torch.tensor([0.5, 0.5]).double(), torch.tensor([-distance, distance]).double(), torch.ones(2).double()
    best = {key: float(value) for key, value in forward_fit(*hills).items()}
    fig, (left, right) = figure(1, 2, (9, 3.4), width_ratios=[1.7, 1])
    x = torch.linspace(-9, 9, 601, dtype=torch.float64)
    p = _mixture(x, *hills)
    left.fill_between(x, p.exp(), color=SKY, alpha=0.4, linewidth=0)
    left.plot(x, p.exp(), color=BLUE, label="$p$")
    left.plot(x, _normal(x, mu, sigma).exp(), "--", color=VERMILION, label="$q$, yours")
    left.plot(x, _normal(x, **best).exp(), ":", color=GREY, label="forward fit")
    left.set(
        yticks=[], xlabel="$x$", ylim=(0, 0.62), title=f"$\\mu = {mu:.2f}$, $\\sigma = {sigma:.2f}$".replace("-", "−")
    )
    left.legend(loc="upper left", ncols=3)
    reverse = partial(_reverse, reverse_kl=reverse_kl, hills=hills)
    least = min(reverse(*start) for start in _bottoms(distance, best["sigma"]))
    bars = [
        (_forward(mu, sigma, x, p), _forward(best["mu"], best["sigma"], x, p)),
        (reverse(mu, sigma), least),
    ]
    for row, (value, lowest) in enumerate(bars):
        right.barh(-row, value, height=0.5, color=BLUE if row == 0 else VERMILION)
        right.plot([lowest, lowest], [-row - 0.35, -row + 0.35], color="black", linewidth=2)
        right.text(4.1, -row, f"{value:.3f}", va="center")
    right.set(
        yticks=[0, -1],
        yticklabels=[r"$\mathrm{KL}(p\,\|\,q)$", r"$\mathrm{KL}(q\,\|\,p)$"],
        xlim=(0, 4),
        ylim=(-1.6, 0.6),
    )
    right.set_title("nats; black mark: the least", loc="left")
    return fig


def _normal(x: torch.Tensor, mu: float, sigma: float) -> torch.Tensor:
    return -0.5 * ((x - mu) / sigma) ** 2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)


def _mixture(x: torch.Tensor, weights: torch.Tensor, mus: torch.Tensor, sigmas: torch.Tensor) -> torch.Tensor:
    hills = [w.log() + _normal(x, float(m), float(s)) for w, m, s in zip(weights, mus, sigmas, strict=True)]
    return torch.stack(hills).logsumexp(0)


def _forward(mu: float, sigma: float, x: torch.Tensor, p: torch.Tensor) -> float:
    """KL(p ‖ q) on the grid."""
    return float((p.exp() * (p - _normal(x, mu, sigma))).sum() * (x[1] - x[0]))


def _reverse(mu: float, sigma: float, reverse_kl: Divergence, hills: tuple) -> float:
    return float(reverse_kl(torch.tensor(mu).double(), torch.tensor(sigma).double(), *hills))


def _bottoms(distance: float, widest: float) -> list[tuple[float, float]]:
    """A grid of places among which the least reverse divergence is found, to two digits."""
    return [(mu, sigma) for mu in (0.0, 0.97 * distance, distance) for sigma in np.linspace(0.95, widest, 25).tolist()]


# --- a generative classifier and a discriminative one ----------------------------------------------------------

Scores = dict[str, dict[str, list[list[float]]]]
CONTEST = (50, 100, 200, 500, 1000)


def compete(log_posterior: Callable, fit_naive_bayes: Callable, repeats: int, sizes: Sequence[int] = CONTEST) -> Scores:
    """Mean nats −log p(y | x) per test picture, {pictures: {classifier: [one list of `repeats` for each size]}}.

    On the digits, black where a level is 8 or more, and on pictures with the same classes and shares of black whose
    pixels are independent. The two functions are the reader's; the other classifier is logistic regression.
    """
    dice, found = torch.Generator().manual_seed(0), {}
    sets = [_black_and_white(part) for part in ("train", "test")]
    kinds = {"independent pixels": [_jumbled(*each, dice) for each in sets], "real digits": sets}
    for name, (train, test) in kinds.items():
        scores = {"naive Bayes": [], "logistic regression": []}
        for n in sizes:
            chosen = [_every_class(train[1], n, dice) for _ in range(repeats)]
            pairs = [(train[0][rows], train[1][rows]) for rows in chosen]
            scores["naive Bayes"].append([_naive(log_posterior, fit_naive_bayes, *pair, *test) for pair in pairs])
            scores["logistic regression"].append([_logistic(*pair, *test) for pair in pairs])
        found[name] = scores
    return found


def _black_and_white(part: str) -> tuple[torch.Tensor, torch.Tensor]:
    pictures, labels = digits(part)
    return (pictures.reshape(-1, 64) >= 8).double(), labels


def _jumbled(x: torch.Tensor, y: torch.Tensor, dice: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Within each class every pixel shuffled on its own."""
    mixed = x.clone()
    for k in range(10):
        rows = torch.nonzero(y == k)[:, 0]
        for j in range(64):
            mixed[rows, j] = x[rows[torch.randperm(len(rows), generator=dice)], j]
    return mixed, y


def _every_class(y: torch.Tensor, n: int, dice: torch.Generator) -> torch.Tensor:
    """n rows at random, among them one of each class at least."""
    order = torch.randperm(len(y), generator=dice)
    first = torch.stack([order[torch.nonzero(y[order] == k)[0, 0]] for k in range(10)])
    rest = order[~torch.isin(order, first)]
    return torch.cat([first, rest[: n - 10]])


Data = torch.Tensor


def _naive(log_posterior: Callable, fit_naive_bayes: Callable, x: Data, y: Data, test_x: Data, test_y: Data) -> float:
    log_prior, p = fit_naive_bayes(x, y, 10)
    log_lik = test_x @ p.log().T + (1 - test_x) @ (1 - p).log().T
    return float(-log_posterior(log_lik, log_prior).gather(1, test_y[:, None]).mean())


def _logistic(x: Data, y: Data, test_x: Data, test_y: Data) -> float:
    from sklearn.linear_model import LogisticRegression  # takes a second to import

    model = LogisticRegression(max_iter=500).fit(x.numpy(), y.numpy())
    return float(-model.predict_log_proba(test_x.numpy())[range(len(test_y)), test_y].mean())


@on_cpu
def draw_contest(found: Scores, sizes: Sequence[int] = CONTEST) -> Figure:
    """A panel for each kind of pictures: what both classifiers cost against the number of training pictures."""
    fig, axes = figure(1, len(found), (9, 3.3))
    for ax, (name, scores) in zip(axes, found.items(), strict=True):
        for (label, rows), line, colour in zip(scores.items(), ("o-", "s--"), (BLUE, VERMILION), strict=True):
            ax.plot(sizes, [np.mean(row) for row in rows], line, color=colour, label=label)
        ax.set(xscale="log", title=name, xlabel="training pictures", ylim=(0, None))
        ax.set_xticks(sizes, [str(n) for n in sizes])
        ax.xaxis.set_minor_locator(NullLocator())
    axes[0].set_ylabel("nats per test picture")
    axes[0].legend(loc="upper right")
    return fig
