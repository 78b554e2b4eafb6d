"""cov.log_density_affine (long: two directions, and each slip in both): X = A z + b has log density log N(A⁻¹(x − b)) − log|det A|; from z = W x + c it is log N(W x + c) + log|det W|."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c02_change_of_variables.shared import (
    HALF_LOG_2PI,
    invertible,
    log_normal_cov,
    log_standard_normal,
    random_matrix,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, pays, wrong


def _mirror(rng: np.random.Generator, d: int) -> np.ndarray:
    """An orthogonal matrix with determinant −1."""
    v = rng.normal(size=d)
    return np.eye(d) - 2 * np.outer(v, v) / (v @ v)


def _forward(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor, ladj: Callable | None = None) -> torch.Tensor:
    ladj = ladj or (lambda A: torch.linalg.slogdet(A)[1])
    return log_standard_normal(torch.linalg.solve(A, (x - b).T).T) - ladj(A)


def _reverse(x: torch.Tensor, W: torch.Tensor, c: torch.Tensor, ladj: Callable | None = None) -> torch.Tensor:
    ladj = ladj or (lambda W: torch.linalg.slogdet(W)[1])
    return log_standard_normal(x @ W.T + c) + ladj(W)


@exercise("cov.log_density_affine", ("affine_forward", "affine_reverse"))
class LogDensityAffine(Exercise):
    """X = A z + b has log density log N(A⁻¹(x − b)) − log|det A|; from z = W x + c it is log N(W x + c) + log|det W|.

    The oracle is the normal distribution that X has: mean and covariance, nothing of the change of variables.
    """

    shape = gate("the result has one log density for each row of x")
    forward = pays("forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ", 0.5)
    forward_log = pays("forward: it stays right where the determinant itself under- or overflows", 0.5)
    reverse = pays("reverse: z = W x + c gives x the density of a normal with precision Wᵀ W", 0.5)
    reverse_log = pays("reverse: it stays right where the determinant itself under- or overflows", 0.5)

    hints = (
        "Which z is mapped to the given x? In one of the two directions this is a system of linear equations.",
        "Rows of x are points, but A acts on columns: write out A z for a single z before you write the batched product.",
        "A product of 200 small numbers is 0 in any floating-point type. torch.linalg has a function that gives sign and "
        "logarithm of a determinant.",
    )

    domain = {
        of: Domain(
            {
                "x": Tensor("B, D", Reals(reach=(1e-3, 100)), says=("the points are rows",)),
                matrix: invertible("D", "acts on columns"),
                shift: Tensor("D", Reals(reach=(1e-3, 100))),
            },
            sizes={"B": (1, 4), "D": (1, 5)},
            returns=Like("x"),
        )
        for of, matrix, shift in (("affine_forward", "A", "b"), ("affine_reverse", "W", "c"))
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        """With points, and a shift, of the size that a normal distribution with this matrix has."""
        x, A, b = given.values()
        size = float(torch.linalg.matrix_norm(A, 2))
        return self._ask(name, x * size, A, b * size) if name == "affine_forward" else self._ask(name, x / size, A, b)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        A, b, x = np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([1.0, 0.0]), np.array([[1.0, 3.0]])
        for of in ("affine_forward", "affine_reverse"):
            yield self._case(of, x, A, b, PYTHON, "cpu")
        for dtype, device in arithmetic():
            for sign, (batch, d) in zip((1, -1, -1, 1), ((3, 1), (4, 2), (3, 3), (2, 5)), strict=True):
                x, b = rng.normal(size=(batch, d)) * 2, rng.normal(size=d)
                for of in ("affine_forward", "affine_reverse"):
                    yield self._case(of, x, random_matrix(rng, d, sign), b, dtype, device)
            for of in ("affine_forward", "affine_reverse"):
                yield self._stretched(of, rng, 10.0 ** np.array([2, 0, -2, -4]), dtype, device)
                small = -4.0 if of == "affine_forward" else 4.0  # a determinant of 1e-16, of a matrix like any other
                yield self._stretched(of, rng, np.full(4, 10.0**small), dtype, device)
            d = 250 if dtype is torch.float64 else 60
            for scale in (0.02, 30.0):
                yield self._large("affine_forward", rng, d, scale, dtype, device)
                yield self._large("affine_reverse", rng, d, 1 / scale, dtype, device)
                for of in ("affine_forward", "affine_reverse"):
                    yield self._stretched(of, rng, np.where(np.arange(d) == 0, 1, scale), dtype, device)

    def _laws(self, of: str) -> tuple[Law, Law]:
        return (self.forward, self.forward_log) if of == "affine_forward" else (self.reverse, self.reverse_log)

    def _case(self, of: str, x: np.ndarray, A: np.ndarray, b: np.ndarray, dtype: torch.dtype, device: str) -> Case:
        return self._ask(of, *(floats(v, dtype, device) for v in (x, A, b)))

    def _ask(self, of: str, x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> Case:
        law = self._laws(of)[0]
        M, s, y = exact(A), exact(b), exact(x)
        if of == "affine_forward":
            covariance, mean = M @ M.T, s
        else:
            covariance, mean = np.linalg.inv(M.T @ M), -np.linalg.solve(M, s)
        log_p = log_normal_cov(y - mean, covariance)
        # the points that are rounded, in the units of z, and how much they weigh in its square
        unit = np.linalg.norm(M, 2) if of == "affine_forward" else 1 / np.linalg.norm(M, 2)
        far = ((y / unit) ** 2).sum(1) + (s @ s) / (unit**2 if of == "affine_forward" else 1)
        scale = len(s) + np.linalg.cond(M) ** 2 * (1 + abs(log_p) + far)
        return case(call(of, x, A, b), about=(self.shape, law), law=law, given=x, log_p=log_p, scale=scale)

    def _large(self, of: str, rng: np.random.Generator, d: int, scale: float, dtype: torch.dtype, device: str) -> Case:
        """A or W is a multiple of an orthogonal matrix, so that X has the covariance s² I."""
        law, Q = self._laws(of)[1], _mirror(rng, d)
        s = scale if of == "affine_forward" else 1 / scale
        z, mean = rng.normal(size=(2, d)), rng.normal(size=d) * s
        x = mean + s * z
        shift = mean if of == "affine_forward" else -(scale * Q) @ mean
        log_p = -0.5 * (z**2).sum(1) - d * (math.log(s) + HALF_LOG_2PI)
        given = floats(x, dtype, device)
        asked = call(of, given, floats(scale * Q, dtype, device), floats(shift, dtype, device))
        size = 4 * ((z**2).sum(1) + d * (2 + abs(math.log(s))))
        return case(asked, about=(self.shape, law), law=law, given=given, log_p=log_p, scale=size)

    def _stretched(
        self, of: str, rng: np.random.Generator, scales: np.ndarray, dtype: torch.dtype, device: str
    ) -> Case:
        """Each coordinate has a scale of its own, and another place: no direction may be given up for small, and of
        many, none may set the unit for the determinant."""
        d = len(scales)
        s = rng.choice([-1, 1], size=d) * scales
        order = rng.permutation(d)
        z = rng.normal(size=(3, d))
        M = np.diag(s if of == "affine_forward" else 1 / s)[order]  # row k has its entry at order[k]
        given = floats(z @ M.T if of == "affine_forward" else z * s, dtype, device)
        matrix, zero = floats(M, dtype, device), floats(np.zeros(d), dtype, device)
        log_p = -0.5 * (z**2).sum(1) - np.log(abs(s)).sum() - d * HALF_LOG_2PI
        law = self._laws(of)[d > 4]
        size = 4 * ((z**2).sum(1) + d * (2 + abs(np.log(abs(s))).max()))
        return case(
            call(of, given, matrix, zero), about=(self.shape, law), law=law, given=given, log_p=log_p, scale=size
        )

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, case.log_p.shape, case.given)
        yield self.shape(*shape)
        if shape.ok:
            yield case.law(*close(answer, case.log_p, case.given.dtype, case.scale))

    mistakes = (
        wrong(
            "the matrix not inverted",
            {
                "affine_forward": lambda x, A, b: log_standard_normal((x - b) @ A.T) - torch.linalg.slogdet(A)[1],
                "affine_reverse": lambda x, W, c: (
                    log_standard_normal(torch.linalg.solve(W, (x - c).T).T) + torch.linalg.slogdet(W)[1]
                ),
            },
            "The base must be asked about the z that belongs to x. From x = A z + b it comes by solving for z; W x + c is z already.",
        ),
        wrong(
            "the determinant with the wrong sign",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b) + 2 * torch.linalg.slogdet(A)[1],
                "affine_reverse": lambda x, W, c: _reverse(x, W, c) - 2 * torch.linalg.slogdet(W)[1],
            },
            "A map from z to x that enlarges volumes thins the density out: log|det A| is subtracted. W leads from x to z, and its log-determinant is added.",
        ),
        wrong(
            "no absolute value of the determinant",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b, lambda A: torch.logdet(A)),
                "affine_reverse": lambda x, W, c: _reverse(x, W, c, lambda W: torch.logdet(W)),
            },
            "A map that mirrors has a negative determinant, whose logarithm is NaN. Volumes have no sign.",
        ),
        wrong(
            "the determinant forgotten",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b, lambda A: 0.0),
                "affine_reverse": lambda x, W, c: _reverse(x, W, c, lambda W: 0.0),
            },
            "This is the base's density at z. The map changes volumes, and the density with them.",
        ),
        wrong(
            "the matrix transposed",
            {
                "affine_forward": lambda x, A, b: _forward(x, A.T, b),
                "affine_reverse": lambda x, W, c: _reverse(x, W.T, c),
            },
            "Points are rows here and the matrix acts on columns: a batch of A z is `z @ A.T`, not `z @ A`.",
        ),
        wrong(
            "the determinant before its logarithm",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b, lambda A: torch.linalg.det(A).abs().log()),
                "affine_reverse": lambda x, W, c: _reverse(x, W, c, lambda W: torch.linalg.det(W).abs().log()),
            },
            "The determinant has under- or overflowed before its logarithm was taken. torch.linalg.slogdet never forms it.",
        ),
        wrong(
            "the normalising constant of one dimension",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b) + (x.shape[1] - 1) * HALF_LOG_2PI,
                "affine_reverse": lambda x, W, c: _reverse(x, W, c) + (x.shape[1] - 1) * HALF_LOG_2PI,
            },
            "The base has D coordinates, and each brings its own −½ log 2π.",
        ),
        wrong(
            "the batch for the dimension",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b) + (x.shape[1] - len(x)) * HALF_LOG_2PI,
                "affine_reverse": lambda x, W, c: _reverse(x, W, c) + (x.shape[1] - len(x)) * HALF_LOG_2PI,
            },
            "The constant counts the rows of x, or all its entries. It is −½ log 2π for each of the D coordinates of a point.",
            also=(
                {
                    "affine_forward": lambda x, A, b: _forward(x, A, b) + (x.shape[1] - x.numel()) * HALF_LOG_2PI,
                    "affine_reverse": lambda x, W, c: _reverse(x, W, c) + (x.shape[1] - x.numel()) * HALF_LOG_2PI,
                },
            ),
        ),
        wrong(
            "the constant forgotten",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b) + x.shape[1] * HALF_LOG_2PI,
                "affine_reverse": lambda x, W, c: _reverse(x, W, c) + x.shape[1] * HALF_LOG_2PI,
            },
            "The base's −½ log 2π is missing, once for each coordinate: the density does not integrate to one.",
        ),
        wrong(
            "only the diagonal",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b, lambda A: A.diagonal().abs().log().sum()),
                "affine_reverse": lambda x, W, c: _reverse(x, W, c, lambda W: W.diagonal().abs().log().sum()),
            },
            "The diagonal entries were multiplied. That is the determinant of triangular matrices only.",
        ),
        wrong(
            "the shift at the wrong place",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, A @ b),
                "affine_reverse": lambda x, W, c: _reverse(x, W, W @ c),
            },
            "The shift has the wrong sign or comes on the wrong side of the matrix. x = A z + b is undone from the end: "
            "first take b off, then invert; z = W x + c stands there as it is.",
            also=(
                {
                    "affine_forward": lambda x, A, b: _forward(x, A, -b),
                    "affine_reverse": lambda x, W, c: _reverse(x, W, -c),
                },
                {"affine_reverse": lambda x, W, c: _reverse(x, W, -W @ c)},
            ),
        ),
        wrong(
            "the shift forgotten",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, 0 * b),
                "affine_reverse": lambda x, W, c: _reverse(x, W, 0 * c),
            },
            "The shift changes no volume, but it moves the point at which the base is asked.",
        ),
        wrong(
            "the determinant counted half or twice",
            {
                "affine_forward": lambda x, A, b: _forward(x, A, b, lambda A: 0.5 * torch.linalg.slogdet(A)[1]),
                "affine_reverse": lambda x, W, c: _reverse(x, W, c, lambda W: 0.5 * torch.linalg.slogdet(W)[1]),
            },
            "log|det| of the map itself comes in once. The half belongs to the determinant of a covariance A Aᵀ.",
            also=(
                {
                    "affine_forward": lambda x, A, b: _forward(x, A, b, lambda A: 2 * torch.linalg.slogdet(A)[1]),
                    "affine_reverse": lambda x, W, c: _reverse(x, W, c, lambda W: 2 * torch.linalg.slogdet(W)[1]),
                },
            ),
        ),
    )
