"""An instructor's own checks: a folder of Python files that define judges with `@exercise`, as autograder/checks does.

A judge with an id that the course knows stands in for the course's own during the run; the usual way is to subclass it
and to probe more. The files travel to the workers as text, so each must be complete in itself.
"""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from autograder.judging.exercise import Exercise, all_exercises, collected
from pushforward.errors import CourseError

Checks = tuple[tuple[str, str], ...]  # file name, text
FORM = 'a class of judges begins with @exercise("ID", ("NAME",)) and derives from Exercise or a judge of the course'


def read(folder: Path) -> Checks:
    """The files of a folder, tried out. Raises CourseError with file and line if one could not judge anybody."""
    if not folder.is_dir():
        raise CourseError(f"{folder} is no folder: --checks-path names one that holds your own checks as .py files.")
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith((".", "_")))
    checks = tuple((path.name, _text(path)) for path in files)
    if not checks:
        raise CourseError(f"{folder} holds no checks: it needs at least one .py file, in which {FORM}.")
    judges = _loaded(checks, folder)
    if not judges:
        raise CourseError(f"{folder / checks[0][0]}:1: no exercise is defined: {FORM}.")
    for judge in judges.values():
        _try_out(judge, folder)
    return checks


def load(checks: Checks) -> dict[str, Exercise]:
    """The judges that these files define, by id. The same text is run once per process."""
    return dict(_cached(checks))


def refuse_strangers(checks: Checks, folder: Path, asked: Iterable[str]) -> None:
    """Raises CourseError if a judge belongs to no exercise. asked: those that the course's notebooks have cells for."""
    known = {*all_exercises(), *asked}
    for id, judge in load(checks).items():
        if id not in known:
            near = difflib.get_close_matches(id, known, n=1)
            mend = f"did you mean {near[0]}?" if near else "give the course a notebook with that check, or another id."
            raise CourseError(f"{_place(judge, folder)}: no notebook of the course has a check of {id!r}: {mend}")


# --- running the files -----------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4)
def _cached(checks: Checks) -> dict[str, Exercise]:
    return _loaded(checks, Path("checks"))


def _loaded(checks: Checks, folder: Path) -> dict[str, Exercise]:
    with collected() as judges:
        for name, text in checks:
            with _in_one_sentence(folder / name):
                _run(name, text, folder)
    for id in judges.keys() & all_exercises().keys():
        type(judges[id]).notebook = all_exercises()[id].notebook
    return judges


def _run(name: str, text: str, folder: Path) -> None:
    """Execute one file as a module. It stays in sys.modules, where dataclasses and pickle look their classes up."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    module = ModuleType(f"checks_path_{digest}.{Path(name).stem}")
    module.__file__ = str(folder / name)
    sys.modules[module.__name__] = module
    exec(compile(text, module.__file__, "exec"), module.__dict__)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        raise CourseError(f"{path} cannot be read: {reason}.") from None


# --- what can be wrong with them -------------------------------------------------------------------------------


def _try_out(judge: Exercise, folder: Path) -> None:
    """Raises CourseError if the class lacks a part, or its questions cannot be made."""
    import numpy as np

    from autograder.judging.asking import LocalLink
    from autograder.judging.judge import examine

    place, id = _place(judge, folder), judge.id
    for part in ("probe", "judge"):
        if getattr(type(judge), part) is getattr(Exercise, part):
            raise CourseError(f"{place}: {id} has no {part}: write it, or derive from the course's judge of {id}.")
    if not any(law.weight for law in judge.laws):
        raise CourseError(f"{place}: {id} has no law that pays: without one, nobody can earn a point.")
    if not getattr(judge, "hints", ()):
        raise CourseError(f"{place}: {id} has no hints: three sentences, from a question to nearly the answer.")
    own = all_exercises().get(id)
    if own is not None and judge.names != own.names:
        asked, given = ", ".join(own.names), ", ".join(judge.names)
        raise CourseError(f"{place}: the notebook's cell of {id} defines {asked}, not {given}.")
    with _in_one_sentence(_file(judge, folder)):
        if not any(True for _ in judge.probe(np.random.default_rng(0))):
            raise CourseError(f"{place}: the probe of {id} asks nothing: let it yield at least one case.")
        for mistake in judge.mistakes[:1]:  # a catalogued mistake is an answer at hand, so judge can be tried too
            examine(judge, LocalLink(dict(mistake.variants[0])), 0)


@contextmanager
def _in_one_sentence(file: Path) -> Iterator[None]:
    """Whatever an instructor's file raises, with the line that did it."""
    try:
        yield
    except SyntaxError as problem:
        raise CourseError(f"{file}:{problem.lineno or 1}: {problem.msg}.") from None
    except CourseError as problem:
        raise CourseError(_with_line(file, problem, str(problem))) from None
    except (Exception, SystemExit) as problem:
        raise CourseError(_with_line(file, problem, f"{type(problem).__name__}: {problem}")) from None


def _with_line(file: Path, problem: BaseException, words: str) -> str:
    lines = [line for frame, line in traceback.walk_tb(problem.__traceback__) if frame.f_code.co_filename == str(file)]
    return words if words.startswith(f"{file}:") else f"{file}:{lines[-1] if lines else 1}: {words.rstrip('.')}."


def _file(judge: Exercise, folder: Path) -> Path:
    return folder / f"{type(judge).__module__.rpartition('.')[2]}.py"


def _place(judge: Exercise, folder: Path) -> str:
    """File and line of the class."""
    file, name = _file(judge, folder), type(judge).__name__
    tree = ast.parse(file.read_text(encoding="utf-8"))
    lines = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    return f"{file}:{lines[-1] if lines else 1}"
