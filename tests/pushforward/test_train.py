"""A budget is chosen by its name, or by who is running the notebook."""

import pytest

from pushforward.errors import CourseError
from pushforward.train import budget


@pytest.fixture(autouse=True)
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUSHFORWARD_BUDGET", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_a_student_gets_the_full_amount() -> None:
    assert budget(1000, 100, 10) == 1000


def test_grading_gets_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert budget(1000, 100, 10) == 100


def test_checking_before_handing_in_is_a_students_own_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert budget(1000, 100, 10) == 1000


@pytest.mark.parametrize(("name", "amount"), [("full", 1000), ("graded", 100), ("quick", 10)])
def test_a_name_decides_whoever_runs(name: str, amount: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("PUSHFORWARD_BUDGET", name)
    assert budget(1000, 100, 10) == amount


def test_an_unknown_name_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "fast")
    with pytest.raises(CourseError, match="'fast': it can be full, graded or quick"):
        budget(1000, 100, 10)
