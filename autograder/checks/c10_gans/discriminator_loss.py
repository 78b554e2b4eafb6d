"""gan.discriminator_loss: J^(D) = −½ E log σ(l_real) − ½ E log(1 − σ(l_fake)), from logits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import logsigmoid, softplus

from autograder.checks.c10_gans.shared import SIZES
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, case, exercise, gate, grad, pays, wrong

LOGITS = Reals(reach=(1e-3, 1e4))


def _loss(logits: np.ndarray, sign: float) -> float:
    """E log(1 + e^(sign · l)), by numpy's own sum of exponentials."""
    return float(np.logaddexp(0, sign * logits).mean())


def _slope(logits: np.ndarray, sign: float) -> np.ndarray:
    """Its derivative, sign · σ(sign · l) / n, as a quotient that does not overflow."""
    small = np.exp(-np.abs(logits))
    return sign * np.where(sign * logits >= 0, 1, small) / (1 + small) / len(logits)


@exercise("gan.discriminator_loss", ("discriminator_loss",))
class DiscriminatorLoss(Exercise):
    """J^(D) = −½ E log σ(l_real) − ½ E log(1 − σ(l_fake)), from logits."""

    scalar = gate("the loss is a tensor without axes")
    loss = pays("the loss is half the average surprise about real points and half that about generated ones", 0.7)
    sure = pays("the loss stays right where the discriminator is sure, right or wrong", 0.3)
    slopes = pays("gradients arrive at the logits, and have the right size", 1.0)

    hints = (
        "D = σ(l) with σ(l) = 1/(1 + e^−l). Write −log σ(l) and −log(1 − σ(l)) without σ.",
        "−log σ(l) = log(1 + e^−l), and 1 − σ(l) = σ(−l). The function log(1 + e^u) has a name in torch.",
        "Two logits that are right by a mile cost nothing; one that is wrong by a thousand costs a thousand.",
    )

    domain = {
        "discriminator_loss": Domain(
            {
                "logits_real": Tensor("N", LOGITS, says=("of real points",)),
                "logits_fake": Tensor("M", LOGITS, says=("of generated points",)),
            },
            sizes=SIZES,
            returns=Like("logits_real"),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(torch.tensor([0.0, 2.0]), torch.tensor([-1.0]))
        for dtype, device in arithmetic():
            for real, fake in ((5, 2), (1, 3), (4, 4)):
                pair = (floats(rng.normal(size=n), dtype, device) for n in (real, fake))
                yield self._case(*pair)
            for real, fake in ((-1000.0, -1000.0), (1000.0, 1000.0), (200.0, -200.0)):
                yield self._case(floats([real, 0.5], dtype, device), floats([fake, -0.3, 1.0], dtype, device))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, logits_real: torch.Tensor, logits_fake: torch.Tensor) -> Case:
        one = torch.ones((), dtype=logits_real.dtype, device=logits_real.device)
        given = {"logits_real": logits_real, "logits_fake": logits_fake}
        ask = grad("discriminator_loss", tuple(given), one, **given)
        return case(ask, real=logits_real, fake=logits_fake)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, (), like=case.real)
        yield self.scalar(*shape)
        if not shape.ok:
            return
        real, fake = exact(case.real), exact(case.fake)
        want = 0.5 * _loss(real, -1) + 0.5 * _loss(fake, 1)
        far = max(abs(real).max(), abs(fake).max()) > 15
        law = self.sure if far else self.loss
        yield law(*close(value, want, case.real.dtype, 1 + want))
        slopes = {"logits_real": 0.5 * _slope(real, -1), "logits_fake": 0.5 * _slope(fake, 1)}
        for name, want in slopes.items():
            got = answer["gradients"].get(name)
            verdict = close(got, want, case.real.dtype, 1 / len(want))
            said = f"∂/∂{name}: {verdict.got}" if values(got) is not None else f"no gradient arrives at {name}"
            yield self.slopes(verdict.ok, verdict.expected, said)

    mistakes = (
        wrong(
            "log of sigmoid",
            lambda logits_real, logits_fake: (
                -0.5 * logits_real.sigmoid().log().mean() - 0.5 * (1 - logits_fake.sigmoid()).log().mean()
            ),
            "σ(l) was computed first and its logarithm then: where σ rounds to 0 or 1 the loss is infinite, or loses "
            "its gradient. log(1 + e^u) in one function does not.",
            also=(
                lambda logits_real, logits_fake: (
                    -0.5 * (logits_real.sigmoid() + 1e-8).log().mean()
                    - 0.5 * (1 - logits_fake.sigmoid() + 1e-8).log().mean()
                ),
                lambda logits_real, logits_fake: (
                    0.5 * (1 + (-logits_real).exp()).log().mean() + 0.5 * (1 + logits_fake.exp()).log().mean()
                ),
            ),
        ),
        wrong(
            "one average over all points",
            lambda logits_real, logits_fake: torch.cat([softplus(-logits_real), softplus(logits_fake)]).mean(),
            "All logits went into one average. With unequal numbers of real and generated points that changes the "
            "weights: each kind counts one half.",
        ),
        wrong(
            "labels swapped",
            lambda logits_real, logits_fake: 0.5 * softplus(logits_real).mean() + 0.5 * softplus(-logits_fake).mean(),
            "The labels are swapped: a large logit must be cheap for a real point and dear for a generated one.",
        ),
        wrong(
            "the ½ forgotten",
            lambda logits_real, logits_fake: softplus(-logits_real).mean() + softplus(logits_fake).mean(),
            "This is twice the loss: both expectations carry a ½. An undecided discriminator pays log 2.",
        ),
        wrong(
            "both called real",
            lambda logits_real, logits_fake: 0.5 * softplus(-logits_real).mean() + 0.5 * softplus(-logits_fake).mean(),
            "The generated points were given the label of real ones; that is half of the generator's loss.",
        ),
        wrong(
            "sums in place of averages",
            lambda logits_real, logits_fake: 0.5 * softplus(-logits_real).sum() + 0.5 * softplus(logits_fake).sum(),
            "The losses are added up over the points. An expectation is an average.",
        ),
        wrong(
            "the value in place of the loss",
            lambda logits_real, logits_fake: (
                0.5 * logsigmoid(logits_real).mean() + 0.5 * logsigmoid(-logits_fake).mean()
            ),
            "The sign is that of the value V = −J^(D). A loss falls as the discriminator gets better.",
        ),
        wrong(
            "smoothed labels",
            lambda logits_real, logits_fake: (
                0.5 * bce(logits_real, torch.full_like(logits_real, 0.9))
                + 0.5 * bce(logits_fake, torch.zeros_like(logits_fake))
            ),
            "Real points have the label 0.9. That trick makes another loss; here a real point has the label 1.",
        ),
        wrong(
            "logits taken for probabilities",
            lambda logits_real, logits_fake: (
                -0.5 * logits_real.clamp(1e-6, 1 - 1e-6).log().mean()
                - 0.5 * (1 - logits_fake.clamp(1e-6, 1 - 1e-6)).log().mean()
            ),
            "The logits were treated as if they were D itself. D = σ(l).",
        ),
        wrong(
            "sigmoid taken twice",
            lambda logits_real, logits_fake: (
                0.5 * bce(logits_real.sigmoid(), torch.ones_like(logits_real))
                + 0.5 * bce(logits_fake.sigmoid(), torch.zeros_like(logits_fake))
            ),
            "σ was applied, and then again inside the loss with logits. It takes the logits as they are.",
        ),
        wrong(
            "cut from the graph",
            lambda logits_real, logits_fake: (
                0.5 * softplus(-logits_real).mean() + 0.5 * softplus(logits_fake.detach()).mean()
            ),
            "The value is right, but no gradient arrives at one kind of logits. What is detached for the "
            "discriminator's sake is the generated picture, not D's verdict on it.",
            also=(
                lambda logits_real, logits_fake: (
                    0.5 * softplus(-logits_real.detach()).mean() + 0.5 * softplus(logits_fake).mean()
                ),
                lambda logits_real, logits_fake: (
                    0.5 * softplus(-logits_real).mean() + 0.5 * softplus(logits_fake).mean()
                ).detach(),
            ),
        ),
    )
