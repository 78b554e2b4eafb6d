"""Plain values cross unchanged, all others are refused with a sentence, and a hostile frame is only ever refused."""

import contextlib
import io
import json
import math
import struct
import tracemalloc
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pushforward.answering import wire
from pushforward.answering.wire import Callback, Kept, Net, Plain, WireError

settings.register_profile("busy machine", deadline=None)  # no test asserts a time
settings.load_profile("busy machine")

INT64 = st.integers(-(2**63), 2**63 - 1)
TORCH_TYPES = (
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "bool",
    "complex64",
)
NUMPY_TYPES = tuple(name for name in TORCH_TYPES if name != "bfloat16")
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    dtype = np.dtype(draw(st.sampled_from(NUMPY_TYPES)))
    return draw(hnp.arrays(dtype, draw(SHAPES)))


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    tensor = torch.from_numpy(np.array(draw(arrays())))
    return tensor.bfloat16() if tensor.dtype == torch.float16 and draw(st.booleans()) else tensor


LEAVES = st.one_of(st.none(), st.booleans(), INT64, st.floats(), st.text(max_size=20), arrays(), tensors())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
    ),
    max_leaves=8,
)


def sent(value: Any) -> tuple[Any, list[np.ndarray]]:
    """The node and the arrays of a value, as the other side reads them."""
    out: list[np.ndarray] = []
    head, found = wire.copied({"value": wire.encode(value, out)}, out)
    return head["value"], found


def crossed(value: Any) -> Any:
    return wire.decode(*sent(value))


def seen(value: Any) -> Any:
    return wire.decode_plain(*sent(value))


