"""The graders, graded: what every check makes of wrong, right, blank and constant answers.

Independent answers stand in tests/answers/NOTEBOOK/EXERCISE/ as wrong_*.py and right_*.py. The first line of a wrong
one names the law it breaks and, where the catalogue knows the mistake, its name:

    # breaks: <a law's sentence> | mistake: <name>
"""

from __future__ import annotations

import difflib
import functools
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import numpy as np
import torch

from autograder.judging.asking import LocalLink
from autograder.judging.exercise import Exercise, Law, all_exercises, get, own_laws
from autograder.judging.exercise import table as course_table
from autograder.judging.judge import examine
from autograder.judging.report import Report
from autograder.measuring.apart import parting
from autograder.measuring.forked import forked
from pushforward.answering.capture import captured
from pushforward.errors import CourseError

MOST = 0.5  # what a mistake of the catalogue may earn of the laws that concern its names (all but one if `apart`)
CATALOGUE = "catalogue: "


@dataclass(frozen=True)
class Answer:
    """One answer on trial. breaks and mistake are what its author says of it; a right one has neither."""

    name: str
    names: dict[str, Any]
    right: bool
    breaks: str | None = None
    mistake: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What the check made of an answer. fault: what is wrong with the check, None if all is as it should be."""

    answer: Answer
    report: Report
    fault: str | None


# --- where answers come from -----------------------------------------------------------------------------------


def catalogue(exercise: Exercise) -> Iterator[Answer]:
    """The exercise's own misconceptions, each as a mutant."""
    for mistake in exercise.mistakes:
        for variant in mistake.variants:
            yield Answer(f"{CATALOGUE}{mistake.name}", dict(variant), False, mistake=mistake.name)


def independent(root: Path, exercise: Exercise) -> Iterator[Answer]:
    """The answers under tests/answers, wrong ones first."""
    folder = root / "tests" / "answers" / exercise.notebook / exercise.id
    for path in sorted(folder.glob("wrong_*.py")):
        breaks, mistake = _header(path)
        yield Answer(path.name, _load(path), False, breaks, mistake)
    for path in sorted(folder.glob("right_*.py")):
        yield Answer(path.name, _load(path), True)


def _header(path: Path) -> tuple[str, str | None]:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    if not first.startswith("# breaks: "):
        raise CourseError(f"{path}: the first line must say `# breaks: <a law's sentence>`.")
    law, _, mistake = first.removeprefix("# breaks: ").partition(" | mistake: ")
    return law.strip(), mistake.strip() or None


def _load(path: Path) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "answers"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names


@functools.cache
def reference(root: Path, notebook: str) -> dict[str, Any]:
    """The names that the model answers define: the given and solve cells of the source, run in order."""
    return _run_cells(jupytext.read(root / "solutions" / f"{notebook}.py"))


@functools.cache
def blank(root: Path, notebook: str) -> dict[str, Any]:
    """The names that the untouched student notebook defines."""
    return _run_cells(nbformat.read(root / "course" / f"{notebook}.ipynb", as_version=4))


