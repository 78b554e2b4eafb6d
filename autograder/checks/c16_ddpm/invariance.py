"""vdm.invariance: ½ Σ (SNR_{t−1} − SNR_t) mse_t, and its limit, which knows only the ends of the schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, number
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

SUM, MSE, LIMIT = "snr_sum", "normal_mse", "normal_limit"
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(120)


def _sum(snr, mse, *, weigh=None, half=0.5, at=slice(1, None), reduce=torch.sum):
    drop = snr[:-1] - snr[1:] if weigh is None else weigh(snr)
    return half * reduce(drop * mse[at])


def _summing(**slip: Any) -> dict[str, Callable]:
    return {SUM: lambda snr, mse: _sum(snr, mse, **slip)}


@exercise("vdm.invariance", (SUM, MSE, LIMIT))
class Invariance(Exercise):
    """½ Σ (SNR_{t−1} − SNR_t) mse_t → ½ ∫ mse dSNR, ½ log((1 + s² SNR_0)/(1 + s² SNR_T)) for N(0, s²)."""

    form = gate("the sum and the limit are one number, the price has one for each SNR")
    weights = pays("the sum weighs the price at each time with the drop of the SNR that leads to it", 1)
    same = pays("with many steps the sum comes to one limit, from above, whatever schedule joins the ends", 1)
    price = pays("the price for normal data is the variance that is left of x0 when x_t is known", 1)
    limit = pays("the limit for normal data is the integral of half the price between the ends", 1)

    hints = (
        "There are N values of the SNR. How many drops lie between them? To which time belongs the price of each?",
        "s = 1, SNR 4, 1, 0: the prices are 0.2, 0.5 and 1. The sum is ½ (3 · 0.5 + 1 · 1).",
        "x_t/√alpha_bar_t = x0 + eps/√SNR: a normal prior of precision 1/s², an observation of precision SNR. Add them.",
    )

    _s = Number(Reals(0, math.inf, "()", reach=(1e-2, 30)))
    _ratio = Number(Reals(0, math.inf, "[)", reach=(1e-3, 1e3)), says=("snr_0 ≥ snr_T",))
    _ratios = Tensor("N", Reals(0, math.inf, "[)", reach=(1e-3, 1e3)))
    domain = {
        SUM: Domain(
            {"snr": _ratios, "mse": _ratios}, sizes={"N": (2, 6)}, returns=Like("snr"), most=12, says=("N = T + 1",)
        ),
        MSE: Domain({"snr": _ratios, "s": _s}, sizes={"N": (1, 6)}, returns=Like("snr"), most=12),
        LIMIT: Domain(
            {"snr_0": _ratio, "snr_T": _ratio, "s": _s}, when=lambda snr_0, snr_T, s: snr_0 >= snr_T, most=12
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        snr, mse = torch.tensor([[4.0, 1.0, 0.0], [0.2, 0.5, 1.0]], dtype=torch.float64)
        yield self._case(SUM, snr, mse)
        yield self._case(MSE, snr, 1.0)
        yield self._case(LIMIT, 4.0, 0.0, 1.0)
        yield self._case(LIMIT, 4.0, 1.0, 2.0)
        for dtype, device in arithmetic():
            for N in (4, 7):
                snr = floats(np.sort(rng.uniform(0.05, 5, N))[::-1].copy(), dtype, device)
                yield self._case(SUM, snr, floats(rng.uniform(0.2, 2, N), dtype, device))
                yield self._case(MSE, snr, float(rng.uniform(0.4, 3)))
            yield self._case(LIMIT, float(rng.uniform(2, 30)), float(rng.uniform(0.05, 1)), float(rng.uniform(0.4, 3)))
            yield from self._fine(rng, dtype, device)

    def _fine(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Case]:
        """Three schedules of a thousand steps between the same ends, for normal data and for a coin."""
        most, least, s = float(rng.uniform(3, 8)), float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.6, 2))
        u = np.linspace(0, 1, 1001)
        angles = np.arctan(1 / np.sqrt([most, least]))
        shapes = (
            np.exp(np.log(most) + u * np.log(least / most)),
            1 / np.tan(angles[0] + u * (angles[1] - angles[0])) ** 2,
            most + u ** float(rng.uniform(0.4, 3)) * (least - most),
        )
        kinds = ((lambda v: s**2 / (1 + s**2 * v), lambda v: _normal_information(v, s)), (_coin_price, _coin_nats))
        for price, information in kinds:
            for snr in shapes:
                yield self._case(
                    SUM, floats(snr, dtype, device), floats(price(snr), dtype, device),
                    law=self.same, limit=information(snr[0]) - information(snr[-1]),
                )  # fmt: skip

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(name, *given.values())

    def _case(self, name: str, *given: Any, law=None, limit: float = 0.0) -> Case:
        law = law or {SUM: self.weights, MSE: self.price, LIMIT: self.limit}[name]
        return case(call(name, *given), about=(self.form, law), name=name, given=given, law=law, limit=limit)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        first = case.given[0]
        shape = (
            is_number(answer)
            if case.name == LIMIT
            else has_shape(answer, tuple(first.shape) if case.name == MSE else (), first)
        )
        yield self.form(*shape)
        if not shape.ok:
            return
        if case.name == LIMIT:
            want, size = _limit(*case.given)
            yield case.law(*close(number(answer), want, torch.float64, size))
        elif case.name == MSE:
            want = np.array([_variance(v, case.given[1]) for v in exact(first)])
            yield case.law(*close(answer, want, first.dtype))
        elif case.law is self.same:
            yield case.law(*_squeezed(number(answer), case.limit, exact(first), exact(case.given[1])))
        else:
            snr, mse = exact(first), exact(case.given[1])
            terms = [(a - b) * m / 2 for a, b, m in zip(snr, snr[1:], mse[1:], strict=False)]
            size = ((snr[:-1] + snr[1:]) * mse[1:]).sum()
            yield case.law(*close(answer, math.fsum(terms), first.dtype, size))

    mistakes = (
        wrong(
            "uniform weights",
            _summing(weigh=lambda snr: torch.ones_like(snr[1:])),
            "All times have the same weight here. Then it matters where the schedule spends its steps.",
            also=(
                {SUM: lambda snr, mse: mse[1:].mean()},
                {SUM: lambda snr, mse: mse.mean()},
                {SUM: lambda snr, mse: mse[1:].sum()},
                {SUM: lambda snr, mse: 0.5 * (snr[0] - snr[-1]) * mse[1:].mean()},
            ),
        ),
        wrong(
            "SNR upside down",
            _summing(weigh=lambda snr: 1 / snr[1:] - 1 / snr[:-1]),
            "These are drops of 1/SNR, noise over signal. The weight is SNR_{t−1} − SNR_t.",
            also=(
                _summing(weigh=lambda snr: 1 / snr[:-1] - 1 / snr[1:]),
                {MSE: lambda snr, s: s**2 / (1 + s**2 / snr)},
            ),
        ),
        wrong(
            "off by one",
            _summing(at=slice(None, -1)),
            "The drop from SNR_{t−1} to SNR_t was weighed with the price at t − 1. The step back starts from x_t: mse_t.",
        ),
        wrong(
            "the half forgotten",
            _summing(half=1.0),
            "The ½ of the divergence is missing.",
            also=({LIMIT: lambda snr_0, snr_T, s: math.log((1 + s**2 * snr_0) / (1 + s**2 * snr_T))},),
        ),
        wrong(
            "the SNR itself",
            _summing(weigh=lambda snr: snr[1:]),
            "The weight is the drop of the SNR in the step, not the SNR after it.",
            also=(_summing(weigh=lambda snr: snr[:-1]),),
        ),
        wrong(
            "the drop turned round",
            _summing(half=-0.5),
            "The SNR falls with time: SNR_{t−1} − SNR_t is positive.",
            also=({LIMIT: lambda snr_0, snr_T, s: 0.5 * math.log((1 + s**2 * snr_T) / (1 + s**2 * snr_0))},),
        ),
        wrong(
            "averaged over the steps",
            _summing(reduce=torch.mean),
            "The terms of the bound add up. Their mean goes to 0 with many steps.",
        ),
        wrong(
            "s for s²",
            {MSE: lambda snr, s: s / (1 + s * snr)},
            "s is the standard deviation of the data; price and limit have its square.",
            also=({LIMIT: lambda snr_0, snr_T, s: 0.5 * math.log((1 + s * snr_0) / (1 + s * snr_T))},),
        ),
        wrong(
            "the price of not looking",
            {MSE: lambda snr, s: s**2 + 0 * snr},
            "This is the variance of x0 before x_t is seen.",
        ),
        wrong(
            "the data's width forgotten",
            {MSE: lambda snr, s: 1 / (1 + snr)},
            "This is right for s = 1 only.",
            also=({LIMIT: lambda snr_0, snr_T, s: 0.5 * math.log((1 + snr_0) / (1 + snr_T))},),
        ),
        wrong(
            "the price of the noise",
            {MSE: lambda snr, s: s**2 * snr / (1 + s**2 * snr)},
            "This is the error of the guess of the noise. That of x0 is smaller by the factor SNR.",
        ),
        wrong(
            "the one forgotten",
            {LIMIT: lambda snr_0, snr_T, s: 0.5 * math.log(max(snr_0, 1e-300) / max(snr_T, 1e-300))},
            "The integral of s²/(1 + s² v) is log(1 + s² v): without the 1 it would be infinite at SNR_T = 0.",
            also=({LIMIT: lambda snr_0, snr_T, s: 0.5 * math.log(snr_0 / snr_T)},),
        ),
    )


# --- oracles: Bayes' rule, divergences by quadrature, and the information in a coin --------------------------------


def _variance(snr: float, s: float) -> float:
    """What is left of the variance s², by Bayes' rule between x0 and x_t of the variance-preserving process."""
    kept = snr / (1 + snr)
    return gaussians.condition(np.zeros(1), s**2, np.zeros(1), math.sqrt(kept), 1 - kept)[1] if snr else s**2


