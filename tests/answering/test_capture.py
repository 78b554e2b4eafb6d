"""While a student's code runs, nothing of what it says reaches the real streams, by whatever way it says it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pushforward.answering.capture import LIMIT, captured

ROOT = Path(__file__).resolve().parents[2]

ROUTES = (
    "print",
    "print to stderr",
    "warning",
    "logging to the stream of before",
    "logging to the stream of now",
    "write to 1",
    "write to 2",
    "real stderr",
    "real stdout, not flushed",
    "another process",
    "another process's stderr",
    "progress bar",
    "puts in C",
    "printf in C, no end of line",
)

SPEAKER = """
import ctypes, json, logging, os, subprocess, sys, warnings
from tqdm import tqdm

logging.getLogger().addHandler(logging.StreamHandler())
print("before")
from pushforward.answering.capture import captured

def speak():
    print("<print>")
    print("<print to stderr>", file=sys.stderr)
    warnings.warn("<warning>")
    logging.warning("<logging to the stream of before>")
    logger = logging.getLogger("now")
    logger.addHandler(logging.StreamHandler())
    logger.warning("<logging to the stream of now>")
    os.write(1, b"<write to 1>")
    os.write(2, b"<write to 2>")
    print("<real stderr>", file=sys.__stderr__)
    sys.__stdout__.write("<real stdout, not flushed>")
    subprocess.run(["sh", "-c", 'echo "<another process>"; echo "<another process\\'s stderr>" >&2'])
    for _ in tqdm(range(3), desc="<progress bar>"):
        pass
    libc = ctypes.CDLL(None)
    libc.puts(b"<puts in C>")
    libc.printf(b"<printf in C, no end of line>")

def text_of(block):
    with captured() as printed:
        try:
            block()
        except Exception:
            pass
    return printed.text

def fails():
    with captured() as printed:
        print("<said>")
        raise ValueError

heard = {"all": text_of(speak)}
try:
    fails()
except ValueError:
    print("between")
heard["closed"] = text_of(lambda: (print("<said>"), sys.stdout.close(), sys.stderr.close()))
heard["detached"] = text_of(lambda: (print("<said>"), sys.stdout.detach()))
heard["replaced"] = text_of(lambda: (print("<said>"), setattr(sys, "stdout", None), setattr(sys, "stderr", None)))
heard["descriptors closed"] = text_of(lambda: (print("<said>"), os.close(1), os.close(2)))
print("after")
print("after, too", file=sys.stderr, flush=True)
sys.stdout.flush()
os.close(1), os.close(2)
heard["no streams"] = text_of(lambda: print("<said>"))
json.dump(heard, open(sys.argv[1], "w"))
os._exit(0)
"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess, dict[str, str]]:
    """A process that says something by every route, and what its captures heard."""
    heard = tmp_path_factory.mktemp("capture") / "heard.json"
    command = [sys.executable, "-c", SPEAKER, str(heard)]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, cwd=ROOT, env=buffered, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done, json.loads(heard.read_text())


def test_only_what_is_said_outside_reaches_the_real_streams(spoken: tuple) -> None:
    assert spoken[0].stdout == "before\nbetween\nafter\n"
    assert spoken[0].stderr == "after, too\n"


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_is_heard(route: str, spoken: tuple) -> None:
    assert f"<{route}>" in spoken[1]["all"]


@pytest.mark.parametrize("way", ["closed", "detached", "replaced", "descriptors closed", "no streams"])
def test_code_that_takes_its_streams_apart_is_heard_all_the_same(way: str, spoken: tuple) -> None:
    assert "<said>" in spoken[1][way]


def where_streams_lead() -> tuple:
    return sys.stdout, sys.stderr, os.fstat(1).st_ino, os.fstat(2).st_ino


def test_streams_lead_back_after_the_block_and_after_an_error_in_it() -> None:
    before = where_streams_lead()
    with captured():
        assert where_streams_lead() != before
    assert where_streams_lead() == before
    with pytest.raises(KeyboardInterrupt), captured():
        raise KeyboardInterrupt
    assert where_streams_lead() == before


def test_no_descriptor_stays_open() -> None:
    def count() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    before = count()
    for _ in range(5):
        with captured():
            print("something")
    assert count() == before


def test_what_was_said_before_an_error_is_kept() -> None:
    with contextlib.suppress(ValueError), captured() as printed:
        print("the last words")
        raise ValueError
    assert printed.text == "the last words\n"


@pytest.mark.parametrize(
    ("say", "heard"),
    [
        (lambda: print("x" * 100_000), "x" * LIMIT),
        (lambda: print("é" * LIMIT), "é" * LIMIT),
        (lambda: os.write(1, b"\xff\xfe ok"), "\ufffd\ufffd ok"),
        (lambda: print("\udcff"), "?\n"),
        (lambda: None, ""),
    ],
    ids=["long", "long in two bytes", "no text", "half a letter", "nothing"],
)
def test_what_is_kept_is_text_of_limited_length(say: Callable, heard: str) -> None:
    with captured() as printed:
        say()
    assert printed.text == heard


def test_a_capture_within_a_capture_keeps_its_own_part() -> None:
    with captured() as outer:
        print("one")
        with captured() as inner:
            print("two")
        print("three")
    assert (outer.text, inner.text) == ("one\nthree\n", "two\n")
