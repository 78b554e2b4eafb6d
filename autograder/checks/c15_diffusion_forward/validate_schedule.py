"""diffusion.validate_schedule: None if 0 < beta_n < 1 for every n = 1 … N; else the first bad n and what is wrong with it."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import random_betas
from autograder.judging.compare import arithmetic, exact, kind_of, number, show
from autograder.judging.domain import Domain, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

# Where they lie is decided by the type: 1 − 10⁻⁹ is 1 in float32.
BETAS = Reals(
    usual=(0.05, 0.95),
    reach=(1e-9, 1e3),
    also=(1 - 1e-9, 1 + 1e-9, 1 - 1e-5, 1e-40, -0.0, math.inf, -math.inf, math.nan),
)
EDGES = {"zero": 0.0, "one": 1.0, "negative": -0.25, "above one": 1.25, "nan": math.nan}


def verdict_of(beta: np.ndarray) -> tuple[int, str] | None:
    """The first n, from 1, at which beta_n is not strictly between 0 and 1, and why; None for a valid schedule."""
    for n, b in enumerate(beta.tolist(), start=1):
        if math.isnan(b):
            return n, "nan"
        if b <= 0:
            return n, "zero" if b == 0 else "negative"
        if b >= 1:
            return n, "one" if b == 1 else "above one"
    return None


@functools.cache
def schedule(name: str, N: int) -> np.ndarray:
    """beta_1 … beta_N of a named schedule, each rounded once from 30 digits (so that cos(π/2) is an exact 0)."""
    with mpmath.workdps(30):
        formula = _SCHEDULES[name]
        return np.array([float(mpmath.chop(formula(n, N), tol=1e-25)) for n in range(1, N + 1)])


def _cosine(n: int, N: int) -> mpmath.mpf:
    def f(m: int) -> mpmath.mpf:
        return mpmath.cos((mpmath.mpf(m) / N + mpmath.mpf("0.008")) / mpmath.mpf("1.008") * mpmath.pi / 2) ** 2

    return 1 - f(n) / f(n - 1) if n < N else mpmath.mpf(1)  # f(N) = cos²(π/2) = 0


_SCHEDULES: dict[str, Callable[[int, int], mpmath.mpf]] = {
    "sin(n/N)": lambda n, N: mpmath.sin(mpmath.mpf(n) / N),
    "1 - 1/n": lambda n, N: 1 - mpmath.mpf(1) / n,
    "log(1 + n/N)": lambda n, N: mpmath.log(1 + mpmath.mpf(n) / N),
    "-cos(pi n/N)": lambda n, N: -mpmath.cospi(mpmath.mpf(n) / N),
    "linear": lambda n, N: mpmath.mpf(1000) / N * (mpmath.mpf("1e-4") + mpmath.mpf("0.0199") * (n - 1) / max(N - 1, 1)),
    "cosine": _cosine,
}


def _is_verdict(answer: Any) -> bool:
    if answer is None:
        return True
    pair = isinstance(answer, (tuple, list)) and len(answer) == 2 and isinstance(answer[1], str)
    return pair and number(answer[0]) is not None


@exercise("diffusion.validate_schedule", ("validate_schedule",))
class ValidateSchedule(Exercise):
    """None if 0 < beta_n < 1 for every n = 1 … N; else the first bad n and what is wrong with it."""

    answer = gate("the answer is None or a pair (n, reason)")
    named = pays("sin, log, 1 − 1/n, −cos, linear and cosine get their verdict for every N: step and reason", 2)
    found = pays("a fault is found wherever it stands, with its step counted from 1 and its reason", 2)

    hints = (
        "Go through the steps one by one and stop at the first that is wrong; n starts at 1.",
        "Both ends are excluded: what are beta = 0 and beta = 1 called in the list of reasons?",
        "NaN is neither below 0 nor above 1: every comparison with it is false.",
    )

    domain = {
        "validate_schedule": Domain(
            {"beta": Tensor("N", BETAS, says=("with ∞, −∞ and NaN among its values",))},
            sizes={"N": (1, 12, 1000)},
            says=('reason: "negative" (below 0), "zero", "one", "above one" or "nan"',),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            sizes = {1, 2, 3, 19, 20, 21, int(rng.integers(4, 19)), int(rng.integers(22, 120))}
            for name in _SCHEDULES:
                for N in sorted(sizes):
                    yield self._case(floats(schedule(name, N), dtype, device), self.named, f"{name} with N = {N}")
        for name in ("sin(n/N)", "log(1 + n/N)"):
            yield self._case(floats(_thousand(name), torch.float32, "cpu"), self.named, f"{name} with N = 1000")
        for dtype, device in arithmetic():
            yield from self._planted(rng, dtype, device)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(given["beta"], self.found)

    def _planted(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Case]:
        """Faults of every kind at the first, the last and a middle step; two faults; one so small that it hides."""
        tiny, eps = torch.finfo(dtype).tiny, torch.finfo(dtype).eps
        faults = [*EDGES.values(), math.inf, -math.inf, -tiny, 1 + eps]
        for fault in faults:
            steps = int(rng.integers(5, 12))
            for place in (0, int(rng.integers(1, steps - 1)), steps - 1):
                beta = random_betas(rng, steps, 0.05, 0.95)
                beta[place] = fault
                yield self._case(floats(beta, dtype, device), self.found)
        for pair in itertools.permutations(EDGES.values(), 2) if dtype == torch.float64 else ():
            beta = random_betas(rng, 8)
            beta[sorted(rng.choice(8, size=2, replace=False))] = pair
            yield self._case(floats(beta, dtype, device), self.found)
        for edges in ([tiny, 0.5, 1 - eps / 2], [1 - 1e-6, 1e-30, 0.999], [1 - 1e-3, 1 - 1e-4, 1e-3, 1e-6]):
            beta = floats(np.array(edges), dtype, device)
            yield self._case(beta, self.found, "values close to 0 and 1 are still between them")

    def _case(self, beta: torch.Tensor, law, label: str = "") -> Case:
        return case(call("validate_schedule", beta), about=(self.answer, law), law=law, beta=beta, label=label)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        kept = _is_verdict(answer)
        yield self.answer(kept, "None or a pair like (3, 'zero')", kind_of(answer))
        if not kept:
            return
        expected = verdict_of(exact(case.beta))
        got = None if answer is None else (number(answer[0]), answer[1])
        if got == expected:
            yield case.law(True)
            return
        mistake = "rejects what only underflows" if expected is None and _vanished(case.beta, got[0]) else None
        yield case.law(False, show(expected), show(answer), why=self._why(case, got), mistake=mistake)

    def _why(self, case: Case, got: tuple | None) -> str:
        expected = verdict_of(exact(case.beta))
        what = f"{case.label}: " if case.label else ""
        if expected is None:
            return f"{what}every step lies strictly between 0 and 1."
        n, reason = expected
        bad = f"{what}beta_{n} = {show(float(case.beta[n - 1]))}"
        if got is None:
            return f"{bad} passed as valid."
        return f"{bad} is the first bad step." if got[0] != n else f"{bad} is called {reason!r}."

    mistakes = (
        wrong("accepts 1", lambda beta: _first(beta, {"one": lambda b: False}), "beta = 1 passed. It erases x0 altogether: alpha_bar is 0 from there on."),
        wrong("accepts 0", lambda beta: _first(beta, {"zero": lambda b: False}), "beta = 0 passed. Such a step adds no noise, and the posterior's variance divides by it."),
        wrong("NaN slips through", lambda beta: _first(beta, {"nan": lambda b: False}), "NaN passed: it is neither ≤ 0 nor ≥ 1, so test for it by itself."),
        wrong("counts from 0", lambda beta: _shifted(_first(beta, {}), -1), "The step is the index into the tensor. Steps are counted from 1."),
        wrong("the last fault instead of the first", lambda beta: _last(beta), "The last bad step was reported. The first one decides."),
        wrong("looks only at the ends", lambda beta: _ends(beta), "Only beta_1 and beta_N were looked at: a schedule need not be monotone."),
        wrong("looks only at the second half", lambda beta: _half(beta), "Only the later steps were looked at. −cos(πn/N), for one, is positive there and fails at n = 1."),
        wrong("rejects what only underflows", lambda beta: _underflow(beta), "A valid schedule was refused because alpha_bar underflowed to 0 in its type. The verdict is about each beta."),
    )  # fmt: skip


def _vanished(beta: torch.Tensor, n: float) -> bool:
    """alpha_bar_n lies below the normal numbers of beta's type."""
    if not 0 <= n <= len(beta):  # NaN is no step, either
        return False
    steps = exact(beta)[: max(int(n), 1)]
    return bool(np.log1p(-steps).sum() < math.log(torch.finfo(beta.dtype).tiny))


