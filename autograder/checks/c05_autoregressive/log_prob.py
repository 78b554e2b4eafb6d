"""ar.log_prob: log p(x) = Σ_d log p(x_d | x_<d), by one pass of a causal net over the row moved by one place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp

from autograder.checks.c05_autoregressive.shared import MANY, NET, VALUES, Causal, Function, all_rows, is_whole, reply
from autograder.judging.compare import EPSILON, arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Int64, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Callback

SHIFT, EACH, WHOLE = "shift_right", "next_log_p", "log_prob"


def _shift(x: torch.Tensor, start: int) -> torch.Tensor:
    return torch.cat([torch.full_like(x[:, :1], start), x[:, :-1]], 1)


def _each(logits: torch.Tensor, x: torch.Tensor, axis: int = 2) -> torch.Tensor:
    return logits.log_softmax(axis).gather(2, x[..., None])[..., 0]


def _with(shift: Function = _shift, each: Function = _each, add: Function = lambda each: each.sum(1)) -> dict:
    return {SHIFT: shift, EACH: each, WHOLE: lambda net, x, K: add(each(net(shift(x, K)), x))}


@exercise("ar.log_prob", (SHIFT, EACH, WHOLE))
class LogProb(Exercise):
    """The chain rule, whatever the conditionals are: enumeration says whether it adds up to one."""

    apart = True
    shape = gate("one number for each place, and one for each row")
    shifted = pays("the net is shown the start and then the values before each place, never the value there")
    each = pays("a conditional is the probability of the value that stands there, among the values at its place")
    product = pays("a row has the product of its conditionals: over all rows the probabilities add up to one")

    hints = (
        "What may be known at place 1? At place 2? Write down the row that the net is shown for x = (a, b, c).",
        "Over which axis of logits (B, D, K) must probabilities add up to one? `gather` then picks one of K.",
        "log p of a row is a sum over its places, and of nothing else: no mean, and no sum over the batch.",
    )

    domain = {
        SHIFT: Domain({"x": Tensor("B, D", Wholes(0, reach=300)), "start": Number(Wholes(0, reach=300))}, sizes={"B": (1, 3), "D": (1, 5)}, returns=Int64()),
        EACH: Domain(
            {"logits": Tensor("B, D, K", Reals(reach=(1e-3, 1e3))), "x": VALUES},
            sizes={"B": (1, 3), "D": (1, 4), "K": (2, 5)},
            returns=Like("logits"),
            most=12,
        ),
        WHOLE: Domain({"net": NET, "x": VALUES, "K": MANY}, sizes={"B": (1, 4), "D": (1, 4), "K": (2, 5)}, most=12),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(SHIFT, {"x": torch.tensor([[1, 0]]), "start": 2})
        for dtype, device in arithmetic():
            x = torch.tensor([[0, 1, 2], [2, 2, 1]], device=device)
            yield self.case_of(EACH, {"logits": 2 * normal(rng, (2, 3, 3), dtype, device), "x": x})
        for D, K in ((1, 2), (2, 2), (3, 3)):
            everything = torch.tensor(all_rows(D, K))
            yield self._whole(Causal(rng, K), everything, K, everything=True)
        yield from self._long(rng)

    def _long(self, rng: np.random.Generator) -> Iterator[Case]:
        """Rows of more places than one can enumerate."""
        x = torch.tensor(rng.integers(4, size=(3, 20)))
        yield self.case_of(SHIFT, {"x": x, "start": 4})
        yield self.case_of(EACH, {"logits": 2 * normal(rng, (3, 20, 4), torch.float64), "x": x})
        yield self._whole(Causal(rng, 4), x, 4)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == WHOLE:
            return self._whole(given["net"], given["x"], given["K"])
        law = self.shifted if name == SHIFT else self.each
        given = {key: value.to(given["logits"].device) if key == "x" and name == EACH else value for key, value in given.items()}  # fmt: skip
        return case(call(name, *given.values()), about=(self.shape, law), of=name, **given)

    def _whole(self, net: Causal, x: torch.Tensor, K: int, everything: bool = False) -> Case:
        ask, about = call(WHOLE, Callback("net"), x, K), (self.shape, self.shifted, self.product)
        return case(ask, about=about, of=WHOLE, net=net, x=x, K=K, everything=everything, calls=[])

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        return reply(case, args, kwargs)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from {SHIFT: self._judge_shift, EACH: self._judge_each, WHOLE: self._judge_whole}[case.of](case, answer)

    def _judge_shift(self, case: Case, answer: Any) -> Iterator[Finding]:
        wanted = [[case.start, *row[:-1]] for row in case.x.tolist()]
        whole = is_whole(answer, tuple(case.x.shape))
        yield self.shape(whole, f"an int64 tensor of shape {tuple(case.x.shape)}", kind_of(answer))
        if whole:
            yield self.shifted(answer.array.tolist() == wanted, show(wanted), show(answer))

    def _judge_each(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.x.shape), case.logits)
        yield self.shape(*shape)
        if shape.ok:
            logits, x = exact(case.logits), case.x.cpu().numpy()
            here = np.take_along_axis(logits, x[..., None], 2)[..., 0]
            yield self.each(*close(answer, here - logsumexp(logits, axis=2), case.logits.dtype, 1 + abs(logits).max(2)))

    def _judge_whole(self, case: Case, answer: Any) -> Iterator[Finding]:
        got, rows = values(answer), len(case.x)
        good = got is not None and got.shape == (rows,) and getattr(answer, "dtype", "") in EPSILON
        yield self.shape(good, f"a tensor of shape ({rows},)", kind_of(answer))
        if not good:
            return
        own = [shown for shown in case.calls if shown.shape == tuple(case.x.shape)]
        leaks = any(np.array_equal(shown, case.x) for shown in own) and case.x.shape[1] > 1
        yield self.shifted(not leaks, "the start, then the values before", "the row itself" if leaks else "")
        p = case.net.conditionals(case.x.numpy())
        each = np.log(np.take_along_axis(p, case.x.numpy()[..., None], 2)[..., 0])
        yield self.product(*close(answer, each.sum(1), torch.float64, 10 + abs(each).sum(1)))
        if case.everything and np.isfinite(got).all():
            total = float(np.exp(np.clip(got, -700, 700)).sum())
            yield self.product(math.isclose(total, 1, abs_tol=1e-4), f"1 over all {rows} rows", f"{total:.4g}")

    mistakes = (
        wrong(
            "shown the value itself",
            _with(shift=lambda x, start: x.clone()),
            "The net is shown the row as it is, so that place d sees x_d: it is asked to guess what it has been told.",
            also=(_with(shift=lambda x, start: torch.cat([x[:, :1] * 0 + start, x], 1)[:, 1:]),),
        ),
        wrong(
            "no start token",
            _with(shift=lambda x, start: torch.roll(x, 1, 1)),
            "In the first place stands the row's last value in place of the start: the first conditional depends on it.",
            also=(
                _with(shift=lambda x, start: torch.cat([x[:, :1], x[:, :-1]], 1)),
                _with(shift=lambda x, start: torch.cat([x[:, :1] * 0, x[:, :-1]], 1)),
            ),
        ),
        wrong(
            "shifted the other way",
            _with(shift=lambda x, start: torch.cat([x[:, 1:], torch.full_like(x[:, :1], start)], 1)),
            "Each place is shown the value *after* it. What comes later may not be known.",
        ),
        wrong(
            "softmax over the wrong axis",
            _with(each=lambda logits, x: _each(logits, x, 1)),
            "The softmax runs over the places, or over the batch. At each place the K values compete with each other.",
            also=(_with(each=lambda logits, x: _each(logits, x, 0)),),
        ),
        wrong(
            "logits taken for log probabilities",
            _with(each=lambda logits, x: logits.gather(2, x[..., None])[..., 0]),
            "Logits add up to nothing in particular: subtract their logsumexp (`log_softmax`).",
        ),
        wrong(
            "probabilities in place of logarithms",
            _with(each=lambda logits, x: _each(logits, x).exp(), add=lambda each: each.prod(1)),
            "This is p itself; of a picture with 64 places it is 10⁻³⁶, and soon 0. Logarithms are asked for, and they add.",
        ),
        wrong(
            "a mean over the places",
            _with(add=lambda each: each.mean(1)),
            "The chain rule multiplies conditionals, so logarithms are summed. A mean makes the product its D-th root.",
        ),
        wrong(
            "the cost in place of log p",
            _with(each=lambda logits, x: -_each(logits, x)),
            "This is −log p, what a loss is made of. log p was asked for, which is never above 0.",
            also=(_with(add=lambda each: -each.sum(1)),),
        ),
        wrong(
            "a start that is a value",
            {WHOLE: lambda net, x, K: _each(net(_shift(x, K - 1)), x).sum(1)},
            "The start is K, one more value that no place has. What was shown in its stead is a value like any other.",
            also=({WHOLE: lambda net, x, K: _each(net(_shift(x, int(x.max()) + 1)), x).sum(1)},),
        ),
        wrong(
            "the logarithm after the softmax",
            {EACH: lambda logits, x: logits.softmax(2).log().gather(2, x[..., None])[..., 0]},
            "A small probability becomes 0 before its logarithm is taken. `log_softmax` takes both in one, and loses nothing.",
        ),
    )
