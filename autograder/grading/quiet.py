"""The terminal is for people: what libraries and workers print goes to a file, where somebody can look for a fault."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from autograder.grading.records.files import in_one_sentence


@contextmanager
def quiet(log: Path) -> Iterator[TextIO]:
    """Inside, descriptors 1 and 2 of this process and of all that it starts lead to the file. Yields the terminal."""
    with in_one_sentence(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    sys.stdout.flush(), sys.stderr.flush()
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    try:
        for descriptor in (1, 2):
            os.dup2(sink, descriptor)
        with os.fdopen(os.dup(kept[1]), "w", encoding="utf-8", errors="backslashreplace") as terminal:
            yield terminal
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        for descriptor, old in zip((1, 2), kept, strict=True):
            os.dup2(old, descriptor)
            os.close(old)
        os.close(sink)
