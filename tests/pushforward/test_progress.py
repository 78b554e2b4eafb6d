"""Bars stay off standard error, and a demonstration that cannot run yet says so without stopping the notebook."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import jupytext
import pytest

from autograder.building.source import blank, tag_of
from pushforward.progress import progress, waiting_for

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "solutions").glob("*.py"))
UNFINISHED = "This demonstration"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# --- bars ------------------------------------------------------------------------------------------------------


def test_a_bar_is_written_to_standard_output_only(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert list(progress(range(3), "steps")) == [0, 1, 2]
    assert "steps" in out.getvalue()
    assert err.getvalue() == ""


def test_a_bar_is_silent_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert list(progress(range(3), "steps")) == [0, 1, 2]
    assert out.getvalue() == ""


# --- waiting ---------------------------------------------------------------------------------------------------


def unwritten() -> None:
    raise NotImplementedError()


def caller_of_another() -> None:
    unwritten()


@pytest.mark.parametrize("function", [unwritten, caller_of_another])
def test_a_blank_is_named_and_stops_nothing(function, capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("caller_of_another"):
        function()
    assert capsys.readouterr().out.startswith("This demonstration waits for unwritten:")


def test_a_function_whose_cell_has_not_run_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("never_defined"):
        never_defined()  # noqa: F821
    assert "waits for never_defined" in capsys.readouterr().out


def test_a_wrong_answer_stops_nothing_and_its_error_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("alpha_bar", "q_sample"):
        raise ValueError("shapes differ")
    said = capsys.readouterr().out
    assert "uses alpha_bar and q_sample" in said
    assert "ValueError: shapes differ" in said


def test_a_demonstration_that_runs_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("alpha_bar"):
        pass
    assert capsys.readouterr() == ("", "")


# --- the notebooks, in one process and without a kernel ----------------------------------------------------------


def run(source: Path, blanks: bool) -> list[str]:
    """What each demonstration of a notebook prints, with the answers or with blanks in their place."""
    names, printed = {"__name__": "notebook", "display": lambda shown: None}, []
    for cell in jupytext.read(source).cells:
        tag = tag_of(cell)
        if cell.cell_type != "code" or tag.kind == "check":
            continue
        text = blank(cell) if blanks and tag.kind == "solve" else cell.source
        stream, sys.stdout = sys.stdout, io.StringIO()
        try:
            exec(compile(text, f"{source.name}, a {tag.kind} cell", "exec"), names)
        finally:
            stream, sys.stdout = sys.stdout, stream
        if tag.kind == "demo":
            printed.append(stream.getvalue())
    return printed


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_demonstration_waits_where_the_answers_are_right(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")
    assert [text for text in run(source, blanks=False) if UNFINISHED in text] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_blanks_make_demonstrations_wait_and_stop_nothing(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")
    waiting = [text for text in run(source, blanks=True) if UNFINISHED in text]
    assert waiting
    assert all("waits for" in text for text in waiting)
