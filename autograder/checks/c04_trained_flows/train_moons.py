"""flow.train_moons: the density that the student's training ends with, against the truth on fresh points.

Nothing that the training run wrote down counts. A log density is asked for at fresh points and on a grid: there it must
have a mass of one, so that nobody wins by a log-determinant of the wrong sign.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import has_shape, values
from autograder.judging.domain import Domain, Reals, Tensor
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.moons import SIGMA, fresh
from pushforward.measuring.shapes import log_p_moons
from pushforward.train import budget

LOG_P = "moons_log_p"
POINTS, BATCH = 50_000, 7
LOW, HIGH, CELLS = (-5.0, -4.5), (6.0, 5.0), 200  # of the grid: beyond it a flow has next to nothing
NODES = 160  # of the quadrature over the angle: less than half of SIGMA apart
OVER = 0.02  # by how much the sum over the grid may exceed one
SURE = 4.0  # standard errors by which a gap may be negative: chance does that once in 30,000
INF = math.inf


@dataclass(frozen=True)
class Gap:
    """mean(log p − log q) over fresh points, and its standard error, paired."""

    mean: float
    error: float

    @classmethod
    def of(cls, x: np.ndarray, log_q: np.ndarray) -> Gap:
        d = log_p_moons(torch.from_numpy(x), points=NODES).numpy() - log_q
        return cls(float(d.mean()), float(d.std(ddof=1) / math.sqrt(len(d))))

    def __str__(self) -> str:
        return f"{self.mean:.4f} ± {self.error:.4f} nats"


def grid() -> np.ndarray:
    """The midpoints of the cells."""
    axes = [low + (high - low) * (np.arange(CELLS) + 0.5) / CELLS for low, high in zip(LOW, HIGH, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)


def mass(log_q: np.ndarray) -> float:
    """The sum of q over the grid, times the size of a cell."""
    cell = math.prod((high - low) / CELLS for low, high in zip(LOW, HIGH, strict=True))
    return float(np.exp(np.minimum(log_q, 50)).sum() * cell)


# --- slips, all made from the true density -----------------------------------------------------------------------


def _true(x: torch.Tensor, noise: float = SIGMA) -> torch.Tensor:
    return log_p_moons(x, noise, NODES).to(x)


def _normal(x: torch.Tensor) -> torch.Tensor:
    return -0.5 * (x**2 + math.log(2 * math.pi)).sum(1)


@exercise("flow.train_moons", (LOG_P,))
class TrainMoons(Exercise):
    """A log density: finite, of mass one, each point's own, and near the truth in E[log p − log q]."""

    again = False
    long = True
    points = gate("every point gets one log density, a finite number")
    own = gate("a point's log density depends on that point only, and is the same whenever it is asked for")
    density = gate("it is a density: its mass over the plane is not above one, and it is not better than the truth")
    learnt = pays("the flow has learnt: its gap to the truth is a fraction of what the best normal has", 1.0)
    half = pays("the gap is small", 1.0)
    full = pays("the gap is as small as this flow can make it in the time", 1.0)

    hints = (
        "flow_nll with the flow's inverse and the normal base is the loss. Is it made anew for each batch, with "
        "gradients set to nought before each backward?",
        "Does every step move the flow's parameters and the schedule, and does the loss fall from 2.5 to below 0.4?",
        "A gap of 0.1 or more after the full number of steps: are the gradients clipped, is the average kept, and is it "
        "the flow of moons_run() that moons_log_p asks?",
    )

    domain = {LOG_P: Domain({"x": Tensor("N, 2", Reals(reach=(1e-3, 3)))}, sizes={"N": (1, 5)}, most=4, draws=1)}

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x = fresh(rng, POINTS).astype(np.float32)
        points, cells = torch.from_numpy(x), torch.from_numpy(grid().astype(np.float32))
        asks = call(LOG_P, points), call(LOG_P, points[-BATCH:]), call(LOG_P, cells)
        yield case(*asks, x=x.astype(float), shape=(POINTS,))

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        x = given["x"].float().cpu()  # where the flow was trained
        return case(call(LOG_P, x), about=(self.points,), shape=(len(x),))

    def judge(self, case: Case, answer: Any, few: Any = None, cells: Any = None) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.shape))
        log_q = values(answer) if shape.ok else None
        finite = log_q is not None and bool(np.isfinite(log_q).all())
        lost = 0 if log_q is None else int((~np.isfinite(log_q)).sum())
        got = f"{lost} log densities that are no numbers" if lost else shape.got
        yield self.points(finite, f"a tensor of shape {tuple(case.shape)}, all finite", got)
        if finite and len(log_q) == POINTS:
            yield from self._whole(case.x, log_q, values(few), values(cells))

    def _whole(self, x: np.ndarray, log_q: np.ndarray, few: Any, cells: Any) -> Iterator[Finding]:
        same = few is not None and few.shape == (BATCH,) and np.allclose(few, log_q[-BATCH:], rtol=1e-3, atol=1e-3)
        why = "" if same else "Is there noise of its own in it, or a layer that looks at the whole batch?"
        yield self.own(same, f"the same numbers among {POINTS} points and among {BATCH}", "others", why=why)
        if cells is None or cells.shape != (CELLS**2,) or not same:
            yield (
                self.density(False, "a log density for each point of a grid", "another shape")
                if same
                else self.density(True)
            )
            return
        held, gap = mass(cells), Gap.of(x, log_q)
        too_good = gap.mean < -SURE * gap.error
        yield self.density(
            held <= 1 + OVER and not too_good, "a mass of 1 at most, and a gap of 0 or more",
            f"a mass of {held:.3g} on a grid, a gap of {gap}",
            mistake=_no_density(cells) if held > 1 + OVER or too_good else None,
        )  # fmt: skip
        if held <= 1 + OVER and not too_good:
            yield from self._near(gap)

    def _near(self, gap: Gap) -> Iterator[Finding]:
        """Of a training of a few steps, in the quick budget, only the form counts."""
        name = _called(gap)
        # bounds: full, graded, quick; the seeds behind them stand in the notebook's text and in docs/models.md
        for law, most in zip((self.learnt, self.half, self.full), LIMITS, strict=True):
            bound = budget(*most)
            yield law(gap.mean <= bound, f"at most {bound:g} nats above the truth", str(gap), mistake=name)

    mistakes = (
        wrong(
            "no density",
            lambda x: _true(x) + 1.0,
            "These numbers beat the truth, or their mass is above one. A log-determinant is missing, or it has the wrong sign, "
            "or the normal's constant.",
            also=(lambda x: _true(x) - _normal(x) - 1.0, lambda x: -0.5 * (x**2).sum(1), lambda x: _true(x) / 2),
        ),
        wrong(
            "nothing learnt yet",
            _normal,
            "This is about as good as a flow before its training. Is the step taken, and is it the trained flow that is asked?",
            also=(lambda x: _normal(x / 2) - 2 * math.log(2),),
        ),
        wrong(
            "no more than a normal",
            lambda x: _ellipse(x),
            "This is about what the best normal distribution reaches. Does anything bend in your flow?",
        ),
        wrong(
            "blurred moons",
            lambda x: _true(x, 0.11),
            "The moons are there, but blurred. Were there enough steps, and does the size of the steps shrink towards the end?",
            also=(lambda x: _true(x, 0.13),),
        ),
        wrong(
            "negative log likelihood",
            lambda x: -_true(x),
            "These are the negative ones. A point on a moon has a larger log density than one beside it.",
        ),
    )


LIMITS = ((0.3, 0.4, INF), (0.06, 0.2, INF), (0.03, 0.12, INF))  # ten seeds: to 0.015 full, to 0.030 graded
MEAN, COVARIANCE = (0.5, 0.25), ((0.7525, -0.1933), (-0.1933, 0.2467))  # of the moons


def _ellipse(x: torch.Tensor) -> torch.Tensor:
    normal = torch.distributions.MultivariateNormal(x.new_tensor(MEAN), x.new_tensor(COVARIANCE))
    return normal.log_prob(x)


def _no_density(cells: np.ndarray) -> str:
    """Where the log densities are the larger ones beside the moons, they are negative ones."""
    on = (np.abs(grid() - MEAN) < (1.6, 0.9)).all(axis=1)
    return "negative log likelihood" if cells[~on].mean() > cells[on].mean() else "no density"


def _called(gap: Gap) -> str | None:
    """What is wrong at a glance. The best normal is 1.5 nats above the truth, N(0, I) two and more."""
    if gap.mean > 1.8:
        return "nothing learnt yet"
    if gap.mean > 1.2:
        return "no more than a normal"
    return "blurred moons" if gap.mean > 0.3 else None
