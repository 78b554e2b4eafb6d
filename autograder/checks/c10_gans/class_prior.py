"""gan.class_prior: the game when a share π of what D is shown is real."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c10_gans.optimal_discriminator import far, share
from autograder.checks.c10_gans.shared import FAKE, REAL, SIZES, averages
from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, number
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

PI = Number(Reals(0, 1))
LOG_DENSITY = Tensor("...", Reals(reach=(1e-3, 1e4)), says=("finite",))


def _prior(log_p: torch.Tensor, log_q: torch.Tensor, shift: float) -> torch.Tensor:
    return torch.sigmoid(log_p - log_q + shift)


def _early(log_p: torch.Tensor, log_q: torch.Tensor, pi: float) -> torch.Tensor:
    return pi * log_p.exp() / (pi * log_p.exp() + (1 - pi) * log_q.exp())


def _late(d: torch.Tensor, pi: float) -> torch.Tensor:
    return pi * d / (pi * d + (1 - pi) * (1 - d))


@exercise("gan.class_prior", ("discriminator_with_prior", "value_with_prior", "undecided_value"))
class ClassPrior(Exercise):
    """D* = π p* / (π p* + (1 − π) p_θ), V = π E log D + (1 − π) E log(1 − D), and V = π log π + (1 − π) log(1 − π)."""

    shape = gate("discriminator_with_prior has one verdict for each point")
    share = pays("the best verdict weighs each density with its class's share")
    single = gate("the values are single numbers")
    value = pays("the value weighs the two averages with π and 1 − π")
    undecided = pays(
        "with equal distributions the best constant verdict is π, and its value minus the entropy of π", 0.5
    )

    hints = (
        "Bayes' rule: the class is real with probability π before one has looked. What is it after seeing x?",
        "The log odds of the verdict are those of π plus log p*(x) − log p_θ(x).",
        "With p_θ = p* the best D does not depend on x. Put D = π into the value.",
    )

    domain = {
        "discriminator_with_prior": Domain(
            {"log_p_data": LOG_DENSITY, "log_p_model": LOG_DENSITY, "pi": PI}, returns=Like("log_p_data")
        ),
        "value_with_prior": Domain({"d_real": REAL, "d_fake": FAKE, "pi": PI}, sizes=SIZES, returns=Like("d_real")),
        "undecided_value": Domain({"pi": PI}),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        first = {"log_p_data": torch.tensor([0.3]).log(), "log_p_model": torch.tensor([0.1]).log(), "pi": 0.2}
        yield self.case_of("discriminator_with_prior", first)
        second = {"d_real": torch.tensor([0.8, 0.5]), "d_fake": torch.tensor([0.25]), "pi": 0.2}
        yield self.case_of("value_with_prior", second)
        for pi in (0.2, 0.5, 0.9):
            yield self.case_of("undecided_value", {"pi": pi})
        for dtype, device in arithmetic():
            yield self._tug_of_war(rng, dtype, device)
            for pi in (0.5, float(rng.uniform(0.05, 0.4)), float(rng.uniform(0.6, 0.95))):
                for shape, offset in (((3,), 0.0), ((2, 2), 0.0), ((3,), -900.0), ((3,), far(rng)[0])):
                    pair = [floats(offset + rng.normal(size=shape), dtype, device) for _ in range(2)]
                    given = {"log_p_data": pair[0], "log_p_model": pair[1], "pi": pi}
                    yield self.case_of("discriminator_with_prior", given)
                pair = [floats(rng.uniform(0.1, 0.9, size=n), dtype, device) for n in (4, 3)]
                yield self.case_of("value_with_prior", {"d_real": pair[0], "d_fake": pair[1], "pi": pi})

    def _tug_of_war(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Case:
        """So few real points that a density which is larger by as much leaves the verdict open."""
        pi = float(10 ** rng.uniform(-10, -8))
        pair = [rng.normal(size=4) + sign * math.log(pi) / 2 for sign in (-1, 1)]
        given = {name: floats(v, dtype, device) for name, v in zip(("log_p_data", "log_p_model"), pair, strict=True)}
        return self.case_of("discriminator_with_prior", {**given, "pi": pi})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        about = {
            "discriminator_with_prior": (self.shape, self.share),
            "value_with_prior": (self.single, self.value),
            "undecided_value": (self.single, self.undecided),
        }[name]
        return case(call(name, *given.values()), about=about, name=name, given=given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pi = case.given["pi"]
        if case.name == "discriminator_with_prior":
            first = case.given["log_p_data"]
            shape = has_shape(answer, tuple(first.shape), like=first)
            yield self.shape(*shape)
            if shape.ok:
                of, size = share(exact(first), exact(case.given["log_p_model"]), pi)
                yield self.share(*close(answer, of, first.dtype, size))
            return
        yield self.single(*is_number(answer))
        if number(answer) is None:
            return
        if case.name == "undecided_value":
            want = pi * math.log(pi) + (1 - pi) * math.log1p(-pi)
            yield self.undecided(*close(number(answer), want, PYTHON, 1.0))
            return
        real, fake, size = averages(exact(case.given["d_real"]), exact(case.given["d_fake"]))
        yield self.value(*close(number(answer), pi * real + (1 - pi) * fake, case.given["d_real"].dtype, size))

    mistakes = (
        wrong(
            "the prior is ignored",
            {
                "discriminator_with_prior": lambda log_p, log_q, pi: _prior(log_p, log_q, 0.0),
                "value_with_prior": lambda real, fake, pi: 0.5 * real.log().mean() + 0.5 * (1 - fake).log().mean(),
            },
            "π never comes in: this is the game in which half of the points are real.",
        ),
        wrong(
            "π is that of the generated points",
            {
                "discriminator_with_prior": lambda log_p, log_q, pi: _prior(log_p, log_q, math.log((1 - pi) / pi)),
                "value_with_prior": lambda real, fake, pi: (1 - pi) * real.log().mean() + pi * (1 - fake).log().mean(),
            },
            "π and 1 − π have changed places: π is the share of real points.",
        ),
        wrong(
            "densities before shares",
            {"discriminator_with_prior": _early},
            "exp was taken of each log density: where both underflow that is 0/0. Add the log odds of π to the "
            "difference of the logarithms.",
        ),
        wrong(
            "the prior after the verdict",
            {"discriminator_with_prior": lambda log_p, log_q, pi: _late(_prior(log_p, log_q, 0.0), pi)},
            "The verdict for equal shares was formed first and weighed afterwards: where it has rounded to 1, a small π "
            "cannot pull it back. The log odds of π come in before σ.",
        ),
        wrong(
            "the verdict times the prior",
            {"discriminator_with_prior": lambda log_p, log_q, pi: pi * _prior(log_p, log_q, 0.0)},
            "The verdict for equal shares was multiplied by π. Bayes' rule weighs the densities, and divides by the sum.",
        ),
        wrong(
            "log π in place of the log odds",
            {"discriminator_with_prior": lambda log_p, log_q, pi: _prior(log_p, log_q, math.log(pi))},
            "log π was added to the log ratio. The generated points have a share as well: it is log π − log(1 − π).",
        ),
        wrong(
            "the value of ½ for every π",
            {"undecided_value": lambda pi: -math.log(2)},
            "−log 2 is what an undecided discriminator gets for π = ½. With D = π one gets more.",
        ),
        wrong(
            "the entropy in place of its negative",
            {"undecided_value": lambda pi: -pi * math.log(pi) - (1 - pi) * math.log(1 - pi)},
            "This is the entropy of π, which is what the discriminator pays. The value is its negative.",
        ),
        wrong(
            "only one term",
            {"undecided_value": lambda pi: pi * math.log(pi)},
            "There are two kinds of points: the generated ones bring (1 − π) log(1 − π).",
            also=({"undecided_value": lambda pi: math.log(pi)},),
        ),
    )
