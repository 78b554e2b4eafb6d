"""gan.saturation: what reaches the generator through the discriminator's logit, with either loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

NAMES = {
    "generator_gradients": ("saturating", "non_saturating"),
    "gradient_ratios": ("with_half", "plain"),
}


def _slopes(saturating: Callable, non_saturating: Callable) -> dict[str, Callable]:
    """A slip in the two gradients, as functions of the logit."""
    return {
        "generator_gradients": lambda logit: {
            "saturating": saturating(logit),
            "non_saturating": non_saturating(logit),
        }
    }


def _ratios(with_half: Callable, plain: Callable) -> dict[str, Callable]:
    return {"gradient_ratios": lambda logit: {"with_half": with_half(logit), "plain": plain(logit)}}


def _d(logit: torch.Tensor) -> torch.Tensor:
    return logit.sigmoid()


def _rest(logit: torch.Tensor) -> torch.Tensor:
    return (-logit).sigmoid()


def losses(real: float, fake: float) -> float:
    """J^(D) + J^(G) with J^(G) = −log D(G(z)), at one pair of logits."""
    return float(0.5 * np.logaddexp(0, -real) + 0.5 * np.logaddexp(0, fake) + np.logaddexp(0, -fake))


@exercise("gan.saturation", ("generator_gradients", "gradient_ratios", "two_states"))
class Saturation(Exercise):
    """∂/∂l of ½ log(1 − σ(l)) and of −log σ(l), their ratio, and two states with unequal sums of losses."""

    named = gate("generator_gradients and gradient_ratios return a dictionary of two, each of the shape of logit")
    saturating = pays("the saturating loss pulls at the logit with half of D, which fades where D is sure of the fake")
    non_saturating = pays("the other loss pulls with 1 − D, which fades only where the generator has won")
    ratio = pays("the ratio of the two is (1 − D)/(½ D), and without the ½ in the first loss (1 − D)/D")
    states = gate("two_states returns two pairs of finite logits")
    not_zero_sum = pays(
        "the losses of both players add up to another number in the second state, by 1 nat or more", 0.5
    )

    hints = (
        "σ'(l) = σ(l)(1 − σ(l)). Differentiate log(1 − σ(l)) and −log σ(l) with the chain rule: one factor cancels.",
        "(1 − D)/D is e^−l, which needs no D that has underflowed.",
        "In a zero-sum game what one loses the other wins. Take −log D(G(z)) as the generator's loss and compare a "
        "state in which the generator fools D with one in which it does not.",
    )

    domain = {
        name: Domain({"logit": Tensor("...", Reals(reach=(1e-3, 80)))}, returns=dict.fromkeys(keys, Like("logit")))
        for name, keys in NAMES.items()
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for name in NAMES:
            yield self.case_of(name, {"logit": torch.tensor([0.0, -2.0])})
        for dtype, device in arithmetic():
            for name in NAMES:
                for shape in ((4,), (2, 3)):
                    yield self.case_of(name, {"logit": floats(2 * rng.normal(size=shape), dtype, device)})
                yield self.case_of(name, {"logit": floats([-30.0, -12.0, 12.0], dtype, device)})
        yield case(call("two_states"), about=(self.states, self.not_zero_sum), logit=None)

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        laws = (self.ratio,) if name == "gradient_ratios" else (self.saturating, self.non_saturating)
        return case(call(name, given["logit"]), about=(self.named, *laws), name=name, logit=given["logit"])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.logit is None:
            yield from self._judge_states(answer)
            return
        shape, keys = tuple(case.logit.shape), NAMES[case.name]
        named = isinstance(answer, dict) and answer.keys() == set(keys)
        fits = named and all(has_shape(answer[key], shape, like=case.logit).ok for key in keys)
        got = ", ".join(f"{k}: {kind_of(v)}" for k, v in answer.items()) if named else kind_of(answer)
        yield self.named(fits, f"a dictionary of {' and '.join(keys)}, each of shape {shape}", got)
        if not fits:
            return
        logit, dtype = exact(case.logit), case.logit.dtype
        d, odds, room = special.expit(logit), np.exp(-logit), 1 + np.abs(logit)
        if case.name == "generator_gradients":
            yield self.saturating(*close(answer["saturating"], -0.5 * d, dtype, d * room))
            yield self.non_saturating(*close(answer["non_saturating"], -special.expit(-logit), dtype, 1.0))
            return
        for key, factor in (("with_half", 2.0), ("plain", 1.0)):
            yield self.ratio(*close(answer[key], factor * odds, dtype, 1 + factor * odds * room))

    def _judge_states(self, answer: Any) -> Iterator[Finding]:
        pairs = [values(v) for v in answer] if isinstance(answer, (list, tuple)) and len(answer) == 2 else []
        sound = len(pairs) == 2 and all(v is not None and v.shape == (2,) and bool(np.isfinite(v).all()) for v in pairs)
        yield self.states(
            sound, "two pairs (logit of a real, of a generated point)", show(answer) if pairs else kind_of(answer)
        )
        if not sound:
            return
        first, second = (losses(*map(float, pair)) for pair in pairs)
        apart = abs(first - second) >= 1
        same = "the same state twice" if np.allclose(pairs[0], pairs[1]) else None
        yield self.not_zero_sum(
            apart,
            "two sums that differ by 1 or more",
            f"{show(first)} and {show(second)}",
            mistake=None if apart else same,
        )

    mistakes = (
        wrong(
            "the ½ of the first loss is forgotten",
            {
                **_slopes(lambda logit: -_d(logit), lambda logit: -_rest(logit)),
                **_ratios(lambda logit: (-logit).exp(), lambda logit: (-logit).exp()),
            },
            "The ½ of the first loss is missing: in 002 the saturating loss is ½ E log(1 − D), the other one −E log D.",
        ),
        wrong(
            "the ½ in the second loss as well",
            {
                **_slopes(lambda logit: -0.5 * _d(logit), lambda logit: -0.5 * _rest(logit)),
                **_ratios(lambda logit: (-logit).exp(), lambda logit: 0.5 * (-logit).exp()),
            },
            "The second loss is −log D without a ½, in 002 as here.",
        ),
        wrong(
            "the two forms exchanged",
            _ratios(lambda logit: (-logit).exp(), lambda logit: 2 * (-logit).exp()),
            "Dividing by ½ D gives twice as much as dividing by D: the larger ratio is the one with the ½.",
            also=(_ratios(lambda logit: 0.5 * (-logit).exp(), lambda logit: (-logit).exp()),),
        ),
        wrong(
            "slopes in D, not in the logit",
            _slopes(lambda logit: -0.5 / _rest(logit), lambda logit: -1 / _d(logit)),
            "These are derivatives by D. The generator is reached through the logit: σ'(l) = D(1 − D) comes in, and "
            "that factor is the whole story.",
            also=(_slopes(lambda logit: -0.5 / (1 - _d(logit)), lambda logit: -1 / _d(logit)),),
        ),
        wrong(
            "signs",
            {
                **_slopes(lambda logit: 0.5 * _d(logit), _rest),
                **_ratios(lambda logit: -2 * (-logit).exp(), lambda logit: -(-logit).exp()),
            },
            "The signs are turned: both losses fall as the logit of a generated point rises, so both slopes are "
            "negative and their ratio is positive.",
        ),
        wrong(
            "the two exchanged",
            _slopes(lambda logit: -0.5 * _rest(logit), lambda logit: -_d(logit)),
            "D and 1 − D have changed places. The derivative of log(1 − σ(l)) is −σ(l), that of −log σ(l) is −(1 − σ(l)).",
        ),
        wrong(
            "the ratio upside down",
            _ratios(lambda logit: 0.5 * logit.exp(), lambda logit: logit.exp()),
            "The ratio is upside down: how much stronger is the second loss, where D is small?",
        ),
        wrong(
            "a guard in the denominator",
            _ratios(
                lambda logit: _rest(logit) / (0.5 * _d(logit) + 1e-8), lambda logit: _rest(logit) / (_d(logit) + 1e-8)
            ),
            "A small number in the denominator cuts the ratio off where it is largest. (1 − D)/D = e^−l needs no guard.",
        ),
        wrong(
            "the same state twice",
            {"two_states": lambda: ((0.0, 0.0), (0.0, 0.0))},
            "These are one and the same state. In a zero-sum game *every* state has the same sum: find one that has not.",
        ),
        wrong(
            "a difference that the generator does not feel",
            {"two_states": lambda: ((1.0, 0.0), (2.0, 0.0))},
            "The sums differ by less than 1 nat. Move the logit of the generated point.",
        ),
    )  # fmt: skip
