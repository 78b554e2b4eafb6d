"""The process that reads what students handed in: `python -m autograder.grading.reading.reader DESCRIPTOR MEGABYTES`.

It answers one request after the other on a stream socket, and is killed by whoever asked if it takes too long:

    → uint32 length | uint64 length | request (JSON) | the bytes of a file
    ← uint32 length | reply (JSON): {"done": …}, {"refused": sentence} or {"memory": true}

    {"read": true}                  the cells, as autograder.grading.reading.handed.Handed.plain
    {"mentions": [[words], …]}      as autograder.grading.reading.mentions
"""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import struct
import sys
from typing import Any, BinaryIO

from autograder.grading.reading.mentions import mentions
from autograder.grading.reading.parsing import parsed
from autograder.grading.reading.unreadable import Unreadable
from pushforward.answering.walls import die_with_parent

READY = b"ready"


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the other side closes."""
    while head := source.read(12):
        short, long = struct.unpack("<IQ", head)
        reply = _reply(json.loads(source.read(short)), source.read(long))
        text = json.dumps(reply, ensure_ascii=False).encode("utf-8", "surrogatepass")
        sink.write(struct.pack("<I", len(text)) + text)
        sink.flush()


def _reply(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    try:
        if "mentions" in request:
            return {"done": mentions(content, request["mentions"])}
        return {"done": parsed(content).plain()}
    except Unreadable as problem:
        return {"refused": str(problem)}
    except MemoryError:
        return {"memory": True}


def _limit(megabytes: int) -> None:
    """So much memory, with all that Python itself takes: libraries included, a file has most of it."""
    with contextlib.suppress(ValueError, OSError):  # a system that keeps no such limit
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    die_with_parent()
    _limit(int(sys.argv[2]))
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        channel.sendall(READY)
        serve(channel.makefile("rb"), channel.makefile("wb"))
