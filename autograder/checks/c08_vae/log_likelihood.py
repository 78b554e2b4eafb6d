"""vae.log_likelihood: log (1/K) Σ_k p(x, z_k)/q(z_k | x), in log space and a few draws at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.checks.c08_vae.shared import LOG_2PI, L, Pixels, drawn, levels_of
from autograder.judging.asking import FALLOUT
from autograder.judging.compare import EPSILON, arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor, Wholes
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Callback, Plain
from pushforward.errors import CourseError


def _made(place: Place) -> Pixels:
    return drawn(place.rng, place.sizes["P"], place.sizes["d"])


def _log_w(levels: Any, mu: Any, sigma: Any, eps: Any, log_p: Callable, prior: float = 1.0, q: float = 1.0) -> Any:
    z = mu + sigma * eps
    log_q = (-(eps**2) / 2 - sigma.log() - LOG_2PI / 2).sum(-1)
    return log_p(z, levels).sum(-1) + prior * (-(z**2) / 2 - LOG_2PI / 2).sum(-1) - q * log_q


def _slip(of_draws: Callable = lambda w: w.logsumexp(0) - math.log(len(w)), **weights: Any) -> Callable:
    """All parts one after the other, of each the log weights; then what is made of all of them, (K, B)."""

    def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
        parts = [_log_w(levels, mu, sigma, e, log_p, **weights) for e in eps.split(at_once)]
        return of_draws(torch.cat(parts))

    return log_likelihood


def _part_by_part(levels, mu, sigma, eps, log_p, at_once):
    """The logarithms of the parts' means, averaged."""
    parts = [_log_w(levels, mu, sigma, e, log_p) for e in eps.split(at_once)]
    return torch.stack([w.logsumexp(0) - math.log(len(w)) for w in parts]).mean(0)


def _by_the_first(levels, mu, sigma, eps, log_p, at_once):
    """The weights relative to the largest of the first part."""
    parts = [_log_w(levels, mu, sigma, e, log_p) for e in eps.split(at_once)]
    top = parts[0].max(0).values
    return torch.cat([w - top for w in parts]).exp().mean(0).log() + top


