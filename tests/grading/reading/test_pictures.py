"""Pasted pictures: real ones come through as pixels, everything else is left out with a word, within limits."""

from __future__ import annotations

import base64
import io
import json

import nbformat
import pytest
from PIL import Image, PngImagePlugin

from autograder.grading.model import Mark, Result, Standing
from autograder.grading.reading import pictures
from autograder.grading.reading.parsing import parsed
from autograder.grading.reading.reading import read
from autograder.grading.repair.repair import repair
from autograder.grading.reports.feedback import feedback_html
from autograder.grading.sandbox.tame import tame
from tests.grading.hostile import Page
from tests.grading.synthetic import ASSIGNMENT, released

QUESTION = "diffusion-reason_for_elbo"


def drawn(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: object) -> str:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return base64.b64encode(out.getvalue()).decode()


def handed_in(source: str, attachments: object, grade_id: str = "") -> bytes:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    cell = {"cell_type": "markdown", "metadata": metadata, "source": source, "attachments": attachments}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def opened(picture: tuple[str, str]) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture[1])))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("said_to_be", ["image/png", "text/html", "image/svg+xml"])
def test_what_the_bytes_are_counts_not_what_they_say(kind: str, said_to_be: str) -> None:
    (cell,) = read(handed_in("see ![it](attachment:a.x)", {"a.x": {said_to_be: drawn(kind)}})).cells
    (name,) = cell.attachments
    assert cell.source == f"see ![it](attachment:{name})"
    mime, _ = cell.attachments[name]
    assert mime == ("image/jpeg" if kind == "JPEG" else "image/png")
    assert opened(cell.attachments[name]).size == (40, 30)


def test_nothing_that_was_hidden_in_a_picture_is_kept() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "<script>")
    secret = drawn(pnginfo=text)
    tailed = base64.b64encode(base64.b64decode(drawn()) + b"<script>").decode()
    for content in (secret, tailed):
        assert b"<script>" in base64.b64decode(content)
        (cell,) = read(handed_in("![](attachment:a)", {"a": {"image/png": content}})).cells
        ((_, kept),) = cell.attachments.values()
        assert b"<script>" not in base64.b64decode(kept)


SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode()
BROKEN = [
    {"image/svg+xml": SVG}, {"image/png": SVG}, {"image/svg+xml": "<svg/>"}, {"text/html": "<b>x</b>"}, {}, [], None, 5,
    {"image/png": 5}, {"image/png": "not base64!"}, {"image/png": drawn()[:60]}, {"image/png": ["iVBO", 5]},
]  # fmt: skip


@pytest.mark.parametrize("bundle", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_picture_is_left_out_and_said(bundle: object) -> None:
    handed = read(handed_in("see ![it](attachment:a)", {"a": bundle}))
    assert handed.cells[0].attachments == {}
    assert handed.cells[0].source == "see ![it](attachment:a)"
    assert "attachment:a)" not in tame(handed.cells[0].source).replace("\u2060(attachment:a)", "")
    assert [said for said in handed.repairs if "pasted picture could not be kept" in said]


@pytest.mark.parametrize("attachments", [None, [], "x", 5, {"a": {"image/png": drawn()}}])
def test_what_no_text_shows_is_not_looked_at(attachments: object) -> None:
    handed = read(handed_in("nothing to see", attachments))
    assert handed.cells[0].attachments == {}
    assert not handed.repairs


def test_limits_hold_and_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST", 2)
    text = "".join(f"![](attachment:p{i})\n" for i in range(5))
    handed = parsed(handed_in(text, {f"p{i}": {"image/png": drawn()} for i in range(5)}))
    assert len(handed.cells[0].attachments) == 2
    assert [said for said in handed.repairs if said.startswith("3 pasted pictures")]
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)
    (said,) = parsed(handed_in("![](attachment:a)", {"a": {"image/png": drawn()}})).repairs
    assert "pixels" in said
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    (said,) = parsed(handed_in("![](attachment:a)", {"a": {"image/png": drawn()}})).repairs
    assert "MB" in said


def test_a_large_picture_becomes_one_of_some_size() -> None:
    (cell,) = read(handed_in("![](attachment:a)", {"a": {"image/png": drawn(size=(4000, 2000))}})).cells
    ((name, picture),) = cell.attachments.items()
    assert opened(picture).size == (pictures.SIDE, pictures.SIDE // 2)
    assert name == "pasted-1.png"


def test_ways_in_which_programs_write_it() -> None:
    for text in (
        "![](attachment:my%20picture.png)", '<img src="attachment:my picture.png" width="300">',
        "![a b](attachment:my%20picture.png 'title')", "<IMG alt=x src='attachment:my picture.png'/>",
    ):  # fmt: skip
        (cell,) = read(handed_in(text, {"my picture.png": {"image/png": [drawn()]}})).cells
        assert list(cell.attachments) == ["pasted-1.png"], text
        assert cell.source.endswith("](attachment:pasted-1.png)")


def written(answer: str, attachments: dict) -> tuple[nbformat.NotebookNode, tuple[str, ...]]:
    """The assignment with this answer to a written question, mended and tamed."""
    notebook = json.loads(released(ASSIGNMENT).notebook)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == QUESTION:
            cell |= {"source": answer, "attachments": attachments}
    mended = repair(json.dumps(notebook).encode(), released(ASSIGNMENT))
    (cell,) = (c for c in mended.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == QUESTION)
    cell.source = tame(cell.source, cell.get("attachments", {}))
    return mended.notebook, mended.repairs


def test_an_answer_keeps_its_picture_up_to_the_feedback() -> None:
    notebook, said = written("By hand:\n\n![](attachment:scan.jpg)", {"scan.jpg": {"image/jpeg": drawn("JPEG")}})
    assert not said
    nbformat.validate(notebook)
    (cell,) = (c for c in notebook.cells if c.get("attachments"))
    assert cell.source == "By hand:\n\n![](attachment:pasted-1.jpg)"
    mark = Mark("diffusion.reason_for_elbo", "written", None, 2.0, "waiting")
    result = Result("ada", ASSIGNMENT, (mark,), notebook=nbformat.writes(notebook))
    page = Page(feedback_html(result, Standing(), released(ASSIGNMENT)))
    (shown,) = page.all("img")
    assert shown["src"] == f"data:image/jpeg;base64,{cell.attachments['pasted-1.jpg']['image/jpeg']}"
    assert shown["alt"]


def test_feedback_shows_no_attachment_of_another_kind() -> None:
    notebook, _ = written("![](attachment:a)", {"a": {"image/png": drawn()}})
    for bundle in ({"image/svg+xml": SVG}, {"text/html": "<b>"}, {"image/png": '"><script>'}, ["x"], 5):
        for cell in notebook.cells:
            if cell.get("attachments"):
                cell.attachments = {"pasted-1.png": bundle}
        mark = Mark("diffusion.reason_for_elbo", "written", None, 2.0, "waiting")
        result = Result("ada", ASSIGNMENT, (mark,), notebook=json.dumps(notebook))
        assert not Page(feedback_html(result, Standing(), released(ASSIGNMENT))).all("img")
