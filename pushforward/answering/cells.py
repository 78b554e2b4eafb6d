"""A notebook's cells, one after the other, in a process that holds nothing else, and the asks about what they define.

This is the student's side of grading: it serves one channel, runs what comes, and sends back what was shown. It knows
no expected value, no score and no seed but those of the questions. The messages (frames of pushforward.answering.wire):

    → {"place": [[path, size], …]}        ← {"placed": how many there was room for}; contents as in beside.packed
    → {"plan": [[kind, source], …]}       ← {"needed": [numbers of demonstrations that other cells depend on]}
    → {"run": source}                     ← {"ran": {"ok": bool, "outputs": [...]}}
    → {"verb": …, "id": n, …}             ← {"id": n, "value" or "error": …}, see pushforward.answering.run
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import dis
import json
import os
import socket
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType
from typing import Any, TextIO

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

from pushforward.answering import wire
from pushforward.answering.beside import importable, place
from pushforward.answering.elsewhere import judged_elsewhere
from pushforward.answering.run import Runner, refused

MOST_SHOWN = 700_000  # characters of all outputs of a cell; a frame's header holds 1 MiB
SHOWN_TYPES = ("text/plain", "image/png", "image/jpeg")


class Cells:
    """A shell made once, before anything is forked, and what its current cell has shown."""

    def __init__(self) -> None:
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        HistoryManager.enabled = False
        self.shell = _Shell.instance()
        for first in (
            "import matplotlib.pyplot; del matplotlib",
            "1 / 0",
        ):  # what a first cell and a first error import
            self.shell.run_cell(first, store_history=False)
        judged_elsewhere()

    def serve(self, channel: socket.socket) -> None:
        """Answer messages until the other side closes."""
        source, sink = channel.makefile("rb"), channel.makefile("wb")
        sys.stdin = open(os.devnull)  # noqa: SIM115 (the streams live as long as the process)
        sys.stdout, sys.stderr = _stream(1), _stream(2)
        importable()
        runner = Runner(self.shell.user_ns)

        def reply(head: dict, arrays: list) -> tuple[dict, list]:
            wire.put(sink, head, arrays)
            return wire.get(source)

        while True:
            try:
                head, arrays = wire.get(source)
            except (EOFError, OSError):
                return
            if "place" in head:
                wire.put(sink, {"placed": place(head["place"], arrays)}, [])
            elif "plan" in head:
                wire.put(sink, {"needed": needed(head["plan"], self.shell)}, [])
            elif "run" in head:
                wire.put(sink, {"ran": self.run(head["run"])}, [])
            else:
                self._answer(sink, head, *runner.perform(head, arrays, reply))

    def run(self, source: str) -> dict[str, Any]:
        """One cell, as a notebook runs it. Whatever it raises is shown, and ends the cell only."""
        self.shell.shown = shown = []
        try:
            ok = self.shell.run_cell(source, store_history=True).success
        except BaseException as error:  # something that even a notebook's shell lets through
            ok, shown = False, [*shown, _error(type(error).__name__, "", [])]
        _flush()
        return {"ok": bool(ok), "outputs": list(_fitting(shown))}

    def _answer(self, sink: Any, head: dict, answer: dict, arrays: list) -> None:
        _flush()
        try:
            wire.put(sink, {**answer, "id": head["id"]}, arrays)
        except wire.WireError as error:
            wire.put(sink, {**refused(error)[0], "id": head["id"]}, [])


def _stream(descriptor: int) -> TextIO:
    try:
        return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    except OSError:  # closed by the student's code
        return open(os.devnull, "w")


def _flush() -> None:
    """The student may have replaced the streams by anything: what cannot be flushed gives way to a new one."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        try:
            getattr(sys, name).flush()
        except BaseException:
            setattr(sys, name, _stream(descriptor))


# --- the shell -------------------------------------------------------------------------------------------------


class _Publisher(DisplayPublisher):
    def publish(self, data: dict, metadata: Any = None, **_: Any) -> None:
        self.shell.shown.append({"type": "display_data", "data": data})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.shown.clear()


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        """A notebook's number stands beside the cell."""

    def write_format_data(self, format_dict: dict, md_dict: Any = None) -> None:
        self.shell.shown.append({"type": "execute_result", "data": format_dict})


