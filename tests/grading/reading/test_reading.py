"""What is handed in is read elsewhere: what takes too long or too much is refused, and the next file is read."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
from collections.abc import Iterator

import psutil
import pytest

from autograder.grading.reading import parsing, reading
from autograder.grading.reading.handed import Cell, Handed
from autograder.grading.reading.unreadable import Unreadable
from tests.damage.hostile import BOMB

HONEST = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1", "id": "a", "metadata": {}}]}).encode()
READ = Handed((Cell("code", "x = 1", "a"),), "", ())
MANY = b'{"cells": [' + b"{}," * 4_000_000 + b"{}]}"  # 12 MB, as objects 300


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """Each test with a process of its own, whatever was read before."""
    reading.close()
    yield
    reading.close()


def process() -> psutil.Process:
    """The one that parses; behind the wall it is the last of its line."""
    outer = psutil.Process(reading._kept().process.pid)
    return [outer, *outer.children(recursive=True)][-1]


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as problem:
        reading.read(content)
    assert "\n" not in str(problem.value)
    return str(problem.value)


@pytest.mark.parametrize(
    "content", [HONEST, b"# %%\nx = 1\n", b"# %% [markdown]\n# # \xc3\xa9\n", b'{"cells": [7, {}]}']
)
def test_it_reads_what_parsing_reads(content: bytes) -> None:
    there, here = (
        dataclasses.replace(found, cells=tuple(dataclasses.replace(cell, id="") for cell in found.cells))
        for found in (reading.read(content), parsing.parsed(content))  # jupytext draws its ids
    )
    assert there == here


def test_the_same_process_reads_file_after_file() -> None:
    assert reading.read(HONEST) == READ
    first = process().pid
    assert "no notebook" in refusal(b"{}")
    assert reading.read(HONEST) == READ
    assert process().pid == first


@pytest.mark.parametrize(
    "content",
    [b"# %%\nx = 1\n", HONEST.replace(b'"id"', b'"attachments": {"a": {"image/png": ""}}, "id"'), b"%PDF-1.7"],
)
def test_who_needs_more_than_json_has_a_process_for_himself(content: bytes) -> None:
    reading.read(HONEST)
    first = process()
    with contextlib.suppress(Unreadable):
        reading.read(content)
    first.wait(60)
    assert reading.read(HONEST) == READ


def test_a_header_that_expands_without_end_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(BOMB) < 560
    monkeypatch.setattr(reading, "SECONDS", 1.0)
    assert "Reading your file took more than" in refusal(BOMB)
    assert reading.read(HONEST) == READ


def test_what_takes_too_much_memory_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MEMORY", 256)
    reading.read(HONEST)
    first = process()
    assert "took more than 256 MB of memory" in refusal(MANY)
    first.wait(60)
    assert reading.read(HONEST) == READ


def test_a_reader_that_dies_costs_its_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    reading.read(HONEST)
    reader, send = process(), reading.Reader._send

    def too_late(self: reading.Reader, data: bytes) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            reader.kill()
        reader.wait(60)
        send(self, data)

    monkeypatch.setattr(reading.Reader, "_send", too_late)
    assert "ended the program that reads it" in refusal(HONEST)
    monkeypatch.undo()
    assert reading.read(HONEST) == READ


def test_one_that_has_died_meanwhile_costs_nothing() -> None:
    reading.read(HONEST)
    os.kill(reading._kept().process.pid, signal.SIGKILL)
    reading._kept().process.wait()
    assert reading.read(HONEST) == READ


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="without bubblewrap there is no wall")
def test_it_stands_behind_the_wall_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADERS_SECRET", "word")
    reading.read(HONEST)
    variables = process().environ()
    assert variables
    assert "GRADERS_SECRET" not in variables
    assert os.readlink(f"/proc/{process().pid}/ns/net") != os.readlink("/proc/self/ns/net")


def test_without_a_wall_it_is_another_process_with_the_same_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADERS_SECRET", "word")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(reading, "MEMORY", 256)
    assert reading.read(HONEST) == READ
    assert process().pid == reading._kept().process.pid
    assert "GRADERS_SECRET" not in process().environ()
    assert "took more than 256 MB of memory" in refusal(MANY)


def test_a_fork_speaks_to_a_reader_of_its_own() -> None:
    reading.read(HONEST)
    if (child := os.fork()) == 0:
        os._exit(0 if reading.read(HONEST) == READ and not reading.close() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert reading.read(HONEST) == READ


@pytest.mark.parametrize("reply", [None, 7, [[], "", [7]], [[["code", "x"]], "", []], [[["code", 7, "", ""]], "", []]])
def test_a_reply_that_is_none_is_no_notebook(reply: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.Reader, "ask", lambda *_: reply)
    assert "could not be read" in refusal(HONEST)


def test_what_comes_out_is_bounded() -> None:
    cells = [{"cell_type": "markdown", "source": "x" * 1_000_000} for _ in range(17)]
    assert "more than 16 million characters" in refusal(json.dumps({"cells": cells}).encode())
    named = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "g" * 10_000}}}
    kernel = {"kernelspec": {"name": "k" * 10_000}}
    found = reading.read(json.dumps({"cells": [named], "metadata": kernel}).encode())
    assert len(found.cells[0].grade_id) == len(found.kernel) == parsing.MOST_NAME


def test_only_known_words_are_counted() -> None:
    content = b'"grade_id": "ours" "grade_id": "ours" "grade_id": "theirs" check("a.b") def f' + b" def g" * 1_000_000
    assert reading.mentions(content, [{"ours"}, {"a.b"}, {"f"}]) == [{"ours": 2}, {"a.b": 1}, {"f": 1}]
