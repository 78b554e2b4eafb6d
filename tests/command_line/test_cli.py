"""The command line: whatever is wrong with a file or a name is one sentence and a status, never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.__main__ import main
from autograder.judging.child import ChildLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine
from autograder.judging.report import Report
from pushforward.errors import CourseError

pytestmark = pytest.mark.xdist_group("cli")  # they share what was run

WAITS = "does the code wait for something that never comes, or was the machine too busy?"
ROOT = Path(__file__).resolve().parents[2]
ID = "start.standardise"

# --- judging files ---------------------------------------------------------------------------------------------

RIGHT = """
import torch
def standardise(x):
    scale = (x - x[0]).std(0)
    return (x - x.mean(0)) / scale.where(scale > 0, torch.ones_like(scale))
"""
FILES = {
    "wrong": RIGHT.replace("x.mean(0)", "x.mean()"),
    "noisy": "import os, sys\nprint('x' * 100_000)\nos.write(2, b'written')\n"
    + RIGHT.replace("scale = ", "print('x', file=sys.stderr); scale = ")
    + "\nfrom pushforward import check\ncheck('start.standardise')\n",
    "syntax error": "def standardise(x):\n    return (x\n",
    "raises while loading": "y = 1\nx = [1 / 0 for _ in range(y)]\n",
    "exits while loading": "import sys\nsys.exit('good bye')\n",
    "ends while loading": "import os\nos._exit(0)\n",
    "loops while loading": "import time\nwhile True:\n    time.sleep(1)\n",
    "lacks the name": "def standardize(x):\n    return x\n",
    "loops": "import time\ndef standardise(x):\n    while True:\n        time.sleep(1)\n",
    "ends": "import os\ndef standardise(x):\n    os._exit(0)\n",
}
# What functions return: these share a process, in which each of them stands for the answer in turn.
RETURNED = {
    "none": ("None", "None"),
    "a_list": ("x.tolist()", "a list of 2"),
    "nan": ("x * float('nan')", "[[nan, nan], [nan, nan]]"),
    "wrong_shape": ("x.flatten()", "a float64 tensor of shape (4,)"),
    "wrong_dtype": ("x.long()", "an int64 tensor of shape (2, 2)"),
    "an_array": ("x.numpy()", "a float64 array of shape (2, 2)"),
    "wrong_device": ("x.to('meta')", "device meta"),
    "subclass": ("x.as_subclass(Sub)", "a Sub, a subclass of torch.Tensor"),
    "always_equal": ("Yes()", "a Yes"),
    "raises": ("x / undefined", "NameError: name 'undefined' is not defined at line 15: `def raises(x): return"),
    "exits": ("exit(0)", "`standardise` called exit at line 16: `def exits(x): return exit(0)`. A function hands"),
    "untouched": ("blank()", "`standardise` calls `blank`, which is not implemented yet: write that answer first."),
}
CLASSES = "import torch\nclass Sub(torch.Tensor): pass\nclass Yes:\n    def __eq__(self, other): return True\n"
CLASSES += "def blank(): raise NotImplementedError()\n"


@dataclass(frozen=True)
class Done:
    """What a run of the command line left behind."""

    status: int
    out: str
    err: str


def run(*arguments: str) -> Done:
    """The command as a person runs it, in a process of its own."""
    command = [sys.executable, "-m", "autograder", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    return Done(done.returncode, done.stdout, done.stderr)


# One Python imports the judge once and then plays the command line for file after file.
PLAYER = """
import io, json, os, sys, contextlib, traceback
from autograder.__main__ import main
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(json.loads(line))
        except BaseException:
            traceback.print_exc()
            status = None
    print(json.dumps([status, out.getvalue(), err.getvalue()]), flush=True)
