"""ar.causal_attention: weights over the places up to one's own; one place at a time with a cache (long: the table and the cache)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

ALL, NEXT = "causal_attention", "attend_next"


def _scores(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    return q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])


def _all(q, k, v, *, scores: Callable = _scores, diagonal: int = 1, axis: int = -1, masked: float = -math.inf):
    s = scores(q, k)
    later = torch.ones(s.shape[-2:], dtype=torch.bool, device=s.device).triu(diagonal)
    w = s.masked_fill(later, masked).softmax(axis)
    return w @ v, w


def _next(q, k, v, keys, values, *, scores: Callable = _scores):
    keys, values = torch.cat([keys, k[:, None]], 1), torch.cat([values, v[:, None]], 1)
    return (scores(q[:, None], keys).softmax(-1) @ values)[:, 0], keys, values


def _both(scores: Callable) -> dict[str, Callable]:
    return {
        ALL: lambda q, k, v: _all(q, k, v, scores=scores),
        NEXT: lambda q, k, v, keys, values: _next(q, k, v, keys, values, scores=scores),
    }


def _masked_late(q, k, v):
    w = _scores(q, k).softmax(-1).tril()
    return w @ v, w


def _lesson_missed(q, k, v):
    """Masked scores are 0, not −∞."""
    w = _scores(q, k).tril().softmax(-1)
    return w @ v, w


def _by_exponentials(q, k, v):
    e = _scores(q, k).exp().tril()
    w = e / e.sum(-1, keepdim=True)
    return w @ v, w


def _next_by_exponentials(q, k, v, keys, values):
    keys, values = torch.cat([keys, k[:, None]], 1), torch.cat([values, v[:, None]], 1)
    e = _scores(q[:, None], keys).exp()
    return (e / e.sum(-1, keepdim=True) @ values)[:, 0], keys, values


def _old_cache(q, k, v, keys, values):
    """The new key is appended after it should have been used."""
    if not keys.shape[1]:
        return v.clone(), k[:, None].clone(), v[:, None].clone()
    out = (_scores(q[:, None], keys).softmax(-1) @ values)[:, 0]
    return out, torch.cat([keys, k[:, None]], 1), torch.cat([values, v[:, None]], 1)


def _in_front(q, k, v, keys, values):
    out, keys, values = _next(q, k, v, keys, values)
    return out, torch.roll(keys, 1, 1), torch.roll(values, 1, 1)


@exercise("ar.causal_attention", (ALL, NEXT))
class CausalAttention(Exercise):
    """Each row of weights is a softmax of its own prefix; a cached step is the last row of the full pass."""

    apart = True
    shape = gate("causal_attention returns results (B, D, F) and weights (B, D, D)")
    ahead = pays("a later place has no weight at all, and each place's weights add up to one")
    weights = pays("the weights are the softmax of q·k/√E over the places up to one's own")
    out = pays("a result is the weighted sum of the values")
    parts = gate("attend_next returns the result (B, F), and keys and values that are one place longer")
    step = pays("one step with the cache gives what the full pass gives at its last place")
    grown = pays("the cache comes back with the new key and the new value at its end")

    hints = (
        "Which entries of the D × D table of scores may count for place i? What must a score be so that its exponential is 0?",
        "Mask first, then softmax: what is left over must still add up to one. `torch.ones(D, D).triu(1)` marks what is later.",
        "In attend_next the new key and value join the cache first: a place sees itself. Then it is one row of the table.",
    )

    domain = {
        ALL: Domain(
            {
                "q": Tensor("B, D, E", Reals(reach=(1e-3, 30))),
                "k": Tensor("B, D, E", Reals(reach=(1e-3, 30))),
                "v": Tensor("B, D, F", Reals(reach=(1e-3, 1e3))),
            },
            sizes={"B": (1, 3), "D": (1, 5), "E": (1, 4), "F": (1, 3)},
            returns=(Like("v"), Like("v")),
            most=14,
        ),
        NEXT: Domain(
            {
                "q": Tensor("B, E", Reals(reach=(1e-3, 30))),
                "k": Tensor("B, E", Reals(reach=(1e-3, 30))),
                "v": Tensor("B, F", Reals(reach=(1e-3, 1e3))),
                "keys": Tensor("B, N, E", Reals(reach=(1e-3, 30))),
                "values": Tensor("B, N, F", Reals(reach=(1e-3, 1e3))),
            },
            sizes={"B": (1, 3), "N": (0, 4), "E": (1, 4), "F": (1, 3)},
            returns=(Like("v"), Like("v"), Like("v")),
            most=14,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        q, k, v = (floats(rows, PYTHON)[None] for rows in ([[1.0], [2.0]], [[0.0], [1.0]], [[1.0], [3.0]]))
        yield self.case_of(ALL, {"q": q, "k": k, "v": v})
        yield self.case_of(NEXT, {"q": q[:, 1], "k": k[:, 1], "v": v[:, 1], "keys": k[:, :1], "values": v[:, :1]})
        large = floats([[[30.0], [30.0]]], PYTHON)  # whose scores have no exponential
        yield self.case_of(ALL, {"q": large, "k": large, "v": large})
        one = large[:, 0]
        yield self.case_of(NEXT, {"q": one, "k": one, "v": one, "keys": large, "values": large})
        far = floats([[[200.0], [200.0]]], PYTHON)  # the later key would leave nothing for the earlier one
        yield self.case_of(ALL, {"q": far, "k": far * floats([[[-1.0], [1.0]]], PYTHON), "v": v})
        yield self.case_of(NEXT, self._long_cache(rng))
        for dtype, device in arithmetic():
            q, k, v = (normal(rng, (2, 3, n), dtype, device) for n in (4, 4, 2))
            yield self.case_of(ALL, {"q": q, "k": k, "v": v})
            new = {"q": q[:, 2], "k": k[:, 2], "v": v[:, 2]}
            for n in (0, 2):
                yield self.case_of(NEXT, {**new, "keys": k[:, :n], "values": v[:, :n]})

    def _long_cache(self, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        sizes = {"q": (1, 2), "k": (1, 2), "v": (1, 1), "keys": (1, 40, 2), "values": (1, 40, 1)}
        return {name: normal(rng, size, PYTHON) for name, size in sizes.items()}

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        about = (self.shape, self.ahead, self.weights, self.out) if name == ALL else (self.parts, self.step, self.grown)
        return case(call(name, *given.values()), about=about, of=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from (self._judge_all if case.of == ALL else self._judge_next)(case, answer)

    def _judge_all(self, case: Case, answer: Any) -> Iterator[Finding]:
        B, D, F = case.v.shape
        shapes = (B, D, F), (B, D, D)
        good = _fits(answer, shapes, case.v)
        yield self.shape(good, f"a pair of shapes {shapes}", _kinds(answer))
        if not good:
            return
        want, size = np.zeros((B, D, D)), np.zeros((B, D, D))
        for d in range(D):
            want[:, d, : d + 1], size[:, d, : d + 1] = _softmax(exact(case.q)[:, d], exact(case.k)[:, : d + 1])
        got = values(answer[1])
        later = abs(np.triu(got, 1)).max(initial=0.0)
        yield self.ahead(later == 0, "weight 0 for later places", f"{later:.3g}")
        sums = got.sum(2)
        yield self.ahead(bool((abs(sums - 1) < 1e-4).all()), "weights that add up to 1", f"{sums.reshape(-1)[np.argmax(abs(sums - 1))]:.4g}")  # fmt: skip
        yield self.weights(*close(answer[1], want, case.v.dtype, size))
        v = exact(case.v)
        yield self.out(*close(answer[0], want @ v, case.v.dtype, size @ abs(v)))

    def _judge_next(self, case: Case, answer: Any) -> Iterator[Finding]:
        (B, n, E), F = case.keys.shape, case.v.shape[1]
        shapes = (B, F), (B, n + 1, E), (B, n + 1, F)
        good = _fits(answer, shapes, case.v)
        yield self.parts(good, f"a triple of shapes {shapes}", _kinds(answer))
        if not good:
            return
        keys, v = (
            np.concatenate([exact(old), exact(new)[:, None]], axis=1)
            for old, new in ((case.keys, case.k), (case.values, case.v))
        )
        w, size = _softmax(exact(case.q), keys)
        yield self.step(*close(answer[0], (w[:, None] @ v)[:, 0], case.v.dtype, (size[:, None] @ abs(v))[:, 0]))
        for part, want in zip(answer[1:], (keys, v), strict=True):
            yield self.grown(*close(part, want, case.v.dtype))

    mistakes = (
        wrong(
            "the mask after the softmax",
            {ALL: _masked_late},
            "Later places are cut away after the softmax: what is left no longer adds up to one, and depends on later keys through the denominator.",
        ),
        wrong(
            "0 in place of −∞",
            {ALL: _lesson_missed},
            "A masked score of 0 still has the exponential 1. It must be −∞ before the softmax.",
        ),
        wrong(
            "a number in place of −∞",
            {ALL: partial(_all, masked=-1e4)},
            "Where all scores are low, this number is no less than they are, and later places get weight. −∞ always does.",
            also=({ALL: partial(_all, masked=-100.0)},),
        ),
        wrong(
            "positions off by one",
            {ALL: lambda q, k, v: _all(q, k, v, diagonal=2)},
            "Each place sees one place too many: the next one. Its own is the last that it may see.",
        ),
        wrong(
            "not even itself",
            {ALL: lambda q, k, v: _all(q, k, v, diagonal=0)},
            "A place may see itself here (the input was moved by one place before): without it the first row has nothing, and NaN.",
            also=({NEXT: _old_cache},),
        ),
        wrong(
            "the scale forgotten",
            _both(lambda q, k: q @ k.transpose(-1, -2)),
            "Scores are divided by √E, so that they stay of one size whatever E is.",
            also=(
                _both(lambda q, k: q @ k.transpose(-1, -2) / q.shape[-1]),
                {ALL: lambda q, k, v: _all(q, k, v, scores=lambda q, k: q @ k.transpose(-1, -2) / math.sqrt(q.shape[-2]))},
                {NEXT: lambda q, k, v, keys, values: _next(q, k, v, keys, values, scores=lambda q, k: q @ k.transpose(-1, -2) / math.sqrt(k.shape[-2]))},
            ),
        ),
        wrong(
            "keys ask queries",
            {ALL: lambda q, k, v: _all(k, q, v)},
            "Row i of the scores belongs to the query of place i, and column j to the key of place j: here they are exchanged.",
        ),
        wrong(
            "exponentials without end",
            {ALL: _by_exponentials, NEXT: _next_by_exponentials},
            "The exponential of a large score is ∞. `softmax` subtracts the largest one first, and nothing changes but that.",
        ),
        wrong(
            "softmax over the queries",
            {ALL: lambda q, k, v: _all(q, k, v, axis=-2)},
            "Each *row* is one place that looks at others: its weights, over the last axis, add up to one.",
        ),
        wrong(
            "later places look back",
            {ALL: lambda q, k, v: tuple(part.flip(1) if n == 0 else part.flip(1, 2) for n, part in enumerate(_all(q.flip(1), k.flip(1), v.flip(1))))},
            "The mask lies on the wrong side of the diagonal: each place sees itself and what comes later.",
        ),
        wrong(
            "the new place in front",
            {NEXT: _in_front},
            "Softmax and sum do not care about the order, but whoever reads the cache does: the newest stands last.",
        ),
        wrong(
            "the old cache",
            {NEXT: lambda q, k, v, keys, values: (_next(q, k, v, keys, values)[0], keys, values)},
            "The cache comes back without the new place: whoever asks next would not find it.",
        ),
    )  # fmt: skip


def _softmax(q: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of one query (B, E) over its keys (B, n, E), and how far rounding of the scores may move them."""
    scores = np.einsum("be,bne->bn", q, keys) / math.sqrt(q.shape[1])
    rounded = np.einsum("be,bne->bn", abs(q), abs(keys)).max(axis=1, keepdims=True)
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    w = share / share.sum(axis=1, keepdims=True)
    return w, w * (2 + 2 * rounded)


def _fits(answer: Any, shapes: tuple, like: torch.Tensor) -> bool:
    parts = answer if isinstance(answer, (tuple, list)) else ()
    return len(parts) == len(shapes) and all(has_shape(p, s, like).ok for p, s in zip(parts, shapes, strict=True))


def _kinds(answer: Any) -> str:
    return ", ".join(map(kind_of, answer[:4])) if isinstance(answer, (tuple, list)) else kind_of(answer)
