"""Judge of 07_gradients_through_samples: two estimators of a gradient, and the log-normal as a pushed-forward normal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, ClassVar

import numpy as np
import torch
from scipy import special

from autograder.judging.compare import EPSILON, arithmetic, close, exact, has_shape, kind_of, number, show, values
from autograder.judging.derivation import Term, judge_line
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles import lognormals, quantiles
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Callback, Net, Plain

Parameter = float | torch.Tensor
OWN_NOISE = "noise of its own"


def _floats(array: Any, dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(np.asarray(array), dtype=dtype, device=device)


def _normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> torch.Tensor:
    return _floats(rng.normal(size=shape), dtype, device)


def _spread(rng: np.random.Generator, shape: tuple[int, ...] = ()) -> Any:
    """Standard deviations on both sides of 1, none near it: a variance in its place shows."""
    return np.exp(rng.choice([-1, 1], size=shape) * rng.uniform(0.25, 0.8, size=shape))


def _polynomial(rng: np.random.Generator, D: int, degree: int = 3) -> tuple[np.ndarray, float]:
    return rng.normal(size=(degree + 1, D)), float(rng.normal()) if D > 1 else 0.0


def _grid(n: int, D: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of n^D values of standard normal noise (N, D) and their probabilities (N,), by Gauss and Hermite.

    Expectations under them are those under the normal for polynomials up to degree 2n − 1 in each variable.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    points = np.array(list(product(nodes, repeat=D)))
    return points, np.array([math.prod(w) for w in product(weights / weights.sum(), repeat=D)])


def _pair(answer: Any, shape: tuple[int, ...], like: torch.Tensor) -> tuple[bool, str, str]:
    """Whether the answer is two tensors of that shape, with what was wanted and what came."""
    two = isinstance(answer, (tuple, list)) and len(answer) == 2
    ok = two and all(has_shape(item, shape, like).ok for item in answer)
    came = (
        f"({', '.join(kind_of(item) for item in answer[:3])})" if isinstance(answer, (tuple, list)) else kind_of(answer)
    )
    return ok, f"two tensors of shape {shape}", came


def _both(*verdicts: Any, of: str = "") -> tuple[bool, str, str]:
    """d_mu and d_sigma together: good if both are, shown where they differ. of: "mean of ", say."""
    names = (f"{of}d_mu", f"{of}d_sigma")
    bad = [(name, v) for name, v in zip(names, verdicts, strict=True) if not v.ok] or [(names[0], verdicts[0])]
    return all(v.ok for v in verdicts), *("; ".join(f"{n} = {part(v)}" for n, v in bad) for part in _PARTS)


_PARTS = (lambda verdict: verdict.expected, lambda verdict: verdict.got)


# --- the score-function estimator ------------------------------------------------------------------------------


def _scores(z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> list[np.ndarray]:
    """∂ log N(z; mu, sigma²)/∂mu and /∂sigma at each sample, (N, D) both, by automatic differentiation."""
    at = [torch.tensor(np.broadcast_to(v, z.shape).copy(), requires_grad=True) for v in (mu, sigma)]
    log_q = torch.distributions.Normal(*at).log_prob(torch.tensor(z))
    return [g.numpy() for g in torch.autograd.grad(log_q.sum(), at)]


def _score_sizes(z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> list[np.ndarray]:
    """What the scores' roundings are measured against: their largest summands."""
    return [(abs(z) + abs(mu)) / sigma**2, (z**2 + mu**2) / sigma**3 + 1 / sigma + 0 * z]


def _sensitivity(f: Polynomial, z: np.ndarray) -> np.ndarray:
    """|f(z)| and how much a rounding of z changes it, summand by summand, (N,)."""
    sizes = Polynomial({powers: abs(c) * (1 + sum(powers)) for powers, c in f.terms.items()})
    return sizes(abs(z))


def _score_terms(f, z, mu, sigma, baseline=0.0, *, weigh=None, by_mu=None, by_sigma=None):
    """The right terms, or with one part replaced."""
    gain = (f(z) - baseline)[:, None] if weigh is None else weigh(f, z, mu, sigma, baseline)
    in_mu = (z - mu) / sigma**2 if by_mu is None else by_mu(z, mu, sigma)
    in_sigma = ((z - mu) ** 2 - sigma**2) / sigma**3 if by_sigma is None else by_sigma(z, mu, sigma)
    return gain * in_mu, gain * in_sigma


