"""gan.optimal_is_half: every difference can be unmasked, but not by every family of discriminators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.checks.c10_gans.shared import weights
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Made, Place
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

LEAST = 0.25  # how far apart, in total variation, the witness's distributions must be


def gain(p: np.ndarray, q: np.ndarray, d: np.ndarray) -> mpmath.mpf:
    """V(D) − V(½) to fifty digits; −inf where D is sure of what is wrong. 0 · log 0 counts as 0."""
    total = mpmath.mpf(0)
    with mpmath.workdps(50):
        for a, b, v in zip(p.tolist(), q.tolist(), d.tolist(), strict=True):
            for mass, belief in ((a, mpmath.mpf(v)), (b, 1 - mpmath.mpf(v))):
                if mass > 0:
                    total += mass * (mpmath.log(2 * belief) if belief > 0 else -mpmath.inf) / 2
        return +total


def _apart(place: Place) -> torch.Tensor:
    return weights(place, 0.2)


def _equal(place: Place) -> torch.Tensor:
    return place.given["p_data"].clone()


def _elsewhere(place: Place) -> torch.Tensor:
    """Mass only where the other has none, as far as there is such a place."""
    free = (exact(place.given["p_data"]) == 0).astype(float)
    free = free if free.any() else np.eye(len(free))[0]
    return place.tensor(free / free.sum())


def _near(place: Place) -> torch.Tensor:
    p = exact(place.given["p_data"])
    moved = np.eye(len(p))[place.rng.integers(len(p))]
    return place.tensor(0.99 * p + 0.01 * moved)


def _hardly(rng: np.random.Generator, p: torch.Tensor) -> torch.Tensor:
    """Every entry a ten-thousandth off, more or less: single precision still sees that in all of them."""
    sign = rng.permutation(np.arange(len(p)) % 2 * 2.0 - 1)
    moved = exact(p) * (1 + 1e-4 * sign)
    return floats(moved / moved.sum(), p.dtype, p.device)


_MASS = ("(n,)", "no entry negative", "the sum is 1")


@exercise("gan.optimal_is_half", ("unmask", "blind_line"), kind="witness")
class OptimalIsHalf(Exercise):
    """A D worth more than −log 2 for every pair of different distributions, and a pair that no straight line unmasks."""

    shape = gate("unmask gives one verdict for each value, none below 0 or above 1")
    better = pays("for different distributions the D is worth more than −log 2")
    half = pays("for equal distributions, only ½ where there is mass is worth −log 2", 0.5)
    three = gate("blind_line gives three lists of the same length, points and two distributions on them")
    different = pays("the two distributions differ, by a quarter in total variation or more", 0.5)
    blind = pays("the best discriminator with a straight line for its logit says ½ everywhere")

    hints = (
        "You know the best D there is for two given distributions. What does it do where neither has mass?",
        "For l(x) = a + b x the value is concave in (a, b). So the best line is a = b = 0 exactly if the derivatives "
        "by a and by b vanish there.",
        "At a = b = 0 the derivative by b is a quarter of the difference of two means. What must the two distributions share?",
    )

    domain = {
        "unmask": Domain(
            {
                "p_data": Made(_apart, (_apart,), says=_MASS),
                "p_model": Made(_apart, (_equal, _elsewhere, _near), says=_MASS),
            },
            sizes={"n": (1, 6, 40)},
            returns=Like("p_data"),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75]))
        yield self._case(torch.tensor([0.5, 0.5]), torch.tensor([0.5, 0.5]))
        for dtype, device in arithmetic():
            for n in (2, 5):
                p, q = (floats(rng.dirichlet(np.full(n, 2.0)), dtype, device) for _ in range(2))
                yield self._case(p, q)
                yield self._case(p, p.clone())
                yield self._case(p, _hardly(rng, p))
            yield self._case(*(floats(v, dtype, device) for v in ([0.5, 0.5, 0, 0], [0, 0.25, 0.75, 0])))
        yield case(call("blind_line"), about=(self.three, self.different, self.blind), p=None)

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        return self._case(**given)

    def _case(self, p_data: torch.Tensor, p_model: torch.Tensor) -> Case:
        about = (self.shape, self.half if torch.equal(p_data, p_model) else self.better)
        return case(call("unmask", p_data, p_model), about=about, p=p_data, q=p_model)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.p is None:
            yield from self._judge_line(answer)
            return
        shape = has_shape(answer, tuple(case.p.shape), like=case.p)
        found = values(answer)
        inside = shape.ok and bool(((found >= 0) & (found <= 1)).all())
        yield self.shape(inside, "verdicts from 0 to 1, one for each value", show(found) if shape.ok else shape.got)
        if not inside:
            return
        p, q = exact(case.p), exact(case.q)
        if torch.equal(case.p, case.q):
            yield self.half(*close(found[p > 0], np.full(int((p > 0).sum()), 0.5), case.p.dtype))
            return
        more = float(gain(p, q, found))
        yield self.better(more > 0, "a value above −log 2", f"−log 2 {'+' if more >= 0 else '−'} {show(abs(more))}")

    def _judge_line(self, answer: Any) -> Iterator[Finding]:
        parts = [values(part) for part in answer] if isinstance(answer, (list, tuple)) and len(answer) == 3 else []
        sound = len(parts) == 3 and all(v is not None and v.ndim == 1 and v.shape == parts[0].shape for v in parts)
        sound = sound and len(parts[0]) > 0 and all(bool(np.isfinite(v).all()) for v in parts)
        sound = sound and all(bool((v >= 0).all()) and abs(v.sum() - 1) < 1e-6 for v in parts[1:])
        wanted = "(x, p, q): as many points as entries, no entry negative, each sum 1"
        yield self.three(sound, wanted, show(answer) if len(parts) == 3 else kind_of(answer))
        if not sound:
            return
        x, p, q = parts
        distinct, at = np.unique(x, return_inverse=True)
        apart = np.abs(np.bincount(at, p - q, len(distinct))).sum() / 2
        far = apart >= LEAST - 1e-9
        yield self.different(
            far, f"a total variation of {LEAST} or more", show(float(apart)), mistake=self._same(apart)
        )
        means = float(p @ x), float(q @ x)
        size = float(np.abs(x).max()) + 1e-300
        equal = abs(means[0] - means[1]) <= 1e-6 * size
        said = f"means {show(means[0])} and {show(means[1])}: a line leans towards the larger one"
        yield self.blind(
            equal and far, "two equal means, of distributions that differ", said if not equal else "equal means",
            mistake=None if equal else "the means differ",
        )  # fmt: skip

    @staticmethod
    def _same(apart: float) -> str | None:
        return "the same distribution twice" if apart < 1e-6 else None

    mistakes = (
        wrong(
            "½ whatever comes",
            {"unmask": lambda p, q: torch.full_like(p, 0.5)},
            "D = ½ everywhere is worth exactly −log 2. Wherever the two differ, lean towards the one with more mass.",
        ),
        wrong(
            "leans the wrong way",
            {"unmask": lambda p, q: torch.nan_to_num(q / (p + q), nan=0.5)},
            "D is large where the model has more mass: that is worth less than −log 2. D is the belief in *real*.",
        ),
        wrong(
            "too sure",
            {"unmask": lambda p, q: torch.where(p == q, 0.5, (p > q).to(p))},
            "D is 0 or 1 where both have mass, and pays −∞ for the points that it is wrong about.",
            also=({"unmask": lambda p, q: (p > q).to(p)},),
        ),
        wrong(
            "nothing over nothing",
            {"unmask": lambda p, q: p / (p + q)},
            "Where neither has mass p/(p + q) is 0/0, not a number. Any verdict will do there, but it must be one.",
        ),
        wrong(
            "the data's mass",
            {"unmask": lambda p, q: p},
            "The mass of the data was taken for the verdict. It says nothing until it is compared with the model's.",
        ),
        wrong(
            "the means differ",
            {"blind_line": lambda: ([0.0, 1.0, 2.0], [0.5, 0.25, 0.25], [0.25, 0.25, 0.5])},
            "The two have different means. A line that rises towards the larger one is worth more than −log 2.",
        ),
        wrong(
            "the same distribution twice",
            {"blind_line": lambda: ([-1.0, 0.0, 1.0], [0.25, 0.5, 0.25], [0.25, 0.5, 0.25])},
            "These are one and the same distribution (points of equal place count together). Of course D = ½ is best then.",
        ),
    )
