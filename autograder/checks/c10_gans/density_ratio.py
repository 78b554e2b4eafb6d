"""gan.density_ratio: D/(1 − D) = p*/p_θ at the optimum, which is no density of the data by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c10_gans.shared import Verdicts
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

CENTRE = 1.0  # the model's mean along the first axis; the data's is 0
APART = 2.0  # nats that the witness's log densities must be apart
SURE = Verdicts(reach=(1e-12, 1.0))  # far from the densities' crossing the best verdict is as sure as that


def log_odds(d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log D − log(1 − D), and the size of what is rounded on the way."""
    return np.log(d) - np.log1p(-d), 1 + np.abs(np.log(d)) + np.abs(np.log1p(-d))


@exercise("gan.density_ratio", ("log_ratio", "log_p_data_from", "equal_verdicts"))
class DensityRatio(Exercise):
    """log p* − log p_θ = log D − log(1 − D); log p* needs log p_θ; two points of one verdict and different density."""

    shape = gate("there is one number for each point")
    ratio = pays("the logit of the best verdict is the log ratio of the densities")
    density = pays("the density of the data comes from the verdict and the model's density together")
    points = gate("equal_verdicts gives two points of the plane")
    verdicts = pays(
        "both points get the same verdict, and the densities of the data there are 2 nats apart or more", 0.5
    )

    hints = (
        "Solve D = p*/(p* + p_θ) for p*/p_θ.",
        "log p* = log p_θ + (log p* − log p_θ). What do you know of each summand?",
        "For the two normals the log ratio is linear in x: along which lines is it constant, and how does p* fall there?",
    )

    domain = {
        "log_ratio": Domain({"d": Tensor("...", SURE)}, returns=Like("d")),
        "log_p_data_from": Domain(
            {"d": Tensor("...", SURE), "log_p_model": Tensor("...", Reals(reach=(1e-3, 1000)))}, returns=Like("d")
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of("log_ratio", {"d": torch.tensor([0.75, 0.5])})
        yield self.case_of("log_p_data_from", {"d": torch.tensor([0.75]), "log_p_model": torch.tensor([-2.0])})
        for dtype, device in arithmetic():
            for shape in ((4,), (2, 3)):
                d = floats(rng.uniform(0.05, 0.95, size=shape), dtype, device)
                yield self.case_of("log_ratio", {"d": d})
                log_q = floats(rng.normal(-3, 2, size=shape), dtype, device)
                yield self.case_of("log_p_data_from", {"d": d, "log_p_model": log_q})
        yield case(call("equal_verdicts"), about=(self.points, self.verdicts), name=None)

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        law = self.ratio if name == "log_ratio" else self.density
        return case(call(name, *given.values()), about=(self.shape, law), name=name, given=given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name is None:
            yield from self._judge_points(answer)
            return
        d = case.given["d"]
        shape = has_shape(answer, tuple(d.shape), like=d)
        yield self.shape(*shape)
        if not shape.ok:
            return
        odds, size = log_odds(exact(d))
        if case.name == "log_ratio":
            yield self.ratio(*close(answer, odds, d.dtype, size))
        else:
            log_q = exact(case.given["log_p_model"])
            yield self.density(*close(answer, log_q + odds, d.dtype, size + np.abs(log_q)))

    def _judge_points(self, answer: Any) -> Iterator[Finding]:
        pair = [values(point) for point in answer] if isinstance(answer, (list, tuple)) and len(answer) == 2 else []
        sound = len(pair) == 2 and all(v is not None and v.shape == (2,) and bool(np.isfinite(v).all()) for v in pair)
        yield self.points(sound, "two points, two coordinates each", show(answer) if pair else kind_of(answer))
        if not sound:
            return
        logits = [float((CENTRE**2 - 2 * CENTRE * point[0]) / 2) for point in pair]
        log_p = [float(-(point @ point) / 2 - math.log(2 * math.pi)) for point in pair]
        same = abs(logits[0] - logits[1]) <= 1e-5 * (1 + abs(logits[0]))
        far = abs(log_p[0] - log_p[1]) >= APART
        told = f"logits {show(logits[0])} and {show(logits[1])}, log p* {show(log_p[0])} and {show(log_p[1])}"
        name = None if same else "along the wrong axis"
        yield self.verdicts(same and far, "equal logits, log p* 2 nats apart or more", told, mistake=name)

    mistakes = (
        wrong(
            "log D taken for the log density",
            {"log_p_data_from": lambda d, log_q: d.log()},
            "log D(x) is no log density: it is at most 0 everywhere and says nothing without the model's density.",
        ),
        wrong(
            "the logarithm of the verdict",
            {
                "log_ratio": lambda d: d.log(),
                "log_p_data_from": lambda d, log_q: log_q + d.log(),
            },
            "log D = log p* − log(p* + p_θ): the sum stands in the denominator. The ratio of the two is D/(1 − D).",
        ),
        wrong(
            "upside down",
            {
                "log_ratio": lambda d: (1 - d).log() - d.log(),
                "log_p_data_from": lambda d, log_q: log_q + (1 - d).log() - d.log(),
            },
            "This is log p_θ − log p*: where D is near 1 the data are denser than the model.",
        ),
        wrong(
            "the ratio without its logarithm",
            {"log_ratio": lambda d: d / (1 - d), "log_p_data_from": lambda d, log_q: log_q + d / (1 - d)},
            "D/(1 − D) is the ratio itself; its logarithm is asked for.",
        ),
        wrong(
            "the model's density subtracted",
            {"log_p_data_from": lambda d, log_q: d.log() - (1 - d).log() - log_q},
            "The log ratio is log p* minus log p_θ, so log p_θ has to be added to it.",
        ),
        wrong(
            "the model's density forgotten",
            {"log_p_data_from": lambda d, log_q: d.log() - (1 - d).log()},
            "The log ratio was returned. It becomes log p* only together with log p_θ, which a GAN does not have.",
        ),
        wrong(
            "clamped",
            {
                "log_ratio": lambda d: torch.logit(d, eps=1e-3),
                "log_p_data_from": lambda d, log_q: log_q + torch.logit(d, eps=1e-3),
            },
            "The verdict was clamped near 0 and 1, where the ratio is largest.",
        ),
        wrong(
            "along the wrong axis",
            {"equal_verdicts": lambda: ([0.0, 0.0], [3.0, 0.0])},
            "The points differ in their first coordinate, along which the verdict changes. Move along the other one.",
        ),
    )
