"""What counts as equal, to which bound, and how an answer is said in words."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.judging.compare import (
    EPSILON,
    FACTOR,
    arithmetic,
    close,
    exact,
    has_shape,
    is_number,
    kind_of,
    near,
    number,
    readable,
    show,
    values,
    watching_precision,
)
from pushforward.answering.wire import Callback, Kept, Net, Plain

TYPES = (torch.float32, torch.float64)
FINITE = st.floats(-1e30, 1e30).filter(lambda v: v == 0 or abs(v) > 1e-30)


def plain(array: Any, dtype: str | None = None, kind: str = "tensor", device: str = "cpu") -> Plain:
    array = np.asarray(array)
    return Plain(array, kind, dtype or array.dtype.name, device)


# --- values ----------------------------------------------------------------------------------------------------


@given(FINITE.filter(bool), st.sampled_from(TYPES), st.sampled_from([None, 1.0, 1e6]))
def test_close_means_within_the_stated_multiple_of_the_types_spacing(
    value: float, dtype: torch.dtype, conditioning: float | None
) -> None:
    scale = None if conditioning is None else abs(value) * conditioning
    bound = FACTOR * EPSILON[str(dtype).removeprefix("torch.")] * (scale or abs(value))
    assert close(value + 0.9 * bound, value, dtype, scale, strict=True).ok
    assert not close(value + 1.1 * bound, value, dtype, scale, strict=True).ok


def test_single_precision_pays_where_double_precision_was_given_and_leaves_a_mark() -> None:
    third = plain(np.float32(1 / 3))
    for dtype, marks in ((torch.float32, []), (torch.float64, [True])):
        with watching_precision() as lost:
            assert close(third, 1 / 3, dtype).ok
        assert lost == marks
    assert not close(1 / 3 + 1e-4, 1 / 3, torch.float64).ok


def test_a_law_about_precision_asks_for_all_of_it() -> None:
    with watching_precision() as lost:
        verdict = close(plain(np.float32(1 / 3)), 1 / 3, torch.float64, strict=True)
    assert not verdict.ok
    assert not lost
    assert verdict.got == "0.33333 (off by 9.9341e-09), in float32 only"


@pytest.mark.parametrize("got", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_close_to_no_number(got: float) -> None:
    assert not close(got, 1.0, torch.float32, scale=1e300).ok
    assert not close(plain([1.0, got]), [1.0, 2.0], torch.float32).ok
    assert not near(got, 1.0, 1e6).ok


@pytest.mark.parametrize(
    ("got", "want", "ok"),
    [
        (math.inf, math.inf, True),
        (-math.inf, math.inf, False),
        (1e308, math.inf, False),
        (math.nan, math.inf, False),
        (math.nan, math.nan, False),
        (0.0, math.nan, False),
    ],
)
def test_infinity_is_close_to_itself_only_and_nan_not_even_to_that(got: float, want: float, ok: bool) -> None:
    assert close(got, want, torch.float64).ok is ok


@pytest.mark.parametrize(
    "answer",
    [None, "1", True, [], {}, {"a": 1.0}, [1.0, None], [[1.0]], plain([1.0]), plain([[1.0, 2.0]]), plain([1j, 2j])],
    ids=str,
)
def test_what_is_not_two_numbers_is_not_close_to_two_numbers(answer: Any) -> None:
    assert not close(answer, [1.0, 2.0], torch.float64, scale=1e300).ok
    assert not near(answer, [1.0, 2.0], 1e300).ok


@pytest.mark.parametrize(
    "answer", [[1.0, 2.0], (1, 2), plain([1.0, 2.0]), plain([1, 2]), [plain(1.0), plain([2.0])], np.array([1.0, 2.0])]
)
def test_two_numbers_are_close_however_they_are_written(answer: Any) -> None:
    assert close(answer, [1.0, 2.0], torch.float64).ok
    assert near(answer, [1.0, 2.0], 1e-9).ok


@given(FINITE, st.floats(1e-6, 1e-1))
def test_near_is_relative_to_large_values_and_absolute_to_small_ones(value: float, tolerance: float) -> None:
    bound = tolerance * (1 + abs(value))
    assert near(value + 0.9 * bound, value, tolerance).ok
    assert not near(value + 1.1 * bound, value, tolerance).ok


def test_the_first_wrong_entry_of_a_large_array_is_shown_with_its_place() -> None:
    want = np.arange(12.0).reshape(3, 4)
    got = want.copy()
    got[1, 2] = -5
    assert tuple(close(plain(got), want, torch.float64)) == (False, "6 at index [1, 2]", "-5")
    got[1, 2] = 6 + 1e-9
    assert tuple(close(plain(got), want, torch.float64, strict=True))[1:] == ("6 at index [1, 2]", "6 (off by 1e-09)")


def test_what_rounding_left_of_a_nought_is_shown_as_one() -> None:
    assert close(np.array([0.5, 0.5]), np.array([1.0, -8.6e-17]), torch.float64).expected == "[1, 0]"
    assert (
        close(np.array([0.5]), np.array([-8.6e-17]), torch.float64).expected == "[-8.6e-17]"
    )  # nothing to compare it with


def test_exact_is_what_the_student_got() -> None:
    given = torch.tensor(0.1, dtype=torch.float32, requires_grad=True)
    assert exact(given).item() == float(np.float32(0.1)) != 0.1
    assert exact([1, 2]).dtype == np.float64


def test_every_floating_type_is_asked_for_on_every_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.judging.compare.devices", lambda: ["cpu", "cuda"])
    assert set(arithmetic()) == {(dtype, device) for dtype in TYPES for device in ("cpu", "cuda")}


# --- shapes and kinds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_a_floating_tensor_of_the_shape_passes(dtype: str) -> None:
    assert has_shape(plain(np.zeros((2, 3), dtype=np.float32), dtype), (2, 3)).ok
    assert has_shape(plain(np.full((2, 3), np.nan)), (2, 3)).ok


@pytest.mark.parametrize(
    "answer",
    [
        None,
        1.0,
        [1.0, 2.0],
        plain([1.0, 2.0], kind="array"),
        plain([1, 2]),
        plain([True, False]),
        plain(np.array([1j, 2j], dtype=np.complex64)),
        plain([[1.0], [2.0]]),
        plain(1.0),
        plain([1.0, 2.0, 3.0]),
        plain([1.0, 2.0], device="cuda:0"),
    ],
    ids=lambda answer: kind_of(answer),
)
def test_anything_else_does_not(answer: Any) -> None:
    verdict = has_shape(answer, (2,), like=torch.zeros(2))
    assert not verdict.ok
    assert verdict.expected == "a tensor of shape (2,)"
    assert verdict.got == kind_of(answer)


def test_a_result_belongs_on_the_device_of_its_input() -> None:
    like = torch.zeros(2, device="meta")
    assert has_shape(plain([1.0, 2.0], device="meta"), (2,), like).ok
    verdict = has_shape(plain([1.0, 2.0]), (2,), like)
    assert (verdict.ok, verdict.expected) == (False, "a tensor of shape (2,) on meta")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (3, 3.0),
        (2.5, 2.5),
        (plain(2.5), 2.5),
        (plain([2.5]), 2.5),
        (plain([[2]]), 2.0),
        (plain(2.5, kind="array"), 2.5),
        (True, None),
        ("3", None),
        (None, None),
        ([3.0], None),
        (plain(True), None),
        (plain([1.0, 2.0]), None),
        (plain(np.complex64(1j)), None),
    ],
)
def test_a_number_is_a_python_number_or_an_array_of_one(answer: Any, value: float | None) -> None:
    assert number(answer) == value
    assert is_number(answer).ok is (value is not None)


def test_values_are_double_precision_numbers_or_none() -> None:
    assert values(plain([True, False])).tolist() == [1, 0]
    assert values([1, plain(2.0)]).tolist() == [1, 2]
    assert values(3) == 3.0
    assert [values(answer) for answer in (None, "a", [], [None], True, {"a": 1})] == [None] * 6
    assert values(plain([1], "int64")).dtype == np.float64


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "None"),
        (3, "the int 3"),
        (0.123456789, "the float 0.12346"),
        (True, "the bool True"),
        ("zero", "the str 'zero'"),
        ([1, 2, 3], "a list of 3"),
        ({"a": 1}, "a dict of 1"),
        (plain([[1.0]]), "a float64 tensor of shape (1, 1)"),
        (plain([1], kind="array"), "an int64 array of shape (1,)"),
        (plain([1.0], device="cuda:0"), "a float64 tensor of shape (1,) on cuda:0"),
    ],
)
def test_what_came_is_said_in_words(answer: Any, words: str) -> None:
    assert kind_of(answer) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.33333"),
        (np.float64(1e-12), "1e-12"),
        (math.nan, "nan"),
        (torch.tensor([1.0, 0.5]), "[1, 0.5]"),
        (torch.tensor([[1, 2], [3, 4]]), "[[1, 2], [3, 4]]"),
        (torch.tensor(2.0), "2"),
        (torch.tensor([True]), "[True]"),
        (torch.zeros(3, 4), "array of shape (3, 4)"),
        (torch.zeros(100), "[0, 0, 0, 0, 0, 0, … 100 in all]"),
        (torch.zeros(0), "[]"),
        (plain([1.5]), "[1.5]"),
        ([1.0, "a", None], "[1, 'a', None]"),
        ((1, 2), "(1, 2)"),
        (list(range(50)), "[0, 1, 2, 3, 4, 5, …]"),
        ({"mean": 0.5}, "{mean: 0.5}"),
        ("x" * 1000, repr("x" * 1000)[:200]),
        (Callback("denoise"), "denoise"),
        (Kept("model"), "model"),
        (Net("mlp", (torch.zeros(3, 2), torch.zeros(3))), "mlp"),
        (Net("polynomial", (torch.tensor([[0.0], [2.0]]), torch.tensor(0.5))), "polynomial([[0], [2]], 0.5)"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_value_is_shown_as_short_text(value: Any, text: str) -> None:
    assert show(value) == text


@given(st.text())
def test_what_a_student_sent_can_be_printed(text: str) -> None:
    said = readable(text)
    assert said.isprintable()
    said.encode()
    assert len(said) <= 1000
    assert readable(said) == said


def test_colours_line_ends_and_half_letters_are_taken_out_of_what_a_student_sent() -> None:
    assert readable("\x1b[31mred\nnext\udcffé") == " [31mred next é"
