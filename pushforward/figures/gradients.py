"""The pictures of notebook 07: what each sample says to a parameter, and noise that finds its sample by its rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from torch.distributions import LogNormal, Normal

from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, figure, on_cpu

_ARROW = {"arrowstyle": "->", "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}
_GAIN = LinearSegmentedColormap.from_list("gain", [VERMILION, "#BDBDBD", BLUE])


@on_cpu
def draw_pulls(
    z: torch.Tensor, f: Callable[[torch.Tensor], torch.Tensor], mu: float, sigma: float, baselines: Sequence[float]
) -> Figure:
    """The terms of the score-function estimator for mu as arrows, a panel for each baseline.

    z: (N,) samples of N(mu, sigma²); f: from (N, 1) to (N,). An arrow stands at each sample, as long as its term, and
    points where the term would move mu; its colour is f − b, blue where the sample was better than b. Colours are
    full at the smallest of the panels' largest gains.
    """
    gains = [f(z[:, None]) - b for b in baselines]
    terms = [gain * (z - mu) / sigma**2 for gain in gains]
    scale = 2 * sigma / max(float(term.abs().max()) for term in terms)
    most = min(float(gain.abs().max()) for gain in gains)
    norm = Normalize(-most, most, clip=True)
    fig, axes = figure(1, len(baselines), (9.4, 3.3), sharey=True, squeeze=False)
    for ax, b, gain, term in zip(axes[0], baselines, gains, terms, strict=True):
        _bell(ax, mu, sigma)
        heights = torch.linspace(0.95, 0.12, len(z)).tolist()
        for x, y, colour, pull in zip(z.tolist(), heights, _GAIN(norm(gain)), (scale * term).tolist(), strict=True):
            ax.annotate("", (x + pull, y), (x, y), arrowprops={**_ARROW, "color": colour})
            ax.plot(x, y, "o", color=colour, markersize=5)
        ax.set_title(f"$b = {b:.2g}$: mean of the terms {float(term.mean()):.2f}")
    return fig


def _bell(ax: Axes, mu: float, sigma: float) -> None:
    x = torch.linspace(mu - 4 * sigma, mu + 4 * sigma, 200)
    density = Normal(mu, sigma).log_prob(x).exp()
    ax.fill_between(x, density / density.max(), color="#E8E8E8")
    ax.axvline(mu, color=GREY, linewidth=0.9)
    ax.set(xlabel="sample $z$", yticks=[], xticks=[mu], xticklabels=[r"$\mu$"])


@on_cpu
def draw_matching(eps: torch.Tensor, mu: float, sigma: float) -> Figure:
    """Two distribution functions side by side, F of the noise and Q of a log-normal, and the way of each eps (N,).

    Up to F, across at the height u, down from Q: equal shares of both distributions lie below eps and below z.
    """
    q = LogNormal(mu, sigma)
    ranks = Normal(0.0, 1.0).cdf(eps)
    fig, (left, right) = figure(1, 2, (9.2, 3.7), sharey=True)
    x, top = torch.linspace(-3, 3, 300), float(q.icdf(torch.tensor(0.985)))
    z = torch.linspace(1e-3, top, 400)
    left.plot(x, Normal(0.0, 1.0).cdf(x), color="black")
    right.plot(z, q.cdf(z), color="black")
    for k, (e, u, end) in enumerate(zip(eps.tolist(), ranks.tolist(), q.icdf(ranks).tolist(), strict=True)):
        colour = (BLUE, GREEN, ORANGE, VERMILION)[k % 4]
        left.plot([e, e, 3], [0, u, u], color=colour)
        right.plot([0, end], [u, u], color=colour)
        right.annotate("", (end, 0), (end, u), arrowprops={**_ARROW, "color": colour})
        left.plot(e, 0, "o", color=colour, clip_on=False)
    left.set(xlim=(-3, 3), ylim=(0, 1), xlabel=r"noise $\epsilon$", title=r"$F(\epsilon)$, normal")
    right.set(xlim=(0, top), xlabel="sample $z$", title="$Q(z)$, log-normal")
    left.set_ylabel("share below, $u$")
    return fig


@on_cpu
def draw_two_ascents(
    bounds: Mapping[str, Sequence[float]],
    evidence: float,
    z: torch.Tensor,
    posterior: torch.Tensor,
    curves: Mapping[str, torch.Tensor],
) -> Figure:
    """Left, the exact bound over the steps of each run; right, the exact posterior (filled) and other densities.

    The first curves are those of the runs, in their order and colours; one more is the prior.
    """
    lines = ((VERMILION, "--"), (BLUE, "-"), (GREEN, ":"))
    fig, (left, right) = figure(1, 2, (9.6, 3.8))
    for (name, values), (colour, dash) in zip(bounds.items(), lines, strict=False):
        left.plot(values, dash, color=colour, linewidth=1.2, label=name)
    left.axhline(evidence, color=GREY, linestyle=":", label=r"$\log p(x)$")
    left.set(xlabel="step", ylabel="exact bound (nats)", ylim=(-2.6, -1.5))
    left.legend(loc="lower right")
    right.fill_between(z, posterior, color="#D0D0D0", label="exact posterior")
    for (name, density), (colour, dash) in zip(curves.items(), lines, strict=False):
        right.plot(z, density, dash, color=colour, label=name)
    right.set(xlabel="$z$", yticks=[], ylim=(0, None))
    right.legend()
    return fig
