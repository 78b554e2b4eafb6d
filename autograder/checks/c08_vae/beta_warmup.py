"""vae.beta_warmup: a weight that rises to 1, for which weights the objective is a bound, and a witness that it is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from autograder.judging.compare import close, is_number, kind_of, number, show, truth
from autograder.judging.domain import Domain, Number, Reals, Wholes
from autograder.judging.draw import PYTHON
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

AT, BOUND, ABOVE = "beta_at", "is_bound", "above_log_p"
HALF, LEAST = 0.5, 1.0  # of the witness: its beta, and by how many nats it is to rise above log p(x)


def excess(x: float, mu: float, sigma: float, beta: float = HALF) -> float:
    """E_q log p(x | z) − beta KL(q ‖ p) − log p(x), the expectations by quadrature over eps."""

    def mean(f: Callable[[float], float]) -> float:
        return quad(lambda e: norm.pdf(e) * f(mu + sigma * e), -9, 9, points=(0.0,), limit=200)[0]

    kl = mean(lambda z: norm.logpdf(z, mu, sigma) - norm.logpdf(z))
    return mean(lambda z: norm.logpdf(x, z)) - beta * kl - norm.logpdf(x, scale=math.sqrt(2))


@exercise("vae.beta_warmup", (AT, BOUND, ABOVE))
class BetaWarmup(Exercise):
    """beta = min(1, step / warm); E_q log p(x | z) − beta KL(q ‖ p) ≤ log p(x) for every model and q iff beta ≥ 1."""

    apart = True
    is_real = gate("beta_at gives a number")
    rises = pays("beta is 0 at step 0, rises evenly, and is 1 from step warm on", 1.0)
    is_verdict = gate("is_bound gives True or False")
    verdict = pays("is_bound says for which beta the objective never exceeds log p(x)", 1.0)
    is_witness = gate("above_log_p gives three numbers x, mu and sigma within their ranges")
    witness = pays("at beta = ½ the witness exceeds log p(x) by at least one nat", 1.5)

    hints = (
        "A line through (0, 0) and (warm, 1), and then no further: min does it. What if there is no warm-up, warm = 0?",
        "Write the objective as the ELBO and what remains of the divergence: L − (beta − 1) KL. What is its sign?",
        "With q the posterior, L is log p(x) itself. Where is KL(posterior ‖ prior) large? Where x is surprising.",
    )

    domain = {
        AT: Domain({"step": Number(Wholes(0, None, reach=3000)), "warm": Number(Wholes(0, None, reach=3000))}),
        BOUND: Domain({"beta": Number(Reals(0, ends="[)", also=(1.0, 0.999, 1.001)))}),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for step, warm in ((0, 4), (1, 4), (4, 4), (9, 4), (0, 0), (3, 0), (1, 1), (0, 1)):
            yield self.case_of(AT, {"step": step, "warm": warm})
        for beta in (1.0, 0.5, 2.0, 0.0, 0.99, 4.0, *rng.uniform(0, 1, 3), *rng.uniform(1, 10, 3)):
            yield self.case_of(BOUND, {"beta": float(beta)})
        yield case(call(ABOVE), about=(self.is_witness, self.witness), of=ABOVE)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = (self.is_real, self.rises) if name == AT else (self.is_verdict, self.verdict)
        return case(call(name, *given.values()), about=laws, of=name, given=tuple(given.values()))

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.of == AT:
            step, warm = case.given
            shape = is_number(answer)
            yield self.is_real(*shape)
            if shape.ok:
                want = 1.0 if step >= warm else step / warm
                yield self.rises(*close(number(answer), want, PYTHON, 1.0))
        elif case.of == BOUND:
            verdict = truth(answer)
            yield self.is_verdict(verdict is not None, "True or False", kind_of(answer))
            if verdict is not None:
                yield self.verdict(verdict == (case.given[0] >= 1), str(case.given[0] >= 1), str(verdict))
        else:
            yield from self._witness(answer)

    def _witness(self, answer: Any) -> Iterator[Finding]:
        found = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        within = len(found) == 3 and None not in found and bool(np.isfinite(found).all())
        within = within and abs(found[0]) <= 100 and abs(found[1]) <= 100 and 1e-3 <= found[2] <= 100
        wanted = "three floats, |x| and |mu| at most 100, sigma from 0.001 to 100"
        yield self.is_witness(within, wanted, show(answer) if found else kind_of(answer))
        if within:
            above = excess(*found)
            got = f"{above:.3g} nats" if above > 0 else f"{-above:.3g} nats below"
            name = "the prior for q" if found[1:] == [0, 1] else "an ordinary picture" if above > 0 else None
            good = above >= LEAST - 1e-6
            yield self.witness(good, f"{LEAST:g} nat or more above log p(x)", got, mistake=None if good else name)

    mistakes = (
        wrong(
            "falls and does not rise",
            {AT: lambda step, warm: max(0.0, 1 - step / warm) if warm else 0.0},
            "This weight falls. It begins at 0, where the divergence costs nothing, and ends at 1.",
        ),
        wrong(
            "beyond 1",
            {AT: lambda step, warm: step / max(warm, 1)},
            "After the warm-up beta stays 1, or what is trained at the end is no longer the bound.",
            also=({AT: lambda step, warm: step / warm if warm else 1.0},),
        ),
        wrong(
            "one step early",
            {AT: lambda step, warm: min(1.0, (step + 1) / max(warm, 1))},
            "At step 0 beta is to be 0, and 1 at step warm.",
            also=({AT: lambda step, warm: min(1.0, (step + 1) / (warm + 1))},),
        ),
        wrong(
            "a jump",
            {AT: lambda step, warm: 0.0 if step < warm else 1.0},
            "beta jumps from 0 to 1: at the jump the code meets its full price at once. Let it rise evenly.",
        ),
        wrong(
            "no warm-up divides by 0",
            {AT: lambda step, warm: min(1.0, step / warm)},
            "With warm = 0 there is no warm-up: beta is 1 from the first step on, and nothing may be divided by 0.",
            also=({AT: lambda step, warm: min(1.0, step / max(warm, 1))},),
        ),
        wrong(
            "only the ELBO is a bound",
            {BOUND: lambda beta: beta == 1},
            "A larger beta subtracts more of what is never negative: what was below log p(x) stays below it.",
        ),
        wrong(
            "small weights are safe",
            {BOUND: lambda beta: beta <= 1},
            "The other way round: with beta below 1 a part of the price is not paid, and the objective can exceed log p(x).",
            also=({BOUND: lambda beta: beta < 1},),
        ),
        wrong(
            "always a bound",
            {BOUND: lambda beta: True},
            "At beta = 0 nothing but the reconstruction is left, and no one would call that a bound on log p(x).",
        ),
        wrong(
            "1 itself left out",
            {BOUND: lambda beta: beta > 1},
            "At beta = 1 it is the ELBO, which is a bound.",
        ),
        wrong(
            "an ordinary picture",
            {ABOVE: lambda: (0.0, 0.0, math.sqrt(0.5))},
            "It rises above log p(x), but by less than a nat: half of the divergence of this q from the prior is too little. "
            "Take an x that is more surprising, and its posterior for q.",
            also=({ABOVE: lambda: (1.0, 0.5, math.sqrt(0.5))}, {ABOVE: lambda: (2.0, 1.0, math.sqrt(0.5))}),
        ),
        wrong(
            "the prior for q",
            {ABOVE: lambda: (4.0, 0.0, 1.0)},
            "With the prior as q the divergence is 0, so its weight does not count.",
            also=({ABOVE: lambda: (0.0, 0.0, 1.0)},),
        ),
    )
