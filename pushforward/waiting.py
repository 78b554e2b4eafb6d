"""What is done and what is still to come: a bar for long loops, a sentence for pictures that wait for an exercise."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

from pushforward.errors import listed

Item = TypeVar("Item")


def with_bar(items: Iterable[Item], label: str) -> tqdm[Item]:
    """The items, with a bar that says how far the loop has come.

    It is plain text, so that a saved notebook keeps its last state: how long the loop took, and how it ended. It goes
    to standard output, since stock nbgrader takes standard error for a failure, and stays silent where nobody watches.
    """
    return tqdm(items, desc=label, file=sys.stdout, ncols=88, mininterval=0.5, disable=not _somebody_watches())


def _somebody_watches() -> bool:
    graded = "NBGRADER_EXECUTION" in os.environ
    return not graded and ("ipykernel" in sys.modules or sys.stdout.isatty())


@contextlib.contextmanager
def waiting_for(*names: str) -> Iterator[None]:
    """A demonstration that uses the reader's functions: while one is blank or wrong, say so in a sentence and go on.

    with waiting_for("alpha_bar"):
        show(draw(alpha_bar(beta)), alt="…")
    """
    try:
        yield
    except Exception as error:
        print(_sentence(error, names))


def _sentence(error: Exception, names: tuple[str, ...]) -> str:
    missing = _missing(error, names)
    if missing:
        return f"This demonstration waits for {missing}: write it above, then run this cell again."
    first = next(iter(str(error).splitlines()), "").rstrip(" :.")  # some libraries print whole matrices below it
    stopped = f"{type(error).__name__}: {first}".rstrip(": ")
    return f"This demonstration uses {listed(names)} and stopped with {stopped}. The checks above say more."


def _missing(error: Exception, names: tuple[str, ...]) -> str | None:
    """The function that is not written yet; a blank raises NotImplementedError without a word, as no library does."""
    if isinstance(error, NotImplementedError) and not error.args:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        return frames[-1].f_code.co_name
    return error.name if isinstance(error, NameError) and error.name in names else None
