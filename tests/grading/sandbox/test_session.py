"""A notebook's way through its processes: what ends one costs only itself, up to a point, and the end says why."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from autograder.grading.model import Limits
from autograder.grading.sandbox.ended import Ended
from autograder.grading.sandbox.sandbox import Sandbox
from autograder.grading.sandbox.session import AGAIN, Link, Session
from autograder.judging.bounded import bounded
from tests.grading.inside import PATIENCE, USUAL, eventually, kill_warm

pytestmark = pytest.mark.xdist_group("sandbox")
EXIT = "import os\nos._exit(3)"
COMPUTES = "end = time.process_time() + {}; [None for _ in iter(lambda: time.process_time() < end, False)]"
ENDED = "The code ended its process (exit status 3)."


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    yield made
    made.close()


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with Session(sandbox, USUAL) as begun:
        yield begun


def shows(session: Session, source: str) -> str:
    """The text of a cell's result."""
    outcome, _ = session.run(source, "A cell")
    return outcome["outputs"][-1]["data"]["text/plain"]


def ask(link: Link, name: str, respond=None, *args: list) -> dict:
    head = {"verb": "call", "of": name, "method": None, "seed": 0, "args": list(args), "kwargs": {}}
    return link.ask(head, [], respond)[0]


def test_cells_see_what_earlier_ones_made_and_print(session: Session) -> None:
    assert session.run("x = 40\nprint('a')", "A cell") == ({"ok": True, "outputs": []}, "a\n")
    assert shows(session, "x + 2") == "42"
    assert session.run("print('b')", "A cell")[1] == "b\n"
    assert (session.closed, session.incidents, session.lost) == ("", [], 0)


def test_an_error_ends_its_cell_only(session: Session) -> None:
    outcome, _ = session.run("x = 40\n1 / 0", "A cell")
    assert not outcome["ok"]
    assert shows(session, "x + 2") == "42"
    assert session.incidents == []  # everybody makes errors


def test_a_cell_that_ends_the_process_costs_only_itself(session: Session) -> None:
    session.run("x = 40", "The first cell")
    session.run("import sys\nprint('loud')\ny = 2\n1 / 0", "The second cell")
    assert session.run(f"x = 'lost'\n{EXIT}", "The third cell") == (None, "")
    assert shows(session, "x + y") == "42"
    assert session.run("1", "A cell")[1] == ""  # what was printed again is not shown again
    assert session.incidents == [f"The third cell: {ENDED}"]
    assert session.closed == ""


@pytest.mark.parametrize(
    ("source", "sentence"),
    [("while True: pass", "time was over"), ("while True: print('x' * 9999)", "more than 1 MB"),
     (EXIT, "exit status 3"), ("import ctypes\nctypes.string_at(0)", "signal 11")],
)  # fmt: skip
def test_whatever_ends_it(sandbox: Sandbox, source: str, sentence: str) -> None:
    with Session(sandbox, Limits(cell_seconds=2, output=1)) as session:
        session.run("x = 42", "A cell")
        assert session.run(source, "The long cell")[0] is None
        assert shows(session, "x") == "42"
        (incident,) = session.incidents
    assert incident.startswith("The long cell: ")
    assert sentence in incident


def test_a_notebook_may_end_its_process_so_often(session: Session) -> None:
    session.run("x = 42", "A cell")
    for number in range(AGAIN):
        session.run(EXIT, f"Cell {number}")
        assert shows(session, "x") == "42"
    session.run(EXIT, "The last cell")
    assert session.closed == f"The notebook ended its process {AGAIN + 1} times."
    assert session.run("x", "A cell") == (None, "")
    link = session.link("A check")
    error = ask(link, "x")["error"]
    assert error == {"kind": "ended", "message": f"The check did not run. {session.closed}"}
    assert (link.answered, link.over) == (0, None)
    assert session.plan([["demo", "a = 1"], ["solve", "a"]]) == []
    assert session.incidents[-1] == f"The last cell: {ENDED}"
    assert len(session.incidents) == AGAIN + 1


def test_a_check_whose_function_ends_the_process_costs_only_itself(session: Session) -> None:
    session.run("x = 42\ndef leave():\n    import os\n    os._exit(3)\ndef stay(): return x", "A cell")
    before, link = session.inmate, session.link("The check of a")
    assert ask(link, "stay") == {"value": ["int", 42]}
    for _ in range(AGAIN + 5):  # a check has many questions, all of them in vain now
        assert ask(link, "leave") == ask(link, "stay") == {"error": {"kind": "ended", "message": ENDED}}
    assert (link.answered, link.over.kind, session.lost) == (1, "ended", 1)
    assert session.incidents == [f"The check of a: {ENDED}"]
    other = session.link("The check of b")
    assert ask(other, "stay") == {"value": ["int", 42]}
    assert session.inmate is not before
    assert other.over is None


