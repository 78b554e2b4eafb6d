"""What a cell showed, as notebook outputs that are safe to open: text, pictures, errors; no HTML, no scripts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.grading.sandbox.tame import inert

LEFT_OUT = "(More was shown than is kept of a notebook: this and what follows was left out.)"

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*", re.ASCII)


def outputs(printed: str, shown: list) -> list[NotebookNode]:
    """Printed text first, then what was displayed. Anything that is not of the expected form is left out."""
    text = [new_output("stream", name="stdout", text=inert(printed))] if printed else []
    return text + [output for item in shown if type(item) is dict and (output := _output(item)) is not None]


@dataclass
class Room:
    """What is kept of all outputs of a notebook together: printed, displayed, errors. A hundred pictures find room.

    characters: as the file will hold them; number: of outputs; full: whether something had to be left out.
    """

    characters: int = 16_000_000
    number: int = 2000
    full: bool = False

    def fitted(self, found: list[NotebookNode]) -> list[NotebookNode]:
        """Those that find room, in order, and a sentence in place of the first that does not and all behind it."""
        kept = []
        for output in found:
            self.characters -= len(json.dumps(output))
            self.number -= 1
            self.full = self.full or min(self.characters, self.number) < 0
            if self.full:
                return [*kept, new_output("stream", name="stderr", text=LEFT_OUT)]
            kept.append(output)
        return kept


def _output(item: dict[str, Any]) -> NotebookNode | None:
    kind = item.get("type")
    if kind == "error":
        trace = item.get("traceback")
        lines = [inert(line) for line in trace if type(line) is str] if type(trace) is list else []
        name, value = (inert(item[k]) if type(item.get(k)) is str else "" for k in ("ename", "evalue"))
        return new_output("error", ename=name or "Error", evalue=value, traceback=lines)
    if kind not in ("display_data", "execute_result") or type(item.get("data")) is not dict:
        return None
    safe = {mime: text for mime, text in item["data"].items() if _is_safe(mime, text)}
    data = {mime: inert(text) if mime == "text/plain" else text for mime, text in safe.items()}
    if not data:
        return None
    return new_output(kind, data=data, **({"execution_count": None} if kind == "execute_result" else {}))


def _is_safe(mime: Any, text: Any) -> bool:
    if type(text) is not str:
        return False
    return mime == "text/plain" or (mime in ("image/png", "image/jpeg") and _BASE64.fullmatch(text) is not None)
