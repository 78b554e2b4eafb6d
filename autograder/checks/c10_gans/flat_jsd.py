"""gan.flat_jsd: two intervals that move apart: JSD stops at log 2, W₁ goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c10_gans.jsd import divergence
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, case, exercise, gate, grad, pays, wrong

LOG2 = math.log(2)


def apart(delta: float, width: float) -> tuple[float, float]:
    """JSD and W₁ of U(0, width) and U(delta, delta + width), piece by piece between the four ends."""
    ends = np.unique([0.0, width, delta, delta + width])
    length, middle = np.diff(ends), (ends[1:] + ends[:-1]) / 2
    masses = [np.where((a < middle) & (middle < a + width), length / width, 0) for a in (0.0, delta)]
    above = np.concatenate([[0.0], np.cumsum(masses[0] - masses[1])])  # F − G at the ends, linear between them
    area = float(((np.abs(above[1:]) + np.abs(above[:-1])) / 2 * length).sum())  # it does not change its sign
    return divergence(masses[0] / masses[0].sum(), masses[1] / masses[1].sum()), area


@exercise("gan.flat_jsd", ("jsd_of_shift", "w1_of_shift"))
class FlatJsd(Exercise):
    """U(0, w) and U(δ, δ + w): JSD = log 2 · min(|δ|/w, 1), W₁ = |δ|."""

    shape = gate("there is one number for each shift")
    jsd = pays("JSD counts the mass that the two do not share")
    flat = pays("once they share nothing, JSD is log 2 however far apart they are, and its gradient is 0")
    w1 = pays("W₁ is the distance, and its gradient always points the way")

    hints = (
        "Where the two overlap their densities are equal: what does p log(p/m) contribute there?",
        "Where only one of them has mass, p/m = 2. How much mass is that, for a shift of δ?",
        "Every point of the first interval has to be carried by δ. Mind the sign of δ: a distance is never negative.",
    )

    _given = {"delta": Tensor("N", Reals(reach=(1e-3, 100))), "width": Number(Reals(0, math.inf, reach=(1e-2, 100)))}
    domain = dict.fromkeys(
        ("jsd_of_shift", "w1_of_shift"), Domain(_given, sizes={"N": (1, 5)}, returns=Like("delta"), draws=6)
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for name in self.names:
            yield self.case_of(name, {"delta": torch.tensor([0.5, 3.0]), "width": 2.0})
        for dtype, device in arithmetic():
            for width in (1.0, float(rng.uniform(0.5, 3))):
                inside = floats(width * rng.uniform(0.05, 0.95, size=3) * rng.choice([-1, 1], size=3), dtype, device)
                outside = floats(width * rng.uniform(1.2, 5, size=3) * rng.choice([-1, 1], size=3), dtype, device)
                for name in self.names:
                    yield self.case_of(name, {"delta": inside, "width": width})
                    yield self.case_of(name, {"delta": outside, "width": width})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        delta, width = given["delta"], given["width"]
        far = bool((delta.abs() >= width * 1.01).all())
        law = self.w1 if name == "w1_of_shift" else self.flat if far else self.jsd
        ask = grad(name, ("delta",), torch.ones_like(delta), **given)
        return case(ask, about=(self.shape, law), name=name, delta=delta, width=width, law=law)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, tuple(case.delta.shape), like=case.delta)
        yield self.shape(*shape)
        if not shape.ok:
            return
        delta, width, dtype = exact(case.delta), case.width, case.delta.dtype
        which = 1 if case.name == "w1_of_shift" else 0
        want = np.array([apart(d, width)[which] for d in delta])
        yield case.law(*close(value, want, dtype, 1.0 if which == 0 else np.abs(want) + width))
        smooth = (np.abs(delta) > 1e-6 * width) & (np.abs(np.abs(delta) - width) > 1e-3 * width)
        near = np.abs(delta) < width
        slope = np.sign(delta) * (1.0 if which else np.where(near, LOG2 / width, 0.0))
        got = values(answer["gradients"].get("delta"))
        if got is None:
            yield case.law(False, "a gradient with respect to delta", "no gradient")
        elif smooth.any():
            verdict = close(got[smooth], slope[smooth], dtype, 1.0 if which else 1 / width)
            yield case.law(verdict.ok, f"slope {verdict.expected}", f"slope {verdict.got}")

    mistakes = (
        wrong(
            "JSD that goes on growing",
            {"jsd_of_shift": lambda delta, width: LOG2 * delta.abs() / width},
            "JSD never exceeds log 2. Once the intervals share nothing there is nothing more to lose.",
        ),
        wrong(
            "only to the right",
            {
                "jsd_of_shift": lambda delta, width: LOG2 * (delta / width).clamp(0, 1),
                "w1_of_shift": lambda delta, width: delta,
            },
            "A shift to the left is a shift: both distances are those of |δ|.",
            also=({"jsd_of_shift": lambda delta, width: LOG2 * (delta / width).clamp(max=1)},),
        ),
        wrong(
            "the overlap in place of the rest",
            {"jsd_of_shift": lambda delta, width: LOG2 * (1 - delta.abs() / width).clamp(0, 1)},
            "This is log 2 times the mass that the two share. What they share costs nothing; the rest does.",
        ),
        wrong(
            "both rests counted",
            {"jsd_of_shift": lambda delta, width: 2 * LOG2 * (delta.abs() / width).clamp(max=1)},
            "Each interval has a part of its own, and JSD is the mean of the two divergences, not their sum.",
        ),
        wrong(
            "a width of 1",
            {"jsd_of_shift": lambda delta, width: LOG2 * delta.abs().clamp(max=1)},
            "The intervals have the given width: what they share is 1 − |δ|/w.",
        ),
        wrong(
            "without log 2",
            {"jsd_of_shift": lambda delta, width: (delta.abs() / width).clamp(max=1)},
            "This is the mass that is not shared, the total variation. Each bit of it costs log(p/m) = log 2.",
        ),
        wrong(
            "W₁ in units of the width",
            {"w1_of_shift": lambda delta, width: delta.abs() / width},
            "The distance was divided by the width. Every point is carried by |δ|, however wide the interval.",
        ),
        wrong(
            "only what is not shared is carried",
            {"w1_of_shift": lambda delta, width: torch.minimum(delta.abs(), delta * 0 + width)},
            "W₁ stops at the width here. Mass that has to go farther costs more, without end.",
            also=({"w1_of_shift": lambda delta, width: width * (delta.abs() / width).clamp(max=1)},),
        ),
        wrong(
            "the gap between the two",
            {"w1_of_shift": lambda delta, width: (delta.abs() - width).clamp_min(0)},
            "This is the gap between the intervals, 0 as long as they overlap. W₁ carries every point, by |δ|.",
        ),
        wrong(
            "the squared distance",
            {"w1_of_shift": lambda delta, width: delta**2},
            "This is W₂². W₁ takes the distance itself, so that its slope is 1 however far the way is.",
        ),
        wrong(
            "cut from the graph",
            {
                "jsd_of_shift": lambda delta, width: LOG2 * (delta.detach().abs() / width).clamp(max=1),
                "w1_of_shift": lambda delta, width: delta.detach().abs(),
            },
            "The value is right, but no gradient comes back: delta was taken out of the graph.",
        ),
    )
