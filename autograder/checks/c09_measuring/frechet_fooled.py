"""metric.frechet_fooled: noise, moved and stretched, that has exactly the mean and the covariance of the data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.judging.clouds import cloud
from autograder.judging.compare import arithmetic, close, exact, has_shape, show, values
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _noise(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.normal(size=(place.sizes["M"], place.sizes["D"])))


def _wide(place: Place) -> torch.Tensor:
    """Noise with another centre and another width: what the law was does not count."""
    return 3 + 5 * _noise(place)


def _faint(place: Place) -> torch.Tensor:
    return 1e-3 * _noise(place)


@exercise("metric.frechet_fooled", ("fooling_gaussian",), kind="witness")
class FrechetFooled(Exercise):
    """y_j = m_x + A (z_j − m_z) with the mean and the covariance of x."""

    shape = gate("the result has one row for each row of noise")
    affine = gate("every row is the same affine map of its row of noise")
    mean = pays("the mean of your points is the mean of the data, to the last digit", 0.5)
    covariance = pays("their covariance is that of the data", 0.5)
    fooled = pays("the Fréchet distance between your points and the data is nought", 1.0)

    hints = (
        "Draws of N(0, I) have mean 0 and covariance I only nearly. Which mean and covariance have those that you hold?",
        "Two steps: make the noise exactly white, then give it the covariance of the data.",
        "eigh gives a root of any covariance, singular ones too; an inverse is needed of the noise's only.",
    )

    domain = {
        "fooling_gaussian": Domain(
            {
                "x": Tensor("N, D", Reals(reach=(1e-2, 30))),
                "z": Made(_noise, (_wide, _faint), ("(M, D)", "noise of invertible covariance")),
            },
            sizes={"N": (2, 9, 30), "M": (10, 30), "D": (1, 3)},
            when=lambda x, z: _condition(z) < 100,
            returns=Like("z"),
            says=("covariances with N − 1 and M − 1 below;", "the covariance of x may be singular;"),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        line, three = torch.tensor([[0.0], [2.0], [4.0]]).double(), torch.arange(10.0).double()[:, None]
        yield self.case_of("fooling_gaussian", {"x": line, "z": three})
        for dtype, device in arithmetic():
            for n, m, D in ((50, 60, 2), (8, 40, 4), (3, 30, 5)):
                x = cloud(rng, n, D, dtype, device) @ floats(np.linalg.qr(rng.normal(size=(D, D)))[0], dtype, device)
                yield self.case_of("fooling_gaussian", {"x": x, "z": normal(rng, (m, D), dtype, device)})
            faint = 1e-3 * normal(rng, (30, 2), dtype, device)
            yield self.case_of("fooling_gaussian", {"x": cloud(rng, 20, 2, dtype, device), "z": faint})
            flat = normal(rng, (30, 2), dtype, device) * floats([1, 1 / 200], dtype, device)  # and yet invertible
            round_ = floats(3 * rng.normal(size=(20, 2)), dtype, device)
            yield self.case_of("fooling_gaussian", {"x": round_, "z": flat})
            still = torch.cat([cloud(rng, 20, 2, dtype, device), torch.ones(20, 1, dtype=dtype, device=device)], 1)
            yield self.case_of("fooling_gaussian", {"x": still, "z": 2 + normal(rng, (30, 3), dtype, device)})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call(name, given["x"], given["z"]), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.z.shape), case.z)
        yield self.shape(*shape)
        if not shape.ok:
            return
        y, x, z = values(answer), exact(case.x), exact(case.z)
        size = 1 + float(np.sqrt((x**2).sum() / (len(x) - 1)))
        finite = bool(np.isfinite(y).all())
        residual = _residual(y, z) if finite else np.inf
        off = abs(y).max() + size if finite else 1.0
        yield self.affine(
            residual < 1e-4 * off, "points that are an affine function of the noise", _off(residual, finite)
        )
        if not residual < 1e-4 * off:
            return
        wide = _condition(z)
        mean = close(y.mean(0), x.mean(0), case.z.dtype, size * wide)
        expected = np.cov(x.T).reshape(x.shape[1], -1)
        covariance = close(
            np.cov(y.T).reshape(expected.shape), expected, case.z.dtype, 2 * size**2 * wide * (1 + wide / 64)
        )
        seen = "" if mean.ok and covariance.ok else _slip(x, y, z)
        yield self.mean(*mean, mistake=seen)
        yield self.covariance(*covariance, mistake=seen)
        distance = _frechet(x, y)
        yield self.fooled(
            mean.ok and covariance.ok, "0", f"{distance:.3g}" if distance > 1e-6 * size**2 else "nearly 0"
        )

    mistakes = (
        wrong(
            "trusts the law of the noise",
            lambda x, z: x.mean(0) + z @ _power(x, 0.5),
            "The noise was taken to have mean 0 and covariance I. The draws that you hold have these only nearly: use their own.",
            also=(lambda x, z: x.mean(0) + (z - z.mean(0)) @ _power(x, 0.5),),
        ),
        wrong(
            "column by column",
            lambda x, z: x.mean(0) + (z - z.mean(0)) / z.std(0) * x.std(0),
            "Every column has the right width, but the correlations between columns are those of the noise.",
        ),
        wrong(
            "whitened column by column",
            lambda x, z: x.mean(0) + (z - z.mean(0)) / z.std(0) @ _power(x, 0.5),
            "Each column of the noise was brought to width 1 by itself. The correlations that it has by chance stay in.",
        ),
        wrong(
            "the factor not transposed",
            lambda x, z: x.mean(0) + (z - z.mean(0)) @ _power(z, -0.5) @ _factor(x),
            "With A Aᵀ = C a column is multiplied by A, and a row by Aᵀ. Here the points have the covariance Aᵀ A.",
        ),
        wrong(
            "something added to the diagonal",
            lambda x, z: x.mean(0) + (z - z.mean(0)) @ _power(z, -0.5) @ _power(x, 0.5, 1e-2),
            "The covariance of the data got a little more on its diagonal (for Cholesky?). A root by eigh needs nothing of the kind.",
        ),
        wrong(
            "covariance for its root",
            lambda x, z: x.mean(0) + (z - z.mean(0)) @ _power(z, -0.5) @ _power(x, 1.0),
            "White noise was multiplied by C; its covariance is then C². Multiply by a root of C.",
        ),
        wrong(
            "the mean is forgotten",
            lambda x, z: (z - z.mean(0)) @ _power(z, -0.5) @ _power(x, 0.5),
            "The covariance is right, and the points are centred at 0: the mean of the data is missing.",
        ),
        wrong(
            "the factors in the wrong order",
            lambda x, z: x.mean(0) + (z - z.mean(0)) @ _power(x, 0.5) @ _power(z, -0.5),
            "For a row, z C_z^-½ comes first and C_x^½ after it: matrices do not commute.",
        ),
        wrong(
            "copies of the data",
            lambda x, z: x[torch.arange(len(z)) % len(x)],
            "These are the data. A fraud is asked for: noise that is moved and stretched.",
        ),
    )


def _condition(z: Any) -> float:
    """Of the covariance of the noise, by its root."""
    centred = exact(z) - exact(z).mean(0)
    singular = np.linalg.svd(centred, compute_uv=False)
    return float(singular.max() / singular.min()) if singular.min() > 0 else np.inf


def _slip(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> str | None:
    """The mistake that these points show, whichever root of a covariance was taken: a root is free to be turned.

    None where one column cannot tell.
    """
    D = x.shape[1]
    wanted, came = (np.cov(w.T).reshape(D, D) for w in (x, y))
    A = np.linalg.lstsq(z - z.mean(0), y - y.mean(0), rcond=None)[0].T
    like = partial(np.allclose, rtol=1e-3, atol=1e-4 * np.trace(wanted))
    if like(A @ A.T, wanted):
        return "trusts the law of the noise"
    if like(came, wanted) and like(y.mean(0), 0):
        return "the mean is forgotten"
    if like(came, wanted @ wanted):
        return "covariance for its root"
    if like(np.diag(came), np.diag(wanted)) and like(A, np.diag(np.diag(A))):
        return "column by column" if D > 1 else None
    if like(A * z.var(0, ddof=1) @ A.T, wanted):
        return "whitened column by column"
    if any(like(came, other) for other in _untransposed(wanted)):
        return "the factor not transposed"
    more = np.trace(came - wanted) / D
    added = more > 0 and np.allclose(came - wanted, more * np.eye(D), rtol=0, atol=0.05 * more)
    return None if D == 1 else "something added to the diagonal" if added else ""


def _untransposed(C: np.ndarray) -> Iterator[np.ndarray]:
    """Aᵀ A for two usual factors of C = A Aᵀ."""
    eigenvalues = np.linalg.eigvalsh(C)
    yield np.diag(eigenvalues)
    yield np.diag(eigenvalues[::-1])
    if eigenvalues[0] > 1e-9 * eigenvalues[-1]:
        L = np.linalg.cholesky(C)
        yield L.T @ L


def _residual(y: np.ndarray, z: np.ndarray) -> float:
    """How far y is from the nearest affine function of z."""
    design = np.column_stack([(z - z.mean(0)) / z.std(0), np.ones(len(z))])
    return float(abs(y - design @ np.linalg.lstsq(design, y, rcond=None)[0]).max())


def _off(residual: float, finite: bool) -> str:
    return f"points that miss it by {show(residual)}" if finite else "points that are no finite numbers"


def _frechet(x: np.ndarray, y: np.ndarray) -> float:
    a, b = ((w - w.mean(0)) / np.sqrt(len(w) - 1) for w in (x, y))
    root = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + (a**2).sum() + (b**2).sum() - 2 * root)


def _power(cloud: torch.Tensor, exponent: float, more: float = 0.0) -> torch.Tensor:
    eigenvalues, vectors = torch.linalg.eigh(torch.cov(cloud.T).reshape(cloud.shape[1], -1))
    return vectors * (eigenvalues.clamp(min=1e-12 if exponent < 0 else 0) + more) ** exponent @ vectors.T


def _factor(cloud: torch.Tensor) -> torch.Tensor:
    """A with A Aᵀ = C, which is not symmetric."""
    eigenvalues, vectors = torch.linalg.eigh(torch.cov(cloud.T).reshape(cloud.shape[1], -1))
    return vectors * eigenvalues.clamp(min=0).sqrt()
