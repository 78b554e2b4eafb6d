"""The pictures of notebook 00 that a model draws: the promise of the course."""

from __future__ import annotations

from functools import cache, partial

import ipywidgets
import torch
from matplotlib.figure import Figure

from pushforward.data import digits
from pushforward.figures.controls import explorer, slider
from pushforward.figures.style import figure, image, on_cpu
from pushforward.first_model import PIXELS, Way, walk


@on_cpu
def first_explorer(model: Way, digit: int = 5) -> ipywidgets.VBox:
    """Choose a digit, and which noise to begin with; see the noise become a picture."""
    which, noise = slider("digit", 0, 9, value=digit), slider("noise", 0, 999, value=2)
    alt = (
        "Seven stages from a square of noise, number {noise}, to a handwritten {digit}, and beside them the training "
        "picture that is nearest to it."
    )
    return explorer(partial(draw_first, model=model), alt, digit=which, noise=noise)


@on_cpu
def draw_first(digit: int, noise: int, model: Way, shown: int = 7) -> Figure:
    """Noise of this number on its way to the digit, and the nearest training picture."""
    z = torch.randn(1, PIXELS, generator=torch.Generator().manual_seed(noise), dtype=torch.float32)
    states = walk(model, z, digit)
    nearest = _known()[torch.cdist(states[-1], _known()).argmin()]
    fig, axes = figure(1, shown + 1, (9, 1.7))
    at = torch.linspace(0, len(states) - 1, shown).round().int().tolist()
    for ax, k in zip(axes, at, strict=False):
        image(ax, states[k].reshape(8, 8), "noise" if k == 0 else "yours" if k == len(states) - 1 else "")
    image(axes[-1], nearest.reshape(8, 8), "nearest known")
    return fig


@cache
def _known() -> torch.Tensor:
    """The training pictures, (1000, 64), from −1 to 1, on the CPU."""
    return (digits("train")[0] / 8 - 1).flatten(1).cpu()
