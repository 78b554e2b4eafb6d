"""density.inverse_cdf: x with F(x) = u, for the exponential distribution and for a density of steps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import stats

from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _edges(rng: np.random.Generator, K: int) -> np.ndarray:
    return rng.normal() + np.cumsum(np.append(0.0, rng.uniform(0.2, 2, size=K)))


def _heights(rng: np.random.Generator, K: int) -> np.ndarray:
    """Some of them are nought, the first or the last as well."""
    heights = rng.uniform(0.2, 3, size=K) * np.where(rng.random(K) < 0.3, 0, 1)
    return heights if heights.sum() > 0 else np.ones(K)


def _at_the_end(rng: np.random.Generator, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """The last u of the type, above the running sum of shares that round, and a step of height 0 behind it."""
    last = torch.nextafter(torch.ones(2, dtype=dtype), torch.zeros(2, dtype=dtype))
    while True:
        heights = torch.tensor(np.append(rng.uniform(0.3, 3, size=6), 0.0), dtype=dtype)
        if (heights / heights.sum()).cumsum(0)[-1] < last[0]:
            return {"u": last, "edges": torch.arange(8, dtype=dtype), "heights": heights}


def _place_edges(place: Place) -> torch.Tensor:
    return place.tensor(_edges(place.rng, place.sizes["K"] - 1))


def _place_heights(place: Place) -> torch.Tensor:
    return place.tensor(_heights(place.rng, place.sizes["K"] - 1) * np.exp(place.rng.uniform(-3, 3)))


@exercise("density.inverse_cdf", ("sample_exponential", "sample_steps"))
class InverseCdf(Exercise):
    """x = F⁻¹(u): −log(1 − u)/rate, and the piecewise linear inverse for a density of steps."""

    shape = gate("there is one sample for each u")
    exponential = pays("the exponential sample has the probability u below it", 1)
    tiny = pays("for a tiny u it keeps its digits", 0.3)
    steps = pays("the sample from the steps has the share u of the area below it", 1.2)
    empty = pays("steps of height 0 are never landed on, and the heights need no normalisation", 0.5)

    apart = True
    domain = {
        "sample_exponential": Domain(
            {"u": Tensor("N", Reals(0, 1, reach=(1e-6, 1.0), also=(1e-9,))), "rate": Number(Reals(0, math.inf))},
            sizes={"N": (1, 6)},
            returns=Like("u"),
        ),
        "sample_steps": Domain(
            {
                "u": Tensor("N", Reals(0, 1, reach=(0.02, 1.0))),
                "edges": Made(_place_edges, (), ("(K,)", "rising")),
                "heights": Made(_place_heights, (), ("(K − 1,)", "≥ 0", "not all 0", "their area need not be 1")),
            },
            sizes={"N": (1, 6), "K": (2, 7)},
            returns=Like("u"),
            when=lambda u, edges, heights: _clear(exact(u), exact(edges), exact(heights)),
        ),
    }

    hints = (
        "F(x) = 1 − exp(−rate x). Solve F(x) = u for x.",
        "The area up to each edge is a running sum of height times width. Between which two edges does u times the whole area lie?",
        "Inside a step F is a straight line: the share of the step's area that is still missing is the share of its width.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        u = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
        yield self.case_of("sample_exponential", {"u": u, "rate": 2.0})
        edges, heights = torch.tensor([0.0, 1.0, 3.0, 4.0]).double(), torch.tensor([2.0, 0.0, 6.0]).double()
        yield self.case_of("sample_steps", {"u": u, "edges": edges, "heights": heights})
        for dtype, device in arithmetic():
            for rate in (0.3, float(rng.uniform(1, 20))):
                yield self.case_of(
                    "sample_exponential", {"u": floats(rng.uniform(0.01, 0.99, size=7), dtype, device), "rate": rate}
                )
                yield self.case_of(
                    "sample_exponential", {"u": floats(10 ** rng.uniform(-10, -8, size=4), dtype, device), "rate": rate}
                )
            for K, full, scale in ((2, True, 1), (3, False, 1), (6, False, 1), (5, True, 1), (4, False, 1e-6)):
                edges = _edges(rng, K)
                heights = rng.uniform(0.3, 3, size=K) * (3.0 if full else 1.0)
                if not full:
                    heights[rng.integers(K)] = 0.0
                elif K == 5:
                    heights /= (heights * np.diff(edges)).sum()
                heights *= scale
                u = _drawn(rng, edges, heights)
                yield self.case_of("sample_steps", {"u": floats(u, dtype, device), "edges": floats(edges, dtype, device), "heights": floats(heights, dtype, device)})  # fmt: skip

            yield self.case_of(
                "sample_steps", {name: part.to(device) for name, part in _at_the_end(rng, dtype).items()}
            )

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "sample_exponential":
            small = float(given["u"].max()) < 1e-5
            return case(
                call(name, *given.values()), about=(self.shape, self.tiny if small else self.exponential), **given
            )
        law = self.empty if float(given["heights"].min()) == 0 else self.steps
        return case(call(name, *given.values()), about=(self.shape, law), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        u, dtype = exact(case.u), case.u.dtype
        shape = has_shape(answer, u.shape, case.u)
        yield self.shape(*shape)
        if not shape.ok:
            return
        if case.asks[0].of == "sample_exponential":
            expected = stats.expon.ppf(u, scale=1 / case.rate)
            yield case.about[1](
                *close(answer, expected, dtype, expected + 1e-3 * (u > 1e-4) / case.rate + u / (1 - u) / case.rate)
            )
            return
        edges, heights = exact(case.edges), exact(case.heights)
        expected = np.array([_quantile(share, edges, heights) for share in u])
        whole = float((heights * np.diff(edges)).sum())
        steep = whole / heights[heights > 0].min()  # how far x moves when u does
        yield case.about[1](*close(answer, expected, dtype, abs(edges).max() + steep))

    mistakes = (
        wrong(
            "the decreasing twin",
            {"sample_exponential": lambda u, rate: -u.log() / rate},
            "This has the right distribution, but it falls: it is F⁻¹(1 − u). Asked for is the x with probability u below it.",
        ),
        wrong(
            "the distribution function itself",
            {"sample_exponential": lambda u, rate: -torch.expm1(-rate * u)},
            "This is F(u). Sampling goes the other way: from a probability to the x that has it below.",
        ),
        wrong(
            "multiplied by the rate",
            {"sample_exponential": lambda u, rate: -torch.log1p(-u) * rate},
            "A larger rate means shorter times: the mean is 1/rate.",
        ),
        wrong(
            "the sign is missing",
            {"sample_exponential": lambda u, rate: torch.log1p(-u) / rate},
            "log(1 − u) is negative, and times are not.",
        ),
        wrong(
            "digits lost in 1 − u",
            {"sample_exponential": lambda u, rate: -(1 - u).log() / rate},
            "1 − 10⁻⁹ is 1 in float32. torch.log1p(−u) never forms the difference.",
        ),
        wrong(
            "heights for areas",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, areas=heights)},
            "A step's probability is its height times its width.",
        ),
        wrong(
            "the left edge of the step",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, inside=lambda s: 0 * s)},
            "Inside a step all places are equally likely: go on from its left edge by the share that is still missing.",
            also=({"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, inside=lambda s: 0 * s + 1)},),
        ),
        wrong(
            "the middle of the step",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, inside=lambda s: 0 * s + 0.5)},
            "Inside a step all places are equally likely. Its middle alone is no sample of it.",
        ),
        wrong(
            "u inside the step",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, inside=lambda s: u)},
            "u has already chosen the step. What is left of it, in shares of that step's area, is the place inside.",
        ),
        wrong(
            "not normalised",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, whole=1.0)},
            "The area need not be 1: compare with u times the whole area.",
        ),
        wrong(
            "from the right",
            {"sample_steps": lambda u, edges, heights: _steps(1 - u, edges, heights)},
            "The share u lies below x, to its left.",
        ),
        wrong(
            "linear between all edges",
            {"sample_steps": lambda u, edges, heights: edges[0] + u * (edges[-1] - edges[0])},
            "That is the sample of a uniform density: the heights were not looked at.",
        ),
        wrong(
            "every step one wide",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights, width=1.0)},
            "The share of the step's area that is still missing is a share of its width, edges[k + 1] − edges[k].",
        ),
        wrong(
            "from 0 on",
            {"sample_steps": lambda u, edges, heights: _steps(u, edges, heights) - edges[0]},
            "The walk begins at the first edge, wherever that is.",
        ),
        wrong(
            "log(1 + u)",
            {"sample_exponential": lambda u, rate: torch.log1p(u) / rate},
            "log1p(u) is log(1 + u). What is asked for is −log(1 − u): log1p of −u, with a minus in front.",
        ),
    )  # fmt: skip


def _steps(u, edges, heights, areas=None, inside=lambda s: s, whole=None, width=None) -> torch.Tensor:
    areas = heights * edges.diff() if areas is None else areas
    total = areas.cumsum(0)
    target = u * (total[-1] if whole is None else whole)
    k = torch.searchsorted(total, target).clamp(max=len(areas) - 1)
    share = (target - total[k] + areas[k]) / areas[k].clamp(min=1e-30)
    return edges[k] + inside(share) * (edges.diff()[k] if width is None else width)


# --- the oracle: walk along the steps --------------------------------------------------------------------------


def _quantile(u: float, edges: np.ndarray, heights: np.ndarray) -> float:
    left = u * math.fsum(heights * np.diff(edges))
    for a, b, h in zip(edges[:-1], edges[1:], heights, strict=True):
        if h > 0 and left <= h * (b - a):
            return float(a + left / h)
        left -= h * (b - a)
    return float(edges[-1])


def _clear(u: np.ndarray, edges: np.ndarray, heights: np.ndarray) -> bool:
    """Whether no u falls on an edge, where rounding would decide the step."""
    areas = heights * np.diff(edges)
    borders = np.cumsum(areas) / areas.sum()
    return bool((abs(u[:, None] - borders) > 1e-3).all())


def _drawn(rng: np.random.Generator, edges: np.ndarray, heights: np.ndarray) -> np.ndarray:
    while True:
        u = rng.uniform(0.01, 0.99, size=9)
        if _clear(u, edges, heights):
            return u
