"""ddpm.parametrisations: eps, x0, the score and v say the same about x_t; any of them gives the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import (
    STEPS,
    at_steps,
    in_range,
    per_item,
    random_betas,
    random_steps,
)
from autograder.checks.c16_ddpm.shared import bars_of
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Made, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

KINDS = ("eps", "x0", "score", "v")
_EXCHANGED = "v with its weights exchanged"


def _kind(k: int) -> Callable:
    return lambda place: KINDS[k]


def _all(kind, value, xt, t, bars, *, v_sign=1.0, score_power=0.5, score_sign=-1.0, index=None):
    """All four from one of them, with a slip in what v or the score is."""
    kept = per_item(bars[in_range(t - 1 if index is None else index, len(bars))], xt)
    s, n = kept.sqrt(), (1 - kept).sqrt()
    by_score = score_sign * (1 - kept) ** score_power
    if kind == "x0":
        eps = (xt - s * value) / n
    elif kind == "score":
        eps = by_score * value
    elif kind == "v":
        eps = s * v_sign * value + n * xt
    else:
        eps = value
    x0 = (xt - n * eps) / s
    return {"eps": eps, "x0": x0, "score": eps / by_score, "v": v_sign * (s * eps - n * x0)}


def _turned(kind, value, xt, t, bars):
    kept = per_item(bars[in_range(t - 1, len(bars))], xt)
    s, n = kept.sqrt(), (1 - kept).sqrt()
    eps = (value + xt) / (2 * n) if kind == "v" else _all(kind, value, xt, t, bars)["eps"]
    four = _all("eps", eps, xt, t, bars)
    return four | {"v": n * four["eps"] - s * four["x0"]}


def _clipped(kind, value, xt, t, bars):
    return _all("x0", _all(kind, value, xt, t, bars)["x0"].clamp(-1, 1), xt, t, bars)


@exercise("ddpm.parametrisations", ("parametrisations",))
class Parametrisations(Exercise):
    """x_t = √ᾱ x0 + √(1−ᾱ) eps, score = −eps/√(1−ᾱ), v = √ᾱ eps − √(1−ᾱ) x0, solved for whichever is given."""

    form = gate("the answer has eps, x0, score and v, each of the shape of x_t")
    eps = pays("eps is what the given one says it is", 1)
    x0 = pays("x0 is what the given one says it is", 1)
    score = pays("the score is what the given one says it is", 1)
    v = pays("v is what the given one says it is", 1)

    hints = (
        "Go by way of eps: find it from whatever is given, and all the others from it.",
        "For v: x_t and v are x0 and eps, turned by an angle. Turn back: √alpha_bar v + √(1 − alpha_bar) x_t = …?",
        "Test with alpha_bar = 0.64, x0 = 2, eps = −1: x_t = 1, score = 5/3, v = −2.",
    )

    domain = {
        "parametrisations": Domain(
            {
                "kind": Made(_kind(0), tuple(_kind(k) for k in range(4)), ('"eps", "x0", "score" or "v"',)),
                "value": Tensor("B, ..."),
                "xt": Tensor("B, ..."),
                "t": STEPS,
                "alpha_bar": Tensor("T", Reals(0.01, 0.99, "[]")),
            },
            sizes={"B": (1, 4), "T": (1, 12)},
            returns={kind: Like("xt") for kind in KINDS},
            most=24,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one, bars = torch.ones(1, dtype=torch.float64), torch.tensor([0.81, 0.64], dtype=torch.float64)
        for kind, value in zip(KINDS, (-1.0, 2.0, 5 / 3, -2.0), strict=True):
            yield self._case(kind, value * one, one, torch.tensor([2]), bars)
        for dtype, device in arithmetic():
            for shape in ((3, 2), (4, 1, 3, 3)):
                bars = floats(bars_of(random_betas(rng, 6))[1:], dtype, device)
                for kind in KINDS:
                    t, xt = random_steps(rng, shape[0], 6, device), normal(rng, shape, dtype, device)
                    yield self._case(kind, normal(rng, shape, dtype, device), xt, t, bars)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(*given.values())

    def _case(self, kind, value, xt, t, bars) -> Case:
        ask = call("parametrisations", kind, value, xt, t, bars)
        return case(ask, kind=kind, value=value, xt=xt, t=t, bars=bars)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = isinstance(answer, dict) and answer.keys() == set(KINDS)
        shapes = [has_shape(answer[kind], tuple(case.xt.shape), case.xt) for kind in KINDS] if named else []
        wanted = "a dictionary with eps, x0, score and v, of the shape of x_t"
        bad = next((shape for shape in shapes if not shape.ok), None)
        yield self.form(named and bad is None, wanted, bad.got if bad else kind_of(answer))
        if not named or bad is not None:
            return
        xt, value = exact(case.xt), exact(case.value)
        kept = at_steps(exact(case.bars), case.t - 1, xt)
        want = _solved(case.kind, value, xt, kept)
        size = (abs(xt) + abs(value)) / (kept * (1 - kept))
        for kind in KINDS:
            found = close(answer[kind], want[kind], case.xt.dtype, size)
            turned = kind == "v" and not found.ok and close(answer["v"], _exchanged(want, kept), case.xt.dtype, size).ok
            yield getattr(self, kind)(*found, mistake=(_EXCHANGED if turned else "") if kind == "v" else None)

    mistakes = (
        wrong(
            "the score's sign",
            lambda kind, value, xt, t, alpha_bar: _all(kind, value, xt, t, alpha_bar, score_sign=1.0),
            "The score points to where the density grows, away from the noise: it has the opposite sign of eps.",
            also=(lambda kind, value, xt, t, a: _all(kind, -value if kind == "score" else value, xt, t, a),),
        ),
        wrong(
            "the score by the variance",
            lambda kind, value, xt, t, alpha_bar: _all(kind, value, xt, t, alpha_bar, score_power=1.0),
            "eps was divided by 1 − alpha_bar. The score is −(x_t − √alpha_bar x0)/(1 − alpha_bar), and the bracket is "
            "√(1 − alpha_bar) eps: one root cancels.",
        ),
        wrong(
            "the score without its factor",
            lambda kind, value, xt, t, alpha_bar: _all(kind, value, xt, t, alpha_bar, score_power=0.0),
            "The score is −eps, as here, only if alpha_bar is 0: divide by √(1 − alpha_bar).",
        ),
        wrong(
            "v with the other sign",
            lambda kind, value, xt, t, alpha_bar: _all(kind, value, xt, t, alpha_bar, v_sign=-1.0),
            "This is −v: v = √alpha_bar eps − √(1 − alpha_bar) x0, the direction in which x_t moves as noise comes in.",
        ),
        wrong(
            _EXCHANGED,
            lambda kind, value, xt, t, alpha_bar: _turned(kind, value, xt, t, alpha_bar),
            "√(1 − alpha_bar) stands before eps and √alpha_bar before x0: in v it is the other way round, as in a derivative.",
        ),
        wrong(
            "x0 clipped",
            lambda kind, value, xt, t, alpha_bar: _clipped(kind, value, xt, t, alpha_bar),
            "x0 was cut off at ±1, as samplers of pictures do. The docstring says nothing of that, nor where data lie.",
        ),
        wrong(
            "one step late",
            lambda kind, value, xt, t, alpha_bar: _all(kind, value, xt, t, alpha_bar, index=t),
            "Index t holds time t + 1: steps count from 1, tensors from 0.",
            also=(lambda kind, value, xt, t, a: _all(kind, value, xt, t, a, index=t.clamp_max(len(a) - 1)),),
        ),
    )


def _exchanged(want: dict[str, np.ndarray], kept: np.ndarray) -> np.ndarray:
    return np.sqrt(1 - kept) * want["eps"] - np.sqrt(kept) * want["x0"]


# --- the oracle: two equations in x0 and eps, solved ---------------------------------------------------------------


def _solved(kind: str, value: np.ndarray, xt: np.ndarray, kept: np.ndarray) -> dict[str, np.ndarray]:
    s, n = np.broadcast_arrays(np.sqrt(kept), xt)[0], np.broadcast_arrays(np.sqrt(1 - kept), xt)[0]
    rows = {"eps": (0 * s, 1 + 0 * s), "x0": (1 + 0 * s, 0 * s), "score": (0 * s, -1 / n), "v": (-n, s)}
    matrix = np.stack([np.stack([s, n], -1), np.stack(rows[kind], -1)], -2)
    both = np.linalg.solve(matrix, np.stack([xt, value], -1)[..., None])[..., 0]
    return {name: (np.stack(row, -1) * both).sum(-1) for name, row in rows.items()}