"""


def played(commands: list[list[str]]) -> list[Done]:
    lines = "".join(json.dumps(command) + "\n" for command in commands)
    command = [sys.executable, "-c", PLAYER]
    done = subprocess.run(command, input=lines, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stderr == ""
    return [Done(*json.loads(line)) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """`judge --json` of every file."""
    folder = tmp_path_factory.mktemp("judged")
    commands = {}
    for name, source in FILES.items():
        path = folder / f"{name.replace(' ', '_')}.py"
        path.write_text(source)
        limit = "10" if "loops" in name else "120"
        commands[name] = ["judge", ID, str(path), "--timeout", limit, "--json"]
    commands["as text"] = ["judge", ID, str(folder / "wrong.py"), "--seed", "3"]
    waiting = [name for name in commands if "loops" in name]
    working = [name for name in commands if "loops" not in name]
    parts = waiting + working[:2], working[2:]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda part: zip(part, played([commands[name] for name in part]), strict=True), parts)
    return dict(pair for pairs in found for pair in pairs)


def said(done: Done) -> dict[str, Any]:
    assert done.err == ""
    return json.loads(done.out)


@pytest.mark.parametrize("name", FILES)
def test_no_file_makes_a_traceback(name: str, judged: dict[str, Done]) -> None:
    assert judged[name].status in (0, 1, 2)
    assert "Traceback" not in judged[name].out + judged[name].err


def test_full_marks_are_status_0_whatever_the_file_says_besides(judged: dict[str, Done]) -> None:
    result = said(judged["noisy"])
    assert judged["noisy"].status == 0
    assert result["points"] == result["max"] > 0
    assert (result["misconception"], result["error"]) == (None, None)
    assert round(sum(law["points"] for law in result["laws"]), 6) == result["points"]
    assert {law.keys() >= {"law", "ok", "points"} for law in result["laws"]} == {True}
    assert all(law["ok"] for law in result["laws"])


def test_less_than_that_is_status_1_with_the_law_that_broke(judged: dict[str, Done]) -> None:
    result = said(judged["wrong"])
    assert judged["wrong"].status == 1
    assert result["points"] < result["max"]
    broken = [law for law in result["laws"] if not law["ok"]]
    assert broken
    assert all(law["points"] == 0 for law in broken)
    assert any(law["expected"] and law["got"] for law in broken)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("lacks the name", "Nothing is called `standardise` yet. Run the cell that defines it, or check its spelling."),
        (
            "loops",
            f"No answer came within 10 s: {WAITS}",
        ),
        ("ends", "The code ended its process (exit status 0) instead of returning a value."),
    ],
)
def test_a_function_that_gives_no_answer_is_status_1_with_a_sentence(
    name: str, error: str, judged: dict[str, Done]
) -> None:
    result = said(judged[name])
    assert judged[name].status == 1
    assert (result["points"], result["error"]) == (0, error)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("syntax error", "syntax_error.py cannot be loaded. SyntaxError: '(' was never closed at line 2: `return (x`."),
        (
            "raises while loading",
            "raises_while_loading.py cannot be loaded. ZeroDivisionError: division by zero at line 2: "
            "`x = [1 / 0 for _ in range(y)]`.",
        ),
        (
            "exits while loading",
            "exits_while_loading.py cannot be loaded. SystemExit: good bye at line 2: `sys.exit('good bye')`.",
        ),
        ("ends while loading", "ends_while_loading.py ended the process while it was loading."),
        (
            "loops while loading",
            f"loops_while_loading.py did not finish loading within 10 s: {WAITS}",
        ),
    ],
)
def test_a_file_that_cannot_be_loaded_is_status_2_with_one_sentence(
    name: str, sentence: str, judged: dict[str, Done]
) -> None:
    assert judged[name] == Done(2, "", sentence + "\n")


# --- what a function returns -----------------------------------------------------------------------------------


class Renamed:
    """A link on which another function stands for `standardise`."""

    def __init__(self, link: ChildLink, name: str) -> None:
        self.link, self.name = link, name

    def ask(self, head: dict, arrays: list, respond: Callable) -> tuple[dict, list]:
        return self.link.ask({**head, "of": self.name}, arrays, respond)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The report about each of these functions, all in one process."""
    path = tmp_path_factory.mktemp("returned") / "answers.py"
    functions = [f"def {name}(x): return {expression}" for name, (expression, _) in RETURNED.items()]
    path.write_text(CLASSES + "\n".join(functions) + "\n")
    with ChildLink(path, seconds=120) as link:
        return {name: examine(get(ID), Renamed(link, name)) for name in RETURNED}


@pytest.mark.parametrize("name", RETURNED)
def test_a_value_that_is_no_answer_earns_nothing_and_is_named(name: str, returned: dict[str, Report]) -> None:
    report = returned[name]
    assert report.points == 0
    assert RETURNED[name][1] in " ".join([report.error or "", *(law["got"] for law in report.to_json()["laws"])])


# --- the command itself ----------------------------------------------------------------------------------------


def test_the_table_for_people_is_the_default(judged: dict[str, Done]) -> None:
    done = judged["as text"]
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith(f"{ID}: ")
    assert "✗" in done.out


def test_an_unknown_exercise_is_one_sentence_with_the_nearest_name() -> None:
    done = run("judge", "start.standardize", "answer.py")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("There is no exercise called 'start.standardize'. Did you mean start.standardise")
    assert done.err.count("\n") == 1


