"""vae.catch_loss: a test that tells the bound of a VAE of grey levels from what is often put in its place."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from scipy.special import log_softmax
from torch.distributions import Categorical, Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy, cross_entropy

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Tensor = torch.Tensor


def _draw(mu: Tensor, sigma: Tensor, eps: Tensor) -> Tensor:
    return mu + sigma * eps


def _table(z: Tensor, W: Tensor, b: Tensor, axis: int = 2) -> Tensor:
    return (torch.einsum("pld,nd->npl", W, z) + b).log_softmax(axis)


def _costs(levels: Tensor, table: Tensor) -> Tensor:
    """−log p of the level of each pixel, (B, P)."""
    return -table.gather(2, levels[:, :, None])[:, :, 0]


def _kls(mu: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log())


def _nelbo(
    draw: Callable = _draw,
    table: Callable = _table,
    costs: Callable = _costs,
    fit: Callable = lambda costs: costs.sum(1),
    kl: Callable = lambda mu, sigma: _kls(mu, sigma).sum(1),
    put: Callable = lambda fit, kl: fit + kl,
) -> Callable:
    """The bound, or one with a part of it exchanged."""
    return lambda levels, mu, sigma, eps, W, b: put(
        fit(costs(levels, table(draw(mu, sigma, eps), W, b))), kl(mu, sigma)
    )


def _by_torch(levels: Tensor, mu: Tensor, sigma: Tensor, eps: Tensor, W: Tensor, b: Tensor) -> Tensor:
    z = torch.addcmul(mu, sigma, eps)
    fit = cross_entropy((torch.tensordot(z, W, ([1], [2])) + b).movedim(2, 1), levels, reduction="none")
    return fit.sum(1) + kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).sum(1)


def _in_numpy(levels: Tensor, *given: Tensor) -> Tensor:
    mu, sigma, eps, W, b = (part.numpy().astype(np.float64) for part in given)
    rows = []
    for k, m, s, e in zip(levels.numpy(), mu, sigma, eps, strict=True):
        log_p = log_softmax(W @ (m + s * e) + b, axis=1)
        rows.append(((m**2 + s**2 - 1) / 2 - np.log(s)).sum() - log_p[np.arange(len(k)), k].sum())
    return torch.tensor(np.array(rows), dtype=given[0].dtype)


def _one_by_one(levels: Tensor, mu: Tensor, sigma: Tensor, eps: Tensor, W: Tensor, b: Tensor) -> Tensor:
    z = mu + eps * sigma
    fit = [-Categorical(logits=z @ w.T + c).log_prob(k) for w, c, k in zip(W, b, levels.T, strict=True)]
    return sum(fit) + sum((s * s + m * m) / 2 - 0.5 - s.log() for m, s in zip(mu.T, sigma.T, strict=True))


def _grey(table: Tensor) -> Tensor:
    """The mean level as a share of the largest, (B, P)."""
    most = table.shape[2] - 1
    return (table.exp() @ torch.arange(most + 1).to(table) / most).clamp(1e-9, 1 - 1e-9)


def _bce(levels: Tensor, table: Tensor) -> Tensor:
    grey = _grey(table)
    return binary_cross_entropy(grey, levels.to(grey) / (table.shape[2] - 1), reduction="none")


def _mse(levels: Tensor, table: Tensor, factor: float = 1.0) -> Tensor:
    return factor * (_grey(table) - levels.to(table) / (table.shape[2] - 1)) ** 2


@exercise("vae.catch_loss", ("is_nelbo",), kind="detective")
class CatchLoss(Detective):
    """−ELBO of grey levels, told from what is often put in its place."""

    apart = True
    strict = "exact equality"
    accepts = gate("every right implementation is accepted, however it is written")
    nats = pays("an implementation that prices the levels by something else than their probability is caught", 1.5)
    axis = pays("an implementation that averages where it has to add up, or mixes the pictures, is caught")
    cost = pays("an implementation with another divergence, or with its sign turned, is caught")
    draw = pays("an implementation that does not draw from q, for each picture by itself, is caught")
    level = pays("an implementation that looks up another level, or another pixel, is caught")

    hints = (
        "Which right value do you know? Your own nelbo gives it: what is log_p here, from W and b?",
        "An input that is 0 or 1 hides mistakes: sigma = 1, eps = 0, W = 0. So do one picture, one pixel, one latent.",
        "Compare every picture, to some digits relative to its size. Let the levels be all over 0 … 16, 16 as well.",
    )

    right = {
        "the formula": _nelbo(),
        "torch's own pieces": _by_torch,
        "in numpy": _in_numpy,
        "pixel by pixel": _one_by_one,
        "in double": lambda levels, *given: _nelbo()(levels, *(g.double() for g in given)).to(given[0]),
    }
    bugs = {
        "nats": {
            "takes the cross-entropy of grey levels": _nelbo(costs=_bce),
            "takes the squared error": _nelbo(costs=_mse),
            "takes the squared error in levels": _nelbo(costs=lambda k, table: _mse(k, table, 256.0)),
            "takes a normal around the mean level": _nelbo(costs=lambda k, table: _mse(k, table, 128.0) + 0.9189),
            "takes bits for the pixels": _nelbo(fit=lambda costs: costs.sum(1) / math.log(2)),
            "takes the entropy of the levels": _nelbo(costs=lambda k, table: -(table.exp() * table).sum(2)),
            "takes the probability itself": _nelbo(costs=lambda k, table: -(-_costs(k, table)).exp()),
        },
        "axis": {
            "averages over the pixels": _nelbo(fit=lambda costs: costs.mean(1)),
            "averages over the latents": _nelbo(kl=lambda mu, sigma: _kls(mu, sigma).mean(1)),
            "gives every picture the batch's mean": _nelbo(put=lambda fit, kl: (fit + kl).mean().expand(len(fit))),
            "adds up the batch's pixels": _nelbo(fit=lambda costs: costs.sum().expand(len(costs))),
            "averages the divergence over the batch": _nelbo(kl=lambda mu, sigma: _kls(mu, sigma).sum(1).mean()),
            "gives one number for the batch": _nelbo(put=lambda fit, kl: (fit + kl).mean()),
        },
        "cost": {
            "subtracts the divergence": _nelbo(put=lambda fit, kl: fit - kl),
            "forgets the divergence": _nelbo(put=lambda fit, kl: fit),
            "gives the ELBO": _nelbo(put=lambda fit, kl: -fit - kl),
            "halves the divergence": _nelbo(put=lambda fit, kl: fit + kl / 2),
            "takes log sigma for log sigma²": _nelbo(
                kl=lambda mu, sigma: 0.5 * (sigma**2 + mu**2 - 1 - sigma.log()).sum(1)
            ),
            "reads sigma as a variance": _nelbo(kl=lambda mu, sigma: _kls(mu, sigma.sqrt()).sum(1)),
            "leaves mu out of the divergence": _nelbo(kl=lambda mu, sigma: _kls(0 * mu, sigma).sum(1)),
            "goes the other way round": _nelbo(
                kl=lambda mu, sigma: 0.5 * ((1 + mu**2) / sigma**2 - 1 + 2 * sigma.log()).sum(1)
            ),
        },
        "draw": {
            "decodes the mean": _nelbo(draw=lambda mu, sigma, eps: mu),
            "draws from the prior": _nelbo(draw=lambda mu, sigma, eps: eps),
            "takes one noise for the batch": _nelbo(draw=lambda mu, sigma, eps: mu + sigma * eps[:1]),
            "takes one noise for the latents": _nelbo(draw=lambda mu, sigma, eps: mu + sigma * eps[:, :1]),
            "takes the root of sigma": _nelbo(draw=lambda mu, sigma, eps: mu + sigma.sqrt() * eps),
            "forgets sigma": _nelbo(draw=lambda mu, sigma, eps: mu + eps),
        },
        "level": {
            "looks up the next level": _nelbo(costs=lambda k, table: _costs((k + 1).clamp_max(16), table)),
            "counts the levels from the other end": _nelbo(costs=lambda k, table: _costs(16 - k, table)),
            "shifts the pixels by one": _nelbo(costs=lambda k, table: _costs(k.roll(1, 1), table)),
            "normalises over the pixels": _nelbo(table=lambda z, W, b: _table(z, W, b, axis=1)),
            "forgets to normalise": _nelbo(table=lambda z, W, b: torch.einsum("pld,nd->npl", W, z) + b),
            "leaves the last level out": _nelbo(costs=lambda k, table: _costs(k.clamp_max(15), table)),
        },
    }

    mistakes = (
        wrong(
            "one picture, one pixel, one latent",
            lambda implementation: _agrees(implementation, *[_drawn(1, 1, 1, k) for k in range(3)]),
            "With a single picture, pixel and latent all axes are alike: ask for several of each, and of different numbers.",
        ),
        wrong(
            "exact equality",
            lambda implementation: _agrees(implementation, *map(_ordinary, range(3)), tolerance=0.0),
            "Right programs round differently. Compare up to a few millionths of the size.",
        ),
        wrong(
            "no noise",
            lambda implementation: _agrees(implementation, *[_drawn(3, 4, 2, k, noise=0.0) for k in range(3)]),
            "With eps = 0 a draw is the mean: nobody can see then what becomes of sigma and of the noise.",
        ),
        wrong(
            "mu is 0",
            lambda implementation: _agrees(implementation, *[_drawn(3, 4, 2, k, mean=0.0) for k in range(3)]),
            "With mu = 0 nobody can see whether mu² stands in the divergence. Let mu be anything.",
        ),
        wrong(
            "a rough tolerance",
            lambda implementation: _agrees(implementation, *map(_ordinary, range(3)), tolerance=0.1),
            "A tenth of the cost is more than many a mistake changes it by. Right programs agree to millionths of the size.",
        ),
        wrong(
            "q is the prior",
            lambda implementation: _agrees(implementation, *[_drawn(3, 4, 2, k, q=0.0) for k in range(3)]),
            "With mu = 0 and sigma = 1 the divergence is 0 whatever its sign and factor, and a draw is eps.",
        ),
        wrong(
            "paper only",
            lambda implementation: _agrees(implementation, *[_drawn(3, 4, 2, k, most=1) for k in range(3)]),
            "The test asks for pictures of level 0 alone. Let the levels be all over 0 … 16.",
        ),
        wrong(
            "only the sign",
            lambda implementation: all(bool((implementation(*_ordinary(k)) > 0).all()) for k in range(3)),
            "That the numbers are positive is not enough: so are a squared error and most of the others. Compare values.",
        ),
        REFUSES,
    )


def _drawn(
    B: int, P: int, d: int, seed: int, noise: float = 1.0, q: float = 1.0, most: int = 17, mean: float = 1.0
) -> tuple[Tensor, ...]:
    rng = np.random.default_rng([B, P, d, seed])
    mu, log_sigma, eps = (by * rng.normal(size=(B, d)) for by in (mean * q, 0.5 * q, noise))
    W, b = rng.normal(size=(P, 17, d)), rng.normal(size=(P, 17))
    return (torch.tensor(rng.integers(most, size=(B, P))), *map(torch.tensor, (mu, np.exp(log_sigma), eps, W, b)))


def _ordinary(seed: int) -> tuple[Tensor, ...]:
    return _drawn(3, 8, 2, seed)


def _agrees(implementation: Callable, *questions: tuple[Tensor, ...], tolerance: float = 1e-6) -> bool:
    for given in questions:
        got, want = implementation(*given), _nelbo()(*given)
        if got.shape != want.shape or not torch.allclose(got, want, rtol=tolerance, atol=tolerance / 100):
            return False
    return True
