"""A roster is read as the platforms export it, and refused in a sentence where it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading.roster.roster import Person, read_roster
from pushforward.errors import CourseError

CANVAS = """\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,HW 1 (17),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,10,(read only)
"Lovelace, Ada",417,U417,al12,"A and B",9,90
"Noether, Emmy",418,U418,en07,B,,
"Student, Test",999,,,B,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade
Participant 812,Ada Lovelace,ada@uni.example,Submitted,,7
Participant 813,Emmy Noether,emmy@uni.example,No submission,,7
"""
TEILNEHMER = "ID;Vollständiger Name;E-Mail-Adresse\nTeilnehmer/in812;Ada Lovelace;ada@uni.example\n"
PARTICIPANTS = '"First name","Last name","ID number","Email address",Groups\nAda,Lovelace,4711,ada@uni.example,G1\n'
ANMELDUNG = "Vorname\tNachname\tID-Nummer\tE-Mail-Adresse\nZoë\tLovelace\t4711\tzoe@uni.example\n"


def people(tmp_path: Path, content: str | bytes) -> tuple[Person, ...]:
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_roster(path)


def test_canvas(tmp_path: Path) -> None:
    ada, emmy = people(tmp_path, CANVAS)
    login = {"canvas_id": "417", "sis_login_id": "al12", "sis_user_id": "U417", "section": "A and B"}
    assert ada == Person("Ada Lovelace", login)
    assert (emmy.name, emmy.id) == ("Emmy Noether", "en07")


def test_moodle(tmp_path: Path) -> None:
    ada, _ = people(tmp_path, WORKSHEET)
    assert ada == Person("Ada Lovelace", {"moodle_id": "812", "email": "ada@uni.example"})
    assert people(tmp_path, PARTICIPANTS) == (
        Person("Ada Lovelace", {"idnumber": "4711", "email": "ada@uni.example", "section": "G1"}),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_languages_separators_and_encodings(tmp_path: Path, encoding: str) -> None:
    (zoe,) = people(tmp_path, ANMELDUNG.encode(encoding))
    assert zoe == Person("Zoë Lovelace", {"idnumber": "4711", "email": "zoe@uni.example"})
    (ada,) = people(tmp_path, TEILNEHMER.encode(encoding))
    assert (ada.name, ada.known["email"]) == ("Ada Lovelace", "ada@uni.example")


def test_by_hand(tmp_path: Path) -> None:
    assert people(tmp_path, "id,name\nal12,Ada Lovelace\nen07,\n") == (
        Person("Ada Lovelace", {"id": "al12"}), Person("", {"id": "en07"}),
    )  # fmt: skip
    assert people(tmp_path, "Name\nAda Lovelace\n\n") == (Person("Ada Lovelace"),)


def test_who_is_in_two_sections_is_one_person(tmp_path: Path) -> None:
    assert len(people(tmp_path, "id,name,section\nal12,Ada,A\nal12,Ada,B\n")) == 1
    with pytest.raises(CourseError, match="Ada and Emmy one and the same number"):
        people(tmp_path, "id,name\nal12,Ada\nAL12,Emmy\n")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "colour,size\nred,5\n",
        "id,name\n",
        "id,name\n,\n",
        b"PK\x03\x04\0\0",
        "{}",
        '"' * 300_000,
        "x\0y\n1",
    ],
)
def test_what_is_no_roster_is_refused_in_a_sentence(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(CourseError, match=r"oster") as refusal:
        people(tmp_path, content)
    assert "\n" not in str(refusal.value)


def test_a_roster_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path)
