"""Comparing an answer with an oracle: shapes first, then values, with bounds that are stated and not guessed.

An answer is good if  |got − expected| ≤ FACTOR · ε · scale,  where ε is the spacing of the input's type (2⁻²³ or 2⁻⁵²)
and scale the conditioning of the case: the size of the largest quantity that a sound computation has to round.

One rule of precision holds for all exercises: with float64 an answer that is right to single precision pays in full,
and the report says that precision was lost. Where precision is the lesson, a law of its own asks for it (`strict`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pushforward.answering.wire import Callback, Kept, Net, Plain
from pushforward.device import devices

FACTOR = 32.0  # roundings that a sound computation of a dozen operations may add up
TINY = {"float16": 6e-5, "bfloat16": 1.2e-38, "float32": 1.2e-38, "float64": 2.3e-308}  # the least normal number
NARROW = ("int32", "int16", "uint8", "int8")  # types of whole numbers below int64
EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}


def arithmetic() -> Iterator[tuple[torch.dtype, str]]:
    """Every floating type on every device at hand: (float32, "cpu"), (float64, "cpu"), ("cuda" …)."""
    for device in devices():
        yield torch.float32, device
        yield torch.float64, device


def exact(value: Any) -> np.ndarray:
    """The float64 value of what the student gets: rounded to its type first, so that rounding is no error."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().double().numpy()
    return np.asarray(value, dtype=np.float64)


@dataclass(frozen=True)
class Verdict:
    """ok with what was expected and what came, for a law to be called with: `yield self.law(*verdict)`."""

    ok: bool
    expected: str
    got: str

    def __iter__(self) -> Iterator[Any]:
        return iter((self.ok, self.expected, self.got))


GOOD = Verdict(True, "", "")  # nobody reads the numbers of a law that holds, and putting them into words takes time


def has_shape(answer: Any, shape: tuple[int, ...], like: torch.Tensor | None = None) -> Verdict:
    """A floating tensor of that shape on the device of `like`, all of it finite or not (values come later)."""
    where = f" on {like.device.type}" if like is not None and like.device.type != "cpu" else ""
    wanted = f"a tensor of shape {tuple(shape)}{where}"
    if not isinstance(answer, Plain) or answer.kind != "tensor":
        return Verdict(False, wanted, kind_of(answer))
    ok = answer.shape == tuple(shape) and answer.dtype in EPSILON
    ok = ok and (like is None or answer.device.split(":")[0] == like.device.type)
    return Verdict(ok, wanted, kind_of(answer))


def is_number(answer: Any) -> Verdict:
    """A Python number, or a tensor or array with one entry."""
    return Verdict(number(answer) is not None, "a number", kind_of(answer))


def number(answer: Any) -> float | None:
    """The answer as a float if it is one number, else None."""
    if isinstance(answer, Plain) and answer.array.size == 1 and answer.array.dtype.kind in "fi":
        return float(answer.array.reshape(()))
    return float(answer) if type(answer) in (int, float) else None


def truth(answer: Any) -> bool | None:
    """The answer as a truth value if it is one, or a tensor or array with one, else None."""
    if isinstance(answer, Plain) and answer.array.dtype == bool and answer.array.size == 1:
        return bool(answer.array.reshape(()))
    return answer if type(answer) is bool else None


_coarse: ContextVar[list[bool] | None] = ContextVar("coarse", default=None)


@contextmanager
def watching_precision() -> Iterator[list[bool]]:
    """Inside, each comparison that holds to single precision only leaves a mark in the list."""
    marks: list[bool] = []
    token = _coarse.set(marks)
    try:
        yield marks
    finally:
        _coarse.reset(token)


def close(
    answer: Any,
    expected: Any,
    dtype: torch.dtype,
    scale: Any = None,
    factor: float = FACTOR,
    strict: bool = False,
    lost: Any = 0.0,
) -> Verdict:
    """Equal within the bound above; scale: array or number, default |expected|. NaN is never close, inf only to inf.

    strict: to the precision of dtype, also where single precision would do; lost: what a sound formula rounds on its
    way, beyond the scale. A float32 answer may lose these digits; one to float64 has them to lose.
    """
    want = np.asarray(expected, dtype=np.float64)
    got = values(answer)
    if got is None or got.shape != want.shape:
        return Verdict(False, show(want), show(answer))
    size = np.abs(want) if scale is None else np.broadcast_to(np.asarray(scale, dtype=np.float64), want.shape)
    name = str(dtype).removeprefix("torch.")
    epsilon = EPSILON[name]
    enough, least = epsilon, TINY[name]
    if not strict:
        enough, least = max(epsilon, EPSILON["float32"]), max(least, TINY["float32"])
    with np.errstate(invalid="ignore"):
        apart = np.where(got == want, 0, np.abs(got - want))
        room = factor * np.where(np.isfinite(size), size, 0)
        more = epsilon * factor * np.where(np.isfinite(lost), lost, 0)
        good = apart <= enough * room + more + least  # a result may sink below all floats
    if good.all():
        if _coarse.get() is not None and not (apart <= epsilon * room + more + TINY[name]).all():
            _coarse.get().append(True)
        return GOOD
    wanted, came = _around_fault(want, got, good)
    coarser = isinstance(answer, Plain) and EPSILON.get(answer.dtype, 0.0) > epsilon
    return Verdict(False, wanted, f"{came}, in {answer.dtype} only" if coarser else came)