def alike(a: Any, b: Any) -> bool:
    """Of exactly the same type, and equal where NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a.nan_to_num(7), b.nan_to_num(7))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    return a == b or (a != a and b != b)


# --- what crosses ----------------------------------------------------------------------------------------------


@given(VALUES)
def test_a_value_arrives_as_it_was_sent(value: Any) -> None:
    assert alike(crossed(value), value)


class Pair(NamedTuple):
    first: float
    second: float

    def __iter__(self) -> Any:
        raise AssertionError("its own methods are never asked")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Pair(1.0, 2.0), (1.0, 2.0)),
        (torch.ones(2, 3).shape, (2, 3)),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (type("Rows", (list,), {"__len__": lambda self: 99})([1.0]), [1.0]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_named_tuple_and_its_like_cross_as_what_they_are_built_on(value: Any, plain: Any) -> None:
    assert alike(crossed(value), plain)


@given(tensors())
def test_the_judge_sees_kind_type_device_and_numbers_of_a_tensor(tensor: torch.Tensor) -> None:
    plain = seen(tensor)
    assert type(plain) is Plain
    assert (plain.kind, plain.dtype, plain.device) == ("tensor", str(tensor.dtype).removeprefix("torch."), "cpu")
    assert plain.shape == tuple(tensor.shape)
    assert alike(torch.from_numpy(np.array(plain.array)).to(tensor.dtype), tensor)


@given(arrays())
def test_the_judge_tells_an_array_from_a_tensor(array: np.ndarray) -> None:
    assert (seen(array).kind, seen(array).dtype) == ("array", array.dtype.name)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(12.0).reshape(3, 4).T,
        torch.arange(12.0)[::3],
        torch.ones(1).expand(5),
        (torch.arange(3) * 1j).conj(),
        torch.view_as_real((torch.arange(3) * (1 + 2j)).conj().resolve_conj())[..., 1],
        torch._neg_view(torch.arange(3.0)),
        torch.nn.Parameter(torch.arange(3.0)),
        torch.arange(3.0, requires_grad=True) * 2,
        torch.tensor(2.5),
        torch.empty(0, 3),
    ],
    ids=str,
)
def test_any_layout_in_memory_arrives_as_its_numbers(tensor: torch.Tensor) -> None:
    arrived = crossed(tensor)
    assert type(arrived) is torch.Tensor
    assert torch.equal(arrived, tensor.detach().clone())


@pytest.mark.parametrize(
    "array", [np.arange(5.0)[::-1], np.arange(6.0).reshape(2, 3).T, np.array([1.5, 2], dtype=">f8")]
)
def test_any_array_order_arrives_as_its_numbers(array: np.ndarray) -> None:
    assert np.array_equal(crossed(array), array)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int8, np.uint16, np.int64, np.bool_])
def test_numpy_scalars_arrive_as_python_numbers(kind: type) -> None:
    assert type(crossed(kind(1))) in (float, int, bool)
    assert crossed(kind(1)) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308])
def test_special_floats_arrive_exactly(value: float) -> None:
    assert struct.pack("<d", crossed(value)) == struct.pack("<d", value)


def test_what_arrives_shares_no_memory_with_what_was_sent() -> None:
    tensor = torch.zeros(3)
    node, found = sent(tensor)
    tensor += 1
    assert wire.decode_plain(node, found).array.tolist() == [0, 0, 0]
    assert wire.decode(node, found).tolist() == [0, 0, 0]


def test_frames_follow_one_another_on_one_stream() -> None:
    stream = io.BytesIO()
    for i in range(3):
        out: list[np.ndarray] = []
        wire.put(stream, {"value": wire.encode(torch.full((i,), float(i)), out), "n": i}, out)
    stream.seek(0)
    for i in range(3):
        head, found = wire.get(stream)
        assert head["n"] == i
        assert wire.decode(head["value"], found).tolist() == [float(i)] * i
    with pytest.raises(EOFError):
        wire.get(stream)


def test_what_only_the_judge_sends_is_resolved_on_the_other_side() -> None:
    out: list[np.ndarray] = []
    value = [Callback("denoise"), Kept("model"), Net("mlp", (torch.ones(1, 2), torch.zeros(1)))]
    found = wire.decode(wire.encode(value, out), out, lambda node: (node[0], node[1]))
    assert found == [("callback", "denoise"), ("kept", "model"), ("net", "mlp")]


@pytest.mark.parametrize("node", [["callback", "f"], ["kept", "m"], ["net", "mlp", []]])
def test_the_judge_takes_no_callback_kept_object_or_network(node: list) -> None:
    with pytest.raises(WireError, match="unknown kind"):
        wire.decode_plain(node, [])


# --- what is refused as it is sent -----------------------------------------------------------------------------


class Sub(torch.Tensor):
    """A tensor whose methods could be anything."""


class Float(float):
    """A number whose comparisons could be anything."""


class Yes:
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def _nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def _itself() -> list:
    value: list = []
    value.append(value)
    return value


def _multiplied() -> list:
    """A few lists that stand for 10¹⁸ items."""
    value: list = [0.0] * 100
    for _ in range(8):
        value = [value] * 100
    return value


REFUSED = {
    "tensor subclass": (lambda: torch.ones(2).as_subclass(Sub), "a Sub, a subclass of torch.Tensor"),
    "parameter of a subclass": (lambda: torch.nn.Parameter(torch.ones(2).as_subclass(Sub)), "subclass of torch.Tensor"),
    "float subclass": (lambda: Float(1), "a Float"),
    "numpy float subclass": (lambda: type("F", (np.float64,), {})(1), "a F"),
    "always equal": (Yes, "a Yes"),
    "generator": (lambda: (i for i in range(3)), "a generator"),
    "function": (lambda: len, "a builtin_function_or_method"),
    "network": (lambda: torch.nn.Linear(1, 1), "a Linear"),
    "complex number": (lambda: 1j, "a complex"),
    "set": (lambda: {1}, "a set"),
    "sparse": (lambda: torch.eye(3).to_sparse(), "sparse"),
    "meta device": (lambda: torch.ones(3, device="meta"), "device meta"),
    "complex128": (lambda: torch.ones(2, dtype=torch.complex128), "holds complex128"),
    "float8": (lambda: torch.ones(2).to(torch.float8_e4m3fn), "holds float8_e4m3fn"),
    "uint16": (lambda: torch.ones(2, dtype=torch.uint16), "holds uint16"),
    "objects": (lambda: np.array([None]), "holds object"),
    "strings": (lambda: np.array(["a"]), "holds str"),
    "masked array": (lambda: np.ma.array([1.0]), "a MaskedArray"),
    "expanded tensor": (lambda: torch.zeros(1).expand(10**12), "1000000000000 entries"),
    "broadcast array": (lambda: np.broadcast_to(0.0, (10**12,)), "1000000000000 entries"),
    "huge integer": (lambda: 2**63, "64 bits"),
    "huge negative integer": (lambda: -(2**63) - 1, "64 bits"),
    "too deep": (lambda: _nested(wire.MAX_DEPTH + 1), f"more than {wire.MAX_DEPTH} levels"),
    "its own item": (_itself, "levels deep"),
    "too long": (lambda: [0] * wire.MAX_ITEMS, f"more than {wire.MAX_ITEMS} items"),
    "shared lists": (_multiplied, f"more than {wire.MAX_ITEMS} items"),
    "number as key": (lambda: {1: 2}, "key is of type int"),
    "in a list": (lambda: [1, (2, {"a": Yes()})], "a Yes"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_cannot_cross_is_refused_in_one_sentence(name: str) -> None:
    make, said = REFUSED[name]
    with pytest.raises(WireError) as refusal:
        wire.encode(make(), [])
    sentence = str(refusal.value)
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_tensor_that_escaped_from_a_transform_is_refused() -> None:
    kept = []
    torch.func.vmap(lambda x: (kept.append(x), x)[1])(torch.ones(3))
    with pytest.raises(WireError, match="cannot be read"):
        wire.encode(kept[0], [])


def test_the_limits_themselves_are_allowed() -> None:
    assert crossed(_nested(wire.MAX_DEPTH)) == _nested(wire.MAX_DEPTH)
    assert len(crossed([0] * (wire.MAX_ITEMS - 1))) == wire.MAX_ITEMS - 1
    assert crossed([2**63 - 1, -(2**63)]) == [2**63 - 1, -(2**63)]


def test_a_long_text_is_cut() -> None:
    assert len(crossed("x" * 20_000)) == 10_000


def test_a_header_beyond_the_limit_is_not_written() -> None:
    stream = io.BytesIO()
    with pytest.raises(WireError, match="larger than a frame"):
        wire.put(stream, {"value": wire.encode(["x" * 10_000] * 110, [])}, [])
    assert stream.getvalue() == b""


def test_a_body_beyond_the_limit_is_not_written() -> None:
    quarter = np.broadcast_to(np.float64(0), (wire.MAX_BODY // 8 // 4,))
    with pytest.raises(WireError, match="larger than a frame"):
        wire.put(io.BytesIO(), {}, [quarter] * 5)


# --- hostile frames --------------------------------------------------------------------------------------------


def frame(head: Any, body: bytes = b"") -> bytes:
    header = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("<II", len(header), len(body)) + header + body


def received(data: bytes) -> Any:
    """What the judge makes of these bytes."""
    head, found = wire.get(io.BytesIO(data))
    return wire.decode_plain(head.get("value"), found)


GOOD = frame(
    {"value": ["list", [["tensor", 0, "float32", "cpu"], ["float", 0.5]]], "arrays": [["<f4", [2]]]}, b"\0" * 8
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=12,
)
KINDS = ("none", "bool", "int", "float", "str", "tensor", "array", "list", "tuple", "dict", "callback", "kept", "net")
NODES = st.recursive(
    st.tuples(st.sampled_from(KINDS), JSON, st.sampled_from(["float32", "int64", "object", None, []]), JSON).flatmap(
        lambda parts: st.integers(1, 4).map(lambda n: list(parts[:n]))
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["list", "tuple"]), st.lists(inner, max_size=3)).map(list),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(lambda d: ["dict", d]),
    ),
    max_leaves=6,
)


def only_refused(data: bytes) -> None:
    with contextlib.suppress(WireError, EOFError):
        received(data)


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    only_refused(data)


@given(st.integers(0, len(GOOD) - 1))
def test_every_cut_frame_ends_the_stream(length: int) -> None:
    with pytest.raises(EOFError):
        received(GOOD[:length])


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_at_most_refused(place: int, byte: int) -> None:
    only_refused(GOOD[:place] + bytes([byte]) + GOOD[place + 1 :])


@given(JSON)
def test_any_json_is_a_frame_or_refused(head: Any) -> None:
    only_refused(frame(head))


@given(NODES, st.lists(JSON, max_size=2))
def test_any_node_is_a_value_or_refused(node: list, shapes: list) -> None:
    only_refused(frame({"value": node, "arrays": [["<f4", [1]]]}, b"\0" * 4))
    only_refused(frame({"value": node, "arrays": shapes}))


def _nested_node(depth: int) -> list:
    return ["list", [_nested_node(depth - 1)] if depth else []]


HOSTILE = {
    "negative axis": ({"arrays": [["<f4", [-1]]]}, b""),
    "two negative axes": ({"arrays": [["<f4", [-1, -4]]]}, b"\0" * 16),
    "fractional axis": ({"arrays": [["<f4", [1.0]]]}, b"\0" * 4),
    "truth as axis": ({"arrays": [["<f4", [True]]]}, b"\0" * 4),
    "text as shape": ({"arrays": [["<f4", "2"]]}, b"\0" * 8),
    "seventeen axes": ({"arrays": [["<f4", [1] * 17]]}, b"\0" * 4),
    "axes beyond memory": ({"arrays": [["<f8", [2**26] * 16]]}, b""),
    "axes beyond any integer": ({"arrays": [["<f8", [10**40]]]}, b""),
    "no entries along huge axes": ({"arrays": [["<f8", [2**26] * 15 + [0]]]}, b""),
    "object dtype": ({"arrays": [["|O", [1]]]}, b"\0" * 8),
    "big-endian dtype": ({"arrays": [[">f8", [1]]]}, b"\0" * 8),
    "dtype with fields": ({"arrays": [[[["a", "<f8"]], [1]]]}, b"\0" * 8),
    "more arrays than bytes": ({"arrays": [["<f8", [1]]] * 2}, b"\0" * 8),
    "bytes left over": ({"arrays": [["<f8", [1]]]}, b"\0" * 9),
    "no list of arrays": ({"value": ["none"]}, b""),
    "a list as head": ([], b""),
    "no JSON": (b"{", b""),
    "no text": (b"\xff\xfe", b""),
    "no header": (b"", b""),
    "brackets": (b'{"arrays":[],"value":' + b"[" * 200_000 + b"]" * 200_000 + b"}", b""),
    "digits": (b'{"arrays":[],"value":["int",' + b"9" * 10_000 + b"]}", b""),
    "nested lists": ({"arrays": [], "value": _nested_node(20)}, b""),
    "missing array": ({"arrays": [], "value": ["tensor", 0, "float32", "cpu"]}, b""),
    "array from behind": ({"arrays": [["<f4", [0]]], "value": ["tensor", -1, "float32", "cpu"]}, b""),
    "truth as number of an array": ({"arrays": [["<f4", [0]]] * 2, "value": ["tensor", True, "float32", "cpu"]}, b""),
    "list as dtype": ({"arrays": [["<f4", [0]]], "value": ["tensor", 0, [], "cpu"]}, b""),
    "list as device": ({"arrays": [["<f4", [0]]], "value": ["tensor", 0, "float32", []]}, b""),
    "another type than it claims": ({"arrays": [["|b1", [1]]], "value": ["tensor", 0, "float32", "cpu"]}, b"\0"),
    "tensor without a device": ({"arrays": [["<f4", [0]]], "value": ["tensor", 0, "float32"]}, b""),
    "array with a device": ({"arrays": [["<f4", [0]]], "value": ["array", 0, "float32", "cpu"]}, b""),
    "integer beyond 64 bits": ({"arrays": [], "value": ["int", 2**63]}, b""),
    "float beyond floats": ({"arrays": [], "value": ["float", 10**400]}, b""),
    "float by another name": ({"arrays": [], "value": ["float", "infinity"]}, b""),
    "truth as integer": ({"arrays": [], "value": ["int", True]}, b""),
    "integer as truth": ({"arrays": [], "value": ["bool", 1]}, b""),
    "none with a value": ({"arrays": [], "value": ["none", 1]}, b""),
    "no node": ({"arrays": [], "value": 3}, b""),
    "empty node": ({"arrays": [], "value": []}, b""),
    "unknown kind": ({"arrays": [], "value": ["pickle", "gASVAA=="]}, b""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_malformed_frame_is_refused(name: str) -> None:
    head, body = HOSTILE[name]
    is_frame = isinstance(head, dict) and head.keys() == {"value", "arrays"}  # only its value is malformed
    with pytest.raises(WireError, match=r"\.$"):
        received(frame(head, body)) if is_frame else wire.get(io.BytesIO(frame(head, body)))


@pytest.mark.parametrize("lengths", [(2**32 - 1, 0), (0, 2**32 - 1), (wire.MAX_HEADER + 1, 0), (2, wire.MAX_BODY + 1)])
def test_lengths_beyond_the_limits_are_refused_before_anything_is_read(lengths: tuple[int, int]) -> None:
    stream = io.BytesIO(struct.pack("<II", *lengths) + b"{}")
    with pytest.raises(WireError, match="larger than a frame"):
        wire.get(stream)
    assert stream.tell() == 8


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<II", wire.MAX_HEADER, wire.MAX_BODY),
        struct.pack("<II", 13, wire.MAX_BODY) + b'{"arrays":[]}' + b"\0" * 1000,
        frame({"arrays": [["<f8", [2**23]]]}, b"\0" * 8),
        frame({"arrays": [["<f8", [2**26, 2**26]]]}, b"\0" * 8),
    ],
)
def test_a_frame_allocates_no_more_than_it_brings(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "frame"
    path.write_bytes(data)
    tracemalloc.start()
    with path.open("rb", buffering=0) as stream, contextlib.suppress(WireError, EOFError):
        wire.get(stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_stream_that_brings_single_bytes_is_read_to_the_end() -> None:
    class Slow(io.BytesIO):
        def read(self, n: int = -1) -> bytes:
            return super().read(min(n, 1))

    head, found = wire.get(Slow(GOOD))
    assert wire.decode_plain(head["value"], found)[1] == 0.5
