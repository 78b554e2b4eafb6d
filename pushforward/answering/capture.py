"""Keep what a student's code prints away from the result of its check.

Stock nbgrader gives 0 to a cell with anything on standard error, a warning included. So while student code runs,
file descriptors 1 and 2 and Python's own streams lead into a temporary file, whose text the result can show.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import sys
import tempfile
from collections.abc import Iterator

from pushforward.answering.shell import in_a_notebook

LIMIT = 4_000  # characters kept


class Printed:
    """What was printed, once the `with` block is over."""

    text: str = ""


@contextlib.contextmanager
def captured() -> Iterator[Printed]:
    """Within the block, everything written to standard output and error lands in the yielded `Printed`."""
    printed = Printed()
    with tempfile.TemporaryFile() as file, _descriptors_to(file.fileno()):
        stream = io.TextIOWrapper(os.fdopen(os.dup(file.fileno()), "wb", 0), "utf-8", "replace", write_through=True)
        try:
            with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                yield printed
        finally:
            _flush_all()
            with contextlib.suppress(Exception):  # the block may have taken its streams apart
                stream.close()
            file.seek(0)
            printed.text = file.read(4 * LIMIT).decode("utf-8", "replace")[:LIMIT]


@contextlib.contextmanager
def _descriptors_to(target: int) -> Iterator[None]:
    _flush_all()
    try:
        saved = os.dup(1), os.dup(2)
    except OSError:  # a process without standard streams has nothing to capture
        yield
        return
    os.dup2(target, 1), os.dup2(target, 2)
    try:
        yield
    finally:
        _flush_all()
        for descriptor, copy in zip((1, 2), saved, strict=True):
            os.dup2(copy, descriptor)
            os.close(copy)


def _flush_all() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).fflush(None)


def forget_earlier_output() -> None:
    """Clear what the running notebook cell has shown so far (a logger may have kept the notebook's own stream)."""
    if in_a_notebook():
        _flush_all()
        from IPython.display import clear_output

        clear_output()
