"""More pictures of notebook 16, of what is exact: the perfect player, the two knobs, schedules with the same ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from matplotlib.figure import Figure

from pushforward import hills
from pushforward.diffusion import alpha_bar, linear_schedule, q_sample
from pushforward.figures.style import BLUE, GREEN, GREY, SKY, VERMILION, figure, on_cpu, strip

# --- the perfect player ----------------------------------------------------------------------------------------


@on_cpu
def draw_guesses(point_shares: Callable, data: torch.Tensor, kept: torch.Tensor) -> Figure:
    """At three times with alpha_bar = kept (3,): from where one stands, x_t/√ᾱ_t, to the best guess of the clean point.

    data: (n, 2), the training points, in the square from −1.6 to 1.6.
    """
    fig, axes = figure(1, len(kept), (9.4, 3.4), sharey=True)
    line = torch.linspace(-1.5, 1.5, 13, dtype=data.dtype)
    place = torch.cartesian_prod(line, line)  # where x_t would be without its shrinking
    for ax, left in zip(axes, kept, strict=True):
        shares = point_shares(left.sqrt() * place, torch.ones(len(place), dtype=torch.int64), data, left[None])
        way = shares @ data - place
        ax.quiver(*place.T, *(0.9 * way).T, angles="xy", scale_units="xy", scale=1, color=SKY, width=0.004)
        ax.scatter(*data.T, s=45, color=VERMILION, zorder=3)
        ax.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal", xticks=[], yticks=[])
        ax.set_title(rf"$\bar\alpha_t = {left:.2f}$")
    return fig


@on_cpu
def draw_by_heart(
    perfect_guess: Callable, sample_by_heart: Callable, train: torch.Tensor, test: torch.Tensor, T: int = 60
) -> Figure:
    """What a memory of `train` generates, and what its guesses cost on its own pictures and on those of `test`.

    train, test: (n, 8, 8), from −1 to 1.
    """
    beta, source = linear_schedule(T).to(train.dtype), torch.Generator().manual_seed(2)
    points = train.flatten(1)
    start, noise = (torch.randn(*shape, 64, generator=source).to(train.dtype) for shape in ((6,), (T, 6)))
    made = sample_by_heart(start, noise, points, beta)
    nearest = points[torch.cdist(made, points).argmin(1)]
    fig, axes = figure(1, 2, (9.4, 3), width_ratios=[1.35, 1])
    rows = torch.cat([made.reshape(6, 8, 8), nearest.reshape(6, 8, 8)], dim=1)  # each above its neighbour
    strip(axes[0], rows, f"six samples and their neighbours: apart by at most {(made - nearest).abs().max():.1g}")
    axes[0].axhline(7.5, color="white", linewidth=6)
    times = [*range(1, 10), *range(10, T + 1, 10)]
    for pictures, label, colour, dash in ((train, "training pictures", BLUE, "-"), (test, "others", VERMILION, "--")):
        paid = costs(perfect_guess, pictures.flatten(1)[:100], points, beta, times)
        axes[1].plot(times, paid, dash, color=colour, label=label)
    axes[1].axhline(1, color=GREY, linewidth=0.8)
    axes[1].set(
        xlabel="time $t$", ylabel="loss", yscale="symlog", ylim=(0, 30), yticks=[0, 1, 10], yticklabels=["0", "1", "10"]
    )
    axes[1].legend()
    return fig


def costs(
    perfect_guess: Callable, pictures: torch.Tensor, points: torch.Tensor, beta: torch.Tensor, times: Sequence[int]
) -> list[float]:
    """The loss of section 1 at these times on pictures (B, d), for a player who knows the points (n, d)."""
    kept, found = alpha_bar(beta), []
    for t in times:
        source = torch.Generator().manual_seed(t)
        when = torch.full((len(pictures),), t)
        eps = torch.randn(pictures.shape, generator=source).to(pictures.dtype)
        guess = perfect_guess(q_sample(pictures, when, eps, kept), when, points, kept)
        found.append(float(((eps - guess) ** 2).mean()))
    return found


# --- two knobs, two errors -------------------------------------------------------------------------------------


@on_cpu
def draw_two_knobs(step_moments: hills.Moments) -> Figure:
    """What is missed against T at three sigma, against sigma at three total variances, and where three chains end."""
    fig, axes = figure(1, 3, (9.6, 3.6))
    sigmas, lines = (1.0, 0.5, 0.25), (("-", BLUE), ("--", GREEN), ("-.", VERMILION))
    counts = [1, 2, 4, 8, 16, 64]
    for sigma, V, (dash, colour) in zip(sigmas, (1, 2, 4), lines, strict=True):
        by_steps = [hills.missed(sigma, T, step_moments) for T in counts]
        axes[0].loglog(counts, by_steps, dash, color=colour, label=rf"$\sigma = {sigma:g}$")
        many = [V * T for T in counts]
        finer = [math.sqrt(V / T) for T in many]
        by_sigma = [hills.missed(v, T, step_moments) for v, T in zip(finer, many, strict=True)]
        axes[1].loglog(finer, by_sigma, dash, color=colour, label=rf"$T\sigma^2 = {V}$")
        axes[2].plot(*hills.ends(sigma, round(8 / sigma**2), step_moments), dash, color=colour)
    grid = torch.linspace(-2.5, 2.5, 401, dtype=torch.float64)
    axes[2].fill_between(grid, hills.density(grid), color="#D0D0D0", linewidth=0, label="data")
    axes[0].set(xlabel="steps $T$", title="missed (nats), longer", xticks=[1, 10, 64], xticklabels=["1", "10", "64"])
    axes[1].set(xlabel=r"$\sigma$", title="missed (nats), finer", xticks=[1, 0.5, 0.25, 0.125])
    axes[1].set(xticklabels=["1", "½", "¼", "⅛"], xlim=(1.1, 0.11))
    axes[2].set(xlabel="$x_0$", title=r"ends, $T\sigma^2 = 8$", xlim=(-2.5, 2.5), ylim=(0, None), yticks=[])
    for ax in axes[:2]:
        ax.set(ylim=(1e-3, 2), yticks=[1e-3, 1e-2, 0.1, 1], yticklabels=["0.001", "0.01", "0.1", "1"])
        ax.minorticks_off()
    for ax in axes:
        ax.legend()
    return fig


# --- schedules with the same ends ------------------------------------------------------------------------------

ENDS = (100.0, 0.01)  # of the signal-to-noise ratio


def schedules(T: int) -> dict[str, torch.Tensor]:
    """The SNR at t = 0 … T on three ways between the same ends, each (T + 1,), float64."""
    share = torch.linspace(0, 1, T + 1, dtype=torch.float64)
    most, least = torch.tensor(ENDS, dtype=torch.float64)
    angles = torch.atan(1 / torch.stack([most, least]).sqrt())
    return {
        "even in log SNR": most * (least / most) ** share,
        "cosine": 1 / torch.tan(angles[0] + share * (angles[1] - angles[0])) ** 2,
        "even in SNR": most + share * (least - most),
    }


def coin_mse(snr: torch.Tensor) -> torch.Tensor:
    """1 − E tanh(v + √v z), the least squared distance of a guess to x0 = ±1 at SNR v, by a sum over a grid; (N,)."""
    z = torch.linspace(-9, 9, 1201, dtype=snr.dtype)
    density = torch.exp(-(z**2) / 2)
    return 1 - torch.tanh(snr[:, None] + snr[:, None].sqrt() * z) @ density / density.sum()


@on_cpu
def draw_invariance(snr_sum: Callable, normal_mse: Callable, normal_limit: Callable) -> Figure:
    """Three schedules, and the reader's sum for each against the number of steps, for normal data and for a coin."""
    fig, axes = figure(1, 3, (9.6, 3.4))
    counts = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 400]
    fine = schedules(5000)["even in log SNR"]
    kinds = (
        ("normal data, $s = 1$", lambda snr: normal_mse(snr, 1.0), normal_limit(*ENDS, 1.0)),
        (r"a coin, $x_0 = \pm 1$", coin_mse, float(torch.trapezoid(coin_mse(fine.flip(0)), fine.flip(0))) / 2),
    )
    for name, dash, colour in zip(schedules(1), ("-", "--", "-."), (BLUE, GREEN, VERMILION), strict=True):
        axes[0].semilogy(torch.linspace(0, 1, 101), schedules(100)[name], dash, color=colour, label=name)
        for ax, (_, price, _) in zip(axes[1:], kinds, strict=True):
            ax.loglog(counts, [float(snr_sum(v := schedules(T)[name], price(v))) for T in counts], dash, color=colour)
    axes[0].set(xlabel="$t / T$", title="SNR")
    axes[0].legend(loc="lower left")
    for ax, (title, _, limit) in zip(axes[1:], kinds, strict=True):
        ax.axhline(limit, color="black", linestyle=":", label=f"limit {limit:.4f}")
        ax.set(xlabel="steps $T$", title=f"sum, {title}", xticks=[1, 10, 100], xticklabels=["1", "10", "100"])
        ax.set(yticks=[1, 3, 10, 30], yticklabels=["1", "3", "10", "30"])
        ax.minorticks_off()
        ax.legend()
    return fig
