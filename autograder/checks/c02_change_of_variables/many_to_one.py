"""cov.many_to_one (long: two maps, each with its oracle and its slips): p_X(x) = Σ p_Z(z) / |det J(z)| over all z that are mapped to x."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import mpmath
import numpy as np
import torch
from scipy import special

from autograder.checks.c02_change_of_variables.shared import (
    HAIR,
    HALF_LOG_2PI,
    invertible,
    log_normal_cov,
    log_standard_normal,
    mass_between,
    on_support,
    random_matrix,
    random_signed,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.precise import DIGITS
from pushforward.answering.wire import Net


def _square_terms(x: torch.Tensor, c: float) -> tuple[torch.Tensor, torch.Tensor]:
    """log densities of the two preimages, and √x; x is taken positive."""
    root = x.clamp_min(torch.finfo(x.dtype).tiny).sqrt()
    return torch.stack([-((c + sign * root) ** 2) / 2 - HALF_LOG_2PI for sign in (1, -1)]), root


def _square(x: torch.Tensor, c: float, combine: Callable) -> torch.Tensor:
    terms, root = _square_terms(x, c)
    return on_support(x, x > 0, combine(terms, root))


def _one_root(x: torch.Tensor, c: float, sign: int, outside: float) -> torch.Tensor:
    """The share of z = c + sign √x alone, and something else where there is no root."""
    root = x.clamp_min(torch.finfo(x.dtype).tiny).sqrt()
    log_p = -((c + sign * root) ** 2) / 2 - HALF_LOG_2PI - torch.log(2 * root)
    return torch.where(x > 0, log_p, torch.full_like(log_p, outside))


def _folds(x: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    """log N(W⁻¹ (s ∘ x)) for every pattern s of signs, (2^D, B)."""
    signs = torch.tensor(list(itertools.product((1, -1), repeat=x.shape[1])), dtype=x.dtype, device=x.device)
    return torch.stack([log_standard_normal(torch.linalg.solve(W, (s * x).T).T) for s in signs])


def _folded(x: torch.Tensor, W: torch.Tensor, combine: Callable, det: float = 1.0) -> torch.Tensor:
    log_p = combine(_folds(x, W)) - det * torch.linalg.slogdet(W)[1]
    return on_support(x, (x >= 0).all(1), log_p)


@exercise("cov.many_to_one", ("log_p_square", "log_p_folded"))
class ManyToOne(Exercise):
    """p_X(x) = Σ p_Z(z) / |det J(z)| over all z that are mapped to x.

    Oracles: for the square, mass over length of tiny intervals; for the folded map, the density of y = W z (a normal with
    covariance W Wᵀ) summed over the 2^D points y with |y| = x.
    """

    shape_square = gate("log_p_square returns a tensor of the shape of x")
    square = pays("X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0", 1)
    shape_folded = gate("log_p_folded returns one log density for each row of x")
    folded = pays("X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative", 1)

    hints = (
        "Solve x = (z − c)² for z. Every solution sends its own share of mass to x, and shares of mass add up.",
        "x = |y| has 2^D solutions y, one for each pattern of signs. Each of them has exactly one z with y = W z.",
        "Densities are added, not their logarithms; far from the bulk each of them underflows. torch has a function for the "
        "logarithm of a sum of exponentials.",
    )

    domain = {
        "log_p_square": Domain(
            {
                "x": Tensor("...", Reals(reach=(1e-30, 1e4), usual=(-1, 9), but=(0.0,))),
                "c": Number(Reals(reach=(1e-3, 60))),
            },
            returns=Like("x"),
        ),
        "log_p_folded": Domain(
            {
                "x": Tensor("B, D", Reals(reach=(1e-6, 60), usual=(0.1, 2), but=(0.0,), also=(1e-30, -1e-30))),
                "W": invertible("D"),
            },
            sizes={"B": (1, 3), "D": (1, 6)},
            draws=2,
            most=20,
            returns=Like("x"),
        ),
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        """Points of |W z| in the size that it has."""
        if name == "log_p_square":
            return self._square_case(**given)
        x, W = given.values()
        return self._folded_case(x * float(torch.linalg.matrix_norm(W, 2)), W)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._square_case(floats([1.0, 4.0, -1.0], PYTHON), 1.0)
        yield self._folded_case(floats([[1.0, 2.0]], PYTHON), floats([[1.0, 0.0], [1.0, 1.0]], PYTHON))
        for dtype, device in arithmetic():
            for shape in ((6,), (2, 3), ()):
                x = rng.uniform(0.05, 9, size=shape) * rng.choice([1, 1, -1], size=shape)
                yield self._square_case(floats(x, dtype, device), random_signed(rng, 0.3, 2))
            far = float(rng.uniform(45, 60))
            yield self._square_case(floats([1.0, 4.0, far**2, -3.0], dtype, device), far * float(rng.choice([-1, 1])))
            for batch, d in ((4, 1), (2, 2), (3, 3), (5, 4)):
                x = rng.uniform(0.1, 2, size=(batch, d))
                x[-1, int(rng.integers(d))] *= -1.0 if d > 2 else rng.choice([1, -1])
                x[0] *= 1.0 if d == 3 else 60.0 if d == 2 else 1.0
                yield self._folded_case(floats(x, dtype, device), floats(random_matrix(rng, d), dtype, device))
        yield self._folded_case(floats(rng.uniform(0.1, 2, size=(2, 6)), PYTHON), floats(random_matrix(rng, 6), PYTHON))
        negative = -rng.uniform(0.1, 1, size=(2, 2))
        yield self._folded_case(floats(negative, PYTHON), floats(random_matrix(rng, 2), PYTHON))

    def _square_case(self, x: torch.Tensor, c: float) -> Case:
        return case(call("log_p_square", x, c), about=(self.shape_square, self.square), x=x, c=c)

    def _folded_case(self, x: torch.Tensor, W: torch.Tensor) -> Case:
        return case(call("log_p_folded", x, W), about=(self.shape_folded, self.folded), x=x, W=W)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        is_square = case.asks[0].of == "log_p_square"
        shape = has_shape(answer, tuple(case.x.shape) if is_square else tuple(case.x.shape[:1]), case.x)
        yield (self.shape_square if is_square else self.shape_folded)(*shape)
        if shape.ok:
            yield self._judge_square(case, answer) if is_square else self._judge_folded(case, answer)

    def _judge_square(self, case: Case, answer: Any) -> Finding:
        x = exact(case.x)
        log_p, scale = np.full_like(x, -math.inf), np.ones_like(x)
        with mpmath.workdps(DIGITS):
            for i, v in np.ndenumerate(x):
                if v > 0:
                    log_p[i] = self._weigh(mpmath.mpf(float(v)), mpmath.mpf(case.c))
                    root = math.sqrt(v)
                    scale[i] = 4 * (
                        1 + abs(abs(case.c) - root) * (abs(case.c) + root) + abs(log_p[i]) + abs(math.log(v))
                    )
        return self.square(*close(answer, log_p, case.x.dtype, scale))

    @staticmethod
    def _weigh(x: Any, c: Any) -> float:
        """log of the mass of {z : (z − c)² within a hair of x} over the length of that interval."""
        low, high = (mpmath.sqrt(x * (1 + s * HAIR)) for s in (-1, 1))
        standard = Net("log_normal", (torch.tensor(0.0), torch.tensor(1.0)))
        mass = mass_between(standard, c + low, c + high) + mass_between(standard, c - high, c - low)
        return float(mpmath.log(mass / (2 * HAIR * x)))

    def _judge_folded(self, case: Case, answer: Any) -> Finding:
        x, W = exact(case.x), exact(case.W)
        signs = itertools.product((1, -1), repeat=x.shape[1])
        each = np.stack([log_normal_cov(x * np.array(s), W @ W.T) for s in signs])
        log_p = np.where((x >= 0).all(axis=1), special.logsumexp(each, axis=0), -np.inf)
        size = np.linalg.cond(W) ** 2 * (x.shape[1] + abs(each).min(axis=0) + (x**2).sum(axis=1))
        return self.folded(*close(answer, log_p, case.x.dtype, size))

    mistakes = (
        wrong(
            "only one preimage",
            {
                "log_p_square": lambda x, c: _square(x, c, lambda t, r: t[0] - torch.log(2 * r)),
                "log_p_folded": lambda x, W: _folded(x, W, lambda t: t[0]),
            },
            "Several z are mapped to the same x, and only one was counted. Mass arrives from all of them.",
            also=(
                *(
                    {"log_p_square": partial(_one_root, sign=sign, outside=outside)}
                    for sign in (1, -1)
                    for outside in (math.nan, -math.inf)
                ),
                {
                    "log_p_folded": lambda x, W: (
                        log_standard_normal(torch.linalg.solve(W, x.T).T) - torch.linalg.slogdet(W)[1]
                    )
                },
            ),
        ),
        wrong(
            "the mean of the preimages",
            {
                "log_p_square": lambda x, c: _square(
                    x, c, lambda t, r: t.logsumexp(0) - math.log(2) - torch.log(2 * r)
                ),
                "log_p_folded": lambda x, W: _folded(x, W, lambda t: t.logsumexp(0) - math.log(len(t))),
            },
            "The shares of the preimages were averaged. Mass adds up: as it stands the density integrates to less than 1.",
        ),
        wrong(
            "logarithms added",
            {
                "log_p_square": lambda x, c: _square(x, c, lambda t, r: t.sum(0) - torch.log(2 * r)),
                "log_p_folded": lambda x, W: _folded(x, W, lambda t: t.sum(0)),
            },
            "Adding logarithms multiplies the densities. The densities themselves are to be added.",
        ),
        wrong(
            "the slope forgotten",
            {
                "log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0)),
                "log_p_folded": lambda x, W: _folded(x, W, lambda t: t.logsumexp(0), det=0.0),
            },
            "The preimages' densities were added as they are. Each must be divided by how much the map stretches there.",
        ),
        wrong(
            "the sum underflows before its logarithm",
            {
                "log_p_square": lambda x, c: _square(x, c, lambda t, r: t.exp().sum(0).log() - torch.log(2 * r)),
                "log_p_folded": lambda x, W: _folded(x, W, lambda t: t.exp().sum(0).log()),
            },
            "Far from the bulk every term underflows to 0, and the logarithm of their sum is −∞. Stay in log space.",
        ),
        wrong(
            "density where nothing lies",
            {
                "log_p_square": lambda x, c: (
                    torch.logsumexp(_square_terms(x.abs(), c)[0], 0) - torch.log(2 * x.abs().sqrt())
                ),
                "log_p_folded": lambda x, W: _folds(x, W).logsumexp(0) - torch.linalg.slogdet(W)[1],
            },
            "X is never negative, so its density is 0 there and the logarithm −∞. The formula knows nothing of that: ask first.",
            also=(
                {
                    "log_p_square": lambda x, c: (
                        torch.logsumexp(
                            torch.stack([-((c + s * x.sqrt()) ** 2) / 2 - HALF_LOG_2PI for s in (1, -1)]), 0
                        )
                        - torch.log(2 * x.sqrt())
                    )
                },
            ),
        ),
        wrong(
            "the signs on the wrong side",
            {
                "log_p_folded": lambda x, W: on_support(
                    x,
                    (x >= 0).all(1),
                    log_standard_normal(torch.linalg.solve(W, x.T).T)
                    + x.shape[1] * math.log(2)
                    - torch.linalg.slogdet(W)[1],
                )
            },
            "Flipping signs of z does not lead to the other preimages, and by symmetry only counts the first one 2^D times: the absolute value is taken of W z, so the signs belong to x.",
        ),
        wrong(
            "refused only where all entries are negative",
            {
                "log_p_folded": lambda x, W: on_support(
                    x, (x >= 0).any(1), _folds(x, W).logsumexp(0) - torch.linalg.slogdet(W)[1]
                )
            },
            "|W z| has no negative entry at all: a single one in x is enough for the density to be 0.",
        ),
        wrong(
            "a wrong slope of the square",
            {"log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0) - torch.log(r))},
            "The slope of (z − c)² is 2 (z − c), so at both preimages its size is 2 √x.",
            also=(
                {"log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0) - torch.log(2 * r**2))},
                {"log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0) - torch.log(r / 2))},
                {"log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0) - 2 * torch.log(r))},
            ),
        ),
        wrong(
            "the slope with the wrong sign",
            {
                "log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0) + torch.log(2 * r)),
                "log_p_folded": lambda x, W: _folded(x, W, lambda t: t.logsumexp(0), det=-1.0),
            },
            "Where the map stretches, the mass is spread and the density falls: the logarithm of the slope is subtracted.",
        ),
        wrong(
            "the constant of another dimension",
            {"log_p_folded": lambda x, W: _folded(x, W, lambda t: t.logsumexp(0)) + (x.shape[1] - 1) * HALF_LOG_2PI},
            "The base has D coordinates, and each brings its own −½ log 2π.",
            also=(
                {
                    "log_p_square": lambda x, c: (
                        _square(x, c, lambda t, r: t.logsumexp(0) - torch.log(2 * r)) + HALF_LOG_2PI
                    ),
                    "log_p_folded": lambda x, W: _folded(x, W, lambda t: t.logsumexp(0)) + x.shape[1] * HALF_LOG_2PI,
                },
                {
                    "log_p_folded": lambda x, W: (
                        _folded(x, W, lambda t: t.logsumexp(0)) + (x.shape[1] - len(x)) * HALF_LOG_2PI
                    )
                },
            ),
        ),
    )
