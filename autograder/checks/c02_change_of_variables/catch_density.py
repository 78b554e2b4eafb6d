"""cov.catch_density: a test that tells the log density of X = A z + b from its imitations."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch.distributions import MultivariateNormal

from autograder.checks.c02_change_of_variables.shared import HALF_LOG_2PI, log_standard_normal
from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Density = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def _solved(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.linalg.solve(A, (x - b).T).T


def _density(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return log_standard_normal(_solved(x, A, b)) - torch.linalg.slogdet(A).logabsdet


def _by_the_library(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return MultivariateNormal(b.double(), scale_tril=torch.linalg.cholesky(A.double() @ A.double().T)).log_prob(x)


def _by_qr(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    Q, R = torch.linalg.qr(A)
    z = torch.linalg.solve_triangular(R, Q.T @ (x - b).T, upper=True)
    return -(z**2).sum(0) / 2 - R.diagonal().abs().log().sum() - len(b) * HALF_LOG_2PI


def _point_by_point(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """In numpy; a list of numbers."""
    inverse, volume = np.linalg.inv(A.double().numpy()), np.linalg.slogdet(A.double().numpy())[1]
    z = [inverse @ (point - b.double().numpy()) for point in x.double().numpy()]
    return torch.tensor([-(u @ u) / 2 - len(u) * HALF_LOG_2PI - volume for u in z], dtype=x.dtype)


def _single(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return _density(x.float(), A.float(), b.float()).to(x.dtype)


def _with(
    z: Callable = _solved, ladj: Callable = lambda A: torch.linalg.slogdet(A).logabsdet, off: Callable = lambda D: 0.0
) -> Density:
    """The density with another z, another log-determinant, or something added."""
    return lambda x, A, b: log_standard_normal(z(x, A, b)) - ladj(A) + off(len(b))


def _through_the_density(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return _density(x, A, b).exp().log()


def _of_the_whole_batch(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return _density(x, A, b).mean().expand(len(x))


def _batch_in_the_constant(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The constant is multiplied by the number of points in place of the number of coordinates."""
    return _density(x, A, b) + (len(b) - len(x)) * HALF_LOG_2PI