@exercise("vae.log_likelihood", ("log_likelihood",))
class LogLikelihood(Exercise):
    """log (1/K) Σ_k p(x | z_k) p(z_k) / q(z_k | x), z_k = mu + sigma eps_k."""

    apart = True
    shape = gate("there is one number for each picture")
    one = pays("with one draw it is log p(x | z) + log p(z) − log q(z | x), a sum over pixels and latents", 1.0)
    many = pays("with K draws it is the logarithm of the mean weight, for weights of any size", 2.0)
    few = pays("log_p is shown at most at_once draws at a time", 0.5)

    hints = (
        "One draw first: three log densities at z = mu + sigma eps. log q needs log sigma, and in eps it is short.",
        "The mean of K weights that come as logarithms: notebook 06 wrote iwae for just that.",
        "eps.split(at_once) gives parts of the first axis. Keep the log weights of each part; what is large are the pixels.",
    )

    domain = {
        "log_likelihood": Domain(
            {
                "levels": Tensor("B, P", Wholes(0, 16)),
                "mu": Tensor("B, d", Reals(reach=(1e-3, 10))),
                "sigma": Tensor("B, d", Reals(0, reach=(1e-3, 10))),
                "eps": Tensor("K, B, d", Reals(reach=(1e-3, 5))),
                "log_p": Made(
                    _made,
                    (_made,),
                    says=("takes z (k, B, d), k draws, and levels (B, P)", "gives (k, B, P), of the type of z"),
                ),
                "at_once": Number(Wholes(1, reach=8), says=("the largest k",)),
            },
            sizes={"B": (1, 4), "P": (1, 4), "d": (1, 4), "K": (1, 6)},
            returns=Like("mu"),
            most=20,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for K, B, P, d, at_once, steep in (
                *((1, 1, 1, 1, 1, 1.0), (1, 2, 3, 2, 4, 1.0), (2, 1, 1, 1, 1, 1.0), (2, 2, 1, 1, 2, 1.0)),
                *((5, 3, 4, 2, 2, 1.0), (7, 2, 3, 3, 3, 1.0), (6, 2, 40, 3, 4, 30.0), (40, 2, 2, 2, 16, 2.0)),
            ):
                pixels = drawn(rng, P, d, steep)
                mu, eps = normal(rng, (B, d), dtype, device), normal(rng, (K, B, d), dtype, device)
                sigma, levels = floats(np.exp(rng.normal(size=(B, d)) / 2), dtype, device), levels_of(rng, B, P, device)
                yield self._case(levels, mu, sigma, eps, pixels, at_once)
            yield self._better_and_better(rng, dtype, device)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(*given.values())

    def _better_and_better(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Case:
        """The later a draw, the larger its weight, by thousands of nats."""
        pixels, levels = drawn(rng, 40, 1, 30.0), levels_of(rng, 1, 40, device)
        order = np.linspace(-3, 3, 6)[:, None, None]
        worth = pixels.log_p(order, levels.cpu().numpy()).sum(-1)[:, 0]
        eps = floats(order[np.argsort(worth)], dtype, device)
        return self._case(levels, 0 * eps[0], 0 * eps[0] + 1, eps, pixels, 1)

    def _case(self, levels: Any, mu: Any, sigma: Any, eps: Any, pixels: Pixels, at_once: int) -> Case:
        asked = call("log_likelihood", levels, mu, sigma, eps, Callback("log_p"), at_once)
        worth = self.one if len(eps) == 1 else self.many
        facts = {"levels": levels, "mu": mu, "sigma": sigma, "eps": eps, "pixels": pixels, "at_once": at_once}
        return case(asked, about=(self.shape, worth, self.few), shown=[], **facts)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> torch.Tensor:
        """log p of each pixel's level; how many draws were shown is noted."""
        names = dict(zip(("z", "levels"), args, strict=False)) | kwargs
        z, levels = names.get("z"), names.get("levels")
        if len(args) + len(kwargs) != 2 or not isinstance(z, Plain) or not isinstance(levels, Plain):
            raise CourseError("log_p takes two tensors, z and levels.")
        d, P = case.pixels.W.shape[2], len(case.pixels.W)
        if z.dtype not in EPSILON or len(z.shape) not in (2, 3) or z.shape[-1] != d:
            raise CourseError(f"log_p takes z of shape (k, B, {d}), and got {kind_of(z)}.")
        if levels.array.dtype.kind not in "if" or levels.shape[-1:] != (P,):
            raise CourseError(f"log_p takes levels of shape (B, {P}), and got {kind_of(levels)}.")
        if levels.array.size and not 0 <= levels.array.min() <= levels.array.max() < L:
            raise CourseError("log_p takes levels 0 … 16.")
        case.shown.append(z.shape[0] if len(z.shape) == 3 else max(1, z.shape[0] // len(case.mu)))
        found = case.pixels.log_p(z.array.astype(np.float64), levels.array.astype(np.int64))
        return torch.tensor(found, dtype=getattr(torch, z.dtype), device=z.device)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.mu),), like=case.mu)
        yield self.shape(*shape)
        if not shape.ok:
            return
        mu, sigma, eps = exact(case.mu), exact(case.sigma), exact(case.eps)
        z = mu + sigma * eps
        log_p = case.pixels.log_p(z, case.levels.cpu().numpy()).sum(-1)
        log_w = log_p + (norm.logpdf(z) - norm.logpdf(eps) + np.log(sigma)).sum(-1)
        reach = abs(mu) + abs(sigma * eps)
        size = case.pixels.rough(reach) + (reach**2 + eps**2 + abs(np.log(sigma)) + 2).sum(-1)
        value = logsumexp(log_w, axis=0) - math.log(len(eps))
        right = close(answer, value, case.mu.dtype, size.max(0) + math.log(len(eps)))
        yield case.about[1](*right)
        most, wanted = max(case.shown, default=0), f"at most {case.at_once} draws in a call of log_p"
        if most > case.at_once or right.ok:
            yield self.few(most <= case.at_once, wanted, f"{most} draws")
        else:
            yield self.few(False, why=FALLOUT)  # it pays beside a right value only

    mistakes = (
        wrong(
            "the mean of the logarithms",
            _slip(lambda w: w.mean(0)),
            "This is the mean of the log weights, the ELBO again, however many draws there are. The logarithm is taken of the mean.",
        ),
        wrong(
            "log K is forgotten",
            _slip(lambda w: w.logsumexp(0)),
            "The weights were added up and not averaged: without −log K the value grows with K and bounds nothing.",
        ),
        wrong(
            "the parts' logarithms averaged",
            _part_by_part,
            "Each part gives the logarithm of its own mean, and these were averaged: a bound for at_once draws, not for K. Keep the log weights, and take one logarithm at the end.",
            also=(
                lambda levels, mu, sigma, eps, log_p, at_once: torch.stack(
                    [_log_w(levels, mu, sigma, e, log_p).logsumexp(0) - math.log(len(eps)) for e in eps.split(at_once)]
                ).mean(0),
            ),
        ),
        wrong(
            "exponentiated too early",
            _slip(lambda w: w.exp().mean(0).log()),
            "exp of −1000 is 0, and the logarithm cannot bring it back: take the largest log weight out first.",
        ),
        wrong(
            "the first part's largest weight taken out",
            _by_the_first,
            "The largest log weight of the first part was taken out of all: if a later draw weighs more, by hundreds of nats, exp overflows. Take out the largest of all.",
        ),
        wrong(
            "no prior",
            _slip(prior=0.0),
            "The weight is p(x | z) p(z) / q(z | x): the prior of the draw is missing.",
        ),
        wrong(
            "no q",
            _slip(q=0.0),
            "The draws come from q, so each is divided by q(z | x): without it the mean is no estimate of p(x).",
        ),
        wrong(
            "log sigma forgotten",
            lambda levels, mu, sigma, eps, log_p, at_once: _slip()(levels, mu, sigma, eps, log_p, at_once) - sigma.log().sum(1),
            "log q(z | x) has −log sigma in it: a narrow q is dense.",
        ),
        wrong(
            "all draws at once",
            lambda levels, mu, sigma, eps, log_p, at_once: _slip()(levels, mu, sigma, eps, log_p, len(eps)),
            "All K draws went through the decoder together. Five hundred draws of 447 pictures would need gigabytes: split them.",
        ),
        wrong(
            "the last part left out",
            lambda levels, mu, sigma, eps, log_p, at_once: _slip()(
                levels, mu, sigma, eps[: max(at_once, len(eps) // at_once * at_once)], log_p, at_once
            ),
            "Where at_once does not divide K, the draws of the last, shorter part are missing.",
        ),
        wrong(
            "the pixels averaged",
            lambda levels, mu, sigma, eps, log_p, at_once: _slip()(
                levels, mu, sigma, eps, lambda z, x: log_p(z, x).mean(-1, keepdim=True), at_once
            ),
            "The log probability of a picture is the sum over its pixels, not their mean.",
        ),
        wrong(
            "minus the logarithm",
            lambda *given: -_slip()(*given),
            "This is the cost, −log p(x). The log likelihood itself is asked for.",
        ),
    )  # fmt: skip
