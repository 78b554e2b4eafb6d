"""A second device made of the CPU's own kernels, so that mistakes of device show on a machine without a GPU.

    from tests.device import pretend

    device = pretend.register()          # torch.device("pretend:0"), for the rest of the process
    torch.zeros(3, device=device) + 1    # on "pretend"; mixing devices is refused where CUDA refuses it

Each operation unwraps its tensors, asks what CUDA would ask, runs on the CPU and wraps what comes back. It must be
registered before the process's first backward pass: that is when autograd counts the kinds of devices.

Unlike CUDA, it lets a generator of its own be used for a tensor on the CPU, and draws the CPU's random numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch.utils import backend_registration

NAME = "pretend"
DEVICE = f"{NAME}:0"
_DEVICE = torch.device("privateuseone:0")  # torch's name for it, before and after it has ours

# What CUDA copies from one device to the other, and where it takes an index from the CPU.
COPIES = {"aten::to", "aten::_to_copy", "aten::copy_", "aten::_copy_from"}
INDEXED = {"aten::index", "aten::index_put", "aten::index_put_", "aten::_index_put_impl_", "aten::_unsafe_index"}
# Beside the pointwise operations, those that take a tensor without axes from the CPU for a number.
TAKE_NUMBERS = {"aten::floor_divide", "aten::floor_divide_", "aten::rsub", "aten::fill", "aten::fill_"} | {
    f"aten::{name}" for name in ("masked_fill", "masked_fill_", "index_fill", "index_fill_")
}


def missing() -> str | None:
    """Why this torch cannot have the device, or None if it can."""
    needed = ((backend_registration, "_setup_privateuseone_for_python_backend"), (torch.library.Library, "fallback"))
    gone = [name for owner, name in needed if not hasattr(owner, name)]
    return f"torch {torch.__version__} has no {' and no '.join(gone)}, of which the device is made" if gone else None


class Pretend(torch.Tensor):
    """A tensor that says it lives elsewhere; `raw` holds its numbers on the CPU."""

    raw: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, raw: torch.Tensor) -> Pretend:
        how = {"strides": raw.stride(), "storage_offset": raw.storage_offset(), "dtype": raw.dtype, "device": _DEVICE}
        if torch.is_inference_mode_enabled():  # a view of an ordinary tensor is an ordinary tensor in that mode too
            with torch.inference_mode(False):
                self = torch.Tensor._make_wrapper_subclass(cls, raw.size(), **how)
        else:
            self = torch.Tensor._make_wrapper_subclass(cls, raw.size(), **how)
        self.raw = raw
        return self

    @classmethod
    def __torch_dispatch__(cls, operation: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return perform(operation, args, kwargs or {})

    # What torch does behind the dispatcher's back.

    @property
    def data(self) -> torch.Tensor:
        return self.detach()

    @data.setter
    def data(self, value: torch.Tensor) -> None:
        if not isinstance(value, Pretend):
            raise RuntimeError("Attempted to call `variable.set_data(tensor)` on tensors of different devices.")
        torch.Tensor.data.__set__(self, value)
        self.raw = value.raw

    def __getitem__(self, index: Any) -> torch.Tensor:
        return torch.Tensor.__getitem__(self, _index(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        torch.Tensor.__setitem__(self, _index(index), value)

    def numpy(self, **_: Any) -> Any:
        raise TypeError(f"can't convert {DEVICE} device type tensor to numpy. Use Tensor.cpu() first.")

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self.numpy()

    def tolist(self) -> Any:
        return self.raw.tolist()

    def new_tensor(self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
        made = torch.tensor(data, dtype=dtype or self.dtype, device=device or self.device)
        return made.requires_grad_(requires_grad)

    def __repr__(self, **_: Any) -> str:
        return f"{repr(self.raw)[:-1]}, device='{DEVICE}')"

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.dim() == 0 else format(repr(self), spec)


# --- one operation ---------------------------------------------------------------------------------------------


def perform(operation: Any, args: tuple, kwargs: dict) -> Any:
    """Run it on the CPU; the result lives where CUDA would have put it. Raises RuntimeError where CUDA does."""
    seen: list[torch.Tensor] = []
    bare = [_unwrapped(a, seen) for a in args]
    named = {k: _unwrapped(v, seen) for k, v in kwargs.items()}
    there = [x for x in seen if isinstance(x, Pretend)]
    name = operation._schema.name
    if name == "aten::_efficientzerotensor":  # of forward mode: zeros without memory, which no wrapper can hold
        operation = torch.ops.aten.zeros.default
    if there and len(there) < len(seen) and name not in COPIES:
        _refuse_mixing(operation, name, args, seen)
    elsewhere = _leads_there(name, args, kwargs, there)
    _refuse_foreign_dice(kwargs.get("generator"), elsewhere)
    if elsewhere and kwargs.get("device") is not None:
        named["device"] = torch.device("cpu")
    result = operation(*bare, **named)
    same = {id(x.raw): x for x in there}  # what works in place gives back the very tensor
    return _wrapped(result, same) if elsewhere else result


def _unwrapped(value: Any, seen: list[torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        seen.append(value)
        return value.raw if isinstance(value, Pretend) else value
    return [_unwrapped(v, seen) for v in value] if isinstance(value, (list, tuple)) else value


def _wrapped(value: Any, same: dict[int, Pretend]) -> Any:
    if isinstance(value, torch.Tensor):
        return _kept(same[id(value)]) if id(value) in same else Pretend(value)
    return type(value)(_wrapped(v, same) for v in value) if isinstance(value, (list, tuple)) else value


def _kept(tensor: Pretend) -> Pretend:
    """The same tensor, its wrapper fitted to its numbers where the operation has resized them."""
    if tensor.size() != tensor.raw.size():
        torch.Tensor.data.__set__(tensor, Pretend(tensor.raw))
    return tensor


def _leads_there(name: str, args: tuple, kwargs: dict, there: list) -> bool:
    if name == "aten::copy_":
        return isinstance(args[0], Pretend)
    target = kwargs.get("device")
    return bool(there) if target is None else torch.device(target).type == NAME


def _refuse_mixing(operation: Any, name: str, args: tuple, seen: Iterable[torch.Tensor]) -> None:
    here = [x for x in seen if not isinstance(x, Pretend)]
    if name in INDEXED and isinstance(args[0], Pretend):
        here = [x for x in args[2:3] if isinstance(x, torch.Tensor) and not isinstance(x, Pretend)]  # the new values
    takes_numbers = torch.Tag.pointwise in operation.tags or name in TAKE_NUMBERS | INDEXED or "_foreach" in name
    result_is_here = operation._schema.is_mutable and isinstance(args[0], torch.Tensor) and not _is_there(args[0])
    if result_is_here or not takes_numbers or any(x.dim() > 0 for x in here):
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but found at least two devices, {DEVICE} and cpu! ({name})"
        )


def _is_there(tensor: torch.Tensor) -> bool:
    return isinstance(tensor, Pretend)


def _refuse_foreign_dice(generator: torch.Generator | None, elsewhere: bool) -> None:
    if elsewhere and generator is not None and generator._cdata not in DICE:
        raise RuntimeError(f"Expected a '{NAME}' device type for generator but found 'cpu'")


# --- what torch makes without asking the dispatcher ------------------------------------------------------------

_generator, _tensor, _as_tensor, _asarray = torch.Generator, torch.tensor, torch.as_tensor, torch.asarray
DICE: dict[int, torch.Generator] = {}  # those of this device, by their address; they stay, so that no address returns


class _AnyGenerator(type(_generator)):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _generator)


class Generator(_generator, metaclass=_AnyGenerator):
    """torch.Generator, with one device more."""

    def __new__(cls, device: Any = "cpu") -> torch.Generator:
        if torch.device(device).type != NAME:
            return _generator(device)
        made = _generator.__new__(cls)
        DICE[made._cdata] = made
        return made

    def __init__(self, device: Any = "cpu") -> None: ...

    @property
    def device(self) -> torch.device:
        return torch.device(DEVICE)


def _goes_there(device: Any) -> bool:
    return (torch.empty(0).device if device is None else torch.device(device)).type == NAME


@functools.wraps(_tensor)
def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> torch.Tensor:
    """torch.tensor fills its buffer unseen: on this device it is made on the CPU, and moved."""
    if device is None and isinstance(data, torch.Tensor):
        device = data.device
    if _goes_there(device):
        return _tensor(data, dtype=dtype, device="cpu").to(DEVICE).requires_grad_(requires_grad)
    return _tensor(data, dtype=dtype, device=device, requires_grad=requires_grad, pin_memory=pin_memory)


@functools.wraps(_as_tensor)
def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> torch.Tensor:
    """As `tensor`, but a tensor stays what it is where it may."""
    if isinstance(data, Pretend) or (isinstance(data, torch.Tensor) and device is not None):
        return data.to(device=device or data.device, dtype=dtype or data.dtype)
    return _as_tensor(data, dtype=dtype) if isinstance(data, torch.Tensor) else _made(data, dtype, device)


def _made(data: Any, dtype: Any, device: Any) -> torch.Tensor:
    if _goes_there(device):
        return _as_tensor(data, dtype=dtype, device="cpu").to(DEVICE)
    return _as_tensor(data, dtype=dtype, device=device)


@functools.wraps(_asarray)
def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, **more: Any) -> torch.Tensor:
    if isinstance(obj, Pretend) or _goes_there(device):
        made = as_tensor(obj, dtype=dtype, device=device)
        return made.clone() if copy and made is obj else made
    return _asarray(obj, dtype=dtype, device=device, copy=copy, **more)


def _index(index: Any) -> Any:
    """Lists in an index, which torch makes into tensors unseen, as tensors."""
    if isinstance(index, tuple):
        return tuple(_index(i) for i in index)
    return torch.tensor(index, device=DEVICE) if isinstance(index, (list, np.ndarray)) else index


# --- registering -----------------------------------------------------------------------------------------------


@functools.cache
def register() -> torch.device:
    """Tell torch of the device. It cannot be taken back: have a process for it."""

    class Backend(backend_registration._DummyBackendModule):
        """Its random state is the CPU's."""

        def get_rng_state(self, device: Any = None) -> torch.Tensor:
            return torch.get_rng_state()

        def set_rng_state(self, state: torch.Tensor, device: Any = None) -> None:
            torch.set_rng_state(state)

        def manual_seed(self, seed: int) -> None: ...

    backend_registration._setup_privateuseone_for_python_backend(NAME, backend_module=Backend())
    library = torch.library.Library("_", "IMPL")
    library.fallback(lambda operation, *args, **kwargs: perform(operation, args, kwargs), dispatch_key="PrivateUse1")
    register.library = library  # what it holds ends with it
    torch.Generator, torch.tensor, torch.as_tensor, torch.asarray = Generator, tensor, as_tensor, asarray
    return torch.device(DEVICE)
