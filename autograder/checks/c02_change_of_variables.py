"""Judge of 02_change_of_variables: densities pushed through maps, and which maps make a flow."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import torch
from scipy import special

from autograder.judging.compare import (
    arithmetic,
    close,
    exact,
    has_shape,
    kind_of,
    near,
    number,
    show,
    values,
)
from autograder.judging.exercise import (
    Case,
    Exercise,
    Finding,
    Law,
    call,
    case,
    exercise,
    gate,
    grad,
    keep,
    pays,
    wrong,
)
from autograder.oracles import pool
from autograder.oracles.precise import DIGITS, Precise, determinant, digits, is_singular, meeting
from pushforward.answering.maps import MAPS
from pushforward.answering.wire import Kept, Net

PYTHON = torch.float64  # the type of Python's own floats
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def _tensor(array: Any, dtype: torch.dtype, device: str = "cpu") -> torch.Tensor:
    return torch.tensor(array, dtype=dtype, device=device)


def _net(name: str, numbers: Sequence[float], dtype: torch.dtype, device: str = "cpu") -> Net:
    """A map with scalar parameters; reports show its formula with the numbers put in."""
    weights = tuple(_tensor(n, dtype, device) for n in numbers)
    return Net(name, weights, MAPS[name].with_numbers(*numbers))


def _precise(net: Net) -> Precise:
    """The same map in high precision, with the parameters as the student's type holds them."""
    return Precise(MAPS[net.architecture], [exact(w).tolist() for w in net.weights])


def _signed(rng: np.random.Generator, low: float, high: float) -> float:
    """Evenly from (low, high) or from its mirror image."""
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


# --- one dimension ---------------------------------------------------------------------------------------------

_HAIR = mpmath.mpf(10) ** -15  # half the width of the intervals whose mass is weighed
_GAUSS = np.polynomial.legendre.leggauss(40)  # nodes and weights on (−1, 1)


def _mass_between(base: Net, a: Any, b: Any) -> Any:
    """The base's mass between two numbers, in high precision: both are counted from the nearer tail."""
    mu, sigma = (mpmath.mpf(float(w)) for w in base.weights)
    below = mpmath.ncdf if base.architecture == "log_normal" else lambda u: 1 / (1 + mpmath.exp(-u))
    u, v = sorted(((a - mu) / sigma, (b - mu) / sigma))
    return below(-u) - below(-v) if u > 0 else below(v) - below(u)


def _log_density(base: Net, a: Any, b: Any, length: Any) -> float:
    """log(mass / length) of an interval so short that this is the log density in its middle."""
    return float(mpmath.log(_mass_between(base, a, b) / length))


def _slope(f: Callable, x: torch.Tensor) -> torch.Tensor:
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


