"""compress.decode: which value's piece holds the number; the model is asked anew at each place."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c05_autoregressive.shared import WHOLE, is_whole
from autograder.judging.compare import kind_of, show
from autograder.judging.domain import Domain, Int64, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, pays, wrong
from autograder.oracles.coding import Table, digit_table, interval, random_table, shortest
from pushforward.answering.wire import Callback, Plain
from pushforward.errors import CourseError


def _pick(value: int, one: int, low: int, width: int, whole: int, row: list[int]) -> int:
    """The value k whose piece of [low, low + width) / whole holds value / one."""
    at = (value * whole * sum(row) - low * one * sum(row)) // (width * one)
    return next(k for k in range(len(row)) if at < sum(row[: k + 1]) or k == len(row) - 1)


def _decode(bits, model, D, pick: Callable = _pick, known: Callable = lambda x, d: x[:, :d]):
    x = torch.zeros(len(bits), D, dtype=torch.int64)
    states = [(0, 1, 1)] * len(bits)
    for d in range(D):
        for n, row in enumerate(model(known(x, d)).tolist()):
            low, width, whole = states[n]
            x[n, d] = k = pick(int(bits[n] or "0", 2), 1 << len(bits[n]), low, width, whole, row)
            states[n] = low * sum(row) + width * sum(row[:k]), width * row[k], whole * sum(row)
    return x


def _float_pick(value, one, low, width, whole, row) -> int:
    at = (value / one - low / whole) / (width / whole) * sum(row) if width / whole else 0.0
    return next(k for k in range(len(row)) if at < sum(row[: k + 1]) or k == len(row) - 1)


def _from_above(value, one, low, width, whole, row) -> int:
    return len(row) - 1 - _pick(value, one, low, width, whole, row[::-1])


def _open_below(value, one, low, width, whole, row) -> int:
    """Pieces (a, b] in place of [a, b)."""
    at = (value * whole - low * one) * sum(row)
    return next(k for k in range(len(row)) if at <= width * one * sum(row[: k + 1]) or k == len(row) - 1)


# --- what is asked -----------------------------------------------------------------------------------------------


def _table(place: Place) -> Table:
    K = int(place.rng.integers(2, 6))
    return random_table(place.rng, place.sizes["D"], K, max(K, int(place.rng.choice([2 * K, 100, 2**12]))))


def coded(x: np.ndarray, table: Table) -> list[str]:
    """The judge's own bits of these rows."""
    return [shortest(*interval(row, freq)) for row, freq in zip(x.tolist(), table.rows(x).tolist(), strict=True)]


def _bits(place: Place) -> list[str]:
    table: Table = place.given["model"]
    return coded(place.rng.integers(table.freq.shape[2], size=place.shape("N, D")), table)


