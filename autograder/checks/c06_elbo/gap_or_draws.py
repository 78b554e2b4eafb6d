"""elbo.gap_or_draws: a large gap that a few draws close, and a small one that a million do not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.judging.compare import kind_of, number, show
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

FAR, NEAR = 10.0, 2.0  # nats
FEW, MANY = math.log(10), math.log(1e6)


@exercise("elbo.gap_or_draws", ("wide_q", "sure_q"), kind="witness")
class GapOrDraws(Exercise):
    """KL(q ‖ posterior) is the gap of a single draw, exp KL(posterior ‖ q) the number of draws; posterior N(0, 1)."""

    wide_pair = gate("wide_q returns two numbers, mu and sigma, in the range of its docstring")
    wide = pays("wide_q leaves a gap of at least 10 nats, and yet ten draws are enough")
    sure_pair = gate("sure_q returns two numbers, mu and sigma, in the range of its docstring")
    sure = pays("sure_q leaves a gap of at most 2 nats, and yet a million draws are too few")

    hints = (
        "Write both divergences between N(mu, sigma²) and N(0, 1), with your formula of section 2.",
        "Take mu = 0. How does each of the two grow as sigma becomes large, and as it becomes small?",
        "One of them has sigma²/2 in it, where the other has log sigma; the other way round it is 1/(2 sigma²).",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield case(call("wide_q"), about=(self.wide_pair, self.wide))
        yield case(call("sure_q"), about=(self.sure_pair, self.sure))

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        of_wide = case.asks[0].of == "wide_q"
        pair, law = (self.wide_pair, self.wide) if of_wide else (self.sure_pair, self.sure)
        found = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        good = len(found) == 2 and None not in found and abs(found[0]) <= 100 and 1e-3 <= found[1] <= 1e3
        yield pair(good, "(mu, sigma), |mu| ≤ 100, 0.001 ≤ sigma ≤ 1000", show(answer) if found else kind_of(answer))
        if not good:
            return
        mu, sigma = found
        gap, back = gaussians.kl(mu, sigma**2, 0.0, 1.0), gaussians.kl(0.0, 1.0, mu, sigma**2)
        wanted = "a gap ≥ 10 nats, e^2.3 draws or fewer" if of_wide else "a gap ≤ 2 nats, e^13.8 draws or more"
        right = (gap >= FAR and back <= FEW) if of_wide else (gap <= NEAR and back >= MANY)
        mistake = None if right else _slip_of(of_wide, sigma, back)
        yield law(right, wanted, f"a gap of {gap:.3g} nats, e^{back:.3g} draws", mistake=mistake)

    mistakes = (
        wrong(
            "far away",
            {"wide_q": lambda: (5.0, 1.0)},
            "Moved away from the posterior, q misses it, and both divergences are mu²/2; and a q that is far too wide hits it "
            "only now and then. A moderate spread is what tells the two apart.",
            also=({"wide_q": lambda: (0.0, 200.0)},),
        ),
        wrong(
            "the two ways mixed up",
            {"wide_q": lambda: (0.0, 0.15), "sure_q": lambda: (0.0, 5.0)},
            "A wide q spills over, which makes the gap large, but its draws also fall where the posterior is. A narrow q "
            "stays inside, which makes the gap small, and never visits the rest.",
        ),
        wrong(
            "not wide enough",
            {"wide_q": lambda: (0.0, 3.0)},
            "With that width few draws are enough, but the gap is below 10 nats: it grows like sigma²/2.",
            also=({"wide_q": lambda: (0.0, 1.0)}, {"wide_q": lambda: (0.0, 2.0)}),
        ),
        wrong(
            "too narrow, or not narrow enough",
            {"sure_q": lambda: (0.0, 0.01)},
            "The gap of a narrow q is about log(1/sigma) − ½, the logarithm of the draws about 1/(2 sigma²): there is a sigma "
            "for which the first is below 2 and the second above 13.8.",
            also=({"sure_q": lambda: (0.0, 0.5)}, {"sure_q": lambda: (0.0, 1.0)}, {"sure_q": lambda: (0.0, 0.3)}),
        ),
    )


def _slip_of(of_wide: bool, sigma: float, back: float) -> str:
    """What a witness that proves nothing has got wrong."""
    if sigma < 1 if of_wide else sigma > 1:
        return "the two ways mixed up"
    if of_wide:
        return "far away" if back > FEW else "not wide enough"
    return "too narrow, or not narrow enough"
