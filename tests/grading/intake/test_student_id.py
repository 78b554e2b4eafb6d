"""Any name gives an id that can be a folder's on every system and that nobody else has."""

import os
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from autograder.grading.intake.student_id import MOST_BYTES, safe, unique


@given(st.text())
@example("..")
@example("../../etc/passwd")
@example("a" * 300)
@example("🦊" * 100)
@example("\udc80")
@example("NUL.txt")
def test_an_id_is_a_plain_name(name: str) -> None:
    id = safe(name)
    assert id
    assert Path(id).name == id
    assert id not in (".", "..")
    assert len(id.encode()) <= MOST_BYTES
    assert not set(id) & set('/\\:*?"<>|[]\0\n')
    assert id == id.strip()
    assert safe(id) == id


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20))
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert safe(name).casefold() in (os.path.normcase(name).casefold(), safe(name).casefold())
    assert safe("Ada Lovelace") == "Ada Lovelace"
    assert safe("o'brien+2@uni.edu") == "o'brien+2@uni.edu"


@given(st.lists(st.text(), unique=True, max_size=20))
@example(["Ada", "ADA", "ada", "a/b", "a:b", "a_b"])
@example(["x" * 130 + "a", "x" * 130 + "b"])
def test_ids_differ_for_different_names(names: list[str]) -> None:
    ids = list(unique(sorted(names)).values())
    assert len({id.casefold() for id in ids}) == len(names)
    assert all(len(id.encode()) <= MOST_BYTES for id in ids)
