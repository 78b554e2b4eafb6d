"""The run: submissions in, many at once, every result kept, published and counted once; then the tables.

    check everything  →  grade  →  keep each result  →  publish it  →  note that  →  tables and class report

One process, this one, writes. Killed at any moment, the same command goes on where it stopped: what was kept is not
graded again, and what was kept but not published is published.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path

from autograder.grading.bar import Bar
from autograder.grading.cluster import Cluster, Grade, cores, course_version, existing, graded, local, warm_up
from autograder.grading.model import Job
from autograder.grading.plan import Options, Plan, folder_of, read_plan
from autograder.grading.publish import Publisher, told
from autograder.grading.quiet import quiet
from autograder.grading.records.state import FOLDER, Place, State, fingerprint
from autograder.judging.exercise import added
from pushforward.errors import CourseError


def run(options: Options, root: Path | None = None, grade: Grade | None = None) -> str:
    """Grade what was handed in. Returns what to tell at the end. Raises CourseError if something stands in the way.

    root: the checkout at hand, if any; grade: what a worker does with a job, for tests.
    """
    plan = read_plan(options, root)
    with ExitStack() as stack:
        stack.enter_context(added(plan.judges))
        marks = plan.fingerprints()
        remote = stack.enter_context(existing(options.scheduler)) if options.scheduler else None
        _try_out(options, sandbox=remote is None and grade is None)
        return _Run(stack, plan, marks, remote, grade).go()


def _try_out(options: Options, sandbox: bool) -> None:
    """What else would stop the run, found before a file is written: sandbox, database, nbgrader's configuration."""
    if sandbox:
        from autograder.grading.sandbox.sandbox import ready

        ready(options.sandbox)
    if options.db is not None:
        from autograder.grading.records.database import address, connect

        connect(address(options.db), patience=5.0).dispose()
    if options.course is not None and (options.course / "nbgrader_config.py").is_file():
        from autograder.grading.records.coursefolder import settings

        settings(options.course)


class _Run:
    """From here on, files are written. marks: student and assignment → the fingerprint of what was handed in."""

    def __init__(
        self, stack: ExitStack, plan: Plan, marks: dict[Place, str], remote: Cluster | None, grade: Grade | None
    ) -> None:
        options = plan.options
        self._plan, self._marks = plan, marks
        self._start = time.monotonic()
        self._state = stack.enter_context(State(options.out))
        self._state.begin(options.seed, options.regrade)
        self._done = self._graded_before()
        self._terminal = stack.enter_context(quiet(options.out / FOLDER / "log.txt"))
        self._grade = grade or (partial(graded, version=course_version()) if remote else graded)
        self._cluster = remote
        if remote is None and len(self._done) < len(marks):  # the workers start while the folder is made ready
            first = None if grade else partial(warm_up, options.sandbox)
            self._cluster = stack.enter_context(local(min(options.jobs or cores(), len(marks)), first))
        self._make_ready(stack)

    def _make_ready(self, stack: ExitStack) -> None:
        """A course folder and a gradebook that know the assignments."""
        from autograder.grading.records.coursefolder import course_folder
        from autograder.grading.records.gradebook import Book
        from autograder.grading.records.rubrics import notice

        options, course = self._plan.options, self._plan.course
        used = {assignment for _, assignment in (*self._marks, *self._state.rows())}
        self._notices = course_folder(options.out, course.root, course.own, options.db, used)
        self._book = stack.enter_context(Book(options.out, options.db))
        templates = {name: template for name, template in course.templates.items() if name in used}
        self._notices += self._book.prepare(templates.values()) + notice(self._book.folder, templates)
        self._publisher = Publisher(options.out, self._state, self._book, templates)

    def go(self) -> str:
        """Everything that is left to do."""
        out = self._plan.options.out
        with closing(Bar(len(self._marks), len(self._done), self._terminal)) as bar:
            for notice in self._notices:
                bar.say(notice)
            self._publish_left_over()
            if len(self._done) < len(self._marks):
                self._grade_all(bar)
        self._publisher.refresh()
        results = self._publisher.tables(self._plan.options.anonymous, self._plan.roster)
        if self._publisher.failed:
            raise CourseError("\n".join(self._publisher.failed))
        self._state.finish()
        pace = _pace(len(self._marks), len(self._done), time.monotonic() - self._start)
        return f"{pace}\n{told(results, out)}"

    def _graded_before(self) -> set[Place]:
        """What an earlier run has graded, unless anything about it has changed."""
        rows, key = self._state.rows(), self._state.key
        return {place for place, mark in self._marks.items() if place in rows and rows[place].key == key(mark)}

    def _publish_left_over(self) -> None:
        """What was kept when the last run was cut short."""
        for place, row in self._state.rows().items():
            if not row.published and (place in self._done or place not in self._marks):
                self._publisher.publish(place)

    def _grade_all(self, bar: Bar) -> None:
        for job, outcome in self._cluster.outcomes(self._jobs(), self._grade, bar.say):
            self._publisher.take(job, fingerprint(job), outcome)
            bar.advance()

    def _jobs(self) -> Iterator[Job]:
        """What is still to grade, with a copy where nbgrader looks for it."""
        from autograder.grading.records.coursefolder import keep_submission

        options = self._plan.options
        there = (options.out / "submitted").resolve() == folder_of(options.submitted).resolve()
        for job in self._plan.jobs(self._state.seed):
            if (job.submission.student, job.submission.assignment) not in self._done:
                with suppress(ValueError):  # a name that cannot be a folder's: publishing will say so
                    if not there and not job.submission.refused:
                        keep_submission(self._book.folder, job.submission)
                yield job


def _pace(handed_in: int, before: int, seconds: float) -> str:
    now = handed_in - before
    if now == 0:
        return f"All {handed_in} had been graded before; tables and report are written anew."
    earlier = f", {before} had been graded before" if before else ""
    return f"{now} notebooks in {seconds:.0f} s, {seconds / now:.2f} s each{earlier}."
