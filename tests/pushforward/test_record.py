"""What has been reached is kept beside the notebooks, and a bad file stops nothing."""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pushforward.record import NAME, Reached, recall, remember

ID = "start.standardise"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder, and the notebook."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=None)))
    return tmp_path


def test_the_latest_result_of_each_exercise_is_kept(folder: Path) -> None:
    assert recall() == {}
    remember(ID, Reached(2.0, True))
    remember("diffusion.step", Reached(0.5, False))
    remember(ID, Reached(1.0, False))
    assert recall() == {ID: Reached(1.0, False), "diffusion.step": Reached(0.5, False)}
    assert [path.name for path in folder.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"exercises": 3}',
        '{"exercises": {"a": 1}}',
        "[" * 100_000,
        '{"exercises": {"a": {"points": "x"}}}',
        '{"exercises": {"a": {"points": NaN, "full": true}, "b": {"points": -1, "full": true}, "c": {"points": 1}}}',
    ],
)
def test_a_file_that_cannot_be_read_counts_as_nothing_done_and_is_written_anew(folder: Path, text: str) -> None:
    (folder / NAME).write_text(text)
    assert recall() == {}
    remember(ID, Reached(2.0, True))
    assert recall() == {ID: Reached(2.0, True)}


def test_what_can_be_read_of_a_damaged_file_stays(folder: Path) -> None:
    sound = {"points": 1, "full": False}
    (folder / NAME).write_text(json.dumps({"exercises": {"a": sound, "b": {**sound, "points": None}}}))
    assert recall() == {"a": Reached(1, False)}


def test_bytes_that_are_no_text_count_as_nothing_done(folder: Path) -> None:
    (folder / NAME).write_bytes(b"\xff\xfe\x00")
    assert recall() == {}


def test_a_file_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    (folder / NAME).mkdir()
    remember(ID, Reached(2.0, True))
    assert os.listdir(folder) == [NAME]


def test_graded_work_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    remember(ID, Reached(2.0, True))
    assert not list(folder.iterdir())


def test_outside_a_notebook_there_is_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    remember(ID, Reached(2.0, True))
    assert not list(folder.iterdir())
