"""A notebook's cells in a process of their own: what they show, which demonstrations they need, how asks are answered.

The shell is a singleton that changes its process for good, so it is made in another one, spoken to as the grader does.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from pushforward.answering import wire
from pushforward.answering.cells import MOST_SHOWN

NURSERY = """
import os, signal, socket, sys
from pushforward.answering.cells import Cells
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
cells, control = Cells(), socket.socket(fileno=int(sys.argv[1]))
while True:
    _, (channel, printed), _, _ = socket.recv_fds(control, 1, 2)
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(printed, 1), os.dup2(printed, 2)
        cells.serve(socket.socket(fileno=channel))
        os._exit(0)
    os.close(channel), os.close(printed)
"""


class Process:
    """The other end: one message, one answer. printed: what arrived at its standard output and error."""

    def __init__(self, channel: socket.socket, printed: BinaryIO) -> None:
        self.source, self.sink, self.printed = channel.makefile("rb"), channel.makefile("wb"), printed

    def exchange(self, head: dict) -> dict:
        wire.put(self.sink, head, [])
        return wire.get(self.source)[0]

    def run(self, source: str) -> tuple[bool, list]:
        ran = self.exchange({"run": source})["ran"]
        return ran["ok"], ran["outputs"]

    def prints(self, source: str) -> str:
        before = self.printed.seek(0, os.SEEK_END)
        self.run(source)
        self.printed.seek(before)
        return self.printed.read().decode()

    def needed(self, *cells: str) -> list[int]:
        """The demonstrations that other cells need; "demo:" and "solve:" head the cells."""
        return self.exchange({"plan": [cell.split(":", 1) for cell in cells]})["needed"]

    def call(self, name: str, **more: Any) -> dict:
        return self.exchange({"verb": "call", "of": name, "args": [], "kwargs": {}, "seed": 0, "id": 5, **more})


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[socket.socket]:
    """Makes the shell once and forks it for each pair of descriptors that is sent to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    folder = str(tmp_path_factory.mktemp("cells"))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "IPYTHONDIR": folder, "MPLCONFIGDIR": folder}
    environment.pop("MPLBACKEND", None)
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environment,
        stdin=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        theirs.close()
        yield ours
        running.kill()
    ours.close()


@pytest.fixture
def process(nursery: socket.socket, tmp_path: Path) -> Iterator[Process]:
    ours, theirs = socket.socketpair()
    ours.settimeout(120)
    with ours, theirs, open(tmp_path / "printed", "w+b") as printed:
        socket.send_fds(nursery, [b"x"], [theirs.fileno(), printed.fileno()])
        theirs.close()
        yield Process(ours, printed)


# --- which demonstrations are needed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "use",
    ["a", "print(a)", "def f():\n    return a", "def f(x=a): ...", "def f(x):\n    def g():\n        return x + a",
     "lambda x: x + a", "class C:\n    b = a", "class C:\n    def m(self):\n        return a", "a.b = 1", "a[0] = 1",
     "[x for x in a]", "def f():\n    global a\n    a.append(1)", "@a\ndef f(): ...", "def f(x: a): ...", "f'{a}'",
     "x = b, a", "if b:\n    a", "assert a", "a += 1", "a = a + 1", "a: int = a", "del a", "for a in a: ...",
     "for x in a: ...", "with a: ...", "try: ...\nexcept a: ...",
     "%matplotlib inline\na", "%%time\na", "\n%%capture\ndef f():\n    return a"],
)  # fmt: skip
def test_a_name_that_is_used_needs_the_demonstration_that_binds_it(process: Process, use: str) -> None:
    assert process.needed("demo:a = 1", f"solve:{use}", "demo:c = 1") == [0]


@pytest.mark.parametrize(
    "other",
    ["", "# a", "'a'", "b", "def f(a):\n    return a", "def f():\n    a = 2\n    return a", "lambda a: a", "b.a",
     "f(a=1)", "[a for a in b]", "def f():\n    for a in b:\n        print(a)", "class C:\n    a: int = 1",
     "def f():\n    import numpy as a\n    return a", "def f():\n    a = 1\n    def g():\n        return a", "a = 3\na",
     "a = 3\na += 1", "def f():\n    return a\na = 3", "if False:\n    a", "class C:\n    a = 1\n    b = a",
     "from b import a\na()", "def a(): ...", "print(len)"],
)  # fmt: skip
def test_a_name_that_only_looks_alike_needs_nothing(process: Process, other: str) -> None:
    assert process.needed("demo:a = 1", f"solve:{other}", "demo:len = 2") == []