def _density(z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return (-0.5 * ((z - mu) / sigma) ** 2 - torch.log(sigma * math.sqrt(2 * math.pi))).sum(-1, keepdim=True).exp()


@exercise("grad.score_function", ("score_terms",))
class ScoreFunction(Exercise):
    """∇ E f(z) = E[(f(z) − b) ∇ log q(z)]: the terms of the estimator, one row per sample, with f a black box."""

    pair = gate("the answer is a pair of tensors, each of the shape of z")
    terms = pays("each term is f less the baseline, times the derivative of log q at its own sample")
    unbiased = pays("on average over the noise the terms are the gradient of E f, whatever the baseline")

    hints = (
        "The gradient of an expectation is ∫ f ∇q. Which identity turns ∇q into something that is averaged under q?",
        "Write down log q(z) of one normal variable and differentiate it, by mu and then by sigma: "
        "the normaliser depends on one of them.",
        "f gives one number per row, (N,), the scores have shape (N, D): where must the missing axis go? "
        "And what does the baseline multiply?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        first = (_floats(v, torch.float64, "cpu") for v in ([[3.0], [-1.0]], [0.0], [2.0]))
        yield self._case(Polynomial.of(np.array([[0.0], [1.0]]), 0.0), *first, 0.5, says="z -> z")
        for dtype, device in arithmetic():
            for N, D in ((5, 2), (3, 3), (4, 1)):
                mu, sigma = _normal(rng, (D,), dtype, device), _floats(_spread(rng, (D,)), dtype, device)
                z = mu + sigma * _normal(rng, (N, D), dtype, device)
                yield self._case(Polynomial.of(*_polynomial(rng, D)), z, mu, sigma, float(rng.normal()))
                yield self._case(_step, z, mu, sigma, float(rng.uniform(0.2, 0.8)), says="step")
            for n, D in ((8, 1), (6, 2)):
                mu, sigma = _normal(rng, (D,), dtype, device), _floats(_spread(rng, (D,)), dtype, device)
                points, weights = _grid(n, D)
                z = _floats(exact(mu) + exact(sigma) * points, dtype, device)
                f = Polynomial.of(*_polynomial(rng, D))
                yield self._case(f, z, mu, sigma, float(rng.uniform(1, 3)), weights=weights)

    def _case(self, f, z, mu, sigma, baseline, *, weights=None, says="f") -> Case:
        ask = call("score_terms", Callback(says), z, mu, sigma, baseline)
        return case(ask, f=f, z=z, mu=mu, sigma=sigma, baseline=baseline, weights=weights)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """f at rows of numbers (…, D)."""
        z = next(iter((*args, *kwargs.values())), None)
        if not (isinstance(z, Plain) and z.dtype in EPSILON and z.shape[-1:] == tuple(case.z.shape[-1:])):
            raise TypeError(f"it takes a tensor of shape (n, {case.z.shape[-1]}), and got {kind_of(z)}")
        return torch.tensor(case.f(z.array.astype(np.float64)), dtype=getattr(torch, z.dtype), device=z.device)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = _pair(answer, tuple(case.z.shape), case.z)
        yield self.pair(*pair)
        if not pair[0]:
            return
        z, mu, sigma = exact(case.z), exact(case.mu), exact(case.sigma)
        dtype, scores, sizes = case.z.dtype, _scores(z, mu, sigma), _score_sizes(z, mu, sigma)
        gain, most = case.f(z)[:, None] - case.baseline, abs(case.f(z))[:, None] + abs(case.baseline)
        yield self.terms(
            *_both(*(close(a, gain * s, dtype, most * m) for a, s, m in zip(answer, scores, sizes, strict=True)))
        )
        if case.weights is not None:
            yield from self._judge_average(case, answer, z, mu, sigma)

    def _judge_average(self, case: Case, answer: Any, z: Any, mu: Any, sigma: Any) -> Iterator[Finding]:
        most = _sensitivity(case.f, z)[:, None] + abs(case.baseline)
        scales = [case.weights @ (most * size) for size in _score_sizes(z, mu, sigma)]
        averages = [case.weights @ values(part) for part in answer]
        truth = case.f.gradient_of_mean(mu, sigma)
        verdicts = (close(*row, case.z.dtype, s) for *row, s in zip(averages, truth, scales, strict=True))
        yield self.unbiased(*_both(*verdicts, of="mean of "))

    mistakes = (
        wrong(
            "baseline ignored",
            partial(_score_terms, weigh=lambda f, z, mu, sigma, b: f(z)[:, None]),
            "The baseline never comes in. It is subtracted from f, and although that moves no expectation it can remove most of the variance.",
        ),
        wrong(
            "baseline added",
            partial(_score_terms, weigh=lambda f, z, mu, sigma, b: (f(z) + b)[:, None]),
            "The baseline is added to f. It is to be subtracted: a reference that f is compared with.",
        ),
        wrong(
            "baseline outside the product",
            lambda f, z, mu, sigma, b=0.0: tuple(g - b for g in _score_terms(f, z, mu, sigma)),
            "The baseline was subtracted from the finished term, which shifts its mean by the baseline. It costs nothing only where the score multiplies it, because the score has mean 0.",
        ),
        wrong(
            "the normaliser is forgotten",
            partial(_score_terms, by_sigma=lambda z, mu, sigma: (z - mu) ** 2 / sigma**3),
            "sigma also stands in the normaliser of q: log q contains −log sigma, whose derivative is missing. Without it the score does not have mean 0.",
        ),
        wrong(
            "sigma for its square",
            partial(
                _score_terms,
                by_mu=lambda z, mu, sigma: (z - mu) / sigma,
                by_sigma=lambda z, mu, sigma: (z - mu) ** 2 / sigma**2 - 1,
            ),
            "One factor 1/sigma is missing: the exponent of the density has the variance in its denominator.",
        ),
        wrong(
            "the derivative by z",
            partial(
                _score_terms,
                by_mu=lambda z, mu, sigma: (mu - z) / sigma**2,
                by_sigma=lambda z, mu, sigma: (sigma**2 - (z - mu) ** 2) / sigma**3,
            ),
            "The sign is that of the derivative by z. Here log q is differentiated by its parameters: raising mu makes samples above mu more likely.",
        ),
        wrong(
            "the density without its logarithm",
            partial(_score_terms, weigh=lambda f, z, mu, sigma, b: (f(z) - b)[:, None] * _density(z, mu, sigma)),
            "f was multiplied by ∇q. The samples are already drawn from q, so the average needs ∇ log q = ∇q / q.",
        ),
        wrong(
            "f averaged too early",
            partial(_score_terms, weigh=lambda f, z, mu, sigma, b: f(z).mean() - b),
            "f was averaged before it met the score. The mean of a product is not the product of the means: each score needs the f of its own sample.",
        ),
        wrong(
            "divided by the number of samples",
            lambda f, z, mu, sigma, b=0.0: tuple(g / len(z) for g in _score_terms(f, z, mu, sigma, b)),
            "Each row was divided by N. A row is the whole term of its own sample; the average is taken later.",
        ),
        wrong(
            "f along the wrong axis",
            partial(_score_terms, weigh=lambda f, z, mu, sigma, b: f(z) - b),
            "f has one value per row, (N,), and without a trailing axis it is spread along the columns.",
        ),
    )  # fmt: skip


def _step(z: np.ndarray) -> np.ndarray:
    """1 where the coordinates add up to more than 0: no derivative to be had."""
    return (z.sum(-1) > 0).astype(np.float64)


# --- the pathwise estimator ------------------------------------------------------------------------------------


def _slopes(f: Callable, z: torch.Tensor) -> torch.Tensor:
    """∂f/∂z at each row, (N, D)."""
    z = z.detach().requires_grad_(True)
    return torch.autograd.grad(f(z).sum(), z)[0]


def _paths(f, mu, sigma, eps, *, at=None, noise=None):
    slope = _slopes(f, mu + sigma * eps if at is None else at(mu, sigma, eps))
    return slope, slope * (eps if noise is None else noise)


@exercise("grad.reparameterise", ("reparameterise", "pathwise_terms"))
class Reparameterise(Exercise):
    """z = mu + exp(log_var / 2) eps, and the derivatives of f(z) along the path on which the parameters move it."""

    shape = gate("reparameterise returns a tensor of the shape that its arguments broadcast to")
    value = pays("each sample is mu plus its own noise times the standard deviation exp(log_var / 2)", 0.75)
    gradients = pays("gradients arrive at mu and log_var through the sample, and have the right size", 0.75)
    pair = gate("pathwise_terms returns a pair of tensors, each of the shape of eps")
    terms = pays("each term is the derivative of f at its own sample, by mu and by sigma", 0.75)
    unbiased = pays("on average over the noise the pathwise terms are the gradient of E f", 0.75)

    hints = (
        "log_var is the logarithm of a variance. Which power of e is the standard deviation?",
        "A gradient reaches a parameter only if the parameter itself stands in the expression: what does "
        "`.detach()`, `.item()` or a new tensor do to it?",
        "Chain rule for f(mu + sigma eps): the outer derivative is taken at the sample, the inner one is different "
        "for mu and for sigma. Autograd gives all rows at once if you differentiate the sum over them by z.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        readable = [torch.tensor(v) for v in ([[1.0], [2.0]], [[-1.0], [1.5]], [[0.5], [-2.0]])]
        yield self._sample(*readable, torch.ones(2, 1))
        yield self._sample(*readable, torch.ones(2, 1), again=True)
        first = (_floats(v, torch.float64, "cpu") for v in ([1.0], [0.5], [[2.0], [-1.0]]))
        yield self._terms(np.array([[0.0], [0.0], [1.0]]), 0.0, *first)
        for dtype, device in arithmetic():
            for eps_shape, shape in (
                ((4, 2), (4, 2)),
                ((3, 3), (3, 3)),
                ((5, 3, 2), (3, 2)),
                ((4, 3), (3,)),
                ((2, 1), (2, 3)),
            ):
                mu, log_var = 2 * _normal(rng, shape, dtype, device), 2 * _normal(rng, shape, dtype, device)
                eps = _normal(rng, eps_shape, dtype, device)
                shape = tuple(torch.broadcast_shapes(mu.shape, eps.shape))
                yield self._sample(mu, log_var, eps, _normal(rng, shape, dtype, device))
            for N, D in ((5, 2), (3, 3)):
                yield self._terms(*_polynomial(rng, D), *self._inputs(rng, rng.normal(size=(N, D)), dtype, device))
            for n, D in ((8, 1), (6, 2)):
                points, weights = _grid(n, D)
                yield self._terms(*_polynomial(rng, D), *self._inputs(rng, points, dtype, device), weights)

    @staticmethod
    def _inputs(rng: np.random.Generator, eps: np.ndarray, dtype: torch.dtype, device: str) -> Iterator[torch.Tensor]:
        D = eps.shape[1]
        return (_floats(v, dtype, device) for v in (rng.normal(size=D), _spread(rng, (D,)), eps))

    def _sample(
        self, mu: torch.Tensor, log_var: torch.Tensor, eps: torch.Tensor, cotangent: torch.Tensor, again: bool = False
    ) -> Case:
        """again: ask twice more, with the same noise and with other, to hear whether the sample listens to it."""
        wrt = ("mu", "log_var")
        noises = [eps, eps, eps + eps**2] if again else [eps]
        asks = [grad("reparameterise", wrt, cotangent, mu=mu, log_var=log_var, eps=e) for e in noises]
        about = (self.shape, self.value, self.gradients)
        return case(
            *asks, about=about, mu=mu, log_var=log_var, eps=eps, shape=tuple(cotangent.shape), cotangent=cotangent
        )

    def _terms(self, c, cross, mu, sigma, eps, weights=None) -> Case:
        numbers = [_floats(v, eps.dtype, eps.device.type) for v in (c, cross)]
        ask = call("pathwise_terms", Net("polynomial", tuple(numbers)), mu, sigma, eps)
        f = Polynomial.of(*(exact(v) for v in numbers))
        return case(
            ask, about=(self.pair, self.terms, self.unbiased), f=f, mu=mu, sigma=sigma, eps=eps, weights=weights
        )

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.asks[0].of == "reparameterise":
            yield from self._judge_sample(case, *answers)
        else:
            yield from self._judge_terms(case, *answers)

    def _judge_sample(self, case: Case, answer: Any, *again: Any) -> Iterator[Finding]:
        z, gradients = _value_and_gradients(answer)
        shape = has_shape(z, case.shape, case.eps)
        yield self.shape(*shape)
        if not shape.ok:
            return
        mu, sigma = (np.broadcast_to(v, case.shape) for v in (exact(case.mu), np.sqrt(np.exp(exact(case.log_var)))))
        eps, log_var, dtype = np.broadcast_to(exact(case.eps), case.shape), exact(case.log_var), case.eps.dtype
        expected = quantiles.same_quantile(eps, quantiles.STANDARD_NORMAL, quantiles.normal(mu, sigma))
        size = abs(mu) + (1 + abs(log_var)) * sigma * abs(eps) + sigma
        deaf = own_noise(z, *(_value_and_gradients(other)[0] for other in again)) and not np.allclose(values(z), mu)
        verdict = close(z, expected, dtype, size)
        yield self.value(*verdict, mistake=OWN_NOISE if deaf else None)
        found = quantiles.implicit_derivatives(
            expected, eps, quantiles.STANDARD_NORMAL, quantiles.normal_cdf, mu, sigma
        )
        # sigma = √(exp log_var), so d sigma / d log_var = sigma / 2; float64 knows the quantile to ε |mu| / sigma
        own = (1 + abs(mu)) * EPSILON["float64"] / _epsilon(case.eps)
        slopes = {
            "mu": (found["mu"], 1 + 0 * sigma),
            "log_var": (found["sigma"] * sigma / 2, (1 + abs(log_var)) * sigma * (abs(eps) + 1) + own),
        }
        yield self.gradients(*_gradients(gradients, slopes, case, dtype))

    def _judge_terms(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = _pair(answer, tuple(case.eps.shape), case.eps)
        yield self.pair(*pair)
        if not pair[0]:
            return
        mu, sigma, eps, dtype = exact(case.mu), exact(case.sigma), exact(case.eps), case.eps.dtype
        z, reach = mu + sigma * eps, abs(mu) + sigma * abs(eps)  # the size of z's summands
        partials = [case.f.derivative(d) for d in range(len(mu))]
        slope = np.stack([p(z) for p in partials], axis=-1)
        size = np.stack([_sensitivity(p, reach) for p in partials], axis=-1)
        expected, sizes = (slope, slope * eps), (size, size * abs(eps))
        yield self.terms(*_both(*(close(*row, dtype, s) for *row, s in zip(answer, expected, sizes, strict=True))))
        if case.weights is not None:
            truth, averages = case.f.gradient_of_mean(mu, sigma), [case.weights @ values(part) for part in answer]
            scales = [case.weights @ s for s in sizes]
            verdicts = (close(*row, dtype, s) for *row, s in zip(averages, truth, scales, strict=True))
            yield self.unbiased(*_both(*verdicts, of="mean of "))

    mistakes = (
        wrong(
            OWN_NOISE,
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var) * torch.randn_like(mu + log_var + eps)},
            "The sample does not change when eps does: it draws noise of its own. The noise comes in as an argument, so that the same noise can be used again when the parameters have moved.",
        ),
        wrong(
            "detached scale",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var).detach() * eps},
            "The samples are right, but no gradient reaches log_var: the scale was taken out of the graph (detach, item, no_grad or a new tensor).",
            also=({"reparameterise": lambda mu, log_var, eps: (mu + torch.exp(0.5 * log_var) * eps).detach()},),
        ),
        wrong(
            "log-variance taken as variance",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.sqrt(log_var) * eps},
            "log_var was used as if it were the variance. It is the variance's logarithm and may be negative, where a variance has no root.",
            also=({"reparameterise": lambda mu, log_var, eps: mu + torch.sqrt(log_var.abs()) * eps},),
        ),
        wrong(
            "variance for standard deviation",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(log_var) * eps},
            "exp(log_var) is the variance. Noise is multiplied by the standard deviation, its root.",
        ),
        wrong(
            "log-variance taken as scale",
            {"reparameterise": lambda mu, log_var, eps: mu + log_var * eps},
            "log_var multiplies the noise as it is. Undo the logarithm, then take the root.",
        ),
        wrong(
            "halved outside the exponential",
            {"reparameterise": lambda mu, log_var, eps: mu + 0.5 * torch.exp(log_var) * eps},
            "exp(log_var) was halved. The root of a number has half its logarithm, so the half belongs into the exponent.",
        ),
        wrong(
            "one noise for the whole batch",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var) * eps[..., :1, :].expand_as(eps)},
            "Every item of the batch got the noise of the first one, so their samples move together. Each needs its own.",
            also=({"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var) * eps[:1].expand_as(eps)},),
        ),
        wrong(
            "the mean where a sample is needed",
            {"reparameterise": lambda mu, log_var, eps: mu + 0 * (log_var + eps)},
            "This is the mean, whatever the noise. The average of f over samples is not f of the average sample, and nothing here depends on log_var.",
            also=({"reparameterise": lambda mu, log_var, eps: (1.0 * mu).expand_as(mu + log_var + eps)},),
        ),
        wrong(
            "noise not scaled",
            {"reparameterise": lambda mu, log_var, eps: mu + eps + 0 * log_var},
            "The noise enters with standard deviation 1, whatever log_var says.",
        ),
        wrong(
            "the noise is missing in d_sigma",
            {"pathwise_terms": partial(_paths, noise=1.0)},
            "Both derivatives are the same here. sigma moves a sample by eps, mu moves it by 1: the inner derivatives differ.",
        ),
        wrong(
            "the slope at the mean",
            {"pathwise_terms": partial(_paths, at=lambda mu, sigma, eps: mu.expand_as(eps))},
            "f was differentiated at mu. The path runs through the sample: the slope is taken at mu + sigma eps.",
        ),
        wrong(
            "the slope at the noise",
            {"pathwise_terms": partial(_paths, at=lambda mu, sigma, eps: eps)},
            "f was differentiated at eps. The path runs through the sample: the slope is taken at mu + sigma eps.",
        ),
        wrong(
            "variance for standard deviation in the path",
            {"pathwise_terms": partial(_paths, at=lambda mu, sigma, eps: mu + sigma**2 * eps)},
            "The samples were made with sigma². Noise is multiplied by the standard deviation.",
        ),
        wrong(
            "the other estimator",
            {"pathwise_terms": lambda f, mu, sigma, eps: _score_terms(f, mu + sigma * eps, mu, sigma)},
            "These are the terms of the score-function estimator: right on average, but f itself stands in them. The pathwise terms hold its derivative.",
        ),
        wrong(
            "divided by the number of samples",
            {"pathwise_terms": lambda f, mu, sigma, eps: tuple(g / len(eps) for g in _paths(f, mu, sigma, eps))},
            "Each row was divided by N: the mean over samples was differentiated. A row is the whole derivative of its own f(z_n).",
        ),
        wrong(
            "summed over the samples",
            {"pathwise_terms": lambda f, mu, sigma, eps: tuple(g.sum(0).expand_as(eps) for g in _paths(f, mu, sigma, eps))},
            "Every row holds the gradient of the sum over all samples, which is what autograd gives by mu itself. One row, one sample.",
        ),
    )  # fmt: skip


