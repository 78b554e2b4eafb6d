"""diffusion.break_it (long: three functions, each with the slips that students make in it). What fails when beta exceeds 1 or equals 1, and what does not."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import Shares, random_betas
from autograder.judging.compare import arithmetic, exact, kind_of, number, show, truth, values
from autograder.judging.domain import Domain, Number, Reals, Tensor, Wholes
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

# mostly between 0 and 1, so that the first fault can be a late one
STEEP = Reals(0, usual=(0.05, 0.95), reach=(1e-6, 1e3), also=(1 - 1e-9, 1 + 1e-9, 1.0, 1 - 1e-4, 1 + 1e-4))


def _is_held(beta: torch.Tensor, t: int) -> bool:
    """alpha_bar_t is 0 in exact arithmetic, or does not underflow in any other."""
    steps = 1 - exact(beta)[:t]
    return bool((steps == 0).any() or np.log(steps).sum() > math.log(torch.finfo(beta.dtype).tiny))


def _by_product(answer: Callable, sentence: str) -> tuple:
    """A mistake of first_bad_root about alpha_bar, which comes as a product in either type or as one of signs."""
    products = (
        lambda b: (1 - b).cumprod(0),
        lambda b: (1 - b.double()).cumprod(0),
        lambda b: (1 - b).sign().cumprod(0),
    )
    ways = [{"first_bad_root": lambda beta, product=product: answer(product(beta))} for product in products]
    return ways[0], sentence, tuple(ways[1:])


@exercise("diffusion.break_it", ("first_bad_root", "positive_again", "still_works"), kind="witness")
class BreakIt(Exercise):
    """What fails when beta exceeds 1 or equals 1, and what does not."""

    step = gate("first_bad_root returns a step or None")
    root = pays("first_bad_root is the first n at which alpha_bar_n is negative", 1)
    positive = gate("positive_again is a list of positive numbers")
    again = pays("alpha_bar of that schedule turns negative and later positive again", 1)
    table = gate("still_works returns a yes or no for each of the four expressions")
    works = pays("an expression works exactly where it does not divide by zero", 1)

    hints = (
        "Follow the sign of alpha_bar_n: every factor 1 − beta_n with beta_n above 1 turns it around.",
        "q_sample needs the root of alpha_bar_n. After how many sign changes is that root real again?",
        "After a step with beta = 1, alpha_bar is 0 for good, but alpha_t = 1 − beta_t only at that very step. "
        "Which of the two stands in which denominator?",
    )

    domain = {
        "first_bad_root": Domain(
            {"beta": Tensor("T", STEEP, says=("some perhaps above 1",))}, sizes={"T": (1, 12, 1000)}
        ),
        "still_works": Domain(
            {"beta": Tensor("T", Shares(ends="(]", coarse=1e-6)), "t": Number(Wholes(1, "T"))},
            sizes={"T": (1, 12)},
            when=_is_held,
            says=("alpha_bar_t is 0 or large enough for its type",),
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for count in (0, 1, 1, 2, 3):
                beta = random_betas(rng, int(rng.integers(4, 9)), 0.05, 0.9)
                beta[rng.choice(len(beta), size=count, replace=False)] += 1
                yield self._root_case(floats(beta, dtype, device))
            beta = random_betas(rng, 5, 0.05, 0.9)
            beta[0] += 1  # the first step can be the bad one
            yield self._root_case(floats(beta, dtype, device))
            beta = random_betas(rng, 6, 0.05, 0.9)
            beta[1:4] = rng.permutation([1.0, 1.5, 0.5])  # after a beta of exactly 1 there is no sign left to turn
            beta[4] = 1.5
            yield self._root_case(floats(beta, dtype, device))
            beta[1:4] = [0.5, 1.0, 1.5]
            yield self._root_case(floats(beta, dtype, device))
            eps = torch.finfo(dtype).eps  # next to 1, on either side
            beta[:3] = [1 - eps / 2, 1 + eps, 1 + 1e-5]
            yield self._root_case(floats(beta, dtype, device))
            for bad in (0, 1):  # the product of so many steps is below all floats; its sign is not
                beta = random_betas(rng, int(rng.integers(2500, 3500)), 0.3, 0.95)
                beta[2200:][rng.choice(300, size=bad, replace=False)] += 1
                yield self._root_case(floats(beta, dtype, device))
        yield case(call("positive_again"), about=(self.positive, self.again))
        for dtype, device in arithmetic():
            for count in (0, 1, 1, 2):
                beta = random_betas(rng, 6, 0.05, 0.9)
                beta[rng.choice(np.arange(1, 5), size=count, replace=False)] = 1.0
                given = floats(beta, dtype, device)
                yield from (self.case_of("still_works", {"beta": given, "t": t}) for t in range(1, 7))
            eps = torch.finfo(dtype).eps  # as near to 1 as the type can come, and still not 1
            given = floats(np.array([0.5, 1 - eps / 2, 0.3, 1 - 1e-5, 0.4]), dtype, device)
            yield from (self.case_of("still_works", {"beta": given, "t": t}) for t in (2, 3, 5))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "first_bad_root":
            return self._root_case(given["beta"])
        return case(call(name, *given.values()), about=(self.table, self.works), **given)

    def _root_case(self, beta: torch.Tensor) -> Case:
        return case(call("first_bad_root", beta), about=(self.step, self.root), beta=beta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_first_bad_root(self, case: Case, answer: Any) -> Iterator[Finding]:
        kept = answer is None or number(answer) is not None
        yield self.step(kept, "a number or None", kind_of(answer))
        if kept:
            signs = _signs_of(exact(case.beta))
            expected = signs.index(-1) + 1 if -1 in signs else None
            yield self.root((None if answer is None else number(answer)) == expected, show(expected), show(answer))

    def _judge_positive_again(self, case: Case, answer: Any) -> Iterator[Finding]:
        beta = values(answer)
        kept = beta is not None and beta.ndim == 1 and bool((beta > 0).all()) and bool(np.isfinite(beta).all())
        yield self.positive(kept and len(beta) <= 1000, "at most 1000 positive numbers", show(answer))
        if not kept or len(beta) > 1000:
            return
        signs = _signs_of(beta)
        first = signs.index(-1) if -1 in signs else len(signs)
        erased = "erased for good" if 0 in signs else "never negative"
        mistake = None if 1 in signs[first:] else "negative for ever" if -1 in signs else erased
        yield self.again(mistake is None, "a negative alpha_bar, then a positive one", _signs(signs), mistake=mistake)

    def _judge_still_works(self, case: Case, answer: Any) -> Iterator[Finding]:
        expected = self._works(exact(case.beta), case.t)
        got = {k: truth(v) for k, v in answer.items()} if isinstance(answer, dict) else {}
        kept = got.keys() == expected.keys() and None not in got.values()
        yield self.table(
            kept, "a dictionary with eps_loss, x0_hat, sampler, elbo_weight, each True or False", kind_of(answer)
        )
        if kept:
            yield self.works(got == expected, show(expected), show(answer))

    @staticmethod
    def _works(beta: np.ndarray, t: int) -> dict[str, bool]:
        """By exact arithmetic: an expression works if none of its denominators is 0."""
        steps = [Fraction(float(b)) for b in beta[:t]]
        alpha, alpha_bar = 1 - steps[-1], math.prod(1 - b for b in steps)
        denominators = {
            "eps_loss": [],
            "x0_hat": [alpha_bar],
            "sampler": [1 - alpha_bar, alpha],
            "elbo_weight": [steps[-1], alpha, 1 - alpha_bar],
        }
        return {name: all(d != 0 for d in found) for name, found in denominators.items()}

    mistakes = (
        wrong(
            "counts from 0",
            *_by_product(lambda bars: next((i for i, b in enumerate(bars) if b < 0), None), "The step is the index into the tensor. Steps are counted from 1."),
        ),
        wrong(
            "the first beta above 1",
            {"first_bad_root": lambda beta: next((n for n, b in enumerate(beta, 1) if b > 1), None)},
            "Mostly that is the step, but not after a step with beta = 1: alpha_bar is 0 from there on, and never negative.",
        ),
        wrong(
            "zero taken for negative",
            *_by_product(lambda bars: next((n for n, b in enumerate(bars, 1) if b <= 0), None), "The root of 0 is 0 and harmless: only a negative alpha_bar stops q_sample."),
        ),
        wrong(
            "looks only at the last step",
            *_by_product(lambda bars: len(bars) if bars[-1] < 0 else None, "Only alpha_bar_T was looked at. Training draws every t, so the first negative one already stops it."),
        ),
        wrong(
            "the product underflows",
            {"first_bad_root": lambda beta: next((n for n, b in enumerate((1 - beta).cumprod(0), 1) if b < 0), None)},
            "The product of so many factors has sunk to 0 in its type, and its sign with it. Multiply the signs instead.",
            also=({"first_bad_root": lambda beta: next((n for n, b in enumerate((1 - beta.double()).cumprod(0), 1) if b < 0), None)},),
        ),
        wrong(
            "the other root",
            {"first_bad_root": lambda beta: next((n for n, b in enumerate((1 - beta).cumprod(0), 1) if b > 1), None)},
            "You looked for a negative 1 − alpha_bar. It exceeds 1 where alpha_bar is negative; the root of alpha_bar fails.",
        ),
        wrong(
            "negative for ever",
            {"positive_again": lambda: [0.5, 1.5, 0.5]},
            "One beta above 1 turns the sign once. It needs a second one to turn it back.",
        ),
        wrong(
            "erased for good",
            {"positive_again": lambda: [1.0, 1.5, 1.5]},
            "A beta of exactly 1 makes alpha_bar 0, and no later step gives it a sign again.",
        ),
        wrong(
            "never negative",
            {"positive_again": lambda: [0.5, 0.5, 0.5]},
            "alpha_bar never became negative here: some beta must exceed 1.",
        ),
        wrong(
            "everything stops at beta = 1",
            {"still_works": lambda beta, t: dict.fromkeys(("eps_loss", "x0_hat", "sampler", "elbo_weight"), bool((beta[:t] < 1).all()))},
            "Training on eps goes on: its loss divides by nothing. And after that step alpha_t is positive again.",
        ),
        wrong(
            "x0_hat recovers",
            {"still_works": lambda beta, t: _works_like(beta, t, x0_hat=bool(beta[t - 1] < 1))},
            "alpha_bar stays 0 after a step with beta = 1, so x0_hat divides by zero from there on, not only at that step.",
        ),
        wrong(
            "the sampler never recovers",
            {"still_works": lambda beta, t: _works_like(beta, t, sampler=bool((beta[:t] < 1).all()))},
            "The sampler divides by √alpha_t, which is 0 only at the very step with beta = 1.",
        ),
        wrong(
            "the weight never recovers",
            {"still_works": lambda beta, t: _works_like(beta, t, elbo_weight=bool((beta[:t] < 1).all()))},
            "The weight divides by beta_t, alpha_t and 1 − alpha_bar_t: none of them is 0 after the step with beta = 1.",
        ),
        wrong(
            "neither sampler nor weight recovers",
            {"still_works": lambda beta, t: dict.fromkeys(("x0_hat", "sampler", "elbo_weight"), bool((beta[:t] < 1).all())) | {"eps_loss": True}},
            "Sampler and weight divide by alpha_t, which is 0 only at the very step with beta = 1, not by alpha_bar_t.",
        ),
        wrong(
            "the loss on eps fails",
            {"still_works": lambda beta, t: _works_like(beta, t, eps_loss=bool((beta[:t] < 1).all()))},
            "The loss on eps divides by nothing: it works whatever beta is.",
            also=({"still_works": lambda beta, t: _works_like(beta, t, eps_loss=bool(beta[t - 1] < 1))},),
        ),
        wrong(
            "the sampler divides by nothing",
            {"still_works": lambda beta, t: _works_like(beta, t, sampler=True)},
            "The sampler divides by √alpha_t, and alpha_t = 1 − beta_t is 0 where beta_t = 1.",
        ),
        wrong(
            "the weight divides by nothing",
            {"still_works": lambda beta, t: _works_like(beta, t, elbo_weight=True)},
            "The weight has alpha_t in its denominator, which is 0 where beta_t = 1.",
        ),
        wrong(
            "fails one step late",
            {"still_works": lambda beta, t: _works_like(torch.cat([0 * beta[:1], beta]), t)},
            "The answer is that of step t − 1: beta_t is beta[t − 1], and alpha_bar_t has this factor in it already.",
        ),
        wrong(
            "the first step is left out",
            *_by_product(lambda bars: next((n for n, b in enumerate(bars, 1) if b < 0 and n > 1), None), "The first step can be the bad one, too: beta_1 above 1 makes alpha_bar_1 negative."),
        ),
        wrong(
            "the last beta above 1",
            {"first_bad_root": lambda beta: next((n for n in range(len(beta), 0, -1) if beta[n - 1] > 1), None)},
            "The last beta above 1 was reported. The first step at which alpha_bar is negative decides.",
        ),
    )  # fmt: skip


def _signs_of(beta: np.ndarray) -> list[int]:
    """Those of alpha_bar_1, alpha_bar_2, …: the product of the signs of the factors."""
    return list(itertools.accumulate(((b < 1) - (b > 1) for b in beta.tolist()), operator.mul))


def _signs(signs: list[int]) -> str:
    return "signs " + " ".join({1: "+", 0: "0", -1: "−"}[s] for s in signs[:20])


def _works_like(beta: torch.Tensor, t: int, **changed: bool) -> dict[str, bool]:
    now, ever = bool(beta[t - 1] < 1), bool((beta[:t] < 1).all())
    return {"eps_loss": True, "x0_hat": ever, "sampler": now, "elbo_weight": now} | changed
