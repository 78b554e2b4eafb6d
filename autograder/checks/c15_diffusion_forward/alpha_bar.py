"""diffusion.alpha_bar: alpha_bar_t = ∏_{s ≤ t} (1 − beta_s), and its logarithm as a sum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import SIZES, Shares, alpha_bars, random_betas
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


@exercise("diffusion.alpha_bar", ("alpha_bar", "log_alpha_bar"))
class AlphaBar(Exercise):
    """alpha_bar_t = ∏_{s ≤ t} (1 − beta_s), and its logarithm as a sum."""

    shape = gate("alpha_bar returns one value per step")
    product = pays("alpha_bar_t is the product of all 1 − beta_s up to and including s = t", 1)
    log_shape = gate("log_alpha_bar returns one value per step")
    log_sum = pays("log_alpha_bar is the logarithm of alpha_bar", 0.5)
    log_finite = pays("log_alpha_bar stays right where the product itself is too small for its type", 0.5)

    hints = (
        "Write out alpha_bar_1, alpha_bar_2 and alpha_bar_3 for beta = (0.1, 0.2, 0.5).",
        "torch has running products and running sums along an axis.",
        "The logarithm of a product is a sum of logarithms: do not form the product first.",
    )

    domain = {
        "alpha_bar": Domain({"beta": Tensor("T", Shares(ends="[]"))}, sizes={"T": SIZES["T"]}, returns=Like("beta")),
        "log_alpha_bar": Domain({"beta": Tensor("T", Shares())}, sizes={"T": SIZES["T"]}, returns=Like("beta")),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield from self._cases(torch.tensor([0.1, 0.2, 0.5]))
        for dtype, device in arithmetic():
            for steps in (1, int(rng.integers(4, 8)), int(rng.integers(30, 60))):
                yield from self._cases(floats(random_betas(rng, steps), dtype, device))
            long = int(rng.integers(3000, 4000))  # sin(n/N) up to there: alpha_bar is below 10⁻⁵⁰⁰
            yield self.case_of("log_alpha_bar", {"beta": floats(np.sin(np.arange(1, long + 1) / long), dtype, device)})

    def _cases(self, beta: torch.Tensor) -> Iterator[Case]:
        yield from (self.case_of(name, {"beta": beta}) for name in self.domain)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        beta = given["beta"]
        if name == "alpha_bar":
            return case(call("alpha_bar", beta), about=(self.shape, self.product), beta=beta, log=None)
        log = np.cumsum(np.log1p(-exact(beta)))
        law = self.log_finite if log[-1] < math.log(torch.finfo(beta.dtype).tiny) else self.log_sum
        return case(call("log_alpha_bar", beta), about=(self.log_shape, law), beta=beta, log=log, law=law)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.beta.shape), case.beta)
        yield (self.shape if case.log is None else self.log_shape)(*shape)
        if shape.ok:
            yield from self._judge_product(case, answer) if case.log is None else self._judge_sum(case, answer)

    def _judge_product(self, case: Case, answer: Any) -> Iterator[Finding]:
        bars, steps = np.array(alpha_bars(exact(case.beta))[1:]), np.arange(1, len(case.beta) + 1)
        # Every step rounds 1 − beta and the product, relative to themselves; by way of the logarithm, relative to that.
        with np.errstate(divide="ignore"):
            by_log = np.where(bars > 0, abs(np.log(bars)) * (1 + steps / 64), 0)
        yield self.product(*close(answer, bars, case.beta.dtype, bars * (1 + steps / 16 + by_log)))

    def _judge_sum(self, case: Case, answer: Any) -> Iterator[Finding]:
        steps = np.arange(1, len(case.beta) + 1)
        lost = bool(np.isneginf(answer.array).any())
        mistake = "the logarithm after the product" if case.law is self.log_finite and lost else None
        # 1 − beta is exact where beta is above ½; the sum is rounded at every step
        size = 1 + steps / 16 + abs(case.log) * (1 + steps / 64)
        yield case.law(*close(answer, case.log, case.beta.dtype, size), mistake=mistake)

    mistakes = (
        wrong(
            "a sum where a product belongs",
            {
                "alpha_bar": lambda beta: 1 - beta.cumsum(0),
                "log_alpha_bar": lambda beta: torch.log(1 - beta.cumsum(0)),
            },
            "The betas were added up. What survives several steps is the product of what survives each.",
        ),
        wrong(
            "the product of the betas",
            {"alpha_bar": lambda beta: beta.cumprod(0), "log_alpha_bar": lambda beta: beta.log().cumsum(0)},
            "The product runs over beta, the noise that comes in, but 1 − beta is the share of the signal that stays.",
        ),
        wrong(
            "shifted by one step",
            {
                "alpha_bar": lambda beta: torch.cat([torch.ones_like(beta[:1]), (1 - beta).cumprod(0)[:-1]]),
                "log_alpha_bar": lambda beta: torch.cat(
                    [torch.zeros_like(beta[:1]), torch.log1p(-beta).cumsum(0)[:-1]]
                ),
            },
            "The first entry is alpha_bar_0 = 1. Entry 0 of the result belongs to t = 1 and has 1 − beta_1 in it.",
        ),
        wrong(
            "alpha, not its product",
            {"alpha_bar": lambda beta: 1 - beta, "log_alpha_bar": lambda beta: torch.log1p(-beta)},
            "This is alpha_t of the single step; alpha_bar_t gathers all steps up to t.",
        ),
        wrong(
            "the root of it",
            {
                "alpha_bar": lambda beta: (1 - beta).cumprod(0).sqrt(),
                "log_alpha_bar": lambda beta: 0.5 * torch.log1p(-beta).cumsum(0),
            },
            "This is the factor on x0, the square root of alpha_bar.",
        ),
        wrong(
            "the logarithm after the product",
            {"log_alpha_bar": lambda beta: (1 - beta).cumprod(0).log()},
            "The product has underflowed to 0 before its logarithm was taken. Sum the logarithms instead.",
        ),
        wrong(
            "exp of minus the sum",
            {"alpha_bar": lambda beta: (-beta.cumsum(0)).exp(), "log_alpha_bar": lambda beta: -beta.cumsum(0)},
            "log(1 − beta) was taken for −beta. The two agree for small beta only.",
        ),
        wrong(
            "what is lost, not what stays",
            {
                "alpha_bar": lambda beta: 1 - (1 - beta).cumprod(0),
                "log_alpha_bar": lambda beta: torch.log(1 - (1 - beta).cumprod(0)),
            },
            "This is 1 − alpha_bar, the share of the noise. alpha_bar is the share of the signal.",
            also=({"log_alpha_bar": lambda beta: torch.log1p(-(1 - beta).cumprod(0))},),
        ),
        wrong(
            "a power of one factor",
            {
                "alpha_bar": lambda beta: (1 - beta) ** torch.arange(1, len(beta) + 1).to(beta),
                "log_alpha_bar": lambda beta: torch.log1p(-beta) * torch.arange(1, len(beta) + 1).to(beta),
            },
            "A power of t takes one beta for all of them. Every step has its own factor, 1 − beta_s.",
            also=(
                {
                    "alpha_bar": lambda beta: (1 - beta[0]) ** torch.arange(1, len(beta) + 1).to(beta),
                    "log_alpha_bar": lambda beta: torch.log1p(-beta[0]) * torch.arange(1, len(beta) + 1).to(beta),
                },
            ),
        ),
        wrong(
            "the whole product at every step",
            {
                "alpha_bar": lambda beta: (1 - beta).prod().expand(len(beta)),
                "log_alpha_bar": lambda beta: torch.log1p(-beta).sum().expand(len(beta)),
            },
            "Every entry is alpha_bar_T. alpha_bar_t has only the steps up to t in it: a running product.",
        ),
        wrong(
            "a logarithm to another base",
            {"log_alpha_bar": lambda beta: torch.log1p(-beta).cumsum(0) / math.log(2)},
            "This is the logarithm to base 2 or 10; the natural one, to base e, is asked for.",
            also=({"log_alpha_bar": lambda beta: torch.log1p(-beta).cumsum(0) / math.log(10)},),
        ),
        wrong(
            "the logarithm with the other sign",
            {"log_alpha_bar": lambda beta: -torch.log1p(-beta).cumsum(0)},
            "alpha_bar lies below 1, so its logarithm is negative; this is −log alpha_bar.",
        ),
        wrong(
            "a floor under the product",
            {"log_alpha_bar": lambda beta: (1 - beta).cumprod(0).clamp_min(torch.finfo(beta.dtype).tiny).log()},
            "The product was kept above a small number before its logarithm was taken, so the logarithm stops falling. "
            "Sum the logarithms instead.",
            also=tuple(
                {"log_alpha_bar": lambda beta, put=put, eps=eps: put((1 - beta).cumprod(0), eps).log()}
                for put in (torch.clamp_min, torch.add)
                for eps in (1e-30, 1e-20, 1e-12, 1e-10, 1e-8)
            ),
        ),
    )
