"""gan.catch_loss: a test that tells implementations of the discriminator's loss from their imitations."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import logsigmoid, softplus

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong


def _half(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return 0.5 * softplus(-real).mean() + 0.5 * softplus(fake).mean()


def _by_numpy(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    total = np.logaddexp(0, -real.numpy()).mean() + np.logaddexp(0, fake.numpy()).mean()
    return torch.tensor(total / 2, dtype=real.dtype)


def _by_bce(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return 0.5 * (bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake)))


def _pooled(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return torch.cat([softplus(-real), softplus(fake)]).mean()


def _by_the_first(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """The sum over generated points is divided by the number of real ones."""
    return 0.5 * (softplus(-real).sum() + softplus(fake).sum()) / len(real)


def _paired(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    n = min(len(real), len(fake))
    return _half(real[:n], fake[:n])


def _guarded(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    d_real, d_fake = real.sigmoid(), fake.sigmoid()
    return -0.5 * (d_real + 1e-8).log().mean() - 0.5 * (1 - d_fake + 1e-8).log().mean()


@exercise("gan.catch_loss", ("is_discriminator_loss",), kind="detective")
class CatchLoss(Detective):
    """J^(D) from logits, told from what looks like it."""

    strict = "exact equality"
    accepts = gate("every right implementation is accepted, however it is written")
    labels = pays("an implementation that mixes up who is real is caught")
    weights = pays("an implementation whose weights are right for equal numbers of points only is caught")
    scale = pays("an implementation that is off by a factor or a sign is caught")
    sure = pays("an implementation that fails where the discriminator is sure is caught")

    hints = (
        "How many real and how many generated points does your test use? What if there were 2 of one and 5 of the other?",
        "For logits 0 the loss is log 2, whatever the labels. Which logits tell the labels apart?",
        "Which right value do you know for a logit of 1000 on a generated point? A comparison with NaN is never true.",
    )

    right = {
        "softplus": _half,
        "log σ": lambda real, fake: -0.5 * (logsigmoid(real).mean() + logsigmoid(-fake).mean()),
        "cross-entropies with logits": _by_bce,
        "in numpy": _by_numpy,
        "in double precision": lambda real, fake: _half(real.double(), fake.double()).to(real.dtype),
    }
    bugs = {
        "labels": {
            "swaps the labels": lambda real, fake: _half(fake, real),
            "calls both real": lambda real, fake: 0.5 * softplus(-real).mean() + 0.5 * softplus(-fake).mean(),
            "forgets the generated points": lambda real, fake: softplus(-real).mean(),
            "forgets the real points": lambda real, fake: softplus(fake).mean(),
        },
        "weights": {
            "averages over all points at once": _pooled,
            "divides both sums by the number of real points": _by_the_first,
            "uses as many points of one kind as there are of the other": _paired,
        },
        "scale": {
            "forgets the ½": lambda real, fake: 2 * _half(real, fake),
            "gives the value": lambda real, fake: -_half(real, fake),
            "gives bits": lambda real, fake: _half(real, fake) / np.log(2),
            "adds the points up": lambda real, fake: 0.5 * softplus(-real).sum() + 0.5 * softplus(fake).sum(),
        },
        "sure": {
            "takes the logarithm of σ": lambda real, fake: (
                -0.5 * real.sigmoid().log().mean() - 0.5 * (1 - fake.sigmoid()).log().mean()
            ),
            "guards the logarithm with 1e-8": _guarded,
            "clamps the logits at ±20": lambda real, fake: _half(real.clamp(-20, 20), fake.clamp(-20, 20)),
            "takes the exponential as it comes": lambda real, fake: (
                0.5 * (1 + (-real).float().exp()).log().mean() + 0.5 * (1 + fake.float().exp()).log().mean()
            ),
        },
    }

    mistakes = (
        wrong(
            "logits 0 only",
            lambda implementation: _agrees(implementation, ([0.0, 0.0], [0.0, 0.0, 0.0])),
            "At logits 0 every labelling costs log 2. Ask where it matters who is real.",
        ),
        wrong(
            "one question of equal numbers, moderate logits",
            lambda implementation: _agrees(implementation, ([0.5, -1.0, 2.0], [1.0, 0.0, -0.7])),
            "The test asks with as many real as generated points, and small logits. A loss that averages over all at "
            "once is right there, and so is one that takes the logarithm of σ: ask with 2 and 5, and with hundreds.",
        ),
        wrong(
            "exact equality",
            lambda implementation: _agrees(
                implementation,
                ([0.5, -1.3, 2.0], [1.1, 0.0]),
                ([-900.0, 1.0], [800.0, -1.0, 3.0]),
                ([0.1, 0.2, 0.3, 0.7, -0.9, 1.3, -2.7], [0.3, 0.6, -1.7, 0.9, 2.2]),
                tolerance=0.0,
                dtype=torch.float32,
            ),
            "Right programs round differently. Compare up to a few millionths of the size.",
            also=tuple(
                lambda implementation, scales=scales: _agrees(
                    implementation,
                    *(_drawn(n, m, s) for n, m in ((2, 1), (3, 5), (8, 4), (40, 70)) for s in scales),
                    tolerance=0.0,
                    dtype=torch.float32,
                )
                for scales in ((1, 2, 3, 30), (20, 2000))
            ),
        ),
        wrong(
            "only the sign and the size",
            lambda implementation: 0 < float(implementation(torch.zeros(2), torch.zeros(3))) < 1,
            "A loss between 0 and 1 at logits 0 is not enough: compare values, at several questions.",
        ),
        REFUSES,
    )


def _agrees(f, *questions: tuple[list[float], list[float]], tolerance: float = 1e-4, dtype=torch.float64) -> bool:
    for real, fake in questions:
        pair = (torch.tensor(real, dtype=dtype), torch.tensor(fake, dtype=dtype))
        got, want = float(f(*pair)), float(_half(*pair))
        if not abs(got - want) <= tolerance * abs(want):
            return False
    return True


def _drawn(n: int, m: int, scale: float) -> tuple[list[float], list[float]]:
    """n and m logits of this size, always the same ones."""
    rng = np.random.default_rng([n, m, int(scale)])
    return (scale * rng.normal(size=n)).tolist(), (scale * rng.normal(size=m)).tolist()
