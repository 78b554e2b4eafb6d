"""Who hands in more than once: which hand-in counts, what becomes of hand grades, and that nothing good is lost."""

from __future__ import annotations

import pytest

from tests.grading.classroom import OF, STUDENTS, WRITTEN, Class

ADA, BOB, CLEO = STUDENTS


@pytest.fixture
def twice(class_: Class) -> Class:
    """Everybody has earned 1 point of 2 for the check."""
    for student in STUDENTS:
        class_.hand_in(student, 0.5, answer="first")
    assert class_.run() == list(STUDENTS)
    assert class_.points() == dict.fromkeys(STUDENTS, 1.0)
    return class_


def counted(class_: Class) -> dict[str, list[str]]:
    """Student → of each hand-in whether it counts."""
    found: dict[str, list[str]] = {}
    for row in class_.table("attempts.csv"):
        found.setdefault(row["student"], []).append(row["counts"])
    return found


# --- which one counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "ada", "bob"), [(None, 0.5, 2.0), ("last", 0.5, 2.0), ("best", 1.0, 2.0), ("first", 1.0, 1.0)]
)
def test_the_rule_says_which_of_two_counts(twice: Class, rule: str | None, ada: float, bob: float) -> None:
    twice.hand_in(ADA, 0.25)
    twice.hand_in(BOB, 1.0)
    assert twice.run(attempts=rule) == [ADA, BOB]
    assert twice.points() == {ADA: ada, BOB: bob, CLEO: 1.0}
    assert counted(twice) == {
        ADA: ["yes", "no"] if ada == 1 else ["no", "yes"],
        BOB: ["yes", "no"] if bob == 1 else ["no", "yes"],
    }
    assert twice.rows() == dict.fromkeys(STUDENTS, (1, True))
    (auto,) = twice.sql(f"SELECT sum(auto_score) FROM grade WHERE notebook_id IN ({OF.format(ADA)})")[0]
    assert auto == ada  # nbgrader's commands see the same


def test_the_rule_is_kept_and_another_one_changes_marks_without_grading(twice: Class) -> None:
    twice.hand_in(ADA, 0.25)
    twice.run(attempts="best")
    assert twice.run() == []
    assert twice.points()[ADA] == 1.0
    assert twice.run(attempts="last") == []
    assert twice.points()[ADA] == 0.5
    assert twice.run(attempts="first") == []
    assert twice.points()[ADA] == 1.0


def test_what_lies_there_again_was_handed_in_last(twice: Class) -> None:
    first = twice.notebook(ADA).read_bytes()
    twice.hand_in(ADA, 0.25)
    twice.run()
    twice.notebook(ADA).write_bytes(first)
    assert twice.run() == []  # it is known
    assert twice.points()[ADA] == 1.0


def test_a_last_one_that_earned_less_is_said_to_all_who_read_it(twice: Class) -> None:
    twice.hand_in(ADA, 0.25)
    assert "Another hand-in earned more than the one that counts: 1" in twice.told()
    assert "hand-in 1 earned 1." in twice.feedback(ADA)
    assert "hand-in 1 earned 1." in (twice.out / "class_report.html").read_text()
    twice.hand_in(ADA, 1.0)
    assert "earned more" not in twice.told()
    assert "earned" not in twice.feedback(ADA)


def test_lateness_is_part_of_what_is_best(twice: Class) -> None:
    """A late hand-in that earns more counts for less, where late ones are worth nothing."""
    config = twice.out / "nbgrader_config.py"
    config.write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    twice.sql("UPDATE assignment SET duedate = '2026-11-02 10:00:00.000000'")
    time = twice.notebook(ADA).with_name("timestamp.txt")
    time.write_text("2026-11-02 09:00:00 UTC")
    twice.run(twice.timed)
    twice.hand_in(ADA, 1.0)
    time.write_text("2026-11-02 11:00:00 UTC")
    twice.run(twice.timed, attempts="best")
    assert twice.points()[ADA] == 1.0
    twice.sql("UPDATE assignment SET duedate = '2026-11-02 12:00:00.000000'")
    assert twice.run(twice.timed) == []
    assert twice.points()[ADA] == 2.0


# --- broken ones -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["last", "best", "first"])
def test_a_broken_file_takes_no_good_mark_away_and_says_so(twice: Class, rule: str) -> None:
    twice.mark(ADA, 1.5)
    twice.hand_in(ADA)
    said = twice.told(attempts=rule)
    assert "not to be graded, so that the one before counts: 1 (see attempts.csv)" in said
    assert twice.points()[ADA] == 2.5
    assert "What was handed in last cannot be graded, so hand-in 1 counts. The file is a web page." in twice.feedback(
        ADA
    )
    assert "cannot be graded, so hand-in 1 counts" in (twice.out / "class_report.html").read_text()
    assert [(row["refused"], row["counts"]) for row in twice.table("attempts.csv")] == [
        ("", "yes"), ("The file is a web page.", "no"),
    ]  # fmt: skip
    assert not any(row["refused"] for row in twice.table())


