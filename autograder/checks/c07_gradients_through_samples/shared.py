"""What several exercises of 07_gradients_through_samples share (long: one judge serves three exercises)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, ClassVar

import numpy as np
import torch

from autograder.judging.compare import EPSILON, arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Either, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, gate, grad, pays
from autograder.oracles import quantiles
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Net, Plain

Parameter = float | torch.Tensor

OWN_NOISE = "noise of its own"
FEW = 4.0  # roundings of the exponent of a sample: an e of six digits is less right than that


def random_spread(rng: np.random.Generator, shape: tuple[int, ...] = ()) -> Any:
    """Standard deviations on both sides of 1, none near it: a variance in its place shows."""
    return np.exp(rng.choice([-1, 1], size=shape) * rng.uniform(0.25, 0.8, size=shape))


def random_polynomial(rng: np.random.Generator, D: int, degree: int = 3) -> tuple[np.ndarray, float]:
    return rng.normal(size=(degree + 1, D)), float(rng.normal()) if D > 1 else 0.0


def product_grid(n: int, D: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of n^D values of standard normal noise (N, D) and their probabilities (N,), by Gauss and Hermite.

    Expectations under them are those under the normal for polynomials up to degree 2n − 1 in each variable.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    points = np.array(list(product(nodes, repeat=D)))
    return points, np.array([math.prod(w) for w in product(weights / weights.sum(), repeat=D)])


def is_pair(answer: Any, shape: tuple[int, ...], like: torch.Tensor) -> tuple[bool, str, str]:
    """Whether the answer is two tensors of that shape, with what was wanted and what came."""
    two = isinstance(answer, (tuple, list)) and len(answer) == 2
    ok = two and all(has_shape(item, shape, like).ok for item in answer)
    came = (
        f"({', '.join(kind_of(item) for item in answer[:3])})" if isinstance(answer, (tuple, list)) else kind_of(answer)
    )
    return ok, f"two tensors of shape {shape}", came


def both(*verdicts: Any, of: str = "") -> tuple[bool, str, str]:
    """d_mu and d_sigma together: good if both are, shown where they differ. of: "mean of ", say."""
    names = (f"{of}d_mu", f"{of}d_sigma")
    bad = [(name, v) for name, v in zip(names, verdicts, strict=True) if not v.ok] or [(names[0], verdicts[0])]
    return all(v.ok for v in verdicts), *("; ".join(f"{n} = {part(v)}" for n, v in bad) for part in PARTS)


PARTS = (lambda verdict: verdict.expected, lambda verdict: verdict.got)


def sensitivity_of(f: Polynomial, z: np.ndarray) -> np.ndarray:
    """|f(z)| and how much a rounding of z changes it, summand by summand, (N,)."""
    sizes = Polynomial({powers: abs(c) * (1 + sum(powers)) for powers, c in f.terms.items()})
    return sizes(abs(z))


def weighted_scores(f, z, mu, sigma, baseline=0.0, *, weigh=None, by_mu=None, by_sigma=None):
    """The right terms, or with one part replaced."""
    gain = (f(z) - baseline)[:, None] if weigh is None else weigh(f, z, mu, sigma, baseline)
    in_mu = (z - mu) / sigma**2 if by_mu is None else by_mu(z, mu, sigma)
    in_sigma = ((z - mu) ** 2 - sigma**2) / sigma**3 if by_sigma is None else by_sigma(z, mu, sigma)
    return gain * in_mu, gain * in_sigma


def slopes_of(f: Callable, z: torch.Tensor) -> torch.Tensor:
    """∂f/∂z at each row, (N, D)."""
    z = z.detach().requires_grad_(True)
    return torch.autograd.grad(f(z).sum(), z)[0]


def value_and_gradients_of(answer: Any) -> tuple[Any, dict[str, Any]]:
    """The parts of what the verb grad brings."""
    whole = isinstance(answer, dict) and isinstance(answer.get("gradients"), dict)
    return (answer.get("value"), answer["gradients"]) if whole else (answer, {})


def own_noise(first: Plain, same: Any = None, other: Any = None) -> bool:
    """Whether a map draws noise itself: equal noise gave it other samples, or other noise gave it equal ones.

    Samples that do not vary at all are no noise.
    """
    varied = isinstance(same, Plain) and isinstance(other, Plain) and bool(np.ptp(first.array) > 0)
    return varied and (not equal(first, same) or equal(first, other))


def equal(a: Plain, b: Plain) -> bool:
    return bool(np.array_equal(a.array, b.array, equal_nan=True))


def gradients_of(
    got: dict[str, Any], slopes: dict[str, tuple[np.ndarray, np.ndarray]], case: Case, dtype: torch.dtype
) -> tuple[bool, str, str]:
    """The gradients of Σ cotangent · value. slopes: name -> (∂value/∂name, the size of its roundings)."""
    cotangent, wanted, came, good = exact(case.cotangent), [], [], True
    for name in case.asks[0].more["wrt"]:
        slope, size = slopes[name]
        shape = tuple(case.asks[0].kwargs[name].shape)
        expected = quantiles.sum_to(cotangent * slope, shape)
        scale = quantiles.sum_to(abs(cotangent) * size, shape)
        verdict = close(got.get(name), expected, dtype, scale)
        if not verdict.ok:
            good = False
            wanted.append(f"for {name}: {verdict.expected}")
            came.append(f"for {name}: {'none' if got.get(name) is None else verdict.got}")
    return good, "; ".join(wanted), "; ".join(came)


def spelt_out(part: Callable, verdicts: dict[str, Any], names: Any) -> str:
    return "; ".join(f"{name} = {part(verdicts[name])}" for name in names)


SHAPES: dict[str, tuple[int, ...] | None] = {
    "number": None,
    "scalar": (),
    "row": (3,),
    "column": (3, 1),
    "square": (3, 3),
}


def uneven(shape: tuple[int, ...], like: torch.Tensor) -> torch.Tensor:
    """A cotangent of unlike entries of both signs, where no random numbers are at hand."""
    weights = 1.5 * np.cos(1 + np.arange(math.prod(shape)))
    return floats(weights.reshape(shape), like.dtype, like.device.type)


FARTHEST = 80.0  # deviations whose exponentials still fit into float32, both ways


def noise(axes: str = "...", far: float = 30.0, **more: Any) -> Tensor:
    """Noise, far into the tails; a clamp of a careful hand is not so wide as FARTHEST."""
    return Tensor(axes, Reals(reach=(1e-3, far), usual=(-2.5, 2.5)), **more)


def parameter(range: Reals, says: str = "number or tensor that broadcasts") -> Either:
    """A number, or a tensor of axes that broadcast."""
    return Either((Number(range), Tensor("...", range, broadcasts=True), Tensor("", range)), (says,))


FAR_MU = Reals(reach=(1e-3, 60))
SPREAD = Reals(0, math.inf, reach=(1e-8, 30))  # sigma > 0


def polynomials(*says: str, degree: int = 3) -> Made:
    """f as a network that takes (N, D), with fresh coefficients; constants and straight lines, too."""

    def made(place: Place, degree: int = degree) -> Net:
        c, cross = random_polynomial(place.rng, place.sizes["D"], degree)
        return Net("polynomial", (place.tensor(c), place.tensor(cross)))

    return Made(made, (partial(made, degree=0), partial(made, degree=1), partial(made, degree=2)), says)


def polynomial_of(f: Net) -> Polynomial:
    return Polynomial.of(*(exact(weight) for weight in f.weights))


def epsilon_of(like: torch.Tensor) -> float:
    return EPSILON[str(like.dtype).removeprefix("torch.")]


def coarsest(dtype: torch.dtype, *parameters: Any) -> torch.dtype:
    """What may be asked of the result: a Python number that is made a tensor on its own becomes float32."""
    return torch.float32 if any(isinstance(p, float) for p in parameters) else dtype


def as_parameter(value: Callable[[tuple[int, ...]], Any], kind: str, dtype: torch.dtype, device: str) -> Parameter:
    shape = SHAPES[kind]
    return float(value(())) if shape is None else floats(value(shape), dtype, device)


class PushedForward(Exercise):
    """What T, M and C have in common: one increasing map on the line, judged through the quantiles that it keeps.

    argument: what the map takes; noise: the distribution of that, under which symmetric noise x becomes an argument.
    """

    argument: ClassVar[str] = "eps"
    noise: ClassVar[Any] = quantiles.STANDARD_NORMAL

    shape = gate("the result is a tensor of the shape that its arguments broadcast to, on their device")
    positive = gate("every sample is a positive number")
    distribution = pays("symmetric noise comes out with the quantiles of the log-normal that is asked for", 0.4)
    increasing = pays(
        "a larger argument gives a larger sample, at the argument's own quantile, far into the tails", 0.4
    )
    gradients = pays("gradients arrive at every tensor among the arguments, and have the right size", 1.2)

    def _case(
        self,
        rng: np.random.Generator,
        x: np.ndarray,
        mu: Parameter | None,
        sigma: Parameter | None,
        dtype: torch.dtype,
        device: str,
        readable: bool = False,
        again: bool = False,
    ) -> Case:
        """x: normal noise, to be handed over as noise or as a standard log-normal sample; mu, sigma: None for T.

        readable: take the gradient of a plain sum; again: ask twice more, with the same noise and with other, to hear
        whether the map listens to it (other in its shape, too, for maps that standardise what they get).
        """
        given = floats(np.exp(x) if self.argument == "z" else x, dtype, device)
        shape = self._broadcast(given, mu, sigma)
        cotangent = torch.ones(shape, dtype=dtype) if readable else normal(rng, shape, dtype, device)
        symmetric = len(x.shape) > 0 and len(shape) == len(x.shape) and np.allclose(np.sort(x, 0), -np.sort(x, 0)[::-1])
        return self._asked(given, mu, sigma, cotangent, symmetric, again)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        x, mu, sigma = given[self.argument], given.get("mu"), given.get("sigma")
        return self._asked(x, mu, sigma, uneven(self._broadcast(x, mu, sigma), x))

    @staticmethod
    def _broadcast(*arguments: Any) -> tuple[int, ...]:
        return tuple(torch.broadcast_shapes(*(v.shape for v in arguments if isinstance(v, torch.Tensor))))

    def _asked(
        self,
        given: torch.Tensor,
        mu: Parameter | None,
        sigma: Parameter | None,
        cotangent: torch.Tensor,
        symmetric: bool = False,
        again: bool = False,
    ) -> Case:
        parameters = {k: v for k, v in (("mu", mu), ("sigma", sigma)) if v is not None}
        kwargs = {self.argument: given, **parameters}
        tensors = {k: v for k, v in kwargs.items() if isinstance(v, torch.Tensor)}
        shape = tuple(cotangent.shape)
        asks = [grad(self.names[0], tuple(tensors), cotangent, **kwargs)]
        if again:
            asks += [call(self.names[0], **{**kwargs, self.argument: x}) for x in (given, given + given**2)]
        return case(*asks, given=given, mu=mu, sigma=sigma, shape=shape, cotangent=cotangent, symmetric=symmetric)

    def judge(self, case: Case, answer: Any, *again: Any) -> Iterator[Finding]:
        z, gradients = value_and_gradients_of(answer)
        shape = has_shape(z, case.shape, case.given)
        yield self.shape(*shape)
        if not shape.ok:
            return
        got, dtype = values(z), coarsest(case.given.dtype, case.mu, case.sigma)
        expected, size, slopes = self._oracle(case)
        yield self.positive(bool((got > 0).all()), "positive numbers", show(z))
        if case.symmetric:
            yield self.distribution(*self._sorted(got, expected, size, dtype))
        deaf = any(mistake.name == OWN_NOISE for mistake in self.mistakes) and own_noise(z, *again)
        yield self.increasing(*close(z, expected, dtype, size, FEW), mistake=OWN_NOISE if deaf else None)
        yield self.gradients(*gradients_of(gradients, slopes, case, dtype))

    def _oracle(self, case: Case) -> tuple[np.ndarray, np.ndarray, dict[str, tuple[np.ndarray, np.ndarray]]]:
        """The samples at the arguments' quantiles, the size of their roundings, and the derivatives with theirs."""
        x = np.broadcast_to(exact(case.given), case.shape)
        mu = np.broadcast_to(exact(0.0 if case.mu is None else case.mu), case.shape)
        sigma = np.broadcast_to(exact(1.0 if case.sigma is None else case.sigma), case.shape)
        log_z, found = quantiles.normal_path(x, self.noise, sigma)  # exp makes a log-normal of it and moves no quantile
        expected = np.exp(mu + log_z)
        e = abs(np.log(x)) if self.argument == "z" else abs(x)
        # An error in the exponent is a relative error of the sample. Who goes by way of T(eps) rounds a number near 1,
        # and the power multiplies that rounding by sigma, however small eps is.
        lost = 1 + abs(mu) + sigma * (e if self.argument == "z" else 1 + e)
        sizes = {"mu": expected, "sigma": expected * (1 + e), "x": expected * abs(found["x"]) * (1 + e / 8)}
        slopes = {n if n != "x" else self.argument: (expected * found[n], sizes[n] * lost) for n in found}
        return expected, expected * lost, slopes

    @staticmethod
    def _sorted(got: np.ndarray, expected: np.ndarray, size: np.ndarray, dtype: torch.dtype) -> Any:
        """Compared in order of size along the first axis, along which the noise is symmetric."""
        order = np.argsort(expected, axis=0)
        return close(
            np.sort(got, axis=0), np.take_along_axis(expected, order, 0), dtype, np.take_along_axis(size, order, 0)
        )

    def _symmetric(self, rng: np.random.Generator, shape: tuple[int, ...], reach: float = 1.0) -> np.ndarray:
        """Noise x and −x in random order along the first axis."""
        half = reach * rng.normal(size=(shape[0] // 2, *shape[1:]))
        return rng.permutation(np.concatenate([half, -half]))

    def _every_combination(self, rng: np.random.Generator) -> Iterator[Case]:
        """mu and sigma each as number, scalar, row, column and square, beside noise of the fullest shape and of others."""
        for number_, (dtype, device) in enumerate(arithmetic()):
            for turn, (one, other) in enumerate(product(SHAPES, repeat=2)):
                if (turn + number_) % 2:  # every combination in one type or the other, half of the work
                    continue
                mu = as_parameter(lambda shape: 1.5 * rng.normal(size=shape), one, dtype, device)
                sigma = as_parameter(partial(random_spread, rng), other, dtype, device)
                x = (
                    self._symmetric(rng, (4, 3, 3))
                    if turn % 3
                    else rng.normal(size=((), (3,), (2, 3, 1))[int(rng.integers(3))])
                )
                yield self._case(rng, x, mu, sigma, dtype, device)
            far = np.array([-9.0, -4.0, 4.0, 9.0])
            yield self._case(rng, far, float(rng.normal()), floats(rng.uniform(0.3, 0.9), dtype, device), dtype, device)
            small = floats(10 ** rng.uniform(-1.5, -0.7, size=3), dtype, device)
            yield self._case(rng, self._symmetric(rng, (4, 3)), normal(rng, (3,), dtype, device), small, dtype, device)


def fits(x: torch.Tensor, mu: Parameter, sigma: Parameter) -> bool:
    """Whether exp(mu + sigma x), and each of its factors by itself, fits into float32. x: normal noise."""
    mu, sigma = (torch.as_tensor(v) for v in (mu, sigma))
    return float(abs(mu).max() + sigma.max() * abs(x).max()) < 80


TWIN = "This map has the right distribution, because the mirrored noise is as likely as the noise itself, but it decreases; the increasing one is asked for. Change the sign of the noise."

CDFS = "On paper this is the map, but on the way the normal distribution function rounds to 1 in the tail, and its inverse is then infinite. Match the arguments of erf instead: the functions themselves cancel."


def cut_to_float32(parameter: Parameter) -> Parameter:
    return parameter.detach() if isinstance(parameter, torch.Tensor) else parameter


def through_cdfs(eps: torch.Tensor, mu: Any = 0.0, sigma: Any = 1.0) -> torch.Tensor:
    F = 0.5 * (1 + torch.erf(eps / math.sqrt(2)))
    return torch.exp(mu + sigma * math.sqrt(2) * torch.erfinv(2 * F - 1))
