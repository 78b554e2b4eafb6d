"""Every check against wrong, right, blank and constant answers, over seeds that rotate with the commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.judging.child import ChildLink
from autograder.judging.exercise import Exercise, all_exercises
from autograder.judging.judge import LocalLink, examine
from autograder.measuring import answers

ROOT = Path(__file__).resolve().parents[2]
SEEDS = answers.seeds(ROOT)
pytestmark = pytest.mark.filterwarnings("ignore")  # answers may warn, and lose no mark by it
every_exercise = pytest.mark.parametrize("exercise", all_exercises().values(), ids=lambda e: e.id)


@every_exercise
def test_the_catalogue_and_the_independent_answers_are_many_enough(exercise: Exercise) -> None:
    assert list(answers.lacking(ROOT, exercise)) == []
    assert all(len(hint) > 20 for hint in exercise.hints)
    assert len(exercise.hints) == 3


@every_exercise
def test_the_reference_earns_everything(exercise: Exercise) -> None:
    names = answers.reference(ROOT, exercise.notebook)
    for seed in SEEDS:
        report = examine(exercise, LocalLink(names), seed)
        assert report.full, report


@every_exercise
def test_the_untouched_release_earns_nothing_and_says_why(exercise: Exercise) -> None:
    report = examine(exercise, LocalLink(answers.blank(ROOT, exercise.notebook)))
    assert report.points == 0
    assert report.blank
    assert "not implemented yet" in report.headline


@every_exercise
def test_constants_and_handed_back_arguments_earn_nothing(exercise: Exercise) -> None:
    for answer in answers.constants(answers.reference(ROOT, exercise.notebook), exercise):
        report = examine(exercise, LocalLink(answer.names), SEEDS[0])
        assert report.points == 0, f"{answer.name}: {report}"


@every_exercise
def test_wrong_answers_fall_by_their_law_and_right_ones_stand(exercise: Exercise) -> None:
    outcomes = [o for seed in SEEDS for o in answers.trials(ROOT, exercise, seed)]
    faults = [f"{o.answer.name}, seed {o.report.seed}: {o.fault}\n{o.report}" for o in outcomes if o.fault]
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("notebook", sorted({e.notebook for e in all_exercises().values()}))
def test_another_process_without_the_judge_gives_the_same_findings(notebook: str, tmp_path: Path) -> None:
    """Over the wire, in a child that cannot import autograder: a wrong answer per exercise, and the model answers."""
    exercises = [e for e in all_exercises().values() if e.notebook == notebook]
    folder = ROOT / "tests" / "answers" / notebook
    wrong = tmp_path / "wrong.py"
    wrong.write_text("\n\n".join(next((folder / e.id).glob("wrong_*.py")).read_text() for e in exercises))
    for path in (wrong, ROOT / "solutions" / f"{notebook}.py"):
        here = answers.reference(ROOT, notebook) if path.parent.name == "solutions" else answers._load(path)
        with ChildLink(path, seconds=300) as link:
            for exercise in exercises:
                local, remote = examine(exercise, LocalLink(here), 7), examine(exercise, link, 7)
                assert remote.laws == local.laws
                assert (remote.points, remote.mistake) == (local.points, local.mistake)
                assert remote.full == (path.parent.name == "solutions")


def test_a_child_cannot_import_the_judge(tmp_path: Path) -> None:
    path = tmp_path / "peeks.py"
    path.write_text(
        "def standardise(x):\n    import autograder.checks.c00_start_here\n    raise AssertionError('it can')\n"
    )
    with ChildLink(path, seconds=60) as link:
        report = examine(all_exercises()["start.standardise"], link)
    assert "ModuleNotFoundError" in report.error
