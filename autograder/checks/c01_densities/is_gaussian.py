"""density.is_gaussian (long: three functions, and data that hide a direction).

The normal distribution of pixels that are blurred, what it costs, and a direction that refutes it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c01_densities.shared import covariances, spread_matrix
from autograder.judging.clouds import clouds
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Made, Place, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.data import digits

ENOUGH = 131.7  # nats on the test digits
LOG_2PI = math.log(2 * math.pi)


@functools.cache
def _levels(part: str) -> np.ndarray:
    return digits(part)[0].reshape(-1, 64).double().numpy()


def _pictures(part: str, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(_levels(part), dtype=dtype)


# --- clouds with a direction in which they are not normal ------------------------------------------------------


def _hidden(
    rng: np.random.Generator, strange: Callable[[int], np.ndarray], width: float, n: int = 500, D: int = 4
) -> np.ndarray:
    """Normal but for one direction, turned at random; its width makes it the first or the last principal axis."""
    z = rng.normal(size=(n, D)) * np.linspace(1, 1.4, D)
    z[:, 0] = width * strange(n)
    return z @ np.linalg.qr(rng.normal(size=(D, D)))[0] + rng.normal(size=D)


def _hills(rng: np.random.Generator) -> np.ndarray:
    return _hidden(rng, lambda n: rng.choice([-1.0, 1.0], size=n) + 0.2 * rng.normal(size=n), 4.0)


def _spiky(rng: np.random.Generator) -> np.ndarray:
    return _hidden(rng, lambda n: rng.standard_t(3, size=n) * rng.choice([0.2, 1], size=n), 0.15)


def _column(rng: np.random.Generator) -> np.ndarray:
    """A column of noughts and ones, and one that is constant."""
    x = rng.normal(size=(300, 4)) @ spread_matrix(rng, 4)
    x[:, 1], x[:, 2] = 10 * (rng.random(300) < 0.5), 7.0
    return x


def _shared_column(rng: np.random.Generator) -> np.ndarray:
    """Two values in a column, in step with another one of the same variance: no principal axis shows them."""
    while True:
        two, z = rng.choice([-1.0, 1.0], size=500), rng.normal(size=(500, 4)) * [1.0, 1.0, 0.5, 2.0]
        z[:, 0], z[:, 1] = two, 0.2 * two + math.sqrt(0.96) * z[:, 1]
        if max(abs(_excess(z @ v)) for v in np.linalg.eigh(np.cov(z.T))[1].T) < 0.9:
            return z


_STRANGE: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "two hills": _hills,
    "a heavy tail": _spiky,
    "a column of two values": _column,
    "a column in step with another": _shared_column,
    "digits": lambda rng: _levels(str(rng.choice(["train", "valid", "test"]))),
}


def _strange(kind: str) -> Callable[[Place], torch.Tensor]:
    return lambda place: torch.tensor(_telling(place.rng, kind), device=place.device)


def _telling(rng: np.random.Generator, kind: str) -> np.ndarray:
    """Drawn until a column or a principal axis does tell, with room to spare."""
    while True:
        x = _STRANGE[kind](rng)
        axes = np.concatenate([np.eye(x.shape[1]), np.linalg.eigh(np.cov(x.T))[1]], axis=1).T
        if max(abs(_excess(x @ v)) for v in axes) > 1.15:
            return x


def _excess(y: np.ndarray) -> float:
    y = y - y.mean()
    variance = float((y**2).mean())
    return float((y**4).mean()) / variance**2 - 3 if variance > 1e-18 else 0.0


_X = Made(
    lambda place: _strange(str(place.rng.choice(list(_STRANGE))))(place),
    tuple(map(_strange, _STRANGE)),
    ("(N, D)", "float64", "N ≥ 100", "where a column or a principal axis is such a direction"),
)


@exercise("density.is_gaussian", ("fit_pixels", "pixel_nats", "telling_direction"), kind="witness")
class IsGaussian(Exercise):
    """mu, C + I/12; −log N(x) + tr C⁻¹/24; a direction whose excess kurtosis is far from that of a normal."""

    pair = gate("fit_pixels returns two tensors, of shapes (D,) and (D, D)")
    shape = gate("pixel_nats returns one number for each picture")
    direction = gate("telling_direction returns a direction: D finite numbers, not all 0")
    fitted = pays("mean and covariance are those of the blurred pictures", 1)
    digits = pays("fitted to the training digits it costs at most 131.7 nats on the test digits", 0.5)
    nats = pays("the nats are those of the picture, averaged over the noise", 1)
    refuted = pays("along your direction the excess kurtosis is below −1 or above 1", 1)

    apart = True
    domain = {
        "fit_pixels": Domain({"pictures": clouds("N", scales=(0.01, 30.0))}, sizes={"N": (2, 9), "D": (1, 5)},
                             returns=(Like("pictures"), Like("pictures")),
                             says=("(The covariance may have N or N − 1 below.)",)),
        "pixel_nats": Domain(
            {
                "pictures": Tensor("B, D"),
                "mu": Tensor("D"),
                "cov": covariances(("(D, D)", "symmetric", "its eigenvalues are positive")),
            },
            sizes={"B": (1, 5), "D": (1, 5)}, returns=Like("pictures"),
        ),
        "telling_direction": Domain({"x": _X}, draws=1),
    }  # fmt: skip

    hints = (
        "Noise that is independent of the picture adds its variance to each pixel. What is the variance of a uniform number on (−½, ½)?",
        "E[(y + t)ᵀ A (y + t)] = yᵀ A y + E[tᵀ A t], and only the squares of t have a mean.",
        "Try all columns and all eigenvectors of the covariance; compute fourth and second moments about the mean.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        two = torch.tensor([[0.0], [2.0]], dtype=torch.float64)
        yield self.case_of("fit_pixels", {"pictures": two})
        yield self.case_of(
            "pixel_nats", {"pictures": two, "mu": torch.ones(1).double(), "cov": torch.full((1, 1), 13 / 12).double()}
        )
        for dtype, device in arithmetic():
            for n, D in ((7, 3), (40, 6)):
                levels = floats(rng.integers(0, 17, size=(n, D)), dtype, device)
                yield self.case_of("fit_pixels", {"pictures": levels})
                cov = floats(spread_matrix(rng, D, 0.4), dtype, device)
                mu = normal(rng, (D,), dtype, device)
                yield self.case_of("pixel_nats", {"pictures": levels[:5] / 8, "mu": mu, "cov": (cov + cov.T) / 2})
            for width in (1e-3, 1e3):  # whose determinant is no float
                cov = floats(width**2 * spread_matrix(rng, 120), dtype, device)
                x, mu = (width * normal(rng, shape, dtype, device) for shape in ((2, 120), (120,)))
                yield self.case_of("pixel_nats", {"pictures": x, "mu": mu, "cov": (cov + cov.T) / 2})
            yield case(
                call("fit_pixels", _pictures("train", dtype).to(device)), about=(self.pair, self.digits), pictures=None
            )
        for kind in _STRANGE:
            for _ in range(2):
                yield self.case_of("telling_direction", {"x": torch.tensor(_telling(rng, kind))})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {
            "fit_pixels": (self.pair, self.fitted),
            "pixel_nats": (self.shape, self.nats),
            "telling_direction": (self.direction, self.refuted),
        }
        return case(call(name, *given.values()), about=laws[name], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_fit_pixels(self, case: Case, answer: Any) -> Iterator[Finding]:
        D = 64 if case.pictures is None else case.pictures.shape[1]
        good = isinstance(answer, (tuple, list)) and len(answer) == 2
        good = good and has_shape(answer[0], (D,)).ok and has_shape(answer[1], (D, D)).ok
        yield self.pair(good, f"({D},) and ({D}, {D})", kind_of(answer))
        if not good:
            return
        mu, cov = values(answer[0]), values(answer[1])
        if case.pictures is None:
            cost = _cost(mu, cov)
            yield self.digits(cost <= ENOUGH, f"at most {ENOUGH} nats", f"{cost:.1f} nats")
            return
        x, dtype = exact(case.pictures), case.pictures.dtype
        far = float(abs(x).max())
        scatter = (x - x.mean(0)).T @ (x - x.mean(0))
        fits = [close(answer[1], scatter / n + np.eye(D) / 12, dtype, far**2 + 1) for n in (len(x), len(x) - 1)]
        first = close(answer[0], x.mean(0), dtype, far)
        verdict = first if not first.ok else next((fit for fit in fits if fit.ok), fits[0])
        yield self.fitted(*verdict)

    def _judge_pixel_nats(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.pictures),), case.pictures)
        yield self.shape(*shape)
        if shape.ok:
            x, mu, cov = exact(case.pictures), exact(case.mu), exact(case.cov)
            spread, axes = np.linalg.eigh(cov)
            along = (x - mu) @ axes
            expected = 0.5 * ((along**2 + 1 / 12) / spread + np.log(spread) + LOG_2PI).sum(1)
            room = ((abs(x) + abs(mu)).max(1) ** 2 + 1) * len(mu) / spread.min() + abs(np.log(spread)).sum() + len(mu)
            yield self.nats(*close(answer, expected, case.pictures.dtype, room * spread.max() / spread.min()))

    def _judge_telling_direction(self, case: Case, answer: Any) -> Iterator[Finding]:
        x, v = exact(case.x), values(answer)
        good = v is not None and v.shape == (x.shape[1],) and bool(np.isfinite(v).all()) and abs(v).max() > 0
        yield self.direction(good, f"{x.shape[1]} finite numbers, not all 0", show(answer))
        if good:
            v = v / abs(v).max()
            found = _excess(x @ (v / np.linalg.norm(v)))
            yield self.refuted(abs(found) >= 1, "below −1 or above 1", f"{found:.3g}")

    mistakes = (
        wrong(
            "without the noise",
            {"fit_pixels": lambda pictures: _fit(pictures, 0.0)},
            "A pixel that is always 0 has variance 0, and its density is a spike. The noise adds 1/12 to each variance.",
        ),
        wrong(
            "the width of the noise for its variance",
            {"fit_pixels": lambda pictures: _fit(pictures, 1.0)},
            "The noise is 1 wide. Its variance is the mean of t² over (−½, ½), which is 1/12.",
            also=({"fit_pixels": lambda pictures: _fit(pictures, 12**-0.5)}, {"fit_pixels": lambda pictures: _fit(pictures, 0.25)}, {"fit_pixels": lambda pictures: _fit(pictures, 1 / 3)}),
        ),
        wrong(
            "noise between all pixels",
            {"fit_pixels": lambda pictures: (pictures.mean(0), _fit(pictures, 0.0)[1] + 1 / 12)},
            "1/12 was added to every entry. The noise of different pixels is independent: it widens the diagonal only.",
        ),
        wrong(
            "pixels on their own",
            {"fit_pixels": lambda pictures: (pictures.mean(0), torch.diag(_fit(pictures, 1 / 12)[1].diagonal()))},
            "What neighbouring pixels have to do with each other was left out: it is what makes the fit worth having.",
            also=({"fit_pixels": lambda pictures: (pictures.mean(0), torch.diag(pictures.var(0) + 1 / 12))},),
        ),
        wrong(
            "the noise is not paid for",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, 0.0)},
            "This is the cost of the sharp picture. The blurred one lies farther from the mean on average: tr C⁻¹/24 more.",
        ),
        wrong(
            "the noise paid twice",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, 1 / 12)},
            "The quadratic form has a ½ in front, and so has the noise's part in it: 1/24 and not 1/12.",
        ),
        wrong(
            "the trace of C",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, 0.0) + cov.trace() / 24},
            "The form is tᵀ C⁻¹ t: a narrow direction makes the noise expensive, so it is the trace of C⁻¹.",
        ),
        wrong(
            "the density, with its sign",
            {"pixel_nats": lambda pictures, mu, cov: -_nats(pictures, mu, cov, -1 / 24)},
            "A cost is minus the log density.",
            also=({"pixel_nats": lambda pictures, mu, cov: -_nats(pictures, mu, cov, 1 / 24)},),
        ),
        wrong(
            "the mean over the pictures",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, 1 / 24).mean() + 0 * pictures[:, 0]},
            "Each picture has a cost of its own.",
        ),
        wrong(
            "the first principal axis",
            {"telling_direction": lambda x: torch.linalg.eigh(torch.cov(x.T))[1][:, -1]},
            "The direction of the largest variance may well be normal: it is the fourth moment that tells.",
            also=({"telling_direction": lambda x: torch.ones(x.shape[1])}, {"telling_direction": lambda x: torch.eye(x.shape[1])[x.var(0).argmax()]}),
        ),
        wrong(
            "a determinant that no float can hold",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, 1 / 24) + 0.5 * (cov.det().log() - cov.logdet())},
            "In many dimensions the determinant is 0 or infinite in floats. torch.linalg.slogdet, or a Cholesky factor's diagonal, gives its logarithm.",
        ),
        wrong(
            "moments about 0",
            {"fit_pixels": lambda pictures: (pictures.mean(0), pictures.T @ pictures / len(pictures) + torch.eye(pictures.shape[1]).to(pictures) / 12)},
            "These are second moments about 0. A covariance is about the mean: subtract it first.",
        ),
        wrong(
            "the mean moved by half a level",
            {"fit_pixels": lambda pictures: (pictures.mean(0) + 0.5, _fit(pictures, 1 / 12)[1])},
            "The noise lies on both sides of the level, from −½ to ½: the mean stays.",
        ),
        wrong(
            "the noise taken off",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, -1 / 24)},
            "Noise takes the picture farther from the mean on average, which costs: tr C⁻¹/24 is added to −log p.",
        ),
        wrong(
            "the covariance widened again",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov + torch.eye(len(mu)).to(cov) / 12, 0.0)},
            "cov is the model, and stays as it is. It is the picture that is blurred, and the mean cost of that is asked for.",
        ),
        wrong(
            "the reciprocals of the diagonal",
            {"pixel_nats": lambda pictures, mu, cov: _nats(pictures, mu, cov, 0.0) + (1 / cov.diagonal()).sum() / 24},
            "The diagonal of C⁻¹ is not one over the diagonal of C, unless C is diagonal: invert, then take the trace.",
        ),
        wrong(
            "columns alone, or axes alone",
            {"telling_direction": lambda x: _strangest(x, torch.eye(x.shape[1]).to(x))},
            "Some data are normal in each column, and some along each principal axis: try both kinds of directions.",
            also=({"telling_direction": lambda x: _strangest(x, torch.linalg.eigh(torch.cov(x.T))[1])},),
        ),
        wrong(
            "one side of the excess only",
            {"telling_direction": lambda x: _strangest(x, _candidates(x), side=lambda k: k)},
            "An excess far below 0 tells as well as one far above: two hills have −2, a heavy tail much more than 0. Take the largest absolute value.",
        ),
        wrong(
            "a constant column",
            {"telling_direction": lambda x: torch.eye(x.shape[1]).to(x)[x.var(0).argmin()]},
            "Along a constant column the variance is 0, and the excess 0/0: argmax takes NaN for the largest. Leave such directions out.",
            also=({"telling_direction": lambda x: _strangest(x, _candidates(x), floor=0.0)},),
        ),
    )  # fmt: skip


def _fit(pictures: torch.Tensor, noise: float) -> tuple[torch.Tensor, torch.Tensor]:
    centred = pictures - pictures.mean(0)
    return pictures.mean(0), centred.T @ centred / len(pictures) + noise * torch.eye(pictures.shape[1]).to(pictures)


def _nats(pictures: torch.Tensor, mu: torch.Tensor, cov: torch.Tensor, noise: float) -> torch.Tensor:
    model = torch.distributions.MultivariateNormal(mu, cov, validate_args=False)
    return noise * cov.inverse().trace() - model.log_prob(pictures)


def _candidates(x: torch.Tensor) -> torch.Tensor:
    """Columns and principal axes, (D, 2 D)."""
    return torch.cat([torch.eye(x.shape[1]).to(x), torch.linalg.eigh(torch.cov(x.T))[1]], 1)


def _strangest(
    x: torch.Tensor, directions: torch.Tensor, side: Callable = torch.abs, floor: float = 1e-9
) -> torch.Tensor:
    y = (x - x.mean(0)) @ directions
    variance = y.pow(2).mean(0)
    excess = y.pow(4).mean(0) / variance**2 - 3
    return directions[
        :, side(torch.where(variance > floor, excess, excess.nan_to_num() * 0) if floor else excess).argmax()
    ]


@functools.cache
def _test_moments() -> tuple[np.ndarray, np.ndarray]:
    x = _levels("test")
    return x.mean(0), np.cov(x.T, bias=True) + np.eye(64) / 12


def _cost(mu: np.ndarray, cov: np.ndarray) -> float:
    """Mean nats of the blurred test digits, by their moments; infinite where the covariance is none."""
    if not (np.isfinite(cov).all() and np.isfinite(mu).all()):
        return math.inf
    spread, axes = np.linalg.eigh((cov + cov.T) / 2)
    if spread.min() <= 0:
        return math.inf
    mean, scatter = _test_moments()
    second = ((axes.T @ (scatter + np.outer(mean - mu, mean - mu))) * axes.T).sum(1)
    return float(0.5 * (second / spread + np.log(spread) + LOG_2PI).sum())
