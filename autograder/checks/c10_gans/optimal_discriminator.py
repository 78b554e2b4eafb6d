"""gan.optimal_discriminator: D*(x) = p*(x) / (p*(x) + p_θ(x)), from log densities."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

LOG_DENSITY = Reals(reach=(1e-3, 1e4), also=(-math.inf,))


def share(log_p: np.ndarray, log_q: np.ndarray, prior: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """The first one's share of the density, and the size of what is rounded on the way, by scipy's logistic function."""
    with np.errstate(invalid="ignore"):
        of = special.expit(log_p - log_q + special.logit(prior))
    finite = [np.where(np.isfinite(v), np.abs(v), 0) for v in (log_p, log_q)]
    return of, of + of * (1 - of) * (sum(finite) + abs(special.logit(prior)))


def far(rng: np.random.Generator) -> tuple[float, float]:
    """Log densities of points with thousands of coordinates, tiny and huge."""
    return tuple(sign * float(10 ** rng.uniform(3.2, 4)) for sign in (-1, 1))


def shaped(log_p_data: torch.Tensor, log_p_model: torch.Tensor, **_: Any) -> bool:
    """Somewhere neither has mass: no question."""
    return not bool((torch.isinf(log_p_data) & torch.isinf(log_p_model)).any())


@exercise("gan.optimal_discriminator", ("optimal_discriminator",))
class OptimalDiscriminator(Exercise):
    """D*(x) = p*(x) / (p*(x) + p_θ(x)), from log densities."""

    shape = gate("there is one verdict for each point")
    share = pays("D* is the data's share of the density at each point", 0.5)
    far = pays("D* is right where the densities themselves are too small or too large for floats", 1.0)
    alone = pays("where only one of the two has density, D* is 0 or 1", 0.5)

    hints = (
        "At one point x the value is a log D + b log(1 − D), with a = ½ p*(x) and b = ½ p_θ(x). Where is its derivative 0?",
        "Divide numerator and denominator of p*/(p* + p_θ) by p*. Which function of log p_θ − log p* is that?",
        "1/(1 + e^−u) is the sigmoid of u, which torch computes for every u, ±∞ included.",
    )

    domain = {
        "optimal_discriminator": Domain(
            {
                "log_p_data": Tensor("...", LOG_DENSITY, says=("−∞ where there is no density",)),
                "log_p_model": Tensor("...", LOG_DENSITY, says=("never −∞ where log_p_data is",)),
            },
            when=shaped,
            returns=Like("log_p_data"),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(*(torch.tensor([v, 0.2]).log() for v in (0.3, 0.1)))
        for dtype, device in arithmetic():
            for shape in ((4,), (2, 3)):
                yield self._case(*(floats(rng.normal(size=shape), dtype, device) for _ in range(2)))
            for offset in (-900.0, 900.0, *far(rng)):
                yield self._case(*(floats(offset + rng.normal(size=3), dtype, device) for _ in range(2)))
            there, nowhere = [0.3, -1.0], [-math.inf, 0.5]
            yield self._case(floats(there, dtype, device), floats(nowhere, dtype, device))
            yield self._case(floats(nowhere, dtype, device), floats(there, dtype, device))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, log_p_data: torch.Tensor, log_p_model: torch.Tensor) -> Case:
        return case(call("optimal_discriminator", log_p_data, log_p_model), p=log_p_data, q=log_p_model)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.p.shape), like=case.p)
        yield self.shape(*shape)
        if not shape.ok:
            return
        p, q = exact(case.p), exact(case.q)
        law = self.share
        if np.isinf(p).any() or np.isinf(q).any():
            law = self.alone
        elif max(np.abs(p).max(initial=0), np.abs(q).max(initial=0)) > 80:
            law = self.far
        yield law(*close(answer, *_asked(p, q, case.p.dtype)))

    mistakes = (
        wrong(
            "the model's share",
            lambda log_p, log_q: torch.sigmoid(log_q - log_p),
            "This is the share of the generated points, 1 − D*. D is the probability of being real.",
        ),
        wrong(
            "densities before shares",
            lambda log_p, log_q: log_p.exp() / (log_p.exp() + log_q.exp()),
            "exp was taken of each log density. Where both underflow or overflow, that is 0/0 or ∞/∞: only the "
            "difference of the logarithms is needed.",
        ),
        wrong(
            "the ratio in place of the share",
            lambda log_p, log_q: (log_p - log_q).exp(),
            "p*/p_θ can be anything from 0 to ∞. The share divides by the sum of the two.",
        ),
        wrong(
            "the mixture in the denominator",
            lambda log_p, log_q: 2 * torch.sigmoid(log_p - log_q),
            "The denominator is ½ (p* + p_θ), and the result goes up to 2. The halves cancel against that of p*.",
        ),
        wrong(
            "logarithms taken for densities",
            lambda log_p, log_q: log_p / (log_p + log_q),
            "The arguments are logarithms of densities; the share was formed of the logarithms.",
        ),
        wrong(
            "the logarithm of the share",
            lambda log_p, log_q: torch.nn.functional.logsigmoid(log_p - log_q),
            "This is log D*. The verdict itself is asked for, between 0 and 1.",
        ),
        wrong(
            "kept away from 0 and 1",
            lambda log_p, log_q: torch.sigmoid(log_p - log_q).clamp(1e-3, 1 - 1e-3),
            "The verdict is kept away from 0 and 1. Where only one of the two has density, the best verdict is sure.",
            also=(lambda log_p, log_q: torch.sigmoid((log_p - log_q).clamp(-20, 20)),),
        ),
    )


def _asked(p: np.ndarray, q: np.ndarray, dtype: torch.dtype) -> tuple[np.ndarray, torch.dtype, np.ndarray]:
    of, size = share(p, q)
    return of, dtype, size
