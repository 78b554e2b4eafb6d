"""What the tests of the corpus share: a teacher's machine, and our grader's marks for a class of honest students."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.grading.model import Result
from autograder.grading.sandbox.sandbox import close, ready
from tests.attacks.corpus import Limits, answers, notebook
from tests.attacks.graders import graded
from tests.attacks.world import World

HALF = "def standardise(x):\n    return (x - x.mean(0)) / x.std(0)\n"
CLASS = {  # honest students and what they hand in
    "ada": answers("00_start_here"),
    "ben": {"start-standardise-answer": HALF},
    "cleo": {"start-standardise-answer": "def standardise(x):\n    return x - x.mean(0)\n"},
    "dai": {},
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as made:
        yield made


@pytest.fixture(scope="module")
def grader() -> Iterator[None]:
    """Our grader, as a worker has it: with one warm process for everybody."""
    ready("bubblewrap")  # fails with the sentence that says what to install
    yield
    close()


@pytest.fixture(scope="module")
def undisturbed(grader: None) -> dict[str, Result]:
    """The class graded without an attacker in it."""
    return {student: honest(student) for student in CLASS}


def honest(student: str) -> Result:
    """One of them graded, in the warm process at hand."""
    return graded(student, notebook("00_start_here", CLASS[student]), "00_start_here", Limits())
