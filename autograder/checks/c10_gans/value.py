"""gan.value: V = ½ E log D(x) + ½ E log(1 − D(G(z))), and the same without the halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c10_gans.shared import FAKE, REAL, SIZES, averages
from autograder.judging.compare import arithmetic, close, exact, is_number, number
from autograder.judging.domain import Domain, Like
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _slip(value: Callable[[torch.Tensor, torch.Tensor], Any]) -> dict[str, Callable]:
    """The same slip in both functions."""
    return {"value_half": lambda real, fake: 0.5 * value(real, fake), "value_plain": value}


def _pooled(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return 2 * torch.cat([real.log(), (1 - fake).log()]).mean()


@exercise("gan.value", ("value_half", "value_plain"))
class Value(Exercise):
    """V = ½ E log D(x) + ½ E log(1 − D(G(z))), and the same without the halves."""

    single = gate("the value is one number")
    half = pays("with the weights ½ the value averages log D over real and log(1 − D) over generated points")
    plain = pays("without the weights the value is the sum of the two averages")

    hints = (
        "The value has two expectations. Over which points does each of them run, and how many points are those?",
        "A discriminator that is right says nearly 1 to what is real and nearly 0 to what is generated: both logarithms "
        "must then be close to 0.",
        "For D = ½ everywhere the value is −log 2 with the halves and −log 4 without them.",
    )

    domain = dict.fromkeys(
        ("value_half", "value_plain"), Domain({"d_real": REAL, "d_fake": FAKE}, sizes=SIZES, returns=Like("d_real"))
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for name in self.names:
            yield self.case_of(name, {"d_real": torch.tensor([0.8, 0.5]), "d_fake": torch.tensor([0.25])})
        for dtype, device in arithmetic():
            for real, fake in ((5, 3), (1, 4), (4, 4)):
                given = {
                    "d_real": floats(rng.uniform(0.1, 0.9, real), dtype, device),
                    "d_fake": floats(rng.uniform(0.1, 0.9, fake), dtype, device),
                }
                for name in self.names:
                    yield self.case_of(name, given)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        law = self.half if name == "value_half" else self.plain
        return case(call(name, *given.values()), about=(self.single, law), law=law, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield self.single(*is_number(answer))
        if number(answer) is not None:
            real, fake, size = averages(exact(case.d_real), exact(case.d_fake))
            weight = 0.5 if case.law is self.half else 1.0
            yield case.law(*close(number(answer), weight * (real + fake), case.d_real.dtype, size))

    mistakes = (
        wrong(
            "D of the generated points taken as it is",
            _slip(lambda real, fake: real.log().mean() + fake.log().mean()),
            "The second average has log D(G(z)). The value rewards D for rejecting what is generated: log(1 − D(G(z))).",
        ),
        wrong(
            "one average over all points",
            _slip(_pooled),
            "All points went into one average. Each expectation is over its own distribution, however many points "
            "were drawn of each.",
        ),
        wrong(
            "the loss in place of the value",
            _slip(lambda real, fake: -real.log().mean() - (1 - fake).log().mean()),
            "The sign is that of the loss: V = −J^(D). The discriminator makes the value large.",
        ),
        wrong(
            "sums in place of averages",
            _slip(lambda real, fake: real.log().sum() + (1 - fake).log().sum()),
            "The logarithms are added up. An expectation is an average over its points.",
        ),
        wrong(
            "the logarithm of the average",
            _slip(lambda real, fake: real.mean().log() + (1 - fake).mean().log()),
            "D was averaged before the logarithm. By Jensen that is too large: the logarithm is taken of each point's D.",
        ),
        wrong(
            "the weights of the other form",
            {
                "value_half": lambda real, fake: real.log().mean() + (1 - fake).log().mean(),
                "value_plain": lambda real, fake: 0.5 * (real.log().mean() + (1 - fake).log().mean()),
            },
            "The weights are those of the other form: ½ and ½ in value_half, 1 and 1 in value_plain.",
            also=(
                {"value_half": lambda real, fake: real.log().mean() + (1 - fake).log().mean()},
                {"value_plain": lambda real, fake: 0.5 * (real.log().mean() + (1 - fake).log().mean())},
            ),
        ),
        wrong(
            "only one term is weighted",
            {"value_half": lambda real, fake: 0.5 * real.log().mean() + (1 - fake).log().mean()},
            "The ½ stands before both expectations: half of the discriminator's questions are about real points.",
            also=({"value_half": lambda real, fake: real.log().mean() + 0.5 * (1 - fake).log().mean()},),
        ),
        wrong(
            "bits",
            _slip(lambda real, fake: real.log2().mean() + (1 - fake).log2().mean()),
            "The logarithm has base 2. Here it is the natural one: the value of D = ½ is −log 2 = −0.693.",
        ),
    )