@exercise("cov.catch_density", ("is_affine_density",), kind="detective")
class CatchDensity(Detective):
    """log N(A⁻¹(x − b); 0, I) − log |det A|, told from what looks like it."""

    apart = True
    strict = "exact equality"
    accepts = gate("every right implementation is accepted, however it is written")
    direction = pays("an implementation that goes the wrong way between x and z is caught")
    volume = pays("an implementation with a wrong log-determinant is caught")
    constant = pays("an implementation with a wrong constant is caught")
    some = pays("an implementation that is right for some inputs only is caught")

    hints = (
        "Of which X do you know the log density without the formula? The library has the normal with mean b and "
        "covariance A Aᵀ.",
        "Which A tells itself from its transpose, |det A| from det A, and the determinant from the diagonal? How many "
        "points do you ask for at once?",
        "What does a comparison with NaN say? And which determinant is 0 in float64, although A is invertible?",
    )

    right = {
        "a solved system": _density,
        "the library's normal": _by_the_library,
        "QR": _by_qr,
        "numpy, point by point": _point_by_point,
        "single precision": _single,
    }
    bugs = {
        "direction": {
            "multiplies by A": _with(z=lambda x, A, b: (x - b) @ A.T),
            "solves with the transpose of A": _with(z=lambda x, A, b: _solved(x, A.T, b)),
            "adds b": _with(z=lambda x, A, b: _solved(x, A, -b)),
            "leaves b where it is": _with(z=lambda x, A, b: _solved(x, A, 0 * b)),
            "takes A and b for the map from x to z": _with(
                z=lambda x, A, b: x @ A.T + b, ladj=lambda A: -torch.linalg.slogdet(A).logabsdet
            ),
            "asks the base about x": _with(z=lambda x, A, b: x - b),
        },
        "volume": {
            "adds the log-determinant": _with(ladj=lambda A: -torch.linalg.slogdet(A).logabsdet),
            "takes no absolute value": _with(ladj=lambda A: torch.linalg.slogdet(A).logabsdet + _nan_if_negative(A)),
            "forgets the log-determinant": _with(ladj=lambda A: 0.0),
            "takes the product of the diagonal": _with(ladj=lambda A: A.diagonal().abs().log().sum()),
            "takes half of it": _with(ladj=lambda A: torch.linalg.slogdet(A).logabsdet / 2),
            "lets volumes grow only": _with(ladj=lambda A: torch.linalg.slogdet(A).logabsdet.clamp(min=0)),
        },
        "constant": {
            "forgets the constant": _with(off=lambda D: D * HALF_LOG_2PI),
            "has the constant of one coordinate": _with(off=lambda D: (D - 1) * HALF_LOG_2PI),
            "has it twice": _with(off=lambda D: -D * HALF_LOG_2PI),
            "has π in place of 2π": _with(off=lambda D: D * math.log(2) / 2),
            "is off by one hundredth": _with(off=lambda D: 0.01),
        },
        "some": {
            "forms the determinant": _with(ladj=lambda A: torch.linalg.det(A).abs().log()),
            "takes the logarithm of a density": _through_the_density,
            "gives the whole batch its mean": _of_the_whole_batch,
            "counts points in place of coordinates": _batch_in_the_constant,
            "adds 10⁻⁶ to the determinant": _with(ladj=lambda A: (torch.linalg.det(A).abs() + 1e-6).log()),
        },
    }

    mistakes = (
        wrong(
            "one round, centred question",
            lambda implementation: _agrees(implementation, _ROUND),
            "With A = 2 I and b = 0 much is the same that is not: A and its transpose, det and |det|, diagonal and "
            "determinant, x − b and x + b. Ask with a matrix that has no symmetry, a negative determinant, and a b.",
        ),
        wrong(
            "only that it integrates to one",
            lambda implementation: abs(_mass(implementation) - 1) < 1e-3,
            "Whatever stands for z, the formula with the right determinant integrates to one: so does the density with "
            "−b, or with A transposed. Compare values too.",
        ),
        wrong(
            "exact equality",
            lambda implementation: all(torch.equal(implementation(*q), _density(*q)) for q in _QUESTIONS),
            "Right programs round differently. Compare up to a few hundred thousandths of the size.",
            also=(
                lambda implementation: all(torch.equal(implementation(*q), _by_the_library(*q)) for q in _QUESTIONS),
            ),
        ),
        wrong(
            "a NaN is let pass",
            lambda implementation: (
                not any(
                    bool(((implementation(*q) - _density(*q)).abs() > 1e-4 * _density(*q).abs()).any())
                    for q in _QUESTIONS
                )
            ),
            "A comparison with NaN is never true, so a test that looks for a difference finds none. Ask whether the "
            "values are near, not whether they are far.",
        ),
        wrong(
            "one point at a time",
            lambda implementation: all(_agrees(implementation, (x[:1], A, b)) for x, A, b in _QUESTIONS),
            "With a batch of one point, a mean over the batch is right. Ask for several points at once, and not for as "
            "many as there are coordinates.",
        ),
        REFUSES,
    )


def _nan_if_negative(A: torch.Tensor) -> float:
    return 0.0 if torch.linalg.slogdet(A).sign > 0 else math.nan


def _question(x: list, A: list, b: list) -> tuple[torch.Tensor, ...]:
    return tuple(torch.tensor(value, dtype=torch.float64) for value in (x, A, b))


_ROUND = _question([[1.0, 2.0], [0.0, 0.5], [-1.0, 3.0]], [[2.0, 0.0], [0.0, 2.0]], [0.0, 0.0])
_THIN = 0.02 * torch.eye(250, dtype=torch.float64)
_QUESTIONS = (
    _question([[1.0, 2.0], [0.3, 0.5], [-1.0, 3.0]], [[0.5, 2.0], [1.5, -1.0]], [1.0, -2.0]),
    _question([[40.0, -90.0], [0.3, 0.5], [0.0, 0.0]], [[0.3, 0.1], [-0.2, 0.4]], [0.5, 1.0]),
    (torch.zeros(3, 250, dtype=torch.float64), _THIN, 0.01 * torch.ones(250, dtype=torch.float64)),
)


def _agrees(f: Density, question: tuple[torch.Tensor, ...]) -> bool:
    return torch.allclose(f(*question).double(), _density(*question), rtol=1e-4, atol=1e-5)


def _mass(f: Density) -> float:
    """∫ p over a square, with that A and b."""
    side = torch.linspace(-16, 16, 129, dtype=torch.float64)
    return float(f(torch.cartesian_prod(side, side), *_QUESTIONS[0][1:]).exp().sum() * (side[1] - side[0]) ** 2)
