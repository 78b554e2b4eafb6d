"""Feedback: complete, harmless whatever a student wrote, readable by everybody, and never more than a check shows."""

import json
import random
from dataclasses import replace

import pytest

from autograder.grading.model import STATUSES, Mark, Result, Standing, Submission, refused
from autograder.grading.reports.feedback import CODE, PRINTED, SAID, feedback_html
from autograder.judging.report import number
from tests.grading.hostile import HOSTILE, Page, check_accessible
from tests.grading.synthetic import ANSWERED, ASSIGNMENT, by_hand, mark, notebook, released, reports, result

EXERCISE = ANSWERED[0]
WRITTEN = "diffusion.which_prior"


@pytest.fixture(scope="module")
def graded() -> Result:
    return result("ada", random.Random(1), skill=0.3)


def page(graded: Result, standing: Standing | None = None) -> Page:
    return Page(feedback_html(graded, standing, released()))


def with_mark(graded: Result, exercise: str, **changes) -> Result:
    marks = tuple(replace(m, **changes) if m.exercise == exercise else m for m in graded.marks)
    return replace(graded, marks=marks)


def test_everything_that_was_found_stands_there(graded) -> None:
    text = page(graded).text
    for found in graded.marks:
        assert found.exercise in text
        assert found.sentence.replace("`", "") in text
        assert all(law.replace("`", "") in text for law in found.laws_failed)
        if found.html:
            assert f'check("{found.exercise}", seed={found.seed})' in text
    hinted = [r for exercise in ANSWERED for r, _ in reports(exercise) if not r.full and mark(r) in graded.marks]
    assert hinted
    assert all(hint.replace("`", "") in text for report in hinted for hint in report.hints)
    assert "15 · Diffusion: the forward process" in text
    assert "diffusion.step 1 · One step, and then many" in text
    assert "diffusion.which_schedules By hand first" in text
    assert str(graded.seed) in text


def test_the_total_is_that_of_the_standing(graded) -> None:
    standing = Standing({WRITTEN: 2.5}, extra=1.0, late_penalty=0.75, comments={WRITTEN: "Say why."})
    text = " ".join(page(graded, standing).text.split())
    assert f"{number(standing.total(graded))} of {number(graded.max)} points" in text
    assert f"{by_hand() - 3:g} points wait for a hand grade" in text
    assert "Say why." in text
    assert "−0.75" in text
    assert "Total so far" in text


def test_an_answer_is_shown_with_its_hand_grade_or_with_the_news_that_it_waits(graded) -> None:
    answered = replace(graded, notebook=notebook({"diffusion-which_prior": "Because of the *mean*."}))
    assert "Because of the *mean*." in page(answered).text
    assert page(answered).text.count(SAID["waiting"][1]) >= 2
    empty = with_mark(graded, WRITTEN, status="empty", points=0.0)
    assert SAID["empty"][1] in page(empty).text


def test_what_was_handed_out_is_no_answer(graded) -> None:
    slot = next(slot for slot in released().slots if slot.grade_id == "diffusion-step-answer")
    untouched = replace(graded, notebook=notebook({slot.grade_id: slot.source}))
    assert "What you handed in" not in page(untouched).text
    touched = replace(graded, notebook=notebook({slot.grade_id: slot.source + "\n    return 1"}))
    assert "return 1" in page(touched).text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_student_wrote_is_taken_for_html(graded, text: str) -> None:
    """Parsed, the page has the tags of an innocent one, and the text is there to be read."""

    def written_by(text: str) -> Result:
        output = [
            {"output_type": "stream", "name": "stdout", "text": [text]},
            {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
            {"output_type": "display_data", "data": {"text/html": text}, "metadata": {}},
        ]
        cells = {"diffusion-step-answer": text, "diffusion-which_prior": text, text: text}
        changed = with_mark(graded, EXERCISE, why=text, html="", misconception=text, sentence=text, laws_failed=(text,))
        return replace(
            changed, student=text, timestamp=text, repairs=(text,), incidents=(text,),
            notebook=notebook(cells, **{"diffusion-step-answer": output}),
        )  # fmt: skip

    comments = Standing(comments={WRITTEN: text})
    hostile, innocent = page(written_by(text), comments), page(written_by("innocent"), comments)
    tags = [name for name, _ in hostile.tags if name != "code"]  # `code` in a sentence may become code
    assert tags == [name for name, _ in innocent.tags if name != "code"]
    if text.isprintable():
        assert text in hostile.text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_reason_for_refusing_is_escaped(text: str) -> None:
    found = page(refused(Submission(text, ASSIGNMENT, b""), released(), text))
    assert "could not be graded" in found.text
    assert "What you handed in" not in found.text
    assert all(slot.exercise in found.text for slot in released().graded)


STRANGE = (
    {}, [], {"cells": 3}, {"cells": [3, {}, {"metadata": 3}, {"metadata": {"nbgrader": 3}}]},
    {"cells": [{"metadata": {"nbgrader": {"grade_id": "diffusion-step-answer"}}, "source": 3, "outputs": 4}]},
)  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_a_strange_notebook_makes_a_page_all_the_same(graded, strange) -> None:
    assert page(replace(graded, notebook=json.dumps(strange))).text


def test_long_code_and_output_are_cut_and_say_so(graded) -> None:
    output = [{"output_type": "stream", "text": "\x1b[31mx\x1b[0m" * 3_000_000}]
    long = notebook({"diffusion-step-answer": "y" * 10 * CODE}, **{"diffusion-step-answer": output})
    html = feedback_html(replace(graded, notebook=long), None, released())
    assert len(html) < len(feedback_html(graded, None, released())) + 2 * (CODE + PRINTED)
    assert "more characters are not shown" in html
    assert "\x1b" not in html


def test_it_shows_no_more_of_a_check_than_the_judge_did(graded) -> None:
    """What stands in the cell of a check, or under it, is not looked at: only the judge's table is."""
    cells = {"diffusion-step": "SECRET = 1", "diffusion-step-answer": "def f(): ..."}
    output = [{"output_type": "stream", "text": "SECRET"}]
    hidden = replace(graded, notebook=notebook(cells, **{"diffusion-step": output}))
    assert "SECRET" not in page(hidden).text


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_said_in_words(graded, status: str) -> None:
    points = None if status == "waiting" else 0.0
    found = page(with_mark(graded, EXERCISE, status=status, points=points))
    assert found.text.count(SAID[status][1]) >= 1


def test_an_answer_whose_cell_stopped_says_with_what(graded) -> None:
    exercise, why = graded.marks[0].exercise, "The cell of the answer stopped with NameError: name 'x' is not defined"
    found = page(with_mark(graded, exercise, points=0.0, status="stopped", why=why)).text
    assert "stopped with NameError" in found.replace(why, "")


def test_not_isolated_is_said_and_only_then(graded) -> None:
    assert "Not isolated" not in page(graded).text
    assert "Not isolated" in page(replace(graded, isolated=False)).text


def test_everybody_can_read_it(graded) -> None:
    for found in (graded, replace(graded, repairs=("a",), incidents=("b",)), with_mark(graded, EXERCISE, html="")):
        check_accessible(page(found))
    check_accessible(page(refused(Submission("ada", ASSIGNMENT, b""), released(), "The file is empty.")))


def test_one_exercise_and_none() -> None:
    one = Result("ada", ASSIGNMENT, (Mark(EXERCISE, "code", 1.0, 2.0, "partial"),))
    assert "1 of 2 points" in page(one).text
    check_accessible(page(Result("ada", ASSIGNMENT, ())))
