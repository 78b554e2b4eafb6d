"""Plain values on the wire: how asks and answers cross between the judge and the student's code.

A frame is two little-endian length words, a JSON header and raw little-endian arrays:

    uint32 len(header) | uint32 len(body) | header (JSON, UTF-8) | body (the arrays, one after the other)

Values travel as small JSON nodes, `["tensor", 0, "float32", "cpu"]` say, where 0 numbers an array of the frame.
Only exact built-in types cross: nothing is pickled, no method of a received object is ever called.
"""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import torch

MAX_HEADER = 1 << 20  # bytes
MAX_BODY = 64 << 20  # bytes
MAX_DEPTH = 12
MAX_ITEMS = 20_000  # of all lists together, so that lists that share their items cannot multiply
WIRE_DTYPES = ("<f4", "<f8", "<i8", "|b1", "<c8")
_CARRIER = {  # how each array type travels; its own name goes along in the node
    "float16": "<f4",
    "bfloat16": "<f4",
    "float32": "<f4",
    "float64": "<f8",
    "uint8": "<i8",
    "int8": "<i8",
    "int16": "<i8",
    "int32": "<i8",
    "int64": "<i8",
    "bool": "|b1",
    "complex64": "<c8",
}
# Exact types: a subclass could mean something else by any of its methods.
_INTEGERS = (int, *(np.dtype(code).type for code in np.typecodes["AllInteger"]))
_FLOATS = (float, *(np.dtype(code).type for code in np.typecodes["AllFloat"] if code not in "FDG"))


class WireError(ValueError):
    """A frame or value that does not keep to the format; the message is one sentence for the student."""


@dataclass(frozen=True)
class Plain:
    """An array that came over the wire, as the judge sees it.

    array: numpy array in a type that the wire carries; kind: "tensor" or "array";
    dtype: the name of the type it had at home ("float16" travels as float32); device: "cpu", "cuda:0", ….
    """

    array: np.ndarray
    kind: str
    dtype: str
    device: str

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape


# --- values to nodes -------------------------------------------------------------------------------------------


def encode(value: Any, arrays: list[np.ndarray], depth: int = 0, room: Iterator | None = None) -> list:
    """The node of a plain value; its arrays are appended to `arrays`. Raises WireError for anything else.

    room: one tick for each further item that the whole value may have.
    """
    room = iter(range(MAX_ITEMS)) if room is None else room
    if depth > MAX_DEPTH:
        raise WireError(f"The value is nested more than {MAX_DEPTH} levels deep.")
    if next(room, None) is None:
        raise WireError(f"The value has more than {MAX_ITEMS} items; return them as one tensor.")
    kind = type(value)
    if value is None:
        return ["none"]
    if kind is bool or kind is np.bool_:
        return ["bool", bool(value)]
    if kind in _INTEGERS:
        return ["int", _checked_int(int(value))]
    if kind in _FLOATS:
        return ["float", _finite_or_name(float(value))]
    if kind is str:
        return ["str", value[:10_000]]
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        return _encode_tensor(value, arrays)
    if kind is np.ndarray:
        return ["array", _add(value, value.dtype.name, arrays), value.dtype.name]
    if isinstance(value, Special):
        return value.node(arrays)
    for plain in (list, tuple):  # a named tuple is a tuple; its own methods are never asked
        if isinstance(value, plain):
            return [plain.__name__, [encode(item, arrays, depth + 1, room) for item in plain.__iter__(value)]]
    if isinstance(value, dict):
        return ["dict", {_key(k): encode(v, arrays, depth + 1, room) for k, v in dict.items(value)}]
    raise WireError(_refusal(value))


class Special:
    """Something that only the judge sends: a callback, a kept object, a small network."""

    def node(self, arrays: list[np.ndarray]) -> list:
        raise NotImplementedError


@dataclass(frozen=True)
class Callback(Special):
    """A callable argument; each call of it is answered by the judge."""

    name: str

    def node(self, arrays: list[np.ndarray]) -> list:
        return ["callback", self.name]


@dataclass(frozen=True)
class Kept(Special):
    """An object that an earlier `keep` left with the student's code."""

    name: str

    def node(self, arrays: list[np.ndarray]) -> list:
        return ["kept", self.name]


