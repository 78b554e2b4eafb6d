"""vae.ladder (long: the loss of two rungs, the exact q of two latents, and the chain with a rung for each pixel)."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.checks.c08_vae.shared import LOG_2PI, half_of_the_constant
from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of, show
from autograder.judging.compare import values as numbers
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.judging.networks import forward, network, rough_of, takes_and_gives
from autograder.judging.parts import has_parts, parts_of
from autograder.oracles import gaussians
from pushforward.answering.wire import Net

LOSS, TOP_DOWN, CHAIN = "ladder_nelbo", "top_down", "chain_nelbo"
TERMS = ("reconstruction", "kl_2", "kl_1", "nelbo")
TOLD = ("encode_2", "encode_1", "prior_1")  # the networks that give log sigma
STEPS = ("mu_2", "sigma_2", "offset", "slope", "sigma_1")
RUNGS = ("kl", "nelbo")
GIVEN = ("x", "eps_2", "eps_1")  # what the gradient is asked for
TURN = 1e-30  # how far an argument is moved, along the imaginary axis, to see the slope
TIGHT = 1e-8  # nats, beside what rounding costs
THIN = 1e3  # how much of its precision z2 may lose to z1


# --- the loss, in numpy ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Normal:
    """N(mu, diag sigma²) as a network gives it; off: the size of what mu and log sigma are rounded relative to."""

    mu: np.ndarray
    log_sigma: np.ndarray
    off_mu: np.ndarray
    off_log: np.ndarray

    @property
    def sigma(self) -> np.ndarray:
        return np.exp(self.log_sigma)

    def at(self, eps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The draw, and what it is rounded relative to."""
        return self.mu + self.sigma * eps, self.off_mu + self.sigma * abs(eps) * (1 + self.off_log) + abs(self.mu)


def _said(net: Any, v: np.ndarray, size: np.ndarray) -> _Normal:
    said, off = np.split(forward(net, v), 2, axis=1), np.split(rough_of(net, size), 2, axis=1)
    return _Normal(*said, *off)


def _wider(net: Net, shift: float) -> Net:
    """The same with shift added to log sigma, the second half of what it gives."""
    *before, last = net.weights
    half = torch.arange(len(last), device=last.device) >= len(last) // 2
    return Net(net.architecture, (*before, last + shift * half), net.label)


def _standard(like: np.ndarray) -> _Normal:
    return _Normal(*(0 * like for _ in range(4)))


def _kl(q: _Normal, p: _Normal) -> tuple[np.ndarray, np.ndarray]:
    """(B,) by quadrature, and what is rounded on the way."""
    rows = zip(q.mu, q.sigma**2, p.mu, p.sigma**2, strict=True)
    found = np.array([sum(gaussians.kl(*entry) for entry in zip(*row, strict=True)) for row in rows])
    ratio, apart = (q.sigma / p.sigma) ** 2, abs(q.mu - p.mu) / p.sigma
    shift = (q.off_mu + p.off_mu + abs(q.mu) + abs(p.mu)) / p.sigma
    logs = 1 + q.off_log + p.off_log + abs(q.log_sigma) + abs(p.log_sigma)
    rough = (ratio + apart**2 + 1) * logs + apart * shift + FACTOR * EPSILON["float32"] * shift**2
    return found, rough.sum(1)


