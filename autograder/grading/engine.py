"""The run: submissions in, many at once, every result kept, published and counted once; then the tables.

    check everything  →  grade  →  keep each result  →  publish it  →  note that  →  tables and class report

One process, this one, writes. Killed at any moment, the same command goes on where it stopped: what was kept is not
graded again, and what was kept but not published is published.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from autograder.grading.bar import Bar
from autograder.grading.cluster import Cluster, Grade, cores, course_version, existing, graded, local, warm_up
from autograder.grading.lost import forget, lost, refuse_strangers
from autograder.grading.model import Job
from autograder.grading.plan import Options, Plan, folder_of, read_plan
from autograder.grading.publish import Publisher, not_final, told
from autograder.grading.quiet import quiet
from autograder.grading.records.attempts import Attempt, Place, hand_in, last
from autograder.grading.records.state import FOLDER, State
from autograder.grading.reports.pages import count
from autograder.judging.exercise import added
from pushforward.errors import CourseError

HandIns = dict[Place, tuple[str, str]]  # the hash of what was handed in, and its fingerprint


def run(options: Options, root: Path | None = None, grade: Grade | None = None) -> str:
    """Grade what was handed in. Returns what to tell at the end. Raises CourseError if something stands in the way.

    root: the checkout at hand, if any; grade: what a worker does with a job, for tests.
    """
    plan = read_plan(options, root)
    with ExitStack() as stack:
        stack.enter_context(added(plan.judges))
        handed_in = plan.hand_ins()
        remote = stack.enter_context(existing(options.scheduler)) if options.scheduler else None
        _try_out(options, sandbox=remote is None and grade is None)
        return _Run(stack, plan, handed_in, remote, grade).go()


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
    """From here on, files are written."""

    def __init__(
        self, stack: ExitStack, plan: Plan, handed_in: HandIns, remote: Cluster | None, grade: Grade | None
    ) -> None:
        options = plan.options
        self._plan, self._start = plan, time.monotonic()
        self._state = stack.enter_context(State(options.out))
        self._lost = lost(self._state, options)
        self._leaving = {student for student, _ in handed_in if student in options.forget}
        self._handed_in = {place: hashes for place, hashes in handed_in.items() if place[0] not in options.forget}
        refuse_strangers(self._state, handed_in, options)
        self._state.begin(options.seed, options.attempts, options.again)
        self._to_do = self._left_to_do()
        self._terminal = stack.enter_context(quiet(options.out / FOLDER / "log.txt"))
        self._grade = grade or (partial(graded, version=course_version()) if remote else graded)
        self._cluster = remote
        if remote is None and self._to_do:  # the workers start while the folder is made ready
            first = None if grade else partial(warm_up, options.sandbox)
            self._cluster = stack.enter_context(local(min(options.jobs or cores(), len(self._to_do)), first))
        self._make_ready(stack)

    def _left_to_do(self) -> dict[tuple[Place, str], int]:
        """Place and hand-in of everything that is to be graded → the seed of its questions."""
        todo, known = {}, self._known_attempts()
        for place, (handed, fingerprint) in self._handed_in.items():
            attempt = known.get((place, handed))
            if attempt is None or attempt.fingerprint != fingerprint:
                todo[place, handed] = self._state.seed if attempt is None else attempt.seed
        for (place, handed), attempt in known.items():
            if attempt.due and place[1] in self._plan.course.templates and place[0] not in self._plan.options.forget:
                todo[place, handed] = attempt.seed if attempt.due.seed is None else attempt.due.seed
        return todo

    def _known_attempts(self) -> dict[tuple[Place, str], Attempt]:
        """Every attempt that is kept; what lies among the submissions now was handed in last."""
        attempts = self._state.attempts()
        for place, own in attempts.items():
            now = self._handed_in.get(place, ("", ""))[0]
            if now in {attempt.handed for attempt in own} - {last(own).handed}:
                self._state.handed_in_last(place, now)
        return {(place, attempt.handed): attempt for place, own in attempts.items() for attempt in own}

    def _make_ready(self, stack: ExitStack) -> None:
        """A course folder and a gradebook that know the assignments."""
        from autograder.grading.records.coursefolder import course_folder
        from autograder.grading.records.gradebook import Book
        from autograder.grading.records.rubrics import notice

        options, course = self._plan.options, self._plan.course
        used = {assignment for _, assignment in (*self._handed_in, *self._state.attempts())}
        self._notices = course_folder(options.out, course.root, course.own, options.db, used)
        self._book = stack.enter_context(Book(options.out, options.db))
        templates = {name: template for name, template in course.templates.items() if name in used}
        self._notices += self._book.prepare(templates.values()) + notice(self._book.folder, templates)
        self._publisher = Publisher(options.out, self._state, self._book, templates)
        self._notices += self._publisher.restore(self._lost)
        for student in options.forget:
            there = student in self._leaving
            self._notices += (forget(student, self._state, self._book, options, there),)

    def go(self) -> str:
        """Everything that is left to do."""
        options, total = self._plan.options, len(self._handed_in.keys() | {place for place, _ in self._to_do})
        done = total - len({place for place, _ in self._to_do})
        with closing(Bar(done + len(self._to_do), done, self._terminal)) as bar:
            for notice in self._notices:
                bar.say(notice)
            self._publish_left_over()
            if self._to_do:
                self._grade_all(bar)
        self._publisher.refresh()
        results = self._publisher.tables(options.anonymous, self._plan.roster)
        if self._publisher.failed:
            raise CourseError("\n".join(self._publisher.failed))
        self._state.finish()
        if options.final and (said := not_final(results)):
            raise CourseError(said)
        pace = _pace(done, len(self._to_do), time.monotonic() - self._start)
        return "\n".join([pace, *self._publisher.news(), told(results, options.out)])

    def _publish_left_over(self) -> None:
        """What was kept when the last run was cut short, and what counts by another rule now."""
        rows, pending = self._state.rows(), {place for place, _ in self._to_do}
        for place in self._state.attempts():
            if place not in pending and not (place in rows and rows[place].published):
                self._publisher.publish(place)

    def _grade_all(self, bar: Bar) -> None:
        for job, outcome in self._cluster.outcomes(self._jobs(), self._grade, bar.say):
            self._publisher.take(job, outcome)
            bar.advance()

    def _jobs(self) -> Iterator[Job]:
        """What is still to grade: of what was handed in, with a copy where nbgrader looks for it; then what is asked
        again of earlier hand-ins."""
        left = dict(self._to_do)
        for job in self._plan.jobs():
            given = hand_in(job)
            if given.place in self._handed_in and (seed := left.pop((given.place, given.handed), None)) is not None:
                self._copy(job)
                yield replace(job, seed=seed)
        for (place, handed), seed in left.items():
            if self._handed_in.get(place, ("", ""))[0] != handed:  # else it was taken away meanwhile
                yield self._plan.job(self._state.submission(place, handed), seed)

    def _copy(self, job: Job) -> None:
        from autograder.grading.records.coursefolder import keep_submission

        options = self._plan.options
        there = (options.out / "submitted").resolve() == folder_of(options.submitted).resolve()
        with suppress(ValueError):  # a name that cannot be a folder's: publishing will say so
            if not there and not job.submission.refused:
                keep_submission(self._book.folder, job.submission)


def _pace(before: int, now: int, seconds: float) -> str:
    if now == 0:
        return f"All {before} had been graded before; tables and report are written anew."
    earlier = f", {before} had been graded before" if before else ""
    return f"{count(now, 'notebook')} in {seconds:.0f} s, {seconds / now:.2f} s each{earlier}."
