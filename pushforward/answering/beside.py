"""The files that were handed in with a notebook, in the folder in which its cells run."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys

import numpy as np

WORD = 8  # bytes of the whole numbers in which contents travel


def packed(content: bytes) -> np.ndarray:
    """Bytes as the wire carries them: whole numbers, filled up with zeros."""
    return np.frombuffer(content + bytes(-len(content) % WORD), "<i8")


def place(files: list[list], arrays: list[np.ndarray]) -> int:
    """Write them below the working folder; returns how many there was room for. files: [path, size in bytes]."""
    contents = (array.tobytes()[:size] for (_, size), array in zip(files, arrays, strict=True))
    written = sum(_is_written(path, content) for (path, _), content in zip(files, contents, strict=True))
    importlib.invalidate_caches()
    return written


def _is_written(path: str, content: bytes) -> bool:
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    except OSError:
        with contextlib.suppress(OSError):  # a part of it would take the others' room
            os.remove(path)
        return False
    return True


def importable() -> None:
    """Let cells import what lies in the working folder, first, as a notebook does."""
    here = os.getcwd()
    sys.path[:] = [here, *(path for path in sys.path if path not in ("", here))]
