"""density.gaussian_mle: mean and covariance of maximum likelihood, and the log density of a normal distribution."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c01_densities.shared import covariances, spread_matrix
from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

LOG_2PI = math.log(2 * math.pi)


@exercise("density.gaussian_mle", ("gaussian_mle", "gaussian_log_p"))
class GaussianMle(Exercise):
    """mu = mean of x, C = mean of (x − mu)(x − mu)ᵀ; log N = −½ (x − mu)ᵀ C⁻¹ (x − mu) − ½ log det C − D/2 log 2π."""

    pair = gate("gaussian_mle returns two tensors, of shapes (D,) and (D, D)")
    shape = gate("the log density is one number for each row")
    mean = pays("mu is the mean of the rows", 0.5)
    covariance = pays("the covariance is the mean of the products of centred entries, with N below", 1)
    density = pays("the log density has all of its three terms", 1)
    extreme = pays("it is right where the determinant is below all floats, or above them", 0.5)

    apart = True
    domain = {
        "gaussian_mle": Domain(
            {"x": clouds("N", shifts=(5.0, 200.0))}, sizes={"N": (1, 9), "D": (1, 5)}, returns=(Like("x"), Like("x"))
        ),
        "gaussian_log_p": Domain(
            {"x": Tensor("B, D"), "mu": Tensor("D"), "cov": covariances(("(D, D)", "symmetric", "its eigenvalues are positive"))},
            sizes={"B": (1, 5), "D": (1, 5)},
            returns=Like("x"),
        ),
    }  # fmt: skip

    hints = (
        "Set the derivative of the mean log density by mu to 0. Which mu solves it, whatever the covariance?",
        "Maximum likelihood divides by N. It is the unbiased estimate that divides by N − 1.",
        "log det C of 80 dimensions of width 0.001 is −1105, and det C is 0 in every float: add up logarithms.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        square = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 3.0]], dtype=torch.float64)
        yield self.case_of("gaussian_mle", {"x": square})
        two = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
        yield self.case_of("gaussian_log_p", {"x": two[:1], "mu": torch.zeros(2).double(), "cov": two})
        for dtype, device in arithmetic():
            for n, D in ((6, 3), (4, 1), (3, 5)):
                yield self.case_of("gaussian_mle", {"x": cloud(rng, n, D, dtype, device)})
                yield self._density(rng, 4, D, 1.0, dtype, device)
            yield self.case_of("gaussian_mle", {"x": 30_000 + cloud(rng, 8, 2, dtype, device)})
            for width in (1e-3, 1e3):
                yield self._density(rng, 2, 120, width, dtype, device)

    def _density(self, rng: np.random.Generator, B: int, D: int, width: float, dtype: torch.dtype, device: str) -> Case:
        cov = floats(width**2 * spread_matrix(rng, D), dtype, device)
        x, mu = (width * normal(rng, shape, dtype, device) for shape in ((B, D), (D,)))
        return self.case_of("gaussian_log_p", {"x": x, "mu": mu, "cov": (cov + cov.T) / 2})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "gaussian_mle":
            return case(call(name, given["x"]), about=(self.pair, self.mean, self.covariance), **given)
        law = self.extreme if len(given["mu"]) > 50 else self.density
        return case(call(name, *given.values()), about=(self.shape, law), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from self._judge_density(case, answer) if case.asks[0].of == "gaussian_log_p" else self._fit(case, answer)

    def _fit(self, case: Case, answer: Any) -> Iterator[Finding]:
        x, D = exact(case.x), case.x.shape[1]
        two = isinstance(answer, (tuple, list)) and len(answer) == 2
        good = two and has_shape(answer[0], (D,), case.x).ok and has_shape(answer[1], (D, D), case.x).ok
        yield self.pair(good, f"({D},) and ({D}, {D})", " and ".join(map(kind_of, answer)) if two else kind_of(answer))
        if not good:
            return
        far, apart = abs(x).max(0), x[:, None] - x[None]  # every row less every other
        yield self.mean(*close(answer[0], x.sum(0) / len(x), case.x.dtype, far))
        expected = np.einsum("ija,ijb->ab", apart, apart) / (2 * len(x) ** 2)
        wide = abs(apart).max((0, 1))
        yield self.covariance(
            *close(answer[1], expected, case.x.dtype, wide[:, None] * wide + far[:, None] * wide + wide[:, None] * far)
        )

    def _judge_density(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.x),), case.x)
        yield self.shape(*shape)
        if shape.ok:
            x, mu, cov = exact(case.x), exact(case.mu), exact(case.cov)
            values, axes = np.linalg.eigh(cov)
            along = (x - mu) @ axes  # in the axes of the covariance all is one-dimensional
            expected = -0.5 * (along**2 / values + np.log(values) + LOG_2PI).sum(1)
            worst = values.max() / values.min()
            room = ((abs(x) + abs(mu)).max(1) ** 2 / values.min()) * len(mu) + abs(np.log(values)).sum() + len(mu)
            yield case.about[1](*close(answer, expected, case.x.dtype, worst * room))

    mistakes = (
        wrong(
            "divided by N − 1",
            {"gaussian_mle": lambda x: (x.mean(0), _scatter(x) / max(len(x) - 1, 1))},
            "With N − 1 below, the estimate of the covariance is unbiased. It is N that makes the likelihood largest.",
        ),
        wrong(
            "not centred",
            {"gaussian_mle": lambda x: (x.mean(0), x.T @ x / len(x))},
            "These are second moments about 0. A covariance is about the mean: subtract it first.",
        ),
        wrong(
            "columns on their own",
            {"gaussian_mle": lambda x: (x.mean(0), torch.diag(x.var(0, correction=0)))},
            "The variances are right, but how two columns vary together has been left out.",
        ),
        wrong(
            "correlations",
            {"gaussian_mle": lambda x: (x.mean(0), _scatter(x) / len(x) / (1e-30 + x.std(0, correction=0)[:, None] * x.std(0, correction=0)))},
            "These are correlations: the covariance divided by both standard deviations.",
        ),
        wrong(
            "summed and not averaged",
            {"gaussian_mle": lambda x: (x.mean(0), _scatter(x))},
            "The sum of the products grows with N. The covariance is their mean.",
        ),
        wrong(
            "rows for columns",
            {"gaussian_mle": lambda x: (x.mean(0), (x - x.mean(0)) @ (x - x.mean(0)).T / x.shape[1])},
            "Each row is a sample, each column a coordinate: (x − mu)ᵀ(x − mu) is (D, D).",
        ),
        wrong(
            "no matrix of one column",
            {"gaussian_mle": lambda x: (x.mean(0), (_scatter(x) / len(x)).squeeze())},
            "Of one column torch.cov makes a number without axes. The covariance is (D, D) for D = 1 as well.",
        ),
        wrong(
            "half of log det is missing",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov, half=1.0)},
            "The normaliser is √det(2π C): the root makes a ½ in front of log det.",
            also=({"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov, half=0.0)},),
        ),
        wrong(
            "the constant for one dimension",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov) + 0.5 * (len(mu) - 1) * LOG_2PI},
            "D dimensions bring D factors of √(2π).",
            also=({"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov) + 0.5 * len(mu) * LOG_2PI},),
        ),
        wrong(
            "the covariance is not inverted",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov) + 0.5 * _square(x, mu, cov.inverse()) - 0.5 * _square(x, mu, cov)},
            "A wide direction makes a distance count less: it is C⁻¹ that stands between the two differences.",
        ),
        wrong(
            "the diagonal alone",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, torch.diag(cov.diagonal()))},
            "This is right for independent columns only: the entries beside the diagonal were left out.",
        ),
        wrong(
            "the density, not its logarithm",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov).exp()},
            "These are densities. Their logarithms were asked for.",
        ),
        wrong(
            "a determinant that no float can hold",
            {"gaussian_log_p": lambda x, mu, cov: -0.5 * (_square(x, mu, cov.inverse()) + cov.det().log() + len(mu) * LOG_2PI)},
            "In 120 dimensions the determinant is 0 or infinite in floats. torch.linalg.slogdet, or a Cholesky factor's diagonal, gives its logarithm.",
        ),
        wrong(
            "half of the Cholesky factor",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov, half=0.25)},
            "log det C is twice the sum of the logs of L's diagonal, so with its ½ in front it is that sum, once.",
        ),
        wrong(
            "the sign of log det",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov, half=-0.5)},
            "A wide density is a low one: log det C is taken off.",
        ),
        wrong(
            "Lᵀ for L",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov) + 0.5 * _square(x, mu, cov.inverse()) - 0.5 * torch.linalg.solve(torch.linalg.cholesky(cov).T, (x - mu).T).pow(2).sum(0)},
            "With C = L Lᵀ, the quadratic term is the squared length of y with L y = x − mu: L itself, and not its transpose.",
        ),
        wrong(
            "something added to the diagonal",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov + 1e-6 * torch.eye(len(mu)).to(cov))},
            "A small number on the diagonal changes a narrow covariance altogether, and this one needs no help.",
            also=({"gaussian_mle": lambda x: (x.mean(0), _scatter(x) / len(x) + 1e-3 * torch.eye(x.shape[1]).to(x))},
                  {"gaussian_mle": lambda x: (x.mean(0), _scatter(x) / len(x) + 1e-6 * torch.eye(x.shape[1]).to(x))}),
        ),
        wrong(
            "a difference of large numbers",
            {"gaussian_mle": lambda x: (x.mean(0), x.T @ x / len(x) - torch.outer(x.mean(0), x.mean(0)))},
            "Mean square less squared mean is right on paper. Far from 0 both are huge and their difference has lost its digits: centre first.",
        ),
        wrong(
            "the batch for the dimension",
            {"gaussian_mle": lambda x: (x.mean(0), _scatter(x) / x.shape[1])},
            "The mean is one over the rows: N = len(x), and not the number of columns.",
        ),
        wrong(
            "the median",
            {"gaussian_mle": lambda x: (x.median(0).values, _scatter(x) / len(x))},
            "The derivative by mu vanishes at the mean of the rows; the median belongs to another distribution.",
        ),
        wrong(
            "summed over the batch",
            {"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov).sum()},
            "Each row has a log density of its own: sum over the coordinates, and leave the batch.",
            also=({"gaussian_log_p": lambda x, mu, cov: _log_p(x, mu, cov).mean()},),
        ),
    )  # fmt: skip


def _scatter(x: torch.Tensor) -> torch.Tensor:
    return (x - x.mean(0)).T @ (x - x.mean(0))


def _square(x: torch.Tensor, mu: torch.Tensor, precision: torch.Tensor) -> torch.Tensor:
    return ((x - mu) @ precision * (x - mu)).sum(1)


def _log_p(x: torch.Tensor, mu: torch.Tensor, cov: torch.Tensor, half: float = 0.5) -> torch.Tensor:
    return -0.5 * (_square(x, mu, cov.inverse()) + len(mu) * LOG_2PI) - half * cov.logdet()