def test_a_check_has_the_time_of_a_cell_for_all_its_questions(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=2)) as session:
        session.run("import time\ndef wait(): time.sleep(0.6)\ndef one(): return 1", "A cell")
        link = session.link("The check of a")
        answers = [ask(link, "wait") for _ in range(10)]
        assert answers[0] == {"value": ["none"]}
        assert answers[-1]["error"]["kind"] == "late"
        assert 1 <= link.answered <= 6  # what is left of a wait when an answer comes is not counted
        assert session.lost == 1
        assert session.by_clock == ["The check of a"]
        assert ask(session.link("The check of b"), "one") == {"value": ["int", 1]}


def test_running_the_cells_again_takes_no_time_from_a_check(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=2)) as session:
        for _ in range(3):
            session.run(f"import time\n{COMPUTES.format(0.7)}\ntime.sleep(0.7)\ndef one(): return 1", "A long cell")
        session.run(EXIT, "A cell")
        link = session.link("The check of a")
        assert ask(link, "one") == {"value": ["int", 1]}
        assert link.left.cpu > 1


def test_what_a_check_has_computed_is_taken_from_its_time(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=2, patience=100)) as session:
        session.run(f"import time\ndef work():\n    {COMPUTES.format(0.6)}", "A cell")
        link = session.link("The check of a")
        answers = [ask(link, "work") for _ in range(10)]
        assert answers[0] == {"value": ["none"]}
        assert answers[-1]["error"]["kind"] == "late"
        assert 1 <= link.answered <= 4
        assert (link.over.by_clock, session.by_clock) == (False, [])


@pytest.mark.parametrize(
    ("source", "by_clock"),
    [("while True: pass", False), ("import os\nos.fork()\nwhile True: pass", False),
     ("import os, time\nwhile True:\n    os.fork() or os._exit(sum(range(10**7)) % 2)\n    os.wait()", False),
     ("import time\ntime.sleep(600)", True),
     ("import threading\nlock = threading.Lock()\nlock.acquire(), lock.acquire()", True),
     ("import time\nwhile True:\n    print('.')\n    time.sleep(0.01)", True),
     ("import socket\nhere, there = socket.socketpair()\nhere.recv(1)", True)],
)  # fmt: skip
def test_loops_are_told_from_sleep(sandbox: Sandbox, source: str, by_clock: bool) -> None:
    """What computes uses its seconds up, whoever does it; what does not is ended by the clock."""
    with Session(sandbox, Limits(cell_seconds=1, patience=100)) as session:
        assert session.run(source, "The cell")[0] is None
        assert session.by_clock == ["The cell"] * by_clock
        (incident,) = session.incidents
        assert ("by the clock" in incident) == by_clock


def test_what_hides_its_computing_and_never_sleeps_is_ended_by_the_clock(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=1, patience=0.5)) as session:
        session.run("while True: pass", "The cell")
        assert session.by_clock == ["The cell"]


def test_a_frame_out_of_order_ends_the_notebook(session: Session) -> None:
    session.run("def one(): return 1", "A cell")
    assert session.run("import os\nos.write(3, b'GET / HTTP/1.1')", "The cell") == (None, "")
    assert session.closed.startswith("The code sent a malformed frame")
    assert session.incidents == [f"The cell: {session.closed}"]
    assert session.run("1", "A cell") == (None, "")
    assert ask(session.link("A check"), "one")["error"]["kind"] == "ended"


def test_a_notebook_has_its_time(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=PATIENCE, notebook_seconds=1, patience=100)) as session:
        assert session.run("def one(): return 1\nwhile True: pass", "The long cell")[0] is None
        assert session.incidents == ["The long cell: The time was over: is there a loop that never ends?"]
        assert session.run("1", "A cell") == (None, "")
        assert session.closed == "The notebook took longer than 1 s."
        assert "did not run. The notebook took longer" in ask(session.link("A check"), "one")["error"]["message"]
        assert session.incidents.count(session.closed) == 1
        assert session.by_clock == []


def test_a_notebook_that_sleeps_has_its_time_too(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=PATIENCE, notebook_seconds=1)) as session:
        session.run("import time\ntime.sleep(600)", "The long cell")
        assert session.run("1", "A cell") == (None, "")
        assert session.closed == "The notebook took longer than 1 s."
        assert session.by_clock == ["The long cell", "The notebook"]