@dataclass(frozen=True)
class Net(Special):
    """A small network or map by the name of its architecture and its weights, in the order of `parameters()`.

    label: what a report calls it; it does not travel.
    """

    architecture: str
    weights: tuple[torch.Tensor, ...]
    label: str = ""

    def node(self, arrays: list[np.ndarray]) -> list:
        return ["net", self.architecture, [encode(w, arrays) for w in self.weights]]


def _encode_tensor(value: torch.Tensor, arrays: list[np.ndarray]) -> list:
    if value.layout is not torch.strided or value.is_nested or value.is_quantized:
        raise WireError("The tensor is sparse, nested or quantised; return a plain, dense torch.Tensor.")
    if value.is_meta:
        raise WireError("The tensor is on the device meta, where nothing has a value; return it on the input's device.")
    name = str(value.dtype).removeprefix("torch.")
    _check(name, value.numel())
    plain = value.float() if name in ("float16", "bfloat16") else value
    try:
        array = torch.Tensor.detach(plain).cpu().contiguous().resolve_conj().resolve_neg().numpy()
    except RuntimeError as error:  # left over from torch.func, or its device has failed
        raise WireError("The tensor's values cannot be read; return a plain, dense torch.Tensor.") from error
    return ["tensor", _add(array, name, arrays), name, str(value.device)]


def _add(array: np.ndarray, name: str, arrays: list[np.ndarray]) -> int:
    _check(name, array.size)
    arrays.append(np.asarray(array, dtype=_CARRIER[name], order="C"))
    return len(arrays) - 1


def _check(name: str, size: int) -> None:
    """Before anything is copied: a tensor that is expanded can be larger than the memory."""
    if name not in _CARRIER:
        raise WireError(f"The array holds {name}; float32 or float64 is wanted.")
    if size * 8 > MAX_BODY:
        raise WireError(f"The array has {size} entries, which is more than any answer needs.")