class _Shell(InteractiveShell):
    """IPython without a terminal: what is displayed is kept, in `shown`."""

    shown: list

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.shown = []
        super().__init__(*args, display_pub_class=_Publisher, displayhook_class=_Hook, **kwargs)

    def _showtraceback(self, etype: Any, evalue: Any, stb: Iterable[str]) -> None:
        self.shown.append(_error(getattr(etype, "__name__", "Error"), str(evalue), list(stb)))


def _error(name: str, value: str, traceback: list[str]) -> dict[str, Any]:
    return {"type": "error", "ename": name, "evalue": value, "traceback": traceback}


def _fitting(shown: list) -> Iterable[dict[str, Any]]:
    """The outputs in types that are safe to show, up to a size."""
    room = MOST_SHOWN
    for output in shown:
        if output["type"] == "error":
            kept = _error(output["ename"][:100], output["evalue"][:2000], [s[:4000] for s in output["traceback"][-40:]])
        else:
            data = {kind: _text(output["data"][kind]) for kind in SHOWN_TYPES if kind in output["data"]}
            kept = {"type": output["type"], "data": data}
        room -= len(json.dumps(kept))  # as the frame will hold it: a letter can take six characters
        if room < 0:
            yield {"type": "display_data", "data": {"text/plain": "(more was shown than is kept)"}}
            return
        yield kept


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return str(value)


# --- which demonstrations are needed ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Names:
    """The global names of a cell. bound: by it; at_once: there must be something under them when the cell starts;
    later: functions that it defines use them."""

    bound: frozenset[str] = frozenset()
    at_once: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()


def needed(plan: list[list[str]], shell: InteractiveShell) -> list[int]:
    """The demonstrations without which the other cells lack a name. Grading skips all others.

    plan: kind and source of every code cell, in order.
    """
    names = [_names(source, shell) for _, source in plan]
    demos = {k for k, (kind, _) in enumerate(plan) if kind == "demo"}
    chosen: set[int] = set()
    while True:
        lacking = _lacking(cell for k, cell in enumerate(names) if k not in demos - chosen)
        more = {k for k in demos - chosen if names[k].bound & lacking}
        if not more:
            return sorted(chosen)
        chosen |= more


def _lacking(cells: Iterable[_Names]) -> set[str]:
    """The names that cells, run in this order, would look for in vain."""
    known, lacking, later = set(dir(builtins)), set(), set()
    for cell in cells:
        lacking |= cell.at_once - known
        later |= cell.later
        known |= cell.bound
    return lacking | later - known


def _names(source: str, shell: InteractiveShell) -> _Names:
    try:
        code = _compiled(source, shell)
    except Exception:  # no Python; running it will say so
        return _Names()
    bound, at_once, later = set(), set(), set()
    for step in dis.get_instructions(code):
        if step.opname in _BINDS:
            bound.add(step.argval)
        elif step.opname in _USES and step.argval not in bound:
            at_once.add(step.argval)
    for inner in _inner(code):
        own = set()  # of the body of a class
        for step in dis.get_instructions(inner):
            if step.opname == "STORE_GLOBAL":
                bound.add(step.argval)
            elif step.opname == "STORE_NAME":
                own.add(step.argval)
            elif step.opname in _USES and step.argval not in own:
                later.add(step.argval)
    return _Names(frozenset(bound), frozenset(at_once), frozenset(later))


_BINDS = ("STORE_NAME", "STORE_GLOBAL")
_USES = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "DELETE_NAME")


def _inner(code: CodeType) -> Iterable[CodeType]:
    """The code of all functions and classes in it, at any depth."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)


def _compiled(source: str, shell: InteractiveShell) -> CodeType:
    """Only what is no plain Python goes through IPython's transformations, which take far longer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(SyntaxError):
            return compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        plain = shell.transform_cell(_without_timing(source))
        return compile(plain, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def _without_timing(source: str) -> str:
    """The cell under a magic such as %%time, which runs it like any other."""
    first, _, rest = source.lstrip().partition("\n")
    return rest if first.startswith(("%%time", "%%capture", "%%prun")) else source
