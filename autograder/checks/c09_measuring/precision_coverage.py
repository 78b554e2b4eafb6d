"""metric.precision_coverage: radii; precision, recall, density and coverage (long: five numbers, many mistakes)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c09_measuring.shared import apart, differing, distinct, until, upper
from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PARTS = ("precision", "recall", "density", "coverage")


def _k(place: Place, last: bool = False) -> int:
    top = min(place.sizes[name] for name in ("N", "M") if name in place.sizes) - 1
    return top if last else int(place.rng.integers(1, top + 1))


NEIGHBOUR = Made(_k, (partial(_k, last=True), lambda place: 1), ("int ≥ 1",))


@exercise("metric.precision_coverage", ("radii", "precision_coverage"))
class PrecisionCoverage(Exercise):
    """Precision and recall by the balls of the other set's k-th neighbour; density and coverage by those of the data."""

    shape = gate("radii gives one radius for each point")
    numbers = gate("precision_coverage gives a dict of four numbers")
    radius = pays("a radius reaches to the k-th nearest other point", 0.9)
    precision = pays("precision is the share of fakes that lie in some ball of the data", 0.4)
    recall = pays("recall is the share of the data that lies in some ball of the fakes", 0.4)
    density = pays("density counts the balls of the data around a fake, in units of k", 0.4)
    coverage = pays("coverage is the share of the data's balls that hold some fake", 0.4)
    together = pays("all four are right on the same samples", 1.4)

    hints = (
        "In the matrix of distances, rows are data and columns are fakes: which of the four is a mean over rows?",
        "The nearest point to x_i within its own set is x_i itself. It does not count.",
        "Precision, density and coverage use the same yes-or-no matrix. Recall alone uses the balls of the fakes.",
    )

    domain = {
        "radii": Domain(
            {"x": clouds("N"), "k": NEIGHBOUR},
            sizes={"N": (2, 9, 30), "D": (1, 4)},
            when=lambda x, k: distinct(upper(x)),
            returns=Like("x"),
            says=("k < N;",),
        ),
        "precision_coverage": Domain(
            {"real": clouds("N", shifts=(1.0,)), "fake": clouds("M", shifts=(1.0,)), "k": NEIGHBOUR},
            sizes={"N": (2, 9, 20), "M": (2, 9, 20), "D": (1, 4)},
            when=lambda real, fake, k: distinct(upper(real), upper(fake), apart(real, fake)),
            says=("k < N and k < M;",),
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        line = torch.tensor([[0.0], [1.0], [3.0], [10.0]]).double()
        yield self.case_of("radii", {"x": line, "k": 1})
        yield self.case_of("radii", {"x": torch.tensor([[0.0], [0.0], [2e-4], [1.0]]).double(), "k": 1})
        yield self.case_of(
            "precision_coverage", {"real": line, "fake": torch.tensor([[0.5], [4.0], [20.0]]).double(), "k": 1}
        )
        rim = torch.tensor([[0.0], [1.0], [-1.0], [7.0]]).double()  # a fake on the rim of a ball lies in it
        yield self.case_of("precision_coverage", {"real": rim, "fake": torch.tensor([[2.0], [-2.0]]).double(), "k": 1})
        for dtype, device in arithmetic():
            for n, m, D, k in ((12, 12, 2, 3), (20, 8, 1, 2), (9, 15, 3, 1), (6, 6, 2, 4)):

                def draw(n: int = n, m: int = m, D: int = D, dtype: Any = dtype, device: str = device) -> tuple:
                    return cloud(rng, n, D, dtype, device), cloud(rng, m, D, dtype, device)

                real, fake = until(draw, lambda x, y: distinct(upper(x), upper(y), apart(x, y)))
                yield self.case_of("radii", {"x": real, "k": k})
                yield self.case_of("precision_coverage", {"real": real, "fake": fake, "k": k})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "radii":
            return case(call(name, given["x"], given["k"]), about=(self.shape, self.radius), **given)
        laws = (self.numbers, self.precision, self.recall, self.density, self.coverage, self.together)
        return case(call(name, *given.values()), about=laws, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.asks[0].of == "radii":
            shape = has_shape(answer, (len(case.x),), case.x)
            yield self.shape(*shape)
            if shape.ok:
                size = float(abs(exact(case.x)).max())
                yield self.radius(*close(answer, _radii(case.x, case.k), case.x.dtype, size * case.x.shape[1]))
            return
        shape = has_parts(answer, PARTS)
        yield self.numbers(*shape)
        if not shape.ok:
            return
        got, expected = parts_of(answer, PARTS), _counted(case.real, case.fake, case.k)
        verdicts = {name: close(got[name], float(expected[name]), torch.float32) for name in PARTS}
        for name, verdict in verdicts.items():
            yield getattr(self, name)(*verdict)
        bad = [name for name, verdict in verdicts.items() if not verdict.ok]
        yield self.together(not bad, "four right numbers", differing(bad))

    mistakes = (
        wrong(
            "the point is its own neighbour",
            {
                "radii": lambda x, k: _sorted(x)[:, k - 1],
                "precision_coverage": lambda real, fake, k: _four(real, fake, k, of=lambda x, k: _sorted(x)[:, k - 1]),
            },
            "The nearest point in the set is the point itself, at distance 0. The k-th *other* point stands one place further.",
        ),
        wrong(
            "one neighbour too far",
            {
                "radii": lambda x, k: _sorted(x)[:, min(k + 1, len(x) - 1)],
                "precision_coverage": lambda real, fake, k: _four(
                    real, fake, k, of=lambda x, k: _sorted(x)[:, min(k + 1, len(x) - 1)]
                ),
            },
            "Without itself the k-th neighbour of a point stands at place k of its sorted row, counted from 0.",
        ),
        wrong(
            "the mean over the k neighbours",
            {"radii": lambda x, k: _sorted(x)[:, 1 : k + 1].mean(1)},
            "The ball reaches to the k-th neighbour; this is the mean distance of the first k.",
        ),
        wrong(
            "precision and recall exchanged",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "precision": _four(real, fake, k)["recall"],
                    "recall": _four(real, fake, k)["precision"],
                }
            },
            "Precision asks about the fakes and uses the balls of the data; recall asks about the data.",
        ),
        wrong(
            "recall by the balls of the data",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "recall": _four(real, fake, k)["coverage"],
                }
            },
            "That is coverage. Plain recall uses the balls of the fakes.",
        ),
        wrong(
            "coverage by the balls of the fakes",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "coverage": _four(real, fake, k)["recall"],
                }
            },
            "That is recall. Coverage uses the data's own balls, which no model can make larger.",
        ),
        wrong(
            "rows for columns",
            {"precision_coverage": lambda real, fake, k: _exchanged(real, fake, k, ("precision", "coverage"))},
            "A share of fakes has been taken for a share of the data, and the reverse: of data and fakes, which are the rows?",
            also=(
                {
                    "precision_coverage": lambda real, fake, k: _exchanged(
                        real, fake, k, ("precision", "coverage"), over=True
                    )
                },
            ),
        ),
        wrong(
            "the rim left out",
            {"precision_coverage": lambda real, fake, k: _four(real, fake, k, inside=torch.lt)},
            "A point on the rim of a ball lies in it: ≤, not <.",
        ),
        wrong(
            "each fake counted once",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "density": _four(real, fake, k)["precision"] / k,
                }
            },
            "Density counts balls. Here a fake counts once, however many balls hold it.",
            also=(
                {
                    "precision_coverage": lambda real, fake, k: {
                        **_four(real, fake, k),
                        "density": _four(real, fake, k)["precision"],
                    }
                },
            ),
        ),
        wrong(
            "density cut off at 1",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "density": min(1.0, _four(real, fake, k)["density"]),
                }
            },
            "Density is no share: where fakes crowd in the middle of the data it is above 1.",
        ),
        wrong(
            "density not divided by k",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "density": k * _four(real, fake, k)["density"],
                }
            },
            "A fake among the data lies in about k balls: density is counted in units of k.",
        ),
        wrong(
            "density per ball",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "density": _four(real, fake, k)["density"] * len(fake) / len(real),
                }
            },
            "The mean runs over the fakes: how many balls hold one of them. Here it runs over the balls.",
        ),
        wrong(
            "coverage over the fakes",
            {
                "precision_coverage": lambda real, fake, k: {
                    **_four(real, fake, k),
                    "coverage": _four(real, fake, k)["precision"],
                }
            },
            "That is the share of fakes in some ball. Coverage is the share of balls with some fake.",
        ),
    )


