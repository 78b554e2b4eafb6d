"""What is to be graded, and by what. All of it is read and checked here, before the first file is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.model import Job, Limits, Submission
from autograder.grading.records.attempts import Place, hand_in
from autograder.grading.records.course import Course, nothing_asked, read_course
from autograder.grading.records.regrading import Regrading
from autograder.grading.roster.roster import Person, read_roster
from autograder.judging.exercise import Exercise, added
from autograder.judging.meter import checked
from pushforward.errors import CourseError

SEEDS = 2**63  # they are kept as whole numbers of SQLite
# MB for a notebook. Below the first, training on digits ends the model answer; a process with all libraries has 250.
LEAST_MEMORY, MOST_MEMORY = 512, 2**20


@dataclass(frozen=True)
class Options:
    """What the command line says. jobs: None for one per core; seed: None for that of the last run, or a fresh one;

    attempts: which hand-in counts, one of attempts.CHOICES, None for the rule of the last run; students, exercises:
    whom and what --regrade asks again (none: all); fresh: other questions; forget: students who left; final: refuse
    tables that can still change; rebuild: write a lost gradebook anew.
    """

    submitted: Path
    out: Path
    course: Path | None = None
    jobs: int | None = None
    scheduler: str | None = None
    db: str | None = None
    seed: int | None = None
    checks_path: Path | None = None
    limits: Limits = field(default_factory=Limits)
    sandbox: str = "bubblewrap"
    regrade: bool = False
    anonymous: bool = False
    roster: Path | None = None
    attempts: str | None = None
    students: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    fresh: bool = False
    forget: tuple[str, ...] = ()
    final: bool = False
    rebuild: bool = False

    @property
    def again(self) -> Regrading | None:
        """What is to be asked again."""
        return Regrading(self.students, self.exercises, self.seed, self.fresh) if self.regrade else None


@dataclass(frozen=True)
class Plan:
    """One run. checks: an instructor's own files; judges: those that they define, by exercise; roster: the class."""

    options: Options
    course: Course
    checks: tuple[tuple[str, str], ...]
    judges: dict[str, Exercise]
    roster: tuple[Person, ...] | None = None

    def jobs(self, seed: int = 0) -> Iterator[Job]:
        """A job for each submission, read from the disk one after the other."""
        from autograder.grading.intake.intake import submissions

        for submission in submissions(self.options.submitted, self.course.templates):
            yield self.job(submission, seed)

    def hand_ins(self) -> dict[Place, tuple[str, str]]:
        """All that was handed in, by student and assignment: the hash of the files, and the fingerprint.

        Raises CourseError if that is nothing.
        """
        found = (hand_in(job) for job in self.jobs())
        return {given.place: (given.handed, given.fingerprint) for given in found}

    def job(self, submission: Submission, seed: int) -> Job:
        """A submission with all that a worker needs."""
        template = self.course.templates.get(submission.assignment) or nothing_asked(submission.assignment)
        return Job(submission, template, seed, self.options.limits, self.options.sandbox, self.checks)


def read_plan(options: Options, root: Path | None = None) -> Plan:
    """Raises CourseError for whatever cannot be done. root: the checkout at hand, if any."""
    _check_numbers(options)
    _check_regrading(options)
    _check_places(options)
    roster = None if options.roster is None else read_roster(options.roster)
    checks, judges = _own_checks(options.checks_path)
    with added(judges):
        course = read_course(options.course, root)
        if options.checks_path is not None:
            _refuse_strangers(options.checks_path, checks, course)
    return Plan(options, course, checks, judges, roster)


def _check_numbers(options: Options) -> None:
    if options.jobs is not None and options.jobs < 1:
        raise CourseError(f"--jobs {options.jobs} would grade nothing: give 1 or more.")
    if options.seed is not None and not 0 <= options.seed < SEEDS:
        raise CourseError(f"--seed {options.seed} is none: give a whole number from 0 to {SEEDS - 1}.")
    checked(options.limits.cell_seconds)
    if not LEAST_MEMORY <= options.limits.memory <= MOST_MEMORY:
        raise CourseError(
            f"--memory {options.limits.memory} cannot be: give megabytes from {LEAST_MEMORY}, with which the course's "
            f"own notebooks run, to {MOST_MEMORY}."
        )


def _check_regrading(options: Options) -> None:
    narrow = {"--student": options.students, "--exercise": options.exercises, "--fresh": options.fresh}
    alone = next((name for name, given in narrow.items() if given), "")
    if alone and not options.regrade:
        raise CourseError(f"{alone} says what is graded once more: give --regrade with it.")
    if options.fresh and options.seed is not None:
        raise CourseError("--fresh draws a seed, --seed gives one: leave one of them away.")


def _check_places(options: Options) -> None:
    """The next run would take what this one writes for submissions."""
    submitted, out = folder_of(options.submitted).resolve(), options.out.resolve()
    if out == submitted or submitted in out.parents:
        raise CourseError(f"{options.out} lies among the submissions: choose a folder beside them with --out.")


def folder_of(folder: Path) -> Path:
    """Where the submissions are, if the folder is a whole course folder of nbgrader."""
    inner = folder / "submitted"
    return inner if inner.is_dir() else folder


def _own_checks(folder: Path | None) -> tuple[tuple[tuple[str, str], ...], dict[str, Exercise]]:
    if folder is None:
        return (), {}
    from autograder.grading.records.checks_path import load, read

    checks = read(folder)
    return checks, load(checks)


def _refuse_strangers(folder: Path, checks: tuple[tuple[str, str], ...], course: Course) -> None:
    from autograder.grading.records.checks_path import refuse_strangers

    slots = (slot for template in course.templates.values() for slot in template.slots)
    refuse_strangers(checks, folder, {slot.exercise for slot in slots if slot.kind == "check"})
