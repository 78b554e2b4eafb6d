"""The command line: pushforward COMMAND, or python -m autograder COMMAND.

An error that a user can cause is one sentence and exit status 2.
"""

from __future__ import annotations

import sys

from autograder import current_folder

if __name__ == "__main__" and not sys.flags.safe_path:
    current_folder.leave()  # before anything else is imported

import argparse
import dataclasses
import json
import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pushforward.errors import CourseError

if TYPE_CHECKING:
    from autograder.grading.plan import Options


def command() -> int:
    """The command as a program of its own."""
    current_folder.keep_away()
    return main()


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 done (judge: full marks), 1 less than that, 2 could not be done, 141
    cut short by who reads the output, as a shell would say it.
    """
    for stream in (sys.stdout, sys.stderr):  # a console or pipe without ✓ and √ gets their code, no traceback
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parsed(sys.argv[1:] if argv is None else argv)
    try:
        status = arguments.run(arguments)
        sys.stdout.flush()  # here, where a reader who has gone can still be caught
        return status
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head` has seen enough; the rest goes nowhere, also what Python flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parsed(argv: list[str]) -> argparse.Namespace:
    """The arguments. Ends with status 2, and what may have been meant, for a command or an option that there is not."""
    parser, commands = _parser()
    word = next((word for word in argv if not word.startswith("-")), "")
    if word and word not in commands:
        parser.error(f"there is no command {word!r}{_meant(word, commands)}")
    arguments, strange = parser.parse_known_args(argv)
    if strange and not strange[0].startswith("-"):
        commands[word].error(f"{strange[0]!r} is one word too many")
    elif strange:
        known = re.findall(r"--[a-z-]+", commands[word].format_help())
        commands[word].error(f"there is no {strange[0]!r}{_meant(strange[0], known)}")
    return arguments


def _meant(word: str, known: Iterable[str]) -> str:
    found = get_close_matches(word, known, n=1)
    return f": did you mean {found[0]}?" if found else f": there are {', '.join(dict.fromkeys(known))}"


def _parser() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """The parser, and that of each command."""
    parser = argparse.ArgumentParser(prog="pushforward", description="The judge's side of the course.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    listing = command("exercises", _exercises, "List every exercise.")
    listing.add_argument("--json", action="store_true", help="as JSON, with points, names and seed items")

    judge = command("judge", _judge, "Judge one answer in a plain Python file.")
    judge.add_argument("id", metavar="ID", help="the exercise, e.g. diffusion.alpha_bar")
    judge.add_argument("file", metavar="FILE.py", help="a file that defines what the exercise asks for")
    judge.add_argument("--seed", type=int, help="ask the questions of this seed (default: a fixed one per exercise)")
    seconds = "seconds that everything may compute, or wait (default 60)"
    judge.add_argument("--timeout", type=float, default=60.0, metavar="S", help=seconds)
    judge.add_argument("--json", action="store_true", help="the result as JSON")

    source = command("source", _source, "Write the instructor's notebooks for stock nbgrader.")
    source.add_argument("dir", metavar="DIR", help="becomes DIR/source/ASSIGNMENT/NOTEBOOK.ipynb and a configuration")

    wish = "below each written answer a cell that opens its model answer (students need solutions/ for it)"
    source.add_argument("--reveal", action="store_true", help=wish)

    course = command("course", _course, "Build course/ and the other generated files from solutions/.")
    course.add_argument("--check", action="store_true", help="only say what is out of date")

    new = command("new", _new, "Write the skeleton of an exercise: cells, check, answers, all of it with TODOs.")
    new.add_argument("id", metavar="ID", help="two words with a dot, e.g. schedule.snr")
    new.add_argument("--notebook", metavar="NB", help="(default: the one with exercises of the same first word)")

    answers = command("answers", _answers, "Show what the checks make of the wrong and right answers in tests/answers.")
    answers.add_argument("ids", metavar="ID", nargs="*", help="exercises, e.g. diffusion.alpha_bar (default: all)")
    answers.add_argument("--no-mutants", action="store_true", help="leave out the model answers changed by machine")
    _add_bench(command("bench", _bench, "Measure notebooks, checks, models, and grading beside stock nbgrader."))
    demo = command("demo", _demo, "Invent a class of 30, grade it and write the class report.")
    demo.add_argument("--out", metavar="DIR", type=Path, default=Path("demo"), help="(default: demo)")
    demo.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap", help=_SANDBOX)
    _add_grade(command("grade", _grade, "Grade a class. Stopped or killed, the same command goes on where it was."))
    command("lab-copies", _lab_copies, "Copy missing notebooks to work/, where students work.")
    for name, run, summary in (
        ("fresh", _fresh, "Start a notebook again beside the copy in work/."),
        ("solved", _solved, "Write a notebook with the model answers into work/."),
    ):
        command(name, run, summary).add_argument("notebook", metavar="NB", help="e.g. 15_diffusion_forward")
    return parser, commands.choices


def _exercises(arguments: argparse.Namespace) -> int:
    from autograder.building.coverage import seeds_by_exercise
    from autograder.judging.exercise import table

    rows = [{"id": id, **{k: v for k, v in row.items() if k != "blank"}} for id, row in table().items()]
    if arguments.json:
        seeds = seeds_by_exercise(_root(must_exist=False))
        print(json.dumps([{**row, "seeds": seeds.get(row["id"], [])} for row in rows], indent=1))
        return 0
    for row in rows:
        print(f"{row['id']:32} {row['notebook']:28} {row['kind']:11} {row['points']:g}")
    return 0


def _judge(arguments: argparse.Namespace) -> int:
    from autograder.judging.bounded import bounded
    from autograder.judging.child import ChildLink
    from autograder.judging.exercise import get
    from autograder.judging.judge import examine

    exercise = get(arguments.id)
    with ChildLink(arguments.file, arguments.timeout) as link, bounded():
        report = examine(exercise, link, arguments.seed)
    print(json.dumps(report.to_json(), indent=1, ensure_ascii=False) if arguments.json else report)
    return 0 if report.full else 1


def _source(arguments: argparse.Namespace) -> int:
    from autograder.building.release import instructor_sources

    for path in instructor_sources(_root(), Path(arguments.dir), reveal=arguments.reveal):
        print(path)
    return 0


def _course(arguments: argparse.Namespace) -> int:
    from autograder.building.release import compare_course, write_course

    if arguments.check:
        differences = compare_course(_root())
        print("\n".join(differences) or "course/ is up to date.")
        return 1 if differences else 0
    for path in write_course(_root()):
        print(path)
    return 0


def _new(arguments: argparse.Namespace) -> int:
    from autograder.building.new import new_exercise

    for line in new_exercise(_root(), arguments.id, arguments.notebook):
        print(line)
    return 0


def _answers(arguments: argparse.Namespace) -> int:
    from autograder.measuring.answers import chosen, table
    from autograder.measuring.survivors import fates, report

    exercises = chosen(arguments.ids)
    text, good = table(_root(), exercises)
    print(text, flush=True)
    if not arguments.no_mutants:
        text, killed = report(fates(_root(), exercises))
        print(f"\nModel answers changed by machine:\n{text}")
        good = good and killed
    return 0 if good else 1


def _bench(arguments: argparse.Namespace) -> int:
    from autograder.measuring.bench import Wanted, measured

    given = {name: value for name, value in vars(arguments).items() if name != "run" and value is not None}
    for text in measured(_root(), Wanted(**given)):
        print(text, end="\n\n", flush=True)
    return 0


def _add_bench(bench: argparse.ArgumentParser) -> None:
    parts = ("notebooks", "checks", "figures", "models", "race", "growth", "house")
    house = "house: the suite, here and with twenty-three notebooks"
    bench.add_argument("--parts", nargs="+", choices=parts, help=f"(default: all but house; {house})")
    bench.add_argument("--assignments", nargs="+", metavar="NB", help="the race's, and the first one's growth")
    bench.add_argument("--submissions", metavar="N", type=int, help="in each race (default: 100)")
    bench.add_argument("--sizes", nargs="+", metavar="N", type=int, help="of growing classes (default: 10 … 1000)")
    bench.add_argument("--models", nargs="+", metavar="ROW", help="rows of docs/models.md to measure (default: all)")
    bench.add_argument("--seeds", metavar="N", type=int, help="of each row's training (default: 5)")
    bench.add_argument("--out", metavar="DIR", type=Path, help="for results.md and growth.svg (default: bench)")


def _add_grade(grade: argparse.ArgumentParser) -> None:
    grade.add_argument(
        "submitted", metavar="SUBMITTED", type=Path,
        help="nbgrader's submitted/STUDENT/ASSIGNMENT/NOTEBOOK.ipynb, a folder or zip of notebooks, or one notebook",
    )  # fmt: skip
    grade.add_argument("--course", metavar="DIR", type=Path, help="your nbgrader folder with release/ or source/")
    grade.add_argument("--out", metavar="DIR", type=Path, default=Path("graded"), help="(default: graded)")
    grade.add_argument("--jobs", metavar="N", type=int, help="how many at a time on this machine (default: its cores)")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="grade on the workers of this Dask scheduler instead")
    grade.add_argument("--db", metavar="URL", help="the gradebook (default: sqlite:///DIR/gradebook.db)")
    grade.add_argument("--seed", metavar="S", type=int, help="ask the questions of this seed (default: a fresh one)")
    grade.add_argument("--attempts", choices=("last", "best", "first"), help="of several hand-ins (default: last)")
    grade.add_argument("--checks-path", metavar="DIR", type=Path, help="your own checks, as .py files")
    grade.add_argument("--timeout", metavar="S", type=float, default=60.0, help=f"{_TIMEOUT} (default: 60)")
    grade.add_argument("--memory", metavar="MB", type=int, default=2048, help="for a notebook (default: 2048)")
    grade.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap", help=_SANDBOX)
    grade.add_argument("--regrade", action="store_true", help="ask the same questions again; hand grades stay")
    few, named = {"action": "append", "default": [], "metavar": "NAME"}, "(may be given several times)"
    grade.add_argument("--student", dest="students", **few, help=f"--regrade only this student's {named}")
    grade.add_argument("--exercise", dest="exercises", **few, help=f"--regrade only this exercise {named}")
    grade.add_argument("--fresh", action="store_true", help="--regrade with fresh questions (with --seed: those of S)")
    grade.add_argument("--forget", **few, help=f"delete all that is kept of a student who left {named}")
    grade.add_argument("--final", action="store_true", help="refuse while an answer waits for a hand grade")
    grade.add_argument("--rebuild", action="store_true", help="write a lost gradebook anew, hand grades included")
    grade.add_argument("--roster", metavar="FILE", type=Path, help="the class as Canvas or Moodle exports it (CSV)")
    grade.add_argument("--anonymous", action="store_true", help="a class report without names")


_TIMEOUT = "seconds that a cell may compute, or wait; a notebook has five times as many"
_SANDBOX = "none runs students' code as you, and marks every grade as not isolated (default: bubblewrap)"


def _grade(arguments: argparse.Namespace) -> int:
    from autograder.grading.model import Limits
    from autograder.grading.plan import Options

    given = vars(arguments)
    limits = Limits(given["timeout"], 5 * given["timeout"], given["memory"])
    names = {field.name for field in dataclasses.fields(Options)} - {"limits"}
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items() if name in names}
    options = Options(limits=limits, **values)
    return graded(options, _checkout())


def graded(options: Options, root: Path | None, **more: Any) -> int:
    """Grade a class and say how it went. Returns 130 if Ctrl-C or SIGTERM ended it. more: for tests."""
    from autograder.grading.interrupt import interruptible

    try:
        with interruptible():
            from autograder.grading.engine import run  # takes a second, in which somebody may think better of it

            print(run(options, root, **more))
    except KeyboardInterrupt:
        print("Stopped. What is graded is kept: the same command goes on with the rest.", file=sys.stderr)
        return 130
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from autograder.measuring.demo import introduction, options

    root = _root()
    wanted = options(root, arguments.out, arguments.sandbox)
    print(introduction(arguments.sandbox), flush=True)
    return graded(wanted, root)


def _lab_copies(arguments: argparse.Namespace) -> int:
    from autograder.building.workspace import copy_missing

    for line in copy_missing(_root()):
        print(line)
    return 0


def _fresh(arguments: argparse.Namespace) -> int:
    from autograder.building.workspace import fresh

    print(fresh(_root(), arguments.notebook))
    return 0


def _solved(arguments: argparse.Namespace) -> int:
    from autograder.building.workspace import solved

    print(solved(_root(), arguments.notebook))
    return 0


def _root(must_exist: bool = True) -> Path:
    """The checkout, or the current folder where there need not be one."""
    found = _checkout()
    if found is None and must_exist:
        raise CourseError("This command needs a checkout of the course: run it in the folder that holds solutions/.")
    return found or Path.cwd()


def _checkout() -> Path | None:
    """The nearest folder, from here upwards, that holds solutions/_toc.yml; else that of this file."""
    here = Path.cwd()
    folders = (here, *here.parents, Path(__file__).resolve().parents[1])
    return next((folder for folder in folders if (folder / "solutions" / "_toc.yml").is_file()), None)


if __name__ == "__main__":
    sys.exit(command())
