"""Gradescope's own file says whose a submission is; nothing in it is expanded, and nothing stops the run."""

import pytest

from autograder.grading.intake import gradescope
from autograder.grading.intake.gradescope import Handed, read_metadata

ADA = b"submission_1:\n  :submitters:\n  - :name: Ada\n    :sid: '1'\n  :created_at: 2024-11-21 10:00:00 Z\n"
FOUND = {"submission_1": Handed([{"name": "Ada", "sid": "1"}], "2024-11-21T10:00:00+00:00")}


def test_names_and_times_are_read() -> None:
    assert read_metadata(ADA) == FOUND


@pytest.mark.parametrize(
    "more",
    [
        b"other: {submission_1: {':submitters': [{':name': Bob}]}}\n",
        b"submission_1x:\n  :submitters:\n  - :name: Bob\n",
        b"submission_2: [{':submitters': [{':name': Bob}]}]\n",
        b"? [submission_3]\n: {':submitters': [{':name': Bob}]}\n",
        b"a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n",
    ],
)
def test_what_stands_elsewhere_names_nobody(more: bytes) -> None:
    found = read_metadata(ADA + more)
    assert {name: handed for name, handed in found.items() if handed.people} == FOUND


def test_an_alias_stands_for_nothing() -> None:
    found = read_metadata(b"x: &name Bob\nsubmission_1:\n  :submitters:\n  - :name: *name\n    :sid: '1'\n")
    assert found["submission_1"].people == [{"name": "", "sid": "1"}]


@pytest.mark.parametrize(
    "bad", [b"submission_2: " + b"[" * 5000, b"submission_2: {", b"\xff\xfe\xfa", b"a: *nowhere\n - b"]
)
def test_what_is_no_yaml_or_too_deep_tells_nothing(bad: bytes) -> None:
    assert read_metadata(ADA + bad) == {}


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradescope, "MOST", len(ADA) - 1)
    assert read_metadata(ADA) == {}
