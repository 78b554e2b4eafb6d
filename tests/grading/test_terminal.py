"""What people see while a class is graded: a bar or a line now and then, no noise, and an orderly end."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading import bar as module
from autograder.grading.bar import Bar
from autograder.grading.interrupt import interruptible
from autograder.grading.quiet import quiet
from autograder.grading.records.files import write
from pushforward.errors import CourseError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_with_rate_and_time_left() -> None:
    to = Terminal()
    bar = Bar(100, 40, to)
    for _ in range(10):
        bar._bar.last_print_t = 0  # as if time had passed
        bar.advance()
    bar.close()
    last = to.getvalue().split("\r")[-1]
    assert "50/100" in last
    assert "notebook/s" in last
    assert "<" in last


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    to = io.StringIO()
    bar = Bar(100, 40, to)
    bar.advance()
    assert to.getvalue() == ""
    monkeypatch.setattr(module, "EVERY", -1.0)
    bar.advance()
    bar.advance()
    bar.close()
    assert [line.split()[2] for line in to.getvalue().splitlines()] == ["42/100", "43/100"]


def test_what_is_said_stands_on_a_line_of_its_own() -> None:
    for to in (Terminal(), io.StringIO()):
        bar = Bar(3, 0, to)
        bar.say("No workers yet.")
        bar.close()
        assert "No workers yet.\n" in to.getvalue()


def test_libraries_and_children_write_to_the_log_and_we_to_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "folder" / "log.txt"
    with quiet(log) as terminal:
        os.write(1, b"a descriptor\n")
        subprocess.run([sys.executable, "-S", "-c", "print('a child')"], check=True)
        print("for people", file=terminal)
    print("afterwards")
    assert capfd.readouterr() == ("afterwards\n", "for people\n")
    assert {"a child", "a descriptor"} <= set(log.read_text().splitlines())


def test_the_log_begins_anew_with_every_run(tmp_path: Path) -> None:
    for _ in range(2):
        with quiet(tmp_path / "log.txt"):
            os.write(2, b"once\n")
    assert (tmp_path / "log.txt").read_text() == "once\n"


def test_open_descriptors_do_not_grow(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd") if sys.platform == "linux" else []
    for _ in range(3):
        with quiet(tmp_path / "log.txt"):
            pass
    assert len(os.listdir("/proc/self/fd") if sys.platform == "linux" else []) == len(before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_interrupts_and_the_second_does_not_disturb(number: int) -> None:
    before, tidied = signal.getsignal(number), False

    def stopped() -> None:
        nonlocal tidied
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(number)
            tidied = True

    with pytest.raises(KeyboardInterrupt), interruptible():
        stopped()
    assert tidied
    assert signal.getsignal(number) == before


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "file.txt"
    write(path, "old")
    monkeypatch.setattr(os, "replace", _full)
    with pytest.raises(CourseError, match=r"The disk is full .*make room, then run the same command again"):
        write(path, "new")
    assert path.read_text() == "old"


def _full(*arguments: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="below cannot be written"):
        write(tmp_path / "file" / "below", "x")
