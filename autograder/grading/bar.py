"""How far a run has come: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import TextIO

from tqdm import tqdm

EVERY = 30.0  # seconds between two lines in a log


class Bar:
    """Counts submissions, with their rate and the time left."""

    def __init__(self, total: int, done: int, to: TextIO) -> None:
        """done: those of earlier runs, which the rate leaves out."""
        self._to, self._start, self._told = to, time.monotonic(), time.monotonic()
        self._total, self._done, self._before = total, done, done
        self._bar = tqdm(total=total, initial=done, unit="notebook", desc="Grading", file=to) if to.isatty() else None

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            self.say(self._line())

    def say(self, sentence: str) -> None:
        """A line that the bar does not overwrite."""
        tqdm.write(sentence, file=self._to)
        self._to.flush()

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()

    def _line(self) -> str:
        now = self._done - self._before
        elapsed = time.monotonic() - self._start
        return tqdm.format_meter(
            self._done, self._total, elapsed, prefix="Grading", unit="notebook", rate=now / elapsed, ncols=0
        )
