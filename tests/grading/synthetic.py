"""A class that was never taught: results with real tables of real checks, made from the same seed each time."""

from __future__ import annotations

import functools
import json
import random
import runpy
import warnings
from pathlib import Path

import nbformat

from autograder.grading.model import Mark, Result, Slot, Template, template
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get, table
from autograder.judging.judge import examine
from autograder.judging.report import Report

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "15_diffusion_forward"
# Quick to judge, one of them with several mistakes that the catalogue knows.
ANSWERED = ("diffusion.step", "diffusion.q_sample", "diffusion.predict_x0", "diffusion.posterior_variance")


@functools.cache
def released(assignment: str = ASSIGNMENT) -> Template:
    """The template of a real assignment."""
    return template(assignment, nbformat.read(ROOT / "course" / f"{assignment}.ipynb", as_version=4))


@functools.cache
def reports(exercise: str) -> tuple[tuple[Report, str], ...]:
    """What the judge says of some wrong answers and a right one, each with the answer's text."""
    folder = ROOT / "tests" / "answers" / table()[exercise]["notebook"] / exercise
    files = [*sorted(folder.glob("wrong_*.py"))[:6], *sorted(folder.glob("right_*.py"))[:1]]
    return tuple((_judged(exercise, runpy.run_path(str(file))), file.read_text()) for file in files)


def _judged(exercise: str, namespace: dict) -> Report:
    with warnings.catch_warnings():  # some of the wrong answers divide by zero
        warnings.simplefilter("ignore")
        return examine(get(exercise), LocalLink(namespace), seed=11)


def mark(report: Report) -> Mark:
    """The mark of a judged answer."""
    status = "blank" if report.blank else "full" if report.full else "partial" if report.points else "zero"
    mistake = {"misconception": report.mistake.name, "sentence": report.mistake.sentence} if report.mistake else {}
    failed = tuple(found.law.sentence for found in report.laws if found.law.weight and not found.ok)
    seconds = {"seconds_judge": 0.01, "seconds_student": 0.02}
    return Mark(
        report.id, table()[report.id]["kind"], report.points, report.max, status, failed, seed=report.seed,
        html=report._repr_html_(), **mistake, **seconds,
    )  # fmt: skip


def blank(slot: Slot) -> Mark:
    """The mark of a cell in which nothing was written."""
    if slot.kind == "written":
        return Mark(slot.exercise, "written", 0.0, slot.points, "empty")
    return Mark(slot.exercise, table()[slot.exercise]["kind"], 0.0, slot.points, "blank")


def result(student: str, chance: random.Random, skill: float = 0.5, assignment: str = ASSIGNMENT, **more) -> Result:
    """One notebook; skill: how likely an answer is right."""
    marks, answers = [], {}
    for slot in released(assignment).graded:
        if slot.kind == "written":
            marks.append(Mark(slot.exercise, "written", None, slot.points, "waiting"))
            answers[slot.grade_id] = "Because the *noise* wins in the end."
        elif slot.exercise in ANSWERED and chance.random() > 0.1:
            choices = reports(slot.exercise)
            report, text = choices[-1] if chance.random() < skill else chance.choice(choices[:-1])
            marks.append(mark(report))
            answers[f"{slot.grade_id}-answer"] = text
        else:
            marks.append(blank(slot))
    seconds = {"total": 1 + 3 * chance.random(), "cells": 0.8, "judge": 0.04, "student": 0.08}
    given = {"seed": 20261, "seconds": seconds, "notebook": notebook(answers)}
    return Result(student, assignment, tuple(marks), **{**given, **more})


def notebook(answers: dict[str, str], **outputs: list) -> str:
    """A graded notebook with these answers under nbgrader's ids."""
    cells = [
        {
            "cell_type": "code",
            "metadata": {"nbgrader": {"grade_id": name}},
            "source": text.splitlines(True),
            "outputs": outputs.get(name, []),
        }
        for name, text in answers.items()
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def by_hand() -> float:
    """The points of the assignment that a person gives."""
    rows = [row for row in table().values() if row["notebook"] == ASSIGNMENT and row["kind"] == "written"]
    return sum(row["points"] for row in rows)