def _normal_information(snr: float, s: float) -> float:
    """I(x0; x_t) = E KL(q(x_t | x0) ‖ q(x_t)), which x0 = s has as well, since it is quadratic in x0."""
    return gaussians.kl(math.sqrt(snr) * s, 1.0, 0.0, 1 + snr * s**2)


def _limit(snr_0: float, snr_T: float, s: float) -> tuple[float, float]:
    ends = [_normal_information(v, s) for v in (snr_0, snr_T)]
    return ends[0] - ends[1], 1 + abs(ends[0]) + abs(ends[1])


def _coin_price(snr: np.ndarray) -> np.ndarray:
    """E (x0 − x0_hat)² for x0 = ±1: 1 − E tanh(v + √v z)."""
    return np.array([1 - _WEIGHTS @ np.tanh(v + math.sqrt(v) * _NODES) / _WEIGHTS.sum() for v in snr])


def _coin_nats(snr: float) -> float:
    """I(x0; x_t) for the coin: v − E log cosh(v + √v z)."""
    at = snr + math.sqrt(snr) * _NODES
    return float(snr - _WEIGHTS @ (np.logaddexp(at, -at) - math.log(2)) / _WEIGHTS.sum())


def _squeezed(got: float, limit: float, snr: np.ndarray, mse: np.ndarray) -> tuple[bool, str, str]:
    """Between the limit and the sum's own rectangles: their tops are too high by less than the largest times the rise."""
    above = 0.5 * (snr[:-1] - snr[1:]).max() * (mse[-1] - mse[0])
    room = 1e-5 * (1 + snr[0])
    ok = limit - room <= got <= limit + above + room
    return ok, f"between {limit:.5f} and {limit + above:.5f}", f"{got:.5f} with {len(snr) - 1} steps"
