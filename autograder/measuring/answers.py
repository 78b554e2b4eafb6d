"""The graders, graded: what every check makes of wrong, right, blank and constant answers.

Independent answers stand in tests/answers/NOTEBOOK/EXERCISE/ as wrong_*.py and right_*.py. The first line of a wrong
one names the law it breaks and, where the catalogue knows the mistake, its name:

    # breaks: <a law's sentence> | mistake: <name>
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import numpy as np
import torch

from autograder.judging.exercise import Exercise, Law, all_exercises, own_laws
from autograder.judging.judge import LocalLink, examine
from autograder.judging.report import Report
from pushforward.answering.capture import captured
from pushforward.errors import CourseError

MOST = 0.5  # what a wrong answer may earn of the laws that concern the names it defines


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
            yield Answer(f"catalogue: {mistake.name}", dict(variant), False, mistake=mistake.name)


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
    return lambda *args, **kwargs: _fill(function(*args, **kwargs), value)


def _fill(result: Any, value: float) -> Any:
    """The same structure with every number and truth value replaced."""
    if isinstance(result, torch.Tensor):
        return torch.full_like(result, value)
    if isinstance(result, (list, tuple)):
        return type(result)(_fill(item, value) for item in result)
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


def try_answer(exercise: Exercise, answer: Answer, names: dict[str, Any], seed: int) -> Outcome:
    """Examine an answer among the model answers of the other names, and say what the check should have done."""
    with captured():
        report = examine(exercise, LocalLink({**names, **answer.names}), seed)
    return Outcome(answer, report, _fault(exercise, answer, report))


def _fault(exercise: Exercise, answer: Answer, report: Report) -> str | None:
    if answer.right:
        return None if report.full else "a right answer was refused"
    held = {result.law for result in report.laws if result.ok}
    if any(law.house and law.sentence == answer.breaks for law in exercise.laws):
        return _fault_of_a_small_one(answer.breaks, [law.sentence for law in exercise.laws if law not in held])
    about = concerned(exercise, answer.names.keys() & set(exercise.names))
    worth = sum(law.weight for law in about)
    if sum(law.weight for law in about & held) > MOST * worth:
        return f"a wrong answer earned {report.points:g} of {report.max:g}"
    if answer.breaks is not None and answer.breaks not in {law.sentence for law in exercise.laws}:
        return f"there is no law {answer.breaks!r}"
    if answer.breaks in {law.sentence for law in held}:
        return f"the law {answer.breaks!r} did not fall"
    named = report.mistake.name if report.mistake else None
    if answer.mistake is not None and named != answer.mistake:
        return f"the mistake {answer.mistake!r} was called {named!r}"
    return None


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


def table(root: Path) -> tuple[str, bool]:
    """The table of `make answers` as text, and whether every answer met its fate."""
    rows, faults = [], []
    for exercise in all_exercises().values():
        outcomes = [o for seed in seeds(root) for o in trials(root, exercise, seed)]
        rows.append((exercise.id, *_counts(outcomes)))
        faults += _told_once(exercise, outcomes)
    sums = tuple(sum(row[i] for row in rows) for i in range(1, 7))
    lines = [f"{'exercise':32}{'wrong rejected':>16}{'wrong named':>16}{'right accepted':>16}"]
    lines += [_line(*row) for row in (*rows, ("all", *sums))]
    rates = [100 * a / b if b else 100.0 for a, b in zip(sums[::2], sums[1::2], strict=True)]
    lines.append(f"{'rate':32}" + "".join(f"{rate:15.2f}%" for rate in rates))
    return "\n".join([*lines, *faults]), not faults


def _told_once(exercise: Exercise, outcomes: list[Outcome]) -> Iterator[str]:
    """Each fault in one line, with the seeds that show it."""
    seen: dict[tuple[str, str], list[int]] = {}
    for o in outcomes:
        if o.fault:
            seen.setdefault((o.answer.name, o.fault), []).append(o.report.seed)
    for (name, fault), where in seen.items():
        yield f"{exercise.id}, {name}: {fault} (seed {where[0]}{f' and {len(where) - 1} more' if where[1:] else ''})"


def _counts(outcomes: list[Outcome]) -> tuple[int, ...]:
    wrong = [o for o in outcomes if not o.answer.right]
    named = [o for o in wrong if o.answer.mistake]
    right = [o for o in outcomes if o.answer.right]
    hits = sum(o.report.mistake is not None and o.report.mistake.name == o.answer.mistake for o in named)
    return (
        sum(not o.report.full for o in wrong),
        len(wrong),
        hits,
        len(named),
        sum(o.report.full for o in right),
        len(right),
    )


def _line(name: str, *counts: int) -> str:
    pairs = zip(counts[::2], counts[1::2], strict=True)
    return f"{name:32}" + "".join(f"{f'{a} of {b}':>16}" for a, b in pairs)
