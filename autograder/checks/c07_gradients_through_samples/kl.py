"""lognormal.kl (long: three terms, each with the slips that students make in it)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    FAR_MU,
    PARTS,
    SHAPES,
    Parameter,
    as_parameter,
    coarsest,
    gradients_of,
    parameter,
    random_spread,
    spelt_out,
    uneven,
    value_and_gradients_of,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, number, values
from autograder.judging.domain import Domain, Like, Reals
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles import lognormals

_TENSORS = "numbers or tensors that broadcast"
_MU, _SIGMA = parameter(FAR_MU, _TENSORS), parameter(Reals(0, math.inf, reach=(1e-6, 1e3)), _TENSORS)
_FOUR = {"mu": _MU, "sigma": _SIGMA, "prior_mu": _MU, "prior_sigma": _SIGMA}
_KL_NAMES = ("trace", "mean", "log_det")


def _kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0, *, trace=None, mean=None, log_det=None, extra=None):
    """The three terms, or with some replaced, as tensors."""
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    terms = {
        "trace": s**2 / S**2 if trace is None else trace(m, s, M, S),
        "mean": (m - M) ** 2 / S**2 if mean is None else mean(m, s, M, S),
        "log_det": 2 * torch.log(S / s) if log_det is None else log_det(m, s, M, S),
    }
    return terms if extra is None else {**terms, "log_det": terms["log_det"] + extra(m, s, M, S)}


def _together(terms: dict[str, Any], one: float = 1.0, half: float = 0.5) -> Any:
    """½ (trace + mean − 1 + log_det)."""
    return half * (sum(terms.values()) - one)


def _slip(**parts: Callable) -> dict[str, Callable]:
    """The same slip in both functions."""
    return {
        "kl_terms": partial(_kl, **parts),
        "lognormal_kl": lambda *args, **kwargs: _together(_kl(*args, **kwargs, **parts)),
    }


def _slip_together(**how: float) -> dict[str, Callable]:
    """Right terms, put together with another half or another one."""
    return {"lognormal_kl": lambda *args, **kwargs: _together(_kl(*args, **kwargs), **how)}


def _summed(add: Callable[[torch.Tensor], torch.Tensor]) -> Callable:
    return lambda *args, **kwargs: add(_together(_kl(*args, **kwargs)))


def _slip_of_logs(log: Callable[[Any, Any], Any]) -> dict[str, Callable]:
    """Half the log term taken of sigma and prior_sigma as they come, numbers or tensors."""

    def kl_terms(mu: Any, sigma: Any, prior_mu: Any = 0.0, prior_sigma: Any = 1.0) -> dict[str, Any]:
        return {**_kl(mu, sigma, prior_mu, prior_sigma), "log_det": 2 * log(sigma, prior_sigma)}

    return {"kl_terms": kl_terms, "lognormal_kl": lambda *args, **kwargs: _together(kl_terms(*args, **kwargs))}


def _halved(*args: Any, **kwargs: Any) -> dict[str, Any]:
    return {name: term / 2 for name, term in _kl(*args, **kwargs).items()}


def _halved_less_one(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """The parts of another convention: ½ in each term, and the 1 in the trace."""
    terms = _halved(*args, **kwargs)
    return {**terms, "trace": terms["trace"] - 0.5}


@exercise("lognormal.kl", ("kl_terms", "lognormal_kl"))
class LogNormalKl(Exercise):
    """KL(LogN(mu, sigma²) ‖ LogN(prior_mu, prior_sigma²)) = ½ (trace + mean − 1 + log_det) in nats."""

    named = gate(
        "kl_terms returns a dictionary with trace, mean and log_det, in shapes that broadcast to the arguments'"
    )
    terms = pays("each term is right by itself: what the means, the spreads and the normalisers contribute")
    shape = gate("lognormal_kl has one value per element of the broadcast shape, no sum over them")
    value = pays("the divergence is the mean of log q − log p over q, in nats", 0.5)
    gradients = pays("gradients arrive at mu and sigma, and have the right size", 0.5)

    domain = {
        "kl_terms": Domain(dict(_FOUR), draws=6),
        "lognormal_kl": Domain(dict(_FOUR), draws=6, returns=Like("mu")),
    }

    hints = (
        "In log q(z) − log p(z) both densities have the same factor 1/z. What is left is a question about log z.",
        "Three things make the difference: two quadratic forms in log z, and the ratio of the normalisers. "
        "Take the mean of (log z − prior_mu)² under q: it has two parts, trace and mean.",
        "The divergence of a distribution from itself is 0: what must trace, mean and log_det be then, each by itself?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield from self._cases(rng, [1.0, 0.5, 0.0, 1.0], torch.float64, "cpu", defaults=True)
        readable = [torch.tensor(v) for v in (1.0, 0.5, -1.0, 2.0)]
        yield from self._cases(rng, readable, torch.float32, "cpu", readable=True)
        for dtype, device in arithmetic():
            for _ in range(5):
                kinds = rng.choice(list(SHAPES), size=4)
                mus = [
                    as_parameter(lambda shape: 1.5 * rng.normal(size=shape), kind, dtype, device) for kind in kinds[:2]
                ]
                sigmas = [as_parameter(partial(random_spread, rng), kind, dtype, device) for kind in kinds[2:]]
                arguments = [mus[0], sigmas[0], mus[1], sigmas[1]]
                yield from self._cases(rng, arguments, dtype, device, defaults=bool(rng.integers(2)))
            narrow = floats(10 ** rng.uniform(-6, -5, size=2), dtype, device)  # where a floor under sigma shows
            yield from self._cases(rng, [normal(rng, (2,), dtype, device), narrow, 0.0, 1.0], dtype, device)

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
        yield self.case_of("kl_terms", given)
        shape = self._facts(given)["shape"]
        cotangent = torch.ones(shape or ()) if readable else normal(rng, shape or (), dtype, device)
        yield self._divergence(given, cotangent)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        facts = self._facts(given)
        if name == "kl_terms":
            return case(call("kl_terms", **given), about=(self.named, self.terms), **facts)
        like = facts["like"] if facts["like"] is not None else torch.zeros(())
        return self._divergence(given, uneven(facts["shape"] or (), like))

    def _divergence(self, given: dict[str, Parameter], cotangent: torch.Tensor) -> Case:
        wrt = tuple(name for name in ("mu", "sigma") if isinstance(given[name], torch.Tensor))
        about = (self.shape, self.value, *([self.gradients] if wrt else []))
        ask = grad("lognormal_kl", wrt, cotangent, **given) if wrt else call("lognormal_kl", **given)
        return case(ask, about=about, cotangent=cotangent, **self._facts(given))

    @staticmethod
    def _facts(given: dict[str, Parameter]) -> dict[str, Any]:
        """shape: None where all are numbers; dtype: what may be asked of the result."""
        tensors = [v for v in given.values() if isinstance(v, torch.Tensor)]
        shape = tuple(torch.broadcast_shapes(*(v.shape for v in tensors))) if tensors else None
        dtype = coarsest(tensors[0].dtype, *given.values()) if tensors else torch.float32
        return {"given": given, "shape": shape, "like": tensors[0] if tensors else None, "dtype": dtype}

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        numbers = {"prior_mu": 0.0, "prior_sigma": 1.0, **case.given}
        m, s, M, S = (
            np.broadcast_to(exact(numbers[k]), case.shape or ()) for k in ("mu", "sigma", "prior_mu", "prior_sigma")
        )
        logs = 1 + abs(np.log(S)) + abs(np.log(s))
        size = (m**2 + M**2) / S**2 + s**2 / S**2 * logs + logs  # s²/S² may be had as a power of e
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer, (m, s, M, S), size)

    def _judge_kl_terms(self, case: Case, answer: Any, at: tuple, size: np.ndarray) -> Iterator[Finding]:
        named = isinstance(answer, dict) and answer.keys() == set(_KL_NAMES)
        spread = {k: _spread_out(answer[k], size.shape) for k in _KL_NAMES} if named else {}
        good = named and all(v is not None for v in spread.values())
        yield self.named(
            good, f"a dictionary of trace, mean and log_det, in shapes that broadcast to {size.shape}", kind_of(answer)
        )
        if not good:
            return
        truth = dict(zip(_KL_NAMES, self._truth(*at), strict=True))
        verdicts = {k: close(spread[k], truth[k], case.dtype, size) for k in _KL_NAMES}
        bad = [k for k in _KL_NAMES if not verdicts[k].ok]
        yield self.terms(not bad, *(spelt_out(part, verdicts, bad or _KL_NAMES) for part in PARTS))

    @staticmethod
    def _truth(m: np.ndarray, s: np.ndarray, M: np.ndarray, S: np.ndarray) -> tuple[np.ndarray, ...]:
        """By quadrature in log z: the means differ alone, the spreads differ alone; the normalisers at the median."""
        divergence = np.vectorize(lognormals.kl, otypes=[float])
        mean, widths = divergence(m, S, M, S), divergence(M, s, M, S)
        log = lognormals.log_density(np.exp(M), M, s) - lognormals.log_density(np.exp(M), M, S)
        return 1 + 2 * (widths - log), 2 * mean, 2 * log

    def _judge_lognormal_kl(self, case: Case, answer: Any, at: tuple, size: np.ndarray) -> Iterator[Finding]:
        value, gradients = value_and_gradients_of(answer)
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
            yield self.gradients(*gradients_of(gradients, self._slopes(*at), case, case.dtype))

    @staticmethod
    def _slopes(m: np.ndarray, s: np.ndarray, M: np.ndarray, S: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By torch's own divergence of two log-normals, differentiated; it has a closed form of its own."""
        at = [torch.tensor(np.array(v), requires_grad=i < 2) for i, v in enumerate((m, s, M, S))]
        normals = torch.distributions.LogNormal(*at[:2]), torch.distributions.LogNormal(*at[2:])
        by_mu, by_sigma = torch.autograd.grad(torch.distributions.kl_divergence(*normals).sum(), at[:2])
        return {
            "mu": (by_mu.numpy(), (abs(m) + abs(M) + s) / S**2),
            "sigma": (by_sigma.numpy(), (abs(m) + abs(M) + s) / S**2 + 1 / s),
        }

    mistakes = (
        wrong(
            "the wrong way round",
            _slip(
                trace=lambda m, s, M, S: S**2 / s**2,
                mean=lambda m, s, M, S: (m - M) ** 2 / s**2,
                log_det=lambda m, s, M, S: 2 * torch.log(s / S),
            ),
            "This is KL(prior ‖ q). The mean is taken over q here, so the prior's spread stands in the denominators.",
        ),
        wrong(
            "the mean is not squared",
            _slip(mean=lambda m, s, M, S: (m - M) / S**2),
            "The distance of the means enters squared: without the square the term could be negative.",
            also=(_slip(mean=lambda m, s, M, S: (m - M) / S),),
        ),
        wrong(
            "the half is forgotten",
            _slip_together(half=1.0),
            "The terms are right and their sum is twice the divergence: the ½ of the exponents stands outside.",
        ),
        wrong(
            "the half counted inside",
            _slip(
                trace=lambda m, s, M, S: s**2 / S**2 / 2,
                mean=lambda m, s, M, S: (m - M) ** 2 / S**2 / 2,
                log_det=lambda m, s, M, S: torch.log(S / s),
            ),
            "The terms are half of what they are called: trace and mean are ratios of variances, log_det is the logarithm of one. "
            "The ½ stands outside, once.",
            also=(
                _slip(mean=lambda m, s, M, S: (m - M) ** 2 / S**2 / 2),
                _slip(trace=lambda m, s, M, S: s**2 / S**2 / 2),
                {"kl_terms": _halved},
                {"kl_terms": _halved_less_one},
            ),
        ),
        wrong(
            "the variances in the wrong order",
            _slip(trace=lambda m, s, M, S: S**2 / s**2),
            "The trace divides by q's variance. It measures q's spread in units of the prior's: sigma²/prior_sigma².",
        ),
        wrong(
            "the logarithm of the standard deviations",
            _slip(log_det=lambda m, s, M, S: torch.log(S / s)),
            "log_det is the logarithm of the ratio of the variances: log sigma² = 2 log sigma.",
        ),
        wrong(
            "sigma for its square",
            _slip(trace=lambda m, s, M, S: s / S),
            "The trace compares variances; standard deviations stand in it.",
        ),
        wrong(
            "the mean in another unit",
            _slip(mean=lambda m, s, M, S: (m - M) ** 2 / S),
            "The squared distance of the means is counted in units of the prior's variance, prior_sigma².",
            also=(_slip(mean=lambda m, s, M, S: (m - M) ** 2 + 0 * S),),
        ),
        wrong(
            "the one is forgotten",
            _slip_together(one=0.0),
            "q's own exponent has the mean −½, which is missing: between equal distributions the divergence must be 0.",
        ),
        wrong(
            "the one inside the trace",
            _slip(trace=lambda m, s, M, S: s**2 / S**2 - 1),
            "The 1 (the dimension) is taken off when the terms are put together. The trace itself is sigma²/prior_sigma².",
        ),
        wrong(
            "the sign of the logarithm",
            _slip(log_det=lambda m, s, M, S: 2 * torch.log(s / S)),
            "log_det has the wrong sign: a narrow q is far from the prior, so its divergence grows as sigma tends to 0.",
        ),
        wrong(
            "the 1/z counted once",
            _slip(extra=lambda m, s, M, S: 2 * m),
            "The factor 1/z of the log-normal density was counted for one of the two only, which adds the mean of log z. It stands in both and cancels.",
        ),
        wrong(
            "sigma read as a log-variance",
            _slip(
                trace=lambda m, s, M, S: (s - S).exp(),
                mean=lambda m, s, M, S: (m - M) ** 2 / S.exp(),
                log_det=lambda m, s, M, S: S - s,
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
            {"lognormal_kl": _slip(log_det=lambda m, s, M, S: 2 * torch.log(S / s).detach())["lognormal_kl"]},
            "The value is right, but the gradient misses a term: mu or sigma was turned into a number there (math.log, item, detach).",
            also=({"lognormal_kl": _summed(torch.Tensor.detach)},),
        ),
        wrong(
            "the prior is taken for standard",
            _slip(
                trace=lambda m, s, M, S: s**2 + 0 * S,
                mean=lambda m, s, M, S: m**2 + 0 * (M + S),
                log_det=lambda m, s, M, S: -2 * torch.log(s) + 0 * S,
            ),
            "This holds for the standard prior only: prior_mu and prior_sigma belong into the terms.",
            also=(
                _slip(trace=lambda m, s, M, S: s**2 + 0 * S),
                _slip(log_det=lambda m, s, M, S: -2 * torch.log(s) + 0 * S),
                _slip(mean=lambda m, s, M, S: m**2 / S**2 + 0 * M),
            ),
        ),
        wrong(
            "summed over the elements",
            {"lognormal_kl": _summed(lambda kl: kl.sum(-1) if kl.dim() else kl)},
            "One divergence per element is asked for. These were added up or averaged, as in the loss of a latent vector.",
            also=(
                {"lognormal_kl": _summed(torch.sum)},
                {"lognormal_kl": _summed(torch.mean)},
                {"lognormal_kl": _summed(lambda kl: kl.mean(-1) if kl.dim() else kl)},
                {"lognormal_kl": _summed(lambda kl: kl.sum(-1))},
            ),
        ),
    )  # fmt: skip


def _spread_out(answer: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    """The answer's numbers in the full shape, None if they do not fit into it."""
    got = values(answer)
    try:
        return None if got is None else np.broadcast_to(got, shape)
    except ValueError:
        return None
