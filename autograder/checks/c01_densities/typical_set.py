"""density.typical_set: how far a point's log density is from what samples have; the shell; blends that stay in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import stats

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, number, show, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

WIDEST, MASS = 6.0, 0.99
NARROW = Reals(reach=(1e-3, 50))


@exercise("density.typical_set", ("oddness", "typical_shell", "blend"))
class TypicalSet(Exercise):
    """(d − ‖z‖²)/√(2d); r ≤ ‖z‖ ≤ R holds 99 % of the mass and R − r ≤ 6; ((1 − t)a + tb)/√((1 − t)² + t²)."""

    shape = gate("oddness and blend return tensors of the shapes that are promised")
    radii = gate("typical_shell returns two numbers, 0 ≤ r < R")
    score = pays("the oddness is the log density, less its mean, over its standard deviation", 1)
    shell = pays("the shell is at most 6 thick and holds 99 % of the mass, in every dimension", 1)
    blended = pays("the blend is the straight mixture, over the root of what its variance has become", 1)

    apart = True
    domain = {
        "oddness": Domain({"z": Tensor("B, d", NARROW)}, sizes={"B": (1, 5), "d": (1, 5, 64)}, returns=Like("z")),
        "typical_shell": Domain({"d": Number(Wholes(1, 1_000_000, also=(2, 64, 3072, 10_000)))}),
        "blend": Domain(
            {"a": Tensor("B, d", NARROW), "b": Tensor("B, d", NARROW), "t": Number(Reals(0, 1, "[]"))},
            sizes={"B": (1, 5), "d": (1, 5)},
            returns=Like("a"),
        ),
    }

    hints = (
        "log N(z; 0, I) is −‖z‖²/2 plus a constant. Mean and standard deviation of ‖z‖² stand in the text.",
        "‖z‖ is √d on average, nearly, and its standard deviation is about 0.7 in every dimension.",
        "The variance of αa + βb is α² + β² for independent a and b of variance 1. What must it be divided by?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of("oddness", {"z": torch.tensor([[1.0, 1.0], [0.0, 0.0], [3.0, 0.0]], dtype=torch.float64)})
        one = torch.eye(2, dtype=torch.float64)
        yield self.case_of("blend", {"a": one[:1], "b": one[1:], "t": 0.5})
        for d in (
            1,
            2,
            3,
            5,
            10,
            64,
            100,
            784,
            3072,
            10**4,
            10**6,
            int(rng.integers(2, 300)),
            int(rng.integers(300, 10**5)),
        ):
            yield self.case_of("typical_shell", {"d": d})
        for dtype, device in arithmetic():
            for B, d in ((3, 1), (4, 7), (2, 64)):
                a, b = (normal(rng, (B, d), dtype, device) for _ in range(2))
                yield self.case_of("oddness", {"z": a * float(rng.uniform(0.5, 1.5))})
                for t in (float(rng.uniform(0.1, 0.9)), 0.0, 1.0):
                    yield self.case_of("blend", {"a": a, "b": b, "t": t})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {
            "oddness": (self.shape, self.score),
            "typical_shell": (self.radii, self.shell),
            "blend": (self.shape, self.blended),
        }
        return case(call(name, *given.values()), about=laws[name], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_oddness(self, case: Case, answer: Any) -> Iterator[Finding]:
        z = exact(case.z)
        shape = has_shape(answer, (len(z),), case.z)
        yield self.shape(*shape)
        if shape.ok:
            entropy = stats.norm.entropy() * z.shape[1]
            log_p = stats.norm.logpdf(z).sum(1)
            expected = (log_p + entropy) / math.sqrt(z.shape[1] / 2)
            yield self.score(
                *close(answer, expected, case.z.dtype, ((z**2).sum(1) + z.shape[1]) / math.sqrt(z.shape[1] / 2))
            )

    def _judge_typical_shell(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else _two(answer)
        two = len(found) == 2 and None not in found
        good = two and 0 <= found[0] < found[1] < math.inf
        below = two and found[0] < 0 and found[1] - found[0] <= WIDEST * (1 + 1e-6)
        yield self.radii(
            good,
            "(r, R), 0 ≤ r < R",
            show(answer) if found else kind_of(answer),
            mistake="a negative radius" if below else None,
        )
        if good:
            r, R = np.minimum(found, 1e9)
            mass = float(stats.chi2.cdf(R**2, case.d) - stats.chi2.cdf(r**2, case.d))
            ok = R - r <= WIDEST * (1 + 1e-6) and mass >= MASS - 1e-6
            yield self.shell(ok, f"R − r ≤ 6, mass ≥ {MASS}", f"R − r = {R - r:.4g}, mass {mass:.4g}")

    def _judge_blend(self, case: Case, answer: Any) -> Iterator[Finding]:
        a, b = exact(case.a), exact(case.b)
        shape = has_shape(answer, a.shape, case.a)
        yield self.shape(*shape)
        if shape.ok:
            angle = math.atan2(case.t, 1 - case.t)  # the weights are a point of the unit circle
            expected = math.cos(angle) * a + math.sin(angle) * b
            yield self.blended(*close(answer, expected, case.a.dtype, abs(a) + abs(b)))

    mistakes = (
        wrong(
            "the length for its square",
            {"oddness": lambda z: (math.sqrt(z.shape[1]) - z.norm(dim=1)) * math.sqrt(2)},
            "This measures the length in its own standard deviations: nearly the same, but log density goes with the square.",
        ),
        wrong(
            "the sign turned round",
            {"oddness": lambda z: (z.pow(2).sum(1) - z.shape[1]) / math.sqrt(2 * z.shape[1])},
            "The shorter z is, the higher its density: s is above 0 where ‖z‖² is below d.",
        ),
        wrong(
            "the variance for the standard deviation",
            {"oddness": lambda z: (z.shape[1] - z.pow(2).sum(1)) / (2 * z.shape[1])},
            "2d is the variance of ‖z‖². A number of standard deviations has its root below.",
        ),
        wrong(
            "the variance of one coordinate",
            {"oddness": lambda z: (z.shape[1] - z.pow(2).sum(1)) / math.sqrt(z.shape[1])},
            "A square of a normal number has variance 2, not 1.",
        ),
        wrong(
            "a ball around the mode",
            {"typical_shell": lambda d: (0.0, 6.0)},
            "Around the mode there is no room in many dimensions: the samples lie near the radius √d.",
            also=({"typical_shell": lambda d: (0.0, math.sqrt(d) + 3)},),
        ),
        wrong(
            "a radius d",
            {"typical_shell": lambda d: (max(0.0, d - 3.0), d + 3.0)},
            "It is the squared length that is about d. The radius is its root.",
        ),
        wrong(
            "the spread of the square",
            {"typical_shell": lambda d: (max(0.0, math.sqrt(d) - math.sqrt(2 * d)), math.sqrt(d) + math.sqrt(2 * d))},
            "√(2d) is the spread of ‖z‖². That of ‖z‖ is about 0.7, whatever the dimension.",
        ),
        wrong(
            "the straight line",
            {"blend": lambda a, b, t: (1 - t) * a + t * b},
            "Half-way its variance is ½: it has left the shell. Divide by the root of (1 − t)² + t².",
        ),
        wrong(
            "put back to the radius √d",
            {"blend": lambda a, b, t: _on_the_sphere((1 - t) * a + t * b)},
            "This puts each blend exactly on the sphere. Samples are near it, not on it: divide by what the variance has become.",
        ),
        wrong(
            "the two ends exchanged",
            {"blend": lambda a, b, t: (t * a + (1 - t) * b) / math.hypot(t, 1 - t)},
            "At t = 0 the blend is a, at t = 1 it is b.",
        ),
        wrong(
            "divided by the variance",
            {"blend": lambda a, b, t: ((1 - t) * a + t * b) / ((1 - t) ** 2 + t**2)},
            "Divided by c, a variance is divided by c²: it is the root of the variance that makes it 1.",
        ),
        wrong(
            "roots of the weights",
            {"blend": lambda a, b, t: math.sqrt(1 - t) * a + math.sqrt(t) * b},
            "This too stays N(0, I), but it is another way from a to b than the one asked for: the straight mixture, rescaled.",
            also=({"blend": lambda a, b, t: math.cos(math.pi * t / 2) * a + math.sin(math.pi * t / 2) * b},),
        ),
        wrong(
            "the length as it is",
            {"oddness": lambda z: (z.shape[1] - z.norm(dim=1)) / math.sqrt(2 * z.shape[1])},
            "It is the squared length whose mean is d.",
        ),
        wrong(
            "the half counted twice",
            {"oddness": lambda z: (z.shape[1] - z.pow(2).sum(1)) / math.sqrt(z.shape[1] / 2)},
            "√(d/2) is the spread of −‖z‖²/2. Above stands d − ‖z‖², twice as much: √(2d).",
        ),
        wrong(
            "the batch for the model",
            {"oddness": lambda z: -(z.pow(2).sum(1) - z.pow(2).sum(1).mean()) / z.pow(2).sum(1).std()},
            "Mean and standard deviation are those under N(0, I), d and √(2d), and not those of the points at hand.",
        ),
        wrong(
            "the number of points for d",
            {"oddness": lambda z: (len(z) - z.pow(2).sum(1)) / math.sqrt(2 * len(z))},
            "d is the number of columns, z.shape[1]; the rows are points.",
        ),
        wrong(
            "a negative radius",
            {"typical_shell": lambda d: (math.sqrt(d) - 3, math.sqrt(d) + 3)},
            "For small d, √d less 3 is below 0, and no length is: cut r off at 0.",
        ),
        wrong(
            "too thick a shell",
            {"typical_shell": lambda d: (max(0.0, math.sqrt(d) - 4), math.sqrt(d) + 4)},
            "R − r is to be 6 at most: 3 on each side is 4 standard deviations of ‖z‖.",
        ),
        wrong(
            "too thin a shell",
            {"typical_shell": lambda d: (max(0.0, math.sqrt(d) - math.sqrt(2)), math.sqrt(d) + math.sqrt(2))},
            "Two standard deviations to each side hold 95 %, and one 68 %. It is 99 % that is asked for: there is room up to 6.",
            also=({"typical_shell": lambda d: (max(0.0, math.sqrt(d) - math.sqrt(0.5)), math.sqrt(d) + math.sqrt(0.5))},),
        ),
        wrong(
            "right half-way only",
            {"blend": lambda a, b, t: ((1 - t) * a + t * b) * math.sqrt(2)},
            "√2 is right for t = ½. Elsewhere the variance is another one: (1 − t)² + t².",
        ),
    )  # fmt: skip


def _two(answer: Any) -> list[float]:
    """The entries of a tensor without further axes."""
    found = values(answer)
    return found.tolist() if isinstance(found, np.ndarray) and found.shape == (2,) else []


def _on_the_sphere(y: torch.Tensor) -> torch.Tensor:
    return math.sqrt(y.shape[1]) * y / y.norm(dim=1, keepdim=True)
