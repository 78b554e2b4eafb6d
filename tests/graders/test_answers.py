"""Every check against wrong, right, blank and constant answers, over seeds that rotate with the commit."""

from __future__ import annotations

import functools
import hashlib
import inspect
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.judging.asking import LocalLink
from autograder.judging.child import ChildLink
from autograder.judging.exercise import Exercise, all_exercises
from autograder.judging.judge import examine
from autograder.measuring import answers
from tests.rotation import EVERYTHING, rotating, touches_exercise

ROOT = Path(__file__).resolve().parents[2]
SEEDS = answers.seeds(ROOT)
pytestmark = pytest.mark.filterwarnings("ignore")  # answers may warn, and lose no mark by it


EXERCISES = list(all_exercises().values())
every_exercise = pytest.mark.parametrize(
    "exercise", rotating(EXERCISES, 30, name=lambda e: e.id, touched=touches_exercise), ids=lambda e: e.id
)
some_exercises = pytest.mark.parametrize(
    "exercise", rotating(EXERCISES, 10, name=lambda e: e.id, touched=touches_exercise), ids=lambda e: e.id
)


def seeds_of(exercise: Exercise) -> list[int]:
    """One that goes with the commit; more where something has changed, or all is looked at."""
    return SEEDS if EVERYTHING or touches_exercise(exercise) else SEEDS[:1]


@every_exercise
def test_the_catalogue_and_the_independent_answers_are_many_enough(exercise: Exercise) -> None:
    assert list(answers.lacking(ROOT, exercise)) == []
    assert all(len(hint) > 20 for hint in exercise.hints)
    assert len(exercise.hints) == 3


@every_exercise
def test_the_reference_earns_everything(exercise: Exercise) -> None:
    names = answers.reference(ROOT, exercise.notebook)
    for seed in seeds_of(exercise):
        report = examine(exercise, LocalLink(names), seed)
        assert report.full, report


@pytest.mark.slow
@pytest.mark.parametrize("id", [e.id for e in EXERCISES if e.long])
def test_a_long_training_reaches_what_is_asked_of_it(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "full")
    (exercise,) = [e for e in EXERCISES if e.id == id]
    names = answers.reference.__wrapped__(ROOT, exercise.notebook)  # the shared names may hold a shorter training
    report = examine(exercise, LocalLink(names), SEEDS[0])
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


@some_exercises
def test_wrong_answers_fall_by_their_law_and_right_ones_stand(
    exercise: Exercise, request: pytest.FixtureRequest
) -> None:
    cache = getattr(request.config, "cache", None)  # pytest can be told to keep none
    for seed in seeds_of(exercise):
        kept = f"judged/{_content(exercise)}-{seed}"
        if cache is not None and cache.get(kept, None) == "all as it should be":
            continue
        outcomes = list(answers.trials(ROOT, exercise, seed))
        faults = [f"{o.answer.name}, seed {seed}: {o.fault}\n{o.report}" for o in outcomes if o.fault]
        assert not faults, "\n\n".join(faults)
        if cache is not None:
            cache.set(kept, "all as it should be")


@functools.cache
def _engine() -> bytes:
    """All that judges, whatever is judged."""
    folders = ("autograder/judging", "autograder/oracles", "autograder/measuring", "pushforward")
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return b"".join([*(file.read_bytes() for file in files), torch.__version__.encode(), np.__version__.encode()])


def _content(exercise: Exercise) -> str:
    """A name for everything that the verdict on an exercise's answers depends on, the seed aside."""
    folder = Path(inspect.getfile(type(exercise))).parent
    own = [*folder.glob("*.py"), *(ROOT / "tests" / "answers" / exercise.notebook / exercise.id).iterdir()]
    files = sorted(file for file in (*own, ROOT / "solutions" / f"{exercise.notebook}.py") if file.is_file())
    parts = [part for file in files for part in (file.name.encode(), file.read_bytes())]
    return hashlib.sha256(b"\0".join([exercise.id.encode(), _engine(), *parts])).hexdigest()[:24]


NOTEBOOKS = sorted({e.notebook for e in EXERCISES})


def alone(folder: Path) -> str:
    """A wrong answer that needs nothing of the graders."""
    texts = (file.read_text(encoding="utf-8") for file in sorted(folder.glob("wrong_*.py")))
    return next(text for text in texts if "autograder" not in text)


@pytest.mark.parametrize("notebook", rotating(NOTEBOOKS, 1))
def test_another_process_without_the_judge_gives_the_same_findings(
    notebook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the wire, in a child that cannot import autograder: a wrong answer per exercise, and the model answers."""
    exercises = [e for e in all_exercises().values() if e.notebook == notebook]
    folder = ROOT / "tests" / "answers" / notebook
    wrong = tmp_path / "wrong.py"
    wrong.write_text("\n\n".join(alone(folder / e.id) for e in exercises))
    for path, budget in ((wrong, "full"), (ROOT / "solutions" / f"{notebook}.py", "quick")):
        monkeypatch.setenv("PUSHFORWARD_BUDGET", budget)  # what a quick training may miss, a wrong answer may not
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
