"""A process that has imported everything once and is forked for each submission. It never runs a student's code.

`python -m pushforward.answering.warm DESCRIPTOR MODE` serves a socket (SOCK_SEQPACKET, one JSON object a message):

    → {"start": limits}  with two descriptors, a stream socket to the grader and a pipe for what is printed
    ← {"started": true}
    → {"end": true}       kill the child and everything in its world
    ← {"ended": status}   a wait status, sent once for each start, also if the child ended by itself

MODE is "walls" (inside bubblewrap: each child gets namespaces of its own), "bare" (no isolation), or "rooted" (walls,
but root stays root, for a test in which the files are open).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Callable
from typing import NoReturn

from pushforward.answering import walls

IMPORTED = (
    *("matplotlib.pyplot", "scipy.integrate", "scipy.optimize", "scipy.special", "scipy.stats", "sklearn.datasets"),
    *("pushforward.data", "pushforward.figures.style", "pushforward.train", "pushforward.figures.explorer"),
)


def serve(control: socket.socket, mode: str) -> None:
    """Fork for each start, one child at a time, until the other side closes."""
    answer = _prepared()
    _send(control, {"ready": True})
    while True:
        message, descriptors = _receive(control)
        if "start" in message and len(descriptors) == 2:
            _one_child(control, mode, message["start"], descriptors, answer)


def _prepared() -> Callable:
    """Import what notebooks import, and make the shell that every child inherits. No thread, no torch computation."""
    for module in IMPORTED:
        importlib.import_module(module)
    from pushforward.answering.cells import Cells

    cells = Cells()
    gc.collect()
    gc.freeze()  # pages that the collector never touches stay shared with the children
    return cells.serve


def _one_child(control: socket.socket, mode: str, limits: dict, descriptors: list[int], serve: Callable) -> None:
    alive, life = os.pipe()
    folder = tempfile.mkdtemp() if mode == "bare" else None
    middle = os.fork()
    if middle == 0:
        control.close(), os.close(alive)  # the grader sees at once if the warm process dies
        _middle(mode, limits, descriptors, serve, life, folder)
    for descriptor in (life, *descriptors):
        os.close(descriptor)
    _send(control, {"started": True})
    ready, _, _ = select.select([alive, control], [], [])
    if alive not in ready:
        closed = not control.recv(1024)  # "end", or the grader is gone
        with contextlib.suppress(ProcessLookupError):
            os.kill(middle, signal.SIGTERM)
    status = os.read(alive, 4)  # the middle says how its child ended, then ends itself
    os.close(alive)
    os.waitpid(middle, 0)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    if alive not in ready and closed:
        sys.exit(0)
    _send(control, {"ended": struct.unpack("<i", status)[0] if len(status) == 4 else -1})


def _middle(
    mode: str, limits: dict, descriptors: list[int], serve: Callable, life: int, folder: str | None
) -> NoReturn:
    """The process between: it makes the walls, waits outside of them, and reports the end."""

    def run() -> None:
        os.close(life)
        serve(*_arranged(descriptors))
        os._exit(0)

    def on_death(status: int) -> None:
        os.write(life, struct.pack("<i", status))

    os.dup2(descriptors[1], 2)
    try:
        if mode != "bare":
            walls.fork_inside(run, limits, on_death)
        _fork_bare(run, limits, on_death, folder)
    except BaseException as error:
        walls.complain(error)


def _fork_bare(run: Callable[[], None], limits: dict, on_death: Callable[[int], None], folder: str | None) -> NoReturn:
    """Without walls: a folder of its own, the kernel's limits, and a process group that ends together."""
    child = walls.fork()
    if child == 0:
        os.setsid()
        walls.die_with_parent()
        os.chdir(folder)
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = folder
        walls.limit(limits)
        run()
    status = walls.wait_for(child)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    on_death(status)
    os._exit(0)


def _arranged(descriptors: list[int]) -> tuple[socket.socket]:
    """Standard output and error become the pipe, standard input nothing; only the channel stays open beside them."""
    channel, output = descriptors
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0), os.dup2(output, 1), os.dup2(output, 2)
    channel = os.dup2(channel, 3, inheritable=False) if channel != 3 else channel
    os.closerange(4, 4096)
    return (socket.socket(fileno=channel),)


def _send(control: socket.socket, message: dict) -> None:
    try:
        control.send(json.dumps(message).encode())
    except OSError:  # the grader is gone, and so is the reason to go on
        sys.exit(0)


def _receive(control: socket.socket) -> tuple[dict, list[int]]:
    data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 4)
    if not data:
        sys.exit(0)
    return json.loads(data), descriptors


if __name__ == "__main__":
    if sys.argv[2] != "bare" and os.getuid() == 0:
        walls.become_nobody() if sys.argv[2] == "walls" else walls.fresh_proc()
    for judge in ("autograder", "autograder.judging.judge", "autograder.checks"):
        sys.modules[judge] = None  # type: ignore[assignment]  # the judge does not exist in this process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to answer
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