def _known(case: Case) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Each term with its roundings."""
    x, eps_2, eps_1, s = exact(case.x), exact(case.eps_2), exact(case.eps_1), case.s
    q2 = _said(case.encode_2, x, abs(x))
    z2, r2 = q2.at(eps_2)
    q1 = _said(case.encode_1, np.hstack([x, z2]), np.hstack([abs(x), r2]))
    p1 = _said(case.prior_1, z2, r2)
    z1, r1 = q1.at(eps_1)
    mean, off = forward(case.decode, np.hstack([z1, z2])), rough_of(case.decode, np.hstack([r1, r2]))
    away = abs(x - mean)
    reconstruction = (away**2 / (2 * s**2) + 0.5 * LOG_2PI + math.log(s)).sum(1)
    rough = ((away + FACTOR * EPSILON["float32"] * off) * (off + abs(x)) / s**2 + abs(math.log(s)) + 2).sum(1)
    found = {"reconstruction": (reconstruction, rough), "kl_2": _kl(q2, _standard(z2)), "kl_1": _kl(q1, p1)}
    return {**found, "nelbo": tuple(map(sum, zip(*found.values(), strict=True)))}


def _cost(case: Case, x: np.ndarray, eps_2: np.ndarray, eps_1: np.ndarray) -> np.ndarray:
    """nelbo once more, (B,), for complex numbers as well."""

    def said(net: Any, *parts: np.ndarray) -> list[np.ndarray]:
        return np.split(forward(net, np.hstack(parts)), 2, axis=1)

    def kl(m: Any, k: Any, n: Any = 0.0, prior: Any = 0.0) -> np.ndarray:
        return (prior - k - 0.5 + 0.5 * (np.exp(2 * k) + (m - n) ** 2) * np.exp(-2 * prior)).sum(1)

    q2 = said(case.encode_2, x)
    z2 = q2[0] + np.exp(q2[1]) * eps_2
    q1 = said(case.encode_1, x, z2)
    z1 = q1[0] + np.exp(q1[1]) * eps_1
    away = x - forward(case.decode, np.hstack([z1, z2]))
    return (away**2).sum(1) / (2 * case.s**2) + kl(*q2) + kl(*q1, *said(case.prior_1, z2))


def _slopes(case: Case) -> dict[str, np.ndarray]:
    """∂ nelbo / ∂ each of the three, column by column."""
    at = {name: exact(getattr(case, name)) for name in GIVEN}
    found = {}
    for name, value in at.items():
        turned = [{**at, name: value + 1j * TURN * (np.arange(value.shape[1]) == j)} for j in range(value.shape[1])]
        found[name] = np.stack([_cost(case, **given).imag / TURN for given in turned], axis=1)
    return found


# --- slips -------------------------------------------------------------------------------------------------------


def _two(said: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    mu, log_sigma = said.chunk(2, 1)
    return mu, log_sigma.exp()


def _divergence(q: tuple, p: tuple, over: Callable = torch.sum) -> torch.Tensor:
    (mu, sigma), (m, v) = q, p
    return over(0.5 * ((sigma / v) ** 2 + ((mu - m) / v) ** 2 - 1 - 2 * (sigma / v).log()), 1)


def _loss(
    x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s,
    parts: Callable = _two, shown: Callable = lambda q2, z2: z2, prior: Callable = lambda z2, p1: p1,
    kl: Callable = _divergence, over: Callable = torch.sum, constant: int = 1, sign: int = 1,
    lower: Callable | None = None, told: Callable = lambda q2, z2: z2, draw: Callable = lambda z: z,
) -> dict[str, torch.Tensor]:  # fmt: skip
    q2 = parts(encode_2(x))
    z2 = draw(q2[0] + q2[1] * eps_2)
    q1, p1 = parts(encode_1(torch.cat([x, shown(q2, z2)], 1))), prior(z2, parts(prior_1(told(q2, z2))))
    z1 = draw(q1[0] + q1[1] * eps_1)
    error = over((x - decode(torch.cat([z1, z2], 1))) ** 2, 1) / (2 * s**2)
    reconstruction = error + constant * x.shape[1] / 2 * math.log(2 * math.pi * s**2)
    kl_2, kl_1 = kl(q2, (torch.zeros_like(z2), torch.ones_like(z2))), (lower or kl)(q1, p1)
    nelbo = reconstruction + sign * (kl_2 + kl_1)
    return {"reconstruction": reconstruction, "kl_2": kl_2, "kl_1": kl_1, "nelbo": nelbo}


def _slip(**slip: Any) -> dict[str, Callable]:
    return {LOSS: functools.partial(_loss, **slip)}  # a gradient is asked for by name


def _then(change: Callable) -> dict[str, Callable]:
    """The loss, some of its terms replaced: change(right, x, s) gives the others."""

    def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
        right = _loss(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s)
        return {**right, **change(right, x, s)}

    return {LOSS: ladder_nelbo}


def _less(cost: Callable) -> dict[str, Callable]:
    """The reconstruction, and with it the sum, too low by cost(D, s)."""

    def change(right: dict[str, torch.Tensor], x: torch.Tensor, s: float) -> dict[str, torch.Tensor]:
        return {name: right[name] - cost(x.shape[1], s) for name in ("reconstruction", "nelbo")}

    return _then(change)


def _standard_prior(z2: torch.Tensor, p1: tuple) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.zeros_like(p1[0]), torch.ones_like(p1[1])


def _steps(x: torch.Tensor, W: torch.Tensor, s: float) -> dict[str, float]:
    (a, b), (_, c) = (torch.eye(2).to(W) + W.T @ W / s**2).tolist()
    h1, h2 = (W.T @ x / s**2).tolist()
    rest = c - b**2 / a
    return {
        "mu_2": (h2 - b * h1 / a) / rest,
        "sigma_2": rest**-0.5,
        "offset": h1 / a,
        "slope": -b / a,
        "sigma_1": a**-0.5,
    }


def _otherwise(change: Callable) -> dict[str, Callable]:
    """The right steps, some of them replaced: change(right, a, b, c, h1, h2) gives the others."""

    def top_down(x: torch.Tensor, W: torch.Tensor, s: float) -> dict[str, float]:
        (a, b), (_, c) = (torch.eye(2).to(W) + W.T @ W / s**2).tolist()
        right = _steps(x, W, s)
        return {**right, **change(right, a, b, c, *(W.T @ x / s**2).tolist())}

    return {TOP_DOWN: top_down}


def _chain(logits: Callable = lambda x, A, b: b + x @ A.tril(-1).T, sign: int = 1, over: Callable = torch.sum):
    def chain_nelbo(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> dict[str, torch.Tensor]:
        said = logits(x, A, b)
        kl = torch.nn.functional.softplus(torch.where(x == 1, -sign * said, sign * said))
        return {"kl": kl, "nelbo": over(kl, 1)}

    return {CHAIN: chain_nelbo}


def _by_sigmoids(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) -> dict[str, torch.Tensor]:
    p = torch.sigmoid(b + x @ A.tril(-1).T)
    kl = -torch.where(x == 1, p, 1 - p).log()
    return {"kl": kl, "nelbo": kl.sum(1)}


def _binary(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.integers(2, size=(place.sizes["B"], place.sizes["D"])))


def _thick(x: torch.Tensor, W: torch.Tensor, s: float) -> bool:
    """Enough of the precision of z2 is left for it to be computed in float32."""
    (a, b), (_, c) = np.eye(2) + exact(W).T @ exact(W) / s**2
    return c / (c - b**2 / a) < THIN and a / (a - b**2 / c) < THIN


@exercise("vae.ladder", (LOSS, TOP_DOWN, CHAIN))
class Ladder(Exercise):
    """−L = reconstruction + KL(q(z2|x) ‖ p(z2)) + E KL(q(z1|z2, x) ‖ p(z1|z2)); what rungs buy; a rung for each pixel."""

    apart = True
    parts = gate("dictionaries of the promised names, with a number for each item, each step, or each pixel")
    reconstruction = pays("reconstruction is −log p(x | z1, z2) at the draws, both decoded together", 0.75)
    upper = pays("kl_2 is the divergence of q(z2 | x) from N(0, I)", 0.5)
    lower = pays("kl_1 is the divergence of q(z1 | z2, x) from p(z1 | z2), both shown the drawn z2", 1.0)
    whole = pays("nelbo is the sum of the three", 0.25)
    slopes = pays("the gradient of nelbo arrives, through both draws", 0.25)
    posterior = pays("the two steps of top_down multiply to the posterior: no gap is left", 1.25)
    rungs = pays(
        "chain_nelbo: each rung costs −log p(x_k | x_<k), and all pictures together have the probability one", 1.25
    )

    hints = (
        "Everything at the lower rung is shown the same z2, the one that was drawn: the encoder beside x, the prior alone.",
        "As a function of z1 the exponent is −½ Λ11 z1² + (h1 − Λ12 z2) z1. Which normal is that? Complete the square; what is "
        "left has z2² and z2 in it.",
        "Rung k of the chain may see the pixels before it only: which entries of A are those? And a pixel that is 0 has the "
        "probability 1 − sigmoid(l) = sigmoid(−l).",
    )  # fmt: skip

    domain = {
        LOSS: Domain(
            {
                "x": Tensor("B, D"),
                "eps_2": Tensor("B, d", Reals(reach=(1e-3, 5))),
                "eps_1": Tensor("B, e", Reals(reach=(1e-3, 5)), says=("the noise of z2 and of z1",)),
                "encode_2": takes_and_gives("D", "d", "takes x, gives mu and log sigma of z2, (B, 2d)", times=2),
                "encode_1": takes_and_gives(
                    "D + d", "e", "takes x and z2 side by side, gives mu and log sigma of z1, (B, 2e)", times=2
                ),
                "prior_1": takes_and_gives("d", "e", "takes z2, gives mu and log sigma of z1, (B, 2e)", times=2),
                "decode": takes_and_gives(
                    "e + d", "D", "takes z1 and z2 side by side, gives the mean of x, (B, D)"
                ),
                "s": Number(Reals(0, math.inf, reach=(0.05, 50)), says=("the standard deviation of x given z1 and z2",)),
            },
            sizes={"B": (1, 3), "D": (1, 4), "d": (1, 3), "e": (1, 3)},
            returns={name: Like("x") for name in TERMS},
            draws=2,
            most=12,
        ),
        TOP_DOWN: Domain(
            {
                "x": Tensor("D", Reals(reach=(1e-3, 30))),
                "W": Tensor("D, 2", Reals(reach=(1e-3, 5)), says=("its columns belong to z1 and z2", "both N(0, 1)")),
                "s": Number(Reals(0, math.inf, reach=(0.2, 50)), says=("the standard deviation of x given z",)),
            },
            sizes={"D": (1, 5, 12)},
            when=_thick,
            draws=2,
        ),
        CHAIN: Domain(
            {
                "x": Made(_binary, (_binary,), says=("(B, D)", "values 0 and 1")),
                "A": Tensor(
                    "D, D", Reals(reach=(1e-3, 200)), says=("of which only what stands below the diagonal counts",)
                ),
                "b": Tensor("D", Reals(reach=(1e-3, 200))),
            },
            sizes={"B": (1, 4), "D": (1, 5)},
            returns={name: Like("x") for name in RUNGS},
            draws=2,
            most=12,
        ),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        W, x = floats([[1.0, 1.0], [1.0, 2.0]], PYTHON), floats([1.0, 2.0], PYTHON)
        yield self.case_of(TOP_DOWN, {"x": x, "W": W, "s": 1.0})
        A, b = floats([[0.0, 0.0], [-2.0, 0.0]], PYTHON), floats([0.0, 1.0], PYTHON)
        yield self.case_of(CHAIN, {"x": floats([[1.0, 0.0]], PYTHON), "A": A, "b": b})
        for dtype, device in arithmetic():
            for D, d, e in ((4, 2, 3), (3, 1, 2), (2, 2, 1)):
                yield self.case_of(LOSS, self._question(rng, D, d, e, dtype, device))
            yield self.case_of(LOSS, self._question(rng, 3, 1, 1, dtype, device, gain=0.1))  # hardly any divergence
            for shift in (-11.0, 6.0):  # far from the usual widths
                given = self._question(rng, 3, 2, 1, dtype, device)
                yield self.case_of(LOSS, given | {name: _wider(given[name], shift) for name in TOLD})
            for D, d, e in ((4, 2, 3), (3, 1, 2)):
                yield self._slopes_case(rng, self._question(rng, D, d, e, dtype, device))
            for D, s, unit in ((2, 0.8, 1.0), (4, 0.4, 1.0), (3, 1.5, 1.0), (3, 0.8, 0.02), (3, 0.8, 50.0)):
                x, W = normal(rng, (D,), dtype, device), normal(rng, (D, 2), dtype, device)
                yield self.case_of(TOP_DOWN, {"x": unit * x, "W": unit * W, "s": unit * s})
            for D in (1, 2, 4):
                every = floats(list(itertools.product((0, 1), repeat=D)), dtype, device)
                A, b = 2 * normal(rng, (D, D), dtype, device), normal(rng, (D,), dtype, device)
                yield self.case_of(CHAIN, {"x": every, "A": A, "b": b}, every=True)
            some, A = floats(rng.integers(2, size=(2, 66)), dtype, device), normal(rng, (66, 66), dtype, device)
            yield self.case_of(CHAIN, {"x": some, "A": A, "b": A[0]})  # as many pixels as a digit has, and more
            sure = floats([150.0, -150.0], dtype, device)  # a sigmoid is 1 there, but for rounding
            yield self.case_of(CHAIN, {"x": every[:4, -2:], "A": A[:2, :2], "b": sure})

    @staticmethod
    def _question(
        rng: np.random.Generator, D: int, d: int, e: int, dtype: torch.dtype, device: str, gain: float = 1.0
    ) -> dict[str, Any]:
        x, eps_2, eps_1 = (normal(rng, (3, n), dtype, device) for n in (D, d, e))
        widths = {
            "encode_2": (D, 5, 2 * d),
            "encode_1": (D + d, 5, 2 * e),
            "prior_1": (d, 5, 2 * e),
            "decode": (e + d, 5, D),
        }
        nets = {name: network(rng, sizes, dtype, device, gain) for name, sizes in widths.items()}
        nets = {name: Net("mlp", tuple(gain * w for w in net.weights), net.label) for name, net in nets.items()}
        return {"x": x, "eps_2": eps_2, "eps_1": eps_1, **nets, "s": float(rng.uniform(0.3, 1.5))}

    def _slopes_case(self, rng: np.random.Generator, given: dict[str, Any]) -> Case:
        x = given["x"]
        turn = floats(rng.uniform(0.5, 2, size=len(x)), x.dtype, str(x.device))
        asked = grad(LOSS, GIVEN, {"nelbo": turn}, **given)
        return case(asked, about=(self.parts, self.slopes), of=LOSS, turn=turn, **given)

    def case_of(self, name: str, given: dict[str, Any], every: bool = False) -> Case:
        laws = {
            LOSS: (self.reconstruction, self.upper, self.lower, self.whole),
            TOP_DOWN: (self.posterior,),
            CHAIN: (self.rungs,),
        }[name]
        return case(call(name, *given.values()), about=(self.parts, *laws), of=name, every=every, turn=None, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from {LOSS: self._judge_loss, TOP_DOWN: self._judge_top_down, CHAIN: self._judge_chain}[case.of](
            case, answer
        )

    def _formed(self, answer: Any, shapes: dict[str, tuple[int, ...]], like: torch.Tensor) -> Finding:
        if not isinstance(answer, dict) or answer.keys() != shapes.keys():
            came = f"a dict with {', '.join(answer)}" if isinstance(answer, dict) else kind_of(answer)
            return self.parts(False, f"a dictionary with {', '.join(shapes)}", came)
        found = {name: has_shape(answer[name], shape, like) for name, shape in shapes.items()}
        wrong = next((name for name, shape in found.items() if not shape.ok), None)
        return self.parts(wrong is None, *((f"{wrong}: {found[wrong].expected}", found[wrong].got) if wrong else ()))

    # --- two rungs

    def _judge_loss(self, case: Case, answer: Any) -> Iterator[Finding]:
        gradients = None
        if case.turn is not None:
            answer, gradients = answer["value"], answer["gradients"]
        formed = self._formed(answer, dict.fromkeys(TERMS, (len(case.x),)), case.x)
        yield formed
        if not formed.ok:
            return
        known = _known(case)
        if gradients is not None:
            yield self._judge_slopes(case, gradients, known["nelbo"][1])
            return
        for law, name in zip((self.reconstruction, self.upper, self.lower), TERMS, strict=False):
            yield law(*close(answer[name], known[name][0], case.x.dtype, known[name][1]))
        yield self.whole(*close(answer["nelbo"], known["nelbo"][0], case.x.dtype, known["nelbo"][1]))

    def _judge_slopes(self, case: Case, gradients: dict[str, Any], rough: np.ndarray) -> Finding:
        turn = exact(case.turn)[:, None]
        for name, slope in _slopes(case).items():
            if gradients[name] is None:
                return self.slopes(False, f"{show(turn * slope)} for {name}", "no gradient arrives")
            verdict = close(gradients[name], turn * slope, case.x.dtype, turn * rough[:, None] / case.s)
            if not verdict.ok:
                return self.slopes(False, f"{verdict.expected} for {name}", verdict.got)
        return self.slopes(True)

    # --- two latents

    def _judge_top_down(self, case: Case, answer: Any) -> Iterator[Finding]:
        formed = has_parts(answer, STEPS)
        steps = parts_of(answer, STEPS)
        good = (
            formed.ok and all(map(math.isfinite, steps.values())) and min(steps["sigma_1"], steps["sigma_2"]) > 1e-100
        )
        yield self.parts(good, f"finite numbers {', '.join(STEPS)}, the sigmas positive", formed.got)
        if good and max(map(abs, steps.values())) < 1e100:
            gap, room = _gap(case, **steps)
            yield self.posterior(gap <= room, "a gap of 0 nats", f"{show(gap)} nats")
        elif good:
            yield self.posterior(False, "a gap of 0 nats", "numbers beyond all measure")

    # --- as many rungs as pixels

    def _judge_chain(self, case: Case, answer: Any) -> Iterator[Finding]:
        B, D = case.x.shape
        formed = self._formed(answer, {"kl": (B, D), "nelbo": (B,)}, case.x)
        yield formed
        if not formed.ok:
            return
        x, A, b = exact(case.x), exact(case.A), exact(case.b)
        logits = np.array([[b[k] + sum(A[k, j] * row[j] for j in range(k)) for k in range(D)] for row in x])
        size = abs(b) + np.array([[sum(abs(A[k, j]) * row[j] for j in range(k)) for k in range(D)] for row in x])
        kl = np.logaddexp(0, np.where(x == 1, -logits, logits))
        rough = 1 + size  # a cost near 0 may come as the difference of two logits
        yield self.rungs(*close(answer["kl"], kl, case.x.dtype, rough), why="This is kl.")
        yield self.rungs(*close(answer["nelbo"], kl.sum(1), case.x.dtype, rough.sum(1)), why="This is nelbo.")
        if case.every:
            whole = float(np.exp(-np.clip(numbers(answer["nelbo"]), -700, 700)).sum())
            yield self.rungs(math.isclose(whole, 1, abs_tol=1e-4), f"1 over all {B} pictures", f"{whole:.4g}")

    mistakes = (
        wrong(
            "the logarithm of a sigmoid",
            {CHAIN: _by_sigmoids},
            "Where a logit is large, 1 − sigmoid is rounded to 0, and its logarithm is −∞. Stay in logarithms: softplus, or logsigmoid.",
        ),
        wrong(
            "a standard prior at both rungs",
            _slip(prior=_standard_prior),
            "kl_1 compares with N(0, I). The prior of z1 is p(z1 | z2): what prior_1 says of the z2 that was drawn.",
        ),
        wrong(
            "the mean of z2 is handed down",
            _slip(shown=lambda q2, z2: q2[0]),
            "q(z1 | z2, x) was shown the mean of q(z2 | x). It must see the z2 that was drawn, as the prior does.",
        ),
        wrong(
            "the lower rung does not see the upper one",
            _slip(shown=lambda q2, z2: 0 * z2),
            "encode_1 was shown no z2: then q(z1, z2 | x) is a product, and the ladder has bought nothing.",
        ),
        wrong(
            "the divergence the wrong way round",
            _slip(kl=lambda q, p, **how: _divergence(p, q, **how)),
            "This is KL(p ‖ q). In the bound the expectation runs over q.",
            also=(_slip(lower=lambda q, p: _divergence(p, q)),),
        ),
        wrong(
            "sigma for its logarithm",
            _slip(parts=lambda said: (said.chunk(2, 1)[0], said.chunk(2, 1)[1].abs())),
            "The networks give log sigma: take its exponential.",
            also=(
                _slip(parts=lambda said: (said.chunk(2, 1)[0], (said.chunk(2, 1)[1] / 2).exp())),
                _slip(parts=lambda said: (said.chunk(2, 1)[0], (said.chunk(2, 1)[1] * 2).exp())),
            ),
        ),
        wrong(
            "a mean over the latents",
            _slip(kl=lambda q, p: _divergence(q, p, torch.mean)),
            "Divergences of independent latents are added.",
        ),
        wrong(
            "a mean over the pixels",
            _slip(over=torch.mean),
            "log p(x | z1, z2) is a sum over the pixels.",
        ),
        half_of_the_constant(_less),
        wrong(
            "the bound for the loss",
            _then(lambda right, x, s: {"nelbo": -right["nelbo"]}),
            "nelbo is minus the bound: the sum of the three costs, as they are.",
        ),
        wrong(
            "a rung left out of the sum",
            _then(lambda right, x, s: {"nelbo": right["nelbo"] - right["kl_2"]}),
            "nelbo is the sum of all three terms, and one of the divergences is not in it.",
            also=(_then(lambda right, x, s: {"nelbo": right["nelbo"] - right["kl_1"]}),),
        ),
        wrong(
            "the prior is shown the mean",
            _slip(told=lambda q2, z2: q2[0]),
            "prior_1 was shown the mean of q(z2 | x). The prior of z1 is p(z1 | z2), at the z2 that was drawn.",
        ),
        wrong(
            "a draw cut off",
            _slip(draw=torch.Tensor.detach),
            "The values are right, but on the way back the gradient stops at a draw: what made it does not learn from what is made of it.",
            also=(
                _slip(told=lambda q2, z2: z2.detach()),
                _slip(shown=lambda q2, z2: z2.detach()),
                _slip(told=lambda q2, z2: z2.detach(), shown=lambda q2, z2: z2.detach()),
            ),
        ),
        wrong("the constant is dropped", _slip(constant=0), "D/2 log(2π s²) is missing: then it is no bound."),
        wrong("the divergences are taken off", _slip(sign=-1), "A loss is minus the bound: the divergences are added."),
        wrong(
            "independent steps",
            _otherwise(lambda right, a, b, c, h1, h2: {"slope": 0.0, "offset": right["offset"] + right["slope"] * right["mu_2"]}),
            "z1 does not depend on z2. Given x, they explain each other away: slope = −Λ12 / Λ11.",
            also=(_otherwise(lambda right, a, b, c, h1, h2: {"slope": 0.0}),),
        ),
        wrong(
            "a slice for a shadow",
            _otherwise(lambda right, a, b, c, h1, h2: {"sigma_2": c**-0.5}),
            "1/√Λ22 is how wide z2 is if z1 is known. The first step does not know z1: z2 is wider, by what z1 leaves open.",
            also=(_otherwise(lambda right, a, b, c, h1, h2: {"sigma_2": c**-0.5, "mu_2": h2 / c}),),
        ),
        wrong(
            "a shadow for a slice",
            _otherwise(lambda right, a, b, c, h1, h2: {"sigma_1": (a - b**2 / c) ** -0.5}),
            "This is the width of z1 when nothing is known of z2. The second step knows z2: 1/√Λ11.",
        ),
        wrong(
            "the slope's sign",
            _otherwise(lambda right, a, b, c, h1, h2: {"slope": -right["slope"]}),
            "If z2 explains more, less is left for z1: with Λ12 > 0 the slope is negative.",
        ),
        wrong(
            "variances for standard deviations",
            _otherwise(lambda right, *_: {"sigma_1": right["sigma_1"] ** 2, "sigma_2": right["sigma_2"] ** 2}),
            "sigma_1 and sigma_2 are standard deviations.",
        ),
        wrong(
            "the offset is the mean",
            _otherwise(lambda right, *_: {"offset": right["offset"] + right["slope"] * right["mu_2"]}),
            "offset is the mean of z1 at z2 = 0, not at the mean of z2.",
        ),
        wrong(
            "the rung sees its own pixel",
            _chain(lambda x, A, b: b + x @ A.tril().T),
            "The diagonal of A was used: rung k is told pixel k before it predicts it.",
            also=(_chain(lambda x, A, b: b + x @ A.T),),
        ),
        wrong(
            "A transposed",
            _chain(lambda x, A, b: b + x @ A.tril(-1)),
            "A_kj goes from pixel j to rung k. Transposed, the pixels that come later predict the earlier ones.",
            also=(_chain(lambda x, A, b: b + x @ A.triu(1).T),),
        ),
        wrong(
            "0 and 1 exchanged",
            _chain(sign=-1),
            "sigmoid(l) is the probability of a 1. A pixel that is 0 has sigmoid(−l).",
        ),
        wrong(
            "only b",
            _chain(lambda x, A, b: b.expand_as(x)),
            "The rungs do not look at the pixels before them: this is a model of independent pixels.",
        ),
        wrong("a mean over the rungs", _chain(over=torch.mean), "The rungs' divergences are added."),
    )  # fmt: skip


def _gap(case: Case, mu_2: float, sigma_2: float, offset: float, slope: float, sigma_1: float) -> tuple[float, float]:
    """KL of the two steps from p(z2 | x) and p(z1 | z2, x), and what it may be if these are right in single precision."""
    x, W, s = exact(case.x), exact(case.W), case.s
    C = W @ W.T + s**2 * np.eye(len(x))
    gain = np.linalg.solve(C, W[:, 1])
    mean_2, var_2 = float(gain @ x), 1 - float(gain @ W[:, 1])
    at = []
    for z2 in (0.0, 1.0):  # x less what z2 explains, pixel by pixel
        mean, var_1 = np.float64(0), 1.0
        for left, w in zip(x - W[:, 1] * z2, W[:, 0], strict=True):
            mean, var_1 = gaussians.condition(mean, var_1, left, w, s**2)
        at.append(float(mean))
    away, turn = offset - at[0], slope - (at[1] - at[0])
    missed = (away + turn * mu_2) ** 2 + (turn * sigma_2) ** 2
    gap = gaussians.kl(mu_2, sigma_2**2, mean_2, var_2)
    gap += 0.5 * ((sigma_1**2 + missed) / var_1 - 1 - math.log(sigma_1**2 / var_1))
    pulls = (abs(W) * abs(x)[:, None]).sum(0) / s**2
    cross = float((abs(W[:, 0]) * abs(W[:, 1])).sum()) / s**2
    steep = (1 + float((W[:, 1] ** 2).sum()) / s**2) * var_2
    off_2 = (pulls[1] + cross * pulls[0] * var_1 + steep * abs(mean_2) / var_2) * math.sqrt(var_2)
    off_1 = (pulls[0] + cross * (abs(mean_2) + math.sqrt(var_2))) * math.sqrt(var_1)
    unit = FACTOR * EPSILON["float32"]
    return gap, TIGHT + unit**2 * (off_1**2 + off_2**2 + steep**2)