def _value_and_gradients(answer: Any) -> tuple[Any, dict[str, Any]]:
    """The parts of what the verb grad brings."""
    whole = isinstance(answer, dict) and isinstance(answer.get("gradients"), dict)
    return (answer.get("value"), answer["gradients"]) if whole else (answer, {})


def own_noise(first: Plain, same: Any = None, other: Any = None) -> bool:
    """Whether a map draws noise itself: equal noise gave it other samples, or other noise gave it equal ones.

    Samples that do not vary at all are no noise.
    """
    varied = isinstance(same, Plain) and isinstance(other, Plain) and bool(np.ptp(first.array) > 0)
    return varied and (not _equal(first, same) or _equal(first, other))


def _equal(a: Plain, b: Plain) -> bool:
    return bool(np.array_equal(a.array, b.array, equal_nan=True))


def _gradients(
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


# --- their variances -------------------------------------------------------------------------------------------


def _variances(f, mu, sigma, eps, weights, *, spread=None, gain=None, path=None, scale=None):
    """The three variances, or with one part replaced."""
    z = mu + sigma * eps
    baseline = weights @ f(z)
    score = eps / (sigma if scale is None else scale)
    plain = f(z)[:, None] * score
    centred = (f(z) - baseline)[:, None] * score if gain is None else gain(f(z)[:, None], score, baseline)
    along = _slopes(f, z) if path is None else path(f, z, score)
    of = spread or _variance
    return {
        "score_function": of(plain, weights),
        "with_baseline": of(centred, weights),
        "reparameterise": of(along, weights),
    }


def _variance(g: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    mean = weights @ g
    return weights @ (g - mean) ** 2


@exercise("grad.variance", ("gradient_variances",))
class GradientVariances(Exercise):
    """Var of one term for mu: f s, (f − E f) s and ∂f, with s the score, under noise of given probabilities."""

    named = gate("the answer names score_function, with_baseline and reparameterise, each of the shape of mu")
    score = pays("the variance of the score-function term, with baseline 0 and with the mean of f as baseline")
    path = pays("the variance of the pathwise term")

    hints = (
        "You have both kinds of terms already. Each row n of them occurs with probability weights[n].",
        "A variance is the mean square less the square of the mean; both means are weighted.",
        "The baseline is one number, the weighted mean of f over all samples, and score_terms takes it as an argument.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        points, weights = _grid(3, 1)
        yield self._case(
            np.array([[0.0], [1.0]]), 0.0, np.array([3.0]), np.array([2.0]), points, weights, torch.float64, "cpu"
        )
        for dtype, device in arithmetic():
            for D, lift in ((1, 0.0), (2, 0.0), (2, 4.0)):
                c, cross = _polynomial(rng, D, degree=2)
                c[0] += lift  # a constant on f: it should not matter, and matters to one of the two
                points, weights = _grid(6, D)
                yield self._case(c, cross, rng.normal(size=D), _spread(rng, (D,)), points, weights, dtype, device)

    def _case(self, c, cross, mu, sigma, points, weights, dtype, device) -> Case:
        c, cross, mu, sigma, eps, w = (_floats(v, dtype, device) for v in (c, cross, mu, sigma, points, weights))
        ask = call("gradient_variances", Net("polynomial", (c, cross)), mu, sigma, eps, w)
        return case(ask, f=Polynomial.of(exact(c), exact(cross)), mu=mu, sigma=sigma, points=points, weights=weights)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        wanted = ("score_function", "with_baseline", "reparameterise")
        shape = tuple(case.mu.shape)
        named = isinstance(answer, dict) and answer.keys() == set(wanted)
        named = named and all(has_shape(answer[name], shape, case.mu).ok for name in wanted)
        yield self.named(named, f"a dictionary of three tensors of shape {shape}: {', '.join(wanted)}", kind_of(answer))
        if not named:
            return
        truth, scales = self._truth(case), self._scales(case)
        verdicts = {name: close(answer[name], truth[name], case.mu.dtype, scales[name]) for name in wanted}
        bad = [name for name in wanted[:2] if not verdicts[name].ok]
        yield self.score(not bad, *(_named(part, verdicts, bad or wanted[:2]) for part in _PARTS))
        yield self.path(*verdicts["reparameterise"])

    @staticmethod
    def _truth(case: Case) -> dict[str, np.ndarray]:
        """By moments of the normal, in rational arithmetic."""
        f, mu, sigma = case.f, exact(case.mu), exact(case.sigma)
        scores = [Polynomial.score_in_mu(d, mu, sigma) for d in range(len(mu))]
        terms = {
            "score_function": [f * s for s in scores],
            "with_baseline": [(f - f.mean(mu, sigma)) * s for s in scores],
            "reparameterise": [f.derivative(d) for d in range(len(mu))],
        }
        return {name: np.array([g.variance(mu, sigma) for g in row]) for name, row in terms.items()}

    @staticmethod
    def _scales(case: Case) -> dict[str, np.ndarray]:
        """Mean squares of what is rounded: E g² cancels against (E g)², and z is rounded before f and the score see it."""
        mu, sigma, weights = exact(case.mu), exact(case.sigma), case.weights
        reach = abs(mu) + sigma * abs(case.points)
        partials = [case.f.derivative(d) for d in range(len(mu))]
        steep = np.stack([_sensitivity(p, reach) for p in partials], axis=-1)
        blunt = 2 * _sensitivity(case.f, reach)[:, None] * (reach + abs(mu)) / sigma**2
        by_score = weights @ blunt**2
        return {"score_function": by_score, "with_baseline": by_score, "reparameterise": weights @ steep**2}

    mistakes = (
        wrong(
            "the mean square",
            partial(_variances, spread=lambda g, w: w @ g**2),
            "This is the mean of the squares. The square of the mean is to be taken off: a large gradient is not a noisy one.",
        ),
        wrong(
            "standard deviation for variance",
            partial(_variances, spread=lambda g, w: _variance(g, w).sqrt()),
            "These are standard deviations; variances are asked for.",
        ),
        wrong(
            "weights ignored",
            partial(_variances, spread=lambda g, w: g.var(0, unbiased=False)),
            "All rows counted alike. Row n occurs with probability weights[n].",
            also=(partial(_variances, spread=lambda g, w: g.var(0)),),
        ),
        wrong(
            "divided by the number of samples",
            partial(_variances, spread=lambda g, w: _variance(g, w) / len(w)),
            "This is the variance of a mean of N independent terms. Here that of one term is asked for.",
        ),
        wrong(
            "baseline outside the product",
            partial(_variances, gain=lambda f, score, b: f * score - b),
            "A constant taken from the finished term changes no variance. The baseline is subtracted from f, before the score multiplies it.",
        ),
        wrong(
            "1 / sigma is missing",
            partial(_variances, scale=1.0),
            "eps stands where the score belongs. The score is eps / sigma: in a narrow q a small move of mu counts for more.",
        ),
        wrong(
            "baseline added",
            partial(_variances, gain=lambda f, score, b: (f + b) * score),
            "The baseline was added to f, which doubles what it should remove.",
        ),
        wrong(
            "the variance of f",
            partial(_variances, path=lambda f, z, score: f(z)[:, None].expand_as(z)),
            "For reparameterise this is the variance of f(z) itself. The estimator averages derivatives of f.",
        ),
    )  # fmt: skip


def _named(part: Callable, verdicts: dict[str, Any], names: Any) -> str:
    return "; ".join(f"{name} = {part(verdicts[name])}" for name in names)


# --- matching distribution functions ---------------------------------------------------------------------------


def _softplus(eps: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, eps)


def _softplus_inverse(a: np.ndarray) -> np.ndarray:
    return a + np.log(-np.expm1(-a))


def _squares(eps: np.ndarray) -> np.ndarray:
    """eps + √(eps² + 1), for negative eps without cancellation."""
    return np.where(eps > 0, eps + np.hypot(eps, 1), 1 / (np.hypot(eps, 1) - eps))


def _squares_inverse(a: np.ndarray) -> np.ndarray:
    return (a - 1 / a) / 2


INCREASING = {"softplus": (_softplus, _softplus_inverse), "squares": (_squares, _squares_inverse)}


def _erf_argument(probability: np.ndarray) -> Term:
    """The x with ½ (1 + erf x) = probability: as badly conditioned as the density of x is small."""
    x = special.erfinv(2 * probability - 1)
    return Term(x, abs(x) + np.exp(np.where(np.isfinite(x), x, 0) ** 2))


def _erf(x: Any) -> torch.Tensor:
    return torch.erf(torch.as_tensor(x))


def _cdf_line(argument: Any) -> dict[str, Any]:
    return {"argument": argument, "probability": 0.5 * (1 + _erf(argument))}


def _safe_log(a: torch.Tensor) -> torch.Tensor:
    return torch.log(a.clamp(min=0))


def _clamped_cdf(a: torch.Tensor, mu: Any, sigma: Any, least: float) -> dict[str, Any]:
    return _cdf_line((torch.log(a.clamp(min=least)) - mu) / (sigma * math.sqrt(2)))


def _power_line(power: Any, mu: Any, combine: Callable = lambda p, f: p * f) -> dict[str, Any]:
    factor = torch.exp(torch.as_tensor(mu, dtype=power.dtype, device=power.device))
    return {"power": power, "factor": factor, "M": combine(power, factor)}


@exercise(
    "lognormal.match_cdf",
    (
        "event_in_eps",
        "normal_cdf",
        "lognormal_cdf",
        "match_arguments",
        "solve_for_T",
        "match_arguments_of_M",
        "solve_for_M",
    ),
    kind="derivation",
)
class MatchCdf(Exercise):
    """From P(T(eps) ≤ a) = Q(a) to T, and from P(M(z) ≤ a) = Q(a) to M, line by line."""

    event = pays("line 1 carries the inequality T(eps) ≤ a through the inverse of any increasing T")
    normal = pays("line 2 is the probability of that event, by the error function")
    lognormal = pays("line 3 is the other side, Q(a) for every real a, by the error function")
    match_T = pays("line 4 matches the two arguments of erf and gives the inverse of T")
    solve_T = pays("line 5 inverts line 4: T takes each noise to the sample at the same quantile")
    match_M = pays("line 6 matches the arguments for M, and undoes the logarithm")
    solve_M = pays("line 7 inverts line 6: M takes each standard log-normal sample to the one at the same quantile")

    hints = (
        "An increasing map keeps the order: T(eps) ≤ a holds for the same eps as eps ≤ … what? Nothing else about T is known yet.",
        "erf takes each value only once. So where ½(1 + erf(·)) agrees on both sides, what else must agree?",
        "Solving for a sample means turning the last equation round: what was the answer there is the given here. "
        "A number multiplied in a logarithm becomes a power, a number added becomes a factor.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((3,), (2, 2)):
                yield from self._chain(rng, shape, dtype, device)

    def _chain(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str
    ) -> Iterator[Case]:
        """All seven lines at numbers within two and a half standard deviations."""
        mu, sigma, eps = float(rng.normal()), float(_spread(rng)), rng.uniform(-2.5, 2.5, size=shape)
        if len(shape) == 1:  # numbers for mu and sigma; in the other case tensors without axes
            numbers: list[Any] = [mu, sigma]
        else:
            numbers = [_floats(v, dtype, device) for v in (mu, sigma)]
        near_mu = _floats(np.exp(mu + sigma * eps), dtype, device)
        signed = near_mu * _floats(np.where(np.arange(eps.size).reshape(shape) % 3 == 1, -1.0, 1.0), dtype, device)
        a, eps, t = (_floats(v, dtype, device) for v in (np.exp(eps), eps, rng.uniform(-2.5, 2.5, size=shape)))
        T = list(INCREASING)[int(rng.integers(2))]
        facts = {"dtype": dtype, "numbers": numbers, "mu": exact(numbers[0]).item(), "sigma": exact(numbers[1]).item()}
        yield case(call("event_in_eps", Callback("T_inverse"), a), about=(self.event,), line=1, x=a, T=T, **facts)
        yield case(call("normal_cdf", t), about=(self.normal,), line=2, x=t, **facts)
        yield case(call("lognormal_cdf", near_mu, *numbers), about=(self.lognormal,), line=3, x=near_mu, **facts)
        yield case(call("lognormal_cdf", signed, *numbers), about=(self.lognormal,), line=3, x=signed, **facts)
        yield case(call("match_arguments", a), about=(self.match_T,), line=4, x=a, **facts)
        yield case(call("solve_for_T", eps), about=(self.solve_T,), line=5, x=eps, **facts)
        yield case(call("match_arguments_of_M", near_mu, *numbers), about=(self.match_M,), line=6, x=near_mu, **facts)
        yield case(call("solve_for_M", a, *numbers), about=(self.solve_M,), line=7, x=a, **facts)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """The inverse of the case's own T, at whatever numbers it is asked for."""
        a = next(iter((*args, *kwargs.values())), None)
        at = values(a)
        if at is None:
            raise TypeError(f"it takes numbers, and got {kind_of(a)}")
        with np.errstate(all="ignore"):
            found = INCREASING[case.T][1](at)
        if isinstance(a, Plain) and a.dtype in EPSILON:
            return torch.tensor(found, dtype=getattr(torch, a.dtype), device=a.device)
        return float(found) if found.ndim == 0 else torch.tensor(found)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        terms = getattr(self, f"_line_{case.line}")(case, exact(case.x))
        after = {3: "the definition of Q", 4: "lines 2 and 3", 6: "lines 2 and 3"}.get(case.line)
        law = [law for law in self.laws if not law.is_gate][case.line - 1]
        dtype = _precision(case.dtype, *(case.numbers if case.line in (3, 6, 7) else ()))
        yield from judge_line(law, case.line, answer, terms, dtype, after=after)

    # Oracles: bisection, quadrature of the densities, and distribution functions inverted by scipy. A quantile is as
    # badly conditioned as the density there is small; the numbers of the cases keep that factor below 60.

    @staticmethod
    def _line_1(case: Case, a: np.ndarray) -> dict[str, Term]:
        T = INCREASING[case.T][0]
        low, high = np.full(a.shape, -60.0), np.full(a.shape, 60.0)
        for _ in range(120):
            middle = (low + high) / 2
            low, high = np.where(T(middle) <= a, middle, low), np.where(T(middle) <= a, high, middle)
        return {"threshold": Term(low, 1 + abs(low) + a + 1 / a)}

    @staticmethod
    def _line_2(case: Case, t: np.ndarray) -> dict[str, Term]:
        probability = lognormals.normal_cdf(t)
        return {"argument": _erf_argument(probability), "probability": Term(probability, 1.0)}

    @staticmethod
    def _line_3(case: Case, a: np.ndarray) -> dict[str, Term]:
        probability = lognormals.cdf(a, case.mu, case.sigma)
        argument = _erf_argument(probability)
        lost = (abs(case.mu) + 2.5 * case.sigma) / case.sigma  # log a − mu cancels
        return {
            "argument": Term(argument.value, argument.scale + lost),
            "probability": Term(probability, 1 + lost),
        }

    @staticmethod
    def _line_4(case: Case, a: np.ndarray) -> dict[str, Term]:
        eps = special.ndtri(lognormals.cdf(a, 0.0, 1.0))
        return {"T_inverse": Term(eps, 1 + abs(eps) + np.exp(eps**2 / 2))}

    @staticmethod
    def _line_5(case: Case, eps: np.ndarray) -> dict[str, Term]:
        z = quantiles.same_quantile(eps, quantiles.STANDARD_NORMAL, quantiles.STANDARD_LOGNORMAL)
        return {"T": Term(z, z * (1 + abs(eps)))}

    @staticmethod
    def _line_6(case: Case, a: np.ndarray) -> dict[str, Term]:
        z = quantiles.same_quantile(a, quantiles.lognormal(case.mu, case.sigma), quantiles.STANDARD_LOGNORMAL)
        lost = 1 + abs(np.log(z)) + 2 * (abs(case.mu) + 2.5 * case.sigma) / case.sigma
        return {"log_M_inverse": Term(np.log(z), lost), "M_inverse": Term(z, z * lost)}

    @staticmethod
    def _line_7(case: Case, z: np.ndarray) -> dict[str, Term]:
        def pushed(z: Any, mu: float, sigma: float) -> np.ndarray:
            return quantiles.same_quantile(z, quantiles.STANDARD_LOGNORMAL, quantiles.lognormal(mu, sigma))

        # with mu = 0 only the power is left, and the median of the source, 1, goes to the factor alone
        power, factor, M = (
            pushed(z, 0.0, case.sigma),
            pushed(np.float64(1), case.mu, case.sigma),
            pushed(z, case.mu, case.sigma),
        )
        lost = 1 + case.sigma * abs(np.log(z))
        return {
            "power": Term(power, power * lost),
            "factor": Term(factor, factor * (1 + abs(case.mu))),
            "M": Term(M, M * (lost + abs(case.mu))),
        }

    mistakes = (
        wrong(
            "the answer is put in at the start",
            {"event_in_eps": lambda T_inverse, a: {"threshold": torch.log(a)}},
            "Line 1 uses the T that is still to be found. It must hold for every increasing T: the inverse that you are given is all that is known of it.",
        ),
        wrong(
            "the inequality stays where it was",
            {"event_in_eps": lambda T_inverse, a: {"threshold": a}},
            "a is a bound for T(eps), not for eps. Apply the inverse to both sides of the inequality.",
        ),
        wrong(
            "as if T decreased",
            {"event_in_eps": lambda T_inverse, a: {"threshold": -T_inverse(a)}},
            "The threshold has the wrong sign. An increasing map keeps the inequality as it is.",
        ),
        wrong(
            "the root of two is missing",
            {
                "normal_cdf": lambda t: _cdf_line(t),
                "lognormal_cdf": lambda a, mu, sigma: _cdf_line((_safe_log(a) - mu) / sigma),
            },
            "erf belongs to exp(−t²), the normal density to exp(−t²/2): the change of variable leaves a factor √2 in the argument.",
        ),
        wrong(
            "erf taken for the probability",
            {
                "normal_cdf": lambda t: {"argument": t / math.sqrt(2), "probability": _erf(t / math.sqrt(2))},
                "lognormal_cdf": lambda a, mu, sigma: {
                    "argument": (_safe_log(a) - mu) / (sigma * math.sqrt(2)),
                    "probability": _erf((_safe_log(a) - mu) / (sigma * math.sqrt(2))),
                },
            },
            "erf runs from −1 to 1. A probability runs from 0 to 1: shift it and halve it.",
        ),
        wrong(
            "the upper tail",
            {
                "normal_cdf": lambda t: {**_cdf_line(t / math.sqrt(2)), "probability": 0.5 * torch.erfc(t / math.sqrt(2))},
                "lognormal_cdf": lambda a, mu, sigma: {
                    "argument": (_safe_log(a) - mu) / (sigma * math.sqrt(2)),
                    "probability": 0.5 * torch.erfc((_safe_log(a) - mu) / (sigma * math.sqrt(2))),
                },
            },
            "This is the probability of lying above. A distribution function counts what lies below.",
        ),
        wrong(
            "the logarithm of a negative number",
            {"lognormal_cdf": lambda a, mu, sigma: _cdf_line((torch.log(a) - mu) / (sigma * math.sqrt(2)))},
            "The formula holds for a > 0 only; below, it takes the logarithm of a negative number. Nothing lies below 0, so Q(a) = 0 there.",
            also=(
                {
                    "lognormal_cdf": lambda a, mu, sigma: {
                        "argument": (torch.log(a) - mu) / (sigma * math.sqrt(2)),
                        "probability": _cdf_line((_safe_log(a) - mu) / (sigma * math.sqrt(2)))["probability"],
                    }
                },
            ),
        ),
        wrong(
            "a small number for zero",
            {"lognormal_cdf": partial(_clamped_cdf, least=1e-12)},
            "a was clamped at a small positive number. That keeps NaN away, but nothing at all lies below 0: the logarithm of 0 itself is −∞, and torch says so.",
            also=tuple({"lognormal_cdf": partial(_clamped_cdf, least=least)} for least in (1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-15, 1e-20, 1e-30)),
        ),
        wrong(
            "sigma squared",
            {
                "lognormal_cdf": lambda a, mu, sigma: _cdf_line((_safe_log(a) - mu) / (sigma**2 * math.sqrt(2))),
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": (torch.log(a) - mu) / sigma**2,
                    "M_inverse": torch.exp((torch.log(a) - mu) / sigma**2),
                },
                "solve_for_M": lambda z, mu, sigma: _power_line(z ** (sigma**2), mu),
            },
            "The variance stands where the standard deviation belongs: distances from the mean are counted in units of sigma.",
        ),
        wrong(
            "the normal's distribution function",
            {"lognormal_cdf": lambda a, mu, sigma: _cdf_line((a - mu) / (sigma * math.sqrt(2)))},
            "This is the distribution function of N(mu, sigma²). For the log-normal it is log z that is normal.",
        ),
        wrong(
            "matched the probabilities, not the arguments",
            {"match_arguments": lambda a: {"T_inverse": _cdf_line(torch.log(a) / math.sqrt(2))["probability"]}},
            "This is the common value of both sides, a probability. erf is invertible, so the arguments themselves are equal.",
        ),
        wrong(
            "a root of two is left over",
            {"match_arguments": lambda a: {"T_inverse": torch.log(a) / math.sqrt(2)}},
            "√2 stands in both arguments and cancels.",
        ),
        wrong(
            "inverted too early",
            {"match_arguments": lambda a: {"T_inverse": torch.exp(a)}},
            "This is T at a. Line 4 still speaks of the inverse of T; it is turned round in line 5.",
        ),
        wrong(
            "not inverted",
            {
                "solve_for_T": lambda eps: {"T": torch.log(eps)},
                "solve_for_M": lambda z, mu, sigma: _power_line(z ** (1 / sigma), -mu / sigma),
            },
            "This is still the inverse, with the name of its argument changed. Solve the equation for the other variable.",
            also=({"solve_for_M": lambda z, mu, sigma: _power_line(z ** (1 / sigma), -mu)},),
        ),
        wrong(
            "the decreasing twin",
            {
                "solve_for_T": lambda eps: {"T": torch.exp(-eps)},
                "solve_for_M": lambda z, mu, sigma: _power_line(z**-sigma, mu),
            },
            "This map has the right distribution, since −eps is standard normal too, but it decreases, and line 1 took an increasing one.",
        ),
        wrong(
            "solved for a, not for the inverse",
            {
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": sigma * torch.log(a) + mu,
                    "M_inverse": torch.exp(sigma * torch.log(a) + mu),
                }
            },
            "This is M, the way forward. Line 6 takes a back: subtract mu first, then divide by sigma.",
        ),
        wrong(
            "mu and sigma in the wrong order",
            {
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": torch.log(a) / sigma - mu,
                    "M_inverse": torch.exp(torch.log(a) / sigma - mu),
                },
                "solve_for_M": lambda z, mu, sigma: _power_line(z**sigma, mu, lambda p, f: p * f**sigma),
            },
            "sigma acts on mu as well here. Forward it is sigma first and mu last; backward the last step is undone first.",
            also=({"solve_for_M": lambda z, mu, sigma: _power_line(z**sigma, mu * sigma)},),
        ),
        wrong(
            "left in the logarithm",
            {
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": (torch.log(a) - mu) / sigma,
                    "M_inverse": (torch.log(a) - mu) / sigma,
                }
            },
            "M_inverse is still a logarithm. It must be a positive number, on the scale of z itself.",
        ),
        wrong(
            "exp(mu) added",
            {"solve_for_M": lambda z, mu, sigma: _power_line(z**sigma, mu, lambda p, f: p + f)},
            "A sum of logarithms is the logarithm of a product: exp(mu) multiplies.",
        ),
        wrong(
            "sigma as a factor",
            {"solve_for_M": lambda z, mu, sigma: _power_line(sigma * z, mu)},
            "sigma multiplies log z, not z: on z itself it becomes a power.",
        ),
    )  # fmt: skip


