"""metric.frechet: a distance between normals with the samples' moments (long: two functions, many mistakes)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from autograder.judging.clouds import cloud
from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, kind_of, show, values
from autograder.judging.domain import Domain, Reals, Tensor, Wholes
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PARTS = ("means", "traces", "root")
_NEGATIVE = "eigenvalues below nought"


@exercise("metric.frechet", ("frechet_terms", "frechet_limit"))
class Frechet(Exercise):
    """‖m_x − m_y‖² + tr C_x + tr C_y − 2 tr (C_x C_y)^½, and the line a + c/n that takes the bias out."""

    terms = gate("frechet_terms returns a dict of three numbers")
    means = pays("the first part is the squared distance of the means", 0.4)
    traces = pays("the second part is the sum of both traces, each with its own sample's n − 1", 0.4)
    root = pays("the third part is the trace of the matrix root of the product of the covariances", 0.8)
    distance = pays("means + traces − 2 root is the Fréchet distance", 1.2)
    limit = pays("the limit is the least-squares line in 1/n, read off where 1/n is nought", 0.7)

    hints = (
        "Two clouds of different size are two samples: each has a mean and a covariance of its own.",
        "The root of a matrix is not the matrix of the roots. Its trace is the sum of the roots of the eigenvalues, and C_x C_y "
        "has the eigenvalues of C_x^½ C_y C_x^½, which is symmetric.",
        "Eigenvalues that should be 0 come out as −10⁻¹⁷: cut them off at 0 before you take roots.",
    )

    domain = {
        "frechet_terms": Domain(
            {"x": Tensor("N, D", Reals(reach=(1e-3, 30))), "y": Tensor("M, D", Reals(reach=(1e-3, 30)))},
            sizes={"N": (2, 9, 30), "M": (2, 9, 30), "D": (1, 4)},
            says=("covariances with N − 1 and M − 1 below;",),
        ),
        "frechet_limit": Domain(
            {"sizes": Tensor("K", Wholes(2, reach=5000)), "values": Tensor("K", Reals(reach=(1e-3, 100)))},
            sizes={"K": (2, 6)},
            when=lambda sizes, values: float((1 / sizes).std()) > 0.3 * float((1 / sizes).mean()),
            says=("not all sizes equal;",),
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        corners = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]], dtype=torch.float64)
        line = torch.tensor([[0.0, 0.0], [2.0, 2.0], [1.0, 1.0]], dtype=torch.float64)
        triangle = torch.tensor([[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]], dtype=torch.float64)
        yield self.case_of("frechet_terms", {"x": corners, "y": line})
        yield self.case_of("frechet_terms", {"x": triangle, "y": line})  # diag(4, 3) and ones: they do not commute
        three = torch.tensor([3.0, 2.0, 1.6], dtype=torch.float64)  # not on one line
        yield self.case_of("frechet_limit", {"sizes": torch.tensor([100, 200, 400]), "values": three})
        for dtype, device in arithmetic():
            for n, m, D in ((30, 30, 1), (12, 40, 3), (25, 10, 4), (3, 5, 6)):
                x, y = cloud(rng, n, D, dtype, device), cloud(rng, m, D, dtype, device)
                turned = y @ floats(np.linalg.qr(rng.normal(size=(D, D)))[0], dtype, device)
                yield self.case_of("frechet_terms", {"x": x, "y": turned})
            for unit in (0.01, 100.0):  # an eigenvalue is small or large only beside the others
                x, y = cloud(rng, 20, 3, dtype, device), cloud(rng, 15, 3, dtype, device)
                yield self.case_of("frechet_terms", {"x": unit * x, "y": unit * y})
        for k in (2, 5):
            sizes = torch.tensor(rng.choice([50, 80, 130, 250, 500, 1000, 2000], size=k, replace=False))
            noise = floats(rng.normal(size=k), torch.float64)
            yield self.case_of("frechet_limit", {"sizes": sizes, "values": 1 + 30 / sizes + 0.1 * noise})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = (
            (self.terms, self.means, self.traces, self.root, self.distance)
            if name == "frechet_terms"
            else (self.limit,)
        )
        return case(call(name, *given.values()), about=laws, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_frechet_terms(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, PARTS)
        yield self.terms(*shape)
        if not shape.ok:
            return
        got, x, y = parts_of(answer, PARTS), exact(case.x), exact(case.y)
        a, b = ((z - z.mean(0)) / math.sqrt(len(z) - 1) for z in (x, y))
        size = float((x**2).sum() / (len(x) - 1) + (y**2).sum() / (len(y) - 1))  # of what a covariance is made from
        yield self.means(*close(got["means"], ((x.mean(0) - y.mean(0)) ** 2).sum(), case.x.dtype, size))
        yield self.traces(*close(got["traces"], (a**2).sum() + (b**2).sum(), case.x.dtype, size))
        singular = np.linalg.svd(a @ b.T, compute_uv=False)  # those of C_x^½ C_y^½
        rounded, lost = (size + _of_roots(singular, size, x.shape[1], epsilon) for epsilon in _epsilons(case.x.dtype))
        rooted = close(got["root"], singular.sum(), case.x.dtype, rounded, lost=lost)
        yield self.root(*rooted, mistake=_NEGATIVE if math.isnan(got["root"]) and math.isfinite(got["traces"]) else "")
        distance = ((x.mean(0) - y.mean(0)) ** 2).sum() + (a**2).sum() + (b**2).sum() - 2 * singular.sum()
        together = got["means"] + got["traces"] - 2 * got["root"]
        yield self.distance(*close(together, distance, case.x.dtype, 2 * rounded, lost=2 * lost))

    def _judge_frechet_limit(self, case: Case, answer: Any) -> Iterator[Finding]:
        u = [Fraction(1, int(n)) for n in case.sizes]
        v = [Fraction(float(value)) for value in case.values]
        mean_u, mean_v = sum(u) / len(u), sum(v) / len(v)
        below = sum((a - mean_u) ** 2 for a in u)
        slope = sum((a - mean_u) * (b - mean_v) for a, b in zip(u, v, strict=True)) / below
        size = float(max(map(abs, v))) * (1 + float(mean_u**2 / below))
        found = values(answer)
        if found is None or found.size != 1:
            yield self.limit(False, "one number", kind_of(answer))
            return
        expected = float(mean_v - slope * mean_u)
        verdict = close(float(found.reshape(())), expected, case.values.dtype, 4 * size)
        yield self.limit(verdict.ok, show(expected), verdict.got)

    mistakes = (
        wrong(
            "root of each entry",
            {"frechet_terms": lambda x, y: _terms(x, y, root=lambda a, b: float((a @ b).clamp(min=0).sqrt().trace()))},
            "The root was taken entry by entry. A matrix root R has R R = C; its trace is the sum of the roots of the eigenvalues.",
        ),
        wrong(
            _NEGATIVE,
            {"frechet_terms": lambda x, y: {**_terms(x, y), "root": math.nan}},
            "Rounding makes −10⁻¹⁷ of an eigenvalue that is 0, and its root is no number. Cut the eigenvalues off at 0 first.",
        ),
        wrong(
            "singular values for eigenvalues",
            {
                "frechet_terms": lambda x, y: _terms(
                    x, y, root=lambda a, b: float(torch.linalg.svdvals(a @ b).sqrt().sum())
                )
            },
            "C_x C_y is not symmetric: its singular values are not its eigenvalues, and the root asks for those.",
        ),
        wrong(
            "a root of each factor",
            {"frechet_terms": lambda x, y: _terms(x, y, root=lambda a, b: float((_half(a) @ _half(b)).trace()))},
            "(C_x C_y)^½ is C_x^½ C_y^½ only if the two commute. Take the root of C_x^½ C_y C_x^½.",
        ),
        wrong(
            "the 2 belongs to the formula",
            {"frechet_terms": lambda x, y: {**_terms(x, y), "root": 2 * _terms(x, y)["root"]}},
            '"root" is the trace of the root alone; the distance takes it off twice.',
            also=({"frechet_terms": lambda x, y: {**_terms(x, y), "root": -2 * _terms(x, y)["root"]}},),
        ),
        wrong(
            "root of the trace",
            {"frechet_terms": lambda x, y: _terms(x, y, root=lambda a, b: float((a @ b).trace().clamp(min=0).sqrt()))},
            "This is the root of a trace. Wanted is the trace of a root: first the root of the matrix, then its diagonal.",
        ),
        wrong(
            "the trace of the product without a root",
            {"frechet_terms": lambda x, y: _terms(x, y, root=lambda a, b: float((a @ b).trace()))},
            "The product of two covariances has the units of a variance squared: its root is missing.",
        ),
        wrong(
            "product of the roots of the variances",
            {
                "frechet_terms": lambda x, y: _terms(
                    x, y, root=lambda a, b: float((a.diagonal() * b.diagonal()).sqrt().sum())
                )
            },
            "Only the variances on the diagonal are looked at: correlations between columns are lost.",
        ),
        wrong(
            "symmetric part instead of the root's similarity",
            {
                "frechet_terms": lambda x, y: _terms(
                    x, y, root=lambda a, b: float(torch.linalg.eigvalsh((a @ b + b @ a) / 2).clamp(min=0).sqrt().sum())
                )
            },
            "C_x C_y is not symmetric, and half of it plus its transpose has other eigenvalues. C_x^½ C_y C_x^½ has the same.",
            also=(
                {
                    "frechet_terms": lambda x, y: _terms(
                        x, y, root=lambda a, b: float(torch.linalg.eigvalsh(a @ b).clamp(min=0).sqrt().sum())
                    )
                },
            ),
        ),
        wrong(
            "divided by n",
            {"frechet_terms": lambda x, y: _terms(x, y, correction=0)},
            "These covariances are divided by n; the docstring asks for n − 1.",
        ),
        wrong(
            "one n for both",
            {"frechet_terms": lambda x, y: _terms(x, y, same=True)},
            "Both sums of squares are divided by the size of the first sample: the second has one of its own.",
        ),
        wrong(
            "difference of the traces",
            {
                "frechet_terms": lambda x, y: {
                    **_terms(x, y),
                    "traces": 2 * float(x.var(0).sum()) - _terms(x, y)["traces"],
                }
            },
            "The traces are added: each is the spread of one cloud, and the root takes off what they have in common.",
            also=({"frechet_terms": lambda x, y: {**_terms(x, y), "traces": float(x.var(0).sum())}},),
        ),
        wrong(
            "distance of the means not squared",
            {"frechet_terms": lambda x, y: {**_terms(x, y), "means": float((x.mean(0) - y.mean(0)).norm())}},
            "The means enter with their squared distance.",
        ),
        wrong(
            "a line in n",
            {"frechet_limit": lambda sizes, values: _intercept(sizes.double(), values)},
            "The line was fitted in n. The bias falls like 1/n: put 1/n on the axis.",
        ),
        wrong(
            "the average of the distances",
            {"frechet_limit": lambda sizes, values: float(values.double().mean())},
            "An average keeps the average bias. The line goes on to where 1/n is nought.",
        ),
        wrong(
            "the line through two points",
            {
                "frechet_limit": lambda sizes, values: _intercept(
                    (1 / sizes.double())[[0, -1]], values.double()[[0, -1]]
                )
            },
            "The line goes through the first and the last point alone. Least squares asks all of them.",
        ),
        wrong(
            "the slope for the intercept",
            {"frechet_limit": lambda sizes, values: _slope(1 / sizes.double(), values.double())},
            "This is c, the strength of the bias. The limit is the other coefficient.",
        ),
        wrong(
            "the largest sample's distance",
            {"frechet_limit": lambda sizes, values: float(values[sizes.argmax()])},
            "The largest sample has the least bias, but it has some: the line takes out the rest.",
        ),
    )


def _epsilons(dtype: torch.dtype) -> tuple[float, float]:
    """That of single precision, which every answer may have, and that of the question."""
    return EPSILON["float32"], EPSILON[str(dtype).removeprefix("torch.")]


def _of_roots(singular: np.ndarray, size: float, D: int, epsilon: float) -> float:
    """An eigenvalue s² is rounded by δ = ε · size², its root by δ/2s, or by √δ where s is 0; in units of ε · FACTOR."""
    delta = FACTOR * epsilon * size**2
    padded = np.pad(singular, (0, max(0, D - len(singular))))[:D]
    return float(np.minimum(delta / np.maximum(2 * padded, 1e-300), math.sqrt(delta)).sum()) / (FACTOR * epsilon)


def _half(a: torch.Tensor) -> torch.Tensor:
    eigenvalues, vectors = torch.linalg.eigh(a)
    return vectors * eigenvalues.clamp(min=0).sqrt() @ vectors.T


def _terms(
    x: torch.Tensor, y: torch.Tensor, root: Any = None, correction: int = 1, same: bool = False
) -> dict[str, float]:
    cx, cy = torch.cov(x.T, correction=correction).reshape(x.shape[1], -1), torch.cov(y.T, correction=correction)
    cy = cy.reshape(cx.shape) * ((len(y) - 1) / (len(x) - 1) if same else 1)
    right = lambda a, b: float(torch.linalg.eigvals(a @ b).real.clamp(min=0).sqrt().sum())  # noqa: E731
    return {
        "means": float((x.mean(0) - y.mean(0)).pow(2).sum()),
        "traces": float(cx.trace() + cy.trace()),
        "root": (root or right)(cx, cy),
    }


def _slope(u: torch.Tensor, v: torch.Tensor) -> float:
    return float(((u - u.mean()) * (v - v.mean())).sum() / (u - u.mean()).pow(2).sum())


def _intercept(u: torch.Tensor, v: torch.Tensor) -> float:
    return float(v.double().mean()) - _slope(u, v.double()) * float(u.mean())
