"""elbo.catch_kl: a test that tells implementations of the divergence of two normals from their imitations."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch.distributions import Normal, kl_divergence

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Tensor = torch.Tensor


def _parts(mu: Tensor, sigma: Tensor, prior_mu: Tensor, prior_sigma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Trace, mean and log_det, dimension by dimension, (B, d) each."""
    ratio = sigma / prior_sigma
    return ratio**2, ((mu - prior_mu) / prior_sigma) ** 2, -2 * ratio.log()


def _kl(*given: Tensor) -> Tensor:
    trace, mean, log_det = _parts(*given)
    return 0.5 * (trace + mean - 1 + log_det).sum(1)


def _with(parts: Callable) -> Callable:
    """Another term for each dimension: a function of trace, mean, log_det and of what was given."""
    return lambda *given: parts(*_parts(*given), *given).sum(1)


def _loop(mu: Tensor, sigma: Tensor, prior_mu: Tensor, prior_sigma: Tensor) -> Tensor:
    prior = list(zip(prior_mu.tolist(), prior_sigma.tolist(), strict=True))
    rows = [list(zip(m, s, prior, strict=True)) for m, s in zip(mu.tolist(), sigma.tolist(), strict=True)]
    found = [sum(math.log(S / s) + (s * s + (m - M) ** 2) / (2 * S * S) - 0.5 for m, s, (M, S) in row) for row in rows]
    return torch.tensor(found, dtype=mu.dtype)


def _by_two_points(mu: Tensor, sigma: Tensor, prior_mu: Tensor, prior_sigma: Tensor) -> Tensor:
    """The mean of log q − log p at mu ± sigma: two points are exact for squares."""
    log_p = sum(Normal(prior_mu, prior_sigma).log_prob(mu + sign * sigma) for sign in (-1, 1)) / 2
    return (-0.5 - sigma.log() - 0.5 * math.log(2 * math.pi) - log_p).sum(1)


def _in_numpy(*given: Tensor) -> Tensor:
    m, s, M, S = (v.numpy().astype(np.float64) for v in given)
    total = np.log(S**2).sum() - np.log(s**2).sum(1) + ((s / S) ** 2 + ((m - M) / S) ** 2).sum(1) - m.shape[1]
    return torch.tensor(total / 2, dtype=given[0].dtype)


def _swapped(mu: Tensor, sigma: Tensor, prior_mu: Tensor, prior_sigma: Tensor) -> Tensor:
    return _kl(prior_mu + 0 * mu, prior_sigma + 0 * sigma, mu, sigma)


def _of_roots(read: Callable) -> Callable:
    return lambda mu, sigma, prior_mu, prior_sigma: _kl(mu, read(sigma), prior_mu, read(prior_sigma))


def _batch_for_d(*given: Tensor) -> Tensor:
    trace, mean, log_det = (part.sum(1) for part in _parts(*given))
    return 0.5 * (trace + mean - len(given[0]) + log_det)


def _product_first(*given: Tensor) -> Tensor:
    trace, mean, _ = _parts(*given)
    return 0.5 * ((trace + mean - 1).sum(1) + 2 * (given[3].prod() / given[1].prod(1)).log())


