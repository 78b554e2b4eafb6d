"""Student code in another process answers as it does in this one, and nothing that it does there harms the judge."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import exercise as registry
from autograder.judging.asking import Link, LocalLink, put_question
from autograder.judging.child import ChildLink, Late, _Pipes
from autograder.judging.compare import close
from autograder.judging.exercise import (
    Ask,
    Case,
    Exercise,
    Finding,
    call,
    case,
    draws,
    exercise,
    grad,
    jacobian,
    keep,
    pays,
)
from autograder.judging.judge import examine
from autograder.judging.meter import HINT, Time
from autograder.judging.report import Report
from pushforward.answering.wire import Callback, Kept, Net
from pushforward.errors import CourseError

pytestmark = pytest.mark.xdist_group("child")  # they share one child

ANSWERS = """\
import os, random, sys, warnings
import numpy as np
import torch

class Sub(torch.Tensor):
    pass

class Yes:
    def __eq__(self, other):
        return True

class Silent(Exception):
    def __str__(self):
        raise SystemExit

class Shift:
    def __init__(self, by):
        self.by = torch.tensor(by)
    def forward(self, x):
        return x + self.by
    def log_prob(self, x):
        return torch.zeros(len(x))
    def train(self):
        raise AssertionError

VALUES = {
    "none": None, "list": [1, 2.5, "x", None], "tuple": (True, float("nan")), "dict": {"a": [1.0]},
    "nan": torch.full((2,), float("nan")), "wrong shape": torch.zeros(2, 3, 4), "wrong dtype": torch.ones(2).long(),
    "half": torch.ones(2).half(), "complex": torch.ones(2) * 1j, "array": np.ones((2, 0)), "0-d": np.array(2.5),
    "meta": torch.ones(2, device="meta"), "subclass": torch.ones(2).as_subclass(Sub), "always equal": Yes(),
    "generator": (i for i in range(3)), "sparse": torch.eye(2).to_sparse(), "huge int": 10**30,
    "huge tensor": torch.zeros(1).expand(10**12), "long list": [0.1] * 100_000, "text": "é" * 20_000,
    "too much text": ["x" * 10_000] * 200, "bytes": b"x", "function": print,
}
def value(name): return VALUES[name]
def loud(x):
    print("x" * 100_000); print("y", file=sys.stderr); os.write(1, b"z"); os.write(2, b"z"); warnings.warn("w")
    return x
def blank(x): raise NotImplementedError
def fails(x):
    y = x
    return y / 0
def leaves(x): sys.exit(3)
def endless(x): return endless(x)
def silent(x): raise Silent
def quadratic(x, a): return a * x ** 2
def detached(x, a): return (a * x).detach()
def noise(n): return torch.randn(n) + random.random() + np.random.normal()
def of_model(model, x): return model.forward(x)
def of_net(net, x): return net(x)
def iterate(step, x):
    for t in range(3):
        x = step(x, t=t)
    return x
def misuses(step, x): return step("no tensor")
def forgives(step, x):
    try:
        step("no tensor")
    except TypeError as error:
        return str(error)
not_a_function = 3
def environment(): return sorted(os.environ)
def folder(): return os.listdir(".")
def parent(): return os.getppid()
def reads(): return input()
def has_the_judge():
    import autograder