def near(answer: Any, expected: Any, tolerance: float) -> Verdict:
    """Equal to within tolerance · (1 + |expected|): for results of which several conventions are right."""
    want, got = np.asarray(expected, dtype=np.float64), values(answer)
    if got is None or got.shape != want.shape:
        return Verdict(False, show(want), show(answer))
    with np.errstate(invalid="ignore"):
        good = np.abs(got - want) <= tolerance * (1 + np.abs(want))
    return GOOD if good.all() else Verdict(False, *_around_fault(want, got, good))


def values(answer: Any) -> np.ndarray | None:
    """The answer's numbers as float64, or None if it is no array or number."""
    if isinstance(answer, Plain):
        return answer.array.astype(np.float64) if answer.array.dtype.kind in "fib" else None
    if isinstance(answer, np.ndarray):
        return answer.astype(np.float64)
    if isinstance(answer, (list, tuple)) and answer and all(number(item) is not None for item in answer):
        return np.array([number(item) for item in answer])
    return np.float64(answer) if type(answer) in (int, float, np.float64) else None


def _around_fault(want: np.ndarray, got: np.ndarray, good: np.ndarray) -> tuple[str, str]:
    """All of a small array, the first bad entry of a large one; how far apart they are where that does not show."""
    at = tuple(int(i) for i in np.argwhere(~good)[0])
    small = want.size <= 6
    largest = np.abs(want[np.isfinite(want)]).max(initial=0.0)
    clean = np.where(np.abs(want) < 1e-14 * largest, 0.0, want)  # what an oracle's rounding left of a nought
    wanted, came = (show(clean), show(got)) if small else (_number(clean[at]), _number(got[at]))
    apart = f" (off by {_number(abs(got[at] - want[at]))})" if wanted == came else ""
    return wanted if small else f"{wanted} at index {list(at)}", came + apart


def recognise(answer: Any, alternatives: dict[str, Any], tolerance: float = 1e-3) -> str | None:
    """The name of the first alternative that the answer equals: for naming a mistake from a single value."""
    return next((name for name, value in alternatives.items() if near(answer, value, tolerance).ok), None)


# --- saying it -------------------------------------------------------------------------------------------------


def show(value: Any) -> str:
    """A value as short readable text: 4 significant digits, long arrays cut."""
    if isinstance(value, torch.Tensor):
        return show(value.detach().cpu().double().numpy() if value.is_floating_point() else value.cpu().numpy())
    if isinstance(value, Plain):
        return show(value.array)
    if isinstance(value, Net) and value.label:
        return value.label
    if isinstance(value, Net):
        small = sum(w.numel() for w in value.weights) <= 6
        return f"{value.architecture}({', '.join(map(show, value.weights))})" if small else value.architecture
    if isinstance(value, (Callback, Kept)):
        return value.name
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(v) for v in value[:6]) + (", …" if len(value) > 6 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {show(v)}" for k, v in list(value.items())[:8]) + "}"
    return _number(value) if isinstance(value, (float, np.floating)) else repr(value)[:200]


def _array(array: np.ndarray) -> str:
    if array.ndim == 0:
        return show(array.item())
    if array.size > 6 and array.ndim > 1:
        return f"array of shape {array.shape}"
    head = [_array(row) if array.ndim > 1 else show(row.item()) for row in array[:6]]
    return "[" + ", ".join(head) + (f", … {len(array)} in all" if len(array) > 6 else "") + "]"


def _number(value: float) -> str:
    return f"{value:.5g}"


def readable(text: str) -> str:
    """Text that a student's process sent, safe to print: cut, without control characters and half letters."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:1000])


def kind_of(answer: Any) -> str:
    """What came, in words: "a float64 tensor of shape (3,)", "None", "a list of 4"."""
    if isinstance(answer, Plain):
        where = "" if answer.device == "cpu" else f" on {answer.device}"
        article = "an" if answer.dtype.startswith("int") else "a"
        return f"{article} {answer.dtype} {answer.kind} of shape {tuple(answer.shape)}{where}"
    if isinstance(answer, (list, tuple, dict)):
        return f"a {type(answer).__name__} of {len(answer)}"
    return f"the {type(answer).__name__} {show(answer)}" if answer is not None else "None"