def test_a_file_that_does_not_exist_is_one_sentence(capfd: pytest.CaptureFixture, tmp_path: Path) -> None:
    for path in (tmp_path / "none.py", tmp_path):
        assert main(["judge", ID, str(path)]) == 2
        sentence = f"There is no file {path}: give the path of a Python file with the answer.\n"
        assert capfd.readouterr() == ("", sentence)


@pytest.mark.parametrize("seconds", ["inf", "nan", "0", "-1", "1e9"])
def test_a_time_that_is_no_limit_is_one_sentence(seconds: str, capfd: pytest.CaptureFixture) -> None:
    assert main(["judge", ID, "answer.py", "--timeout", seconds]) == 2
    err = capfd.readouterr().err
    assert err.startswith("--timeout ")
    assert err.count("\n") == 1


def test_a_seed_that_is_none_is_one_sentence(capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.judging.child.ChildLink", lambda path, seconds: nullcontext())
    assert main(["judge", ID, "answer.py", "--seed", "-1"]) == 2
    assert capfd.readouterr() == ("", "The seed -1 is none: give a whole number from 0 up.\n")


@pytest.mark.parametrize(
    "arguments", [[], ["judge"], ["judge", ID], ["judge", ID, "f.py", "--seed", "x"], ["nonsense"]]
)
def test_a_command_that_is_not_complete_is_status_2(arguments: list[str], capfd: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert capfd.readouterr().err.startswith("usage: pushforward")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["grad", "submitted"], "there is no command 'grad': did you mean grade?"),
        (["excercises"], "there is no command 'excercises': did you mean exercises?"),
        (["xyz"], "there is no command 'xyz': there are exercises, judge, source, course, "),
        (["grade", "--regade", "submitted"], "there is no '--regade': did you mean --regrade?"),
        (["judge", ID, "answer.py", "--sed", "1"], "there is no '--sed': did you mean --seed?"),
        (["grade", "one", "two"], "'two' is one word too many"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_was_meant(
    arguments: list[str], sentence: str, capfd: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert sentence in capfd.readouterr().err


def test_every_course_error_is_one_sentence_and_status_2(
    capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise CourseError("It cannot be done today.")

    monkeypatch.setattr("autograder.judging.exercise.get", fails)
    assert main(["judge", ID, "answer.py"]) == 2
    assert capfd.readouterr() == ("", "It cannot be done today.\n")


# --- listing exercises -----------------------------------------------------------------------------------------

TABLE = {
    "start.standardise": {
        "notebook": "00_start_here",
        "points": 2.0,
        "kind": "code",
        "names": ["standardise"],
        "blank": "def standardise(x): …",
    },
    "start.units": {"notebook": "00_start_here", "points": 1.5, "kind": "written", "names": [], "blank": ""},
}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.judging.exercise.table", lambda: TABLE)
    monkeypatch.setattr("autograder.building.coverage.seeds_by_exercise", lambda root: {"start.units": ["001 P1"]})


@pytest.mark.usefixtures("built")
def test_exercises_are_listed_for_programs_with_all_but_their_blanks(capfd: pytest.CaptureFixture) -> None:
    assert main(["exercises", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert rows == [
        {
            "id": "start.standardise",
            "notebook": "00_start_here",
            "points": 2.0,
            "kind": "code",
            "names": ["standardise"],
            "seeds": [],
        },
        {
            "id": "start.units",
            "notebook": "00_start_here",
            "points": 1.5,
            "kind": "written",
            "names": [],
            "seeds": ["001 P1"],
        },
    ]


@pytest.mark.usefixtures("built")
def test_exercises_are_listed_for_people_a_line_each(capfd: pytest.CaptureFixture) -> None:
    assert main(["exercises"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["start.standardise", "00_start_here", "code", "2"],
        ["start.units", "00_start_here", "written", "1.5"],
    ]


def test_a_console_without_tick_marks_gets_their_code(tmp_path: Path) -> None:
    path = tmp_path / "answer.py"
    path.write_text(FILES["wrong"], encoding="utf-8")
    command = [sys.executable, "-X", "utf8=0", "-m", "autograder", "judge", ID, str(path)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert "\\u2717" in run.stdout


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    """As in `python -m autograder exercises | head -1`."""
    command = [sys.executable, "-m", "autograder", "exercises", "--json"]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    run.stdout.close()
    assert (run.stderr.read(), run.wait()) == ("", 141)
