"""compress.frequencies: probabilities as whole numbers that add up to a total, none of them 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c05_autoregressive.shared import is_whole
from autograder.judging.compare import arithmetic, exact, kind_of, show
from autograder.judging.domain import Domain, Int64, Made, Number, Place, Wholes
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _rest(f: torch.Tensor, p: torch.Tensor, total: int) -> torch.Tensor:
    """What is missing goes to the most probable value."""
    return f.scatter_add(-1, p.argmax(-1, keepdim=True), total - f.sum(-1, keepdim=True))


def _plain(p: torch.Tensor, total: int) -> torch.Tensor:
    return _rest((p.double() * total).floor().long(), p, total)


def _last(p: torch.Tensor, total: int, whole: Callable = torch.ceil) -> torch.Tensor:
    f = whole(p.double() * total).long().clamp_min(1)
    f[..., -1] = total - f[..., :-1].sum(-1)
    return f


def _rounded(p: torch.Tensor, total: int) -> torch.Tensor:
    return (p.double() * total).round().long().clamp_min(1)


def _probabilities(place: Place, sharp: float = 1.0) -> torch.Tensor:
    rng, shape = place.rng, place.shape("..., K")
    share = rng.exponential(size=shape) ** sharp
    return place.tensor(share / share.sum(-1, keepdims=True))


def _peaked(place: Place) -> torch.Tensor:
    return _probabilities(place, 8.0)


def _certain(place: Place) -> torch.Tensor:
    p = np.zeros(place.shape("..., K"))
    p[..., place.rng.integers(p.shape[-1])] = 1.0
    return place.tensor(p)


def _even(place: Place) -> torch.Tensor:
    shape = place.shape("..., K")
    return place.tensor(np.full(shape, 1 / shape[-1]))


@exercise("compress.frequencies", ("integer_frequencies",))
class Frequencies(Exercise):
    """Whole numbers f ≥ 1 with Σ f = total, each within K of p · total."""

    apart = True
    form = gate("there are whole numbers, as many as probabilities")
    total = gate("the frequencies of each place add up to the total, to the last unit")
    possible = pays("every value keeps a frequency of at least 1, however improbable it is")
    near = pays("every frequency is within K of the probability times the total")

    hints = (
        "A value of frequency 0 has an interval of length 0: what does the coder do if it comes all the same?",
        "Give every value 1 first. How much of the total is left to be shared out by probability?",
        "1 + floor(p (total − K)) adds up to the total or to a little less. To which value would you give the rest?",
    )

    domain = {
        "integer_frequencies": Domain(
            {
                "p": Made(_probabilities, (_peaked, _certain, _even), ("(…, K)", "≥ 0", "adding up to 1", "K ≤ 20")),
                "total": Number(Wholes(64, 2**16), says=("int, 64 … 65536",)),
            },
            sizes={"K": (2, 20)},
            returns=Int64(),
            draws=3,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for p in ([0.5, 0.5], [1.0, 0.0], [0.005, 0.99, 0.005]):
            yield self.case_of("", {"p": floats(p, PYTHON), "total": 64})
        yield self.case_of("", {"p": floats(np.full((1, 20), 0.05), PYTHON), "total": 64})  # no unit to spare
        for dtype, device in arithmetic():
            for total in (64, 1000, 2**16):
                p = rng.exponential(size=(2, 3, 17)) ** 6
                yield self.case_of("", {"p": floats(p / p.sum(2, keepdims=True), dtype, device), "total": total})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call("integer_frequencies", given["p"], given["total"]), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = tuple(case.p.shape)
        whole = is_whole(answer, shape)
        yield self.form(whole, f"an int64 tensor of shape {shape}", kind_of(answer))
        if not whole:
            return
        got = answer.array.astype(np.int64)
        sums = got.sum(-1).reshape(-1)
        off = sums[np.argmax(abs(sums - case.total))]
        yield self.total(off == case.total, str(case.total), str(off))
        yield self.possible(got.min() >= 1, "1 or more", str(got.min()))
        away = abs(got - exact(case.p) * case.total)
        at = np.unravel_index(np.argmax(away), shape)
        said = f"{float(exact(case.p)[at]) * case.total:.5g}, within {shape[-1]}"
        yield self.near(away.max() <= shape[-1] + 0.01, said, show(got[at].item()))

    mistakes = (
        wrong(
            "zeros among them",
            _plain,
            "A value that the model thinks improbable has frequency 0: when it comes, it cannot be encoded at all.",
            also=(lambda p, total: _rest((p.double() * total).round().long(), p, total),),
        ),
        wrong(
            "rounded one by one",
            _rounded,
            "Rounded each by itself they do not add up to the total: the intervals overlap, or leave gaps.",
            also=(
                lambda p, total: (p.double() * total).ceil().long().clamp_min(1),
                lambda p, total: 1 + (p.double() * (total - p.shape[-1])).floor().long(),
                lambda p, total: 1 + (p.double() * total).floor().long(),
            ),
        ),
        wrong(
            "the rest to the last value",
            _last,
            "The last value got whatever was missing, and that may be more than K or less than 0.",
            also=(partial(_last, whole=torch.floor), partial(_last, whole=torch.round)),
        ),
        wrong(
            "far too even",
            lambda p, total: _rest(1 + (p.double() * (total // 2 - p.shape[-1])).floor().long() + (total // 2) // p.shape[-1], p, total),
            "Much of the total was given to all alike: improbable values get long intervals, and probable ones long codes.",
            also=(lambda p, total: _rest(1 + ((p.double() + 1 / p.shape[-1]) / 2 * (total - p.shape[-1])).floor().long(), p, total),),
        ),
    )  # fmt: skip
