"""Asking again: the same questions, of whom and what was meant, and a table of old against new marks."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from autograder.grading.model import Job, Limits, Result
from autograder.grading.records import judges
from autograder.grading.records.state import State
from pushforward.errors import CourseError
from tests.grading.classroom import CHECK, STUDENTS, Class, earned

ADA, BOB, CLEO = STUDENTS


@pytest.fixture
def once(class_: Class) -> Class:
    """Everybody has earned 1 point of 2 for the check."""
    for student in STUDENTS:
        class_.hand_in(student, 0.5, answer="first")
    class_.run()
    return class_


def stricter(class_: Class, points: float = 0.5, seeds: dict | None = None):
    """A grader whose judge takes half a point off, for a law. seeds: student → those of its jobs."""

    def grade(job: Job) -> Result:
        if seeds is not None:
            seeds.setdefault(job.submission.student, []).append(job.seed)
        result = class_.grade(job)
        marks = [dataclasses.replace(m, points=points, laws_failed=("it is finite",)) if m.exercise == CHECK else m
                 for m in result.marks]  # fmt: skip
        return dataclasses.replace(result, marks=tuple(marks))

    return grade


def other_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, the course holds another text of every check."""
    monkeypatch.setattr(judges, "_texts", lambda exercise: iter(["another version"]))


def table(class_: Class) -> list[tuple[str, ...]]:
    columns = ("student", "assignment", "exercise", "old", "new", "why")
    return sorted(tuple(row[name] for name in columns) for row in class_.table("regraded.csv"))


# --- a changed judge -------------------------------------------------------------------------------------------


