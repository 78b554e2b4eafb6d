"""gan.players: the two losses of a training step, and whose gradient goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.functional import softplus

from autograder.checks.c10_gans.lipschitz import slopes
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, case, exercise, gate, grad, pays, wrong
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Net


def _critic(rng: np.random.Generator, dtype: torch.dtype, device: str) -> Net:
    """Logits of order one with a bent slope."""
    c = rng.normal(size=(3, 2)) * np.array([[0.5], [1.0], [0.4]])
    return Net("polynomial", (floats(c, dtype, device), floats(0.3 * rng.normal(), dtype, device)), "a quadratic D")


def _made(place: Place) -> Net:
    return _critic(place.rng, place.dtype, place.device)


def _sizes(D: Net, x: np.ndarray) -> float:
    big = Polynomial.of(np.abs(exact(D.weights[0])), abs(float(D.weights[1])))
    return 1 + float(big(np.abs(x)).max())


_D = Made(_made, (_made,), says=("takes (N, 2)", "gives logits (N,)"))
_X = Reals(reach=(1e-2, 3))


@exercise("gan.players", ("loss_of_discriminator", "loss_of_generator"))
class Players(Exercise):
    """J^(D) + ½ r1 E ‖∇l(x)‖² with the generated points held fast, and −E log σ(l(G(z))) with them moving."""

    scalar = gate("each loss is a tensor without axes")
    of_d = pays("the discriminator's loss is that of section 2 plus half of r1 times R1")
    held = pays("the discriminator's loss sends its gradient to D's weights, and none to the generated points")
    of_g = pays("the generator's loss is the one that does not saturate")
    moved = pays("the generator's loss sends its gradient to the generated points")

    hints = (
        "You have written all the parts: discriminator_loss, r1_penalty, and section 9's second loss.",
        "The discriminator judges the generated points as they are: detach() is what cuts the way back to the generator.",
        "The generator's loss must not be cut: D's weights are left alone there because only G's optimiser steps.",
    )

    domain = {
        "loss_of_discriminator": Domain(
            {"D": _D, "x_real": Tensor("N, 2", _X), "x_fake": Tensor("M, 2", _X), "r1": Number(Reals(0, 1, "[]"))},
            sizes={"N": (1, 5), "M": (1, 5)},
            returns=Like("x_real"),
            most=16,
        ),
        "loss_of_generator": Domain(
            {"D": _D, "x_fake": Tensor("M, 2", _X)}, sizes={"M": (1, 5)}, returns=Like("x_fake"), most=12
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        line = Net("polynomial", (torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor(0.0)), "x -> 2 x_1")
        real, fake = torch.tensor([[1.0, 0.0]]), torch.tensor([[-1.0, 0.0]])
        yield self.case_of("loss_of_discriminator", {"D": line, "x_real": real, "x_fake": fake, "r1": 0.1})
        yield self.case_of("loss_of_generator", {"D": line, "x_fake": fake})
        for dtype, device in arithmetic():
            for n, m, r1 in ((3, 3, 0.0), (4, 2, float(rng.uniform(0.1, 0.9))), (2, 5, 0.02)):
                D = _critic(rng, dtype, device)
                x, y = normal(rng, (n, 2), dtype, device), normal(rng, (m, 2), dtype, device)
                yield self.case_of("loss_of_discriminator", {"D": D, "x_real": x, "x_fake": y, "r1": r1})
                yield self.case_of("loss_of_generator", {"D": D, "x_fake": y})
        far = {"D": line, "x_fake": torch.tensor([[-300.0, 0.0], [-1.0, 0.0]])}
        yield self.case_of("loss_of_generator", far)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        of_d = name == "loss_of_discriminator"
        about = (self.of_d, self.held) if of_d else (self.of_g, self.moved)
        one = torch.ones((), dtype=given["x_fake"].dtype, device=given["x_fake"].device)
        wrt = ("x_fake", "D") if of_d else ("x_fake",)
        return case(grad(name, wrt, one, **given), about=(self.scalar, *about), name=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, (), like=case.x_fake)
        yield self.scalar(*shape)
        if not shape.ok:
            return
        fake, dtype = exact(case.x_fake), case.x_fake.dtype
        of = Polynomial.of(exact(case.D.weights[0]), float(case.D.weights[1]))
        way, got = of(fake), answer["gradients"].get("x_fake")
        if case.name == "loss_of_generator":
            want = float(np.logaddexp(0, -way).mean())
            yield self.of_g(*close(value, want, dtype, _sizes(case.D, fake)))
            slope = slopes(case.D, fake)[0]
            down = -(1 / (1 + np.exp(np.clip(way, -700, 700))))[:, None] * slope / len(fake)
            if values(got) is None:
                yield self.moved(False, "a gradient with respect to x_fake", "no gradient")
            else:
                room = _sizes(case.D, fake) * (1 + float(np.abs(slope).max()))
                yield self.moved(*close(got, down, dtype, room))
            return
        real = exact(case.x_real)
        gradient = slopes(case.D, real)[0]
        parts = np.logaddexp(0, -of(real)).mean(), np.logaddexp(0, way).mean(), (gradient**2).sum(1).mean()
        size = _sizes(case.D, np.concatenate([real, fake])) + case.r1 * float((np.abs(gradient) ** 2).sum(1).mean())
        verdict = close(value, 0.5 * (parts[0] + parts[1] + case.r1 * parts[2]), dtype, size)
        yield self.of_d(*verdict)
        if not verdict.ok:  # a constant sends no gradient either
            return
        still = values(got) is None or not np.abs(values(got)).max(initial=0) > 0
        yield self.held(still, "no gradient at x_fake", "a gradient at x_fake")
        got = answer["gradients"].get("D")
        if got is None or values(got[0]) is None:
            yield self.held(False, "a gradient at D's weights", "no gradient")
            return
        size += float(np.abs(exact(case.D.weights[0])).max() + np.abs(np.concatenate([real, fake])).max()) ** 3
        yield self.held(*close(got[0], _by_weights(case, real, fake), dtype, size))

    mistakes = (
        wrong(
            "generated points not detached",
            {"loss_of_discriminator": lambda D, x_real, x_fake, r1: _of_d(D, x_real, x_fake, r1, held=False)},
            "The discriminator's loss reaches the generated points, and through them the generator: detach them. (It "
            "would push the generator towards being found out.)",
        ),
        wrong(
            "D learns nothing from the generated points",
            {"loss_of_discriminator": lambda D, x_real, x_fake, r1: _of_d(D, x_real, x_fake, r1, learns=False)},
            "The generated points were judged under no_grad, so D's weights do not hear of them. Only the points are to be "
            "detached, not what D says of them.",
        ),
        wrong(
            "generated points detached for the generator too",
            {"loss_of_generator": lambda D, x_fake: softplus(-D(x_fake.detach())).mean() + 0 * x_fake.detach().sum()},
            "The generated points were detached in the generator's own loss: it would learn nothing at all.",
        ),
        wrong(
            "the loss that saturates",
            {"loss_of_generator": lambda D, x_fake: -softplus(D(x_fake)).mean()},
            "This is log(1 − D), whose gradient dies where D is sure. The generator descends −log D.",
            also=({"loss_of_generator": lambda D, x_fake: -0.5 * softplus(D(x_fake)).mean()},),
        ),
        wrong(
            "on the discriminator's side",
            {"loss_of_generator": lambda D, x_fake: softplus(D(x_fake)).mean()},
            "The generator is rewarded for being found out. Its points should be taken for real.",
        ),
        wrong(
            "R1 forgotten",
            {"loss_of_discriminator": lambda D, x_real, x_fake, r1: _of_d(D, x_real, x_fake, 0.0)},
            "The penalty is missing: without it this training loses modes.",
        ),
        wrong(
            "R1 at full strength",
            {"loss_of_discriminator": lambda D, x_real, x_fake, r1: _of_d(D, x_real, x_fake, 2 * r1)},
            "The penalty is r1 times R1 here. By custom half of that is added.",
        ),
        wrong(
            "R1 at the generated points",
            {
                "loss_of_discriminator": lambda D, x_real, x_fake, r1: (
                    _of_d(D, x_real, x_fake, 0.0) + r1 / 2 * _steepness(D, x_fake.detach())
                )
            },
            "The slope is punished at the generated points. R1 punishes it at the data.",
        ),
        wrong(
            "the weights of the plain form",
            {
                "loss_of_discriminator": lambda D, x_real, x_fake, r1: (
                    2 * _of_d(D, x_real, x_fake, 0.0) + r1 / 2 * _steepness(D, x_real)
                )
            },
            "Both expectations stand without their ½. That is another balance with the penalty.",
        ),
    )


def _by_weights(case: Case, real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    """The gradient of J^(D) + ½ r1 R1 by c_kd, with logits Σ c_kd x_d^k + cross ∏ x_d."""
    c, cross = exact(case.D.weights[0]), float(case.D.weights[1])
    of = Polynomial.of(c, cross)
    k = np.arange(len(c))[:, None, None]
    surprise = -1 / (1 + np.exp(np.clip(of(real), -700, 700))), 1 / (1 + np.exp(-np.clip(of(fake), -700, 700)))
    loss = sum(0.5 * (s[:, None] * x**k).mean(1) for s, x in zip(surprise, (real, fake), strict=True))
    powers = np.where(k > 0, k * real ** np.maximum(k - 1, 0), 0)  # ∂/∂c_kd of ∂l/∂x_d
    return loss + case.r1 * (slopes(case.D, real)[0] * powers).mean(1)


def _steepness(D: Callable, x: torch.Tensor) -> torch.Tensor:
    x = x.detach().requires_grad_()
    return (torch.autograd.grad(D(x).sum(), x, create_graph=True)[0] ** 2).sum(1).mean()


def _of_d(
    D: Callable, x_real: torch.Tensor, x_fake: torch.Tensor, r1: float, held: bool = True, learns: bool = True
) -> torch.Tensor:
    found = D(x_fake.detach() if held else x_fake)
    of_fake = softplus(found if learns else found.detach()).mean()
    return 0.5 * softplus(-D(x_real)).mean() + 0.5 * of_fake + r1 / 2 * _steepness(D, x_real)
