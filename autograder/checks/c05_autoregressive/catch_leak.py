"""ar.catch_leak: a test that tells an autoregressive map from one that leaks, or that is blind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from autograder.judging.detective import Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Map = Callable[[torch.Tensor], torch.Tensor]


def _table(D: int) -> torch.Tensor:
    """Weights between 0.5 and 1.5, no two rows or columns alike."""
    i = torch.arange(D, dtype=torch.float64)
    return 1 + 0.5 * torch.cos(1.3 * i[:, None] + 2.1 * i)


def _linear(x: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    total = x.double() @ table.T
    return (total + torch.sin(total)).to(x.dtype)


def _by_a_mask(x: torch.Tensor) -> torch.Tensor:
    return _linear(x, _table(x.shape[1]).tril(-1))


def _place_by_place(x: torch.Tensor) -> torch.Tensor:
    rows, D = x.double().numpy(), x.shape[1]
    out = [[np.tanh(sum(row[:d]) / 9) + sum(row[j] * (j + 1) for j in range(d)) for d in range(D)] for row in rows]
    return torch.tensor(out, dtype=x.dtype)


def _by_sums(x: torch.Tensor) -> torch.Tensor:
    """All less what is to come: later entries cancel but for rounding."""
    rest = x.flip(1).cumsum(1).flip(1)
    return x.sum(1, keepdim=True) - rest


def _recurrent(x: torch.Tensor) -> torch.Tensor:
    state, out = torch.zeros(len(x), dtype=torch.float64), []
    for d in range(x.shape[1]):
        out.append(state)
        state = 0.8 * state + x[:, d].double() + 0.1 * torch.sin(state)
    return torch.stack(out, 1).to(x.dtype)


def _single(x: torch.Tensor) -> torch.Tensor:
    return _by_a_mask(x.float()).to(x.dtype)


def _more(extra: Map) -> Map:
    """Right, and something on top."""
    return lambda x: _by_a_mask(x) + extra(x)


def _at(D: int, i: int, j: int, value: float = 1.0) -> torch.Tensor:
    """A table with a single entry."""
    table = torch.zeros(D, D, dtype=torch.float64)
    table[i, j] = value
    return table


def _without(forget: Callable[[int], torch.Tensor]) -> Map:
    """Right, but for the entries of the table where `forget` has a 1."""
    return lambda x: _linear(x, _table(x.shape[1]).tril(-1) * (1 - forget(x.shape[1])))


def _extra(extra: Callable[[int], torch.Tensor]) -> Map:
    return lambda x: _linear(x, _table(x.shape[1]).tril(-1) + extra(x.shape[1]))


def _one_before(D: int) -> torch.Tensor:
    return torch.diag(torch.ones(D - 1, dtype=torch.float64), -1)


def _far(D: int) -> torch.Tensor:
    return torch.ones(D, D, dtype=torch.float64).tril(-3)


@exercise("ar.catch_leak", ("is_autoregressive",), kind="detective")
class CatchLeak(Detective):
    """Entry d of the result depends on entries 1 … d − 1 of the same row, on each of them, and on nothing else."""

    apart = True
    accepts = gate("every right implementation is accepted, however it is written")
    own = pays("an implementation that shows a place its own value is caught")
    ahead = pays("an implementation that shows a place what comes later is caught")
    blind = pays("an implementation that is blind to an earlier place is caught")
    others = pays("an implementation in which rows of the batch hear of each other is caught")

    hints = (
        "Change one entry of one row and look what else changes. Which results may, and which must?",
        "Try each entry in turn, at more than one point, upwards and downwards: some leaks are open on one side only.",
        "Right programs round: a change of 10⁻¹⁵ is no leak. But a weight of 0.002 is one.",
    )

    right = {
        "a masked table of weights": _by_a_mask,
        "numpy, place by place": _place_by_place,
        "sums of all, less the rest": _by_sums,
        "a recurrent net": _recurrent,
        "single precision": _single,
    }
    bugs = {
        "own": {
            "masks nothing on the diagonal": _extra(lambda D: torch.eye(D, dtype=torch.float64)),
            "sees its own value with a weight of 0.002": _more(lambda x: 0.002 * x),
            "sees its own value at the last place only": _extra(lambda D: _at(D, D - 1, D - 1)),
            "sees its own value at the first place only": _extra(lambda D: _at(D, 0, 0)),
            "sees its own value where it is above 1": _more(lambda x: (x - 1).clamp_min(0)),
            "sees its own value where it is below −1": _more(lambda x: (x + 1).clamp_max(0)),
        },
        "ahead": {
            "sees the next place": _extra(lambda D: _one_before(D).T),
            "sees the next place with a weight of 0.002": _more(lambda x: 0.002 * x @ _one_before(x.shape[1]).to(x.dtype)),
            "sees the last place from the first": _extra(lambda D: _at(D, 0, D - 1)),
            "is moved round in a circle": lambda x: _by_a_mask(x) + torch.roll(x, 1, 1) * (torch.arange(x.shape[1]) == 0),
            "subtracts the mean of the row": _more(lambda x: -x.mean(1, keepdim=True) * 0.01),
            "normalises by the row's largest entry": lambda x: _by_a_mask(x) / (1 + x.abs().max(1, keepdim=True).values),
            "reads from the right": lambda x: _by_a_mask(x.flip(1)).flip(1),
        },
        "blind": {
            "misses the place just before": _without(_one_before),
            "misses the first place": _without(lambda D: torch.eye(D, dtype=torch.float64)[:1].expand(D, D)),
            "sees two places back and no further": _without(_far),
            "misses the first place from the last": _without(lambda D: _at(D, D - 1, 0)),
            "sees nothing": lambda x: torch.zeros_like(x),
            "sees only the first place": _without(lambda D: 1 - torch.eye(D, dtype=torch.float64)[:1].expand(D, D)),
        },
        "others": {
            "adds the row before with a weight of 0.002": _more(lambda x: 0.002 * torch.cat([torch.zeros_like(x[:1]), x[:-1]])),
            "subtracts the mean of the batch": lambda x: _by_a_mask(x) - 0.05 * x.mean(0, keepdim=True).roll(1, 1) * (torch.arange(x.shape[1]) > 0),
            "adds the first row to all others": lambda x: _by_a_mask(x) + 0.3 * _by_a_mask(x[:1]) * (torch.arange(len(x)) > 0)[:, None],
            "normalises over the batch": lambda x: _by_a_mask(x) / (1 + _by_a_mask(x).std(0, correction=0, keepdim=True)),
            "adds the row before": lambda x: _by_a_mask(x) + 0.1 * torch.cat([torch.zeros_like(x[:1]), _by_a_mask(x)[:-1]]),
            "adds the last row to the first": lambda x: _by_a_mask(x) + 0.2 * _by_a_mask(x[-1:]) * ((torch.arange(len(x)) == 0) & (len(x) > 1))[:, None],
        },
    }  # fmt: skip

    mistakes = (
        wrong(
            "leaks only",
            lambda implementation: _verdict(implementation, reach=False),
            "That nothing leaks is half of it: a map that sees nothing leaks nothing. Each earlier place must be heard, too.",
        ),
        wrong(
            "one place is tried",
            lambda implementation: _verdict(implementation, places=(1,)),
            "Only one entry was changed. A leak, or a blind spot, may be at any of them: try each in turn.",
            also=(
                lambda implementation: _verdict(implementation, places=(3,)),
                lambda implementation: _verdict(implementation, places=(0,)),
            ),
        ),
        wrong(
            "exact equality",
            lambda implementation: _verdict(implementation, tolerance=0.0),
            "Right programs round, and rounding may change with entries that do not count. Allow 10⁻⁸, say.",
        ),
        wrong(
            "a rough tolerance",
            lambda implementation: _verdict(implementation, tolerance=0.02),
            "A leak may be faint. A network finds it all the same, and turns it up.",
        ),
        wrong(
            "a batch of one",
            lambda implementation: _verdict(implementation, rows=1),
            "With a single row nobody sees that rows hear of each other. Ask for several, change one, and look at the others.",
        ),
        wrong(
            "one direction",
            lambda implementation: _verdict(implementation, changes=(0.5,)),
            "One point and one small step: a leak behind a ramp stays shut. Step up and down, by a few units.",
            also=(
                lambda implementation: _verdict(implementation, changes=(3.0,)),
                lambda implementation: _verdict(implementation, changes=(-3.0,)),
            ),
        ),
    )


def _verdict(
    f: Map,
    *,
    reach: bool = True,
    places: tuple[int, ...] = (0, 1, 2, 3, 4),
    tolerance: float = 1e-6,
    rows: int = 3,
    changes: tuple[float, ...] = (3.0, -3.0),
) -> bool:
    x = torch.sin(torch.arange(15, dtype=torch.float64) * 1.7).reshape(3, 5)[:rows]
    before = f(x)
    for j in places:
        for row in range(rows):
            moved = torch.zeros(5, dtype=torch.bool)
            for change in changes:
                other = x.clone()
                other[row, j] += change
                apart = (f(other) - before).abs() > tolerance
                if apart[torch.arange(rows) != row].any() or apart[row, : j + 1].any():
                    return False
                moved |= apart[row]
            if reach and not moved[j + 1 :].all():
                return False
    return True