def _checked_int(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise WireError("The integer does not fit into 64 bits.")
    return value


def _finite_or_name(value: float) -> float | str:
    return value if math.isfinite(value) else repr(value)


def _key(key: Any) -> str:
    if type(key) is not str:
        raise WireError(f"A dictionary key is of type {type(key).__name__}; strings are wanted.")
    return key


def _refusal(value: Any) -> str:
    kind = type(value)
    if isinstance(value, torch.Tensor):
        return f"The value is a {kind.__name__}, a subclass of torch.Tensor; return a plain torch.Tensor."
    article = "an" if kind.__name__[:1].lower() in "aeiou" else "a"
    return (
        f"The value is {article} {kind.__name__}; tensors, numbers, strings, None and tuples, lists or "
        "dictionaries of them can be judged."
    )


# --- nodes to values -------------------------------------------------------------------------------------------


def decode(node: Any, arrays: list[np.ndarray], special: Callable[[list], Any] | None = None) -> Any:
    """The value of a node, on the student's side as torch tensors (`special` resolves callbacks and the like)."""
    return _decode(node, arrays, _as_torch, special)


def decode_plain(node: Any, arrays: list[np.ndarray]) -> Any:
    """The value of a node, on the judge's side: arrays become `Plain`, nothing else but built-in types appears."""
    return _decode(node, arrays, _as_plain, None)


def _decode(node: Any, arrays: list, leaf: Callable, special: Callable | None, depth: int = 0) -> Any:
    if type(node) is not list or not node or type(node[0]) is not str or depth > MAX_DEPTH + 1:
        raise WireError("A value in the frame is malformed.")
    kind, *rest = node
    if kind == "none" and not rest:
        return None
    if kind in _SCALARS and len(rest) == 1:
        return _SCALARS[kind](rest[0])
    if kind in ("list", "tuple") and len(rest) == 1 and type(rest[0]) is list:
        items = [_decode(item, arrays, leaf, special, depth + 1) for item in rest[0]]
        return items if kind == "list" else tuple(items)
    if kind == "dict" and len(rest) == 1 and type(rest[0]) is dict:
        return {str(k): _decode(v, arrays, leaf, special, depth + 1) for k, v in rest[0].items()}
    if kind in ("tensor", "array"):
        return leaf(kind, *_array_fields(kind, rest, arrays))
    if special is not None and kind in ("callback", "kept", "net"):
        return special(node)
    raise WireError(f"A value in the frame has the unknown kind {kind!r}.")


def _array_fields(kind: str, rest: list, arrays: list) -> tuple[np.ndarray, str, str]:
    number, *names = rest or [None]
    if type(number) is not int or any(type(name) is not str for name in names):
        raise WireError("An array in the frame is malformed.")
    if len(names) != (2 if kind == "tensor" else 1) or not 0 <= number < len(arrays):
        raise WireError("An array in the frame is malformed or missing.")
    if _CARRIER.get(names[0]) != arrays[number].dtype.str:
        raise WireError("An array in the frame is not of the type that it claims.")
    return arrays[number], names[0], names[1] if kind == "tensor" else "cpu"


def _as_plain(kind: str, array: np.ndarray, dtype: str, device: str) -> Plain:
    return Plain(array, kind, dtype, device[:20])


def _as_torch(kind: str, array: np.ndarray, dtype: str, device: str) -> Any:
    if kind == "array":
        return np.array(array, dtype=dtype)
    return torch.from_numpy(np.array(array)).to(dtype=getattr(torch, dtype), device=device)


def _exact(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise WireError(f"A {kind.__name__} in the frame is malformed.")
        return value

    return check


def _int(value: Any) -> int:
    return _checked_int(_exact(int)(value))


def _float(value: Any) -> float:
    if type(value) is not float and value not in ("nan", "inf", "-inf"):
        raise WireError("A float in the frame is malformed.")
    return float(value)


_SCALARS = {"bool": _exact(bool), "int": _int, "float": _float, "str": _exact(str)}


# --- frames ----------------------------------------------------------------------------------------------------


def put(stream: BinaryIO, head: dict, arrays: list[np.ndarray]) -> None:
    """Write one frame. Raises WireError if it is larger than the limits."""
    head = {**head, "arrays": [[a.dtype.str, list(a.shape)] for a in arrays]}
    header = json.dumps(head, allow_nan=False).encode()
    body = b"".join(a.tobytes() for a in arrays)
    if len(header) > MAX_HEADER or len(body) > MAX_BODY:
        raise WireError("The answer is larger than a frame may be.")
    stream.write(struct.pack("<II", len(header), len(body)) + header + body)
    stream.flush()


def get(stream: BinaryIO) -> tuple[dict, list[np.ndarray]]:
    """Read one frame. Raises EOFError at the end of the stream, WireError for a frame that is not one."""
    n_header, n_body = struct.unpack("<II", _read(stream, 8))
    if n_header > MAX_HEADER or n_body > MAX_BODY:
        raise WireError("The frame is larger than a frame may be.")
    try:
        head = json.loads(_read(stream, n_header))
    except (ValueError, RecursionError) as error:
        raise WireError("The header of the frame is not JSON.") from error
    body = _read(stream, n_body)
    if type(head) is not dict or type(head.get("arrays")) is not list:
        raise WireError("The header of the frame lacks its list of arrays.")
    return head, _slice(head.pop("arrays"), body)


def copied(head: dict, arrays: list[np.ndarray]) -> tuple[dict, list[np.ndarray]]:
    """What the other side would read: it shares no memory with this one. Raises what `put` raises."""
    stream = io.BytesIO()
    put(stream, head, arrays)
    stream.seek(0)
    return get(stream)


def _read(stream: BinaryIO, n: int) -> bytes:
    parts, missing = [], n
    while missing:
        part = stream.read(min(missing, 1 << 20))
        if not part:
            raise EOFError("The other side closed the connection.")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _slice(shapes: list, body: bytes) -> list[np.ndarray]:
    arrays, offset = [], 0
    for item in shapes:
        dtype, shape = _checked_shape(item)
        count = math.prod(shape)
        if offset + count * dtype.itemsize > len(body):
            raise WireError("The frame is shorter than its arrays.")
        try:
            arrays.append(np.frombuffer(body, dtype, count, offset).reshape(shape))
        except ValueError as error:  # without entries, but with axes longer than any array's
            raise WireError("An array in the frame has an impossible shape.") from error
        offset += count * dtype.itemsize
    if offset != len(body):
        raise WireError("The frame is longer than its arrays.")
    return arrays


def _checked_shape(item: Any) -> tuple[np.dtype, list[int]]:
    if type(item) is not list or len(item) != 2 or item[0] not in WIRE_DTYPES or type(item[1]) is not list:
        raise WireError("An array in the frame is malformed.")
    if len(item[1]) > 16 or any(type(n) is not int or not 0 <= n <= MAX_BODY for n in item[1]):
        raise WireError("An array in the frame has an impossible shape.")
    return np.dtype(item[0]), item[1]