def _run_cells(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "answers"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and _defines(cell):
            exec(compile(cell.source, "<cell>", "exec"), names)
    return names


def _defines(cell: nbformat.NotebookNode) -> bool:
    """Given and solve cells, in a source by their tags and in a built notebook by nbgrader's metadata."""
    tags, grader = cell.metadata.get("tags", []), cell.metadata.get("nbgrader", {})
    solve_or_given = any(tag == "given" or tag.startswith("solve:") for tag in tags)
    return solve_or_given or grader.get("solution") or (grader.get("locked") and not grader.get("grade"))


def constants(names: dict[str, Any], exercise: Exercise) -> Iterator[Answer]:
    """Answers that know nothing: zeros, ones and a constant in the right shape, the first argument handed back."""
    for label, value in (("zeros", 0.0), ("ones", 1.0), ("a constant", 0.37)):
        yield Answer(label, {n: _filled(names[n], value) for n in exercise.names}, False)
    yield Answer(
        "first argument", {n: lambda *a, **k: next(iter((*a, *k.values())), 1.0) for n in exercise.names}, False
    )


def _filled(function: Callable, value: float) -> Callable:
    """The function with all numbers replaced; one that answers in words says its first word for ever."""
    words: list[str] = []

    def filled(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if isinstance(result, str):
            words.append(result)
            return words[0]
        return _fill(result, value)

    return filled


def _fill(result: Any, value: float) -> Any:
    """The same structure with every number and truth value replaced."""
    if isinstance(result, torch.Tensor):
        return torch.full_like(result, value)
    if isinstance(result, (list, tuple)):
        return type(result)(_fill(item, value) for item in result)
    if isinstance(result, str) and set(result) <= {"0", "1"}:  # bits
        return "0" * len(result)
    if isinstance(result, dict):
        return {key: _fill(item, value) for key, item in result.items()}
    return type(result)(value) if isinstance(result, (bool, int, float)) else result


# --- trying them -----------------------------------------------------------------------------------------------


def seeds(root: Path) -> list[int]:
    """PUSHFORWARD_SEEDS of them, 0, 1, …; by default three that rotate with the commit."""
    wanted = os.environ.get("PUSHFORWARD_SEEDS")
    if wanted:
        return list(range(int(wanted)))
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    start = int(head.stdout[:8], 16) if head.returncode == 0 else 0
    return [start, start + 1, start + 2]


def concerned(exercise: Exercise, names: Iterable[str], seed: int = 0) -> set[Law]:
    """The laws that cases about these declared names decide."""
    cases = exercise.probe(np.random.default_rng(seed))
    asked = [(ask, case) for case in cases for ask in case.asks if ask.of in set(names)]
    return {law for ask, case in asked for law in ask.laws or case.about or own_laws(exercise)}


@contextmanager
def in_budget(exercise: Exercise, name: str) -> Iterator[None]:
    """Inside, an exercise whose training is long has this budget. Nothing changes for the others."""
    before = os.environ.get("PUSHFORWARD_BUDGET")
    if exercise.long:
        os.environ["PUSHFORWARD_BUDGET"] = name
    try:
        yield
    finally:
        if exercise.long and before is None:
            del os.environ["PUSHFORWARD_BUDGET"]
        elif exercise.long:
            os.environ["PUSHFORWARD_BUDGET"] = before


def try_answer(exercise: Exercise, answer: Answer, names: dict[str, Any], seed: int) -> Outcome:
    """Examine an answer among the model answers of the other names, and say what the check should have done.

    Where training is long, a right answer has to stand in the quick budget, and a wrong one to fall in the full one.
    """
    with captured(), in_budget(exercise, "quick" if answer.right else "full"):
        report = examine(exercise, LocalLink({**names, **answer.names}), seed)
    fault = _fault(exercise, answer, report) or _misnamed(exercise, answer, names, report)
    return Outcome(answer, report, fault)


def _fault(exercise: Exercise, answer: Answer, report: Report) -> str | None:
    if answer.right:
        return None if report.full else "a right answer was refused"
    held = {result.law for result in report.laws if result.ok}
    if any(law.house and law.sentence == answer.breaks for law in exercise.laws):
        return _fault_of_a_small_one(answer.breaks, [law.sentence for law in exercise.laws if law not in held])
    about = concerned(exercise, answer.names.keys() & set(exercise.names))
    worth = sum(law.weight for law in about)
    most = worth - min((law.weight for law in about if law.weight), default=0) if exercise.apart else MOST * worth
    if answer.breaks is None and sum(law.weight for law in about & held) > most:
        return f"a wrong answer earned {report.points:g} of {report.max:g}"
    if answer.breaks is not None and answer.breaks not in {law.sentence for law in exercise.laws}:
        return f"there is no law {answer.breaks!r}"
    if answer.breaks in {law.sentence for law in held}:
        return f"the law {answer.breaks!r} did not fall"
    return None


def _misnamed(exercise: Exercise, answer: Answer, names: dict[str, Any], report: Report) -> str | None:
    """The mistake has another name than its author gave it: the first question at which the two part says why."""
    named = report.mistake.name if report.mistake else None
    if answer.mistake is None or named == answer.mistake:
        return None
    mistake = next((mistake for mistake in exercise.mistakes if mistake.name == answer.mistake), None)
    if mistake is None:
        near = difflib.get_close_matches(answer.mistake, [m.name for m in exercise.mistakes], n=1)
        return f"the catalogue knows no mistake {answer.mistake!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    where = parting(exercise, mistake, {**names, **answer.names}, report.seed)
    return f"the mistake {answer.mistake!r} was called {named!r}: {where}"


def _fault_of_a_small_one(breaks: str, fallen: list[str]) -> str | None:
    """An answer that breaks a law of the house, and no other, loses that law and no other."""
    if breaks not in fallen:
        return f"the law {breaks!r} did not fall"
    return None if fallen == [breaks] else f"more fell than {breaks!r}: {'; '.join(s for s in fallen if s != breaks)}"


# --- the table -------------------------------------------------------------------------------------------------


def trials(root: Path, exercise: Exercise, seed: int) -> Iterator[Outcome]:
    """Every catalogued and independent answer to one exercise, tried with one seed."""
    names = reference(root, exercise.notebook)
    for answer in (*catalogue(exercise), *independent(root, exercise)):
        yield try_answer(exercise, answer, names, seed)


def chosen(ids: Sequence[str]) -> list[Exercise]:
    """The exercises of these ids, all for none. Raises CourseError, with the nearest ids, on one that nobody judges."""
    by_hand = [id for id in ids if course_table().get(id, {}).get("kind") == "written"]
    if by_hand:
        raise CourseError(f"{by_hand[0]} is marked by hand: it has no grader to try. Name an exercise with a check.")
    return [get(id) for id in dict.fromkeys(ids)] or list(all_exercises().values())


def lacking(root: Path, exercise: Exercise) -> Iterator[str]:
    """What an exercise needs before its grader counts as graded, and has not."""
    folder = f"tests/answers/{exercise.notebook}/{exercise.id}"
    found = list(independent(root, exercise))
    for number, least, what in (
        (len(exercise.mistakes), 3, "mistakes in its catalogue"),
        (sum(not answer.right for answer in found), 3, f"answers wrong_*.py in {folder}"),
        (sum(answer.right for answer in found), 2, f"answers right_*.py in {folder}"),
    ):
        if number < least:
            yield f"{exercise.id} has {number} {what}: {least} are needed"


@dataclass(frozen=True)
class Told:
    """What of an outcome goes into the table, and crosses between processes."""

    answer: str
    right: bool
    written: bool  # by somebody, not from the exercise's own catalogue
    mistake: str | None
    named: str | None
    full: bool
    seed: int
    fault: str | None


def _told(outcome: Outcome) -> Told:
    answer, report = outcome.answer, outcome.report
    named = report.mistake.name if report.mistake else None
    written = not answer.name.startswith(CATALOGUE)
    return Told(answer.name, answer.right, written, answer.mistake, named, report.full, report.seed, outcome.fault)


EACH_SEED = 120.0  # seconds of CPU for all answers of an exercise: some hundred, on a busy machine


def table(root: Path, exercises: Iterable[Exercise]) -> tuple[str, bool]:
    """The table of `make answers` as text, and whether every answer met its fate."""
    listed = list(exercises)
    jobs = [(exercise, seed) for exercise in listed for seed in seeds(root)]
    found = forked(lambda job: _tried(root, *job), jobs, EACH_SEED)
    rows, faults = [], []
    for exercise in listed:
        told = [t for (other, _), each in zip(jobs, found, strict=True) if other is exercise for t in each]
        rows.append((exercise.id, *_counts(told)))
        faults += [*_told_once(exercise, told), *lacking(root, exercise)]
    sums = tuple(sum(row[i] for row in rows) for i in range(1, 1 + 2 * len(_COLUMNS)))
    lines = [f"{'exercise':32}" + "".join(f"{column:>16}" for column in _COLUMNS)]
    lines += [_line(*row) for row in (*rows, ("all", *sums))]
    rates = [100 * a / b if b else 100.0 for a, b in zip(sums[::2], sums[1::2], strict=True)]
    lines.append(f"{'rate':32}" + "".join(f"{rate:15.2f}%" for rate in rates))
    return "\n".join([*lines, *faults]), not faults


def _tried(root: Path, exercise: Exercise, seed: int) -> list[Told]:
    return [_told(outcome) for outcome in trials(root, exercise, seed)]


def _told_once(exercise: Exercise, told: list[Told]) -> Iterator[str]:
    """Each fault in one line, with the seeds that show it."""
    seen: dict[tuple[str, str], list[int]] = {}
    for t in told:
        if t.fault:
            seen.setdefault((t.answer, t.fault), []).append(t.seed)
    for (name, fault), where in seen.items():
        yield f"{exercise.id}, {name}: {fault} (seed {where[0]}{f' and {len(where) - 1} more' if where[1:] else ''})"


# named: of those whose author says what the catalogue calls them; any name: of all that somebody wrote; wrong name: of
# those that got a name, how many got another than the author's
_COLUMNS = ("wrong rejected", "wrong named", "any name", "wrong name", "right accepted")


def _counts(told: list[Told]) -> tuple[int, ...]:
    wrong, right = [t for t in told if not t.right], [t for t in told if t.right]
    known = [t for t in wrong if t.mistake]
    written = [t for t in wrong if t.written]
    called = [t for t in wrong if t.named and t.mistake]
    return (
        *(sum(not t.full for t in wrong), len(wrong)),
        *(sum(t.named == t.mistake for t in known), len(known)),
        *(sum(t.named is not None for t in written), len(written)),
        *(sum(t.named != t.mistake for t in called), len(called)),
        *(sum(t.full for t in right), len(right)),
    )


def _line(name: str, *counts: int) -> str:
    pairs = zip(counts[::2], counts[1::2], strict=True)
    return f"{name:32}" + "".join(f"{f'{a} of {b}':>16}" for a, b in pairs)
