"""The Makefile, in a folder whose name has a space, with a Python that only writes down its orders."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("make", "sh", "awk", "cat", "cp", "mkdir", "pwd", "rm", "touch")
COMMANDS = ("lab", "test", "wheel", "course", "answers", "fresh", "solved", "bench", "demo", "check", "check-all")

PYTHON = """#!/bin/sh
echo "$@" >> "$ORDERS"
case "$1 $2" in
    "-c "*) echo {version}; exit {status};;
    "-m venv") rm -rf .venv && mkdir -p .venv/bin && cp "$0" .venv/bin/python;;
esac
"""
FITS, NO_VENV, TOO_OLD, BROKEN_SHIM = 0, 1, 3, 127


class Checkout:
    """A folder with the Makefile, and a PATH that holds these tools and no others."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "my course"
        self.path.mkdir()
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.log = folder / "orders"
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.path)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.user(1000)

    def user(self, number: int) -> None:
        """Whom `id -u` calls the user."""
        script = self.bin / "id"
        script.write_text(f"#!/bin/sh\necho {number}\n")
        script.chmod(0o755)

    def python(self, name: str, version: str, status: int = FITS) -> None:
        script = self.bin / name
        script.write_text(PYTHON.format(version=version, status=status))
        script.chmod(0o755)

    def make(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        env = {"PATH": str(self.bin), "ORDERS": str(self.log), "LC_ALL": "C"}
        return subprocess.run(
            [shutil.which("make"), *arguments],
            cwd=self.path,
            env=env,
            capture_output=True,
            text=True,
            **options,
        )

    def orders(self, *arguments: str) -> list[str]:
        """What a successful run of make asks of Python."""
        self.log.write_text("")
        done = self.make(*arguments)
        assert done.returncode == 0, done.stderr
        return self.log.read_text().splitlines()

    def sentence(self, *arguments: str, **options) -> str:
        """The one line with which make refuses, its own last word aside."""
        done = self.make(*arguments, **options)
        assert done.returncode != 0
        (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make:")]
        return line


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    checkout.python("python3", "3.12.1")
    checkout.orders("lab")
    return checkout


def installs(orders: list[str]) -> list[str]:
    return [order.split()[-1] for order in orders if order.startswith("-m pip install")]


def test_make_alone_lists_every_command(checkout: Checkout) -> None:
    lines = checkout.make().stdout.splitlines()
    assert {line.split()[1] for line in lines} == {"help", *COMMANDS}
    assert all(len(line.split()) > 4 for line in lines)


def test_lab_makes_the_environment_copies_notebooks_and_opens_jupyterlab(checkout: Checkout) -> None:
    checkout.python("python3", "3.12.1")
    orders = checkout.orders("lab", "ARGS=--no-browser --port 9999")
    assert orders[1] == "-m venv --clear .venv"
    assert installs(orders) == [".[course,grade]"]
    assert "--constraint constraints.txt" in orders[2]
    assert orders[3:] == ["-m autograder lab-copies", "-m jupyterlab work/00_start_here.ipynb --no-browser --port 9999"]


def test_a_second_run_installs_nothing(ready: Checkout) -> None:
    assert ready.orders("lab") == ["-m autograder lab-copies", "-m jupyterlab work/00_start_here.ipynb"]


def test_jupyterlab_may_run_as_root_where_the_user_is_root(ready: Checkout) -> None:
    ready.user(0)
    assert (
        ready.orders("lab", "ARGS=--no-browser")[-1]
        == "-m jupyterlab work/00_start_here.ipynb --allow-root --no-browser"
    )
    ready.user(100)
    assert ready.orders("lab")[-1] == "-m jupyterlab work/00_start_here.ipynb"


def test_jupyterlab_reads_the_settings_of_who_studies_alone_first(ready: Checkout) -> None:
    command = ready.make("lab", "--dry-run").stdout.splitlines()[-1]
    assert command.startswith(
        'JUPYTER_CONFIG_PATH="autograder/building/lab${JUPYTER_CONFIG_PATH:+:$JUPYTER_CONFIG_PATH}" '
    )


def test_the_package_is_built_into_dist(ready: Checkout) -> None:
    (order,) = ready.orders("wheel")
    assert order.startswith("-m pip wheel")
    assert order.endswith("--no-deps --wheel-dir dist .")


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_an_update_of_the_dependencies_installs_again(ready: Checkout, changed: str) -> None:
    later = (ready.path / ".venv" / "lab").stat().st_mtime + 10
    os.utime(ready.path / changed, (later, later))
    assert installs(ready.orders("lab")) == [".[course,grade]"]


def test_tests_share_the_environment_and_add_their_extras(ready: Checkout) -> None:
    orders = ready.orders("test", "ARGS=-k schedule")
    assert installs(orders) == [".[dev]"]
    assert orders[-1].startswith("-m pytest -n")
    assert orders[-1].endswith("-k schedule")
    assert installs(ready.orders("lab")) == []


def test_a_moved_folder_gets_a_new_environment(ready: Checkout) -> None:
    ready.path = ready.path.rename(ready.path.with_name("moved"))
    assert installs(ready.orders("lab")) == [".[course,grade]"]
    assert installs(ready.orders("lab")) == []


def test_an_environment_whose_python_is_gone_is_made_anew(ready: Checkout) -> None:
    (ready.path / ".venv" / "bin" / "python").unlink()
    assert installs(ready.orders("lab")) == [".[course,grade]"]


def test_a_newer_python_under_another_name_is_found(checkout: Checkout) -> None:
    checkout.python("python3", "3.8.18", TOO_OLD)
    checkout.python("python3.13", "", BROKEN_SHIM)
    checkout.python("python3.12", "3.12.1")
    assert "with python3.12 (3.12.1)" in checkout.make(".venv/bin/python").stdout


def test_a_named_python_is_taken(checkout: Checkout) -> None:
    checkout.python("python3", "3.11.2")
    checkout.python("mine", "3.13.0")
    assert "with mine (3.13.0)" in checkout.make(".venv/bin/python", "PYTHON=mine").stdout


def test_python_too_old(checkout: Checkout) -> None:
    checkout.python("python3", "3.8.18", TOO_OLD)
    sentence = checkout.sentence("lab")
    assert "3.11 or newer is needed, found python3 3.8.18:" in sentence
    assert "PYTHON=/path/to" in sentence
    assert not (checkout.path / ".venv").exists()


def test_no_python_at_all(checkout: Checkout) -> None:
    assert "found none: install one" in checkout.sentence("test")


def test_python_without_venv(checkout: Checkout) -> None:
    checkout.python("python3", "3.11.2", NO_VENV)
    sentence = checkout.sentence("lab")
    assert "cannot make a virtual environment (python3 3.11.2)" in sentence
    assert "python3-venv" in sentence


def test_no_permission_to_write() -> None:
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path, where another user could not even look
        os.chmod(folder, 0o755)
        checkout = Checkout(Path(folder))
        checkout.python("python3", "3.12.1")
        checkout.path.chmod(0o555)
        # Root may write anywhere, so root becomes somebody else for this one.
        sentence = checkout.sentence("lab", user="nobody" if os.geteuid() == 0 else None)
        assert sentence.startswith("No permission to write in ")
        assert "copy the course into a folder of your own" in sentence
        assert not (checkout.path / ".venv").exists()


def test_answers_are_those_of_the_exercises_that_are_named(ready: Checkout) -> None:
    assert ready.orders("answers")[-1] == "-m autograder answers"
    assert ready.orders("answers", "ARGS=schedule.snr elbo.kl")[-1] == "-m autograder answers schedule.snr elbo.kl"


def test_what_the_makefile_tests_is_there() -> None:
    """`make check` names a few files; a move of the tests must take them along."""
    named = re.findall(r"tests/[\w/.]+", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert [file for file in named if file != "tests/answers/" and not (ROOT / file).is_file()] == []
    assert "tests/building/test_in_sync.py" in named


@pytest.mark.parametrize("command", ["fresh", "solved"])
def test_fresh_and_solved_want_a_notebook(ready: Checkout, command: str) -> None:
    assert ready.sentence(command) == f"Say which notebook: make {command} NB=15_diffusion_forward"
    assert ready.orders(command, "NB=00_start_here") == [f"-m autograder {command} 00_start_here"]


def test_python_asks_its_own_version(checkout: Checkout) -> None:
    """The question that the Makefile asks, put to the Python that runs this test."""
    checkout.bin.joinpath("python3").symlink_to(Path(sys.executable).resolve())
    done = checkout.make("--dry-run", ".venv/bin/python")
    question = next(line for line in done.stdout.splitlines() if "version=`" in line)
    program = question.split("'")[1]
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert answer.returncode == FITS
    assert answer.stdout.strip() == ".".join(map(str, sys.version_info[:3]))