@exercise("compress.decode", ("decode",))
class Decode(Exercise):
    """The judge encodes, the student's code finds the rows again: random ones, and all of the test digits."""

    apart = True
    form = gate("a row of D whole numbers comes back for every string")
    rows = pays("the rows come back as they were, value by value")
    followed = pays("bits that follow the row's own change nothing", 0.5)
    every = pays("all 447 test digits come back, every pixel of them, after 64 calls of the model")
    calls = pays("the model is asked once for each place, about all rows together", 1.5)

    hints = (
        "Keep low, width and whole as the encoder does. Which value would the encoder have had to choose to stay around the number?",
        "The number is m / 2^L with L bits. Multiply crosswise, so that all stays whole: compare m · whole with low · 2^L, …",
        "As a share of the interval: floor((m · whole − low · 2^L) · total / (width · 2^L)) lies in the piece of one value.",
    )

    domain = {
        "decode": Domain(
            {
                "model": Made(_table, says=("takes (N, d), int64, the values so far, d = 0 … D − 1", "gives (N, K), int64, ≥ 1")),
                "bits": Made(_bits, says=("a list of N strings of 0 and 1",)),
                "D": Made(lambda place: place.sizes["D"], says=("int ≥ 1",)),
            },
            sizes={"N": (1, 3), "D": (1, 6)},
            returns=Int64(),
            draws=2,
        )
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._asked(self.rows, Table(np.array([[[1, 1]] * 3])), np.array([[1]]))
        yield self._asked(self.followed, Table(np.array([[[1, 1]] * 3])), np.array([[0]]), "1" * 80)  # hardly below ½
        yield self._asked(self.rows, Table(np.array([[[1, 3]] * 3, [[2, 2]] * 3])), np.array([[0, 1], [1, 0]]))
        for D, K, total in ((3, 3, 10), (8, 4, 1000), (64, 17, 2**16)):
            table, x = random_table(rng, D, K, total), rng.integers(K, size=(2, D))
            yield self._asked(self.rows, table, x)
            yield self._asked(self.followed, table, x, "1" * 40)
            yield self._asked(self.followed, table, x, "".join(rng.choice(["0", "1"], size=30)))
        table, x = digit_table()
        yield self._case(self.every, table, list(_digit_bits()), x)

    def _asked(self, law: Law, table: Table, x: np.ndarray, more: str = "") -> Case:
        return self._case(law, table, [bits + more for bits in coded(x, table)], x)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        table, bits = given["model"], given["bits"]
        return self._case(self.rows, table, bits, found(bits, table, given["D"]))

    def _case(self, law: Law, table: Table, bits: list[str], x: np.ndarray) -> Case:
        ask = call("decode", Callback("model"), bits, x.shape[1])
        return case(ask, about=(self.form, law, self.calls), law=law, table=table, x=x, calls=[])

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        given = [*args, *kwargs.values()]
        known = given[0] if len(given) == 1 else None
        if not (isinstance(known, Plain) and known.dtype in WHOLE and len(known.shape) == 2):
            raise CourseError(
                f"The model takes whole numbers of shape (N, d), and got {', '.join(map(kind_of, given))}."
            )
        (N, d), (D, _, K) = known.shape, case.table.freq.shape
        if d > D or (known.array.size and not 0 <= known.array.min() <= known.array.max() < K):
            raise CourseError(f"The model takes 0 … {D - 1} values in 0 … {K - 1}, and got {d}: {show(known)}.")
        case.calls.append((N, d))
        if d == D:  # nothing is left to be asked, which costs a call too many and no more
            return torch.ones((N, K), dtype=torch.int64)
        return torch.tensor(case.table(known.array))

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = case.x.shape
        whole = is_whole(answer, shape)
        yield self.form(whole, f"an int64 tensor of shape {shape}", kind_of(answer))
        if not whole:
            return
        bad = np.argwhere(answer.array != case.x)
        n, d = bad[0] if len(bad) else (0, 0)
        wanted, came = (f"{rows[n, d]} at place {d + 1} of row {n + 1}" for rows in (case.x, answer.array))
        few, asked = len(case.calls) <= shape[1], (f"{shape[1]} calls of the model", str(len(case.calls)))
        together = max((rows for rows, _ in case.calls), default=0) == len(case.x)
        extra = "more calls than needed" if together else "one row at a time"
        if case.law is self.every and not len(bad):
            yield self.every(few, *asked, mistake=extra)
        else:
            yield case.law(not len(bad), wanted, came)
        if not len(bad) and case.x.size > 20:  # a few values are right by luck
            yield self.calls(few, *asked, mistake=extra)

    mistakes = (
        wrong(
            "floats",
            lambda model, bits, D: _decode(bits, model, D, _float_pick),
            "After a dozen places the interval is narrower than a float64 can tell apart: keep whole numbers.",
        ),
        wrong(
            "from the last value down",
            lambda model, bits, D: _decode(bits, model, D, _from_above),
            "The pieces are laid out from value 0 up, as the encoder has them.",
        ),
        wrong(
            "pieces open at the bottom",
            lambda model, bits, D: _decode(bits, model, D, _open_below),
            "A number exactly on a border belongs to the value above it: pieces are [a, b).",
        ),
        wrong(
            "the model is told nothing",
            lambda model, bits, D: _decode(bits, model, D, known=lambda x, d: 0 * x[:, :d]),
            "The frequencies of a place depend on the values before it: the model must be shown those that are decoded already.",
        ),
        wrong(
            "one row at a time",
            lambda model, bits, D: torch.cat([_decode([b], model, D) for b in bits]),
            "The model was asked about each row by itself. All rows can go through it together, place by place.",
        ),
        wrong(
            "more calls than needed",
            lambda model, bits, D: _decode(bits, lambda x: model(x) + 0 * model(x), D),
            "One call for each place is enough: its frequencies have the total, too.",
        ),
        wrong(
            "the interval is not narrowed",
            lambda model, bits, D: _decode(bits, model, D, lambda value, one, low, width, whole, row: _pick(value, one, 0, 1, 1, row)),
            "Every place was looked up in the whole of [0, 1). After the first value only its piece is left.",
        ),
    )  # fmt: skip


@functools.cache
def _digit_bits() -> tuple[str, ...]:
    table, x = digit_table()
    return tuple(coded(x, table))


def found(bits: list[str], table: Table, D: int) -> np.ndarray:
    """The rows that these bits stand for, by trying every value of each place."""
    rows = []
    for string in bits:
        x: list[int] = []
        freq: list[list[int]] = []
        for _ in range(D):
            freq.append(table(np.array([x], dtype=np.int64).reshape(1, -1))[0].tolist())
            value, one = int(string or "0", 2), 1 << len(string)
            for k in range(len(freq[-1])):
                low, width, whole = interval([*x, k], freq)
                if low * one <= value * whole < (low + width) * one:
                    x.append(k)
                    break
        rows.append(x)
    return np.array(rows)
