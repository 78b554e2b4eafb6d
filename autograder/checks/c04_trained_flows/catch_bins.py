"""flow.catch_bins (long: a line-up of bounds): a test that right bounds pass, and none that only look cheaper."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch.distributions import AffineTransform, Independent, Normal, TransformedDistribution

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Bound = Callable[..., torch.Tensor]
Points = torch.Tensor
LOG_ROOT = 0.5 * math.log(2 * math.pi)


def _nats(x: Points, mean: Points, std: Points) -> Points:
    """−log N(x; mean, std²) of each pixel."""
    return 0.5 * ((x - mean) / std) ** 2 + std.log() + LOG_ROOT


def _bound(
    *,
    place: Callable = lambda levels, u: levels + u,
    each: Callable = _nats,
    total: Callable = lambda nats: nats.sum(1),
    more: Callable = lambda nats, D: nats,
) -> Bound:
    """Where a level goes, what each pixel costs there, how pixels add up, and what is put right at the end."""

    def bound(levels: Points, u: Points, mean: Points, std: Points) -> Points:
        return more(total(each(place(levels, u), mean, std)), levels.shape[1])

    return bound


def _scaled(low: float, width: float, paid: Callable = lambda nats, D, width: nats - D * math.log(width)) -> Bound:
    """The pixels, and the model with them, brought to low + width x, and the change of volume paid for."""
    return _bound(
        place=lambda levels, u: low + width * (levels + u),
        each=lambda x, mean, std: _nats(x, low + width * mean, width * std),
        more=lambda nats, D: paid(nats, D, width),
    )


def _by_logit(paid: bool = True) -> Bound:
    """The density of y = logit(0.05 + 0.9 x/17), and its way back to the levels."""

    def each(x: Points, mean: Points, std: Points) -> Points:
        p = 0.05 + 0.9 * x / 17
        steep = math.log(0.9 / 17) - p.log() - torch.log1p(-p)  # log dy/dx
        back = 17 * (torch.logit(p).sigmoid() - 0.05) / 0.9
        of_y = _nats(back, mean, std) + steep  # −log p_y = −log p_x + log dy/dx
        return of_y - steep if paid else of_y

    return _bound(each=each)


def _distribution(levels: Points, u: Points, mean: Points, std: Points) -> Points:
    base = Independent(Normal((mean - 8.5) / 8.5, std / 8.5), 1)
    return -TransformedDistribution(base, [AffineTransform(8.5, 8.5, event_dim=1)]).log_prob(levels + u)


def _item_by_item(levels: Points, u: Points, mean: Points, std: Points) -> Points:
    rows = (levels + u).double().numpy()
    away = (rows - mean.double().numpy()) / std.double().numpy()
    logs = [math.fsum(-(a**2) / 2 - LOG_ROOT for a in row) - float(np.log(std.numpy()).sum()) for row in away]
    return -torch.tensor(logs, dtype=levels.dtype)


def _single(levels: Points, u: Points, mean: Points, std: Points) -> Points:
    return _bound()(levels.float(), u.float(), mean.float(), std.float()).to(levels.dtype)


def _covariance(levels: Points, u: Points, mean: Points, std: Points) -> Points:
    return -torch.distributions.MultivariateNormal(mean, torch.diag(std**2)).log_prob(levels + u)


def _own_noise(levels: Points, u: Points, mean: Points, std: Points) -> Points:
    """Noise of its own, the same in every call."""
    frozen = torch.rand(u.shape, generator=torch.Generator("cpu").manual_seed(0), dtype=u.dtype)
    return _bound()(levels, frozen, mean, std)


@exercise("flow.catch_bins", ("is_bound",), kind="detective")
class CatchBins(Detective):
    """−Σ_d log N(level_d + u_d; mean_d, std_d²), told from what only looks like it."""

    apart = True
    strict = "equal to the last bit"
    accepts = gate("every right bound is accepted, in whatever units it was computed")
    bins = pays("a bound whose bins are not one level wide is caught", 2)
    volume = pays("a bound that forgets or miscounts a change of volume is caught")
    noise = pays("a bound that does not use the noise it is given is caught")
    sums = pays("a bound that adds up wrongly is caught")

    hints = (
        "What does a right one give for one picture with one pixel? Work it out on paper, then for two of each.",
        "Which levels and which u show that the noise reaches over half a bin only? Not u = 0; and where is the middle?",
        "Several pictures, several pixels, all with numbers of their own: a slip that is shared or counted once shows only "
        "where there are two.",
    )

    right = {
        "adds up pixel by pixel": _bound(),
        "works on [0, 1]": _scaled(0.0, 1 / 17),
        "works on [−1, 1]": _scaled(-1.0, 2 / 17),
        "goes through the logit": _by_logit(),
        "transforms a distribution": _distribution,
        "has a full covariance": _covariance,
        "goes item by item": _item_by_item,
        "computes in single precision": _single,
    }
    bugs = {
        "bins": {
            "fills the first half of each bin": _bound(place=lambda levels, u: levels + u / 2),
            "fills the middle half of each bin": _bound(place=lambda levels, u: levels + 0.25 + u / 2),
            "takes the upper half of each bin from below": _bound(place=lambda levels, u: levels + u - (u > 0.5).to(u)),
            "adds the noise after dividing by 17": _bound(place=lambda levels, u: levels + 17 * u),
            "moves every bin by half a level": _bound(place=lambda levels, u: levels + u - 0.5),
            "divides the levels by 16 and the noise by 17": _bound(place=lambda levels, u: levels * 17 / 16 + u),
        },
        "volume": {
            "forgets that it divided by 17": _scaled(0.0, 1 / 17, lambda nats, D, width: nats),
            "adds the volume where it must be taken off": _scaled(0.0, 1 / 17, lambda nats, D, width: nats + D * math.log(width)),
            "counts the volume for one pixel only": _scaled(0.0, 1 / 17, lambda nats, D, width: nats - math.log(width)),
            "counts 16 bins for 17": _scaled(0.0, 1 / 17, lambda nats, D, width: nats + D * math.log(16)),
            "pays for 64 pixels, whatever their number": _scaled(0.0, 100 / 17, lambda nats, D, width: nats - 64 * math.log(width)),
            "prices the logit in place of the level": _by_logit(paid=False),
        },
        "noise": {
            "adds no noise": _bound(place=lambda levels, u: levels),
            "goes to the middle of each bin": _bound(place=lambda levels, u: levels + 0.5),
            "draws noise of its own, the same in every call": _own_noise,
            "gives all pictures the noise of the first": _bound(place=lambda levels, u: levels + u[:1]),
            "gives all pixels the noise of the first": _bound(place=lambda levels, u: levels + u[:, :1]),
            "gives white paper no noise": _bound(place=lambda levels, u: levels + u * (levels > 0)),
        },
        "sums": {
            "averages over the pixels": _bound(total=lambda nats: nats.mean(1)),
            "adds up over the batch": _bound(total=lambda nats: nats.sum().expand(len(nats)).clone()),
            "averages over the batch": _bound(total=lambda nats: nats.sum(1).mean().expand(len(nats)).clone()),
            "leaves out ½ log 2π": _bound(more=lambda nats, D: nats - D * LOG_ROOT),
            "takes the standard deviation for the variance": _bound(each=lambda x, mean, std: _nats(x, mean, std.sqrt())),
            "takes the first pixel's spread for all": _bound(each=lambda x, mean, std: _nats(x, mean, std[:1])),
        },
    }  # fmt: skip

    mistakes = (
        wrong(
            "accepts everything",
            lambda implementation: True,
            "Every bound is accepted: what would one with half bins have to do to be refused?",
        ),
        REFUSES,
        wrong(
            "equal to the last bit",
            lambda implementation: _agrees(implementation, exactly=True),
            "Two right programs may differ in their last digits, single precision in the sixth: allow for a little.",
        ),
        wrong(
            "without noise",
            lambda implementation: _agrees(implementation, noise=lambda u: 0 * u),
            "With u = 0 half a bin looks like a whole one. Ask about other noise.",
        ),
        wrong(
            "in the middle only",
            lambda implementation: _agrees(implementation, noise=lambda u: 0 * u + 0.5),
            "At u = ½ the middle half of a bin looks like a whole one, and no noise like noise. Take several u.",
        ),
        wrong(
            "a single pixel",
            lambda implementation: _agrees(implementation, D=1),
            "With one pixel, a volume counted once is right, and so is a mean over the pixels.",
        ),
        wrong(
            "always 64 pixels",
            lambda implementation: _agrees(implementation, D=64),
            "Who writes 64 for the number of pixels is right about pictures of 64 pixels. Ask about other sizes, too.",
        ),
        wrong(
            "no white paper",
            lambda implementation: _agrees(implementation, level=lambda levels: levels.clamp(min=3)),
            "Every level has to be asked about, the ends before all: a slip may concern white paper alone.",
        ),
        wrong(
            "a single picture",
            lambda implementation: _agrees(implementation, N=1),
            "With one picture, a sum over the batch is right, and so is noise that all pictures share.",
        ),
        wrong(
            "one noise for the whole picture",
            lambda implementation: _agrees(implementation, noise=lambda u: u[:, :1].expand(u.shape).clone()),
            "Where all pixels have the same u, the noise of the first pixel is right for all. Give each its own.",
            also=(lambda implementation: _agrees(implementation, noise=lambda u: u[:1].expand(u.shape).clone()),),
        ),
        wrong(
            "only too cheap is wrong",
            lambda implementation: _cheaper(implementation),
            "A bound that is too dear is wrong as well, and half bins make some pictures dearer. Ask for the value itself.",
            also=(lambda implementation: _cheaper(implementation, alike=True),),
        ),
    )


def _question(N: int, D: int) -> tuple[Points, ...]:
    dice = torch.Generator("cpu").manual_seed(4)
    levels = torch.randint(17, (N, D), generator=dice).double()
    levels[0, 0] = 0.0
    u, mean = (
        torch.rand(N, D, generator=dice, dtype=torch.float64),
        16 * torch.rand(D, generator=dice, dtype=torch.float64),
    )
    return levels, u, mean, 1 + 4 * torch.rand(D, generator=dice, dtype=torch.float64)  # fmt: skip


def _agrees(
    implementation: Bound,
    N: int = 3,
    D: int = 4,
    noise: Callable = lambda u: u,
    level: Callable = lambda levels: levels,
    exactly: bool = False,
) -> bool:
    levels, u, mean, std = _question(N, D)
    levels, u = level(levels), noise(u)
    got, want = implementation(levels, u, mean, std), _nats(levels + u, mean, std).sum(1)
    return bool(torch.equal(got, want) if exactly else torch.allclose(got.double(), want, rtol=1e-4, atol=1e-4))


def _cheaper(implementation: Bound, alike: bool = False) -> bool:
    """alike: asked with one mean and one standard deviation for all pixels."""
    levels, u, mean, std = _question(4, 5) if alike else _question(3, 4)
    if alike:
        mean, std = torch.full_like(mean, 4.0), torch.full_like(std, 3.0)
    return bool((implementation(levels, u, mean, std) > _nats(levels + u, mean, std).sum(1) - 1e-3).all())