def _thousand(name: str) -> np.ndarray:
    n = np.arange(1, 1001) / 1000
    return np.sin(n) if name == "sin(n/N)" else np.log1p(n)


def _first(beta: torch.Tensor, changed: dict[str, Callable[[float], bool]]) -> tuple[int, str] | None:
    tests = {
        "nan": math.isnan,
        "negative": lambda b: b < 0,
        "zero": lambda b: b == 0,
        "one": lambda b: b == 1,
        "above one": lambda b: b > 1,
    } | changed
    bad = ((n, reason) for n, b in enumerate(beta.tolist(), 1) for reason, test in tests.items() if test(b))
    return next(bad, None)


def _shifted(verdict: tuple[int, str] | None, by: int) -> tuple[int, str] | None:
    return verdict and (verdict[0] + by, verdict[1])


def _last(beta: torch.Tensor) -> tuple[int, str] | None:
    found = _first(beta.flip(0), {})
    return found and (len(beta) + 1 - found[0], found[1])


def _ends(beta: torch.Tensor) -> tuple[int, str] | None:
    return _first(beta[:1], {}) or _shifted(_first(beta[-1:], {}), len(beta) - 1)


def _half(beta: torch.Tensor) -> tuple[int, str] | None:
    return _shifted(_first(beta[len(beta) // 2 :], {}), len(beta) // 2)


def _underflow(beta: torch.Tensor) -> tuple[int, str] | None:
    vanished = (1 - beta).cumprod(0) == 0
    return _first(beta, {}) or ((int(vanished.nonzero()[0]) + 1, "one") if vanished.any() else None)