"""

X = torch.tensor([1.0, 2.0])
VALUE_NAMES = re.findall(r'(?<!{)"([^"]+)": ', ANSWERS.partition("VALUES = {")[2].partition("}\ndef ")[0])
ASKS = {
    "loud": call("loud", X),
    "float64": call("loud", X.double()),
    "empty": call("loud", torch.empty(0, 3)),
    "blank": call("blank", X),
    "fails": call("fails", X),
    "leaves": call("leaves", X),
    "endless": call("endless", X),
    "silent": call("silent", X),
    "missing": call("nobody", X),
    "not a function": call("not_a_function", X),
    "grad": grad("quadratic", ("x", "a"), torch.tensor([1.0, -1.0]), x=X, a=torch.tensor(3.0)),
    "grad that does not arrive": grad("detached", ("x",), X, x=X, a=2.0),
    "jacobian": jacobian("quadratic", X, 2.0),
    "draws": draws("noise", 4, 3),
    "keep": keep("shift", "Shift", 2.0),
    "method": call("shift", X, method="forward"),
    "jacobian of a method": jacobian("shift", X, method="forward"),
    "other method": call("shift", X, method="train"),
    "method that is not there": call("shift", X, method="inverse"),
    "kept object": call("of_model", Kept("shift"), X),
    "object that was not kept": call("of_model", Kept("nothing"), X),
    "net": call("of_net", Net("mlp", (torch.ones(1, 2), torch.ones(1))), X),
    "callback": call("iterate", Callback("step"), X),
    "callback without an answer": call("iterate", Callback("unknown"), X),
    "callback misused": call("misuses", Callback("step"), X),
    "callback forgiven": call("forgives", Callback("step"), X),
    "unknown verb": Ask("eval", "loud"),
}


class Steps(Exercise):
    """iterate(step, x) calls a step that only the judge knows, three times in the right order."""

    right = pays("each step is taken once, in order, from where the last one led")
    hints = ("a", "b", "c")

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        secret = float(rng.normal())
        yield case(call("iterate", Callback("step"), X), secret=secret, log=[])

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        if name != "step":
            raise CourseError("There is only one step.")
        case.log.append(kwargs.get("t"))
        return torch.tensor(args[0].array * case.secret + case.log[-1])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        expected = X.numpy().astype(np.float64)
        for t in range(3):
            expected = expected * case.secret + t
        yield self.right(case.log == [0, 1, 2] and close(answer, expected, torch.float32, 1 + abs(expected)).ok)


exercise("toy.steps", ("iterate",))(Steps)
STEPS = registry._REGISTRY.pop("toy.steps")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("child") / "answers.py"
    path.write_text(ANSWERS)
    return path


@pytest.fixture(scope="module")
def child(path: Path) -> Iterator[ChildLink]:
    with ChildLink(path, seconds=300) as link:
        yield link


@pytest.fixture(scope="module")
def local(path: Path) -> LocalLink:
    names: dict[str, Any] = {}
    exec(compile(ANSWERS, str(path), "exec"), names)
    return LocalLink(names)


def answered(link: Link, ask: Ask) -> tuple[dict, list]:
    """The raw answer, callbacks answered by STEPS."""
    taken: list = []

    class Watched:
        def ask(self, *message: Any) -> tuple[dict, list]:
            taken.append(link.ask(*message))
            return taken[0]

    put_question(STEPS, case(ask, secret=2.0, log=[]), ask, Watched(), 3)
    head, arrays = taken[0]
    return head, [(a.dtype.str, a.shape, a.tobytes()) for a in arrays]


# --- the same answers ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("capfd")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ASKS)
def test_a_child_answers_as_the_notebook_does(name: str, child: ChildLink, local: LocalLink) -> None:
    for needed in ("keep", name) if "shift" in repr(ASKS[name]) else (name,):
        assert answered(child, ASKS[needed]) == answered(local, ASKS[needed])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", VALUE_NAMES)
def test_a_child_returns_or_refuses_what_the_notebook_does(name: str, child: ChildLink, local: LocalLink) -> None:
    assert answered(child, call("value", name)) == answered(local, call("value", name))


def test_the_list_of_values_was_read_whole(local: LocalLink) -> None:
    assert list(local.runner.namespace["VALUES"]) == VALUE_NAMES


@pytest.mark.parametrize("where", ["child", "local"])
def test_callbacks_are_answered_by_the_judge_wherever_the_code_runs(where: str, request: pytest.FixtureRequest) -> None:
    report = examine(STEPS, request.getfixturevalue(where))
    assert report.full, report


@pytest.mark.parametrize("where", ["child", "local"])
def test_a_misused_callback_is_told_with_the_students_line(where: str, request: pytest.FixtureRequest) -> None:
    head, _ = answered(request.getfixturevalue(where), ASKS["callback misused"])
    error = head["error"]
    assert (error["kind"], error["type"]) == ("raised", "TypeError")
    assert error["source"] == 'def misuses(step, x): return step("no tensor")'
    assert error["message"].startswith("step cannot answer this call.")


# --- a process apart -------------------------------------------------------------------------------------------


def value(link: ChildLink, of: str) -> Any:
    return put_question(STEPS, case(), call(of), link, 0)[0]


def test_a_child_is_another_process_with_an_empty_folder_and_few_variables(child: ChildLink) -> None:
    os.environ["PUSHFORWARD_SECRET"] = "x"
    assert value(child, "parent") == os.getpid()
    assert value(child, "folder") == []
    assert not {"PUSHFORWARD_SECRET", "PYTEST_CURRENT_TEST", "SSH_AUTH_SOCK"} & set(value(child, "environment"))


def test_a_child_has_nothing_to_read(child: ChildLink) -> None:
    assert value(child, "reads").type == "EOFError"


def test_a_child_has_no_judge(child: ChildLink) -> None:
    assert value(child, "has_the_judge").type == "ModuleNotFoundError"


# --- code that means no good -----------------------------------------------------------------------------------

WAYS = {
    "loops": "while True: pass",
    "lets children loop": "while True:\n        os.wait() if os.fork() else [0 for _ in range(10**6)] and os._exit(0)",
    "sleeps": "__import__('time').sleep(600)",
    "lets a child sleep": "os.system('sleep 600')",
    "ends": "os._exit(7)",
    "closes everything and loops": "os.closerange(0, 100)\n    while True: pass",
    "asks for ever": "while True: step(x, t=0)",
    "sends garbage": "everywhere(b'\\xff' * 64)",
    "sends a wrong answer": "everywhere(frame({'arrays': [], 'value': ['pickle', 'x']}))",
    "sends for ever": "while True: everywhere(frame({'arrays': [], 'callback': 'step', 'args': [], 'kwargs': {}}))",
}
HEAD = """\
import json, os, struct
def frame(head):
    text = json.dumps(head).encode()
    return struct.pack("<II", len(text), 0) + text
