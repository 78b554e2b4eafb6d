"""flow.bridge: the mass that no L-Lipschitz image of N(0, I) can spare between two sets at distance delta."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
from scipy import optimize, stats

from autograder.judging.compare import close, is_number, number, show
from autograder.judging.domain import Domain, Number, Reals
from autograder.judging.draw import PYTHON
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of
from autograder.oracles.precise import DIGITS

HALVES, SHARES, LEAST, MAP, NATS = NAMES = (
    *("bridge_between_halves", "bridge_between", "least_steepness"),
    *("shortest_bridge", "nats_on_the_bridge"),
)
Phi, Level = stats.norm.cdf, stats.norm.ppf
EXACT = 1e-9  # how nearly the witness has to attain the bound


def bridge(a: float, delta: float, L: float) -> float:
    """The m with Φ⁻¹(a(1 − m)) + Φ⁻¹((1 − a)(1 − m)) = −delta/L."""
    return 1 - float(mpmath.exp(_log_rest(a, delta / L)))


def _log_rest(a: float, r: float) -> Any:
    """log(1 − m), which keeps its digits where m is nearly 1."""

    def off(log_rest: float) -> float:
        rest = math.exp(log_rest)
        return float(Level(a * rest) + Level((1 - a) * rest)) + r

    return optimize.brentq(off, -400, 0, xtol=1e-15, rtol=1e-14)


def _shift(a: float, delta: float, L: float) -> float:
    """The noise at which the left part ends is mapped to −δ/2."""
    return -delta / 2 - L * float(Level(a * (1 - bridge(a, delta, L))))


_A = Number(Reals(0, 1, reach=(0.05, 0.3)))
_DELTA = Number(Reals(0, math.inf, reach=(0.05, 5)))
_L = Number(Reals(0, math.inf, reach=(0.5, 50), usual=(0.5, 10)))


def _milder(**given: float) -> bool:
    """Bridges that a float can tell from 1."""
    return given["delta"] / given["L"] < 8


@exercise("flow.bridge", NAMES, kind="witness")
class Bridge(Exercise):
    """2Φ(δ/2L) − 1 between halves; m with Φ⁻¹(a(1 − m)) + Φ⁻¹((1 − a)(1 − m)) = −δ/L in general; −log(1 − m) nats."""

    single = gate("each bound is one number")
    halves = pays("between two equal parts at distance delta lies at least 2Φ(δ/2L) − 1")
    shares = pays(
        "between unequal parts the least mass solves the isoperimetric equation, a of the rest on one side", 1.5
    )
    steep = pays("a bridge of mass m needs a map that stretches by at least δ/(2Φ⁻¹((1 + m)/2)) somewhere")
    attained = pays(
        "the witness stretches by L nowhere exceeded, has the right shares, and no more mass on the bridge than it must",
        1.5,
    )
    nats = pays("mass m where no data are costs at least −log(1 − m) nats")

    hints = (
        "What f maps into A and into B are two sets of noise, at least δ/L apart. Normal noise spares least between two "
        "half-lines: one ends at −δ/2L, the other begins at δ/2L.",
        "With a(1 − m) on the left, the left part ends at Φ⁻¹(a(1 − m)); the right one begins at −Φ⁻¹((1 − a)(1 − m)). "
        "They are δ/L apart: solve for m, by halving.",
        "A map that stretches by exactly L everywhere wastes nothing. Which noise has to land on −δ/2, and on δ/2?",
    )

    domain = {
        HALVES: Domain({"delta": _DELTA, "L": _L}, when=_milder),
        SHARES: Domain({"a": _A, "delta": _DELTA, "L": _L}, when=_milder),
        LEAST: Domain({"m": Number(Reals(0, 1, reach=(1e-4, 0.3))), "delta": _DELTA}),
        MAP: Domain({"a": _A, "delta": _DELTA, "L": _L}, when=_milder),
        NATS: Domain({"m": Number(Reals(0, 1, "[)", reach=(1e-3, 0.3)))}),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(HALVES, {"delta": 1.0, "L": 10.0})
        yield self.case_of(SHARES, {"a": 0.2, "delta": 1.0, "L": 1.0})
        yield self.case_of(MAP, {"a": 0.2, "delta": 1.0, "L": 1.0})
        yield self.case_of(LEAST, {"m": 0.04, "delta": 1.0})
        yield self.case_of(NATS, {"m": 0.04})
        for delta, L, m in ((0.001, 10.0, 1e-4), (7.9, 1.0, 1 - 1e-4)):  # hardly any bridge, and hardly anything else
            for a in (0.5, float(rng.uniform(0.05, 0.95))):
                yield self.case_of(SHARES, {"a": a, "delta": delta, "L": L})
                yield self.case_of(MAP, {"a": a, "delta": delta, "L": L})
            yield self.case_of(LEAST, {"m": m, "delta": delta})
        for _ in range(6):
            delta, L = float(rng.uniform(0.2, 4)), float(rng.uniform(0.6, 8))
            a, m = float(rng.uniform(0.05, 0.95)), float(rng.uniform(0.01, 0.9))
            yield self.case_of(HALVES, {"delta": delta, "L": L})
            yield self.case_of(SHARES, {"a": a, "delta": delta, "L": L})
            yield self.case_of(MAP, {"a": a, "delta": delta, "L": L})
            yield self.case_of(LEAST, {"m": m, "delta": delta})
            yield self.case_of(NATS, {"m": m})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        law = {HALVES: self.halves, SHARES: self.shares, LEAST: self.steep, MAP: self.attained, NATS: self.nats}[name]
        about = (law,) if name == MAP else (self.single, law)
        return case(call(name, *given.values()), about=about, name=name, law=law, given=given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == MAP:
            yield self._attained(answer, **case.given)
            return
        yield self.single(*is_number(answer))
        if number(answer) is None:
            return
        want = {
            HALVES: lambda delta, L: math.erf(delta / (2 * L) / math.sqrt(2)),
            SHARES: bridge,
            LEAST: lambda m, delta: delta / (2 * float(Level((1 + m) / 2))),
            NATS: lambda m: -math.log1p(-m),
        }[case.name](**case.given)
        size = max(abs(want), 1.0) if case.name != LEAST else abs(want) / min(case.given["m"], 1 - case.given["m"])
        yield case.law(*close(number(answer), want, PYTHON, size))

    def _attained(self, answer: Any, a: float, delta: float, L: float) -> Finding:
        """Where the half-lines end that a straight line maps into x ≤ −δ/2 and x ≥ δ/2, at fifty digits."""
        least = bridge(a, delta, L)
        wanted = f"|slope| ≤ {L:.4g}, {100 * a:.4g} % of what is not on the bridge at x ≤ −δ/2, {least:.6g} on it"
        found = parts_of(answer, ("slope", "shift"))
        if found is None:
            return self.attained(False, wanted, has_parts(answer, ("slope", "shift")).got)
        k, c = found["slope"], found["shift"]
        if not (math.isfinite(k) and math.isfinite(c) and k != 0):
            return self.attained(False, wanted, show(answer))
        with mpmath.workdps(DIGITS):
            ends = sorted((mpmath.mpf(side) * delta / 2 - mpmath.mpf(c)) / mpmath.mpf(k) for side in (-1, 1))
            low, high = mpmath.ncdf(ends[0]), mpmath.ncdf(-ends[1])
            left, rest = (low if k > 0 else high), low + high
            held, share = float(1 - rest), float(left / rest)
        ok = abs(k) <= L * (1 + EXACT) and abs(share - a) <= 1e-6 and held <= least + 1e-6
        got = f"slope {k:.4g}, {100 * share:.4g} % on the left, {held:.6g} on the bridge"
        return self.attained(ok, wanted, got)

    mistakes = (
        wrong(
            "L on the wrong side",
            {
                HALVES: lambda delta, L: math.erf(delta * L / 2 / math.sqrt(2)),
                SHARES: lambda a, delta, L: bridge(a, delta * min(L, 1.5), 1 / min(L, 1.5)),
            },
            "The steeper the map, the closer together lie the noises: they are δ/L apart, not δL.",
        ),
        wrong(
            "the distance counted twice",
            {
                HALVES: lambda delta, L: math.erf(delta / L / math.sqrt(2)),
                SHARES: lambda a, delta, L: bridge(a, 2 * delta, L),
            },
            "Half of δ/L lies on each side of 0: the bridge is the mass from −δ/2L to δ/2L.",
        ),
        wrong(
            "one side only",
            {HALVES: lambda delta, L: float(Phi(delta / (2 * L)) - 0.5)},
            "This is the mass from 0 to δ/2L, half of the bridge.",
            also=({HALVES: lambda delta, L: float(Phi(delta / (2 * L)))},),
        ),
        wrong(
            "one end held at a",
            {SHARES: lambda a, delta, L: float(Phi(Level(a) + delta / L)) - a},
            "Here A holds a of all the mass and B pays for the whole bridge. Asked is for the shares a and 1 − a of what is "
            "not on the bridge.",
        ),
        wrong(
            "as if between halves",
            {SHARES: lambda a, delta, L: math.erf(delta / (2 * L) / math.sqrt(2))},
            "This holds for a = ½. A small part lies far out, where the noise is thin: its bridge is lighter.",
        ),
        wrong(
            "the steepness of the whole distance",
            {LEAST: lambda m, delta: delta / float(Level((1 + m) / 2))},
            "Half of δ on each side: the inverse of m = 2Φ(δ/2L) − 1 is L = δ/(2Φ⁻¹((1 + m)/2)).",
            also=(
                {LEAST: lambda m, delta: delta / 2 * float(Level((1 + m) / 2))},
                {LEAST: lambda m, delta: delta / (2 * abs(float(Level(m))) + 1e-9)},
            ),
        ),
        wrong(
            "a line through the middle",
            {MAP: lambda a, delta, L: {"slope": L, "shift": 0.0}},
            "This line parts the mass evenly. Shift it until the left part has a of what is not on the bridge.",
        ),
        wrong(
            "too steep",
            {MAP: lambda a, delta, L: {"slope": 100 * L, "shift": -100 * L * float(Level(a))}},
            "This map stretches by more than L.",
        ),
        wrong(
            "the shares changed places",
            {MAP: lambda a, delta, L: {"slope": -L, "shift": -_shift(a, delta, L)}},
            "The share a belongs to the left, x ≤ −δ/2.",
        ),
        wrong(
            "the mass for its price",
            {NATS: lambda m: m},
            "What lies on the bridge is missing where the data are: their densities are lower by a factor 1 − m.",
            also=({NATS: lambda m: -math.log(m) if m else 0.0}, {NATS: lambda m: math.log1p(-m)}),
        ),
    )