def test_a_file_in_one_piece_replaces_a_broken_one(class_: Class) -> None:
    class_.hand_in(ADA)
    class_.run(attempts="first")
    assert [row["student"] for row in class_.table() if row["refused"]] == [ADA]
    class_.hand_in(ADA, 1.0)
    class_.run()
    assert class_.points()[ADA] == 2.0


# --- hand grades -----------------------------------------------------------------------------------------------


def flagged(class_: Class, student: str) -> int:
    query = f"SELECT count(*) FROM grade WHERE needs_manual_grade AND notebook_id IN ({OF.format(student)})"
    return class_.sql(query)[0][0]


def test_a_hand_grade_stays_with_its_answer_and_waits_for_another_one(twice: Class) -> None:
    twice.mark(ADA, 1.5, "Well argued.")
    twice.mark(BOB, 1.5, "Well argued.")
    twice.hand_in(ADA, 1.0, answer="first")  # only other code
    twice.hand_in(BOB, 1.0, answer="second")
    said = twice.told()
    assert "1 answer marked by hand changed since, so that the hand grade does not count" in said
    assert twice.points() == {ADA: 3.5, BOB: 2.0, CLEO: 1.0}
    assert {row["student"]: row["waiting"] for row in twice.table()} == {ADA: "0", BOB: "2", CLEO: "2"}
    assert flagged(twice, BOB) == 1
    assert "Well argued." in twice.feedback(ADA)
    assert "Well argued." not in twice.feedback(BOB)
    (change,) = twice.table("regraded.csv")
    assert (change["student"], change["exercise"], change["old"], change["new"]) == (BOB, WRITTEN, "1.5", "")
    assert "marked by hand" in change["why"]


def test_a_hand_grade_returns_with_its_answer(twice: Class) -> None:
    first = twice.notebook(BOB).read_bytes()
    twice.mark(BOB, 1.5, "Well argued.")
    twice.hand_in(BOB, 1.0, answer="second")
    twice.run()
    twice.mark(BOB, 0.5, "Less so.")
    twice.run()
    assert twice.points()[BOB] == 2.5
    twice.notebook(BOB).write_bytes(first)
    assert twice.run() == []
    assert twice.points()[BOB] == 2.5  # 1 for the check, 1.5 by hand
    assert "Well argued." in twice.feedback(BOB)
    assert flagged(twice, BOB) == 0
    twice.hand_in(BOB, 0.25, answer="second")
    twice.run()
    assert twice.points()[BOB] == 1.0  # 0.5 for the check, 0.5 by hand
    assert "Less so." in twice.feedback(BOB)


def test_an_empty_answer_in_the_place_of_a_marked_one_is_worth_nothing_and_waits_for_nobody(twice: Class) -> None:
    twice.mark(BOB, 1.5)
    twice.hand_in(BOB, 1.0, answer="YOUR ANSWER HERE")
    twice.run(twice.empty)
    assert twice.points()[BOB] == 2.0
    assert {row["student"]: row["waiting"] for row in twice.table()}[BOB] == "0"
    assert flagged(twice, BOB) == 0


def test_hand_grades_count_for_what_is_best(twice: Class) -> None:
    twice.mark(ADA, 2.0)
    twice.run()
    twice.hand_in(ADA, 1.0, answer="second")  # 2 for the check, against 1 and 2 by hand
    twice.run(attempts="best")
    assert twice.points()[ADA] == 3.0
    assert counted(twice) == {ADA: ["yes", "no"]}
    twice.run(attempts="last")
    twice.mark(ADA, 1.5)
    twice.run(attempts="best")
    assert twice.points()[ADA] == 3.5


@pytest.mark.parametrize("step", ["record", "publish"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_hand_grades_are_where_they_belong_wherever_a_run_is_cut(
    twice: Class, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    from autograder.grading.records.gradebook import Book
    from autograder.grading.records.state import State

    first = twice.notebook(BOB).read_bytes()
    twice.mark(BOB, 1.5, "Well argued.")
    kind = {"record": Book, "publish": State}[step]
    original = getattr(kind, step)

    def cut(*arguments: object, **more: object) -> None:
        if after:
            original(*arguments, **more)
        raise KeyboardInterrupt

    for there, points in ((None, 2.0), (first, 2.5)):  # another answer, and the first again
        twice.hand_in(BOB, 1.0, answer="second") if there is None else twice.notebook(BOB).write_bytes(first)
        with monkeypatch.context() as patch:
            patch.setattr(kind, step, cut)
            with pytest.raises(KeyboardInterrupt):
                twice.run()
        twice.run()
        assert twice.points()[BOB] == points
    assert len(twice.table("regraded.csv")) == 1
