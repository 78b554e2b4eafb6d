"""The pictures of notebook 08 from the linear VAE on: a known optimum, aggregate posteriors, two priors, ladders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure

from pushforward.figures.style import BLUE, ORANGE, SKY, VERMILION, figure, on_cpu

_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # behind words that stand on a drawing

# --- the linear VAE ----------------------------------------------------------------------------------------------


@on_cpu
def draw_spectrum(
    variances: torch.Tensor, scales: Mapping[float, int], angles: torch.Tensor, gaps: Sequence[float]
) -> Figure:
    """Left: variances (D,) of the data by direction, and for each scale s of the noise a line at s² with the number of
    directions above it. Right: what turning two latents by an angle (degrees) costs, in nats.
    """  # fmt: skip
    fig, (left, right) = figure(1, 2, (9.4, 3.6), width_ratios=[1.4, 1])
    left.bar(np.arange(1, len(variances) + 1), np.asarray(variances), color=SKY, width=0.8)
    for (s, active), colour in zip(scales.items(), (BLUE, ORANGE, VERMILION), strict=False):
        left.axhline(s**2, color=colour, linestyle="--")
        left.text(
            len(variances) + 0.5,
            1.12 * s**2,
            f"$s = {s:g}$: {active} above",
            color=colour,
            ha="right",
            va="bottom",
            bbox=_PAPER,
        )
    left.set(yscale="log", xlabel="principal direction", ylabel="variance", ylim=(2e-3, 1.5))
    right.plot(angles, gaps, color=BLUE)
    right.set(xlabel="turned by (degrees)", ylabel="gap (nats)", xticks=[0, 45, 90, 135, 180], ylim=(0, None))
    return fig


@on_cpu
def draw_linear_training(steps: Sequence[int], lost: Mapping[str, Sequence[float]], alike: torch.Tensor) -> Figure:
    """Left: for each part of the loss (by name) the nats it still lacks, over the steps. Right: how far each learnt
    column (a row of `alike`) points in each principal direction, from 0 (white) to 1.
    """
    fig, (left, right) = figure(1, 2, (9.4, 3.6), width_ratios=[1.3, 1])
    for (name, nats), dash, colour in zip(lost.items(), ("-", "--"), (BLUE, VERMILION), strict=True):
        left.plot(steps, np.clip(nats, 1e-5, None), dash, color=colour, label=name)
    left.set(yscale="log", xlabel="step", ylabel="nats short of the optimum", ylim=(1e-4, 200))
    left.legend()
    right.imshow(alike, cmap="Blues", vmin=0, vmax=1)
    ticks = range(0, alike.shape[1], 5)
    right.set(xticks=ticks, xticklabels=[k + 1 for k in ticks], xlabel="principal direction", ylabel="learnt column")
    right.set(yticks=range(0, len(alike), 5), yticklabels=[k + 1 for k in range(0, len(alike), 5)])
    return fig