def test_cells_that_end_the_process_the_second_time_end_the_notebook(session: Session) -> None:
    session.run(EXIT, "A cell")
    session.done.append(EXIT)  # as a cell that does so by chance, or to find out
    assert session.run("1", "A cell") == (None, "")
    assert session.closed == "The notebook's cells ended their process when they were run again."
    assert session.incidents[-1] == f"The cells of the notebook, run again: {ENDED}"


def test_the_plan_of_a_process_that_ends_is_empty(session: Session) -> None:
    cells = [["demo", "a = 1"], ["solve", "a"]]
    assert session.plan(cells) == [0]
    session.run("import os, pushforward.answering.cells as c\nc.needed = lambda *_: os._exit(3)", "A cell")
    assert session.plan(cells) == []
    assert session.incidents == [f"The notebook: {ENDED}"]


def test_what_goes_on_printing_is_a_cells_own_fault(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=PATIENCE, output=1)) as session:
        source = "import os, threading\ndef chatter():\n    while True: os.write(1, b'x' * 4096)\n"
        session.run(source + "threading.Thread(target=chatter, daemon=True).start()", "The cell")
        while session.inmate.alive and not session.closed:
            session.run("1", "A cell")
        assert all("more than 1 MB" in incident for incident in session.incidents)


def test_what_a_check_prints_is_kept_apart(session: Session) -> None:
    session.run("print('cell')\ndef loud(): print('asked')", "A cell")
    link = session.link("A check")
    ask(link, "loud")
    assert link.printed() == "asked\n"
    assert session.run("1", "A cell")[1] == ""


def test_the_judges_time_is_not_the_students(session: Session) -> None:
    session.run("import time\ndef f(net):\n    net()\n    time.sleep(0.2)", "A cell")
    begun, cells = time.monotonic(), session.clock.cells
    assert cells > 0

    def respond(call: dict, arrays: list) -> tuple[dict, list]:
        time.sleep(0.5)
        return {"value": ["none"]}, []

    link = session.link("A check")
    ask(link, "f", respond, ["callback", "net"])
    assert 0.2 <= link.student <= time.monotonic() - begun - 0.5
    assert session.clock.student == link.student
    assert session.clock.cells == cells


@pytest.mark.parametrize("where", ["run", "ask"])
def test_a_sandbox_that_dies_is_nobodys_fault(sandbox: Sandbox, where: str) -> None:
    with Session(sandbox, USUAL) as session:
        session.run("import time\ndef wait(): time.sleep(600)", "A cell")
        threading.Timer(0.1, kill_warm, [sandbox]).start()
        with pytest.raises(Ended) as end:
            ask(session.link("A check"), "wait") if where == "ask" else session.run("wait()", "A cell")
    assert end.value.kind == "sandbox"
    assert (session.incidents, session.lost, session.closed) == ([], 0, "")


LATER = """
import subprocess, sys
def grow():
    for _ in range(3):
        subprocess.Popen([sys.executable, "-c", "import time; x = b'x' * (150 << 20); time.sleep(600)"])
    return 1
"""


def test_memory_is_watched_while_the_judge_works(sandbox: Sandbox) -> None:
    """What a function has started goes on when it has answered."""
    with Session(sandbox, Limits(cell_seconds=PATIENCE, memory=150)) as session:
        session.run(LATER, "A cell")
        link = session.link("The check of a")
        with bounded(link.look, link.turn):
            assert ask(link, "grow") == {"value": ["int", 1]}
            assert eventually(lambda: link.over)
        assert link.over.kind == "memory"
        assert "150 MB of memory" in ask(link, "grow")["error"]["message"]
        assert session.incidents == [f"The check of a: {link.over.sentence}"]
        assert ask(session.link("The check of b"), "grow") == {"value": ["int", 1]}


def test_memory_is_watched_while_a_callback_is_answered(sandbox: Sandbox) -> None:
    with Session(sandbox, Limits(cell_seconds=PATIENCE, memory=150)) as session:
        session.run(f"{LATER}\ndef calls(f):\n    grow()\n    return f(2)", "A cell")
        link = session.link("The check of a")

        def respond(*_) -> tuple[dict, list]:
            assert eventually(lambda: link.over)
            return {"value": ["int", 3]}, []

        with bounded(link.look, link.turn):
            assert ask(link, "calls", respond, ["callback", "f"])["error"]["kind"] == "ended"
        assert (link.over.kind, len(session.incidents)) == ("memory", 1)
