"""flow.gap: mean(log p − log q) with its standard error, and which of two models is better, from the same points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of, number, show
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

GAP, BETTER = NAMES = "paired_gap", "better"
PARTS = ("gap", "error")
NEAR = 0.002  # a lead may lie so near to two standard errors that rounding decides
LEADS = (0.6, 1.3, 1.8, 1.97, 2.03, 2.3, 5.0)  # in paired standard errors
CLEAR = 4.0  # standard errors of a lead that nobody may leave open
FEW = 3  # points: n in place of n − 1 makes their standard error a fifth smaller


def _gap(p: torch.Tensor, q: torch.Tensor, error: Callable) -> dict[str, torch.Tensor]:
    return {"gap": (p - q).mean(), "error": error(p, q)}


def _paired(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    return (p - q).std() / len(p) ** 0.5


def _by_squares(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    d = p - q
    return ((d.square().mean() - d.mean() ** 2) / (len(d) - 1)).clamp(min=0).sqrt()


def _apart(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    return ((p.var() + q.var()) / len(p)).sqrt()


def _verdict(a: torch.Tensor, b: torch.Tensor, error: Callable = _paired, times: float = 2.0) -> int:
    lead = float((a - b).mean())
    return 0 if abs(lead) <= times * float(error(a, b)) else int(math.copysign(1, lead))


def _at_least(a: torch.Tensor, b: torch.Tensor) -> int:
    lead, error = float((a - b).mean()), float(_paired(a, b))
    return 1 if lead >= 2 * error else -1 if lead <= -2 * error else 0


@exercise("flow.gap", NAMES)
class Gap(Exercise):
    """mean d and sd(d)/√n of d = log p − log q; ±1 where a lead exceeds two paired standard errors, else 0."""

    apart = True
    form = gate("paired_gap names gap and error, tensors without axes; better gives a whole number")
    gap = pays("the gap is the mean of log p − log q: what the model costs too much, in nats")
    error = pays("its standard error is that of the differences, point by point", 1.5)
    leads = pays("a lead of more than two paired standard errors has the sign of the better model", 1.5)
    open = pays("a smaller lead decides nothing, and a clear one is not left open")

    hints = (
        "Both models met the same points. What is left of a hard point's −20 nats when one takes the difference?",
        "A standard error is the standard deviation (with n − 1) of what is averaged, over √n.",
        "better asks whether mean(log q_a − log q_b) is more than two of its standard errors away from 0, and on which side.",
    )

    _given = {
        "log_p": Tensor("N", Reals(reach=(1e-2, 50)), says=("of the same points",)),
        "log_q": Tensor("N", Reals(reach=(1e-2, 50)), says=("of the same points",)),
    }
    domain = {
        GAP: Domain(_given, sizes={"N": (2, 9)}, returns={"gap": Like("log_p"), "error": Like("log_p")}),
        BETTER: Domain(
            {
                "log_a": Tensor("N", Reals(reach=(1e-2, 50)), says=("of the same points",)),
                "log_b": Tensor("N", Reals(reach=(1e-2, 50)), says=("of the same points",)),
            },
            sizes={"N": (2, 9)},
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        p, q = floats([0.0, -1.0, -20.0, 1.0], PYTHON), floats([-0.5, -1.0, -21.5, 1.0], PYTHON)
        yield self.case_of(GAP, {"log_p": p, "log_q": q})
        yield self.case_of(BETTER, {"log_a": p, "log_b": q})
        for dtype, device in arithmetic():
            for n in (5, 400):
                hard = 6 * normal(rng, (n,), dtype, device)
                q = hard - 0.3 + 0.2 * normal(rng, (n,), dtype, device)
                yield self.case_of(GAP, {"log_p": hard, "log_q": q})
            for lead, sign in itertools.product(LEADS, (1, -1)):
                n = int(rng.integers(30, 200))
                yield self.case_of(BETTER, self._race(rng, sign * lead, n, dtype, device))
            yield self.case_of(BETTER, self._race(rng, 1.8, FEW, dtype, device))
            for sign in (1, -1):
                yield self.case_of(BETTER, self._small(rng, sign, dtype, device))
            yield self.case_of(GAP, self._far(rng, dtype, device))
            yield from self._level(rng, dtype, device)

    def _race(
        self, rng: np.random.Generator, lead: float, n: int, dtype: torch.dtype, device: str
    ) -> dict[str, torch.Tensor]:
        """A lead in paired standard errors, on points that differ by far more than the models."""
        apart = rng.normal(size=n)
        apart = (apart - apart.mean()) / apart.std(ddof=1)
        b = 5 * rng.normal(size=n)
        ahead = rng.uniform(0.3, 0.5) * (apart + lead / math.sqrt(n))
        return {"log_a": floats(b + ahead, dtype, device), "log_b": floats(b, dtype, device)}

    def _small(self, rng: np.random.Generator, sign: int, dtype: torch.dtype, device: str) -> dict[str, torch.Tensor]:
        """A lead of less than a thousandth of a nat, as clear as any other: some ninety standard errors."""
        lead = sign * 10 ** rng.uniform(-6, -3.5)
        b = 100 * lead * rng.normal(size=FEW)
        ahead = lead * (1 + 0.02 * np.array([0.0, 1.0, -1.0]))
        return {"log_a": floats(b + ahead, dtype, device), "log_b": floats(b, dtype, device)}

    def _far(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> dict[str, torch.Tensor]:
        """Differences that are large and nearly all the same: their squares leave no digits for the spread."""
        q = rng.normal(size=6) - 200
        return {"log_p": floats(q + 300 + 0.03 * rng.normal(size=6), dtype, device), "log_q": floats(q, dtype, device)}

    def _level(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Case]:
        """The same model twice, and a lead that is the same on every point: a standard error of 0."""
        b = floats(rng.integers(-40, 5, size=8) / 4, dtype, device)
        yield self.case_of(BETTER, {"log_a": b.clone(), "log_b": b})
        yield self.case_of(BETTER, {"log_a": b, "log_b": b + 0.5})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        first, second = given.values()
        d = exact(first) - exact(second)
        mean, error = float(d.mean()), float(d.std(ddof=1)) / math.sqrt(len(d))
        about = (self.form, self.gap, self.error) if name == GAP else (self.form, self.leads, self.open)
        facts = {"first": first, "second": second, "mean": mean, "error": error}
        return case(call(name, first, second), about=about, name=name, **facts)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from self._gap(case, answer) if case.name == GAP else self._better(case, answer)

    def _gap(self, case: Case, answer: Any) -> Iterator[Finding]:
        formed = isinstance(answer, dict) and set(answer) == set(PARTS)
        good = formed and all(has_shape(answer[part], (), case.first).ok for part in PARTS)
        yield self.form(
            good, "a dict with gap and error, tensors without axes", show(answer) if formed else kind_of(answer)
        )
        if good:
            a, b = exact(case.first), exact(case.second)
            size = float(np.abs(a).max() + np.abs(b).max())
            yield self.gap(*close(answer["gap"], case.mean, case.first.dtype, size))
            yield self.error(*close(answer["error"], case.error, case.first.dtype, size))

    def _better(self, case: Case, answer: Any) -> Iterator[Finding]:
        said = number(answer)
        good = said in (-1, 0, 1) and isinstance(answer, int)
        yield self.form(good, "the int 1, 0 or −1", kind_of(answer))
        size = float(np.abs(exact(case.first)).max() + np.abs(exact(case.second)).max())
        rounding = NEAR * (abs(case.mean) + 2 * case.error) + min(1e-4, FACTOR * EPSILON["float32"] * size)
        if not good or (case.mean and abs(abs(case.mean) - 2 * case.error) <= rounding):
            return
        decided = abs(case.mean) > 2 * case.error
        law = self.leads if decided else self.open
        want = int(math.copysign(1, case.mean)) if decided else 0
        told = f"{want}: a lead of {case.mean:.3g} with a paired standard error of {case.error:.3g}"
        yield law(said == want, told, show(answer))
        if abs(case.mean) > CLEAR * case.error:
            yield self.open(said != 0, told, show(answer))  # who always says 0 has learnt nothing about small leads

    mistakes = (
        wrong(
            "two samples for one",
            {GAP: lambda p, q: _gap(p, q, _apart), BETTER: lambda a, b: _verdict(a, b, _apart)},
            "The two spreads were added as if each model had points of its own. Both met the same points: what is easy or "
            "hard about a point cancels in the difference, and only the spread of the differences counts.",
        ),
        wrong(
            "a spread for an error",
            {GAP: lambda p, q: _gap(p, q, lambda p, q: (p - q).std())},
            "This is the standard deviation of single differences. That of their mean is √n times smaller.",
        ),
        wrong(
            "divided by n for √n",
            {GAP: lambda p, q: _gap(p, q, lambda p, q: (p - q).std() / len(p))},
            "A mean's standard error falls with √n, not with n.",
            also=({GAP: lambda p, q: _gap(p, q, lambda p, q: (p - q).var() / len(p))},),
        ),
        wrong(
            "n in place of n − 1",
            {GAP: lambda p, q: _gap(p, q, lambda p, q: (p - q).std(unbiased=False) / len(p) ** 0.5)},
            "The mean was fitted to the same points: divide the squares by n − 1.",
            also=({BETTER: lambda a, b: _verdict(a, b, lambda a, b: (a - b).std(unbiased=False) / len(a) ** 0.5)},),
        ),
        wrong(
            "a difference of large numbers",
            {GAP: lambda p, q: _gap(p, q, _by_squares)},
            "Mean square less squared mean is right on paper. Where the differences are large both are huge, and what is left "
            "of them has lost its digits: subtract the mean first.",
        ),
        wrong(
            "the other way round",
            {GAP: lambda p, q: _gap(q, p, _paired), BETTER: lambda a, b: -_verdict(a, b)},
            "A model that is worse than the truth has a positive gap: log p minus log q. And the better of two models "
            "has the larger log q.",
        ),
        wrong(
            "a sum for the mean",
            {GAP: lambda p, q: {"gap": (p - q).sum(), "error": _paired(p, q)}},
            "The differences were added up. The gap is in nats per point.",
        ),
        wrong(
            "the larger number wins",
            {BETTER: lambda a, b: int(math.copysign(1, float((a - b).mean())))},
            "Any lead was taken for a victory. Below two standard errors the points may have decided it, and not the models.",
            also=(
                {BETTER: lambda a, b: 1 if a.mean() > b.mean() else -1},
                {BETTER: lambda a, b: _verdict(a, b, times=0.0)},
            ),
        ),
        wrong(
            "one standard error is enough",
            {BETTER: lambda a, b: _verdict(a, b, times=1.0)},
            "A lead of one standard error comes by chance in one case of three. Two are asked for.",
        ),
        wrong(
            "other than two standard errors",
            {BETTER: lambda a, b: _verdict(a, b, times=1.96)},
            "The lead was not compared with two standard errors: 1.96 and 3 have their uses, but 2 is asked for.",
            also=({BETTER: lambda a, b: _verdict(a, b, times=3.0)},),
        ),
        wrong(
            "a tie has a winner",
            {BETTER: _at_least},
            "A lead has to be more than two standard errors. Two models that are the same have a lead of 0 with an error of 0.",
        ),
    )
