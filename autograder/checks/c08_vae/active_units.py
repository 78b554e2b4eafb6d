"""vae.active_units: how far each unit's mean moves from picture to picture, and which units move at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c08_vae.shared import SQUARES
from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of, show, truth
from autograder.judging.domain import Domain, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Plain

NAMES = ("spread", "active")


def _parts(mu: torch.Tensor, spread: torch.Tensor, threshold: float) -> dict[str, torch.Tensor]:
    return {"spread": spread, "active": spread > threshold}


def _verdicts(answer: Any) -> np.ndarray | None:
    """What is true and what is not, from an array of truth values or a list of them."""
    if isinstance(answer, (list, tuple)):
        found = [truth(each) for each in answer]
        return None if None in found else np.array(found, dtype=bool)
    return answer.array if isinstance(answer, Plain) and answer.dtype == "bool" else None


@exercise("vae.active_units", ("active_units",))
class ActiveUnits(Exercise):
    """spread_j = Var_x E_q[z_j | x]; unit j is active if that is above the threshold, 0.01."""

    form = gate("there is a spread and a verdict, True or False, for each unit")
    spread = pays("the spread is the variance over the pictures of each unit's mean", 1.5)
    verdict = pays("a unit is active if its spread is above the threshold", 1.75)

    hints = (
        "Which axis are the pictures on? What is left has one entry for each unit.",
        "E_q[z_j | x] is mu_j itself: no draw is needed, and sigma does not come in.",
        "A variance, so of squares: a standard deviation of 0.1 is the border. Compare each unit with the threshold.",
    )

    domain = {
        "active_units": Domain(
            {
                "mu": Tensor(
                    "N, d", Reals(reach=(1e-3, 100)), says=("the means that the encoder gives for N pictures",)
                ),
                "threshold": Number(Reals(0, ends="[)", reach=(1e-3, 10)), says=("a variance",)),
            },
            sizes={"N": (2, 6, 200), "d": (1, 5)},
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of("active_units", {"mu": torch.tensor([[1.0, 0.25], [-1.0, 0.25]]), "threshold": 0.01})
        for dtype, device in arithmetic():
            for N, d in ((3, 2), (200, 6), (2, 4)):
                widths = 10.0 ** rng.uniform(-2.5, 0.5, size=d)
                centre = rng.normal(size=d)  # a unit that stands still need not stand at 0
                mu = floats(centre + widths * rng.normal(size=(N, d)), dtype, device)
                yield self.case_of("active_units", {"mu": mu, "threshold": float(rng.choice([0.01, 0.1]))})
            far = floats(1e4 + rng.normal(size=(50, 12)), dtype, device)  # how far from 0 is no spread
            yield self.case_of("active_units", {"mu": far, "threshold": 0.02})
            silent = floats([[1.0, 0.0], [-1.0, 0.0], [0.5, 0.0]], dtype, device)  # above 0 is more than 0
            yield self.case_of("active_units", {"mu": silent, "threshold": 0.0})
            pair = floats([[1.0, 0.25], [-1.0, 0.25]], dtype, device)  # 1 or 2, by the convention: one verdict for each
            yield self.case_of("active_units", {"mu": pair, "threshold": 1.5})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call(name, *given.values()), mu=given["mu"], threshold=given["threshold"])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        mu, d = exact(case.mu), case.mu.shape[1]
        good = isinstance(answer, dict) and set(answer) == set(NAMES)
        verdicts = _verdicts(answer["active"]) if good else None
        good = good and has_shape(answer["spread"], (d,), like=case.mu).ok
        good = good and verdicts is not None and verdicts.shape == (d,)
        came = (
            show({key: kind_of(value) for key, value in answer.items()})
            if isinstance(answer, dict)
            else kind_of(answer)
        )
        yield self.form(good, f'{{"spread": ({d},), "active": ({d},) of True and False}}', came)
        if not good:
            return
        centre = np.array([math.fsum(column) for column in mu.T]) / len(mu)
        squares = np.array([math.fsum(column) for column in ((mu - centre) ** 2).T])
        top, apart = abs(mu).max(0), abs(mu - centre).max(0)
        size = apart**2 + top * apart + FACTOR * EPSILON["float32"] * top**2  # the centre is rounded relative to top
        verdict = close(answer["spread"], squares / len(mu), case.mu.dtype, size)
        other = close(answer["spread"], squares / (len(mu) - 1), case.mu.dtype, size)  # both conventions are right
        yield self.spread(*(other if other.ok else verdict))
        room = 2 * FACTOR * EPSILON["float32"] * size
        high, low = squares / (len(mu) - 1), squares / len(mu)
        if verdict.ok != other.ok:  # a verdict is about the spread that was given
            high = low = low if verdict.ok else high
        said = verdicts
        bad = np.flatnonzero((said & (high <= case.threshold - room)) | (~said & (low > case.threshold + room)))
        wanted = f"{bool(not said[bad[0]])} for unit {bad[0] + 1}, of spread {low[bad[0]]:.3g}" if len(bad) else ""
        yield self.verdict(not len(bad), wanted, str(bool(said[bad[0]])) if len(bad) else "")

    mistakes = (
        wrong(
            "the standard deviation",
            lambda mu, threshold: _parts(mu, mu.std(0), threshold),
            "This is a standard deviation. The threshold is one of a variance: 0.01 is a tenth, squared.",
            also=(lambda mu, threshold: _parts(mu, mu.std(0, correction=0), threshold),),
        ),
        wrong(
            "the wrong axis",
            lambda mu, threshold: _parts(mu, mu.var(1), threshold),
            "The variance was taken over the units of each picture. What moves a unit are the pictures, the first axis.",
            also=(
                lambda mu, threshold: _parts(mu, mu.var(1, correction=0), threshold),
                lambda mu, threshold: _parts(mu, mu.var().expand(mu.shape[1]).clone(), threshold),
            ),
        ),
        wrong(
            "not centred",
            lambda mu, threshold: _parts(mu, (mu**2).mean(0), threshold),
            "The mean square of mu was taken. A unit that says the same of every picture, and not 0, carries nothing: centre first.",
            also=(lambda mu, threshold: _parts(mu, (mu**2).sum(0) / (len(mu) - 1), threshold),),
        ),
        wrong(
            "a difference of large squares",
            lambda mu, threshold: _parts(mu, (mu**2).mean(0) - mu.mean(0) ** 2, threshold),
            SQUARES,
        ),
        wrong(
            "summed and not averaged",
            lambda mu, threshold: _parts(mu, ((mu - mu.mean(0)) ** 2).sum(0), threshold),
            "The squares were added up: such a spread grows with the number of pictures.",
        ),
        wrong(
            "upside down",
            lambda mu, threshold: {"spread": mu.var(0), "active": mu.var(0) < threshold},
            "A unit is active if it moves, so if its spread is above the threshold.",
            also=(
                lambda mu, threshold: {"spread": mu.var(0), "active": mu.var(0) <= threshold},
                lambda mu, threshold: {
                    "spread": mu.var(0, correction=0),
                    "active": mu.var(0, correction=0) <= threshold,
                },
            ),
        ),
        wrong(
            "active at the threshold itself",
            lambda mu, threshold: {"spread": mu.var(0), "active": mu.var(0) >= threshold},
            "A spread that only reaches the threshold is not above it: with the threshold 0 a silent unit counts as active here.",
            also=(
                lambda mu, threshold: {
                    "spread": mu.var(0, correction=0),
                    "active": mu.var(0, correction=0) >= threshold,
                },
            ),
        ),
        wrong(
            "two conventions in one answer",
            lambda mu, threshold: {"spread": mu.var(0, correction=0), "active": mu.var(0) > threshold},
            "The spread was given with one number below the line, and judged with another: compare the spread that is returned.",
            also=(
                lambda mu, threshold: {"spread": mu.var(0), "active": mu.var(0, correction=0) > threshold},
            ),
        ),
        wrong(
            "its own threshold",
            lambda mu, threshold: _parts(mu, mu.var(0), 0.01),
            "The threshold is an argument: 0.01 is only the usual one.",
            also=(lambda mu, threshold: _parts(mu, mu.var(0), threshold**2), lambda mu, threshold: _parts(mu, mu.var(0), threshold**0.5)),
        ),
    )  # fmt: skip