@pytest.mark.parametrize(
    "bind",
    ["a = 1", "a: int = 1", "b, (c, *a) = d", "def a(): ...", "class a: ...", "import a", "import a.b", "import b as a",
     "from b import a", "for a in b: ...", "with b as a: ...", "(a := 1)", "if b:\n    a = 1", "a += 1",
     "def f():\n    global a\n    a = 1", "try: ...\nexcept E as a: ...", "%matplotlib inline\na = 1", "%%time\na = 1"],
)  # fmt: skip
def test_every_way_to_bind_a_name_counts(process: Process, bind: str) -> None:
    assert process.needed(f"demo:{bind}", "solve:a") == [0]


def test_what_another_cell_binds_needs_no_demonstration(process: Process) -> None:
    assert process.needed("given:a = 1", "demo:a = 2", "solve:a") == []
    assert process.needed("demo:a = 2", "solve:def f(): return a", "prose:a = 1") == []


def test_a_name_that_is_used_before_another_cell_binds_it_needs_the_demonstration(process: Process) -> None:
    assert process.needed("demo:a = 2", "solve:a", "prose:a = 1") == [0]
    assert process.needed("demo:a = 2", "given:a = 1", "solve:a += 1") == []


def test_demonstrations_that_need_each_other_come_in_a_chain(process: Process) -> None:
    chain = ["demo:a = 1", "demo:def b():\n    return a", "demo:c = b()", "demo:d = c"]
    assert process.needed(*chain, "solve:c") == [0, 1, 2]
    assert process.needed(*chain, "solve:d") == [0, 1, 2, 3]
    assert process.needed(*reversed(chain), "solve:c") == [1, 2, 3]
    assert process.needed(*chain, "solve:e") == []
    assert process.needed("demo:a = b", "demo:b = a", "solve:a") == [0, 1]
    assert process.needed("demo:a = []", "demo:a.append(1)", "demo:a = 2", "solve:a") == [0, 2]


def test_a_demonstration_alone_is_not_needed(process: Process) -> None:
    assert process.needed("demo:a = 1", "demo:print(a)") == []
    assert process.needed("demo:a", "solve:a = 1") == []
    assert process.needed() == []


@pytest.mark.parametrize("broken", ["def f(:", "a = = a", "%%bash\necho a", "!echo $a", "\0", "a?", "'''", "\ud800"])
def test_a_cell_that_is_no_python_needs_and_binds_nothing(process: Process, broken: str) -> None:
    assert process.needed("demo:a = 1", f"solve:{broken}") == []
    assert process.needed("demo:a = 1", f"demo:{broken}", f"solve:{broken}", "solve:a") == [0]


def test_a_star_import_hides_no_use(process: Process) -> None:
    assert process.needed("given:from math import *", "demo:sin = 1", "demo:x = 1", "solve:sin(0)") == [1]
    assert process.needed("demo:from math import *", "solve:b") == []


# --- what a cell shows -----------------------------------------------------------------------------------------


def test_the_last_expression_is_the_result(process: Process) -> None:
    assert process.run("1 + 1") == (True, [{"type": "execute_result", "data": {"text/plain": "2"}}])
    assert process.run("1 + 1;") == (True, [])
    assert process.run("x = 1") == process.run("") == process.run("# nothing") == process.run("None") == (True, [])


def test_names_stay_for_later_cells(process: Process) -> None:
    process.run("kept = 40")
    assert process.run("kept + 2")[1][0]["data"]["text/plain"] == "42"
    assert process.run("_ + 1")[1][0]["data"]["text/plain"] == "43"


def test_what_is_displayed_comes_before_the_result(process: Process) -> None:
    ok, shown = process.run("display(1)\ndisplay('two')\n3")
    assert ok
    assert [(o["type"], o["data"]["text/plain"]) for o in shown] == [
        ("display_data", "1"),
        ("display_data", "'two'"),
        ("execute_result", "3"),
    ]


def test_only_safe_types_are_shown(process: Process) -> None:
    _, shown = process.run("from IPython.display import HTML, SVG, Javascript\ndisplay(HTML('<b>x</b>'))\nHTML('y')")
    assert [set(output["data"]) for output in shown] == [{"text/plain"}] * 2


def test_what_is_printed_goes_to_the_pipe_in_order(process: Process) -> None:
    printed = process.prints("import sys, os\nprint('a'); print('b', file=sys.stderr)\nprint('é \\ud800')")
    assert printed.startswith("a\n")
    assert "b\n" in printed
    assert "é \\ud800" in printed
    assert process.run("print('not shown twice')") == (True, [])


def test_a_picture_is_shown(process: Process) -> None:
    ok, (picture,) = process.run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert ok
    assert picture["type"] == "display_data"
    assert base64.b64decode(picture["data"]["image/png"]).startswith(b"\x89PNG")
    (picture,) = process.run("plt.plot([3, 4]);")[1]  # as a notebook, which shows what is still open
    assert "image/png" in picture["data"]