def everywhere(data):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
def iterate(step, x):
    """
WAITING = ("sleeps", "lets a child sleep", "sends for ever")  # the last one until all pipes are full
ENDLESS = ("loops", "asks for ever", "lets children loop", *WAITING)


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The reports about all of them, a few at a time."""
    folder = tmp_path_factory.mktemp("fates")

    def fate(way: str) -> Report:
        path = folder / f"{way.replace(' ', '_')}.py"
        path.write_text(HEAD + WAYS[way] + "\n    return x\n")
        with ChildLink(path, seconds=120) as link:
            if way in ENDLESS:
                link.stream.until = link.stream.meter.spent + Time(0.5, 0.5, 100)
            return examine(STEPS, link)

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(WAYS, pool.map(fate, WAYS), strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_code_that_means_no_good_earns_nothing_and_is_told_so(way: str, fates: dict[str, Report]) -> None:
    report = fates[way]
    assert report.points == 0
    assert report.error.endswith((".", "?"))
    assert "\n" not in report.error


@pytest.mark.parametrize("way", ENDLESS)
def test_what_never_ends_is_late(way: str, fates: dict[str, Report]) -> None:
    assert fates[way].error == f"No answer came within 120 s: {HINT[way in WAITING]}"


@pytest.mark.parametrize(
    ("way", "status"),
    [("ends", " (exit status 7)"), ("closes everything and loops", "")],
)
def test_what_ended_is_told_with_its_status(way: str, status: str, fates: dict[str, Report]) -> None:
    assert fates[way].error == f"The code ended its process{status} instead of returning a value."


@pytest.fixture
def echo() -> Iterator[_Pipes]:
    """Pipes to a process that sends back what it was sent, and never reads more than the pipe holds."""
    source, sink = (os.fdopen(descriptor, mode) for descriptor, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with source, sink, subprocess.Popen(["sleep", "600"]) as process:
        yield _Pipes(SimpleNamespace(stdout=source, stdin=sink, pid=process.pid), 0.2)
        process.kill()


def test_a_process_that_never_reads_is_late_as_well(echo: _Pipes) -> None:
    with pytest.raises(Late):
        echo.write(b"x" * (1 << 20))


def test_what_comes_after_the_time_is_late_even_if_it_is_there(echo: _Pipes) -> None:
    echo.write(b"xy")
    assert echo.read(1) == b"x"
    echo.until = Time()
    with pytest.raises(Late):
        echo.read(1)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "starts.py"
    path.write_text(
        "import os, subprocess\ndef iterate(step, x):\n    return subprocess.Popen(['sleep', '1000']).pid\n"
    )
    before = len(os.listdir("/dev/fd"))
    with ChildLink(path, seconds=120) as link:
        folder, pid = Path(link.folder.name), int(put_question(STEPS, case(), call("iterate", 1, 2), link, 0)[0])
        assert _runs(pid)
    assert len(os.listdir("/dev/fd")) == before
    assert not folder.exists()
    assert not _runs(pid)
    with pytest.raises(ProcessLookupError):
        os.kill(link.process.pid, 0)


def _runs(pid: int) -> bool:
    """An orphan that nobody has buried yet counts as gone."""
    status = Path(f"/proc/{pid}/stat")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not status.exists() or status.read_text().rpartition(") ")[2][0] not in "ZX"


def test_the_wait_for_a_silent_process_is_as_long_as_was_said(path: Path, make_link: Callable) -> None:
    with pytest.raises(CourseError, match=r"^answers\.py did not finish loading within 0\.01 s: "):
        make_link(path, 0.01)


@pytest.fixture
def make_link() -> Callable:
    def make(path: Path, seconds: float) -> None:
        with ChildLink(path, seconds):
            pass

    return make
