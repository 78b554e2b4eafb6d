"""Bars stay off standard error, and a demonstration that cannot run yet says so without stopping the notebook."""

from __future__ import annotations

import io
import sys

import pytest

from pushforward.waiting import waiting_for, with_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# --- bars ------------------------------------------------------------------------------------------------------


def test_a_bar_is_written_to_standard_output_only(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert list(with_bar(range(3), "steps")) == [0, 1, 2]
    assert "steps" in out.getvalue()
    assert err.getvalue() == ""


def test_a_bar_ends_in_a_line_that_a_saved_file_can_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    bar = with_bar(range(3), "training")
    for _ in bar:
        bar.set_postfix_str("loss 0.25")
    last = out.getvalue().rstrip("\n").split("\r")[-1]
    assert last.startswith("training: 100%")
    assert "3/3" in last
    assert "loss 0.25" in last
    assert len(last) <= 88


def test_a_bar_is_silent_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert list(with_bar(range(3), "steps")) == [0, 1, 2]
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


def test_only_the_first_line_of_a_long_error_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("alpha_bar", "q_sample", "encode"):
        raise ValueError("not positive definite:\n[[1, 2],\n [3, 4]]")
    said = capsys.readouterr().out
    assert "uses alpha_bar, q_sample and encode and stopped with ValueError: not positive definite. The checks" in said
    assert "[[" not in said


def test_a_demonstration_that_runs_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting_for("alpha_bar"):
        pass
    assert capsys.readouterr() == ("", "")
