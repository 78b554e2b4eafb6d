"""The run: submissions in, many at once, every result kept, published and counted once; then the tables.

    check everything  →  grade  →  keep each result  →  publish it  →  note that  →  tables and class report

One process, this one, writes. Killed at any moment, the same command goes on where it stopped: what was kept is not
graded again, and what was kept but not published is published.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from autograder.exercise import added
from autograder.grading.bar import Bar
from autograder.grading.cluster import Cluster, Grade, cores, course_version, existing, graded, local
from autograder.grading.model import Job
from autograder.grading.plan import Options, Plan, read_plan
from autograder.grading.publish import Publisher, told
from autograder.grading.quiet import quiet
from autograder.grading.state import FOLDER, Place, State, fingerprint
from pushforward.errors import CourseError


def run(options: Options, root: Path | None = None, grade: Grade | None = None) -> str:
    """Grade what was handed in. Returns what to tell at the end. Raises CourseError if something stands in the way.

    root: the checkout at hand, if any; grade: what a worker does with a job, for tests.
    """
    plan = read_plan(options, root)
    with ExitStack() as stack:
        stack.enter_context(added(plan.judges))
        handed_in = plan.fingerprints()
        remote = stack.enter_context(existing(options.scheduler)) if options.scheduler else None
        _try_out(options, sandbox=remote is None and grade is None)
        return _Run(stack, plan, handed_in, remote).go(grade or partial(graded, version=course_version()))


def _try_out(options: Options, sandbox: bool) -> None:
    """What else would stop the run, found before a file is written: sandbox, database, nbgrader's configuration."""
    if sandbox:
        from autograder.grading.grade import ready

        ready(options.sandbox)
    if options.db is not None:
        from autograder.grading.database import address, connect

        connect(address(options.db), patience=5.0).dispose()
    if options.course is not None and (options.course / "nbgrader_config.py").is_file():
        from autograder.grading.coursefolder import settings

        settings(options.course)


class _Run:
    """From here on, files are written."""

    def __init__(self, stack: ExitStack, plan: Plan, handed_in: dict[Place, str], remote: Cluster | None) -> None:
        from autograder.grading.coursefolder import course_folder
        from autograder.grading.gradebook import Book

        out, db, course = plan.options.out, plan.options.db, plan.course
        self._stack, self._plan, self._handed_in, self._remote = stack, plan, handed_in, remote
        self._state = stack.enter_context(State(out))
        self._terminal = stack.enter_context(quiet(out / FOLDER / "log.txt"))
        self._notices = course_folder(out, course.root, course.own, db)
        self._book = stack.enter_context(Book(out, db))
        used = {assignment for _, assignment in (*handed_in, *self._state.rows())}
        templates = {name: template for name, template in course.templates.items() if name in used}
        self._notices += self._book.prepare(templates.values())
        self._publisher = Publisher(out, self._state, self._book, templates)
        self._templates = templates

    def go(self, grade: Grade) -> str:
        """Everything that is left to do."""
        options, start = self._plan.options, time.monotonic()
        self._state.begin(options.seed, options.regrade)
        done = self._done()
        bar = Bar(len(self._handed_in), len(done), self._terminal)
        for notice in self._notices:
            bar.say(notice)
        self._publish_left_over(done)
        if len(done) < len(self._handed_in):
            self._grade(grade, done, bar)
        bar.close()
        self._publisher.refresh()
        results = self._publisher.tables(options.anonymous)
        if self._publisher.failed:
            raise CourseError("\n".join(self._publisher.failed))
        self._state.finish()
        return "\n".join([_pace(len(self._handed_in), len(done), time.monotonic() - start), told(results, options.out)])

    def _done(self) -> set[Place]:
        """What an earlier run has graded, unless anything about it has changed."""
        rows, key = self._state.rows(), self._state.key
        return {place for place, mark in self._handed_in.items() if place in rows and rows[place].key == key(mark)}

    def _publish_left_over(self, done: set[Place]) -> None:
        """What was kept when the last run was cut short."""
        for place, row in self._state.rows().items():
            later = place in self._handed_in and place not in done
            if not row.published and not later and place[1] in self._templates:
                self._publisher.publish(place)

    def _grade(self, grade: Grade, done: set[Place], bar: Bar) -> None:
        options = self._plan.options
        cluster = self._remote or self._stack.enter_context(local(options.jobs or cores()))
        for job, outcome in cluster.outcomes(self._jobs(done), grade, bar.say):
            self._publisher.take(job, fingerprint(job), outcome)
            bar.advance()

    def _jobs(self, done: set[Place]) -> Iterator[Job]:
        """What is still to grade, with a copy where nbgrader looks for it."""
        from autograder.grading.coursefolder import keep_submission

        options = self._plan.options
        there = (options.out / "submitted").resolve() == options.submitted.resolve()
        for job in self._plan.jobs(self._state.seed):
            if (job.submission.student, job.submission.assignment) not in done:
                with suppress(ValueError):  # a name that cannot be a folder's: publishing will say so
                    if not there:
                        keep_submission(self._book.folder, job.submission)
                yield job


def _pace(handed_in: int, before: int, seconds: float) -> str:
    now = handed_in - before
    if now == 0:
        return f"All {handed_in} had been graded before; tables and report are written anew."
    earlier = f", {before} had been graded before" if before else ""
    return f"{now} notebooks in {seconds:.0f} s, {seconds / now:.2f} s each{earlier}."
