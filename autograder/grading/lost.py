"""What is gone, or is to go: a gradebook that was lost, and students who left."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.plan import Options, folder_of
from autograder.grading.records.attempts import Place
from autograder.grading.records.files import in_one_sentence, write
from autograder.grading.records.state import FOLDER, State
from autograder.grading.roster.enrolment import Memory
from pushforward.errors import CourseError

if TYPE_CHECKING:
    from autograder.grading.records.gradebook import Book


def lost(state: State, options: Options) -> set[Place]:
    """What was entered in the gradebook by earlier runs and does not stand there any more.

    Raises CourseError if that is everything, so that nobody's hand grades vanish behind an empty gradebook; with
    --rebuild, it is written anew.
    """
    from autograder.grading.records.gradebook import Book

    entered = {place for place, row in state.rows().items() if row.standing and place[0] not in options.forget}
    if not entered:
        return set()
    book = Book(options.out, options.db)
    if book.is_missing() and not options.rebuild:
        raise CourseError(_gone(f"{book} is gone", options.out))
    with book:
        gone = entered - book.places()
    if gone == entered and not options.rebuild:
        raise CourseError(_gone(f"{book} knows nothing of the {len(entered)} notebooks that were graded", options.out))
    return gone


def _gone(what: str, out: Path) -> str:
    return (
        f"{what}, and with it what was marked by hand: put your copy of it back, or name the one of the last run with "
        f"--db; without either, --rebuild writes it anew from what {out} remembers, with the hand grades and comments "
        "of the last run, but without due dates and extensions."
    )


def refuse_strangers(state: State, handed_in: Collection[Place], options: Options) -> None:
    """Raises CourseError if --student or --exercise names what nobody has handed in."""
    if not options.students and not options.exercises:
        return
    attempts = state.attempts()
    students = {student for student, _ in (*attempts, *handed_in)}
    exercises = {name for own in attempts.values() for attempt in own for name in attempt.judges}
    _refuse("--student", options.students, students)
    _refuse("--exercise", options.exercises, exercises)


def _refuse(option: str, given: Iterable[str], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            mend = f"did you mean {near[0]}?" if near else "totals.csv names all that have been graded."
            raise CourseError(f"{option} {name} names nothing that has been graded: {mend}")


# --- students who left -----------------------------------------------------------------------------------------


def forget(student: str, state: State, book: Book, options: Options, there: bool) -> str:
    """Delete all that is kept of a student: gradebook, feedback, graded notebooks, copies, results.

    there: whether they are among the submissions. Returns what is left for their teacher to do. Raises CourseError if
    nothing is known of them.
    """
    kept, entered = state.attempts(), book.places()
    _refuse("--forget", [student], {name for name, _ in (*kept, *entered)})
    assignments = {assignment for name, assignment in (*kept, *entered) if name == student}
    handed_in = folder_of(options.submitted)
    for folder in _folders(student, assignments, book, options.out):
        if handed_in.resolve() not in folder.resolve().parents:
            with in_one_sentence(folder):
                shutil.rmtree(folder, ignore_errors=not folder.exists())
    book.forget(student)
    state.forget(student)
    memory = Memory(options.out / FOLDER / "roster.json")
    if student in memory.read():
        write(memory.path, memory.without(student))
    left = f" What they handed in still lies in {handed_in}: take it away, or the next run grades it again."
    return f"{student} is forgotten.{left * there}"


def _folders(student: str, assignments: Iterable[str], book: Book, out: Path) -> set[Path]:
    """Where a student's files are, in this folder and nowhere else."""
    course, found = book.folder.coursedir, set()
    steps = (course.submitted_directory, course.autograded_directory, course.feedback_directory)
    for assignment in assignments:
        for path in (Path(course.format_path(step, student, assignment)) for step in steps):
            found.add(path.parent if path.parent.name == student else path)
    found.add(out / "feedback" / student)
    return {path for path in found if out.resolve() in path.resolve().parents and student in path.parts}
