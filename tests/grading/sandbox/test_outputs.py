"""What a cell shows can be opened by a teacher: text, pictures and errors come through, nothing that could act."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.sandbox.outputs import LEFT_OUT, Room, outputs
from tests.grading.hostile import HOSTILE

PNG = base64.b64encode(b"\x89PNG any bytes").decode()


def shown(data: Any, kind: Any = "display_data") -> list:
    return outputs("", [{"type": kind, "data": data}])


def test_text_comes_first_then_what_was_displayed() -> None:
    found = outputs(
        "printed\n",
        [
            {"type": "display_data", "data": {"text/plain": "<Figure>", "image/png": PNG}},
            {"type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["line 1", "line 2"]},
            {"type": "execute_result", "data": {"text/plain": "5"}},
        ],
    )
    assert [output.output_type for output in found] == ["stream", "display_data", "error", "execute_result"]
    assert (found[0].name, found[0].text) == ("stdout", "printed\n")
    assert found[1].data == {"text/plain": "<Figure>", "image/png": PNG}
    assert (found[2].ename, found[2].evalue, found[2].traceback) == ("ValueError", "no", ["line 1", "line 2"])
    assert found[3].data == {"text/plain": "5"}
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=found)]))


def test_nothing_shown_is_nothing() -> None:
    assert outputs("", []) == []


@pytest.mark.parametrize(
    "mime",
    ["text/html", "image/svg+xml", "application/javascript", "text/markdown", "text/latex", "application/json",
     "application/vnd.jupyter.widget-view+json", "text/PLAIN", "image/gif", "application/pdf", ""],
)  # fmt: skip
def test_only_text_and_pictures_come_through(mime: str) -> None:
    assert shown({mime: PNG}) == []
    assert shown({mime: PNG, "text/plain": "beside it"})[0].data == {"text/plain": "beside it"}


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg"])
@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "é", "AA==\0", "data:text/html,x", "\ud800", *HOSTILE])
def test_a_picture_is_base64_and_nothing_else(mime: str, text: str) -> None:
    for output in shown({mime: text}):
        assert output.data[mime].isascii()
        assert not set(output.data[mime]) & set("<>\"'&:,")
    assert shown({mime: PNG})[0].data == {mime: PNG}
    assert shown({mime: PNG[:4] + "\n" + PNG[4:]})  # some encoders break lines


@pytest.mark.parametrize("value", [None, 5, 0.5, True, ["a"], {"a": "b"}, [["image/png"]]])
def test_what_is_of_the_wrong_type_is_left_out(value: Any) -> None:
    assert shown({"text/plain": value}) == shown({"image/png": value}) == []
    assert outputs("", [value]) == []
    if type(value) is not dict:
        assert shown(value) == []
    assert shown({"text/plain": "x"}, kind=value) == []


@pytest.mark.parametrize("kind", ["stream", "update_display_data", "html", "", "ERROR"])
def test_other_kinds_of_output_are_left_out(kind: str) -> None:
    assert shown({"text/plain": "x"}, kind=kind) == []
    assert outputs("", [{"data": {"text/plain": "x"}}]) == []


def test_an_error_of_wrong_types_is_still_an_error() -> None:
    for wrong in (None, 5, ["x"], {"a": 1}):
        (found,) = outputs("", [{"type": "error", "ename": wrong, "evalue": wrong, "traceback": wrong}])
        assert (found.ename, found.evalue) == ("Error", "")
        assert all(type(line) is str for line in found.traceback)
    assert outputs("", [{"type": "error"}])[0].traceback == []
    mixed = {"type": "error", "ename": "E", "evalue": "v", "traceback": ["a", 5, None, "b"]}
    assert outputs("", [mixed])[0].traceback == ["a", "b"]


def test_nothing_is_taken_over_that_was_not_asked_for() -> None:
    sent = {"type": "display_data", "data": {"text/plain": "x"}, "metadata": {"isolated": True}, "transient": {"a": 1}}
    (found,) = outputs("", [sent])
    assert dict(found) == {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}}


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\0", "ok\0\ud800", "\ud83d\ude00"])
def test_text_can_be_written_to_every_file_and_database(text: str) -> None:
    error = {"type": "error", "ename": text, "evalue": text, "traceback": [text]}
    found = outputs(text, [{"type": "display_data", "data": {"text/plain": text}}, error])
    written = nbformat.writes(new_notebook(cells=[new_code_cell(outputs=found)]))
    assert written.encode()
    assert "\\u0000" not in written
    assert "\\ud" not in written


def pictures(n: int, size: int) -> list:
    return outputs("", [{"type": "display_data", "data": {"image/png": "A" * size}} for _ in range(n)])


def said(found: list) -> list[str]:
    return [output.text for output in found if output.output_type == "stream"]


def test_all_that_a_notebook_shows_has_one_room() -> None:
    room = Room(characters=10_000)
    first, second, third = (room.fitted(pictures(1, 4000)) for _ in range(3))
    assert (len(first), len(second), said(first + second)) == (1, 1, [])
    assert said(third) == [LEFT_OUT]
    assert len(third) == 1
    assert said(room.fitted(pictures(1, 1))) == [LEFT_OUT]  # what is small does not slip through behind it


def test_what_is_printed_takes_of_the_same_room() -> None:
    room = Room(characters=10_000)
    assert said(room.fitted(outputs("x" * 9000, []))) == ["x" * 9000]
    assert said(room.fitted(pictures(1, 2000))) == [LEFT_OUT]


def test_the_number_of_outputs_is_limited_too_and_what_fits_stays() -> None:
    found = Room(number=3).fitted(pictures(5, 1))
    assert [output.output_type for output in found] == ["display_data"] * 3 + ["stream"]
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=found)]))


def test_a_notebook_full_of_honest_pictures_finds_room() -> None:
    room = Room()
    for _ in range(60):
        assert said(room.fitted(pictures(2, 100_000))) == []
    assert not room.full
