"""cov.log_density_1d (long: two directions, and slips that only one of them knows)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.checks.c02_change_of_variables.shared import (
    HAIR,
    HALF_LOG_2PI,
    in_high_precision,
    log_mass_around,
    mass_between,
    net_of,
    random_signed,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, near, show
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.precise import DIGITS
from pushforward.answering.wire import Net

_GAUSS = np.polynomial.legendre.leggauss(40)  # nodes and weights on (−1, 1)


def _slope(f: Callable, x: torch.Tensor) -> torch.Tensor:
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


_MAPS = ("affine", "wave", "tanh", "sinh", "leaky", "exp")


def _numbers(name: str, sign: int, rng: np.random.Generator, factor: float = 1.0) -> tuple[float, ...]:
    """Parameters of an invertible map with slopes of that sign (`leaky` only rises), well away from 0 times a factor."""
    a = float(sign * rng.uniform(0.4, 2)) * factor
    return {
        "affine": (a, float(rng.normal())),
        "wave": (a, a * random_signed(rng, 0.2, 0.7)),
        "tanh": (a, a * float(rng.uniform(0.3, 2))),
        "sinh": (a, float(rng.uniform(0.3, 1))),
        "leaky": (float(rng.uniform(0.1, 0.6)) * factor,),
        "exp": (float(sign * rng.uniform(0.3, 1)), float(rng.normal()) + math.log(factor)),
    }[name]


def _some_map(names: tuple[str, ...], steep: tuple[float, float] = (-10, 2)) -> Callable[[Place], Net]:
    """One of these maps, rising or falling, with slopes of all sizes between these powers of 10."""

    def make(place: Place) -> Net:
        name, sign = str(place.rng.choice(names)), int(place.rng.choice([-1, 1]))
        factor = 10 ** float(place.rng.uniform(*steep))
        return net_of(name, _numbers(name, sign, place.rng, factor), place.dtype, place.device)

    return make


# the square of such a slope still fits into float32
_FAR = _some_map(("affine", "wave", "tanh"), (-17, -14)), _some_map(("affine",), (8, 12))


def _some_base(name: str, spread: float = 1.0) -> Callable[[Place], Net]:
    def make(place: Place) -> Net:
        mu, sigma = spread * place.rng.normal(), spread ** place.rng.choice([-1, 1]) * place.rng.uniform(0.5, 2)
        return net_of(name, (float(mu), float(sigma)), place.dtype, place.device)

    return make


def _any_base(place: Place) -> Net:
    return _some_base(str(place.rng.choice(_BASES)))(place)


_BASES = ("log_normal", "log_logistic")


def _domain(at: str, map: str, maps: tuple[str, ...], returns: Any, far: tuple[Callable, ...] = ()) -> Domain:
    """Of both directions; at a kink a density may be anything. far: further maps."""
    each = tuple(_some_map((name,), (-2, 1)) for name in maps)
    flat_and_steep = _some_map(("affine", "wave", "tanh", "sinh"), (-10, -8)), _some_map(("affine",), (2.5, 3.5))
    bases = tuple(_some_base(name, spread) for name in _BASES for spread in (1.0, 20.0))
    return Domain(
        {
            at: Tensor("...", Reals(reach=(1e-3, 30))),
            map: Made(
                _some_map(maps), (*each, *flat_and_steep, *far), says=("acts entry by entry, increasing or decreasing",)
            ),
            "log_base": Made(_any_base, bases, says=("maps z to the log density of Z, entry by entry",)),
        },
        when=lambda **given: given[map].architecture != "leaky" or bool((given[at] != 0).all()),
        draws=3,
        most=16 + len(far),
        returns=returns,
    )


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

    domain = {
        "log_p_forward": _domain("z", "f", _MAPS, (Like("z"), Like("z")), _FAR),
        "log_p_reverse": _domain("x", "g", _MAPS[:-1], Like("x")),  # exp reaches half of the line only
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return (self._forward if name == "log_p_forward" else self._reverse)(*given.values())

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        standard = net_of("log_normal", (0.0, 1.0), PYTHON)
        yield self._forward(floats([0.0, 1.0], PYTHON), net_of("affine", (2.0, 1.0), PYTHON), standard)
        yield self._reverse(floats([1.0, 3.0], PYTHON), net_of("affine", (0.5, -0.5), PYTHON), standard)
        for dtype, device in arithmetic():
            shapes, signs = ((5,), (2, 3), (), (4,), (3,), (2, 2)), rng.permutation([1, 1, 1, -1, -1, -1])
            for shape, name, sign in zip(shapes, self._names(rng), signs, strict=True):
                points = floats(rng.uniform(-2, 2, size=shape), dtype, device)
                f, base = net_of(name, _numbers(name, sign, rng), dtype, device), self._base(rng, dtype, device)
                yield self._forward(points, f, base)
                if name != "exp":  # as a reverse map it reaches half of the line only
                    yield self._reverse(points, f, base)
            far = floats(rng.choice([-1, 1], size=3) * rng.uniform(9, 12, size=3), dtype, device)
            even, normal = net_of("affine", (1.0, 0.0), dtype, device), net_of("log_normal", (0.0, 1.0), dtype, device)
            yield self._forward(far, even, normal)  # a density of e⁻⁵⁰ is none that may be lifted
            yield self._reverse(far, even, normal)
            steep = net_of("affine", (float(rng.uniform(100, 900)), 0.0), dtype, device)
            yield self._forward(far / 9, steep, normal)
            yield self._reverse(far / 9000, steep, normal)
            low = floats(rng.uniform(-43, -32, size=3), dtype, device)
            wide = net_of("log_normal", (0.0, 20.0), dtype, device)
            yield self._forward(low, net_of("exp", (1.0, 0.0), dtype, device), wide)  # slopes below 10⁻¹³
            for name, sign in zip(("affine", "wave", "tanh"), rng.permutation([1, -1, -1]), strict=True):
                g, base = net_of(name, _numbers(name, sign, rng), dtype, device), self._base(rng, dtype, device)
                yield from self._intervals(rng, g, base, dtype, device)

    @staticmethod
    def _names(rng: np.random.Generator) -> list[str]:
        return rng.permutation(_MAPS).tolist()

    @staticmethod
    def _base(rng: np.random.Generator, dtype: torch.dtype, device: str) -> Net:
        name = str(rng.choice(_BASES))
        return net_of(name, (float(rng.normal()), float(rng.uniform(0.5, 2))), dtype, device)

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
        x = floats(left + half * (nodes + 1), dtype, device)
        yield case(call("log_p_reverse", x, g, base), about=about, law=self.mass, at=x, map=g, base=base,
                   weights=half * weights, ends=(left, left + 2 * half))  # fmt: skip
        mu, sigma = (float(w) for w in base.weights)
        reach = (abs(mu) + 25 * sigma + b) / a
        x = floats(np.linspace(-reach, reach, 1601), dtype, device)
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
        f, z, dtype = in_high_precision(case.map), exact(case.at), case.at.dtype
        images, densities, scales = np.empty_like(z), np.empty_like(z), np.empty_like(z)
        with mpmath.workdps(DIGITS):
            for i, point in np.ndenumerate(z):
                middle = mpmath.mpf(float(point))
                a, b = middle - HAIR, middle + HAIR
                length = abs(f.image([b])[0] - f.image([a])[0])
                images[i] = float(f.image([middle])[0])
                densities[i] = log_mass_around(case.base, a, b, length)
                scales[i] = self._scale(case.base, float(point), 0.0, densities[i])
        size = 1 + sum(abs(float(w)) for w in case.map.weights) * (1 + abs(z))
        where = close(x, images, dtype, (1 + abs(images)) * size)
        if not where.ok:
            return self.forward(*where, why="The first of the two results is x = f(z).")
        return self.forward(*close(log_p, densities, dtype, scales))

    def _judge_reverse(self, case: Case, log_p: Any) -> Finding:
        g, x = in_high_precision(case.map), exact(case.at)
        densities, scales = np.empty_like(x), np.empty_like(x)
        with mpmath.workdps(DIGITS):
            for i, point in np.ndenumerate(x):
                middle = mpmath.mpf(float(point))
                a, b = g.image([middle - HAIR])[0], g.image([middle + HAIR])[0]
                densities[i] = log_mass_around(case.base, a, b, 2 * HAIR)
                moved = float(abs(middle * (b - a) / (2 * HAIR))) + sum(abs(float(w)) for w in case.map.weights)
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
                a, b = (in_high_precision(case.map).image([mpmath.mpf(end)])[0] for end in case.ends)
                expected = float(mass_between(case.base, a, b))
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
