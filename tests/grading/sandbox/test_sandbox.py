"""What a submission can see and use, how it ends, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from autograder.grading.model import Limits
from autograder.grading.sandbox import inmate as inmate_module
from autograder.grading.sandbox import wall
from autograder.grading.sandbox.ended import Ended
from autograder.grading.sandbox.sandbox import Sandbox
from autograder.grading.sandbox.syscalls import BLOCKED
from pushforward.errors import CourseError
from tests.grading.inside import (
    PATIENCE,
    ROOT,
    USUAL,
    call,
    eventually,
    found,
    kill_wall,
    kill_warm,
    look,
    over,
    running,
    visit,
    warm,
)

pytestmark = pytest.mark.xdist_group("sandbox")  # they share the warm processes
SECRET = "a-secret-of-the-grader"
SYSCALL = """
import ctypes
def syscall(*arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    return 0 if libc.syscall(*map(ctypes.c_long, arguments)) >= 0 else ctypes.get_errno()
"""


def made(mode: str) -> Iterator[Sandbox]:
    """A warm process whose grader has a secret among its variables."""
    os.environ["GRADERS_SECRET"] = SECRET
    try:
        made = Sandbox(mode)
        made.start(USUAL).end()
    finally:
        del os.environ["GRADERS_SECRET"]
    yield made
    made.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    yield from made("bubblewrap")


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    yield from made("none")


# --- what can be seen ------------------------------------------------------------------------------------------


def test_neither_course_nor_home_nor_files_of_others_are_there(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "grades.csv").write_text("ada,0")
    hidden = [tmp_path, tmp_path / "grades.csv", Path(tempfile.gettempdir()) / sandbox.folder]
    hidden += [ROOT / name for name in ("course", "solutions", "autograder", "tests", "pyproject.toml", ".git")]
    hidden += [*Path.home().glob("[!.]*"), *map(Path, ("/var", "/root", "/sys", "/run", "/mnt", "/etc/passwd"))]
    needed = list(map(Path, (sys.prefix, sys.base_prefix, wall.PACKAGE)))
    hidden = [path for path in hidden if not any(n.is_relative_to(path) or path.is_relative_to(n) for n in needed)]
    there = look(sandbox, f"import os\nfound = [p for p in {[str(p) for p in hidden]!r} if os.path.lexists(p)]")
    assert there == []
    assert look(sandbox, "import os\nfound = os.path.expanduser('~'), os.getcwd()") == ["/tmp", "/tmp"]


def test_the_judge_is_not_there(sandbox: Sandbox, bare: Sandbox) -> None:
    source = """
import importlib, sys
found = []
for name in ("autograder", "autograder.judging.judge", "autograder.checks", "autograder.grading.model"):
    try:
        found.append(str(importlib.import_module(name)))
    except ImportError:
        pass
found += [name for name, module in sys.modules.items() if name.split(".")[0] == "autograder" and module]
"""
    assert look(sandbox, source) == look(bare, source) == []
    files = "import glob, sys\nfound = [file for p in sys.path for file in glob.glob(p + '/autograder/*')]"
    assert look(sandbox, files) == []


@pytest.mark.parametrize("mode", ["sandbox", "bare"])
def test_the_graders_environment_stays_outside(mode: str, request: pytest.FixtureRequest) -> None:
    source = "import os\nfound = dict(os.environ), open('/proc/self/environ').read()"
    variables, first = look(request.getfixturevalue(mode), source)
    assert "NBGRADER_EXECUTION=autograde" in first  # so it is the right file
    assert SECRET not in first + str(variables)
    assert variables.keys() <= {*wall.ENVIRONMENT, "PYTHONPATH", "PWD", "LC_CTYPE"} | {
        k for k in variables if k.startswith("KMP_")
    }
    assert variables["CUDA_VISIBLE_DEVICES"] == ""
    assert variables["PUSHFORWARD_BUDGET"] == "graded"


def test_it_sees_only_itself(sandbox: Sandbox) -> None:
    source = "import os\nfound = os.getpid(), sorted(p for p in os.listdir('/proc') if p.isdigit())"
    assert look(sandbox, source) == [1, ["1"]]
    children = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\n"
    assert look(sandbox, children + source + "\nchild.kill()") == [1, ["1", "2"]]


@pytest.mark.parametrize("mode", ["sandbox", "bare"])
def test_only_its_channel_and_nothing_are_open(mode: str, request: pytest.FixtureRequest) -> None:
    source = """
import os
found = {}
for number in range(5000):
    try:
        found[number] = os.readlink(f"/proc/self/fd/{number}").split(":")[0]
    except OSError:
        pass
"""
    opened = look(request.getfixturevalue(mode), source)
    assert [opened.pop(n) for n in "0123"] == ["/dev/null", "pipe", "pipe", "socket"]
    assert set(opened.values()) <= {"/dev/null"}  # Python's own standard input


def test_there_are_no_privileges(sandbox: Sandbox) -> None:
    lines = look(sandbox, "found = dict(line.split(':', 1) for line in open('/proc/self/status'))")
    status = {name: value.split() for name, value in lines.items()}
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name][0], 16) == 0, name
    assert status["NoNewPrivs"] == ["1"]
    assert status["Seccomp"] == ["2"]
    assert "0" not in status["Uid"] + status["Gid"]


def test_there_are_no_ways_to_privileges(sandbox: Sandbox) -> None:
    source = """
import os
libc = ctypes.CDLL(None, use_errno=True)
found = {
    "new world": libc.unshare(0x10000000), "new mounts": libc.unshare(0x20000),
    "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), "remount": libc.mount(b"", b"/", b"", 32, None),
    "unmount": libc.umount2(b"/proc", 2), "root": libc.setuid(0), "chroot": libc.chroot(b"/tmp"),
    "hostname": libc.sethostname(b"x", 1), "priority": libc.setpriority(0, 0, -5),
}
"""
    assert set(look(sandbox, SYSCALL + source).values()) == {-1}


def test_the_filter_is_on(sandbox: Sandbox) -> None:
    column = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
    numbers = {name: pair[column] for name, pair in BLOCKED.items()}
    arguments = "-1, 0, 0, 0, 0, 0"  # which the kernel would refuse for other reasons, if it came to that
    errors = look(
        sandbox, f"{SYSCALL}import errno\nfound = {{n: syscall(k, {arguments}) for n, k in {numbers}.items()}}"
    )
    assert errors == dict.fromkeys(numbers, 38)  # ENOSYS


def test_there_is_no_network(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0" + f"grader-{os.getpid()}")
        abstract.listen()
        for address in (server.getsockname(), abstract.getsockname().decode()):
            with socket.socket(socket.AF_INET if type(address) is tuple else socket.AF_UNIX) as outside:
                outside.connect(address)  # from here it works
        source = f"""
import socket
found = {{"interfaces": [name for name in open("/proc/self/net/dev").read().split() if name.endswith(":")]}}
def attempt(name, action):
    try:
        action()
        found[name] = "worked"
    except OSError:
        found[name] = "refused"
attempt("loopback", lambda: socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), timeout=5))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect({abstract.getsockname().decode()!r}))
attempt("names", lambda: socket.getaddrinfo("example.org", 80))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("far", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
"""
        seen = look(sandbox, source)
    assert set(seen.pop("interfaces")) <= {"lo:", "tunl0:", "sit0:", "gre0:"}  # what a kernel puts into every new world
    assert set(seen.values()) == {"refused"}, seen


def test_there_are_no_sockets_but_those_between_processes(sandbox: Sandbox) -> None:
    """Python's own processes talk through AF_UNIX; other families lead to a network, the kernel, or the host."""
    source = """
import socket
found = {}
for family in range(50):
    for make in (socket.socket, socket.socketpair):
        try:
            make(family)
            found.setdefault(family, []).append("made")
        except OSError as error:
            found.setdefault(family, []).append(error.errno)
"""
    made = look(sandbox, source)
    assert made.pop("1") == ["made", "made"]
    assert {number for numbers in made.values() for number in numbers} == {97}  # EAFNOSUPPORT


def test_nothing_can_be_written_but_in_tmp(sandbox: Sandbox) -> None:
    folders = ["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/proc/sys/kernel", wall.PACKAGE]
    folders += [f"{wall.PACKAGE}/pushforward", sys.prefix, sys.base_prefix, *map(str, wall._libraries())]
    source = f"""
import os
found = []
for folder in {folders!r}:
    try:
        open(folder + "/written", "w")
        found.append(folder)
    except OSError:
        pass
sysctl = "/proc/sys/user/max_user_namespaces"
for file in ("{wall.PACKAGE}/pushforward/answering/run.py", "/proc/sys/kernel/core_pattern", sysctl):
    try:
        os.chmod(file, 0o777)
        found.append(file)
    except OSError:
        pass
    try:
        open(file, "r+").write("x")
        found.append(file)
    except OSError:
        pass
open("/tmp/written", "w").write("here I may")
open("/dev/null", "w").write("and here")
"""
    assert look(sandbox, source) == []


@pytest.mark.parametrize("mode", ["sandbox", "bare"])
def test_two_submissions_share_nothing(mode: str, request: pytest.FixtureRequest) -> None:
    shared = request.getfixturevalue(mode)
    leave = """
import os, sys, tempfile, torch, pushforward.answering.run
for folder in {tempfile.gettempdir(), os.getcwd(), *(["/dev/shm"] if os.getpid() == 1 else [])}:
    open(folder + "/left", "w").write("x")
left = 1
torch.left = 1
sys.modules["left"] = torch
os.environ["LEFT"] = "1"
pushforward.answering.run.METHODS = ()
torch.manual_seed(5)
get_ipython().left = 1
"""
    search = """
import os, sys, tempfile, torch
from pushforward.answering import run
names = globals().keys() & {"left"}
folders = {tempfile.gettempdir(), os.getcwd(), *(["/dev/shm"] if os.getpid() == 1 else [])}
found = [*names, *(f for folder in folders for f in os.listdir(folder)), *({"LEFT"} & os.environ.keys())]
found += ["module"] * ("left" in sys.modules or hasattr(torch, "left")) + ["methods"] * (not run.METHODS)
found += ["seed"] * (torch.initial_seed() == 5) + ["shell"] * hasattr(get_ipython(), "left")
"""
    assert look(shared, search) == []
    assert len(look(shared, leave + search)) >= 7
    assert look(shared, search) == []


# --- limits ----------------------------------------------------------------------------------------------------


def ended(sandbox: Sandbox, source: str, limits: Limits, seconds: float = PATIENCE) -> Ended:
    """How a submission ends that cannot go on."""
    with visit(sandbox, limits) as inmate:
        with pytest.raises(Ended) as end:
            inmate.run(source, seconds)
        assert not inmate.alive
        with pytest.raises(Ended) as again:
            inmate.run("1", seconds)
    assert again.value is end.value
    return end.value


@pytest.mark.parametrize("mode", ["sandbox", "bare"])
def test_memory_of_one_process(mode: str, request: pytest.FixtureRequest) -> None:
    with visit(request.getfixturevalue(mode), Limits(memory=200)) as inmate:
        outcome = inmate.run("x = bytearray(400 << 20)", PATIENCE)
        assert outcome["outputs"][0]["ename"] == "MemoryError"
        assert "numpy" in str(inmate.run("import numpy\ny = numpy.ones(50 << 20)", PATIENCE)["outputs"])
        assert inmate.run("x = bytearray(100 << 20)", PATIENCE)["ok"]


def test_memory_of_several_processes_together(sandbox: Sandbox) -> None:
    many = "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        break\n"
    source = many + "x = b'x' * (150 << 20)\ntime.sleep(600)"
    end = ended(sandbox, source, Limits(memory=200))
    assert end.kind == "memory"
    assert "200 MB of memory" in end.sentence


def test_processes_and_threads(sandbox: Sandbox) -> None:
    source = """
import os, threading, time
def count(begin):
    for number in range(1000):
        try:
            begin()
        except (OSError, RuntimeError):
            return number
    return 1000
def child():
    if os.fork() == 0:
        time.sleep(600)
found = count(child) + count(lambda: threading.Thread(target=time.sleep, args=(600,), daemon=True).start())
"""
    assert 5 < look(sandbox, source, Limits(processes=20)) <= 20


@pytest.mark.parametrize("mode", ["sandbox", "bare"])
def test_the_size_of_a_file(mode: str, request: pytest.FixtureRequest) -> None:
    with visit(request.getfixturevalue(mode), Limits(disk=2)) as inmate:
        outcome = inmate.run("file = open('large', 'wb', buffering=0)\nwhile True: file.write(b'x' * 99_999)", PATIENCE)
        assert outcome["outputs"][0]["ename"] == "OSError"
        assert found(inmate, "import os\nfound = os.path.getsize('large')") <= 2 << 20


def test_the_size_of_the_disk(sandbox: Sandbox) -> None:
    source = """
import os
found = 0
try:
    for number in range(10_000):
        with open(f"/{place}/{number}", "wb", buffering=0) as file:
            found += file.write(b"x" * 500_000)
except OSError:
    pass
"""
    for place in ("tmp", "dev/shm"):
        assert 1 << 20 < look(sandbox, source.replace("{place}", place), Limits(disk=4)) <= 4 << 20
    files = source.replace("{place}", "tmp").replace('b"x" * 500_000', 'b""').replace("10_000", "50_000")
    assert look(sandbox, files + "found = len(os.listdir('/tmp'))") < 20_000


@pytest.mark.parametrize("source", ["print('x' * (3 << 20))", "import os\nwhile True: os.write(2, b'y' * 4096)"])
def test_what_is_printed_is_limited(sandbox: Sandbox, source: str) -> None:
    end = ended(sandbox, source, Limits(output=1))
    assert end.kind == "output"
    assert "more than 1 MB" in end.sentence


def test_the_beginning_of_what_is_printed_is_kept(sandbox: Sandbox) -> None:
    with visit(sandbox) as inmate:
        inmate.run("print('begin')\nfor _ in range(100): print('é' * 20_000)\nprint('end')", PATIENCE)
        text = inmate.text()
        assert text.startswith("begin\né")
        assert len(text.encode()) <= inmate_module.KEPT + 10
        inmate.run("print('next')", PATIENCE)
        assert inmate.text() == "next\n"


def test_closed_streams_hold_nobody_up(sandbox: Sandbox) -> None:
    with visit(sandbox) as inmate:
        inmate.run("import os\nfor number in (0, 1, 2): os.close(number)", PATIENCE)
        assert inmate.run("print('x')\n1 + 1", PATIENCE)["outputs"] is not None
        assert inmate.text() == ""


@pytest.mark.parametrize(
    "source",
    ["while True: pass", "import time\ntime.sleep(600)",
     "import signal\nfor n in {*range(1, 65)} - {9, 19, 32, 33}: signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
     "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
     "import os\nwhile True: os.write(1, b'.')", "import os, time\nos.close(3)\ntime.sleep(600)",
     "import os, time\nos.write(3, b'x')", "import os, time\nos.kill(os.getpid(), 19)\ntime.sleep(600)"],
)  # fmt: skip
def test_time_ends(sandbox: Sandbox, source: str) -> None:
    end = ended(sandbox, source, Limits(output=4096), seconds=0.3)
    assert end.kind == "late"
    assert "time was over" in end.sentence


@pytest.mark.parametrize(
    ("source", "how"),
    [("import os\nos._exit(7)", "exit status 7"), ("import ctypes\nctypes.string_at(0)", "signal 11"),
     ("import os\nos.execvp('true', ['true'])", "exit status 0"),
     ("import socket\nsocket.socket(fileno=3).shutdown(2)\nwhile True: pass", "signal 9")],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["sandbox", "bare"])
def test_the_end_of_the_process_is_told(mode: str, source: str, how: str, request: pytest.FixtureRequest) -> None:
    end = ended(request.getfixturevalue(mode), source, USUAL)
    assert (end.kind, end.sentence) == ("ended", f"The code ended its process ({how}).")


# --- nothing is left -------------------------------------------------------------------------------------------


def test_no_process_is_left(sandbox: Sandbox) -> None:
    sandbox.start(USUAL).end()
    word = f"60{os.getpid()}.5"
    assert not warm(sandbox).children(recursive=True)
    source = f"""
import os, signal, subprocess, time
for begin in ([], ["setsid"], ["nohup"], ["setsid", "-f"]):
    subprocess.Popen([*begin, "sleep", "{word}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
if os.fork() == 0:
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{word}"])
    os._exit(0)
"""
    with visit(sandbox) as inmate:
        assert inmate.run(source, PATIENCE)["ok"]
        assert eventually(lambda: len(running(word)) >= 5)
    assert not warm(sandbox).children(recursive=True)  # at once: who comes next may use all of the limits
    assert eventually(lambda: not running(word))


@pytest.mark.parametrize("source", ["import os\nos._exit(0)", "while True: pass"])
def test_what_a_dead_submission_started_ends_with_it(sandbox: Sandbox, source: str) -> None:
    word = f"61{os.getpid()}.{len(source)}"
    start = f"import subprocess\nsubprocess.Popen(['setsid', 'sleep', '{word}'])\nimport time\ntime.sleep(0.1)\n"
    ended(sandbox, start + source, USUAL, seconds=2.0)
    assert eventually(lambda: not running(word))


# --- without a wall --------------------------------------------------------------------------------------------


def test_without_a_wall_each_has_a_folder_of_its_own(bare: Sandbox) -> None:
    source = "import os, tempfile\nopen('x', 'w')\nfound = [os.getcwd(), os.environ['HOME'], os.environ['TMPDIR']]"
    first, second = look(bare, source), look(bare, source)
    assert len(set(first)) == len(set(second)) == 1
    assert first != second
    assert Path(first[0]).is_relative_to(bare.folder)
    assert not any(os.path.exists(folder) for folder in (*first, *second))


def test_without_a_wall_its_group_ends_with_it(bare: Sandbox) -> None:
    word = f"63{os.getpid()}.5"
    with visit(bare) as inmate:
        inmate.run(f"import subprocess\nsubprocess.Popen(['sleep', '{word}'])", PATIENCE)
        assert eventually(lambda: running(word))
    assert eventually(lambda: not running(word))


def test_without_a_wall_who_kills_the_process_between_ends_only_itself(bare: Sandbox) -> None:
    before = bare.process
    end = ended(bare, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass", USUAL)
    assert end.kind == "ended"
    assert look(bare, "found = 1") == 1
    assert bare.process is before


def test_without_a_wall_a_killed_warm_process_leaves_no_submission_behind(bare: Sandbox) -> None:
    with visit(bare) as inmate:
        pid = found(inmate, "import os\nfound = os.getpid()")
        kill_warm(bare)
        with pytest.raises(Ended) as end:
            inmate.run("while True: pass", 1.0)
        assert end.value.kind in ("sandbox", "late")
    bare.close()
    assert eventually(lambda: over(pid))
    assert look(bare, "found = 1") == 1


# --- frames ----------------------------------------------------------------------------------------------------

FORGED = """
import json, os, struct, sys
def send(head, body=b"", lengths=None):
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    data = struct.pack("<II", *(lengths or (len(text), len(body)))) + text + body
    while data:
        data = data[os.write(3, data):]
def asked():
    frame = sys._getframe()
    while "head" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["head"]["id"]
def one(): return 1
def forge():
"""
SEVEN = {"value": ["int", 7], "arrays": []}


def forged(sandbox: Sandbox, body: str, asks: int = 1) -> tuple[Ended, list]:
    """What comes of a function that writes on the channel itself, and the answers before the end."""
    answers: list = []
    with visit(sandbox) as inmate:
        assert inmate.run(FORGED + f"    {body}\n    return 1", PATIENCE)["ok"]
        with pytest.raises(Ended) as end:
            answers.extend(call(inmate, "forge") for _ in range(asks))
        assert not inmate.alive
    assert end.value.kind == "frame"
    return end.value, answers


@pytest.mark.parametrize(
    "body",
    [f"send({{**{SEVEN!r}, 'id': 7}})", f"send({SEVEN!r})", f"send({{**{SEVEN!r}, 'id': str(asked())}})",
     f"send({{**{SEVEN!r}, 'id': asked() + 1}})", f"send({{**{SEVEN!r}, 'id': [asked()]}})",
     f"send({{**{SEVEN!r}, 'id': asked(), 'points': 5}})", "send({'id': asked(), 'arrays': []})",
     "send({'ran': {'ok': True, 'outputs': []}, 'arrays': []})", "send({'arrays': []})",
     "send({'callback': 'x', 'args': [], 'kwargs': {}, 'id': asked(), 'arrays': []})"],
)  # fmt: skip
def test_an_answer_to_another_question_ends_the_submission(sandbox: Sandbox, body: str) -> None:
    end, answers = forged(sandbox, body)
    assert "a question that was not asked" in end.sentence
    assert answers == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [("send(b'{')", "not JSON"), ("send(b'\\xff\\xfe')", "not JSON"), ("send(b'[' * 100_000)", "not JSON"),
     ("send(b'[]')", "lacks its list"), ("send({'id': 1})", "lacks its list"), ("send({'arrays': 5})", "lacks"),
     ("send(b'1' * 5000)", "not JSON"), ("send({}, lengths=(2**32 - 1, 0))", "larger"),
     ("send({}, lengths=(2, 2**32 - 1))", "larger"), ("send({'arrays': [['<f4', [2]]]}, b'1234')", "shorter"),
     ("send({'arrays': []}, b'1234')", "longer"), ("send({'arrays': [['|O', [1]]]}, b'12345678')", "malformed"),
     ("send({'arrays': [['<f4', [-1]]]})", "impossible shape"), ("send({'arrays': [['<f4', [2**40]]]})", "impossible"),
     ("send({'arrays': [['<f4', [0] * 60]]})", "impossible shape"), ("os.write(3, b'GET / HTTP/1.1')", "larger")],
)  # fmt: skip
def test_a_malformed_frame_ends_the_submission(sandbox: Sandbox, body: str, reason: str) -> None:
    end, _ = forged(sandbox, body)
    assert end.sentence.startswith("The code sent a malformed frame (")
    assert reason in end.sentence


def test_an_answer_given_twice_ends_the_submission_at_the_next_question(sandbox: Sandbox) -> None:
    end, answers = forged(sandbox, f"send({{**{SEVEN!r}, 'id': asked()}})", asks=3)
    assert answers == [({"value": ["int", 7]}, [])]  # a student may answer what they like, but once
    # the next question was on its way by then, or not
    assert "an answer before the question" in end.sentence or "a question that was not asked" in end.sentence


def test_a_cell_cannot_answer_ahead(sandbox: Sandbox) -> None:
    body = "send({'ran': {'ok': True, 'outputs': []}, 'arrays': []})"
    with visit(sandbox) as inmate:
        assert inmate.run(f"{FORGED}    {body}\nforge()\n5", PATIENCE) == {"ok": True, "outputs": []}
        with pytest.raises(Ended) as end:  # its own outcome is in the way now
            call(inmate, "one")
    assert end.value.kind == "frame"


@pytest.mark.parametrize(
    "ran",
    [5, [], {}, {"ok": 1, "outputs": []}, {"ok": True}, {"ok": True, "outputs": {}}, {"outputs": []}],
)
def test_an_outcome_of_another_form_ends_the_submission(sandbox: Sandbox, ran: object) -> None:
    with visit(sandbox) as inmate, pytest.raises(Ended) as end:
        inmate.run(f"{FORGED}    send({{'ran': {ran!r}, 'arrays': []}})\nforge()", PATIENCE)
    assert (end.value.kind, "an outcome that is none" in end.value.sentence) == ("frame", True)


@pytest.mark.parametrize("plan", [5, [True], ["0"], [2], [-1], {"0": 1}, [[0]]])
def test_a_plan_of_another_form_ends_the_submission(sandbox: Sandbox, plan: object) -> None:
    cells = [["demo", "a = 1"], ["solve", "a"]]
    with visit(sandbox) as inmate:
        assert inmate.plan(cells) == [0]
        source = f"import pushforward.answering.cells as c\nc.needed = lambda *_: {plan!r}"
        assert inmate.run(source, PATIENCE)["ok"]
        with pytest.raises(Ended) as end:
            inmate.plan(cells)
    assert (end.value.kind, "a plan that is none" in end.value.sentence) == ("frame", True)


def test_half_a_frame_ends_with_the_time(sandbox: Sandbox) -> None:
    with visit(sandbox) as inmate:
        body = "os.write(3, struct.pack('<II', 1000, 0) + b'{')\n    while True: pass"
        assert inmate.run(FORGED + f"    {body}", PATIENCE)["ok"]
        with pytest.raises(Ended) as end:
            call(inmate, "forge", seconds=0.3)
    assert end.value.kind == "late"


def test_who_calls_back_and_never_reads_the_answer_ends_with_its_time(sandbox: Sandbox) -> None:
    head = {"verb": "call", "of": "forge", "method": None, "seed": 0, "args": [], "kwargs": {}}
    with visit(sandbox) as inmate:
        body = "send({'callback': 'net', 'args': [], 'kwargs': {}, 'arrays': []})\n    while True: pass"
        assert inmate.run(FORGED + f"    {body}", PATIENCE)["ok"]
        with pytest.raises(Ended) as end:
            inmate.ask(head, [], lambda *_: ({"value": ["none"]}, [np.zeros(1 << 20)]), 0.3)
    assert end.value.kind == "late"


def test_more_answers_than_any_check_needs_end_the_submission(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inmate_module, "ANSWERS", 1 << 20)
    with visit(sandbox) as inmate:
        inmate.run("import torch\ndef large(): return torch.zeros(100_000)", PATIENCE)
        answers = [call(inmate, "large")[1][0].nbytes for _ in range(2)]
        assert answers == [400_000] * 2
        with pytest.raises(Ended) as end:
            call(inmate, "large")
    assert (end.value.kind, "more values than any answers need" in end.value.sentence) == ("frame", True)


def test_arguments_of_callbacks_count_too(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inmate_module, "ANSWERS", 1 << 20)
    head = {"verb": "call", "of": "f", "method": None, "seed": 0, "args": [["callback", "net"]], "kwargs": {}}
    with visit(sandbox) as inmate:
        inmate.run("import torch\ndef f(net):\n    while True: net(torch.zeros(100_000))", PATIENCE)
        calls = []

        def respond(call: dict, arrays: list) -> tuple[dict, list]:
            calls.append(arrays[0].nbytes)
            return {"value": ["none"]}, []

        with pytest.raises(Ended) as end:
            inmate.ask(head, [], respond, PATIENCE)
    assert (end.value.kind, calls) == ("frame", [400_000] * 2)


def test_a_value_that_cannot_cross_is_an_answer(sandbox: Sandbox) -> None:
    with visit(sandbox) as inmate:
        inmate.run("def odd(): return object()\ndef one(): return 1", PATIENCE)
        assert call(inmate, "odd")[0]["error"]["kind"] == "refused"
        assert call(inmate, "one") == ({"value": ["int", 1]}, [])


# --- a sandbox that dies ---------------------------------------------------------------------------------------


def test_a_warm_process_killed_between_submissions_is_replaced(sandbox: Sandbox) -> None:
    before = sandbox.process
    old = warm(sandbox)
    kill_wall(sandbox)
    assert eventually(lambda: over(old.pid))  # it goes with the wall, but not at the same moment
    assert look(sandbox, "found = 1") == 1
    assert sandbox.process is not before
    assert before.poll() is not None


def test_a_warm_process_killed_under_an_idle_submission_is_nobodys_fault(sandbox: Sandbox) -> None:
    with visit(sandbox) as inmate:
        inmate.run("x = 1", PATIENCE)
        kill_warm(sandbox)
        assert eventually(inmate._readable)  # there is an end to be read
        with pytest.raises(Ended) as end:
            call(inmate, "x")
    assert (end.value.kind, end.value.sentence) == ("sandbox", "The sandbox ended.")
    assert look(sandbox, "found = 1") == 1


def stub(control: int, mode: str, more: str = "") -> list[str]:
    """The command of a warm process that has imported nothing and answers nothing."""
    source = f"""
import socket
from pushforward.answering import walls, warm
warm._prepared = lambda: lambda channel: channel.recv(1)
{more}
warm.serve(socket.socket(fileno={control}), {mode!r})"""
    return [sys.executable, "-c", source]


def test_a_warm_process_killed_while_it_starts_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []

    def killed_once(control: int, _: int) -> list[str]:
        times.append(1)
        return stub(control, "bare") if len(times) > 1 else ["sh", "-c", "kill -9 $$"]

    again = Sandbox("none")
    monkeypatch.setattr(again, "_command", killed_once)
    again.start(USUAL).end()
    assert len(times) == 2
    again.close()


def test_a_sandbox_that_dies_again_and_again_is_given_up(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Sandbox()
    monkeypatch.setattr(dead, "_command", lambda *_: ["sh", "-c", "kill -9 $$"])
    with pytest.raises(Ended) as end:
        dead.start(USUAL)
    assert end.value.kind == "sandbox"
    assert dead.process is None


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, the only one on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize("attempt", [wall.ready, lambda: Sandbox().start(USUAL)])
def test_without_bubblewrap_there_is_a_choice(programs: Path, attempt: Callable) -> None:
    with pytest.raises(CourseError, match=r"needs bubblewrap.*apt install bubblewrap.*--sandbox none"):
        attempt()


@pytest.mark.parametrize("attempt", [wall.ready, lambda: Sandbox().start(USUAL)])
def test_with_a_bubblewrap_that_may_not_work_there_is_a_choice(programs: Path, attempt: Callable) -> None:
    fails = programs / "bwrap"
    fails.write_text("#!/bin/sh\necho first >&2\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    fails.chmod(0o755)
    with pytest.raises(CourseError, match=r"No permissions to create a new namespace.*--sandbox none"):
        attempt()


def test_a_bubblewrap_that_hangs_leaves_a_choice(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = programs / "bwrap"
    hangs.write_text("#!/bin/sh\nwhile :; do :; done\n")
    hangs.chmod(0o755)
    monkeypatch.setattr(wall, "TRIAL_SECONDS", 0.2)
    with pytest.raises(CourseError, match=r"does not come to an end.*--sandbox none"):
        wall.ready()


@pytest.fixture
def in_tmp() -> Iterator[Path]:
    """An environment below /tmp: this one, if it lies there, else a new one with the same libraries."""
    if Path(sys.prefix).is_relative_to("/tmp"):
        yield Path(sys.prefix)
        return
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        venv.create(folder, symlinks=True)
        (libraries,) = Path(folder).glob("lib/python*/site-packages")
        (libraries / "others.pth").write_text("\n".join(map(str, wall._libraries())))
        yield Path(folder)


def test_an_environment_in_tmp_stands_elsewhere_inside(in_tmp: Path) -> None:
    """/tmp is each submission's own, and a course may well have been cloned there."""
    source = "import os, sys, scipy.signal\nfound = [sys.prefix, os.listdir('/tmp')]"
    program = f"from tests.grading.inside import *; s = Sandbox(); print(look(s, {source!r})); s.close()"
    command = [f"{in_tmp}/bin/python", "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == f"{[str(Path('/environment', *in_tmp.parts[2:])), []]}\n", done.stderr


def test_a_python_in_tmp_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", "/tmp/python3.12")
    with pytest.raises(CourseError, match=r"lies in /tmp/python3\.12.*install Python in another folder"):
        wall.ready()


def test_here_it_works() -> None:
    wall.ready()


def test_an_inner_wall_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fails, failure = Sandbox(), "def fail(*_): raise OSError('not allowed here')\nwalls.fork_inside = fail"
    monkeypatch.setattr(fails, "_command", lambda control, _: stub(control, "walls", failure))
    with visit(fails) as inmate, pytest.raises(CourseError, match=r"not allowed here.*--sandbox none"):
        inmate.run("1", PATIENCE)
    fails.close()


def test_nothing_of_the_grader_is_open_in_the_warm_process(sandbox: Sandbox) -> None:
    """What the warm process inherits, a submission's process between it and the student's might pass on."""
    sandbox.start(USUAL).end()
    opened = {name: os.readlink(f"/proc/{warm(sandbox).pid}/fd/{name}").split(":")[0] for name in
              os.listdir(f"/proc/{warm(sandbox).pid}/fd")}  # fmt: skip
    assert sorted(opened.values()).count("socket") == 1
    assert len(opened) <= 5, json.dumps(opened)


def test_closing_ends_everything(sandbox: Sandbox) -> None:
    word, closed = f"62{os.getpid()}.5", sandbox
    inmate = closed.start(USUAL)
    inmate.run(f"import subprocess\nsubprocess.Popen(['setsid', 'sleep', '{word}'])", PATIENCE)
    assert eventually(lambda: running(word))
    folder, processes = closed.folder, psutil.Process(closed.process.pid).children(recursive=True)
    closed.close()
    assert eventually(lambda: not running(word) and all(over(p.pid) for p in processes))
    assert not os.path.exists(folder)
    with pytest.raises(Ended) as end:
        inmate.run("1", PATIENCE)
    assert end.value.kind == "sandbox"
    closed.close()  # again is no error