def test_another_version_of_a_judge_is_said_and_changes_nothing_by_itself(
    once: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "judge" not in once.told()
    other_judge(monkeypatch)
    said = once.told(stricter(once))
    assert once.graded == []
    assert once.points() == dict.fromkeys(STUDENTS, 1.0)
    assert f"Graded by another version of the judges of {CHECK}: 3 notebooks, whose marks stay." in said
    assert f"--regrade asks the same questions again (with --exercise {CHECK} only those of one)" in said
    said = once.told(stricter(once), regrade=True)
    assert "another version" not in said
    assert once.points() == dict.fromkeys(STUDENTS, 0.5)


def test_who_hands_in_later_is_judged_by_the_new_one_and_the_others_are_counted(
    once: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_judge(monkeypatch)
    once.hand_in(ADA, 0.75)
    assert f"another version of the judges of {CHECK}: 2 notebooks" in once.told()


# --- the questions ---------------------------------------------------------------------------------------------


def test_regrading_asks_the_same_questions_and_keeps_hand_grades(class_: Class) -> None:
    class_.options = dataclasses.replace(class_.options, seed=None)
    class_.run()
    class_.sql("UPDATE grade SET manual_score = 1.5 WHERE auto_score IS NULL")
    seed = class_.table()[0]["seed"]
    assert class_.run(regrade=True) == list(STUDENTS)
    assert {row["seed"] for row in class_.table()} == {seed}
    assert class_.run() == []
    assert {name: points - 1.5 for name, points in class_.points().items()} == earned(class_)


@pytest.mark.parametrize("given", [{"fresh": True}, {"seed": 8}])
def test_other_questions_are_asked_where_that_is_wanted(class_: Class, given: dict) -> None:
    class_.options = dataclasses.replace(class_.options, seed=None)
    class_.run()
    seed = class_.table()[0]["seed"]
    class_.run(regrade=True, **given)
    (now,) = {row["seed"] for row in class_.table()}
    assert now != seed
    assert now == str(given.get("seed", now))
    class_.hand_in(ADA, 1.0)
    class_.run()
    assert {row["seed"] for row in class_.table()} == {now}  # of those who come later, too


def test_another_seed_by_itself_is_refused_instead_of_changing_everybodys_marks(once: Class) -> None:
    with pytest.raises(CourseError, match=r"asks the questions of seed 5: leave --seed away, or .*--regrade --seed 6"):
        once.run(seed=6)
    assert once.run() == []


# --- of whom, and what -----------------------------------------------------------------------------------------


def test_one_student_is_asked_again(once: Class) -> None:
    seeds: dict = {}
    once.run(stricter(once, seeds=seeds), regrade=True, students=(BOB,), seed=9)
    assert once.points() == {ADA: 1.0, BOB: 0.5, CLEO: 1.0}
    assert seeds == {BOB: [9]}
    seeds.clear()
    once.hand_in(CLEO, 1.0)
    once.run(stricter(once, seeds=seeds))
    assert seeds == {CLEO: [5]}  # the class's own questions


def test_one_exercise_is_asked_again_and_the_others_keep_their_marks(once: Class) -> None:
    once.mark(ADA, 1.5)

    def all_wrong(job: Job) -> Result:
        result = once.grade(job)
        return dataclasses.replace(
            result, marks=tuple(dataclasses.replace(m, points=0.0, status="zero") for m in result.marks)
        )

    once.run(all_wrong, regrade=True, exercises=(CHECK,))
    assert once.points() == {ADA: 1.5, BOB: 0.0, CLEO: 0.0}
    assert {row["student"]: row["waiting"] for row in once.table()} == {ADA: "0", BOB: "2", CLEO: "2"}


def test_earlier_hand_ins_and_students_who_are_not_there_now_are_asked_again(once: Class) -> None:
    once.hand_in(ADA, 0.25)
    once.run()
    shutil.rmtree(once.options.submitted / BOB)
    assert once.run(stricter(once), regrade=True) == [ADA, ADA, BOB, CLEO]
    assert once.points() == dict.fromkeys(STUDENTS, 0.5)
    once.run(attempts="first")
    assert once.points()[ADA] == 0.5


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"regrade": True, "students": ("student01",)}, "--student student01 .*did you mean student001?"),
        ({"regrade": True, "exercises": ("start.standardize",)}, "--exercise .*did you mean start.standardise?"),
        ({"students": (ADA,)}, "--student says what is graded once more: give --regrade with it"),
        ({"exercises": (CHECK,)}, "--exercise says what"),
        ({"fresh": True}, "--fresh says what"),
        ({"regrade": True, "fresh": True, "seed": 7}, "--fresh draws a seed, --seed gives one"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(once: Class, given: dict, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        once.run(**given)
    assert once.run() == []


# --- old against new -------------------------------------------------------------------------------------------


def test_old_and_new_marks_stand_in_a_table_with_the_reason(once: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    assert once.table("regraded.csv") == []
    said = once.told(regrade=True)
    assert "6 marks judged once more, 0 changed" in said
    assert once.table("regraded.csv") == []
    other_judge(monkeypatch)
    said = once.told(stricter(once), regrade=True, students=(ADA, BOB))
    assert "4 marks judged once more, 2 changed: see regraded.csv." in said
    why = "asked again; another version of the judge; fails now: it is finite"
    assert table(once) == [(name, "00_start_here", CHECK, "1", "0.5", why) for name in (ADA, BOB)]
    once.run(regrade=True, students=(ADA,), seed=6)
    ((*_, old, new, why),) = set(table(once)) - {(n, "00_start_here", CHECK, "1", "0.5", why) for n in (ADA, BOB)}
    assert (old, new, why) == ("0.5", "1", "other questions, of seed 6; holds now: it is finite")


def test_marks_that_other_limits_change_stand_there_too_and_those_of_a_new_hand_in_do_not(once: Class) -> None:
    once.hand_in(ADA, 1.0)
    assert "once more" not in once.told()
    assert once.table("regraded.csv") == []
    said = once.told(stricter(once), limits=Limits(cell_seconds=1))
    assert "6 marks judged once more, 3 changed" in said
    assert {row[-1] for row in table(once)} == {"graded again with other limits or checks; fails now: it is finite"}


def test_a_regrading_that_fails_takes_nothing_away_and_is_tried_again(once: Class) -> None:
    def faulty(job: Job) -> Result:
        if job.submission.student == BOB:
            raise ZeroDivisionError("a bug of ours")
        return stricter(once)(job)

    said = once.told(faulty, regrade=True)
    assert f"{BOB} 00_start_here could not be graded again, so its marks stay." in said
    assert "a bug of ours" in said
    assert once.points() == {ADA: 0.5, BOB: 1.0, CLEO: 0.5}
    assert once.run(stricter(once)) == [BOB]
    assert once.points()[BOB] == 0.5
    assert once.run() == []


# --- cut short -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [True, False])
def test_a_regrading_that_was_cut_short_goes_on_by_either_command(once: Class, plain: bool) -> None:
    def cut(job: Job) -> Result:
        if job.submission.student == BOB:
            raise KeyboardInterrupt
        return stricter(once)(job)

    once.options = dataclasses.replace(once.options, seed=None)
    with pytest.raises(KeyboardInterrupt):
        once.run(cut, regrade=True, fresh=True)
    seeds: dict = {}
    more = {} if plain else {"regrade": True, "fresh": True}
    assert once.run(stricter(once, seeds=seeds), **more) == [BOB, CLEO]
    with State(once.out) as state:
        assert [a.due for own in state.attempts().values() for a in own] == [None] * 3
    assert len({row["seed"] for row in once.table()}) == 1
    assert len(once.table("regraded.csv")) == 3
    assert once.run() == []
    assert once.run(regrade=True, fresh=True) == list(STUDENTS)  # a new one
