"""What was handed in is found, named and read, whatever it is: nothing is missing, nothing stops the others."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from autograder.grading.intake import listing
from autograder.grading.intake.intake import submissions
from autograder.grading.intake.recognise import filled, recognise
from autograder.grading.model import Template
from autograder.grading.reading import reading
from autograder.grading.reading.unreadable import Unreadable
from pushforward.errors import CourseError
from tests.damage.corpus import DIFFUSION, FLOWS, START, as_bytes, released, solved, stripped
from tests.damage.handed_in import HandedIn, blank, put, put_zip, ways, work, zipped
from tests.damage.hostile import BOMB


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    """A course of three assignments."""
    return {name: released(name) for name in (START, FLOWS, DIFFUSION)}


@pytest.mark.parametrize("case", ways(), ids=lambda case: case.name)
def test_everybody_is_found(case: HandedIn, templates: dict[str, Template], tmp_path: Path) -> None:
    found = list(submissions(case.write(tmp_path), templates))
    places = [(one.student, one.assignment) for one in found]
    assert places == sorted(case.found)
    for one in found:
        expected = case.found[one.student, one.assignment]
        assert expected in one.refused if expected else not one.refused, one.refused
        assert bool(one.content) != bool(one.refused)
        assert all(b"\n" not in sentence.encode() for sentence in (one.refused, *one.notes))
    for student, words in case.said.items():
        assert any(words in note for one in found if one.student == student for note in one.notes), found
    for student, lms in case.lms.items():
        assert [one.lms for one in found if one.student == student] == [lms]
    for student, time in case.times.items():
        assert [one.timestamp for one in found if one.student == student] == [time]
    for student, names in case.beside.items():
        assert [[name for name, _ in one.companions] for one in found if one.student == student] == [names], found


def test_the_same_folder_gives_the_same_submissions(templates: dict[str, Template], tmp_path: Path) -> None:
    for case in ways()[:5]:
        folder = case.write(tmp_path / case.name)
        assert list(submissions(folder, templates)) == list(submissions(folder, templates))


def test_the_time_of_handing_in_is_told_in_utc(templates: dict[str, Template], tmp_path: Path) -> None:
    put(tmp_path, {f"ada/{START}/x.ipynb": work(), f"ada/{START}/timestamp.txt": b"2026-01-31 23:59:59 Europe/Berlin"})
    put(tmp_path, {f"bo/{START}/x.ipynb": work(), f"bo/{START}/timestamp.txt": b"when the cows come home" * 20})
    ada, bo = submissions(tmp_path, templates)
    assert ada.timestamp == "2026-01-31T22:59:59+00:00"
    assert bo.timestamp is None
    assert any("timestamp.txt" in note for note in bo.notes)


def test_contents_are_read_one_after_the_other(templates: dict[str, Template], tmp_path: Path) -> None:
    """A file that is gone when its turn comes is refused, and the next one is graded."""
    put(tmp_path, {f"{name}/{START}/{START}.ipynb": work() for name in ("ada", "bo", "cy")})
    coming = submissions(tmp_path, templates)
    assert next(coming).student == "ada"
    (tmp_path / "bo" / START / f"{START}.ipynb").unlink()
    bo, cy = coming
    assert "cannot be read" in bo.refused
    assert cy.content == work()


def test_a_file_that_turns_into_something_else_meanwhile_is_not_followed(
    templates: dict[str, Template], tmp_path: Path
) -> None:
    put(tmp_path / "class", {f"{name}/{START}/{START}.ipynb": work() for name in ("ada", "bo", "cy")})
    secret = put(tmp_path, {"secret.ipynb": work()}) / "secret.ipynb"
    coming = submissions(tmp_path / "class", templates)
    ada, bo = (tmp_path / "class" / name / START / f"{START}.ipynb" for name in ("ada", "bo"))
    ada.unlink(), bo.unlink()
    ada.symlink_to(secret), os.mkfifo(bo)
    refused = [one.refused for one in coming]
    assert "cannot be read" in refused[0]
    assert "is no ordinary file" in refused[1]
    assert not refused[2]


# --- the whole cannot be graded --------------------------------------------------------------------------------


def refusal(path: Path, templates: dict[str, Template]) -> str:
    with pytest.raises(CourseError) as error:
        submissions(path, templates)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_place_without_submissions_is_refused(templates: dict[str, Template], tmp_path: Path) -> None:
    assert "There is no" in refusal(tmp_path / "nowhere", templates)
    (tmp_path / "empty").mkdir()
    assert "holds no notebooks" in refusal(tmp_path / "empty", templates)
    text = put(tmp_path, {"notes.txt": b"no zip"}) / "notes.txt"
    assert "It is no zip, or a broken one" in refusal(text, templates)
    assert "no zip" in refusal(put(tmp_path, {"cut.zip": zipped({"a.ipynb": work()})[:-30]}) / "cut.zip", templates)
    assert "holds no notebooks" in refusal(put(tmp_path, {"none.zip": zipped({})}) / "none.zip", templates)


def test_a_class_of_which_nothing_is_ours_is_refused(templates: dict[str, Template], tmp_path: Path) -> None:
    put(tmp_path / "other", {"ada/ps9/ps9.ipynb": b'{"cells": []}', "bo/ps9/ps9.ipynb": b'{"cells": []}'})
    assert "00_start_here" in refusal(tmp_path / "other", templates)
    put(tmp_path / "mixed", {"submitted/ada/ps9/ps9.ipynb": b"", "submitted/bo/ps8/ps8.ipynb": b""})
    assert "holds nothing that belongs to" in refusal(tmp_path / "mixed", templates)


def test_a_notebook_in_nobodys_name_is_graded_for_nobody(templates: dict[str, Template], tmp_path: Path) -> None:
    put(tmp_path / "submitted", {f"{START}.ipynb": work()})
    assert "No student is named by" in refusal(tmp_path / "submitted", templates)
    assert "No student is named by" in refusal(tmp_path, templates)


def test_a_zip_with_endless_entries_is_refused(
    templates: dict[str, Template], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ENTRIES", 10)
    path = put_zip(tmp_path, {f"{n}.ipynb": b"" for n in range(11)})
    assert "more than 10 entries" in refusal(path, templates)


@pytest.mark.parametrize(
    ("name", "student"), [("ada.ipynb", "ada"), (f"{START}_bo.ipynb", "bo"), (f"cleo/{START}.ipynb", "cleo")]
)
def test_one_notebook_is_graded_and_its_name_says_whose_it_is(
    name: str, student: str, templates: dict[str, Template], tmp_path: Path
) -> None:
    put(tmp_path, {name: work(), "other.ipynb": work()})
    (one,) = submissions(tmp_path / name, templates)
    assert (one.student, one.assignment, one.content, one.refused) == (student, START, work(), "")


# --- limits ----------------------------------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_refused_and_never_held(
    templates: dict[str, Template], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST", 200_000)
    put(tmp_path, {f"ada/{START}/{START}.ipynb": work() + b" " * 300_000, f"bo/{START}/{START}.ipynb": work()})
    ada, bo = submissions(tmp_path, templates)
    assert "is larger than" in ada.refused
    assert not bo.refused


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_streams(
    templates: dict[str, Template], tmp_path: Path
) -> None:
    """The table of contents says 1,000 bytes; zipfile itself stops there, and the checksum tells."""
    bomb = bytearray(zipped({"ada.ipynb": b" " * (20 << 20), "bo.ipynb": work()}))
    central = bomb.index(b"PK\x01\x02")
    bomb[central + 24 : central + 28] = (1000).to_bytes(4, "little")
    path = put(tmp_path, {"x.zip": bytes(bomb)}) / "x.zip"
    assert zipfile.ZipFile(path).infolist()[0].file_size == 1000
    ada, bo = submissions(path, templates)
    assert "cannot be unpacked" in ada.refused
    assert not bo.refused


def test_streams_are_counted_as_they_come() -> None:
    class Endless:
        """1 MB for every question, without end."""

        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b" " * size

    stream = Endless()
    with pytest.raises(listing.Unreadable, match="200 times"):
        listing._bounded(stream, "x.ipynb", packed=1000)
    assert stream.given <= listing.FREE + listing.CHUNK
    with pytest.raises(listing.Unreadable, match="larger than 100 MB"):
        listing._bounded(Endless(), "x.ipynb")


def test_a_locked_zip_and_an_unusual_one_are_refused(templates: dict[str, Template], tmp_path: Path) -> None:
    locked = bytearray(zipped({"ada.ipynb": work(), "bo.ipynb": work()}))
    central = locked.index(b"PK\x01\x02")
    locked[central + 8] |= 1
    path = put(tmp_path, {"x.zip": bytes(locked)}) / "x.zip"
    assert "locked with a password" in next(submissions(path, templates)).refused
    with zipfile.ZipFile(tmp_path / "y.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("ada.ipynb", work())
        archive.writestr("bo.ipynb", work(), zipfile.ZIP_STORED)
    assert "compressed in an unusual way" in next(submissions(tmp_path / "y.zip", templates)).refused


# --- recognising -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [START, FLOWS, DIFFUSION])
def test_a_notebook_tells_its_assignment(name: str, templates: dict[str, Template]) -> None:
    whole, bare = as_bytes(solved(name)), as_bytes(stripped(solved(name)))
    unchecked = stripped(solved(name))
    unchecked["cells"] = [cell for cell in unchecked["cells"] if not cell["source"].startswith("check(")]
    prose = {"cells": [cell for cell in unchecked["cells"] if cell["cell_type"] == "markdown"]}
    for content in (whole, bare, as_bytes(unchecked), as_bytes(prose), whole.decode().encode("utf-16")):
        assert recognise(content, templates) == name


@pytest.mark.parametrize("content", [b"", b"%PDF", b"{}", b'{"cells": 3}', b"\0\xff\xfe", b"x = 1\n" * 1000])
def test_other_files_tell_none(content: bytes, templates: dict[str, Template]) -> None:
    with pytest.raises(Unreadable):  # with the sentence that says what it is
        recognise(content, templates)


def test_the_notebook_of_another_course_tells_none(templates: dict[str, Template]) -> None:
    assert recognise(b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}', templates) == ""


def test_answers_are_counted() -> None:
    assert filled(work(), released(START)) == 2
    assert filled(blank(), released(START)) == 0
    assert filled(b"nothing", released(START)) == -1


def test_a_header_that_expands_without_end_stops_nobody_else(
    templates: dict[str, Template], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS", 1.0)
    put(tmp_path, {"ada.ipynb": work(), "mallory.py": BOMB})
    ada, mallory = submissions(tmp_path, templates)
    assert (ada.student, ada.refused) == ("ada", "")
    assert mallory.student == "mallory"
    assert "took more than" in mallory.refused


def test_a_zip_inside_with_a_million_entries_is_never_listed(templates: dict[str, Template], tmp_path: Path) -> None:
    entry = zipped({"x": b""})
    start = entry.index(listing.ENTRY)
    entries = entry[start : entry.index(b"PK\x05\x06")] * 500_000
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2 + len(entries).to_bytes(4, "little") + bytes(6)
    many = entry[:start] + entries + end
    assert len(zipfile.ZipFile(io.BytesIO(entry)).infolist()) == 1
    put(tmp_path, {"ada.ipynb": work(), "mallory.zip": many})
    ada, mallory = submissions(tmp_path, templates)
    assert not ada.refused
    assert "more than 2000 entries" in mallory.refused


def test_a_zip_inside_is_opened_once_for_all_that_is_read_of_it(
    templates: dict[str, Template], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    archive = listing._archive
    monkeypatch.setattr(listing, "_archive", lambda file: opened.append(file) or archive(file))
    put(tmp_path, {"ada.zip": zipped({f"{n}.ipynb": work() for n in range(20)}), "bo.ipynb": work()})
    ada, _ = submissions(tmp_path, templates)
    assert (ada.content, len(opened)) == (work(), 1)