@exercise("elbo.catch_kl", ("is_kl",), kind="detective")
class CatchKl(Detective):
    """KL of two normals with diagonal covariances, told from what looks like it."""

    strict = "exact equality"
    accepts = gate("every right implementation is accepted, however it is written")
    half = pays("an implementation with a factor too many or too few is caught")
    way = pays("an implementation that goes the other way round, in whole or in part, is caught")
    square = pays("an implementation that takes a standard deviation for a variance is caught")
    axis = pays("an implementation that adds up over the wrong axis is caught")
    some = pays("an implementation that is right for some priors and sizes only is caught", 4)

    hints = (
        "Which right value do you know? The formula of the section, or one of the library, gives it for any input.",
        "An input that is 0 or 1 hides mistakes, and so do equal widths, a batch of one, or as many items as dimensions.",
        "Compare every item, to some digits relative to its size. And ask where numbers are extreme: a sigma of 10⁻⁶, "
        "hundreds of dimensions.",
    )

    right = {
        "the closed form": _kl,
        "torch's own": lambda mu, sigma, prior_mu, prior_sigma: kl_divergence(
            Normal(mu, sigma), Normal(prior_mu, prior_sigma)
        ).sum(1),
        "a loop over floats": _loop,
        "a mean over two points": _by_two_points,
        "in numpy": _in_numpy,
    }
    bugs = {
        "half": {
            "forgets the ½": lambda *given: 2 * _kl(*given),
            "halves twice": lambda *given: _kl(*given) / 2,
            "takes log σ for log σ²": _with(lambda t, m, log, *_: 0.5 * (t + m - 1 + log / 2)),
            "forgets the ½ of the logarithm": _with(lambda t, m, log, *_: 0.5 * (t + m - 1) + log),
            "gives bits": lambda *given: _kl(*given) / math.log(2),
        },
        "way": {
            "swaps q and p": _swapped,
            "takes the mean of both directions": lambda *given: (_kl(*given) + _swapped(*given)) / 2,
            "turns the sign of log det": _with(lambda t, m, log, *_: 0.5 * (t + m - 1 - log)),
            "divides the means by q's variance": _with(lambda t, m, log, *given: 0.5 * (t + m / t - 1 + log)),
        },
        "square": {
            "takes σ for σ² in the trace": _with(lambda t, m, log, *_: 0.5 * (t.sqrt() + m - 1 + log)),
            "divides the means by the prior's σ": _with(lambda t, m, log, *given: 0.5 * (t + m * given[3] - 1 + log)),
            "reads σ as a variance": _of_roots(torch.sqrt),
            "squares σ twice": _of_roots(torch.square),
        },
        "axis": {
            "averages over the dimensions": lambda *given: _kl(*given) / given[0].shape[1],
            "gives every item the sum over the batch": lambda *given: _kl(*given).sum().expand(len(given[0])),
            "gives every item the mean over the batch": lambda *given: _kl(*given).mean().expand(len(given[0])),
            "gives one number for the batch": lambda *given: _kl(*given).sum(),
            "takes off the size of the batch for d": _batch_for_d,
            "takes off 1 for d": lambda *given: _kl(*given) + (given[0].shape[1] - 1) / 2,
        },
        "some": {
            "takes the prior for standard": lambda mu, sigma, M, S: _kl(mu, sigma, 0 * M, S**0),
            "forgets the prior's mean": lambda mu, sigma, M, S: _kl(mu, sigma, 0 * M, S),
            "forgets the prior's width": lambda mu, sigma, M, S: _kl(mu, sigma, M, S**0),
            "clamps σ at 0.001": lambda mu, sigma, M, S: _kl(mu, sigma.clamp(min=1e-3), M, S),
            "adds 10⁻⁶ to σ": lambda mu, sigma, M, S: _kl(mu, sigma + 1e-6, M, S),
            "multiplies all σ before it takes the logarithm": _product_first,
        },
    }

    mistakes = (
        wrong(
            "a standard prior only",
            lambda implementation: _agrees(implementation, *_drawn(standard=True), tolerance=1e-4),
            "The test asks with the prior N(0, I) alone. There nobody can tell the prior's variance from its root, nor "
            "whether the prior is looked at.",
        ),
        wrong(
            "one item, one dimension",
            lambda implementation: _agrees(implementation, *_drawn(sizes=((1, 1), (1, 1), (1, 1))), tolerance=1e-4),
            "With one item and one dimension all axes are alike: ask for several of both, and of different numbers.",
        ),
        wrong(
            "exact equality",
            lambda implementation: _agrees(implementation, *_drawn(), *_drawn(extreme=True), tolerance=0.0),
            "Right programs round differently. Compare up to a few millionths of the size.",
        ),
        wrong(
            "only sign and zero",
            lambda implementation: _like_a_divergence(implementation),
            "Being positive, and 0 where q is the prior, is not enough: the other direction and a wrong factor are so, too. "
            "Compare values.",
        ),
        wrong(
            "nothing extreme",
            lambda implementation: _agrees(implementation, *_drawn(), tolerance=1e-4),
            "The test asks for tame numbers only. Clamps, small added numbers and products that underflow show where a "
            "sigma is 10⁻⁶, or where there are hundreds of dimensions.",
        ),
        REFUSES,
    )


def _drawn(sizes=((3, 2), (2, 5), (4, 3)), standard: bool = False, extreme: bool = False) -> list[tuple[Tensor, ...]]:
    """Questions of these sizes, always the same ones."""
    found = []
    for B, d in (*sizes, (2, 400)) if extreme else sizes:
        rng = np.random.default_rng([B, d])
        mu, log_sigma, prior_mu, log_prior = (rng.normal(size=shape) for shape in ((B, d), (B, d), (d,), (d,)))
        sigma = np.exp((5 if extreme else 0.5) * log_sigma)
        prior = (0 * prior_mu, 1 + 0 * log_prior) if standard else (prior_mu, np.exp(0.5 * log_prior))
        found.append(tuple(torch.tensor(v) for v in (mu, sigma, *prior)))
    return found


def _agrees(implementation: Callable, *questions: tuple[Tensor, ...], tolerance: float) -> bool:
    for given in questions:
        got, want = implementation(*given), _kl(*given)
        if got.shape != want.shape or not torch.allclose(got, want, rtol=tolerance, atol=tolerance / 100):
            return False
    return True


def _like_a_divergence(implementation: Callable) -> bool:
    for mu, sigma, prior_mu, prior_sigma in _drawn():
        same = implementation(prior_mu + 0 * mu, prior_sigma + 0 * sigma, prior_mu, prior_sigma)
        if (same.abs() > 1e-6).any() or (implementation(mu, sigma, prior_mu, prior_sigma) < -1e-6).any():
            return False
    return True
