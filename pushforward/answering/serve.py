"""A file of answers that serves asks: `python -m pushforward.answering.serve FILE`, on standard input and output."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pushforward.answering import wire
from pushforward.answering.elsewhere import judged_elsewhere
from pushforward.answering.run import Frame, Runner, refused, where


def serve(path: str) -> None:
    """Run the file, then answer asks until the other side closes. Standard streams belong to the student's code."""
    source, sink = _private_streams()
    try:
        namespace = load(path)
    except BaseException as error:
        wire.put(sink, {"failed": _loading_error(error)}, [])
        return
    wire.put(sink, {"ready": True}, [])
    runner = Runner(namespace)

    def reply(head: dict, arrays: list) -> Frame:
        wire.put(sink, head, arrays)
        return wire.get(source)

    while True:
        try:
            head, arrays = wire.get(source)
        except EOFError:
            return
        answer, out = runner.perform(head, arrays, reply)
        try:
            wire.put(sink, {**answer, "id": head["id"]}, out)
        except wire.WireError as error:
            wire.put(sink, {**refused(error)[0], "id": head["id"]}, [])


def load(path: str) -> dict[str, Any]:
    """The names that a file of answers defines. Checks that the file itself calls do nothing: the judge asks."""
    judged_elsewhere()
    module = sys.modules["answers"] = ModuleType("answers")  # dataclasses look their module up
    module.__file__ = path
    exec(compile(Path(path).read_bytes(), path, "exec", dont_inherit=True), vars(module))
    return vars(module)


def _private_streams() -> tuple[Any, Any]:
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return source, sink


def _loading_error(error: BaseException) -> dict[str, Any]:
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()[:200]
        return {"type": "SyntaxError", "message": error.msg, "line": error.lineno, "source": line}
    return where(error)


if __name__ == "__main__":
    for judge_module in ("autograder", "autograder.judging.judge", "autograder.checks"):
        sys.modules[judge_module] = None  # type: ignore[assignment]  # the judge does not exist in this process
    serve(sys.argv[1])