def _sorted(x: torch.Tensor) -> torch.Tensor:
    return (x[:, None] - x[None]).norm(dim=-1).sort(1).values


def _exchanged(real: torch.Tensor, fake: torch.Tensor, k: int, names: tuple[str, str], over: bool = False) -> dict:
    """Two of the four exchanged; over: recall too is a share of the fakes' balls instead of the data."""
    four = _four(real, fake, k)
    caught = (real[:, None] - fake[None]).norm(dim=-1) <= _sorted(fake)[:, k][None]
    recall = float(caught.any(0).double().mean()) if over else four["recall"]
    return {**four, names[0]: four[names[1]], names[1]: four[names[0]], "recall": recall}


def _four(real: torch.Tensor, fake: torch.Tensor, k: int, of: Any = None, inside: Any = torch.le) -> dict[str, float]:
    of = of or (lambda x, k: _sorted(x)[:, k])
    d = (real[:, None] - fake[None]).norm(dim=-1)
    inside, caught = inside(d, of(real, k)[:, None]).double(), inside(d, of(fake, k)[None]).double()
    return {
        "precision": float(inside.amax(0).mean()),
        "recall": float(caught.amax(1).mean()),
        "density": float(inside.sum(0).mean()) / k,
        "coverage": float(inside.amax(1).mean()),
    }


# --- the oracle: counted ball by ball, in whole numbers --------------------------------------------------------


def _radii(x: torch.Tensor, k: int) -> np.ndarray:
    d = apart(x, x)
    return np.array([np.partition(np.delete(row, i), k - 1)[k - 1] for i, row in enumerate(d)])


def _counted(real: torch.Tensor, fake: torch.Tensor, k: int) -> dict[str, Fraction]:
    d, around_real, around_fake = apart(real, fake), _radii(real, k), _radii(fake, k)
    n, m = d.shape
    holds = [{j for j in range(m) if d[i, j] <= around_real[i]} for i in range(n)]  # of each ball, its fakes
    recalled = sum(any(d[i, j] <= around_fake[j] for j in range(m)) for i in range(n))
    return {
        "precision": Fraction(len(set().union(*holds)), m),
        "recall": Fraction(recalled, n),
        "density": Fraction(sum(map(len, holds)), k * m),
        "coverage": Fraction(sum(map(bool, holds)), n),
    }
