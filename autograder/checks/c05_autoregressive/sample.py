"""ar.sample: one value at a time by the inverse distribution function; judged by replaying each draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c05_autoregressive.shared import MANY, NET, Causal, Function, has_levels, is_whole, reply
from autograder.judging.compare import arithmetic, exact, kind_of, show
from autograder.judging.domain import Domain, Int64, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Callback

EDGE = 1e-5  # so near to the border between two values u may be taken for either's


def _shift(x: torch.Tensor, start: int) -> torch.Tensor:
    return torch.cat([torch.full_like(x[:, :1], start), x[:, :-1]], 1)


def _inverse(p: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """(B, K) and (B,) to the value in whose share of [0, 1) each u falls."""
    return (u[:, None] >= p.cumsum(1)[:, :-1]).sum(1)


def _sample(net, u, K, pick: Function = _inverse, shift: Function = _shift, at: Function = lambda d: d):
    x = torch.zeros(u.shape, dtype=torch.int64, device=u.device)
    for d in range(u.shape[1]):
        x = x.clone()
        x[:, d] = pick(net(shift(x, K))[:, d].softmax(1), u[:, at(d)].double())
    return x


def _at_once(net, u, K):
    p = net(_shift(torch.zeros(u.shape, dtype=torch.int64), K)).softmax(2)
    return torch.stack([_inverse(p[:, d], u[:, d].double()) for d in range(u.shape[1])], 1)


def _slip(**slip: Any) -> Function:
    return lambda net, u, K: _sample(net, u, K, **slip)


@exercise("ar.sample", ("sample",))
class Sample(Exercise):
    """Given what was drawn before it, each value must be the one whose share of [0, 1) holds u."""

    apart = True
    form = gate("there is one whole number 0 … K − 1 for each u")
    drawn = pays("each value is the one whose share of the unit interval u falls into, given the values before it", 2)
    ends = pays("a border belongs to the piece above it, and the last piece reaches up to 1", 0.5)
    calls = pays("the net is called at most once for each place, whatever the batch")

    hints = (
        "What may the net be shown when place d is to be drawn? Which of its D rows of logits do you need then?",
        "The K probabilities cut [0, 1) into K pieces, in their order. In which piece does u lie? `cumsum` has the borders.",
        "Count the borders that are ≤ u. Leave out the last, which is 1 but for rounding: no u may end above it.",
    )

    domain = {
        "sample": Domain(
            {"net": NET, "u": Tensor("B, D", Reals(0, 1, "[)")), "K": MANY},
            sizes={"B": (1, 4), "D": (1, 5), "K": (2, 5)},
            returns=Int64(),
            most=14,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for D, K, B in ((1, 2, 1), (2, 3, 2), (5, 4, 30)):
            yield self._asked(Causal(rng, K), floats(rng.random((B, D)), PYTHON), K)
        yield from self._on_borders(rng)
        yield self._far_from_zero(rng)
        for dtype, device in arithmetic():
            yield self._asked(Causal(rng, 3), floats(rng.random((2, 3)), dtype, device), 3)

    def _on_borders(self, rng: np.random.Generator) -> Iterator[Case]:
        """All values alike: the borders are quarters to the last bit, and tenths add up to less than 1."""
        quarters = floats([[0.25, 0.0], [0.5, 0.75]], PYTHON)
        below_one = torch.nextafter(floats([[1.0]], PYTHON), floats([[0.0]], PYTHON))
        for u, K in ((quarters, 4), (below_one, 10)):
            yield self._asked(Causal(rng, K, sharp=0.0), u, K, (self.form, self.ends))

    def _far_from_zero(self, rng: np.random.Generator) -> Case:
        """Logits near 1000 and −1000, which say the same as those near 0; each u in the middle of a piece."""
        net, x = Causal(rng, 3, sharp=0.5, lift=1000.0), rng.integers(3, size=(3, 4))
        p = net.conditionals(x)
        middle = np.take_along_axis(p.cumsum(axis=2) - p / 2, x[..., None], 2)[..., 0]
        return self._asked(net, floats(middle, PYTHON), 3)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._asked(*given.values())

    def _asked(self, net: Causal, u: torch.Tensor, K: int, about: tuple[Law, ...] = ()) -> Case:
        u = torch.where(u < 1, u, torch.nextafter(torch.ones_like(u), torch.zeros_like(u)))  # float32 rounds to 1
        about = about or (self.form, self.drawn, self.calls)
        return case(call("sample", Callback("net"), u, K), about=about, net=net, u=u, K=K, calls=[])

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        return reply(case, args, kwargs)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from (self._judge_ends if self.ends in case.about else self._judge_drawn)(case, answer)

    def _judge_ends(self, case: Case, answer: Any) -> Iterator[Finding]:
        whole = is_whole(answer, tuple(case.u.shape))
        yield self.form(whole, f"an int64 tensor of shape {tuple(case.u.shape)}", kind_of(answer))
        if whole:
            wanted = np.minimum(np.floor(case.K * exact(case.u)), case.K - 1).astype(int)
            same = np.array_equal(answer.array, wanted)
            yield self.ends(same, f"{show(wanted)}, as all {case.K} values are alike", show(answer))

    def _judge_drawn(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = tuple(case.u.shape)
        levels = has_levels(answer, shape, case.K)
        yield self.form(*levels)
        if not levels.ok:
            return
        above = np.cumsum(case.net.conditionals(answer.array), axis=2)
        low = np.concatenate([np.zeros((*shape, 1)), above], axis=2)
        low, high = (np.take_along_axis(part, answer.array[..., None], 2)[..., 0] for part in (low, above))
        u = exact(case.u)
        bad = np.argwhere((u < low - EDGE) | (u > high + EDGE))
        if len(bad):
            b, d = bad[0]
            right = int((u[b, d] >= above[b, d]).sum())
            said = (
                f"u = {u[b, d]:.4g} at place {d + 1} of row {b + 1}: {right}"
                + ", where logits are near ±1000" * bool(case.net.lift)
            )
            yield self.drawn(False, said, f"{answer.array[b, d]}, which has [{low[b, d]:.4g}, {high[b, d]:.4g})")
            return
        yield self.drawn(True)
        if case.u.numel() > 20:  # a few values are right by luck
            together = max(map(len, case.calls), default=0) == len(case.u)
            extra = "more calls than needed" if together else "one row at a time"
            few, asked = len(case.calls) <= shape[1], (f"{shape[1]} calls of the net", str(len(case.calls)))
            yield self.calls(few, *asked, mistake=extra)

    mistakes = (
        wrong(
            "argmax",
            _slip(pick=lambda p, u: p.argmax(1)),
            "The most probable value every time: one row comes out, whatever u is. That is no draw, and it is not even the most probable row.",
        ),
        wrong(
            "all places at once",
            _at_once,
            "One call with nothing filled in: every place after the first was drawn as if what comes before were something else.",
            also=(lambda net, u, K: _at_once(net, u, K).clone(),),
        ),
        wrong(
            "one value too far",
            _slip(pick=lambda p, u: (u[:, None] >= torch.cat([torch.zeros_like(p[:, :1]), p.cumsum(1)], 1)[:, :-1]).sum(1).clamp_max(p.shape[1] - 1)),
            "Counted were the borders from 0 on. Value 0 owns the piece that *begins* at 0: count the borders that end a piece.",
            also=(_slip(pick=lambda p, u: (_inverse(p, u) - 1).clamp_min(0)),),
        ),
        wrong(
            "a border given to the piece below",
            _slip(pick=lambda p, u: (u[:, None] > p.cumsum(1)[:, :-1]).sum(1)),
            "Pieces contain their lower end: u = 0.5 belongs to the piece that begins there. Count the borders that are ≤ u.",
        ),
        wrong(
            "above the last border",
            _slip(pick=lambda p, u: (u[:, None] >= p.cumsum(1)).sum(1)),
            "The last sum is 1 but for rounding, and may be a little less: a u above it was given the value K, which is none.",
        ),
        wrong(
            "from the other end",
            _slip(pick=lambda p, u: _inverse(p, 1 - u)),
            "As a draw this would do, but the pieces were to be laid out from value 0 up: whoever encodes and whoever decodes must agree.",
        ),
        wrong(
            "exponentials of large logits",
            lambda net, u, K: _sample(lambda shown: net(shown).exp().log(), u, K),
            "The exponential of a logit near 1000 is inf, near −1000 it is 0, and their ratios are NaN. `softmax` takes the largest off first.",
        ),
        wrong(
            "one u for the whole row",
            _slip(at=lambda d: 0),
            "The same u was used at each place. Each place has one of its own, or the values hang together.",
        ),
        wrong(
            "no start",
            _slip(shift=lambda x, start: x),
            "The net was shown the row unmoved: at place d it saw the 0 that stands there until d is drawn, and no start.",
            also=(_slip(shift=lambda x, start: torch.cat([0 * x[:, :1], x[:, :-1]], 1)),),
        ),
        wrong(
            "one row at a time",
            lambda net, u, K: torch.cat([_sample(net, row[None], K) for row in u]),
            "The net was called for each row by itself. It takes all rows at once, so a batch costs no more calls than one.",
        ),
        wrong(
            "more calls than needed",
            lambda net, u, K: (_sample(net, u, K), net(torch.full(u.shape, K)))[0],
            "One call for each place is enough: keep what it gave, and after the last place nothing is left to ask.",
        ),
    )  # fmt: skip
