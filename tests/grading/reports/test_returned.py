"""Feedback zips: every name is one that the platform's own importer reads as that student's, and nobody else's."""

from __future__ import annotations

import io
import json
import re
import zipfile

import nbformat
import pytest

from autograder.grading.intake.lms import recognised
from autograder.grading.intake.tree import Entry
from autograder.grading.model import Mark, Result, Standing
from autograder.grading.reports.returned import commented, returned
from tests.grading.hostile import HOSTILE

MARKS = (Mark("x.y", "code", 1.5, 2.0, "partial"), Mark("x.z", "written", None, 3.0, "waiting"))
GRADED = json.dumps(
    {"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Hello."}], "metadata": {}, "nbformat": 4,
     "nbformat_minor": 5}
)  # fmt: skip


def handed_in(student: str, **lms: str) -> Result:
    return Result(student, "hw", MARKS, lms=lms)


def zips(results: list[Result], standings: dict | None = None) -> dict[str, dict[str, bytes]]:
    found = returned(results, standings or {}, lambda r: f"page of {r.student}".encode(), lambda r: GRADED)
    opened = {name: zipfile.ZipFile(io.BytesIO(content)) for name, content in found.items()}
    return {
        name: {info.filename: archive.read(info) for info in archive.infolist()} for name, archive in opened.items()
    }


def as_moodle_reads(path: str) -> tuple[str, str] | None:
    """Participant and file name, as assignfeedback_file's importer takes a path apart."""
    parts = path.split("/")
    while parts:
        first = parts.pop(0).split("_", 4)
        if len(first) >= 4 and first[1].isdigit() and first[2:4] == ["assignsubmission", "file"]:
            return first[1], "/".join([*first[4:], *parts])
    return None


def as_canvas_reads(name: str) -> tuple[str, str] | None:
    """User and attachment, as Canvas infers them: the first two numbers between underscores."""
    numbers = [part for part in name.split("_") if re.fullmatch(r"\d+", part)]
    return (numbers[0], numbers[1]) if len(numbers) > 1 else None


@pytest.mark.parametrize("name", ["Ada Lovelace", "Ada_Lovelace", "Ada 7_8", "", "../..", *HOSTILE])
def test_moodle_finds_every_participant(name: str) -> None:
    found = zips([handed_in("ada", name=name, moodle_id="812"), handed_in("bob", moodle_id="813")])
    files = found["moodle_feedback_hw.zip"]
    assert {as_moodle_reads(path): content for path, content in files.items()} == {
        ("812", "hw_feedback.html"): b"page of ada", ("813", "hw_feedback.html"): b"page of bob",
    }  # fmt: skip
    assert not [path for path in files if path.startswith(("/", ".", "~")) or ".." in path.split("/")]


@pytest.mark.parametrize("late", ["", "_LATE"])
def test_canvas_gets_back_the_names_that_it_gave(late: str) -> None:
    name = f"lovelaceada{late}_417_9001_15_diffusion_forward.ipynb"
    level = [Entry(text, (), 0, folder=False) for text in (name, "bob_418_9002_15_diffusion_forward.ipynb")]
    _, owners = recognised(level)
    (known,) = owners[level[0]]
    (files,) = zips([Result("lovelaceada", "hw", MARKS, lms=known.lms), handed_in("bob")]).values()
    assert list(files) == [name]
    assert as_canvas_reads(name) == ("417", "9001")
    notebook = nbformat.reads(files[name].decode(), as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# Feedback: 1.5 of 5 points, 3 wait for a hand grade")
    assert notebook.cells[1].source == "Hello."


def test_what_was_no_notebook_is_answered_with_the_page() -> None:
    (files,) = zips([handed_in("ada", canvas_file="lovelaceada_417_9001_hw.pdf")]).values()
    assert files == {"lovelaceada_417_9001_hw.pdf": b"page of ada"}


def test_a_comment_and_a_reason_stand_in_the_notebook() -> None:
    standing = Standing({"x.z": 2.0}, comments={"x.z": "Well put.\nMore?"})
    first = json.loads(commented(handed_in("ada"), standing, GRADED))["cells"][0]["source"]
    assert "# Feedback: 3.5 of 5 points\n" in first
    assert "| x.z | 2 | 3 |" in first
    assert "**x.z**\n\n> Well put.\n> More?" in first
    lost = Result("ada", "hw", MARKS, reason="It is a web page.")
    notebook = nbformat.reads(commented(lost, Standing(), ""), as_version=4)
    nbformat.validate(notebook)
    assert "could not be graded. It is a web page." in notebook.cells[0].source


def test_the_same_feedback_makes_the_same_bytes_and_nothing_makes_no_zip() -> None:
    results = [handed_in("ada", moodle_id="1"), handed_in("bob", moodle_id="2")]
    make = lambda r: b"page"  # noqa: E731
    first, second = (returned(order, {}, make, lambda r: GRADED) for order in (results, results[::-1]))
    assert first == second
    assert returned([handed_in("cy")], {}, make, lambda r: GRADED) == {}
