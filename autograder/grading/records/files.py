"""Writing files so that a kill at any moment leaves the old one or the new one, and a full disk gives one sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pushforward.errors import CourseError

AGAIN = "run the same command again: it goes on where it stopped"


def write(path: Path, content: bytes | str) -> None:
    """Replace the file at once, its folders made where they lack. Raises CourseError if that cannot be done."""
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.part")
    with in_one_sentence(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)


@contextmanager
def in_one_sentence(path: Path) -> Iterator[None]:
    """What the system says about a file, with the mend."""
    try:
        yield
    except OSError as problem:
        raise CourseError(sentence(path, problem)) from None


def sentence(path: Path | str, problem: OSError) -> str:
    """Why a file could not be written, and what to do."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"The disk is full ({path} could not be written): make room, then {AGAIN}."
    return f"{path} cannot be written ({problem.strerror or problem}): mend that, then {AGAIN}."