# --- T, M and C ------------------------------------------------------------------------------------------------

SHAPES: dict[str, tuple[int, ...] | None] = {
    "number": None,
    "scalar": (),
    "row": (3,),
    "column": (3, 1),
    "square": (3, 3),
}


def _epsilon(like: torch.Tensor) -> float:
    return EPSILON[str(like.dtype).removeprefix("torch.")]


def _precision(dtype: torch.dtype, *parameters: Any) -> torch.dtype:
    """What may be asked of the result: a Python number that is made a tensor on its own becomes float32."""
    return torch.float32 if any(isinstance(p, float) for p in parameters) else dtype


def _parameter(value: Callable[[tuple[int, ...]], Any], kind: str, dtype: torch.dtype, device: str) -> Parameter:
    shape = SHAPES[kind]
    return float(value(())) if shape is None else _floats(value(shape), dtype, device)


class PushedForward(Exercise):
    """What T, M and C have in common: one increasing map on the line, judged through the quantiles that it keeps.

    argument: what the map takes; noise: the distribution of that, under which symmetric noise x becomes an argument.
    """

    argument: ClassVar[str] = "eps"
    noise: ClassVar[Any] = quantiles.STANDARD_NORMAL

    shape = gate("the result is a tensor of the shape that its arguments broadcast to, on their device")
    positive = gate("every sample is a positive number")
    distribution = pays("symmetric noise comes out with the quantiles of the log-normal that is asked for", 0.5)
    increasing = pays(
        "a larger argument gives a larger sample, at the argument's own quantile, far into the tails", 0.5
    )
    gradients = pays("gradients arrive at every tensor among the arguments, and have the right size")

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
        given = _floats(np.exp(x) if self.argument == "z" else x, dtype, device)
        parameters = {k: v for k, v in (("mu", mu), ("sigma", sigma)) if v is not None}
        kwargs = {self.argument: given, **parameters}
        tensors = {k: v for k, v in kwargs.items() if isinstance(v, torch.Tensor)}
        shape = tuple(torch.broadcast_shapes(*(v.shape for v in tensors.values())))
        cotangent = _normal(rng, shape, dtype, device)
        cotangent = torch.ones_like(cotangent) if readable else cotangent
        symmetric = len(x.shape) > 0 and len(shape) == len(x.shape) and np.allclose(np.sort(x, 0), -np.sort(x, 0)[::-1])
        asks = [grad(self.names[0], tuple(tensors), cotangent, **kwargs)]
        if again:
            asks += [call(self.names[0], **{**kwargs, self.argument: x}) for x in (given, given + given**2)]
        return case(*asks, given=given, mu=mu, sigma=sigma, shape=shape, cotangent=cotangent, symmetric=symmetric)

    def judge(self, case: Case, answer: Any, *again: Any) -> Iterator[Finding]:
        z, gradients = _value_and_gradients(answer)
        shape = has_shape(z, case.shape, case.given)
        yield self.shape(*shape)
        if not shape.ok:
            return
        got, dtype = values(z), _precision(case.given.dtype, case.mu, case.sigma)
        expected, size, slopes = self._oracle(case)
        yield self.positive(bool((got > 0).all()), "positive numbers", show(z))
        if case.symmetric:
            yield self.distribution(*self._sorted(got, expected, size, dtype))
        deaf = any(mistake.name == OWN_NOISE for mistake in self.mistakes) and own_noise(z, *again)
        yield self.increasing(*close(z, expected, dtype, size), mistake=OWN_NOISE if deaf else None)
        yield self.gradients(*_gradients(gradients, slopes, case, dtype))

    def _oracle(self, case: Case) -> tuple[np.ndarray, np.ndarray, dict[str, tuple[np.ndarray, np.ndarray]]]:
        """The samples at the arguments' quantiles, the size of their roundings, and the derivatives with theirs."""
        x = np.broadcast_to(exact(case.given), case.shape)
        mu = np.broadcast_to(exact(0.0 if case.mu is None else case.mu), case.shape)
        sigma = np.broadcast_to(exact(1.0 if case.sigma is None else case.sigma), case.shape)
        expected = quantiles.same_quantile(x, self.noise, quantiles.lognormal(mu, sigma))
        e = abs(np.log(x)) if self.argument == "z" else abs(x)
        lost = 1 + abs(mu) + sigma * e  # an error in the exponent is a relative error of the sample
        found = quantiles.implicit_derivatives(expected, x, self.noise, quantiles.lognormal_cdf, mu, sigma)
        sizes = {"mu": expected, "sigma": expected * (1 + e), "x": abs(found["x"])}
        # the oracle divides densities at a quantile that float64 knows to ε (|mu| + |log z|) / sigma
        lost_here = lost + e * (abs(mu) + sigma * e) / sigma * EPSILON["float64"] / _epsilon(case.given)
        slopes = {name if name != "x" else self.argument: (found[name], sizes[name] * lost_here) for name in found}
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
                mu = _parameter(lambda shape: 1.5 * rng.normal(size=shape), one, dtype, device)
                sigma = _parameter(partial(_spread, rng), other, dtype, device)
                x = (
                    self._symmetric(rng, (4, 3, 3))
                    if turn % 3
                    else rng.normal(size=((), (3,), (2, 3, 1))[int(rng.integers(3))])
                )
                yield self._case(rng, x, mu, sigma, dtype, device)
            far = np.array([-9.0, -4.0, 4.0, 9.0])
            yield self._case(
                rng, far, float(rng.normal()), _floats(rng.uniform(0.3, 0.9), dtype, device), dtype, device
            )
            small = _floats(10 ** rng.uniform(-1.5, -0.7, size=3), dtype, device)
            yield self._case(rng, self._symmetric(rng, (4, 3)), _normal(rng, (3,), dtype, device), small, dtype, device)


