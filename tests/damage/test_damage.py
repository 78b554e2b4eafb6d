"""Every case of the corpus is mended with the sentences that were announced, or refused with its reason.

The cheap test looks where the answers stand; a few notebooks are run and judged, here without a sandbox.
"""

import contextlib
import warnings

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.grading.model import exercise_of, kind_of
from autograder.grading.repair.repair import Unreadable, repair
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine
from tests.damage.corpus import DIFFUSION, FLOWS, START, Case, answers, cases, released

CASES = cases()
JUDGED = {
    "untouched", "trial_and_stripped", "restarted_and_left", "copied_and_left", "attempt_then_answer", "restarted",
    "answered_below_check", "backwards", "split_answer", "merged_into_second_answer", "all_in_one",
    "merged_into_given", "merged_into_check", "import_in_given", "colab", "percent_script", "half_letters",
    "emoji_in_two", "all_stripped_at_the_start", "everything_twice", "used_again",
}  # fmt: skip
QUICK = ("diffusion.step", "diffusion.alpha_bar", "diffusion.q_sample", "diffusion.predict_x0", "start.standardise")


def ids(case: Case) -> str:
    return case.name


def exercise(cell: NotebookNode) -> str:
    return exercise_of(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def tidy(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=ids)
def test_what_is_no_notebook_is_refused_in_one_sentence(case: Case) -> None:
    with pytest.raises(Unreadable) as refusal:
        repair(case.content(), released(case.assignment))
    sentence = str(refusal.value)
    assert case.refused in sentence
    assert "\n" not in sentence
    assert len(sentence) < 250
    assert sentence.endswith(".")


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=ids)
def test_what_is_damaged_is_mended_and_said(case: Case) -> None:
    mended = repair(case.content(), released(case.assignment))
    assert len(mended.repairs) == len(case.mended), mended.repairs
    for expected, sentence in zip(case.mended, mended.repairs, strict=True):
        assert expected in sentence
    assert all("\n" not in sentence and sentence.encode() for sentence in mended.repairs)
    is_sound(mended.notebook, case)
    answers_count(mended.notebook, case)


def is_sound(notebook: NotebookNode, case: Case) -> None:
    """Valid, without outputs, the template's cells in its order with its metadata, locked ones with its text."""
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert nbformat.writes(notebook).encode()
    assert not any(cell.get("outputs") or cell.get("attachments") for cell in notebook.cells)
    slots = {slot.id: slot for slot in released(case.assignment).slots}
    ours = [cell for cell in notebook.cells if cell["id"] in slots]
    assert [cell["id"] for cell in ours] == [id for id in slots if id in {cell["id"] for cell in ours}]
    originals = {cell["id"]: cell for cell in nbformat.reads(released(case.assignment).notebook, as_version=4).cells}
    for cell in ours:
        assert cell.metadata == originals[cell["id"]].metadata
        if slots[cell["id"]].kind in ("given", "check"):
            assert cell.source == slots[cell["id"]].source
    assert not any("nbgrader" in cell.metadata for cell in notebook.cells if cell["id"] not in slots)
    graded = [cell["id"] for cell in ours if kind_of(cell) in ("check", "written")]
    assert graded == [slot.id for slot in released(case.assignment).graded]


def answers_count(notebook: NotebookNode, case: Case) -> None:
    """Before each check its answer is defined, and no blank of it follows; written answers stand in their cells."""
    seen: list[str] = []
    for cell in notebook.cells:
        id, kind = exercise(cell), kind_of(cell)
        if kind in ("check", "written") and id not in case.lost:
            wanted = answers_of(case, id)
            if kind == "written":
                assert all(line in tidy(cell.source) for line in map(tidy, wanted[0].split("\n"))), id
            else:
                whole = tidy("\n".join(seen))
                assert all(piece in whole for answer in wanted for piece in map(tidy, answer.split("\n\n\n"))), id
                assert_no_blank_follows(whole, case, id)
        elif kind in ("check", "written"):
            assert kind == "check" or cell.source == blanks_of(case, id)[0]
        if cell.cell_type == "code":
            seen.append(cell.source)


def assert_no_blank_follows(whole: str, case: Case, id: str) -> None:
    for answer, blank in zip(answers_of(case, id), blanks_of(case, id), strict=True):
        assert whole.rfind(tidy(blank)) < whole.rfind(tidy(answer.split("\n\n\n")[-1])), id


def answers_of(case: Case, id: str) -> list[str]:
    return [text for grade_id, text in answers(case.assignment).items() if exercise_of(grade_id) == id]


def blanks_of(case: Case, id: str) -> list[str]:
    slots = released(case.assignment).slots
    return [slot.source for slot in slots if slot.exercise == id and slot.kind in ("solve", "written")]


# --- judged ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in CASES if case.name in JUDGED], ids=ids)
def test_no_honest_point_is_lost(case: Case, tmp_path) -> None:
    notebook = repair(case.content(), released(case.assignment)).notebook
    expected = {slot.exercise: slot.points for slot in released(case.assignment).slots if slot.exercise in QUICK
                and slot.kind == "check"}  # fmt: skip
    assert points(notebook) == expected


def points(notebook: NotebookNode) -> dict[str, float]:
    """What some checks of a notebook give, each at its place. Demonstrations are skipped; errors end a cell only."""
    namespace, earned = {"display": lambda *_: None}, {}
    for cell in notebook.cells:
        kind = kind_of(cell)
        if kind == "check":
            if exercise(cell) in QUICK:
                earned[exercise(cell)] = examine(get(exercise(cell)), LocalLink(namespace), 7).points
        elif cell.cell_type == "code" and kind != "demo":
            run(cell.source, namespace)
    return earned


def run(source: str, namespace: dict) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):
            exec(compile(source, "<cell>", "exec"), namespace)


# --- the corpus itself -----------------------------------------------------------------------------------------


def test_the_corpus_is_large_and_its_judged_cases_exist() -> None:
    assert len(CASES) >= 100
    assert {case.name for case in CASES} >= JUDGED
    assert {case.assignment for case in CASES} == {START, FLOWS, DIFFUSION}


def test_a_lost_answer_would_be_noticed() -> None:
    """Controls: the cheap test and the judge both see that an answer is not there."""
    case = next(case for case in CASES if case.name == "deleted_answer")
    notebook = repair(case.content(), released(case.assignment)).notebook
    whole = Case(case.name, case.what, case.assignment, case.damage)
    with pytest.raises(AssertionError):
        answers_count(notebook, whole)
    assert points(notebook)["diffusion.step"] == 0
    assert points(notebook)["diffusion.alpha_bar"] == 2
