"""compress.encode: a row's bits, the shortest number whose every continuation lies in the row's interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, kind_of, show
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.coding import digit_table, holds, interval, random_table, shortest


def _narrowed(x: list[int], freq: list[list[int]], below: Callable, own: Callable = lambda row, k: row[k]):
    low, width, whole = 0, 1, 1
    for k, row in zip(x, freq, strict=True):
        low, width, whole = low * sum(row) + width * below(row, k), width * own(row, k), whole * sum(row)
    return low, width, whole


def _each(code: Callable) -> Callable:
    return lambda x, freq: [code(row, f) for row, f in zip(x.tolist(), freq.tolist(), strict=True)]


def _by(below: Callable) -> Callable:
    return _each(lambda x, freq: shortest(*_narrowed(x, freq, below)))


def _length(low: int, width: int, whole: int, more: int) -> str:
    """The first number of so many bits at or above the lower end."""
    length = max(0, math.ceil(math.log2(whole) - math.log2(width))) + more
    return format(-((-low << length) // whole), f"0{length}b")[-length:] if length else ""


def _below(low: int, width: int, whole: int) -> str:
    """The last number of so many bits at or below the lower end, the shortest whose step ends inside."""
    length = 0
    while ((low << length) // whole + 1) * whole > (low + width) << length:
        length += 1
    return format((low << length) // whole, f"0{length}b") if length else ""


def _floats(x: list[int], freq: list[list[int]]) -> str:
    low, high = 0.0, 1.0
    for k, row in zip(x, freq, strict=True):
        total, size = sum(row), high - low
        low, high = low + size * sum(row[:k]) / total, low + size * sum(row[: k + 1]) / total
    bits, value, step = "", 0.0, 0.5
    while len(bits) < 1000 and not (low <= value and value + 2 * step <= high):
        one = value + step < high and (value + step <= low or value < low)
        bits, value, step = bits + "01"[one], value + step * one, step / 2
    return bits


def _middle(low: int, width: int, whole: int) -> str:
    """The middle, with as many bits as the whole needs."""
    length = whole.bit_length() + 1
    return format(((2 * low + width) << length) // (2 * whole), f"0{length}b")


def _form(answer: Any) -> str:
    """What came, with the beginning of the first entry that is no string of 0 and 1."""
    entries = answer if isinstance(answer, (list, tuple)) else ()
    for bits in entries:
        if not isinstance(bits, str):
            return f"{kind_of(answer)}, with {kind_of(bits)}"
        if not set(bits) <= {"0", "1"}:
            return f"{kind_of(answer)}, with {show(bits[:24])}"
    return kind_of(answer)


def _interval(low: int, width: int, whole: int) -> str:
    """The interval, with so many digits that its ends differ; of a very narrow one the lower end and the width."""
    bits = math.log2(whole) - math.log2(width)
    if bits > 40:
        return f"[a, a + 2^−{bits:.0f}), a = {low / whole:.12f}"
    digits = max(4, math.ceil(bits / math.log2(10)) + 2)
    return f"[{low / whole:.{digits}f}, {(low + width) / whole:.{digits}f})"


# --- what is asked -----------------------------------------------------------------------------------------------


def _frequencies(place: Place, sharp: float = 2.0) -> torch.Tensor:
    N, D, K = place.shape("N, D, K")
    total = int(place.rng.choice([K, 2 * K, 100, 2**10, 2**16]))
    total = max(total, K)
    return torch.tensor(random_table(place.rng, N * D, K, total, sharp).freq[:, 0].reshape(N, D, K))


def _steep(place: Place) -> torch.Tensor:
    return _frequencies(place, 9.0)


def _values(place: Place) -> torch.Tensor:
    return torch.tensor(place.rng.integers(place.sizes["K"], size=place.shape("N, D")))


def _last(place: Place) -> torch.Tensor:
    return torch.full(place.shape("N, D"), place.sizes["K"] - 1)


def _first(place: Place) -> torch.Tensor:
    return torch.zeros(place.shape("N, D"), dtype=torch.int64)


@exercise("compress.encode", ("encode",))
class Encode(Exercise):
    """Any bits will do that name the row's own interval, are complete in themselves, and short."""

    apart = True
    form = gate("there is a string of zeros and ones for each row")
    inside = gate("the number 0.bits lies in the row's own interval, so that the row is found again")
    complete = pays("it stays there whatever bits follow, so that strings can stand one after the other")
    short = pays("no string is longer than −log2 of the row's probability plus 2 bits")

    hints = (
        "Keep three whole numbers: the interval is [low, low + width) / whole. What becomes of each when a value comes?",
        "whole ← whole · total; low ← low · total + width · (frequencies before the value); width ← width · (its frequency).",
        "With L bits you can name m / 2^L; everything that begins with these bits lies below (m + 1) / 2^L. Try L = 0, 1, 2, …",
    )

    domain = {
        "encode": Domain(
            {
                "x": Made(_values, (_first, _last), ("(N, D)", "int64", "values 0 … K − 1")),
                "freq": Made(_frequencies, (_steep,), ("(N, D, K)", "int64", "≥ 1", "adding up to the same total at each place")),
            },
            sizes={"N": (1, 3), "D": (1, 6), "K": (2, 6)},
        )
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._asked([[0]], [[[1, 1]]])
        yield self._asked([[1]], [[[1, 3]]])
        yield self._asked([[1]], [[[5, 90, 5]]])  # nearly the whole of [0, 1)
        for _, device in arithmetic():
            yield self._asked([[1, 0]], [[[1, 3], [2, 2]]], device)
        for D, K, total in ((3, 3, 10), (8, 4, 1000), (64, 17, 2**16)):
            table, x = random_table(rng, D, K, total), rng.integers(K, size=(2, D))
            yield self._asked(x, table.rows(x))
        long = rng.integers(17, size=(1, 300)), np.ones((1, 300, 17), dtype=np.int64)  # 17^300 is no float
        yield replace(self._asked(*long), about=(self.short,))  # a crash here costs this law alone
        table, x = digit_table()
        yield self._asked(x[:20], table.rows(x[:20]))

    def _asked(self, x: Any, freq: Any, device: str = "cpu") -> Case:
        given = {"x": torch.tensor(x, device=device), "freq": torch.tensor(freq, device=device)}
        return self.case_of("encode", given)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call("encode", given["x"], given["freq"]), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        rows = case.x.tolist()
        good = isinstance(answer, (list, tuple)) and len(answer) == len(rows)
        good = good and all(isinstance(bits, str) and set(bits) <= {"0", "1"} for bits in answer)
        yield self.form(good, f"a list of {len(rows)} strings of 0 and 1", _form(answer))
        if not good:
            return
        for bits, x, freq in zip(answer, rows, case.freq.tolist(), strict=True):
            low, width, whole = interval(x, freq)
            inside, complete = holds(bits, low, width, whole)
            wanted, said = _interval(low, width, whole), f"0.{bits[:24] or '0'}{'…' * (len(bits) > 24)}"
            yield self.inside(inside, wanted, said)
            if inside:
                yield self.complete(complete, f"all that begins with {said} in {wanted}", "some of it is outside")
            nats = math.log2(whole) - math.log2(width)
            yield self.short((width << len(bits)) <= whole << 2, f"at most {nats + 2:.2f} bits", f"{len(bits)} bits")

    mistakes = (
        wrong(
            "any number in the interval",
            _each(lambda x, freq: _length(*interval(x, freq), 0)),
            "The number lies in the interval, but not all that may follow it: the next row's bits lead out of it. One bit more.",
        ),
        wrong(
            "intervals one value off",
            _by(lambda row, k: sum(row[: k + 1])),
            "A value's piece begins where those *before* it end: its own frequency is its width, and does not count below.",
            also=(_by(lambda row, k: sum(row[: k - 1]) if k else 0),),
        ),
        wrong(
            "from the last value down",
            _by(lambda row, k: sum(row[k + 1 :])),
            "The pieces were laid out from the last value down. Encoder and decoder must agree: value 0 stands at the bottom.",
        ),
        wrong(
            "floats",
            _each(_floats),
            "After a dozen places the interval is narrower than a float64 can tell apart. Whole numbers of any size are exact.",
        ),
        wrong(
            "as many bits as the whole",
            _each(lambda x, freq: _middle(*interval(x, freq))),
            "Every row gets the same number of bits, probable or not. That names the interval, but nothing is compressed.",
        ),
        wrong(
            "the width is never narrowed",
            _each(lambda x, freq: shortest(*_narrowed(x, freq, lambda row, k: sum(row[:k]), lambda row, k: sum(row)))),
            "Each value must narrow the interval to its share: width ← width · frequency.",
        ),
        wrong(
            "leading zeros lost",
            _each(lambda x, freq: shortest(*interval(x, freq)).lstrip("0")),
            "`01` and `1` are two numbers, ¼ … and ½ …: a string needs all L of its bits, zeros in front as well.",
            also=(_each(lambda x, freq: format(int("0" + shortest(*interval(x, freq)), 2), "b")),),
        ),
        wrong(
            "rounded down",
            _each(lambda x, freq: _below(*interval(x, freq))),
            "low · 2^L was rounded down, so the number may lie below the interval. The first point of the grid that lies inside is above low.",
        ),
        wrong(
            "the last place first",
            _each(lambda x, freq: shortest(*interval(x[::-1], freq[::-1]))),
            "The row was encoded from its end. The decoder needs x_1 first: without it, it does not know the frequencies of x_2.",
        ),
    )
