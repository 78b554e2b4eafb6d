"""flow.smallest: x = e^s z + t on the line. What its loss pulls at, where it rests, and where it runs without the ladj."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PULL, REST, CHEAT = NAMES = "smallest_gradient", "smallest_optimum", "cheat"
PAIR = ("s", "t")
_X = Tensor("N", Reals(reach=(1e-2, 30)))


def _gradient(x: torch.Tensor, s: float, t: float) -> dict[str, torch.Tensor]:
    z = (x - t) * math.exp(-s)
    return {"s": 1 - (z**2).mean(), "t": -z.mean() * math.exp(-s)}


def _changed(change: Any) -> Any:
    return lambda x, s, t: change(_gradient(x, s, t), x, s, t)


@exercise("flow.smallest", NAMES)
class Smallest(Exercise):
    """NLL = s + ½ log 2π + ½ mean((x − t)²) e^{−2s}: gradient, minimum, and the run to s = ∞ without the first term."""

    form = gate("gradient and optimum name a number for s and one for t")
    pull_t = pays("the loss pulls t towards the mean of the points, in units of the width")
    pull_s = pays("the loss pulls s until the noises have a mean square of 1: the log-determinant against the fit")
    rest = pays("it rests at the points' mean and at the logarithm of their standard deviation, divided by N")
    cheated = pays("a scale with which the loss without log-determinant is nearly its least, and the true one is bad")

    hints = (
        "z = (x − t) e^{−s} and ladj = −s, so −log p = s + ½ log 2π + ½ z². Differentiate that, then average.",
        "∂z/∂t = −e^{−s} and ∂z/∂s = −z. Where are both averages 0?",
        "Without ladj the loss is ½ log 2π + ½ mean z². What does a very wide flow, s large, do to all z?",
    )

    _sizes = {"N": (1, 8)}
    domain = {
        PULL: Domain({"x": _X, "s": Number(Reals(-3, 3, "[]")), "t": Number(Reals(reach=(1e-2, 30)))}, sizes=_sizes,
                     returns={"s": Like("x"), "t": Like("x")}),
        REST: Domain({"x": Tensor("N", Reals(reach=(1e-2, 30)), says=("not all the same",))}, sizes={"N": (2, 8)},
                     when=lambda x: bool(x.max() - x.min() > 1e-2 * (1 + x.abs().max())),
                     returns={"s": Like("x"), "t": Like("x")}),
        CHEAT: Domain({"x": _X, "nats": Number(Reals(5, 50, "[]"))}, sizes=_sizes),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x = floats([1.0, 5.0], PYTHON)
        yield self.case_of(PULL, {"x": x, "s": 0.0, "t": 1.0})
        yield self.case_of(REST, {"x": x})
        yield self.case_of(CHEAT, {"x": x, "nats": 10.0})
        for points in ([-30.0, 1.0], [-30.0, 30.0], [2.0, 2.001], [-1e6, 1e6], [1e6, 1e6 + 1]):
            yield self.case_of(CHEAT, {"x": floats(points, PYTHON), "nats": 5.0})
        for dtype, device in arithmetic():
            for N in (3, 6):
                x = 2 * normal(rng, (N,), dtype, device) + float(rng.normal())
                s, t = float(rng.uniform(-1, 1)), float(rng.normal())
                yield self.case_of(PULL, {"x": x, "s": s, "t": t})
                yield self.case_of(REST, {"x": x})
                yield self.case_of(CHEAT, {"x": x, "nats": float(rng.uniform(5, 50))})
            yield self.case_of(REST, {"x": 3000 + 0.3 * normal(rng, (6,), dtype, device)})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {PULL: (self.form, self.pull_s, self.pull_t), REST: (self.form, self.rest), CHEAT: (self.cheated,)}
        return case(call(name, *given.values()), about=laws[name], name=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        x = exact(case.x)
        if case.name == CHEAT:
            yield self._cheated(x, case.nats, answer)
            return
        formed = isinstance(answer, dict) and set(answer) == set(PAIR)
        verdicts = [has_shape(answer[part], (), case.x) for part in PAIR] if formed else []
        came = ", ".join(kind_of(answer[part]) for part in PAIR) if formed else kind_of(answer)
        good = formed and all(verdict.ok for verdict in verdicts)
        yield self.form(good, "a dict with s and t, tensors without axes", came)
        if good:
            yield from self._pull(case, x, answer) if case.name == PULL else self._rest(case, x, answer)

    def _pull(self, case: Case, x: np.ndarray, answer: dict) -> Iterator[Finding]:
        width = math.exp(-case.s)
        off = [(value - case.t) * width for value in x]
        size = [(abs(value) + abs(case.t)) * width for value in x]
        want = {"s": 1 - math.fsum(v * v for v in off) / len(x), "t": -math.fsum(off) / len(x) * width}
        room = {"s": 1 + 3 * sum(v * v for v in size) / len(x), "t": 3 * (1 + sum(size) / len(x)) * width}
        for law, part in ((self.pull_s, "s"), (self.pull_t, "t")):
            yield law(*close(answer[part], want[part], case.x.dtype, room[part]))

    def _rest(self, case: Case, x: np.ndarray, answer: dict) -> Iterator[Finding]:
        mean = math.fsum(x) / len(x)
        variance = math.fsum((x - mean) ** 2) / len(x)
        size = float(np.abs(x).max())
        yield self.rest(*close(answer["t"], mean, case.x.dtype, size))
        room = 1 + abs(math.log(variance)) + size / math.sqrt(variance)
        yield self.rest(*close(answer["s"], 0.5 * math.log(variance), case.x.dtype, room))

    def _cheated(self, x: np.ndarray, nats: float, answer: Any) -> Finding:
        wanted = f"a dict of numbers s and t: ½ mean z² at most 0.001, and a true loss of {nats:.4g} nats or more"
        found = parts_of(answer, PAIR)
        if found is None:
            return self.cheated(False, wanted, has_parts(answer, PAIR).got)
        if not all(map(math.isfinite, found.values())):
            return self.cheated(False, wanted, show(answer))
        s, t = (mpmath.mpf(found[part]) for part in PAIR)
        fit = sum((mpmath.mpf(float(v)) - t) ** 2 for v in x) / len(x) * mpmath.exp(-2 * s) / 2
        loss = s + mpmath.log(2 * mpmath.pi) / 2 + fit
        got = f"½ mean z² = {mpmath.nstr(fit, 4)}, a true loss of {mpmath.nstr(loss, 4)}"
        return self.cheated(fit <= 0.001 and loss >= nats, wanted, got)

    mistakes = (
        wrong(
            "no pull from the log-determinant",
            {PULL: _changed(lambda g, x, s, t: {**g, "s": g["s"] - 1})},
            "The 1 is missing: ∂s/∂s. Without it s only ever grows, and no width is ever wide enough.",
        ),
        wrong(
            "sign of the log-determinant's pull",
            {PULL: _changed(lambda g, x, s, t: {**g, "s": g["s"] - 2})},
            "−log p holds −ladj, and ladj of the way back is −s: together + s, whose derivative is + 1.",
        ),
        wrong(
            "uphill",
            {PULL: _changed(lambda g, x, s, t: {k: -v for k, v in g.items()})},
            "This is the gradient of the log likelihood. The loss is its negative.",
        ),
        wrong(
            "a factor e^{−s} forgotten",
            {PULL: _changed(lambda g, x, s, t: {**g, "t": g["t"] * math.exp(s)})},
            "z = (x − t) e^{−s}: moving t by a little moves z by e^{−s} times as much.",
            also=({PULL: _changed(lambda g, x, s, t: {**g, "s": 1 - (x - t).square().mean() * math.exp(-s)})},),
        ),
        wrong(
            "half or twice the square",
            {PULL: _changed(lambda g, x, s, t: {**g, "s": (1 + g["s"]) / 2})},
            "½ z² has the derivative z ∂z/∂s = −z²: the ½ goes.",
            also=({PULL: _changed(lambda g, x, s, t: {**g, "s": 2 * g["s"] - 1})},),
        ),
        wrong(
            "divided by N − 1",
            {REST: lambda x: {"s": x.std().log(), "t": x.mean()}},
            "Maximum likelihood divides the squares by N. N − 1 makes the variance unbiased, which is another aim.",
        ),
        wrong(
            "a difference of large numbers",
            {REST: lambda x: {"s": 0.5 * (x.square().mean() - x.mean() ** 2).log(), "t": x.mean()}},
            "Mean square less squared mean is right on paper. Far from 0 both are huge and their difference has lost its "
            "digits: subtract the mean first.",
        ),
        wrong(
            "a standard deviation for its logarithm",
            {REST: lambda x: {"s": x.std(unbiased=False), "t": x.mean()}},
            "s is a logarithm: the scale is e^s.",
            also=({REST: lambda x: {"s": x.var(unbiased=False).log(), "t": x.mean()}},),
        ),
        wrong(
            "shrunk to the mean",
            {CHEAT: lambda x, nats: {"s": -nats, "t": float(x.mean())}},
            "A narrow flow makes all z large. Which way does the fit, ½ mean z², become cheap?",
        ),
        wrong(
            "a scale that does not look at the points",
            {CHEAT: lambda x, nats: {"s": nats + 1.0, "t": float(x.mean())}},
            "Points that lie far apart need a wider flow. How large may (x − t)² be, so that e^{−2s} makes it small?",
            also=({CHEAT: lambda x, nats: {"s": nats + 5.0, "t": 0.0}},),
        ),
        wrong(
            "an infinite scale",
            {CHEAT: lambda x, nats: {"s": math.inf, "t": 0.0}},
            "That is where the run ends; the witness is a finite pair of numbers on the way.",
        ),
    )
