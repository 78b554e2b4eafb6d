"""A check that takes long says where it is, and one that is interrupted ends in a sentence."""

from __future__ import annotations

import contextlib
import contextvars
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

from pushforward.answering.shell import in_a_notebook
from pushforward.errors import CourseError

PATIENCE = 3.0  # seconds before the first word
PAUSE = 1.0  # seconds between two

Say = Callable[[str], None]


def watched() -> contextlib.AbstractContextManager[None]:
    """In a notebook, `telling` below the cell; elsewhere there is nothing to be shown, and an interrupt stays one."""
    return telling(_below_the_cell()) if in_a_notebook() else contextlib.nullcontext()


@contextlib.contextmanager
def telling(say: Say, patience: float = PATIENCE, pause: float = PAUSE) -> Iterator[None]:
    """While the block runs, `say` hears "26 s in `f`, line 2" again and again.

    Raises CourseError in place of an interrupt, with the place that was reached.
    """
    started, over = time.monotonic(), threading.Event()
    caller = threading.get_ident()

    def tell() -> None:
        wait = patience
        while not over.wait(wait):
            wait = pause
            place = _place(_students(traceback.walk_stack(sys._current_frames()[caller])))
            say(f"{time.monotonic() - started:.0f} s{place}")

    context = contextvars.copy_context()  # a notebook knows by it to which cell an output belongs
    thread = threading.Thread(target=context.run, args=(tell,), daemon=True)
    thread.start()
    try:
        yield
    except KeyboardInterrupt as error:
        place = _place(_students(reversed([*traceback.walk_tb(error.__traceback__)])))
        took = f"{time.monotonic() - started:.0f} s"
        raise CourseError(
            f"You stopped this check after {took}{place}. Nothing was judged: look there for a loop that does not end, "
            "or for far too many steps, then check again."
        ) from None
    finally:
        over.set()
        thread.join()


def _students(inside_out: Iterable[tuple[FrameType, int]]) -> tuple[str, int] | None:
    """Name and line of the innermost of the student's own functions."""
    from pushforward.answering.run import is_students  # brings torch, which whoever only grades does not need

    return next(((f.f_code.co_name, line) for f, line in inside_out if is_students(f.f_code.co_filename)), None)


def _place(found: tuple[str, int] | None) -> str:
    return f" in `{found[0]}`, line {found[1]}" if found else ""


def _below_the_cell() -> Say:
    """Shows a sentence there, in place of the one before it."""
    shown: list[Any] = []

    def say(sentence: str) -> None:
        from IPython.display import Markdown, display

        words = Markdown(f"⏳ {sentence}. A check rarely takes this long; ■ (interrupt the kernel) stops it.")
        if shown:
            shown[0].update(words)
        else:
            shown.append(display(words, display_id=True))

    return say