@exercise("cov.log_density_1d", ("log_p_forward", "log_p_reverse"))
class LogDensity1d(Exercise):
    """log p_X(f(z)) = log p_Z(z) − log |f′(z)|, and log p_X(x) = log p_Z(g(x)) + log |g′(x)|.

    The oracle knows neither formula: it divides the mass of a tiny interval by the length that the interval has in x.
    """

    pair = gate("log_p_forward returns x and log_p, two tensors of the shape of z")
    forward = pays("forward: every point f(z) comes with the density of X there", 1)
    shape = gate("log_p_reverse returns a tensor of the shape of x")
    reverse = pays("reverse: every given x gets the density of X there", 0.5)
    mass = pays("reverse: every interval of x holds the mass of its interval of z, and the whole line holds 1", 0.5)

    hints = (
        "Take a small interval of length h around z. How long is its image under f? Its mass stays; what becomes of the "
        "density?",
        "In the reverse direction the interval lies around x and has its mass at g(x). Which of the two intervals is h long?",
        "A length has no sign: a decreasing map has a negative slope and still a positive density.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        standard = _net("log_normal", (0.0, 1.0), PYTHON)
        yield self._forward(_tensor([0.0, 1.0], PYTHON), _net("affine", (2.0, 1.0), PYTHON), standard)
        yield self._reverse(_tensor([1.0, 3.0], PYTHON), _net("affine", (0.5, -0.5), PYTHON), standard)
        for dtype, device in arithmetic():
            shapes, signs = ((5,), (2, 3), (), (4,), (3,), (2, 2)), rng.permutation([1, 1, 1, -1, -1, -1])
            for shape, name, sign in zip(shapes, self._names(rng), signs, strict=True):
                points = _tensor(rng.uniform(-2, 2, size=shape), dtype, device)
                f, base = _net(name, self._numbers(name, sign, rng), dtype, device), self._base(rng, dtype, device)
                yield self._forward(points, f, base)
                if name != "exp":  # as a reverse map it reaches half of the line only
                    yield self._reverse(points, f, base)
            for name, sign in zip(("affine", "wave", "tanh"), rng.permutation([1, -1, -1]), strict=True):
                g, base = _net(name, self._numbers(name, sign, rng), dtype, device), self._base(rng, dtype, device)
                yield from self._intervals(rng, g, base, dtype, device)

    @staticmethod
    def _names(rng: np.random.Generator) -> list[str]:
        return rng.permutation(["affine", "wave", "tanh", "sinh", "leaky", "exp"]).tolist()

    @staticmethod
    def _numbers(name: str, sign: int, rng: np.random.Generator) -> tuple[float, ...]:
        """Parameters of an invertible map with slopes of that sign (`leaky` only rises), well away from 0."""
        a = float(sign * rng.uniform(0.4, 2))
        return {
            "affine": (a, float(rng.normal())),
            "wave": (a, a * _signed(rng, 0.2, 0.7)),
            "tanh": (a, a * float(rng.uniform(0.3, 2))),
            "sinh": (a, float(rng.uniform(0.3, 1))),
            "leaky": (float(rng.uniform(0.1, 0.6)),),
            "exp": (float(sign * rng.uniform(0.3, 1)), float(rng.normal())),
        }[name]

    @staticmethod
    def _base(rng: np.random.Generator, dtype: torch.dtype, device: str) -> Net:
        name = str(rng.choice(["log_normal", "log_logistic"]))
        return _net(name, (float(rng.normal()), float(rng.uniform(0.5, 2))), dtype, device)

    def _forward(self, z: torch.Tensor, f: Net, base: Net) -> Case:
        asked = call("log_p_forward", z, f, base)
        return case(asked, about=(self.pair, self.forward), law=self.forward, at=z, map=f, base=base)

    def _reverse(self, x: torch.Tensor, g: Net, base: Net) -> Case:
        asked = call("log_p_reverse", x, g, base)
        return case(asked, about=(self.shape, self.reverse), law=self.reverse, at=x, map=g, base=base)

    def _intervals(
        self, rng: np.random.Generator, g: Net, base: Net, dtype: torch.dtype, device: str
    ) -> Iterator[Case]:
        """A random interval by Gauss–Legendre; the whole line by the trapezoidal rule on 1601 points, out to where the
        base has less than 10⁻¹⁰ of its mass (for smooth densities that rule converges faster than any power)."""
        about, (a, b) = (self.shape, self.mass), (abs(float(w)) for w in g.weights)
        left = float(rng.uniform(-2, 1))
        nodes, weights = _GAUSS
        half = float(rng.uniform(0.5, 1.5))
        x = _tensor(left + half * (nodes + 1), dtype, device)
        yield case(call("log_p_reverse", x, g, base), about=about, law=self.mass, at=x, map=g, base=base,
                   weights=half * weights, ends=(left, left + 2 * half))  # fmt: skip
        mu, sigma = (float(w) for w in base.weights)
        reach = (abs(mu) + 25 * sigma + b) / a
        x = _tensor(np.linspace(-reach, reach, 1601), dtype, device)
        yield case(call("log_p_reverse", x, g, base), about=about, law=self.mass, at=x, map=g, base=base,
                   weights=np.full(1601, 2 * reach / 1600), ends=None)  # fmt: skip

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        like, shape = case.at, tuple(case.at.shape)
        if case.law is self.forward:
            two = isinstance(answer, (tuple, list)) and len(answer) == 2
            good = two and all(has_shape(part, shape, like).ok for part in answer)
            yield self.pair(good, f"(x, log_p), each of shape {shape}", _parts(answer) if two else kind_of(answer))
            if good:
                yield self._judge_forward(case, *answer)
            return
        verdict = has_shape(answer, shape, like)
        yield self.shape(*verdict)
        if verdict.ok:
            yield (self._judge_mass if case.law is self.mass else self._judge_reverse)(case, answer)

    def _judge_forward(self, case: Case, x: Any, log_p: Any) -> Finding:
        f, z, dtype = _precise(case.map), exact(case.at), case.at.dtype
        images, densities, scales = np.empty_like(z), np.empty_like(z), np.empty_like(z)
        with mpmath.workdps(DIGITS):
            for i, point in np.ndenumerate(z):
                middle = mpmath.mpf(float(point))
                a, b = middle - _HAIR, middle + _HAIR
                length = abs(f.image([b])[0] - f.image([a])[0])
                images[i] = float(f.image([middle])[0])
                densities[i] = _log_density(case.base, a, b, length)
                scales[i] = self._scale(case.base, float(point), 0.0, densities[i])
        size = 1 + sum(abs(float(w)) for w in case.map.weights) * (1 + abs(z))
        where = close(x, images, dtype, (1 + abs(images)) * size)
        if not where.ok:
            return self.forward(*where, why="The first of the two results is x = f(z).")
        return self.forward(*close(log_p, densities, dtype, scales))

    def _judge_reverse(self, case: Case, log_p: Any) -> Finding:
        g, x = _precise(case.map), exact(case.at)
        densities, scales = np.empty_like(x), np.empty_like(x)
        with mpmath.workdps(DIGITS):
            for i, point in np.ndenumerate(x):
                middle = mpmath.mpf(float(point))
                a, b = g.image([middle - _HAIR])[0], g.image([middle + _HAIR])[0]
                densities[i] = _log_density(case.base, a, b, 2 * _HAIR)
                moved = float(abs(middle * (b - a) / (2 * _HAIR))) + sum(abs(float(w)) for w in case.map.weights)
                scales[i] = self._scale(case.base, float(g.image([middle])[0]), moved, densities[i])
        return self.reverse(*close(log_p, densities, case.at.dtype, scales))

    @staticmethod
    def _scale(base: Net, z: float, moved: float, log_p: float) -> float:
        """The squared standardised z and its sensitivity; 8 for slopes that cancel to a fraction of their terms."""
        mu, sigma = (float(w) for w in base.weights)
        u = abs(z - mu) / sigma
        return 8 * (1 + u * (1 + abs(z) + abs(mu) + moved) / sigma + abs(log_p) + abs(math.log(sigma)))

    def _judge_mass(self, case: Case, log_p: Any) -> Finding:
        found = float(case.weights @ np.exp(np.minimum(log_p.array.reshape(-1).astype(float), 50.0)))
        expected = 1.0
        if case.ends:
            with mpmath.workdps(DIGITS):
                a, b = (_precise(case.map).image([mpmath.mpf(end)])[0] for end in case.ends)
                expected = float(_mass_between(case.base, a, b))
        verdict = near(found, expected, 1e-4)
        what = f"between x = {show(case.ends[0])} and {show(case.ends[1])}" if case.ends else "on the whole line"
        return self.mass(
            verdict.ok, f"mass {show(expected)}", f"mass {show(found)}", why="" if verdict.ok else f"Mass {what}."
        )

    mistakes = (
        wrong(
            "the slope with the wrong sign",
            {
                "log_p_forward": lambda z, f, base: (f(z), base(z) + _slope(f, z).abs().log()),
                "log_p_reverse": lambda x, g, base: base(g(x)) - _slope(g, x).abs().log(),
            },
            "Where f stretches, the same mass lies on a longer piece, so the density falls: log|f′| is subtracted. With g, which undoes f, it is the other way round.",
        ),
        wrong(
            "no absolute value",
            {
                "log_p_forward": lambda z, f, base: (f(z), base(z) - _slope(f, z).log()),
                "log_p_reverse": lambda x, g, base: base(g(x)) + _slope(g, x).log(),
            },
            "A decreasing map has a negative slope, and its logarithm is NaN. Lengths have no sign: take the absolute value first.",
        ),
        wrong(
            "the slope forgotten",
            {
                "log_p_forward": lambda z, f, base: (f(z), base(z)),
                "log_p_reverse": lambda x, g, base: base(g(x)),
            },
            "This is the base's density at z. The map stretches lengths, so the same mass makes another density: the slope is missing.",
        ),
        wrong(
            "the slope at the wrong point",
            {
                "log_p_forward": lambda z, f, base: (f(z), base(z) - _slope(f, f(z)).abs().log()),
                "log_p_reverse": lambda x, g, base: base(g(x)) + _slope(g, g(x)).abs().log(),
            },
            "f takes z, so its slope belongs at z; g takes x, so its slope belongs at x.",
        ),
        wrong(
            "the base at the wrong point",
            {
                "log_p_forward": lambda z, f, base: (f(z), base(f(z)) - _slope(f, z).abs().log()),
                "log_p_reverse": lambda x, g, base: base(x) + _slope(g, x).abs().log(),
            },
            "The base is a density of z. Ask it about z, not about x.",
        ),
        wrong(
            "the slope itself, not its logarithm",
            {
                "log_p_forward": lambda z, f, base: (f(z), base(z) - _slope(f, z).abs()),
                "log_p_reverse": lambda x, g, base: base(g(x)) + _slope(g, x).abs(),
            },
            "Densities are multiplied by the slope; their logarithms take the logarithm of it.",
        ),
        wrong(
            "a standard normal base taken for granted",
            {
                "log_p_forward": lambda z, f, base: (f(z), -(z**2) / 2 - HALF_LOG_2PI - _slope(f, z).abs().log()),
                "log_p_reverse": lambda x, g, base: -(g(x) ** 2) / 2 - HALF_LOG_2PI + _slope(g, x).abs().log(),
            },
            "The base comes as `log_base`, and it need not be the standard normal distribution.",
        ),
    )


def _parts(answer: Any) -> str:
    return "(" + ", ".join(kind_of(part) for part in answer) + ")"


# --- affine maps -----------------------------------------------------------------------------------------------


def _matrix(rng: np.random.Generator, d: int, sign: int = 0) -> np.ndarray:
    """Invertible, condition number at most 5, not symmetric; the determinant has this sign, or either if that is 0."""
    left, right = (np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(2))
    A = left @ np.diag(rng.uniform(0.5, 2.5, size=d)) @ right
    A[0] *= np.sign(np.linalg.det(A)) * sign if sign else 1
    return A


def _mirror(rng: np.random.Generator, d: int) -> np.ndarray:
    """An orthogonal matrix with determinant −1."""
    v = rng.normal(size=d)
    return np.eye(d) - 2 * np.outer(v, v) / (v @ v)


def _log_normal_cov(y: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """log N(y; 0, covariance) of each row, by Cholesky's factor of the covariance."""
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, y.T)
    return -0.5 * (white**2).sum(axis=0) - np.log(np.diag(factor)).sum() - len(factor) * HALF_LOG_2PI


def _log_normal(z: torch.Tensor) -> torch.Tensor:
    return -(z**2).sum(-1) / 2 - z.shape[-1] * HALF_LOG_2PI


def _forward(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor, ladj: Callable | None = None) -> torch.Tensor:
    ladj = ladj or (lambda A: torch.linalg.slogdet(A)[1])
    return _log_normal(torch.linalg.solve(A, (x - b).T).T) - ladj(A)


def _reverse(x: torch.Tensor, W: torch.Tensor, c: torch.Tensor, ladj: Callable | None = None) -> torch.Tensor:
    ladj = ladj or (lambda W: torch.linalg.slogdet(W)[1])
    return _log_normal(x @ W.T + c) + ladj(W)


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

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        A, b, x = np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([1.0, 0.0]), np.array([[1.0, 3.0]])
        for of in ("affine_forward", "affine_reverse"):
            yield self._case(of, x, A, b, PYTHON, "cpu")
        for dtype, device in arithmetic():
            for sign, (batch, d) in zip((1, -1, -1, 1), ((3, 1), (4, 2), (3, 3), (2, 5)), strict=True):
                x, b = rng.normal(size=(batch, d)) * 2, rng.normal(size=d)
                for of in ("affine_forward", "affine_reverse"):
                    yield self._case(of, x, _matrix(rng, d, sign), b, dtype, device)
            d = 250 if dtype is torch.float64 else 60
            for scale in (0.02, 30.0):
                yield self._large("affine_forward", rng, d, scale, dtype, device)
                yield self._large("affine_reverse", rng, d, 1 / scale, dtype, device)

    def _laws(self, of: str) -> tuple[Law, Law]:
        return (self.forward, self.forward_log) if of == "affine_forward" else (self.reverse, self.reverse_log)

    def _case(self, of: str, x: np.ndarray, A: np.ndarray, b: np.ndarray, dtype: torch.dtype, device: str) -> Case:
        given, matrix, shift = (_tensor(v, dtype, device) for v in (x, A, b))
        law = self._laws(of)[0]
        M, s, y = exact(matrix), exact(shift), exact(given)
        if of == "affine_forward":
            covariance, mean = M @ M.T, s
        else:
            covariance, mean = np.linalg.inv(M.T @ M), -np.linalg.solve(M, s)
        log_p = _log_normal_cov(y - mean, covariance)
        scale = len(s) + np.linalg.cond(M) ** 2 * (1 + abs(log_p) + (y**2).sum(1) + s @ s)
        asked = call(of, given, matrix, shift)
        return case(asked, about=(self.shape, law), law=law, given=given, log_p=log_p, scale=scale)

    def _large(self, of: str, rng: np.random.Generator, d: int, scale: float, dtype: torch.dtype, device: str) -> Case:
        """A or W is a multiple of an orthogonal matrix, so that X has the covariance s² I."""
        law, Q = self._laws(of)[1], _mirror(rng, d)
        s = scale if of == "affine_forward" else 1 / scale
        z, mean = rng.normal(size=(2, d)), rng.normal(size=d) * s
        x = mean + s * z
        shift = mean if of == "affine_forward" else -(scale * Q) @ mean
        log_p = -0.5 * (z**2).sum(1) - d * (math.log(s) + HALF_LOG_2PI)
        given = _tensor(x, dtype, device)
        asked = call(of, given, _tensor(scale * Q, dtype, device), _tensor(shift, dtype, device))
        size = 4 * ((z**2).sum(1) + d * (2 + abs(math.log(s))))
        return case(asked, about=(self.shape, law), law=law, given=given, log_p=log_p, scale=size)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, case.log_p.shape, case.given)
        yield self.shape(*shape)
        if shape.ok:
            yield case.law(*close(answer, case.log_p, case.given.dtype, case.scale))

    mistakes = (
        wrong(
            "the matrix not inverted",
            {
                "affine_forward": lambda x, A, b: _log_normal((x - b) @ A.T) - torch.linalg.slogdet(A)[1],
                "affine_reverse": lambda x, W, c: (
                    _log_normal(torch.linalg.solve(W, (x - c).T).T) + torch.linalg.slogdet(W)[1]
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
    )


# --- the Jacobian of any map -----------------------------------------------------------------------------------


def _jacobians(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """(B, D, D), in the graph of x."""
    x = x if x.requires_grad else x.detach().requires_grad_()
    z = f(x)
    rows = [torch.autograd.grad(z[:, i].sum(), x, create_graph=True)[0] for i in range(z.shape[1])]
    return torch.stack(rows, dim=1)


def _diagonal(f: Callable, x: torch.Tensor) -> torch.Tensor:
    return _jacobians(f, x).diagonal(dim1=1, dim2=2).abs().log().sum(1)


def _summed(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """The Jacobian of the outputs summed over the batch, with the axes (output, batch, input)."""
    return torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x, create_graph=True)


def _signed_ladj(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """NaN where the determinant is negative, gradients included."""
    sign, log_abs = torch.linalg.slogdet(_jacobians(f, x))
    return log_abs * torch.where(sign > 0, 1.0, math.nan)


def _ladj(f: Callable, x: torch.Tensor) -> torch.Tensor:
    return torch.linalg.slogdet(_jacobians(f, x))[1]


@exercise("cov.log_abs_det_jacobian", ("log_abs_det_jacobian",))
class LogAbsDetJacobian(Exercise):
    """log |det ∂f/∂x| at every row of x. The oracle differentiates by difference quotients with fifty digits."""

    shape = gate("the result has one number for each row of x")
    value = pays("every row gets the logarithm of its own |det J|, also where the determinant underflows", 1)
    graph = pays("the result can be differentiated once more, as training needs", 1)

    hints = (
        "Row i of the Jacobian is the gradient of output i. How many gradients does a batch of B points need, B·D or D?",
        "The rows of x do not interact, so the gradient of a sum over the batch holds every row's own gradient.",
        "torch.linalg gives sign and logarithm of a determinant. And a gradient can itself be differentiated, if you ask for its graph.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        shear = _net("shear", (2.0,), PYTHON)
        linear = self._linear(np.array([[0.0, 2.0], [3.0, 1.0]]), np.zeros(2), PYTHON, "cpu")
        yield self._value(linear, _tensor([[1.0, 0.0]], PYTHON))
        yield self._value(shear, _tensor([[1.0, 0.0], [0.0, 1.0]], PYTHON))
        for dtype, device in arithmetic():
            few = list(self._maps(rng, dtype, device))[:: 1 if dtype is torch.float64 else 2]
            for number_of, f in enumerate(few):
                d = (
                    3
                    if f.architecture in ("triangular", "wave")
                    else len(f.weights[-1])
                    if f.architecture == "linear"
                    else 2
                )
                batch = (1, d, 4)[number_of % 3]
                x = _tensor(rng.uniform(-1.2, 1.2, size=(batch, d)), dtype, device)
                yield self._value(f, x)
                if f.architecture in ("planar", "coupling", "triangular"):
                    cotangent = _tensor(rng.normal(size=batch), dtype, device)
                    asked = grad("log_abs_det_jacobian", ("x",), cotangent, f=f, x=x)
                    yield case(asked, about=(self.shape, self.graph), law=self.graph, f=f, x=x, cotangent=cotangent)
            d = 120 if dtype is torch.float64 else 24
            f = _net("wave", (1e-3, 4e-4), dtype, device)
            yield self._value(f, _tensor(rng.uniform(-1, 1, size=(1, d)), dtype, device))

    def _maps(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Net]:
        yield self._linear(_matrix(rng, 3), rng.normal(size=3), dtype, device)
        yield self._linear(_matrix(rng, 2, -1), rng.normal(size=2), dtype, device)
        yield _net("swirl", (float(rng.normal()), _signed(rng, 0.3, 0.8)), dtype, device)
        yield _net("coupling", (float(rng.uniform(0.3, 1)),), dtype, device)
        yield _net("triangular", (float(rng.uniform(0.3, 0.9)),), dtype, device)
        yield _net("wave", (_signed(rng, 1, 2), _signed(rng, 0.2, 0.7)), dtype, device)
        w = rng.normal(size=2)
        u = w / (w @ w) * _signed(rng, 0.2, 0.7) + rng.uniform(-0.3, 0.3) * np.array([-w[1], w[0]])
        yield Net("planar", (_tensor(u, dtype, device), _tensor(w, dtype, device)), "x + u tanh(w·x)")

    @staticmethod
    def _linear(A: np.ndarray, b: np.ndarray, dtype: torch.dtype, device: str) -> Net:
        return Net("linear", (_tensor(A, dtype, device), _tensor(b, dtype, device)), f"A x + b with A = {show(A)}")

    def _value(self, f: Net, x: torch.Tensor) -> Case:
        asked = call("log_abs_det_jacobian", f, x)
        return case(asked, about=(self.shape, self.value), law=self.value, f=f, x=x)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.law is self.graph:
            answer, gradient = (
                (answer.get(key) for key in ("value", "gradients")) if isinstance(answer, dict) else (None, None)
            )
        shape = has_shape(answer, tuple(case.x.shape[:1]), case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        yield self._judge_value(case, answer) if case.law is self.value else self._judge_gradient(case, gradient)

    def _judge_value(self, case: Case, answer: Any) -> Finding:
        f = _precise(case.f)
        if case.f.architecture == "wave":  # entry by entry: the Jacobian is diagonal
            with mpmath.workdps(DIGITS):
                slopes = [[f.jacobian([mpmath.mpf(float(v))])[0][0] for v in row] for row in exact(case.x)]
            ladj = np.array([float(mpmath.fsum(mpmath.log(abs(s)) for s in row)) for row in slopes])
            scale = abs(ladj) + 16 * case.x.shape[1]
        else:
            matrices = [f.jacobian(row.tolist()) for row in exact(case.x)]
            ladj = np.array([float(mpmath.log(abs(determinant(m)))) for m in matrices])
            worst = max(np.linalg.cond(np.array(m, dtype=float)) for m in matrices)
            scale = abs(ladj) + 4 * case.x.shape[1] * (1 + worst)
        return self.value(*close(answer, ladj, case.x.dtype, scale))

    def _judge_gradient(self, case: Case, gradient: Any) -> Finding:
        gradient = gradient.get("x") if isinstance(gradient, dict) else None
        if gradient is None:
            return self.graph(False, "a gradient with respect to x", "none",
                              why="Nothing that is computed from the result can train f.")  # fmt: skip
        f, step = _precise(case.f), mpmath.mpf(10) ** -10
        expected = np.zeros(case.x.shape)
        with mpmath.workdps(DIGITS):
            for (b, j), _ in np.ndenumerate(expected):
                x = digits(exact(case.x)[b].tolist())
                ahead, behind = ([*x[:j], x[j] + s, *x[j + 1 :]] for s in (step, -step))
                expected[b, j] = float((f.ladj(ahead) - f.ladj(behind)) / (2 * step)) * float(case.cotangent[b])
        return self.graph(*near(gradient, expected.round(12), 1e-3))

    mistakes = (
        wrong(
            "only the diagonal",
            lambda f, x: _diagonal(f, x),
            "The diagonal entries were multiplied. That is the determinant of triangular matrices only; in general the other entries count.",
            also=(lambda f, x: _diagonal(f, x).detach(),),
        ),
        wrong(
            "no absolute value",
            lambda f, x: torch.logdet(_jacobians(f, x)),
            "A map that mirrors has a negative determinant, whose logarithm is NaN. Take the absolute value.",
            also=(
                lambda f, x: torch.logdet(_jacobians(f, x)).detach(),
                lambda f, x: torch.linalg.det(_jacobians(f, x)).log(),
                lambda f, x: _signed_ladj(f, x),
                lambda f, x: _signed_ladj(f, x).detach(),
            ),
        ),
        wrong(
            "one number for the whole batch",
            lambda f, x: _ladj(f, x).sum().expand(len(x)),
            "The log-determinants of all rows were added up: that is the Jacobian of the batch as one big point. Each row has its own.",
            also=(
                lambda f, x: _ladj(f, x).mean().expand(len(x)),
                lambda f, x: _ladj(f, x).detach().sum().expand(len(x)),
            ),
        ),
        wrong(
            "the axes of the batch",
            lambda f, x: torch.linalg.slogdet(_summed(f, x))[1],
            "The gradient of the summed outputs has the axes (output, batch, input): move the batch to the front before you take determinants.",
            also=(lambda f, x: torch.linalg.slogdet(_summed(f, x))[1].detach(),),
        ),
        wrong(
            "the determinant before its logarithm",
            lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().log(),
            "The determinant has underflowed to 0 before its logarithm was taken. torch.linalg.slogdet never forms it.",
            also=(lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().log().detach(),),
        ),
        wrong(
            "the determinant, not its logarithm",
            lambda f, x: torch.linalg.det(_jacobians(f, x)).abs(),
            "This is |det J|. Its logarithm is asked for.",
            also=(lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().detach(),),
        ),
        wrong(
            "cut off from its graph",
            lambda f, x: _ladj(f, x).detach(),
            "The values are right, but no gradient can pass: the Jacobian must be computed with its graph (create_graph=True), and x must not be detached.",
        ),
    )


# --- more than one preimage ------------------------------------------------------------------------------------


def _square_terms(x: torch.Tensor, c: float) -> tuple[torch.Tensor, torch.Tensor]:
    """log densities of the two preimages, and √x; x is taken positive."""
    root = x.clamp_min(torch.finfo(x.dtype).tiny).sqrt()
    return torch.stack([-((c + sign * root) ** 2) / 2 - HALF_LOG_2PI for sign in (1, -1)]), root


def _on_support(x: torch.Tensor, inside: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    return torch.where(inside, log_p, torch.full_like(log_p, -math.inf))


def _square(x: torch.Tensor, c: float, combine: Callable) -> torch.Tensor:
    terms, root = _square_terms(x, c)
    return _on_support(x, x > 0, combine(terms, root))


def _folds(x: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    """log N(W⁻¹ (s ∘ x)) for every pattern s of signs, (2^D, B)."""
    signs = torch.tensor(list(itertools.product((1, -1), repeat=x.shape[1])), dtype=x.dtype, device=x.device)
    return torch.stack([_log_normal(torch.linalg.solve(W, (s * x).T).T) for s in signs])


def _folded(x: torch.Tensor, W: torch.Tensor, combine: Callable, det: float = 1.0) -> torch.Tensor:
    log_p = combine(_folds(x, W)) - det * torch.linalg.slogdet(W)[1]
    return _on_support(x, (x >= 0).all(1), log_p)


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

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._square_case(_tensor([1.0, 4.0, -1.0], PYTHON), 1.0)
        yield self._folded_case(_tensor([[1.0, 2.0]], PYTHON), _tensor([[1.0, 0.0], [1.0, 1.0]], PYTHON))
        for dtype, device in arithmetic():
            for shape in ((6,), (2, 3), ()):
                x = rng.uniform(0.05, 9, size=shape) * rng.choice([1, 1, -1], size=shape)
                yield self._square_case(_tensor(x, dtype, device), _signed(rng, 0.3, 2))
            far = float(rng.uniform(45, 60))
            yield self._square_case(_tensor([1.0, 4.0, far**2, -3.0], dtype, device), far * float(rng.choice([-1, 1])))
            for batch, d in ((4, 1), (2, 2), (3, 3), (5, 4)):
                x = rng.uniform(0.1, 2, size=(batch, d))
                x[-1, int(rng.integers(d))] *= -1.0 if d > 2 else rng.choice([1, -1])
                x[0] *= 1.0 if d == 3 else 60.0 if d == 2 else 1.0
                yield self._folded_case(_tensor(x, dtype, device), _tensor(_matrix(rng, d), dtype, device))
        yield self._folded_case(_tensor(rng.uniform(0.1, 2, size=(2, 6)), PYTHON), _tensor(_matrix(rng, 6), PYTHON))
        negative = -rng.uniform(0.1, 1, size=(2, 2))
        yield self._folded_case(_tensor(negative, PYTHON), _tensor(_matrix(rng, 2), PYTHON))

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
        low, high = (mpmath.sqrt(x * (1 + s * _HAIR)) for s in (-1, 1))
        standard = Net("log_normal", (torch.tensor(0.0), torch.tensor(1.0)))
        mass = _mass_between(standard, c + low, c + high) + _mass_between(standard, c - high, c - low)
        return float(mpmath.log(mass / (2 * _HAIR * x)))

    def _judge_folded(self, case: Case, answer: Any) -> Finding:
        x, W = exact(case.x), exact(case.W)
        signs = itertools.product((1, -1), repeat=x.shape[1])
        each = np.stack([_log_normal_cov(x * np.array(s), W @ W.T) for s in signs])
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
                "log_p_folded": lambda x, W: _on_support(
                    x,
                    (x >= 0).all(1),
                    _log_normal(torch.linalg.solve(W, x.T).T) + x.shape[1] * math.log(2) - torch.linalg.slogdet(W)[1],
                )
            },
            "Flipping signs of z does not lead to the other preimages, and by symmetry only counts the first one 2^D times: the absolute value is taken of W z, so the signs belong to x.",
        ),
    )


# --- mass that never arrives -----------------------------------------------------------------------------------


def _det(A: torch.Tensor) -> float:
    return float(torch.linalg.det(A))


def _det_by_numpy(A: torch.Tensor) -> float:
    return float(np.linalg.det(A.cpu().numpy()))


def _mass_if(A: torch.Tensor, tiny: float) -> float:
    return _box_mass(A) if abs(_det(A)) > tiny else 0.0


def _between(low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    return torch.special.ndtr(high.double()) - torch.special.ndtr(low.double())


@exercise("cov.mass_lost", ("mass_kept", "sigmoid_flow_mass"))
class MassLost(Exercise):
    """∫ p_X = P(z ∈ image of the reverse map). The oracle integrates the model's density over x, by quadrature."""

    one = gate("mass_kept returns a number")
    kept = pays("mass_kept is the integral of the model's density over all x", 1)
    another = gate("sigmoid_flow_mass returns a number")
    sigmoid = pays("sigmoid_flow_mass is the integral of the model's density for any A, singular ones included", 1)

    hints = (
        "Substitute z = g(x) in the integral of p_Z(g(x)) |det J_g(x)|. Over which z does the new integral run?",
        "The coordinates of z are independent under N(0, I): the mass of a box is a product.",
        "Which box does x ↦ σ(A x) fill if A is invertible? What does it fill if A is not, and what is the volume of that?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._box(_tensor([0.0, 0.0], PYTHON), _tensor([1.0, 1.0], PYTHON))
        yield self._matrix_case(_tensor([[1.0, 2.0], [2.0, 4.0]], PYTHON), False)
        yield self._matrix_case(_tensor([[1.0, 2.0], [2.0, 3.0]], PYTHON), True)
        for dtype, device in arithmetic():
            for d in (1, 2, 3, 5):
                low = rng.uniform(-2.5, 1, size=d)
                high = low + rng.uniform(0.5, 3, size=d)
                if d > 1:
                    low[0], high[-1] = -math.inf, math.inf
                yield self._box(_tensor(low, dtype, device), _tensor(high, dtype, device))
            for d in (1, 2, 3):
                for scale in (1.0, 3e-4):
                    yield self._matrix_case(_tensor(scale * _matrix(rng, d), dtype, device), True)
                if d > 1:
                    yield self._matrix_case(_tensor(self._singular(rng, d), dtype, device), False)

    @staticmethod
    def _singular(rng: np.random.Generator, d: int) -> np.ndarray:
        """Whole numbers over 1024, so that the matrix is exactly singular; its rounded determinant is not 0."""
        while True:
            A = rng.integers(-99, 100, size=(d, d - 1)) @ rng.integers(-99, 100, size=(d - 1, d)) / 1024
            types = (torch.float32, torch.float64)
            rounded = [det(_tensor(A, dtype)) for dtype in types for det in (_det, _det_by_numpy)]
            if np.linalg.svd(A)[1][d - 2] > 0.1 and all(rounded):
                return A

    def _box(self, low: torch.Tensor, high: torch.Tensor) -> Case:
        return case(call("mass_kept", low, high), about=(self.one, self.kept), ends=(exact(low), exact(high)))

    def _matrix_case(self, A: torch.Tensor, invertible: bool) -> Case:
        return case(
            call("sigmoid_flow_mass", A), about=(self.another, self.sigmoid), ends=None, d=len(A), invertible=invertible
        )

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        is_box = case.ends is not None
        found = number(answer)
        yield (self.one if is_box else self.another)(found is not None, "a number", kind_of(answer))
        if found is None:
            return
        ends = zip(*case.ends, strict=True) if is_box else [(0.0, 1.0)] * case.d
        expected = math.prod(self._integral(float(a), float(b)) for a, b in ends)
        if not is_box and not case.invertible:
            expected = 0.0  # det J_g = det A · (…) = 0 at every x
        ok = abs(found - expected) <= 1e-6 * max(expected, 1e-3)
        yield (self.kept if is_box else self.sigmoid)(ok, show(expected), show(found))

    @staticmethod
    @functools.lru_cache(maxsize=256)  # most of them run from 0 to 1
    def _integral(low: float, high: float) -> float:
        """∫ N(g(x); 0, 1) g′(x) dx for a smooth one-to-one g from the line onto (low, high), by the trapezoidal rule.

        The g used: x itself, low + eˣ, high − e⁻ˣ or low + (high − low) σ(x), according to which ends are finite.
        """
        x = np.linspace(-40, 40, 4001)
        if math.isinf(low) and math.isinf(high):
            g, slope = x, np.ones_like(x)
        elif math.isinf(high):
            g, slope = low + np.exp(x), np.exp(x)
        elif math.isinf(low):
            g, slope = high - np.exp(-x), np.exp(-x)
        else:
            g, slope = low + (high - low) * special.expit(x), (high - low) * special.expit(x) * special.expit(-x)
        return float((np.exp(-(g**2) / 2 - HALF_LOG_2PI) * slope).sum() * (x[1] - x[0]))

    mistakes = (
        wrong(
            "nothing is lost",
            {
                "mass_kept": lambda low, high: 1.0,
                "sigmoid_flow_mass": lambda A: 1.0,
            },
            "One-to-one is not enough for a density: base points outside the image belong to no x, and their mass is missing in the integral.",
        ),
        wrong(
            "the mass lost, not the mass kept",
            {
                "mass_kept": lambda low, high: 1 - float(_between(low, high).prod()),
                "sigmoid_flow_mass": lambda A: 1 - _box_mass(A) * bool(torch.linalg.matrix_rank(A) == len(A)),
            },
            "This is what is missing. The integral of the model's density is what is left.",
        ),
        wrong(
            "one coordinate stands for all",
            {
                "mass_kept": lambda low, high: float(_between(low, high)[0]),
                "sigmoid_flow_mass": lambda A: _box_mass(A[:1, :1]) * bool(torch.linalg.matrix_rank(A) == len(A)),
            },
            "All coordinates must land in their intervals at once: the probabilities are multiplied.",
        ),
        wrong(
            "the volume of the box",
            {"mass_kept": lambda low, high: float((high - low).prod()), "sigmoid_flow_mass": lambda A: float(torch.linalg.matrix_rank(A) == len(A))},
            "This is the volume of the image. The base is N(0, I), not uniform: a volume weighs what the base puts there.",
        ),
        wrong(
            "the matrix changes the mass",
            {"sigmoid_flow_mass": lambda A: _box_mass(A) * float(torch.linalg.det(A).abs())},
            "|det A| stands in the density, and the substitution z = g(x) uses it up. Only the image matters, and every invertible A has the same one.",
        ),
        wrong(
            "singular matrices not noticed",
            {"sigmoid_flow_mass": lambda A: _box_mass(A)},
            "A singular A sends all x onto a curve or surface inside the box. It has no volume, the Jacobian's determinant is 0 everywhere, and so is the density.",
        ),
        wrong(
            "a rounded determinant trusted",
            {"sigmoid_flow_mass": lambda A: _mass_if(A, 0.0)},
            "Elimination rounds, so the determinant of a singular matrix comes out as 10⁻¹⁷ or so and rarely as 0. Ask for the rank, which knows about rounding.",
        ),
        wrong(
            "a small determinant taken for none",
            {"sigmoid_flow_mass": lambda A: _mass_if(A, 1e-8)},
            "10⁻³ times a rotation is perfectly invertible, and its determinant is tiny in three dimensions. What counts is how the singular values compare, that is the rank.",
            also=(
                {"sigmoid_flow_mass": lambda A: _mass_if(A.double(), 1e-8)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A, 1e-6)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A.double(), 1e-6)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A, 1e-3)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A.double(), 1e-3)},
            ),
        ),
    )  # fmt: skip


def _box_mass(A: torch.Tensor) -> float:
    return (float(special.ndtr(1.0)) - 0.5) ** len(A)


# --- the log-normal --------------------------------------------------------------------------------------------


def _lognormal_pdf(z: Any, mu: Any, sigma: Any, variance: bool = False) -> torch.Tensor:
    """log density, −∞ off the support, with gradients that stay finite there. variance: takes sigma for sigma²."""
    z, mu, sigma = _alike(z, mu, sigma)
    sigma = sigma**2 if variance else sigma
    inside = z > 0
    log_z = torch.where(inside, z, torch.ones_like(z)).log()
    log_p = -((log_z - mu) ** 2) / (2 * sigma**2) - log_z - torch.log(sigma) - HALF_LOG_2PI
    return _on_support(z, inside, log_p)


def _lognormal_cdf(z: Any, mu: Any, sigma: Any, u: Callable | None = None) -> torch.Tensor:
    z, mu, sigma = _alike(z, mu, sigma)
    u = u or (lambda log_z, mu, sigma: (log_z - mu) / sigma)
    log_z = torch.where(z > 0, z, torch.ones_like(z)).log()
    return torch.where(z > 0, torch.special.ndtr(u(log_z, mu, sigma)), torch.zeros_like(z))


def _alike(z: torch.Tensor, mu: Any, sigma: Any) -> tuple[torch.Tensor, ...]:
    return torch.broadcast_tensors(*(torch.as_tensor(v, dtype=z.dtype, device=z.device) for v in (z, mu, sigma)))


@exercise("cov.lognormal_density", ("lognormal_log_pdf", "lognormal_cdf"))
class LognormalDensity(Exercise):
    """z = exp(mu + sigma eps). The oracle knows that log z is normal, and weighs the mass of tiny intervals of z."""

    shape = gate("the results have the broadcast shape of z, mu and sigma")
    density = pays("lognormal_log_pdf is the log density, and −∞ where z ≤ 0", 1)
    gradient = pays("its gradients in mu and sigma are right, and finite where z ≤ 0", 1)
    cdf = pays("lognormal_cdf is the probability of a value up to z", 1)

    hints = (
        "g(z) = log z is a normalising map onto N(mu, sigma²): use your own formula for the reverse direction.",
        "P(Z ≤ z) = P(log Z ≤ log z), and log Z is normal. What is P(Z ≤ z) if z is negative?",
        "torch.where computes both branches and differentiates both: give the logarithm a harmless number where z ≤ 0.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        z = _tensor([1.0, 2.0, -1.0], PYTHON)
        for of in ("lognormal_log_pdf", "lognormal_cdf"):
            yield self._values(of, z, 0.0, 0.5)
        for dtype, device in arithmetic():
            for shapes in (((6,), (), ()), ((4,), (4,), (4,)), ((3, 1), (4,), (3, 4)), ((3, 3), (3,), (3, 1))):
                z, mu, sigma = self._point(rng, shapes, dtype, device)
                for of in ("lognormal_log_pdf", "lognormal_cdf"):
                    yield self._values(of, z, mu, sigma)
                cotangent = _tensor(rng.normal(size=np.broadcast_shapes(*shapes)), dtype, device)
                asked = grad("lognormal_log_pdf", ("mu", "sigma"), cotangent, z=z, mu=mu, sigma=sigma)
                yield case(
                    asked,
                    about=(self.shape, self.gradient),
                    law=self.gradient,
                    z=z,
                    mu=mu,
                    sigma=sigma,
                    cotangent=cotangent,
                )
            z = _tensor([0.0, 1e-30, 1e-3, 40.0, 1e6, -3.0], dtype, device)
            for of in ("lognormal_log_pdf", "lognormal_cdf"):
                yield self._values(of, z, float(rng.normal()), float(rng.uniform(1.5, 3)))

    @staticmethod
    def _point(rng: np.random.Generator, shapes: tuple, dtype: torch.dtype, device: str) -> tuple[torch.Tensor, ...]:
        """Both signs and an exact 0 among the z; sigma well away from 1, where sigma² would be the same."""
        z = np.exp(rng.normal(size=shapes[0]))
        flat = z.reshape(-1)
        flat[0], flat[-1] = -flat[0], 0.0
        sigma = rng.uniform(0.3, 0.7, size=shapes[2]) * rng.choice([1, 4], size=shapes[2])
        return tuple(_tensor(v, dtype, device) for v in (z, rng.normal(size=shapes[1]), sigma))

    def _values(self, of: str, z: torch.Tensor, mu: Any, sigma: Any) -> Case:
        law = self.density if of == "lognormal_log_pdf" else self.cdf
        return case(call(of, z, mu, sigma), about=(self.shape, law), law=law, z=z, mu=mu, sigma=sigma)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        gradients = None
        if case.law is self.gradient:
            answer, gradients = (
                (answer.get(key) for key in ("value", "gradients")) if isinstance(answer, dict) else (None, None)
            )
        z, mu, sigma = np.broadcast_arrays(*(exact(v) for v in (case.z, case.mu, case.sigma)))
        shape = has_shape(answer, z.shape, case.z)
        yield self.shape(*shape)
        if shape.ok:
            judge = {self.density: self._judge_density, self.cdf: self._judge_cdf}.get(case.law)
            yield judge(case, answer, z, mu, sigma) if judge else self._judge_gradient(case, gradients, z, mu, sigma)

    def _judge_density(self, case: Case, answer: Any, z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> Finding:
        log_p, scale = np.full(z.shape, -np.inf), np.ones(z.shape)
        with mpmath.workdps(DIGITS):
            for i in np.argwhere(z > 0):
                at = tuple(i)
                base = Net("log_normal", (torch.tensor(mu[at]), torch.tensor(sigma[at])))
                middle = mpmath.log(mpmath.mpf(z[at]))  # log z moves by a hair while z moves by z times a hair
                log_p[at] = _log_density(base, middle - _HAIR, middle + _HAIR, 2 * _HAIR * mpmath.mpf(z[at]))
                u, log_z = abs(float(middle) - mu[at]) / sigma[at], abs(float(middle))
                scale[at] = 4 * (1 + log_z + abs(math.log(sigma[at])) + u * (log_z + abs(mu[at])) / sigma[at] + u**2)
        return self.density(*close(answer, log_p, case.z.dtype, scale))

    def _judge_cdf(self, case: Case, answer: Any, z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> Finding:
        """As the integral of N(mu, sigma²) up to log z, by scipy's normal distribution function."""
        log_z = np.log(np.where(z > 0, z, 1))
        below = np.where(z > 0, special.ndtr((log_z - mu) / sigma), 0.0)
        return self.cdf(*close(answer, below, case.z.dtype, np.where(z > 0, 1 + (abs(log_z) + abs(mu)) / sigma, 0)))

    def _judge_gradient(self, case: Case, gradients: Any, z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> Finding:
        """Where z > 0, by central differences of the normal's log density at log z; 0 elsewhere."""
        log_z, h = np.log(np.where(z > 0, z, 1)), 1e-4
        weight = exact(case.cotangent) * (z > 0)

        def log_p(mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
            return -0.5 * ((log_z - mu) / sigma) ** 2 - np.log(sigma)

        each = {
            "mu": (log_p(mu + h, sigma) - log_p(mu - h, sigma)) / (2 * h),
            "sigma": (log_p(mu, sigma + h * sigma) - log_p(mu, sigma - h * sigma)) / (2 * h * sigma),
        }
        for name, given in (("mu", case.mu), ("sigma", case.sigma)):
            expected = _unbroadcast(weight * each[name], given.shape)
            came = gradients.get(name) if isinstance(gradients, dict) else None
            verdict = near(came, expected, 1e-3)
            if not verdict.ok:
                return self.gradient(*verdict, why=f"The gradient with respect to {name}.")
        return self.gradient(True)

    mistakes = (
        wrong(
            "the variance for the standard deviation",
            {
                "lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, sigma, variance=True),
                "lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v - m) / s**2),
            },
            "sigma² stands where sigma belongs: the standard deviation of log z is sigma.",
            also=(
                {"lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, torch.as_tensor(sigma) ** 0.5)},
                {"lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v - m) / s**0.5)},
            ),
        ),
        wrong(
            "the slope of the logarithm forgotten",
            {"lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, sigma) + torch.where(z > 0, z, torch.ones_like(z)).log()},
            "This is the normal density of log z. As a density of z it needs the slope of log z, which is 1/z.",
        ),
        wrong(
            "NaN off the support",
            {
                "lognormal_log_pdf": lambda z, mu, sigma: torch.where(z > 0, _lognormal_pdf(z, mu, sigma), math.nan * _lognormal_pdf(z, mu, sigma)),
                "lognormal_cdf": lambda z, mu, sigma: torch.where(z > 0, _lognormal_cdf(z, mu, sigma), math.nan * _lognormal_cdf(z, mu, sigma)),
            },
            "The logarithm of a negative number is NaN, and that of 0 is −∞, which the formula turns into anything. Where z ≤ 0 the density is 0 and so is the distribution function: say so explicitly.",
            also=(
                {"lognormal_log_pdf": lambda z, mu, sigma: -((torch.log(z) - mu) ** 2) / (2 * sigma**2) - torch.log(z) - torch.log(torch.as_tensor(sigma)) - HALF_LOG_2PI},
                {"lognormal_cdf": lambda z, mu, sigma: torch.special.ndtr((torch.log(z) - mu) / sigma)},
            ),
        ),
        wrong(
            "the density, not its logarithm",
            {"lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, sigma).exp()},
            "This is the density. Its logarithm is asked for, which is −∞ where the density is 0.",
        ),
        wrong(
            "the branch not taken still has a gradient",
            {"lognormal_log_pdf": lambda z, mu, sigma: _leaking_pdf(z, mu, sigma)},
            "The values are right but gradients are NaN: torch.where differentiates the branch it does not take, and 0 times NaN is NaN. Replace z by 1 where z ≤ 0, before the logarithm.",
        ),
        wrong(
            "the root of two forgotten",
            {"lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v - m) / s * math.sqrt(2))},
            "erf belongs to a normal with variance ½: its argument is (log z − mu) / (sigma √2).",
        ),
        wrong(
            "the logarithm forgotten",
            {"lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v.exp() - m) / s)},
            "This is the distribution function of a normal z. It is log z that is normal.",
        ),
    )  # fmt: skip


def _leaking_pdf(z: torch.Tensor, mu: Any, sigma: Any) -> torch.Tensor:
    z, mu, sigma = _alike(z, mu, sigma)
    log_p = -((torch.log(z) - mu) ** 2) / (2 * sigma**2) - torch.log(z) - torch.log(sigma) - HALF_LOG_2PI
    return _on_support(z, z > 0, log_p)


def _unbroadcast(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The sum over all axes along which `shape` was stretched."""
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and array.shape[i] != 1)
    return array.sum(axis=stretched, keepdims=True) if stretched else array


# --- is it a flow? ---------------------------------------------------------------------------------------------

REASONS = ("valid", "collision", "singular", "mass")
APART, RADIUS = 0.1, 10.0  # how far apart two inputs must be, and how far out
SIX_DIGITS = 1e-6

_SPOILT = {  # kind of an invalid map -> what may be said of it when it was called valid
    "constant": "With these parameters whole intervals of x share an image.",
    "even": "Two inputs have the same image.",
    "folded": "With these parameters the map turns back: two inputs have the same image.",
    "singular": "It squeezes all of x into something flat, so inputs share images and no volume is left.",
    "flat": "It is one-to-one and onto, but its inverse has no derivative everywhere: look for a point where det J = 0.",
    "into": "It is one-to-one, but its images leave out part of the base.",
    "wrapped": "det J never vanishes, so it is one-to-one near every point, and yet not on the whole.",
}
_MISSED = {  # kind of an invalid map -> the mistake of one who calls it valid
    "flat": "a bijection is enough",
    "into": "the image is not compared with the base",
    "wrapped": "a determinant that never vanishes is enough",
}
_ACCUSED = {  # kind of a valid map -> the mistake of one who calls it invalid
    "mirrored": "a negative determinant is refused",
    "unit": "keeping volumes is refused",
    "kinked": "a kink is taken for a flaw",
    "matched": "the base is not looked at",
}


def _point(value: Any, d: int) -> list[float] | None:
    """d finite numbers; for d = 1 a single number will do."""
    found = values(value)
    if found is None or found.size != d or not np.isfinite(found).all():
        return None
    return found.reshape(-1).tolist()


def _two_points(value: Any, d: int) -> tuple[list[float], list[float]] | None:
    if not isinstance(value, (tuple, list)) and values(value) is not None and values(value).shape[:1] == (2,):
        value = list(values(value))
    points = [_point(v, d) for v in value] if isinstance(value, (tuple, list)) and len(value) == 2 else [None]
    return (points[0], points[1]) if None not in points else None


@exercise("cov.is_valid_flow", ("is_valid_flow",), kind="witness")
class IsValidFlow(Exercise):
    """Valid: one-to-one, det J ≠ 0, onto the support of the base. An invalid map is convicted by a witness, which is
    evaluated with fifty digits from the exact values of the floats given: what only rounding or saturation makes equal,
    and what only underflow makes zero, convicts nobody.
    """

    verdict = gate("the answer is a pair of a verdict (valid, collision, singular or mass) and its witness")
    line = pays("on the line: every valid map is called valid, every other is convicted by a witness that stands", 1)
    space = pays(
        "in two and three dimensions: every valid map is called valid, every other is convicted by a witness that stands",
        1,
    )

    hints = (
        "Go through the maps one by one: for which parameters is the derivative never 0, for which does it change its sign, "
        "and for which does it touch 0 without changing it?",
        "Three things can go wrong, and they are independent: two inputs with one image, a point where the Jacobian's "
        "determinant is 0, and a part of the base that no x reaches. The base decides what has to be reached.",
        "Look for symmetries: a map that depends on x only through x², through cos x, or through a combination of the "
        "coordinates cannot tell certain inputs apart. Where there is none, find a root with a bracketing solver.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for law, questions in ((self.line, pool.on_the_line(rng)), (self.space, pool.in_space(rng))):
            for q in questions:
                asked = call("is_valid_flow", q.name, q.params, q.base)
                yield case(asked, about=(self.verdict, law), law=law, q=q)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2 and answer[0] in REASONS
        yield self.verdict(pair, 'a pair like ("valid", None)', show(answer))
        if pair:
            yield self._convict(case, *answer)

    def _convict(self, case: Case, reason: str, witness: Any) -> Finding:
        q, came = case.q, show((reason, witness))
        wanted = "valid" if q.valid else "invalid, with a witness"
        if reason == "valid":
            mistake = None if q.valid else _MISSED.get(q.kind, "the name decides, not the parameters")
            return case.law(q.valid, wanted, came, why=_SPOILT.get(q.kind, ""), mistake=mistake)
        objection, mistake = getattr(self, f"_try_{reason}")(q, witness)
        if objection is None:
            return case.law(True, wanted, came)
        if q.valid:
            mistake = mistake or _ACCUSED.get(q.kind)
        return case.law(False, wanted, came, why=objection, mistake=mistake)

    @staticmethod
    def _try_collision(q: pool.Question, witness: Any) -> tuple[str | None, str | None]:
        points = _two_points(witness, q.dimension)
        if points is None:
            return (
                f"A collision is shown by two points x and y, each of {_numbers(q.dimension)}, all of them finite.",
                None,
            )
        x, y = points
        if max(math.hypot(*x), math.hypot(*y)) > RADIUS:
            return (
                "The points must lie within ‖x‖ ≤ 10: far out, floats overflow or saturate, and that proves nothing.",
                None,
            )
        m = meeting(q.map, x, y)
        if m.distance == 0:
            return "The two inputs are the same point: −0 is 0.", "the same point twice"
        if m.distance < APART:
            return (
                f"The two inputs are only {show(m.distance)} apart: near each other, images agree by continuity.",
                None,
            )
        if m.meets:
            return None, None
        if m.gap > 1e-5:
            return f"The two images differ by {show(m.gap)}, relative to their size.", None
        return (
            f"With fifty digits the two images differ, by {show(m.gap)} relative to their size, and moving the inputs by "
            "10⁻⁹ does not close that gap. In floating point they look equal: that is rounding or saturation, no collision.",
            "rounding is taken for a collision",
        )

    @staticmethod
    def _try_singular(q: pool.Question, witness: Any) -> tuple[str | None, str | None]:
        x = _point(witness, q.dimension)
        if x is None:
            return f"A singular point is given as x, of {_numbers(q.dimension)}, all of them finite.", None
        if math.hypot(*x) > RADIUS:
            return "The point must lie within ‖x‖ ≤ 10: far out, floats underflow to 0, and that proves nothing.", None
        singular, size = is_singular(q.map, x)
        if singular:
            return None, None
        if q.kind == "kinked":
            return "At a kink there are two slopes, one from each side, and neither is 0.", None
        return f"With fifty digits |det J| = {show(size)} at this point, which is not 0.", None

    @staticmethod
    def _try_mass(q: pool.Question, witness: Any) -> tuple[str | None, str | None]:
        share, gone = number(witness), pool.lost(q)
        if share is None or not math.isfinite(share):
            return "Lost mass is shown by one number: the share of the base that no x reaches.", None
        if gone > 0 and abs(share - gone) <= SIX_DIGITS * gone:
            return None, None
        other = pool.lost(replace(q, base="normal" if q.base == "uniform" else "uniform"))
        if q.name in ("logistic", "sigmoid") and other > 0 and abs(share - other) <= SIX_DIGITS * other:
            return (
                f"The base is {q.base} here. Under the other one this would be the mass lost.",
                "the base is not looked at",
            )
        if gone == 0:
            return "Nothing is lost: almost every point of the base is the image of some x.", None
        if abs(share - (1 - gone)) <= SIX_DIGITS:
            return (
                "This is the mass that arrives. The share that is lost is asked for.",
                "the mass kept, not the mass lost",
            )
        return (
            "This is not the share of the base outside the image, to six digits. It can be computed, not only sampled.",
            None,
        )

    mistakes = (
        wrong(
            "the image is not compared with the base",
            lambda name, params, base: _unless(name, params, base, mass=("valid", None)),
            "A map can be one-to-one and miss part of the base: points of the base that no x reaches carry mass, and the model's density then integrates to less than 1. Ask onto what the map maps, and where the base lives.",
        ),
        wrong(
            "a bijection is enough",
            lambda name, params, base: _unless(name, params, base, singular=("valid", None)),
            "x³ is a bijection, but its inverse ∛z has no derivative at 0: there the forward density is infinite and the log-determinant −∞. A flow needs det J ≠ 0 everywhere.",
        ),
        wrong(
            "a determinant that never vanishes is enough",
            lambda name, params, base: ("valid", None) if name == "spiral" else pool.answer(name, params, base),
            "det J ≠ 0 makes a map one-to-one near every point, not on the whole. Turning once around the origin leads back to the same image.",
        ),
        wrong(
            "the name decides, not the parameters",
            lambda name, params, base: ("valid", None) if name in ("affine", "power", "wave", "tanh", "leaky", "planar", "coupling") else pool.answer(name, params, base),
            "The same formula is a valid flow for some parameters and none for others. Compare the sizes and signs of the parameters that you are given.",
        ),
        wrong(
            "a negative determinant is refused",
            lambda name, params, base: ("singular", _origin(name, params)) if _is_mirrored(name, params) else pool.answer(name, params, base),
            "A negative determinant means that the map mirrors. Mirrors are invertible: only |det J| enters the density, and only 0 is forbidden.",
        ),
        wrong(
            "keeping volumes is refused",
            lambda name, params, base: ("mass", 1.0) if name in ("shear", "swirl") or params.get("a") == 1 else pool.answer(name, params, base),
            "A map with |det J| = 1 is a perfectly valid flow. On the line it can only shift and mirror, in the plane it can do much more.",
        ),
        wrong(
            "a kink is taken for a flaw",
            lambda name, params, base: ("singular", 0.0) if name == "leaky" and params["s"] > 0 else pool.answer(name, params, base),
            "At a kink the map has two slopes, neither of them 0. Such points have no volume, and densities do not mind: leaky ReLU is used in flows.",
        ),
        wrong(
            "the base is not looked at",
            lambda name, params, base: pool.answer(name, params, "normal"),
            "Whether mass is lost depends on the base: a map onto (0, 1) loses nothing if the base lives on (0, 1) as well.",
        ),
        wrong(
            "rounding is taken for a collision",
            lambda name, params, base: ("collision", ([7.0, 7.0], [6.5, 6.5])) if name == "rank_one" else pool.answer(name, params, base),
            "In floating point σ(40) is 1.0, and so is σ(38); as numbers they differ. Equality through rounding, saturation or underflow proves nothing: find two inputs whose images are equal by algebra.",
        ),
        wrong(
            "the same point twice",
            lambda name, params, base: ("collision", ([0.0, 1.0, 1.0], [-0.0, 1.0, 1.0])) if name == "exam" else pool.answer(name, params, base),
            "Replacing x1 by −x1 gives a different point only if x1 ≠ 0. (The solution in 001 says 'for any assignment'; at x1 = 0 it fails.)",
        ),
        wrong(
            "the mass kept, not the mass lost",
            lambda name, params, base: _unless(name, params, base, mass="kept"),
            "The witness is the mass that is lost: what the base has outside the image.",
        ),
    )  # fmt: skip


def _unless(name: str, params: dict[str, Any], base: str, **instead: Any) -> tuple[str, Any]:
    """The right answer, but something else where its verdict is named."""
    reason, witness = pool.answer(name, params, base)
    found = instead.get(reason, (reason, witness))
    return (reason, 1 - witness) if found == "kept" else found


def _is_mirrored(name: str, params: dict[str, Any]) -> bool:
    slope = params.get("a") if name in ("affine", "wave", "tanh") else None
    mirrored = (name == "linear" and np.linalg.det(np.array(params["A"])) < -1e-9) or name == "triangular"
    return mirrored or (slope is not None and slope < 0 and pool.answer(name, params, "normal")[0] == "valid")


def _origin(name: str, params: dict[str, Any]) -> Any:
    d = 3 if name == "triangular" else len(params["A"]) if name == "linear" else 1
    return 0.0 if d == 1 else [0.0] * d


def _numbers(d: int) -> str:
    return "one number" if d == 1 else f"{d} numbers"


# --- maps that keep volumes ------------------------------------------------------------------------------------

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)  # exact for polynomials up to degree 47
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
BANANA = 0.5  # the least |corr(x1², x2)|; for (z1, z2 + z1²) it is 2/√6 = 0.82, for every linear map it is 0


def _bend(z: torch.Tensor, curve: float = 1.0) -> torch.Tensor:
    return torch.stack([z[:, 0], z[:, 1] + curve * z[:, 0] ** 2], dim=1)


def _bent(bend: Callable, unbend: Callable, log_p: Callable) -> dict[str, Callable]:
    return {"bend": bend, "unbend": unbend, "log_p_bent": log_p}


@exercise(
    "cov.volume_preserving", ("bend", "unbend", "log_p_bent", "shift_or_reflection", "what_changes"), kind="witness"
)
class VolumePreserving(Exercise):
    """|det J| = 1: in the plane it makes bananas, on the line only shifts and reflections.

    The law of log p_X(X) is that of log p_Z(Z). Here it is judged exactly, without a statistical test: log_p_bent at
    bend(z) must equal log N(z) for every z, which is more than equality in distribution. Areas are judged by central
    differences of plain values of bend, the correlation by Gauss–Hermite quadrature (moments of z, not samples).
    """

    shape = gate("bend and unbend return points of the shape of theirs, log_p_bent one log density for each")
    banana = pays("bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5", 1)
    density = pays("log_p_bent is the density of X: every point carries the density of the z it came from", 1)
    two = gate("shift_or_reflection returns two numbers (s, b)")
    line = pays("shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift", 1)
    table = gate("what_changes returns a dictionary of three numbers: entropy, log_max, volume")
    changes = pays("entropy, maximum and volumes change as a constant ladj says, and stay if it is 0", 1)

    hints = (
        "Leave one coordinate alone and add to the other something that depends on the first only. What is the Jacobian's "
        "determinant?",
        "If |f′| = 1 everywhere and f′ is continuous, what can f′ be? Two values of f then tell everything.",
        "The density is multiplied by the same constant everywhere, and volumes by its inverse. The entropy is the mean of "
        "−log p.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._trip(_tensor([[1.0, 0.0], [0.0, 2.0]], PYTHON))
        yield self._area(np.array([[1.0, 0.5]]))
        z = np.stack(np.meshgrid(_NODES, _NODES, indexing="ij"), axis=-1).reshape(-1, 2)
        yield case(
            call("bend", _tensor(z, PYTHON)), about=(self.shape, self.banana), part="moments", z=_tensor(z, PYTHON)
        )
        yield self._area(rng.normal(size=(20, 2)) * 1.5)
        for dtype, device in arithmetic():
            for batch in (1, 2, 7):
                yield self._trip(_tensor(rng.normal(size=(batch, 2)) * 1.5, dtype, device))
        for a, b in ((1.0, 2.5), (-1.0, 0.75), (1.0, _signed(rng, 0.2, 5)), (-1.0, _signed(rng, 0.2, 5)), (-1.0, 0.0)):
            f = _net("affine", (a, b), PYTHON)
            yield case(call("shift_or_reflection", f), about=(self.two, self.line), part="line", a=a, b=b)
        for ladj in (0.0, 1.0, *rng.uniform(-2, 2, size=3)):
            yield self._gaussian(rng, float(ladj))

    def _trip(self, z: torch.Tensor) -> Case:
        """Forth, back, and the density on the way; what is forth is asked for twice, to be kept and to be seen."""
        there = Kept("bend(z)")
        asks = (keep("bend(z)", "bend", z), call("unbend", there), call("log_p_bent", there), call("bend", z))
        return case(*asks, about=(self.shape, self.banana, self.density), part="trip", z=z)

    def _area(self, z: np.ndarray) -> Case:
        """Four neighbours of each point, for central differences."""
        h = 1e-4
        stencil = np.concatenate([z + h * np.array(step) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))])
        given = _tensor(stencil, PYTHON)
        return case(call("bend", given), about=(self.shape, self.banana), part="area", z=given, h=h)

    def _gaussian(self, rng: np.random.Generator, ladj: float) -> Case:
        """N(0, Σ) in d dimensions before and after a linear map: entropy, maximum and the volume of an ellipsoid."""
        d = int(rng.integers(1, 4))
        A = _matrix(rng, d)
        A *= math.exp((ladj - np.linalg.slogdet(A)[1]) / d)
        before, radius = np.diag(rng.uniform(0.3, 3, size=d)), float(rng.uniform(0.5, 2))
        facts = [self._of_gaussian(covariance, radius) for covariance in (before, A @ before @ A.T)]
        asked = call("what_changes", *(round(v, 12) for v in facts[0]), ladj)
        return case(asked, about=(self.table, self.changes), part="changes", after=facts[1], ladj=ladj)

    @staticmethod
    def _of_gaussian(covariance: np.ndarray, radius: float) -> tuple[float, float, float]:
        """{log p > log_max − radius²/2} is the ellipsoid of all points whose Mahalanobis distance is below the radius."""
        d, log_det = len(covariance), float(np.linalg.slogdet(covariance)[1])
        ball = math.pi ** (d / 2) / math.gamma(d / 2 + 1) * radius**d
        return (
            0.5 * (d * (1 + math.log(2 * math.pi)) + log_det),
            -0.5 * (d * math.log(2 * math.pi) + log_det),
            ball * math.exp(log_det / 2),
        )

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.part}")(case, *answers)

    def _judge_trip(self, case: Case, kept: Any, back: Any, log_p: Any, x: Any) -> Iterator[Finding]:
        z, dtype = exact(case.z), case.z.dtype
        shapes = *(has_shape(v, z.shape, case.z) for v in (back, x)), has_shape(log_p, z.shape[:1], case.z)
        for verdict in shapes:
            yield self.shape(*verdict)
        if not all(verdict.ok for verdict in shapes):
            return
        scale = 8 * (1 + (z**2).sum(axis=1) ** 2)  # x2 = z2 + z1² is rounded before z1² is taken off again
        verdict = close(back, z, dtype, scale[:, None] * np.ones(2))
        twice = near(back, 2 * x.array - z, 1e-4).ok and not verdict.ok  # what bend adds to one coordinate, added again
        mistake = "the inverse bends once more" if twice else None
        yield self.banana(verdict.ok, f"unbend(bend(z)) = {verdict.expected}", verdict.got, mistake=mistake)
        expected = -0.5 * (z**2).sum(axis=1) - 2 * HALF_LOG_2PI
        yield self.density(*close(log_p, expected, dtype, scale * (1 + abs(z).max(axis=1))))

    def _judge_area(self, case: Case, x: Any) -> Iterator[Finding]:
        shape = has_shape(x, tuple(case.z.shape), case.z)
        yield self.shape(*shape)
        if shape.ok:
            right, left, up, down = np.split(x.array, 4)
            along, across = (right - left) / (2 * case.h), (up - down) / (2 * case.h)
            areas = abs(along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])
            good = abs(areas - 1) <= 1e-5 * (1 + abs(along).max(axis=1) * abs(across).max(axis=1))
            worst = areas[~good][0] if not good.all() else 1.0
            yield self.banana(good.all(), "|det J| = 1", f"|det J| = {show(float(worst))}", why="" if good.all() else "An area has changed.",
                              mistake=None if good.all() else "an area changes")  # fmt: skip

    def _judge_moments(self, case: Case, x: Any) -> Iterator[Finding]:
        shape = has_shape(x, tuple(case.z.shape), case.z)
        yield self.shape(*shape)
        if not shape.ok:
            return
        weights = np.outer(_WEIGHTS, _WEIGHTS).reshape(-1)
        square, x2 = x.array[:, 0] ** 2, x.array[:, 1]
        square, x2 = square - weights @ square, x2 - weights @ x2
        spread = math.sqrt(max(float((weights @ square**2) * (weights @ x2**2)), 1e-300))
        correlation = float(weights @ (square * x2)) / spread
        ok = abs(correlation) >= BANANA
        yield self.banana(ok, "|corr(X1², X2)| ≥ 0.5", f"corr(X1², X2) = {show(correlation)}", why="" if ok else "No banana yet.",
                          mistake=None if ok else "a linear map bends nothing")  # fmt: skip

    def _judge_line(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer)
        pair = found is not None and found.shape == (2,)
        yield self.two(pair, "two numbers (s, b)", kind_of(answer))
        if pair:
            yield self.line(*close(found, [case.a, case.b], torch.float32, 1 + abs(case.b)))

    def _judge_changes(self, case: Case, answer: Any) -> Iterator[Finding]:
        names = ("entropy", "log_max", "volume")
        found = (
            [number(answer[n]) for n in names] if isinstance(answer, dict) and answer.keys() == set(names) else [None]
        )
        kept = None not in found
        yield self.table(kept, "a dictionary with entropy, log_max, volume", kind_of(answer))
        if kept:
            verdict = near(np.array(found), case.after, 1e-5)
            both = ({n: show(v) for n, v in zip(names, vs, strict=True)} for vs in (case.after, found))
            yield self.changes(verdict.ok, *(", ".join(f"{n} {v}" for n, v in d.items()) for d in both))

    mistakes = (
        wrong(
            "an area changes",
            _bent(
                lambda z: torch.stack([z[:, 0], z[:, 1] * z[:, 0].exp() + z[:, 0] ** 2], dim=1),
                lambda x: torch.stack([x[:, 0], (x[:, 1] - x[:, 0] ** 2) * (-x[:, 0]).exp()], dim=1),
                lambda x: _log_normal(torch.stack([x[:, 0], (x[:, 1] - x[:, 0] ** 2) * (-x[:, 0]).exp()], dim=1)) - x[:, 0],
            ),
            "Somewhere |det J| is not 1: areas grow or shrink. Adding a function of the other coordinate keeps them, multiplying does not.",
            also=(
                _bent(
                    lambda z: 2 * _bend(z),
                    lambda x: _bend(x / 2, -1),
                    lambda x: _log_normal(_bend(x / 2, -1)) - math.log(4),
                ),
            ),
        ),
        wrong(
            "a linear map bends nothing",
            _bent(
                lambda z: torch.stack([z[:, 0], z[:, 1] + 2 * z[:, 0]], dim=1),
                lambda x: torch.stack([x[:, 0], x[:, 1] - 2 * x[:, 0]], dim=1),
                lambda x: _log_normal(torch.stack([x[:, 0], x[:, 1] - 2 * x[:, 0]], dim=1)),
            ),
            "Volumes are kept, but X is still Gaussian: every linear map makes an ellipse of a circle. Add something that is not linear.",
            also=(_bent(lambda z: z, lambda x: x, _log_normal),),
        ),
        wrong(
            "the inverse bends once more",
            _bent(_bend, _bend, lambda x: _log_normal(_bend(x))),
            "unbend does what bend does. To undo it, take off what was added.",
        ),
        wrong(
            "the base asked about x",
            _bent(_bend, lambda x: _bend(x, -1), _log_normal),
            "This is the density of z, taken at x. The determinant is 1 indeed, but the point must be carried back first.",
        ),
        wrong(
            "reflections forgotten",
            {"shift_or_reflection": lambda f: (1.0, float(f(torch.tensor(0.0, dtype=torch.float64))))},
            "|f′| = 1 leaves f′ = 1 and f′ = −1. The second family are the reflections, b − z.",
        ),
        wrong(
            "the shift read off at 1",
            {"shift_or_reflection": lambda f: (_step(f), float(f(torch.tensor(1.0, dtype=torch.float64))))},
            "f(1) is s + b. The shift is the image of 0.",
        ),
        wrong(
            "the inverse map",
            {"shift_or_reflection": lambda f: (_step(f), -_step(f) * float(f(torch.tensor(0.0, dtype=torch.float64))))},
            "These are sign and shift of the inverse. f itself is asked for.",
        ),
        wrong(
            "nothing changes",
            {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy, "log_max": log_max, "volume": volume}},
            "Nothing changes if ladj is 0. If volumes grow, the same mass is spread over more of them.",
        ),
        wrong(
            "the signs swapped",
            {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy - ladj, "log_max": log_max + ladj, "volume": volume * math.exp(-ladj)}},
            "ladj belongs to the map from z to x: where it is positive volumes grow, the density falls and the entropy rises.",
        ),
        wrong(
            "a volume is no logarithm",
            {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume + ladj}},
            "Entropy and log density are logarithms, so ladj is added to them. A volume is multiplied by |det J| itself.",
            also=(
                {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume * ladj}},
                {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume}},
            ),
        ),
    )  # fmt: skip


def _step(f: Callable) -> float:
    zero, one = torch.tensor([0.0, 1.0], dtype=torch.float64)
    return float(f(one) - f(zero))
