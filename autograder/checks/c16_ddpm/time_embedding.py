"""ddpm.time_embedding: sines and cosines of t at geometric frequencies, which a network can read."""

from __future__ import annotations

import cmath
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, has_shape, values
from autograder.judging.domain import Domain, Number, Tensor, Wholes
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _embed(t, d, *, base=10000.0, last=0, shift=0, swap=False, degrees=1.0, linear=False):
    half = d // 2
    k = torch.arange(half, device=t.device, dtype=torch.float64)
    frequency = 1 / (1 + k) if linear else base ** (-k / max(half - last, 1))
    angle = degrees * (t.double() + shift)[:, None] * frequency
    parts = (angle.cos(), angle.sin()) if swap else (angle.sin(), angle.cos())
    return torch.cat(parts, dim=1)


@exercise("ddpm.time_embedding", ("time_embedding",))
class TimeEmbedding(Exercise):
    """(sin w_k t, …, cos w_k t, …) with w_k = 10000^(−k/(d/2)), k = 0 … d/2 − 1."""

    shape = gate("the result has one row of d numbers for each time")
    entries = pays("sines come first, cosines after, at the frequencies that are stated", 2)
    shifts = pays("the product of two rows depends on the difference of their times alone", 1)
    apart = pays("the rows of all times 1 … 1000 are distinct", 1)

    hints = (
        "d/2 frequencies, each used twice. What are the first and the last of them?",
        "t has shape (B,), the frequencies (d/2,): which axes make their product (B, d/2)?",
        "At t = 0 the row is d/2 zeros and then d/2 ones. For d = 4 the frequencies are 1 and 1/100.",
    )

    domain = {
        "time_embedding": Domain(
            {
                "t": Tensor("B", Wholes(0, reach=5000)),
                "d": Number(Wholes(2, reach=64), says=("even",)),
            },
            sizes={"B": (1, 5)},
            when=lambda t, d: d % 2 == 0,
            most=16,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(torch.tensor([0, 1, 100]), 4)
        yield self._case(torch.tensor([1001, 1999, 4000]), 6)  # no time is the last
        for d in (2, 6, 32):
            for device in dict.fromkeys(device for _, device in arithmetic()):
                yield self._case(torch.tensor(rng.integers(0, 1001, size=5), device=device), d)
        start, step = (int(n) for n in rng.integers(1, 400, size=2))
        yield self._case(torch.tensor([0, step, start, start + step]), 16, (self.shifts,))
        yield self._case(torch.arange(1, 1001), 8, (self.apart,))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, t: torch.Tensor, d: int, laws: tuple = ()) -> Case:
        return case(call("time_embedding", t, d), about=(self.shape, *(laws or (self.entries,))), t=t, d=d)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.t), case.d), case.t)
        yield self.shape(*shape)
        if not shape.ok:
            return
        got, law = values(answer), case.about[1]
        if law is self.entries:
            yield law(*close(answer, _turned(case.t.tolist(), case.d), torch.float32, 1.0, lost=case.t.max().item()))
        elif law is self.shifts:
            first, second = float(got[0] @ got[1]), float(got[2] @ got[3])
            own = abs(got @ got.T).max()
            moved = own > 0.5 and first < 0.999 * own  # what never changes tells no distance
            yield law(moved and abs(first - second) <= 1e-3 * own, f"{first:.4f} for both pairs", f"{second:.4f}")
        else:
            nearest = np.sort(got, axis=0) if got.ndim == 1 else got[np.lexsort(got.T)]
            least = np.abs(np.diff(nearest, axis=0)).max(1).min()
            yield law(least > 1e-5, "distinct rows", "two rows that are the same")

    mistakes = (
        wrong(
            "cosines first",
            lambda t, d: _embed(t, d, swap=True),
            "The cosines stand before the sines: at t = 0 the row must be zeros, then ones.",
        ),
        wrong(
            "sines and cosines by turns",
            lambda t, d: _embed(t, d).reshape(-1, 2, d // 2).mT.reshape(-1, d),
            "Sine and cosine of one frequency stand side by side. Here all sines come first, then all cosines.",
        ),
        wrong(
            "the last frequency is 1/10000",
            lambda t, d: _embed(t, d, last=1),
            "The exponent was divided by d/2 − 1. It is −k/(d/2), so that 1/10000 is just not reached.",
        ),
        wrong(
            "frequencies 1, 1/2, 1/3 …",
            lambda t, d: _embed(t, d, linear=True),
            "The frequencies fall like 1/k. They fall geometrically, by the same factor each.",
        ),
        wrong(
            "another base",
            lambda t, d: _embed(t, d, base=1000.0),
            "The base is another than 10000.",
            also=(lambda t, d: _embed(t, d, base=10000.0**2), lambda t, d: _embed(t, d, base=100.0)),
        ),
        wrong(
            "the index and not the time",
            lambda t, d: _embed(t, d, shift=-1),
            "t − 1 was embedded. Here t is the time itself, and 0 is allowed.",
        ),
        wrong(
            "turns and not radians",
            lambda t, d: _embed(t, d, degrees=2 * np.pi),
            "The angle got a factor 2π: at whole times the first sine is 0 for ever.",
        ),
    )


def _turned(times: list[int], d: int) -> np.ndarray:
    """Powers of a rotation, one frequency at a time."""
    turns = [cmath.exp(1j * 10000 ** (-2 * k / d)) for k in range(d // 2)]
    return np.array([[(w**t).imag for w in turns] + [(w**t).real for w in turns] for t in times])
