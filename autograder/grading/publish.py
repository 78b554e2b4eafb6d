"""What comes of a result, each time the same: gradebook, graded notebook, feedback; and the tables of all results.

First a result is kept, then it is published, then that is noted. Cut short anywhere, it is published once more, and
publishing twice is publishing once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.choice import Choice
from autograder.grading.class_files import REPORT, ClassFiles
from autograder.grading.cluster import Outcome
from autograder.grading.model import Job, Result, Standing, Template, refused
from autograder.grading.records import judges
from autograder.grading.records.attempts import Attempt, HandIn, Place, hand_in, surprises
from autograder.grading.records.counted import waiting
from autograder.grading.records.course import nothing_asked
from autograder.grading.records.files import write
from autograder.grading.records.regrading import cause, changes, merged
from autograder.grading.records.state import FOLDER, Row, State
from autograder.grading.reports.pages import count
from pushforward.errors import CourseError

if TYPE_CHECKING:
    from autograder.grading.records.gradebook import Book
    from autograder.grading.roster.roster import Person


class Publisher:
    """The one writer of an output folder. templates: of the assignments that the gradebook is prepared for."""

    def __init__(self, out: Path, state: State, book: Book, templates: Mapping[str, Template]) -> None:
        self._out, self._state, self._book, self._templates = out, state, book, templates
        self._known = {*templates, *(assignment for _, assignment in state.attempts())}
        self._choice = Choice(state, book, templates)
        self._judges = {name: judges.judges(template) for name, template in templates.items()}
        self._rubrics: dict[str, dict[str, str]] = {}  # assignment → see records.rubrics
        self.failed: list[str] = []  # what could not be published, a sentence each
        self.said: list[str] = []  # what else is to be told at the end
        self.asked, self.changed = 0, 0  # marks that were judged once more, and those that are others now

    # --- a result ------------------------------------------------------------------------------------------------

    def take(self, job: Job, outcome: Outcome) -> None:
        """A worker has finished. Raises CourseError if no worker could do better: the disk, the database, the sandbox.

        What fails in the grader itself is kept under no fingerprint, so that the next run tries it again. A hand-in
        that could be graded before keeps its marks if it cannot now.
        """
        if isinstance(outcome, CourseError):
            raise outcome
        given, failed = hand_in(job), isinstance(outcome, BaseException)
        result = _blameless(job, outcome) if failed else outcome
        old = next((attempt for attempt in self._state.of(given.place) if attempt.handed == given.handed), None)
        if old and not old.refused and result.reason:
            self._stays(given, "" if failed else given.fingerprint, result.reason)
            return
        self._keep(replace(given, fingerprint="") if failed else given, job, result, old)
        self.publish(given.place)

    def _stays(self, given: HandIn, fingerprint: str, reason: str) -> None:
        """A regrading that ends in a refusal takes nothing away."""
        self.said.append(f"{' '.join(given.place)} could not be graded again, so its marks stay. {reason}")
        if fingerprint:
            self._state.settle(given.place, given.handed, fingerprint)

    def _keep(self, given: HandIn, job: Job, result: Result, old: Attempt | None) -> None:
        now = {} if result.reason else self._judges.get(result.assignment, {})
        if old is None:
            self._state.keep(given, result, job.seed, now)
            return
        before = self._state.result(given.place, given.handed)
        only = old.due.exercises if old.due and old.fingerprint == given.fingerprint else ()
        result = merged(before, result, only)
        now = {**old.judges, **{name: judge for name, judge in now.items() if name in only}} if only else now
        others = list(changes(before, result, cause(old, job.seed), (old.judges, now)))
        self.asked += len(only or result.marks)
        self.changed += len(others)
        self._state.keep(given, result, old.seed if only else job.seed, now, others)

    # --- what people see -----------------------------------------------------------------------------------------

    def publish(self, place: Place) -> None:
        """Bring everything about the attempt that counts to where people look for it."""
        counts = self._choice.counts(place)
        result = self._choice.result(place, counts)
        known = result.assignment in self._templates
        if result.marks and not known:
            return  # left over from a run with another course, which will do it
        try:
            standing = self._book.record(result, self._choice.hands(place, counts, result)) if known else Standing()
            if known:
                self._graded(result)
            self._feedback(result, standing)
        except CourseError:
            raise
        except Exception as problem:  # a fault of ours must not cost the others their grades
            self.failed.append(
                f"{' '.join(place)} is graded but could not be published ({type(problem).__name__}: {problem}): please "
                f"report this with {self._out / FOLDER / 'log.txt'}; the same command tries it again."
            )
        else:
            self._state.publish(place, counts.handed, _as_text(standing) if known else "")

    def restore(self, places: Collection[Place]) -> tuple[str, ...]:
        """Enter in the gradebook once more what stood there, with the hand grades of then. Returns what to tell."""
        self._choice.lost = {place for place in places if place[1] in self._templates}
        self._state.publish_again(self._choice.lost)
        if not self._choice.lost:
            return ()
        many = count(len(self._choice.lost), "notebook")
        return (f"{many} missing in the gradebook: entered again, with the hand grades and comments of the last run.",)

    def refresh(self) -> None:
        """Again what another attempt counts for by now, and feedback where a person or a date has changed something."""
        standings, rows = self._book.standings(), self._state.rows()
        for place in rows.keys() & standings.keys():
            if rows[place].published and place[1] in self._templates:
                self._refresh(place, rows[place], standings[place])

    def _refresh(self, place: Place, row: Row, standing: Standing) -> None:
        counts = self._choice.counts(place)
        if counts.handed != row.handed:
            self.publish(place)
        elif _as_text(standing) != row.standing:
            self._feedback(self._choice.result(place, counts), standing)
            self._state.publish(place, row.handed, _as_text(standing))

    def _graded(self, result: Result) -> None:
        from autograder.grading.records.coursefolder import keep_graded
        from autograder.grading.records.rubrics import rubrics

        template = self._templates[result.assignment]
        if template.assignment not in self._rubrics:
            self._rubrics[template.assignment] = rubrics(self._book.folder, template)
        keep_graded(self._book.folder, result, template, self._rubrics[template.assignment])

    def _feedback(self, result: Result, standing: Standing) -> None:
        from autograder.grading.reports.feedback import feedback_html

        template = self._templates.get(result.assignment) or nothing_asked(result.assignment)
        write(self._page(result), feedback_html(result, standing, template))

    def _page(self, result: Result) -> Path:
        return self._out / "feedback" / result.student / result.assignment / f"{result.assignment}.html"

    def tables(self, anonymous: bool, roster: Sequence[Person] | None = None) -> list[Result]:
        """Write what is about all students. Returns their results, hand grades included. roster: see ClassFiles."""
        files = ClassFiles(self._out, self._state, self._choice, self._templates, self._known, self._page)
        return files.write(self._book.standings(), anonymous, roster)

    def news(self) -> Iterator[str]:
        """What has become of marks that were there before, a sentence each."""
        yield from self.said
        if self.asked:
            yield f"{count(self.asked, 'mark')} judged once more, {self.changed} changed: see regraded.csv."
        if self._choice.lapsed:
            again = count(self._choice.lapsed, "answer")
            yield f"{again} marked by hand changed since, so that the hand grade does not count: see regraded.csv."
        attempts, shown = self._state.attempts(), self._state.shown()
        yield from surprises(((attempts[place], one) for place, one in shown.items()), self._state.choice)
        outdated = judges.outdated(((assignment, one) for (_, assignment), one in shown.items()), self._judges)
        yield from [outdated] * bool(outdated)


def told(results: Iterable[Result], out: Path) -> str:
    """A few lines for the end of a run. results: hand grades included."""
    results = list(results)
    refusals = sum(bool(result.reason) for result in results)
    incidents = sum(len(result.incidents) for result in results)
    lines = [f"{len(results) - refusals} graded, {refusals} refused with a reason, {count(incidents, 'incident')}."]
    if missing := _missing(results):
        lines.append(
            f"To be marked by hand: {missing}. Run `jupyter lab` in {out} and open Nbgrader, Formgrader; until then, "
            "the tables in lms/ are called provisional_."
        )
    if any(not result.isolated for result in results):
        lines.append("Not isolated: students' code ran as you, with your files and your network.")
    return "\n".join([*lines, f"Open {out / REPORT} first."])


def not_final(results: Iterable[Result]) -> str:
    """Why marks are not final yet, "" if they are. results: hand grades included."""
    if missing := _missing(list(results)):
        return (
            f"These marks are not final, to be marked by hand: {missing}. Do so in Nbgrader, Formgrader (0 points are "
            "a mark, too), then run the same command again."
        )
    return ""


def _missing(results: list[Result]) -> str:
    """What a person still has to mark, in words."""
    waits = [points for result in results if (points := waiting(result))]
    bare = sum(bool(result.reason) and all(mark.status == "refused" for mark in result.marks) for result in results)
    parts = [f"answers in {count(len(waits), 'notebook')}, worth {sum(waits):g} points"] * bool(waits)
    parts += [f"{count(bare, 'refused notebook')} without any mark"] * bool(bare)
    return " and ".join(parts)


def _blameless(job: Job, problem: BaseException) -> Result:
    reason = (
        f"The grader itself failed on this notebook ({type(problem).__name__}: {problem}), which is not the student's "
        "fault: the same command tries it again."
    )
    return refused(job.submission, job.template, reason, repairs=job.submission.notes, seed=job.seed)


def _as_text(standing: Standing) -> str:
    return json.dumps(asdict(standing), sort_keys=True)
