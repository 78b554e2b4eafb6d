"""The version that is judged is the last one that ran, which need not be the one that stands in the cell.

A cell with a syntax error defines nothing, and Python goes on with what an earlier version of it has defined.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from pushforward.answering.shell import shell


def stale(names: Iterable[str]) -> str:
    """A sentence about the first of these functions whose last cell could not be read, "" where all could.

    names: what an exercise asks for. Only a notebook remembers its cells; elsewhere nothing is known.
    """
    ipython = shell()
    cells = list(getattr(getattr(ipython, "history_manager", None), "input_hist_raw", []))
    for name in names:
        last = next((cell for cell in reversed(cells) if re.search(rf"^\s*(def|class)\s+{name}\b", cell, re.M)), None)
        error = _syntax_error(ipython, last) if last else None
        if error is not None:
            return (
                f"The last cell that defines `{name}` has a syntax error ({error.msg}, line {error.lineno}), so it did "
                "not run: what is judged is the version before it. Mend that cell, run it, then check again."
            )
    return ""


def _syntax_error(ipython: Any, cell: str) -> SyntaxError | None:
    try:
        ast.parse(ipython.transform_cell(cell))
    except SyntaxError as error:
        return error
    return None
