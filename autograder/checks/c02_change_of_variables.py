"""Judge of 02_change_of_variables: densities pushed through maps, and which maps make a flow."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mpmath
import numpy as np
import torch
from scipy import integrate, special

from autograder.compare import (
    Verdict,
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
from autograder.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, grad, keep, pays, wrong
from autograder.precise import DIGITS, Precise, digits, is_singular, meeting
from pushforward.maps import MAPS, POOL
from pushforward.wire import Kept, Net

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
            for shape, name in zip(((5,), (2, 3), (), (4,), (3,), (2, 2)), self._names(rng), strict=True):
                points = _tensor(rng.uniform(-2, 2, size=shape), dtype, device)
                f, base = _net(name, self._numbers(name, rng), dtype, device), self._base(rng, dtype, device)
                yield self._forward(points, f, base)
                if name != "exp":  # as a reverse map it reaches half of the line only
                    yield self._reverse(points, f, base)
            for name in ("affine", "wave", "tanh"):
                g, base = _net(name, self._numbers(name, rng), dtype, device), self._base(rng, dtype, device)
                yield from self._intervals(rng, g, base, dtype, device)

    @staticmethod
    def _names(rng: np.random.Generator) -> list[str]:
        return rng.permutation(["affine", "wave", "tanh", "sinh", "leaky", "exp"]).tolist()

    @staticmethod
    def _numbers(name: str, rng: np.random.Generator) -> tuple[float, ...]:
        """Parameters of an invertible map, increasing or decreasing, with slopes well away from 0."""
        a = _signed(rng, 0.4, 2)
        return {
            "affine": (a, float(rng.normal())),
            "wave": (a, a * _signed(rng, 0.2, 0.7)),
            "tanh": (a, a * float(rng.uniform(0.3, 2))),
            "sinh": (a, float(rng.uniform(0.3, 1))),
            "leaky": (float(rng.uniform(0.1, 0.6)),),
            "exp": (_signed(rng, 0.3, 1), float(rng.normal())),
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
        nodes, weights = np.polynomial.legendre.leggauss(40)
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
        return self.mass(verdict.ok, f"mass {show(expected)}", f"mass {show(found)}", why="" if verdict.ok else f"Mass {what}.")

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


def _matrix(rng: np.random.Generator, d: int) -> np.ndarray:
    """Invertible, condition number at most 5, determinant of either sign, not symmetric."""
    left, right = (np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(2))
    return left @ np.diag(rng.uniform(0.5, 2.5, size=d)) @ right


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
            for batch, d in ((3, 1), (4, 2), (3, 3), (2, 5)):
                x, b = rng.normal(size=(batch, d)) * 2, rng.normal(size=d)
                for of in ("affine_forward", "affine_reverse"):
                    yield self._case(of, x, _matrix(rng, d), b, dtype, device)
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
                "affine_reverse": lambda x, W, c: _log_normal(torch.linalg.solve(W, (x - c).T).T) + torch.linalg.slogdet(W)[1],
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
            for number_of, f in enumerate(self._maps(rng, dtype, device)):
                d = 3 if f.architecture in ("triangular", "wave") else len(f.weights[-1]) if f.architecture == "linear" else 2
                batch = (1, d, 4)[number_of % 3]
                x = _tensor(rng.uniform(-1.2, 1.2, size=(batch, d)), dtype, device)
                yield self._value(f, x)
                if f.architecture in ("planar", "coupling", "triangular"):
                    cotangent = _tensor(rng.normal(size=batch), dtype, device)
                    asked = grad("log_abs_det_jacobian", ("x",), cotangent, f=f, x=x)
                    yield case(asked, about=(self.shape, self.graph), law=self.graph, f=f, x=x, cotangent=cotangent)
            d = 120 if dtype is torch.float64 else 24
            f = _net("wave", (1e-3, 4e-4), dtype, device)
            yield self._value(f, _tensor(rng.uniform(-1, 1, size=(2, d)), dtype, device))

    def _maps(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Net]:
        yield self._linear(_matrix(rng, 3), rng.normal(size=3), dtype, device)
        yield self._linear(_matrix(rng, 2) @ np.diag([1, -1]), rng.normal(size=2), dtype, device)
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
            answer, gradient = (answer.get(key) for key in ("value", "gradients")) if isinstance(answer, dict) else (None, None)
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
            matrices = [f.jacobian(digits(row.tolist())) for row in exact(case.x)]
            ladj = np.array([float(f.ladj(digits(row.tolist()))) for row in exact(case.x)])
            worst = max(np.linalg.cond(np.array(m, dtype=float)) for m in matrices)
            scale = abs(ladj) + 4 * case.x.shape[1] * (1 + worst)
        return self.value(*close(answer, ladj, case.x.dtype, scale))

    def _judge_gradient(self, case: Case, gradient: Any) -> Finding:
        gradient = gradient.get("x") if isinstance(gradient, dict) else None
        if gradient is None:
            return self.graph(False, "a gradient with respect to x", "none", mistake="cut off from its graph",
                              why="Nothing that is computed from the result can train f.")  # fmt: skip
        f, step = _precise(case.f), mpmath.mpf(10) ** -10
        expected = np.zeros(case.x.shape)
        with mpmath.workdps(DIGITS):
            for (b, j), _ in np.ndenumerate(expected):
                x = digits(exact(case.x)[b].tolist())
                ahead, behind = ([*x[:j], x[j] + s, *x[j + 1 :]] for s in (step, -step))
                expected[b, j] = float((f.ladj(ahead) - f.ladj(behind)) / (2 * step)) * float(case.cotangent[b])
        return self.graph(*near(gradient, expected, 1e-3))

    mistakes = (
        wrong(
            "only the diagonal",
            lambda f, x: _jacobians(f, x).diagonal(dim1=1, dim2=2).abs().log().sum(1),
            "The diagonal entries were multiplied. That is the determinant of triangular matrices only; in general the other entries count.",
        ),
        wrong(
            "no absolute value",
            lambda f, x: torch.logdet(_jacobians(f, x)),
            "A map that mirrors has a negative determinant, whose logarithm is NaN. Take the absolute value.",
        ),
        wrong(
            "one number for the whole batch",
            lambda f, x: _ladj(f, x).sum().expand(len(x)),
            "The log-determinants of all rows were added up: that is the Jacobian of the batch as one big point. Each row has its own.",
            also=(lambda f, x: _ladj(f, x).mean().expand(len(x)),),
        ),
        wrong(
            "the axes of the batch",
            lambda f, x: torch.linalg.slogdet(torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x))[1],
            "The gradient of the summed outputs has the axes (output, batch, input): move the batch to the front before you take determinants.",
        ),
        wrong(
            "the determinant before its logarithm",
            lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().log(),
            "The determinant has underflowed to 0 before its logarithm was taken. torch.linalg.slogdet never forms it.",
        ),
        wrong(
            "the determinant, not its logarithm",
            lambda f, x: torch.linalg.det(_jacobians(f, x)).abs(),
            "This is |det J|. Its logarithm is asked for.",
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
                x[-1, int(rng.integers(d))] *= rng.choice([1, -1])
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
                    scale[i] = 4 * (1 + abs(abs(case.c) - root) * (abs(case.c) + root) + abs(log_p[i]) + abs(math.log(v)))
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
                "log_p_square": lambda x, c: _square(x, c, lambda t, r: t.logsumexp(0) - math.log(2) - torch.log(2 * r)),
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
                "log_p_square": lambda x, c: torch.logsumexp(_square_terms(x.abs(), c)[0], 0) - torch.log(2 * x.abs().sqrt()),
                "log_p_folded": lambda x, W: _folds(x, W).logsumexp(0) - torch.linalg.slogdet(W)[1],
            },
            "X is never negative, so its density is 0 there and the logarithm −∞. The formula knows nothing of that: ask first.",
            also=(
                {"log_p_square": lambda x, c: torch.logsumexp(torch.stack([-((c + s * x.sqrt()) ** 2) / 2 - HALF_LOG_2PI for s in (1, -1)]), 0) - torch.log(2 * x.sqrt())},
            ),
        ),
        wrong(
            "the signs on the wrong side",
            {
                "log_p_folded": lambda x, W: _on_support(
                    x, (x >= 0).all(1), _log_normal(torch.linalg.solve(W, x.T).T) + x.shape[1] * math.log(2) - torch.linalg.slogdet(W)[1]
                )
            },
            "Flipping signs of z does not lead to the other preimages, and by symmetry only counts the first one 2^D times: the absolute value is taken of W z, so the signs belong to x.",
        ),
    )


# --- mass that never arrives -----------------------------------------------------------------------------------


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
                for scale in (1.0, 1e-3):
                    yield self._matrix_case(_tensor(scale * _matrix(rng, d), dtype, device), True)
                if d > 1:
                    yield self._matrix_case(_tensor(self._singular(rng, d), dtype, device), False)

    @staticmethod
    def _singular(rng: np.random.Generator, d: int) -> np.ndarray:
        """Small whole numbers over 8, so that the matrix is exactly singular; its rounded determinant is not 0."""
        while True:
            rows = rng.integers(-9, 10, size=(d - 1, d)).astype(float)
            last = rng.integers(1, 6, size=d - 1) @ rows
            A = np.vstack([rows, last])[rng.permutation(d)] / 8
            rounded = [float(torch.linalg.det(_tensor(A, dtype))) for dtype in (torch.float32, torch.float64)]
            if np.linalg.matrix_rank(A) == d - 1 and all(rounded):
                return A

    def _box(self, low: torch.Tensor, high: torch.Tensor) -> Case:
        return case(call("mass_kept", low, high), about=(self.one, self.kept), ends=(exact(low), exact(high)))

    def _matrix_case(self, A: torch.Tensor, invertible: bool) -> Case:
        return case(call("sigmoid_flow_mass", A), about=(self.another, self.sigmoid), ends=None, d=len(A), invertible=invertible)

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
            also=({"sigmoid_flow_mass": lambda A: float(torch.linalg.matrix_rank(A) == len(A))},),
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
            {"sigmoid_flow_mass": lambda A: _box_mass(A) if float(torch.linalg.det(A)) != 0 else 0.0},
            "Elimination rounds, so the determinant of a singular matrix comes out as 10⁻¹⁷ or so and rarely as 0. Ask for the rank, which knows about rounding.",
        ),
        wrong(
            "a small determinant taken for none",
            {"sigmoid_flow_mass": lambda A: _box_mass(A) if float(torch.linalg.det(A).abs()) > 1e-8 else 0.0},
            "10⁻³ times a rotation is perfectly invertible, and its determinant is tiny in three dimensions. What counts is how the singular values compare, that is the rank.",
            also=({"sigmoid_flow_mass": lambda A: _box_mass(A) if float(torch.linalg.det(A).abs()) > 1e-6 else 0.0},),
        ),
    )  # fmt: skip


def _box_mass(A: torch.Tensor) -> float:
    return (float(special.ndtr(1.0)) - 0.5) ** len(A)
