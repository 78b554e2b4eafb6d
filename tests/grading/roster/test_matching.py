"""Who is who: numbers before ids before names, nobody on a guess, nobody merged."""

from __future__ import annotations

import pytest

from autograder.grading.roster.enrolment import Memory, enrolment
from autograder.grading.roster.matching import Matching, matched
from autograder.grading.roster.roster import Person

ADA = Person("Ada Lovelace", {"canvas_id": "417", "sis_login_id": "al12", "email": "ada@uni.example"})
EMMY = Person("Emmy Noether", {"canvas_id": "418", "sis_login_id": "en07", "moodle_id": "9"})
ZOE = Person("Zoë de la Cruz", {"idnumber": "4711", "moodle_id": "812"})
CLASS = (ADA, EMMY, ZOE)


def names(found: Matching) -> dict[str, str]:
    return {student: person.name for student, person in found.people.items()}


@pytest.mark.parametrize(
    ("student", "lms", "person"),
    [
        ("lovelaceada", {"canvas_id": "417"}, ADA),
        ("somebody", {"moodle_id": "812"}, ZOE),
        ("AL12", {}, ADA), ("al12", {"name": "Emmy Noether"}, ADA), ("ada@uni.example", {}, ADA), ("4711", {}, ZOE),
        ("x", {"sis_login_id": "en07"}, EMMY), ("418", {}, EMMY),
        ("Ada Lovelace", {}, ADA), ("Lovelace_Ada", {}, ADA), ("lovelace, ada", {}, ADA), ("lovelaceada", {}, ADA),
        ("zoe\u0308 de la cruz", {}, ZOE), ("Cruz, Zoë de la", {}, ZOE), ("delacruzzoë", {}, ZOE),
        ("s1", {"name": "Emmy Noether", "moodle_id": "7000"}, EMMY),
    ],
)  # fmt: skip
def test_a_hand_in_finds_its_person(student: str, lms: dict, person: Person) -> None:
    found = matched(CLASS, {student: lms})
    assert found.people == {student: person}
    assert found.unsure == {}
    assert {p.name for p in found.absent} == {p.name for p in CLASS} - {person.name}


@pytest.mark.parametrize(
    ("student", "lms"),
    [
        ("ada", {}), ("Ada", {"name": "Ada"}), ("Lovelace", {}), ("Ada B Lovelace", {}), ("12", {}), ("812", {}),
        ("", {}), ("Ada Lovelace", {"canvas_id": "5"}), ("al12", {"canvas_id": "418_"}),
        ("x", {"name": "Ada Lovelace", "email": "b@c"}),
    ],
)  # fmt: skip
def test_nobody_is_matched_on_a_guess_or_against_a_number(student: str, lms: dict) -> None:
    found = matched(CLASS, {student: lms})
    assert found.people == {}
    assert len(found.absent) == 3


def test_two_of_one_name_stay_apart_and_it_is_said() -> None:
    other = Person("Ada Lovelace", {"sis_login_id": "al99"})
    found = matched([ADA, other], {"Ada Lovelace": {}})
    assert found.people == {}
    assert "al12" in found.unsure["Ada Lovelace"]
    assert "al99" in found.unsure["Ada Lovelace"]
    assert found.absent == ()
    both = matched([ADA, other], {"Ada Lovelace": {}, "al99": {}})
    assert both.people == {"al99": other}  # that the other one is left does not make it hers
    assert "al12" in both.unsure["Ada Lovelace"]


def test_two_who_claim_to_be_one_are_not_merged() -> None:
    found = matched(CLASS, {"Ada Lovelace": {}, "lovelaceada": {}})
    assert found.people == {}
    assert set(found.unsure) == {"Ada Lovelace", "lovelaceada"}
    assert ADA not in found.absent
    stronger = matched(CLASS, {"lovelaceada": {"canvas_id": "417"}, "Ada Lovelace": {}})
    assert names(stronger) == {"lovelaceada": "Ada Lovelace"}
    assert "as may lovelaceada" in stronger.unsure["Ada Lovelace"]


def test_one_who_may_be_two_by_ids_is_nobody() -> None:
    found = matched(CLASS, {"al12": {"idnumber": "4711"}})
    assert found.people == {}
    assert "may be" in found.unsure["al12"]


def test_who_is_absent_unknown_and_withdrawn(tmp_path) -> None:
    students = {"al12": {}, "en07": {}, "gone": {}, "stranger": {}}
    handed_in = [("al12", "hw1"), ("al12", "hw2"), ("en07", "hw2"), ("gone", "hw1")]
    found = enrolment(CLASS, students, handed_in, {"gone": "Grace Hopper", "al12": "Ada"})
    assert [(p.name, student, missing) for p, student, missing in found.absent] == [
        ("Emmy Noether", "en07", ("hw1",)), ("Zoë de la Cruz", "", ("hw1", "hw2")),
    ]  # fmt: skip
    assert found.unknown == ("stranger",)
    assert found.withdrawn == {"gone": "Grace Hopper"}
    assert [found.state(student) for student in students] == ["enrolled", "enrolled", "withdrawn", "unknown"]
    assert found.known("al12")["name"] == "Ada Lovelace"
    memory = Memory(tmp_path / "roster.json")
    assert memory.read() == {}
    (tmp_path / "roster.json").write_text(memory.with_new(found), encoding="utf-8")
    assert memory.read() == {"al12": "Ada Lovelace", "en07": "Emmy Noether"}
    for broken in ("", "[]", "{", "\0"):
        (tmp_path / "roster.json").write_text(broken)
        assert memory.read() == {}


def test_an_empty_run_has_an_empty_enrolment() -> None:
    found = enrolment(CLASS, {}, [], {})
    assert [missing for _, _, missing in found.absent] == [(), (), ()]