def test_cleared_outputs_are_gone(process: Process) -> None:
    _, shown = process.run("from IPython.display import clear_output\ndisplay(1)\nclear_output()\ndisplay(2)")
    assert [output["data"]["text/plain"] for output in shown] == ["2"]


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [("1 / 0", "ZeroDivisionError", "division by zero"), ("def f(:", "SyntaxError", ""),
     ("raise KeyboardInterrupt", "KeyboardInterrupt", ""), ("undefined", "NameError", "name 'undefined'"),
     ("raise ValueError('é\\0\\ud800')", "ValueError", "é"),
     ("raise type('Own', (BaseException,), {})", "Own", ""), ("%nosuchmagic", "UsageError", "")],
)  # fmt: skip
def test_an_error_is_shown_and_ends_the_cell_only(process: Process, source: str, name: str, value: str) -> None:
    ok, shown = process.run(f"{source}\nprint('not reached')")
    assert not ok
    errors = [output for output in shown if output["type"] == "error"]
    if name != "UsageError":  # IPython prints these
        assert (errors[0]["ename"], value in errors[0]["evalue"]) == (name, True)
    assert process.run("1")[0]


@pytest.mark.parametrize(
    "source",
    ["import sys\nsys.exit(3)", "raise SystemExit", "exit()", "quit()",
     "class E(Exception):\n    def __str__(self): raise ValueError('no')\nraise E",
     "class E(BaseException):\n    def __str__(self): raise SystemExit\nraise E",
     "class R:\n    def __repr__(self): raise ValueError('no')\nR()",
     "class R:\n    def __repr__(self): raise SystemExit\nR()",
     "import sys\nsys.stdout = None\nprint('x')", "import sys\nsys.stdout = 5", "import sys\nsys.stdout.close()",
     "display({'text/plain': 5}, raw=True)", "display({'image/png': None}, raw=True)",
     "import warnings\nwarnings.simplefilter('error')", "get_ipython().shown = None",
     "display({'text/plain': object()}, raw=True)"],
)  # fmt: skip
def test_nothing_that_a_cell_does_to_its_shell_ends_the_process(process: Process, source: str) -> None:
    process.run(source)
    process.run("def seven(): return 7")
    assert process.call("seven") == {"value": ["int", 7], "id": 5}


# --- sizes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["x", "é", "✓", "\U0001f393", "\\n", "\\\\", "\\ud800", "\\x00", '"'])
def test_more_than_a_frame_holds_is_left_out_with_a_word(process: Process, letter: str) -> None:
    source = f"display({{'text/plain': '{letter}' * {MOST_SHOWN - 1000}}}, raw=True)"
    ok, shown = process.run(f"display(1)\n{source}\n{source}\ndisplay(2)")
    assert ok
    assert shown[0]["data"] == {"text/plain": "1"}
    assert shown[-1]["data"] == {"text/plain": "(more was shown than is kept)"}
    assert 2 <= len(shown) <= 3


def test_many_outputs_are_kept_up_to_the_size(process: Process) -> None:
    ok, shown = process.run("for k in range(20_000): display({'text/plain': str(k)}, raw=True)")
    assert ok
    assert shown[0]["data"] == {"text/plain": "0"}
    assert 1000 < len(shown) < 20_000
    assert shown[-1]["data"] == {"text/plain": "(more was shown than is kept)"}


def test_long_errors_are_shortened(process: Process) -> None:
    _, (error,) = process.run("raise type('E' * 10**6, (Exception,), {})('é' * 10**6)")
    assert len(error["ename"]) == 100
    assert len(error["evalue"]) == 2000
    assert all(len(line) <= 4000 for line in error["traceback"])
    _, (error,) = process.run("def f(n):\n    if n: g(n - 1)\n    1 / 0\ndef g(n): f(n)\nf(30)")
    assert len(error["traceback"]) <= 40


# --- asks ------------------------------------------------------------------------------------------------------


def test_asks_find_what_the_cells_defined(process: Process) -> None:
    process.run("def seven(): return 7")
    assert process.call("seven") == {"value": ["int", 7], "id": 5}
    assert process.call("nothing_like_it")["error"]["kind"] == "missing"


def test_an_answer_that_no_frame_holds_is_refused_and_the_next_is_not(process: Process) -> None:
    process.run("def large(): return ['x' * 10_000] * 200\ndef one(): return 1")
    answer = process.call("large")
    assert (answer["id"], answer["error"]["kind"]) == (5, "refused")
    assert process.call("one", id=6) == {"value": ["int", 1], "id": 6}


def test_a_check_in_a_cell_asks_nobody(process: Process) -> None:
    ok, shown = process.run("from pushforward.check import check\ncheck('start.standardise')")
    assert (ok, shown) == (True, [])


def test_standard_input_is_empty(process: Process) -> None:
    ok, shown = process.run("import sys\nsys.stdin.read()")
    assert (ok, shown[0]["data"]["text/plain"]) == (True, "''")
    ok, shown = process.run("input('your name? ')")
    assert (ok, shown[-1]["type"]) == (False, "error")
