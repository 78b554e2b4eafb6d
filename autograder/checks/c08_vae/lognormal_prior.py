"""vae.lognormal_prior (long: densities, a loss and a decoder, each with mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c08_vae.shared import LOG_2PI, half_of_the_constant
from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.networks import forward, network, rough_of, takes_and_gives
from autograder.oracles import lognormals
from pushforward.answering.wire import Net

TERMS, LOSS, SAME = "lognormal_terms", "lognormal_nelbo", "same_decoder"
PARTS = ("z", "log_q", "log_p")
MU = Tensor("B, d", Reals(reach=(1e-3, 4)))
SIGMA = Tensor("B, d", Reals(0, math.inf, reach=(1e-2, 2)))
EPS = Tensor("B, d", Reals(reach=(1e-3, 4)))


# --- slips -------------------------------------------------------------------------------------------------------


def _code(mu: torch.Tensor, sigma: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
    return (mu + sigma * eps).exp()


def _log_n(z: torch.Tensor, mu: Any, sigma: Any) -> torch.Tensor:
    sigma = torch.as_tensor(sigma, dtype=z.dtype, device=z.device)
    return -0.5 * (((z - mu) / sigma) ** 2 + LOG_2PI) - sigma.log()


def _terms(mu, sigma, eps, code: Callable = _code, over: Callable = torch.sum, stretch: tuple[int, int] = (1, 1)):
    z = code(mu, sigma, eps)
    u = z.log()
    log_q = over(_log_n(u, mu, sigma) - stretch[0] * u, 1)
    return {"z": z, "log_q": log_q, "log_p": over(_log_n(u, 0.0, 1.0) - stretch[1] * u, 1)}


def _kl(mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return 0.5 * (mu**2 + sigma**2 - 1 - 2 * sigma.log()).sum(1)


def _nelbo(
    x, mu, sigma, eps, decoder, s, code: Callable = _code, kl: Callable = _kl, constant: int = 1, over=torch.sum
):
    error = over((x - decoder(code(mu, sigma, eps))) ** 2, 1)
    return error / (2 * s**2) + constant * x.shape[1] / 2 * math.log(2 * math.pi * s**2) + kl(mu, sigma)


def _other_code(code: Callable) -> dict[str, Callable]:
    return {
        TERMS: lambda *a: _terms(*a, code=code),
        LOSS: lambda *a: _nelbo(*a, code=code),
    }


def _estimated(x, mu, sigma, eps, decoder, s) -> torch.Tensor:
    terms = _terms(mu, sigma, eps)
    return _nelbo(x, mu, sigma, eps, decoder, s, kl=lambda *_: 0.0) + terms["log_q"] - terms["log_p"]


def _less(cost: Callable) -> dict[str, Callable]:
    """The loss, too low by cost(D, s)."""
    return {LOSS: lambda x, mu, sigma, eps, decoder, s: _nelbo(x, mu, sigma, eps, decoder, s) - cost(x.shape[1], s)}


@exercise("vae.lognormal_prior", (TERMS, LOSS, SAME))
class LognormalPrior(Exercise):
    """q and prior are log-normal: their divergence is that of two normals, and the decoder sees exp of a normal code."""

    apart = True
    shape = gate("z, log_q and log_p, a loss for each item, a decoded mean for each code: of the promised shapes")
    codes = pays("z is exp(mu + sigma eps), and so positive", 0.5)
    densities = pays("log_q and log_p are the log densities of z itself under LogN(mu, sigma²) and LogN(0, 1)", 1.0)
    loss = pays(
        "the loss is −log p(x | z) at the log-normal code, plus the divergence of q from its prior in closed form", 1.5
    )
    same = pays("same_decoder makes of the log-normal VAE the normal one: the same mean for the same noise", 1.0)

    hints = (
        "Notebook 07: which function of the noise is log-normal? Notebook 02: the density of z = exp(u) has a factor 1/z.",
        "A divergence does not change if both densities go through the same invertible map. Which map makes these two normal?",
        "The normal VAE decodes u. What is u, if you are only given z = exp(u)?",
    )

    domain = {
        TERMS: Domain(
            {"mu": MU, "sigma": SIGMA, "eps": EPS},
            sizes={"B": (1, 4), "d": (1, 3)},
            returns={name: Like("mu") for name in PARTS},
            draws=2,
        ),
        LOSS: Domain(
            {
                "x": Tensor("B, D"),
                "mu": MU,
                "sigma": SIGMA,
                "eps": EPS,
                "decoder": takes_and_gives("d", "D", "takes (B, d)", "gives the mean of x, (B, D)"),
                "s": Number(Reals(0, math.inf, reach=(0.05, 50)), says=("the standard deviation of x given z",)),
            },
            sizes={"B": (1, 3), "d": (1, 3), "D": (1, 4)},
            returns=Like("x"),
            draws=2,
            most=14,
        ),
        SAME: Domain(
            {
                "decoder": takes_and_gives("d", "D", "of the normal VAE, takes (B, d)", "gives (B, D)"),
                "z": Tensor("B, d", Reals(0, math.inf, reach=(1e-12, 100))),
            },
            sizes={"B": (1, 3), "d": (1, 3), "D": (1, 4)},
            returns=Like("z"),
            draws=2,
            most=8,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one, half = floats([[1.0]], PYTHON), floats([[0.5]], PYTHON)
        line = Net("mlp", (floats([[2.0]], PYTHON), floats([1.0], PYTHON)), "2 v + 1")
        yield self.case_of(TERMS, {"mu": one, "sigma": half, "eps": -one})
        yield self.case_of(LOSS, {"x": 3 * one, "mu": one, "sigma": half, "eps": -one, "decoder": line, "s": 1.0})
        yield self.case_of(SAME, {"decoder": line, "z": one.exp()})
        for dtype, device in arithmetic():
            for B, d, D in ((3, 2, 4), (2, 1, 3)):
                mu, eps, x = (normal(rng, n, dtype, device) for n in ((B, d), (B, d), (B, D)))
                sigma = floats(np.exp(rng.uniform(-1.5, 0.2, size=(B, d))), dtype, device)
                decoder, s = network(rng, (d, 5, D), dtype, device), float(rng.uniform(0.3, 1.5))
                yield self.case_of(TERMS, {"mu": mu, "sigma": sigma, "eps": eps})
                given = {"x": x, "mu": mu, "sigma": sigma, "eps": eps, "decoder": decoder, "s": s}
                yield self.case_of(LOSS, given)
                yield self.case_of(SAME, {"decoder": decoder, "z": (mu + sigma * eps).exp()})
            steep = network(rng, (2, 3), dtype, device)  # one layer, which nothing bounds
            far = floats([[3.5, -3.5], [1.0, -2.0]], dtype, device)  # codes from e⁻⁷ to e⁷
            given = {"x": normal(rng, (2, 3), dtype, device), "mu": far, "sigma": 0 * far + 1, "eps": far}
            yield self.case_of(TERMS, {"mu": far, "sigma": 0 * far + 2, "eps": far})
            yield self.case_of(LOSS, {**given, "decoder": steep, "s": 20.0})
            yield self.case_of(LOSS, {**given, "mu": -abs(far), "eps": -abs(far), "decoder": steep, "s": 0.1})
            yield self.case_of(SAME, {"decoder": steep, "z": floats([[1e-30, 1e-8], [1e-4, 1e8]], dtype, device)})
            still = {"mu": 0 * far, "sigma": 0 * far + 1, "eps": 0 * far}
            x = floats(forward(steep, np.ones((2, 2))), dtype, device)  # just what is decoded: the loss is negative
            yield self.case_of(LOSS, {"x": x, **still, "decoder": steep, "s": 0.1})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {TERMS: (self.codes, self.densities), LOSS: (self.loss,), SAME: (self.same,)}[name]
        return case(call(name, *given.values()), about=(self.shape, *laws), of=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from {TERMS: self._judge_terms, LOSS: self._judge_loss, SAME: self._judge_same}[case.of](case, answer)

    def _judge_terms(self, case: Case, answer: Any) -> Iterator[Finding]:
        B = len(case.mu)
        named = isinstance(answer, dict) and answer.keys() == set(PARTS)
        shapes = (
            [has_shape(answer[k], tuple(case.mu.shape) if k == "z" else (B,), case.mu) for k in PARTS] if named else []
        )
        good = named and all(shape.ok for shape in shapes)
        came = next((shape.got for shape in shapes if not shape.ok), kind_of(answer))
        yield self.shape(good, "z (B, d), log_q (B,), log_p (B,)", came)
        if not good:
            return
        mu, sigma, eps, dtype = exact(case.mu), exact(case.sigma), exact(case.eps), case.mu.dtype
        u = mu + sigma * eps
        z, size = np.exp(u), abs(mu) + sigma * abs(eps) + 1
        yield self.codes(*close(answer["z"], z, dtype, z * size))
        # from z comes log z, rounded relative to 1 + |u|; then (log z − mu) / sigma
        rough = ((abs(eps) / sigma + abs(eps) + abs(u) + 1) * size + eps**2 + abs(np.log(sigma)) + 2).sum(1)
        for name, m, v in (("log_q", mu, sigma), ("log_p", 0.0, 1.0)):
            want = lognormals.log_density(z, m, v).sum(1)
            yield self.densities(*close(answer[name], want, dtype, rough), why=f"This is {name}.")

    def _judge_loss(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.x),), case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        x, mu, sigma, eps, s = *(exact(part) for part in (case.x, case.mu, case.sigma, case.eps)), case.s
        u = mu + sigma * eps
        z, mean = np.exp(u), forward(case.decoder, np.exp(u))
        off = rough_of(case.decoder, z * (1 + abs(mu) + sigma * abs(eps)))
        away = abs(x - mean)
        likelihood = (away**2 / (2 * s**2) + 0.5 * math.log(2 * math.pi * s**2)).sum(1)
        kl = [
            sum(lognormals.kl(m, v, 0.0, 1.0) for m, v in zip(*row, strict=True)) for row in zip(mu, sigma, strict=True)
        ]
        rough = ((away + FACTOR * EPSILON["float32"] * off) * (off + abs(x)) / s**2 + abs(math.log(s)) + 2).sum(1)
        rough += (mu**2 + sigma**2 + 1 + 2 * abs(np.log(sigma))).sum(1)
        yield self.loss(*close(answer, likelihood + np.array(kl), case.x.dtype, rough))

    def _judge_same(self, case: Case, answer: Any) -> Iterator[Finding]:
        z = exact(case.z)
        want = forward(case.decoder, np.log(z))
        shape = has_shape(answer, want.shape, case.z)
        yield self.shape(*shape)
        if shape.ok:
            yield self.same(*close(answer, want, case.z.dtype, rough_of(case.decoder, abs(np.log(z)) + 1)))

    mistakes = (
        wrong(
            "the densities of log z",
            {TERMS: lambda *a: _terms(*a, stretch=(0, 0))},
            "These are the normal densities of log z. z = exp(u) stretches by z, so its log density has −log z besides.",
            also=({TERMS: lambda *a: _terms(*a, stretch=(0, 1))}, {TERMS: lambda *a: _terms(*a, stretch=(1, 0))}),
        ),
        wrong(
            "the stretch the wrong way",
            {TERMS: lambda *a: _terms(*a, stretch=(-1, -1))},
            "log z was added. Where exp stretches, the density gets thinner: it is taken off.",
        ),
        wrong(
            "a normal prior",
            {TERMS: lambda *a: {**_terms(*a), "log_p": _log_n(_terms(*a)["z"], 0.0, 1.0).sum(1)}},
            "log_p is that of N(0, 1) at z. The prior is log-normal.",
        ),
        wrong(
            "no exponential",
            {
                TERMS: lambda mu, sigma, eps: {**_terms(mu, sigma, eps), "z": mu + sigma * eps},
                LOSS: lambda *a: _nelbo(*a, code=lambda mu, sigma, eps: mu + sigma * eps),
            },
            "mu + sigma eps is the normal code. The log-normal one is its exponential, and that is what the decoder sees.",
        ),
        wrong(
            "a variance for sigma",
            _other_code(lambda mu, sigma, eps: (mu + sigma.sqrt() * eps).exp()),
            "sigma is the standard deviation of log z: it is not squared, and no root is taken.",
            also=(_other_code(lambda mu, sigma, eps: (mu + sigma**2 * eps).exp()),),
        ),
        wrong(
            "mu outside the exponential",
            {LOSS: lambda *a: _nelbo(*a, code=lambda mu, sigma, eps: mu + (sigma * eps).exp())},
            "mu belongs into the exponent: with it outside, z may be negative.",
        ),
        wrong(
            "no noise",
            {LOSS: lambda *a: _nelbo(*a, code=lambda mu, sigma, eps: mu.exp())},
            "One fixed point of q was decoded, its median or its mean. The bound needs a draw.",
            also=({LOSS: lambda *a: _nelbo(*a, code=lambda mu, sigma, eps: (mu + sigma**2 / 2).exp())},),
        ),
        wrong(
            "the divergence is taken off",
            {LOSS: lambda *a: _nelbo(*a, kl=lambda mu, sigma: -_kl(mu, sigma))},
            "A loss is minus the bound: the divergence is added to it.",
        ),
        wrong(
            "an estimate of the divergence",
            {LOSS: _estimated},
            "log q(z) − log p(z) at one draw is right on average only. Its mean is known: it is the divergence of two normals.",
        ),
        wrong(
            "another divergence",
            {LOSS: lambda *a: _nelbo(*a, kl=lambda mu, sigma: 0.5 * (mu**2 + sigma**2 - 1 - sigma.log()).sum(1))},
            "In KL(LogN(mu, sigma²) ‖ LogN(0, 1)) stands ½ (mu² + sigma² − 1 − log sigma²), summed over the latents.",
            also=(
                {LOSS: lambda *a: _nelbo(*a, kl=lambda mu, sigma: 2 * _kl(mu, sigma))},
                {LOSS: lambda *a: _nelbo(*a, kl=lambda mu, sigma: _kl(mu, sigma) / mu.shape[1])},
                {LOSS: lambda *a: _nelbo(*a, kl=lambda mu, sigma: _kl(mu, sigma) + mu.sum(1))},
            ),
        ),
        half_of_the_constant(_less),
        wrong(
            "another logarithm",
            {SAME: lambda decoder, z: decoder(z.log2())},
            "What undoes exp is the natural logarithm of z itself.",
            also=(
                {SAME: lambda decoder, z: decoder(z.log10())},
                {SAME: lambda decoder, z: decoder(z.log1p())},
            ),
        ),
        wrong(
            "kept away from 0",
            {SAME: lambda decoder, z: decoder((z + 1e-8).log())},
            "Every z > 0 has a logarithm. A small number added to z changes it where z is as small.",
            also=(
                {SAME: lambda decoder, z: decoder(z.clamp_min(1e-8).log())},
                {SAME: lambda decoder, z: decoder((z + 1e-6).log())},
                {SAME: lambda decoder, z: decoder(z.clamp_min(1e-6).log())},
            ),
        ),
        wrong(
            "the constant is dropped",
            {LOSS: lambda *a: _nelbo(*a, constant=0)},
            "D/2 log(2π s²) is missing. Without it the number is no bound on −log p(x).",
        ),
        wrong(
            "a mean over the pixels",
            {LOSS: lambda *a: _nelbo(*a, over=torch.mean)},
            "Squared errors are summed over the pixels: log p(x | z) is that of the whole picture.",
        ),
        wrong(
            "the decoder as it was",
            {SAME: lambda decoder, z: decoder(z)},
            "The old decoder expects u, which may be negative. It was given z = exp(u).",
        ),
        wrong(
            "exp for log",
            {SAME: lambda decoder, z: decoder(z.exp())},
            "z is exp(u) already. To undo it takes the logarithm.",
        ),
    )  # fmt: skip