_TWIN = "This map has the right distribution, because the mirrored noise is as likely as the noise itself, but it decreases; the increasing one is asked for. Change the sign of the noise."
_CDFS = "On paper this is the map, but on the way the normal distribution function rounds to 1 in the tail, and its inverse is then infinite. Match the arguments of erf instead: the functions themselves cancel."


def _cut(parameter: Parameter) -> Parameter:
    return parameter.detach() if isinstance(parameter, torch.Tensor) else parameter


def _through_cdfs(eps: torch.Tensor, mu: Any = 0.0, sigma: Any = 1.0) -> torch.Tensor:
    F = 0.5 * (1 + torch.erf(eps / math.sqrt(2)))
    return torch.exp(mu + sigma * math.sqrt(2) * torch.erfinv(2 * F - 1))


@exercise("lognormal.standard", ("standard_lognormal",))
class StandardLogNormal(PushedForward):
    """T(eps) = exp(eps)."""

    hints = (
        "Your derivation has the answer in its fifth line.",
        "log z is to be standard normal, and eps is standard normal. What is the simplest way to make them agree?",
        "Use torch's own functions on eps itself: a detour over numpy, item or detach cuts the gradient.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(rng, np.array([-1.0, 2.0, 1.0, -2.0]), None, None, torch.float32, "cpu", readable=True)
        for dtype, device in arithmetic():
            for x in (
                rng.normal(size=()),
                self._symmetric(rng, (6,)),
                self._symmetric(rng, (4, 3)),
                self._symmetric(rng, (2, 3, 2)),
            ):
                yield self._case(rng, x, None, None, dtype, device)
            yield self._case(rng, np.array([-9.0, -4.0, 4.0, 9.0]), None, None, dtype, device)

    mistakes = (
        wrong("the decreasing twin", lambda eps: torch.exp(-eps), _TWIN),
        wrong("through the distribution functions", _through_cdfs, _CDFS),
        wrong("cut from the graph", lambda eps: torch.exp(eps.detach()), "The samples are right, but no gradient comes back to eps: it was taken out of the graph (detach, item, numpy or a new tensor)."),
        wrong("just any positive map", lambda eps: torch.nn.functional.softplus(eps), "Softplus makes noise positive, but the logarithm of the result is not normal. Positive is not yet log-normal."),
        wrong("made positive by folding", lambda eps: torch.exp(eps.abs()), "Both signs of the noise give the same sample: nothing falls below 1, where half of all log-normal samples lie."),
        wrong("scaled to mean one", lambda eps: torch.exp(eps - 0.5), "This log-normal has mean 1, since exp(½) is the mean of exp(eps). The mean of log z is to be 0 instead."),
        wrong("a probability, not a sample", lambda eps: 0.5 * (1 + torch.erf(eps / math.sqrt(2))), "This is F(eps), a number between 0 and 1, uniformly distributed. The matching goes on: which z has Q(z) equal to it?"),
        wrong("the density of eps", lambda eps: torch.exp(-(eps**2) / 2) / math.sqrt(2 * math.pi), "This is the density of eps. A transformation gives a new sample for each noise."),
    )  # fmt: skip


@exercise("lognormal.rescale", ("rescale_lognormal",))
class RescaleLogNormal(PushedForward):
    """M(z) = z^sigma e^mu."""

    argument = "z"
    noise = quantiles.STANDARD_LOGNORMAL

    hints = (
        "log z is standard normal. What has to happen to it so that it becomes N(mu, sigma²)? Then go back to z.",
        "A factor on the logarithm is a power on the number, a summand is a factor.",
        "mu may be a Python number: torch.exp wants a tensor, so let mu meet a tensor before that.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        numbers = (torch.tensor(0.5), torch.tensor(2.0))
        yield self._case(rng, np.log([0.5, 2.0]), *numbers, torch.float32, "cpu", readable=True)
        yield from self._every_combination(rng)

    mistakes = (
        wrong("sigma squared", lambda z, mu, sigma: torch.exp(mu + sigma**2 * torch.log(z)), "The power is sigma², the variance. A factor s on log z multiplies its standard deviation by s."),
        wrong("the decreasing twin", lambda z, mu, sigma: torch.exp(mu - sigma * torch.log(z)), "This map has the right distribution, because 1/z is as likely as z, but it decreases; the increasing one is asked for. Change the sign of the power."),
        wrong("exp(mu) added", lambda z, mu, sigma: z**sigma + torch.exp(mu + 0 * z), "exp(mu) is added. Adding mu to log z multiplies z by exp(mu)."),
        wrong("mu and sigma swapped", lambda z, mu, sigma: torch.exp(sigma + mu * torch.log(z)), "mu and sigma have changed places: the power spreads the samples, the factor moves them."),
        wrong("treated as a normal", lambda z, mu, sigma: mu + sigma * z, "mu + sigma z rescales a normal variable. Here log z is the normal one, not z."),
        wrong("left in the logarithm", lambda z, mu, sigma: mu + sigma * torch.log(z), "This is log z of the new sample, a normal number that may be negative. Leave the logarithm again."),
        wrong("mu scaled as well", lambda z, mu, sigma: torch.exp(sigma * (mu + torch.log(z))), "The power sigma was applied to exp(mu) too: first spread, then shift."),
        wrong("the way back", lambda z, mu, sigma: torch.exp((torch.log(z) - mu) / sigma), "This is the inverse, which takes a sample of log N(mu, sigma²) back to a standard one."),
        wrong("cut from the graph", lambda z, mu, sigma: torch.exp(_cut(mu) + _cut(sigma) * torch.log(z)), "The samples are right, but not every gradient comes back: mu or sigma was taken out of the graph (detach, item or a new tensor).",
              also=(lambda z, mu, sigma: torch.exp(mu + _cut(sigma) * torch.log(z)), lambda z, mu, sigma: torch.exp(_cut(mu) + sigma * torch.log(z)), lambda z, mu, sigma: torch.exp(mu + sigma * torch.log(z)).detach())),
        wrong("exp of a number", lambda z, mu, sigma: z**sigma * torch.exp(mu), "torch.exp takes tensors only and stops at a Python number. Put mu under the same exp as log z, which is a tensor, or make it one that keeps its gradient."),
    )  # fmt: skip


@exercise("lognormal.reparameterise", ("reparameterise_lognormal",))
class ReparameteriseLogNormal(PushedForward):
    """C(eps) = exp(mu + sigma eps): the quantile function of the log-normal after the distribution function of the normal."""

    hints = (
        "C is M after T. Write M(T(eps)) down, then simplify.",
        "Which distribution does log z have? Reparameterise that one, and leave the logarithm at the end.",
        "mu and sigma may be Python numbers or tensors of any shape: one expression handles all, as long as nothing "
        "is turned into a new tensor or a number on the way.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        numbers = (torch.tensor(1.0), torch.tensor(0.5))
        for again in (False, True):
            yield self._case(
                rng, np.array([-1.0, 2.0, 1.0, -2.0]), *numbers, torch.float32, "cpu", readable=True, again=again
            )
        yield from self._every_combination(rng)

    mistakes = (
        wrong(OWN_NOISE, lambda eps, mu, sigma: torch.exp(mu + sigma * torch.randn_like(eps)), "The sample does not change when eps does: it draws noise of its own. The noise comes in as an argument."),
        wrong("sigma squared", lambda eps, mu, sigma: torch.exp(mu + sigma**2 * eps), "The spread of log z matches sigma² where sigma is asked for: check which of the two the formula takes."),
        wrong("the decreasing twin", lambda eps, mu, sigma: torch.exp(mu - sigma * eps), _TWIN),
        wrong("mean outside the exponential", lambda eps, mu, sigma: mu + torch.exp(sigma * eps), "exp must act on mu as well: outside it, mu only shifts the samples, and they may become negative."),
        wrong("exp(mu) added", lambda eps, mu, sigma: torch.exp(sigma * eps) + torch.exp(mu + 0 * eps), "exp(mu) is added. A sum in the exponent is a product outside."),
        wrong("mu and sigma swapped", lambda eps, mu, sigma: torch.exp(sigma + mu * eps), "mu and sigma have changed places: the noise is spread by sigma and shifted by mu."),
        wrong("the normal, not the log-normal", lambda eps, mu, sigma: mu + sigma * eps, "This is log z, a sample of N(mu, sigma²), which may be negative. The log-normal lives on the positive numbers."),
        wrong("standard deviation outside", lambda eps, mu, sigma: sigma * torch.exp(mu + eps), "sigma multiplies the sample. It belongs to the noise, inside the exponent: T first, then a power."),
        wrong("log-variance taken for sigma", lambda eps, mu, sigma: torch.exp(mu + torch.exp(0.5 * (sigma + 0 * eps)) * eps), "sigma was treated as a log-variance. Here it is the standard deviation itself."),
        wrong("corrected for the mean", lambda eps, mu, sigma: torch.exp(mu - sigma**2 / 2 + sigma * eps), "This keeps the mean of z at exp(mu). Here mu is the mean of log z, and needs no correction."),
        wrong("cut from the graph", lambda eps, mu, sigma: torch.exp(_cut(mu) + _cut(sigma) * eps), "The samples are right, but not every gradient comes back: mu or sigma was taken out of the graph (detach, item or a new tensor).",
              also=(lambda eps, mu, sigma: torch.exp(mu + _cut(sigma) * eps), lambda eps, mu, sigma: torch.exp(_cut(mu) + sigma * eps), lambda eps, mu, sigma: torch.exp(mu + sigma * eps).detach())),
        wrong("through the distribution functions", _through_cdfs, _CDFS),
        wrong("exp of a number", lambda eps, mu, sigma: torch.exp(eps) ** sigma * torch.exp(mu), "torch.exp takes tensors only and stops at a Python number. Put mu under the same exp as the noise, or make it a tensor that keeps its gradient."),
    )  # fmt: skip


# --- where the prior is zero -----------------------------------------------------------------------------------


def _log_ndtr(x: float) -> float:
    return float(special.log_ndtr(x))


def _sampled(mu, sigma, eps, *, positive=None, jacobian=True, prior=None):
    z = mu + sigma * eps
    log_q = torch.distributions.Normal(mu, sigma).log_prob(z)
    z = z if positive is None else positive(z)
    log_p = -0.5 * torch.log(z) ** 2 - 0.5 * math.log(2 * math.pi) - (torch.log(z) if jacobian else 0)
    return log_q - (log_p if prior is None else prior(z, log_p))


def _clamped_kl(mu: float, sigma: float, eps: torch.Tensor, least: float) -> torch.Tensor:
    return _sampled(mu, sigma, eps, positive=lambda z: z.clamp(min=least)).mean()


def _infinite(z: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    return torch.where(z > 0, log_p, -math.inf)


@exercise("lognormal.support", ("impossible_event", "sampled_kl"), kind="witness")
class Support(Exercise):
    """q = N(mu, sigma²) gives probability to z ≤ 0, the log-normal prior none: KL = ∞, whatever mu and sigma."""

    interval = gate("impossible_event returns three numbers a < b and log_q, where a may be −∞")
    zero = gate("the prior gives the interval probability 0")
    mass = pays("log_q is the logarithm of q's probability of that interval, finite for every mu and sigma", 1.5)
    one = gate("sampled_kl returns one number")
    sampled = pays(
        "the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0", 1.5
    )

    hints = (
        "Where on the line does a log-normal variable never fall? And which normal distribution would stay away from there?",
        "A probability of e⁻¹⁰⁰⁰ is positive, though no float can hold it: torch.special or scipy.special have the "
        "logarithm of the normal's distribution function.",
        "For z ≤ 0 the density is 0 and its logarithm −∞. The formula with log z must not be used there: decide first.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._event(1.0, 0.5)
        for mu, sigma in ((rng.normal(), _spread(rng)), (-2 * rng.uniform(), _spread(rng)), (rng.uniform(8, 9), 0.2)):
            yield self._event(float(mu), float(sigma))
        yield self._estimate(3.0, 0.5, torch.tensor([-1.0, 1.0]))
        yield self._estimate(1.0, 1.0, torch.tensor([1.0, -2.0]))
        for dtype, device in arithmetic():
            for reach in (2.0, 20.0):  # the noise stays above −2 in one case, so every sample is positive
                eps = np.maximum(rng.normal(size=50), -1.9) if reach == 2 else rng.normal(size=50)
                sigma = float(rng.uniform(0.3, 0.8))
                mu = 2 * sigma + float(rng.uniform(0.1, 1)) if reach == 2 else sigma * float(rng.uniform(0, 0.5))
                yield self._estimate(mu, sigma, _floats(eps, dtype, device))

    def _event(self, mu: float, sigma: float) -> Case:
        about = (self.interval, self.zero, self.mass)
        return case(call("impossible_event", mu, sigma), about=about, mu=mu, sigma=sigma)

    def _estimate(self, mu: float, sigma: float, eps: torch.Tensor) -> Case:
        return case(call("sampled_kl", mu, sigma, eps), about=(self.one, self.sampled), mu=mu, sigma=sigma, eps=eps)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_impossible_event(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer) if isinstance(answer, (tuple, list)) else None
        good = found is not None and found.shape == (3,) and not np.isnan(found[:2]).any() and found[0] < found[1]
        yield self.interval(
            good, "three numbers (a, b, log_q) with a < b", show(answer) if found is not None else kind_of(answer)
        )
        if not good:
            return
        a, b, log_q = map(float, found)
        inside = float(quantiles.STANDARD_LOGNORMAL.cdf(b)) if b > 0 else 0.0
        yield self.zero(b <= 0, "probability 0 under the prior", f"[{show(a)}, {show(b)}] has probability {inside:.3g}")
        if b > 0:
            return
        true = _log_mass((a - case.mu) / case.sigma, (b - case.mu) / case.sigma)
        right = math.isfinite(log_q) and abs(log_q - true) <= 1e-5 * (1 + abs(true))  # float32 inside is precise enough
        why = (
            "The probability is positive, but too small for a float: take its logarithm directly."
            if log_q == -math.inf
            else ""
        )
        yield self.mass(right, show(true), show(log_q), why=why)

    def _judge_sampled_kl(self, case: Case, answer: Any) -> Iterator[Finding]:
        got = number(answer)
        yield self.one(got is not None, "one number", kind_of(answer))
        if got is None:
            return
        z = case.mu + case.sigma * exact(case.eps)
        terms = quantiles.normal(case.mu, case.sigma).logpdf(z) - quantiles.STANDARD_LOGNORMAL.logpdf(z)
        # log z is as badly conditioned as z is small, and (z − mu) / sigma as sigma is
        size = 1 + np.mean(
            abs(terms)
            + (1 + abs(np.log(abs(z)))) * (1 + case.mu / abs(z))
            + (1 + abs(exact(case.eps))) ** 2 * (1 + case.mu / case.sigma)
        )
        size = size if math.isfinite(terms.mean()) else 1.0
        why = (
            "Not a number is no answer: the prior's log density is −∞ there, and the divergence +∞."
            if math.isnan(got)
            else ""
        )
        yield self.sampled(*close(got, float(terms.mean()), _precision(case.eps.dtype, case.mu), size), why=why)

    mistakes = (
        wrong(
            "where both are positive",
            {"impossible_event": lambda mu, sigma: (0.0, math.inf, _log_ndtr(mu / sigma))},
            "On this interval the prior is positive. Look for a place that q reaches and the prior never does.",
        ),
        wrong(
            "the probability of the rest",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, _log_ndtr(mu / sigma))},
            "This is the probability that z is positive. The event is the other one: the argument of the distribution function has the wrong sign.",
        ),
        wrong(
            "sigma is forgotten",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, _log_ndtr(-mu))},
            "The distance from mu to 0 is counted in units of 1. Divide it by sigma.",
        ),
        wrong(
            "sigma squared",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, _log_ndtr(-mu / sigma**2))},
            "The distance from mu to 0 is counted in units of the variance; standard deviations are its unit.",
        ),
        wrong(
            "the probability, not its logarithm",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, math.exp(_log_ndtr(-mu / sigma)))},
            "This is the probability itself. Its logarithm is asked for, since it stays finite where the probability underflows.",
        ),
        wrong(
            "the probability underflowed",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, float(np.log(special.ndtr(-mu / sigma))) if mu / sigma < 37 else -math.inf)},
            "The probability was rounded to 0 before its logarithm was taken, as if the event could not happen. Use a function that gives the logarithm directly.",
            also=({"impossible_event": lambda mu, sigma: (-math.inf, 0.0, math.log(0.5 * math.erfc(mu / sigma / math.sqrt(2))))},),
        ),
        wrong(
            "a density at a point",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, -0.5 * (mu / sigma) ** 2 - math.log(sigma * math.sqrt(2 * math.pi)))},
            "This is log q at 0, a density. A single point has probability 0; the interval needs the distribution function.",
        ),
        wrong(
            "NaN for infinity",
            {"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps).mean()},
            "A negative sample went into the logarithm, and NaN came out. The formula of the density holds for z > 0; elsewhere log p = −∞.",
        ),
        wrong(
            "the infinity is clamped away",
            {"sampled_kl": partial(_clamped_kl, least=1e-6)},
            "A small number in place of z makes an infinite divergence look finite, and what one then minimises is the clamp.",
            also=tuple({"sampled_kl": partial(_clamped_kl, least=10.0**-k)} for k in (3, 4, 5, 7, 8, 9, 10, 12, 15, 16, 20, 30)),
        ),
        wrong(
            "negative samples dropped",
            {"sampled_kl": lambda mu, sigma, eps: (lambda terms: terms[~terms.isnan()].mean())(_sampled(mu, sigma, eps))},
            "The samples that matter most were left out. Where the prior is 0, log q − log p is +∞, and so is the mean.",
        ),
        wrong(
            "the sign of z is lost",
            {"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps, positive=torch.abs).mean()},
            "The density was taken at |z|. A negative sample has density 0 under the prior.",
        ),
        wrong(
            "the prior lacks its 1/z",
            {"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps, jacobian=False, prior=_infinite).mean()},
            "log p is the normal density at log z. The log-normal density has a factor 1/z as well, from the change of variable.",
            also=({"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps, jacobian=False).mean()},),
        ),
        wrong(
            "the wrong way round",
            {"sampled_kl": lambda mu, sigma, eps: -_sampled(mu, sigma, eps, prior=_infinite).mean()},
            "This averages log p − log q. The divergence from q to the prior averages log q − log p.",
        ),
    )  # fmt: skip


def _log_mass(low: float, high: float) -> float:
    """log(Φ(high) − Φ(low)) without underflow or cancellation."""
    if low > 0:  # the smaller tail, by symmetry
        low, high = -high, -low
    upper, lower = float(special.log_ndtr(high)), float(special.log_ndtr(low))
    return upper + math.log1p(-math.exp(lower - upper)) if lower < upper else -math.inf


# --- the divergence of two log-normals -------------------------------------------------------------------------

_KL_NAMES = ("mean", "variance", "log")


def _kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0, *, mean=None, variance=None, log=None, extra=None):
    """The three terms, or with some replaced, as tensors."""
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    terms = {
        "mean": (m - M) ** 2 / (2 * S**2) if mean is None else mean(m, s, M, S),
        "variance": (s**2 / S**2 - 1) / 2 if variance is None else variance(m, s, M, S),
        "log": torch.log(S / s) if log is None else log(m, s, M, S),
    }
    return terms if extra is None else {**terms, "log": terms["log"] + extra(m, s, M, S)}


def _slip(**parts: Callable) -> dict[str, Callable]:
    """The same slip in both functions."""
    return {
        "kl_terms": partial(_kl, **parts),
        "lognormal_kl": lambda *args, **kwargs: sum(_kl(*args, **kwargs, **parts).values()),
    }


def _slip_of_logs(log: Callable[[Any, Any], Any]) -> dict[str, Callable]:
    """The log term taken of sigma and prior_sigma as they come, numbers or tensors."""

    def kl_terms(mu: Any, sigma: Any, prior_mu: Any = 0.0, prior_sigma: Any = 1.0) -> dict[str, Any]:
        return {**_kl(mu, sigma, prior_mu, prior_sigma), "log": log(sigma, prior_sigma)}

    return {"kl_terms": kl_terms, "lognormal_kl": lambda *args, **kwargs: sum(kl_terms(*args, **kwargs).values())}


@exercise("lognormal.kl", ("kl_terms", "lognormal_kl"))
class LogNormalKl(Exercise):
    """KL(LogN(mu, sigma²) ‖ LogN(prior_mu, prior_sigma²)) in nats, as a mean, a variance and a log term."""

    named = gate(
        "kl_terms returns a dictionary with mean, variance and log, in shapes that broadcast to the arguments'"
    )
    terms = pays("each term is right by itself: what the means, the spreads and the normalisers contribute")
    shape = gate("lognormal_kl has one value per element of the broadcast shape, no sum over them")
    value = pays("the divergence is the mean of log q − log p over q, in nats", 0.5)
    gradients = pays("gradients arrive at mu and sigma, and have the right size", 0.5)

    hints = (
        "In log q(z) − log p(z) both densities have the same factor 1/z. What is left is a question about log z.",
        "Three things make the difference: two quadratic forms in log z, and the ratio of the normalisers. "
        "Take the mean of (log z − prior_mu)² under q: it has two parts.",
        "The divergence of a distribution from itself is 0: which of your terms must be 0 then, each by itself?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield from self._cases(rng, [1.0, 0.5, 0.0, 1.0], torch.float64, "cpu", defaults=True)
        readable = [torch.tensor(v) for v in (1.0, 0.5, -1.0, 2.0)]
        yield from self._cases(rng, readable, torch.float32, "cpu", readable=True)
        for dtype, device in arithmetic():
            for _ in range(5):
                kinds = rng.choice(list(SHAPES), size=4)
                mus = [
                    _parameter(lambda shape: 1.5 * rng.normal(size=shape), kind, dtype, device) for kind in kinds[:2]
                ]
                sigmas = [_parameter(partial(_spread, rng), kind, dtype, device) for kind in kinds[2:]]
                arguments = [mus[0], sigmas[0], mus[1], sigmas[1]]
                yield from self._cases(rng, arguments, dtype, device, defaults=bool(rng.integers(2)))

    def _cases(
        self,
        rng: np.random.Generator,
        arguments: list[Parameter],
        dtype: torch.dtype,
        device: str,
        defaults: bool = False,
        readable: bool = False,
    ) -> Iterator[Case]:
        """Both functions at the same numbers. defaults: leave the prior out; readable: the gradient of a plain sum."""
        names = ("mu", "sigma", "prior_mu", "prior_sigma")
        given = dict(list(zip(names, arguments, strict=True))[: 2 if defaults else 4])
        tensors = {k: v for k, v in given.items() if isinstance(v, torch.Tensor)}
        shape = tuple(torch.broadcast_shapes(*(v.shape for v in tensors.values()))) if tensors else None
        like = next(iter(tensors.values()), None)
        precision = _precision(dtype, *given.values()) if tensors else torch.float32
        facts = {"given": given, "shape": shape, "like": like, "dtype": precision}
        yield case(call("kl_terms", **given), about=(self.named, self.terms), **facts)
        wrt = tuple(name for name in ("mu", "sigma") if name in tensors)
        about = (self.shape, self.value, *([self.gradients] if wrt else []))
        cotangent = _normal(rng, shape or (), dtype, device)
        cotangent = torch.ones_like(cotangent) if readable else cotangent
        ask = grad("lognormal_kl", wrt, cotangent, **given) if wrt else call("lognormal_kl", **given)
        yield case(ask, about=about, cotangent=cotangent, **facts)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        numbers = {"prior_mu": 0.0, "prior_sigma": 1.0, **case.given}
        m, s, M, S = (
            np.broadcast_to(exact(numbers[k]), case.shape or ()) for k in ("mu", "sigma", "prior_mu", "prior_sigma")
        )
        size = 1 + (m**2 + M**2) / S**2 + s**2 / S**2 + abs(np.log(S)) + abs(np.log(s))
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer, (m, s, M, S), size)

    def _judge_kl_terms(self, case: Case, answer: Any, at: tuple, size: np.ndarray) -> Iterator[Finding]:
        named = isinstance(answer, dict) and answer.keys() == set(_KL_NAMES)
        spread = {k: _spread_out(answer[k], size.shape) for k in _KL_NAMES} if named else {}
        good = named and all(v is not None for v in spread.values())
        yield self.named(
            good, f"a dictionary of mean, variance and log, in shapes that broadcast to {size.shape}", kind_of(answer)
        )
        if not good:
            return
        truth = dict(zip(_KL_NAMES, self._truth(*at), strict=True))
        verdicts = {k: close(spread[k], truth[k], case.dtype, size) for k in _KL_NAMES}
        bad = [k for k in _KL_NAMES if not verdicts[k].ok]
        yield self.terms(not bad, *(_named(part, verdicts, bad or _KL_NAMES) for part in _PARTS))

    @staticmethod
    def _truth(m: np.ndarray, s: np.ndarray, M: np.ndarray, S: np.ndarray) -> tuple[np.ndarray, ...]:
        """By quadrature in log z: the means differ alone, the spreads differ alone; the normalisers at the median."""
        divergence = np.vectorize(lognormals.kl, otypes=[float])
        mean, widths = divergence(m, S, M, S), divergence(M, s, M, S)
        log = lognormals.log_density(np.exp(M), M, s) - lognormals.log_density(np.exp(M), M, S)
        return mean, widths - log, log

    def _judge_lognormal_kl(self, case: Case, answer: Any, at: tuple, size: np.ndarray) -> Iterator[Finding]:
        value, gradients = _value_and_gradients(answer)
        if case.shape is None:
            single = number(value)
            yield self.shape(single is not None, "one number", kind_of(value))
            value = single
        else:
            yield self.shape(*has_shape(value, case.shape, case.like))
        if value is None or (case.shape is not None and not has_shape(value, case.shape).ok):
            return
        truth = np.vectorize(lognormals.kl, otypes=[float])(*at)
        verdict = close(value, truth, case.dtype, size)
        yield self.value(
            *verdict, why="A divergence is never negative." if (np.asarray(values(value)) < -1e-3).any() else ""
        )
        if case.asks[0].verb == "grad":
            yield self.gradients(*_gradients(gradients, self._slopes(*at), case, case.dtype))

    @staticmethod
    def _slopes(m: np.ndarray, s: np.ndarray, M: np.ndarray, S: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By torch's own divergence of two log-normals, differentiated; it has a closed form of its own."""
        at = [torch.tensor(np.array(v), requires_grad=i < 2) for i, v in enumerate((m, s, M, S))]
        normals = torch.distributions.LogNormal(*at[:2]), torch.distributions.LogNormal(*at[2:])
        by_mu, by_sigma = torch.autograd.grad(torch.distributions.kl_divergence(*normals).sum(), at[:2])
        return {"mu": (by_mu.numpy(), (abs(m) + abs(M) + s) / S**2), "sigma": (by_sigma.numpy(), s / S**2 + 1 / s)}

    mistakes = (
        wrong(
            "the wrong way round",
            _slip(
                mean=lambda m, s, M, S: (m - M) ** 2 / (2 * s**2),
                variance=lambda m, s, M, S: (S**2 / s**2 - 1) / 2,
                log=lambda m, s, M, S: torch.log(s / S),
            ),
            "This is KL(prior ‖ q). The mean is taken over q here, so the prior's spread stands in the denominators.",
        ),
        wrong(
            "the mean is not squared",
            _slip(mean=lambda m, s, M, S: (m - M) / (2 * S**2)),
            "The distance of the means enters squared: without the square the term could be negative.",
        ),
        wrong(
            "the half is forgotten",
            _slip(mean=lambda m, s, M, S: (m - M) ** 2 / S**2, variance=lambda m, s, M, S: s**2 / S**2 - 1),
            "The factor ½ of the exponents is missing in the quadratic terms.",
        ),
        wrong(
            "the logarithm of the variances",
            _slip(log=lambda m, s, M, S: torch.log(S**2 / s**2)),
            "This is the log ratio of the variances, twice what it should be: the normaliser of a density holds sigma, not sigma².",
        ),
        wrong(
            "sigma for its square",
            _slip(variance=lambda m, s, M, S: (s / S - 1) / 2),
            "The variance term compares variances; standard deviations stand in it.",
        ),
        wrong(
            "the one is forgotten",
            _slip(variance=lambda m, s, M, S: s**2 / S**2 / 2),
            "q's own exponent has the mean −½, which is missing: for equal distributions the terms must all be 0.",
        ),
        wrong(
            "the sign of the logarithm",
            _slip(log=lambda m, s, M, S: torch.log(s / S)),
            "The log term has the wrong sign: a narrow q is far from the prior, so its divergence grows as sigma tends to 0.",
        ),
        wrong(
            "the 1/z counted once",
            _slip(extra=lambda m, s, M, S: m),
            "The factor 1/z of the log-normal density was counted for one of the two only, which adds the mean of log z. It stands in both and cancels.",
        ),
        wrong(
            "sigma read as a log-variance",
            _slip(
                mean=lambda m, s, M, S: (m - M) ** 2 / (2 * S.exp()),
                variance=lambda m, s, M, S: ((s - S).exp() - 1) / 2,
                log=lambda m, s, M, S: (S - s) / 2,
            ),
            "sigma was treated as a log-variance, as in the loss of many VAEs. Here it is the standard deviation itself.",
        ),
        wrong(
            "the logarithm of a number",
            _slip_of_logs(lambda sigma, prior_sigma: torch.log(prior_sigma / sigma)),
            "torch.log takes tensors only and stops at a Python number. Make the quotient a tensor first, in a way that keeps its gradient: torch.as_tensor does.",
        ),
        wrong(
            "math.log of a tensor",
            _slip_of_logs(lambda sigma, prior_sigma: math.log(prior_sigma) - math.log(sigma)),
            "math.log takes one number. It stops at a tensor with several entries, and cuts a tensor with a single one from the graph.",
            also=(_slip_of_logs(lambda sigma, prior_sigma: math.log(prior_sigma / sigma)),),
        ),
        wrong(
            "a term leaves the graph",
            {"lognormal_kl": _slip(log=lambda m, s, M, S: torch.log(S / s).detach())["lognormal_kl"]},
            "The value is right, but the gradient misses a term: mu or sigma was turned into a number there (math.log, item, detach).",
            also=({"lognormal_kl": lambda *args, **kwargs: sum(_kl(*args, **kwargs).values()).detach()},),
        ),
    )  # fmt: skip


def _spread_out(answer: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    """The answer's numbers in the full shape, None if they do not fit into it."""
    got = values(answer)
    try:
        return None if got is None else np.broadcast_to(got, shape)
    except ValueError:
        return None
