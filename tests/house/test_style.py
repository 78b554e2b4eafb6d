"""The whole repository passes linter and formatter, as `make check` and the pre-commit hooks run them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def ruff(folder: Path, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ruff", *words, "--no-cache", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def seen(folder: Path) -> set[str]:
    """The Python files that ruff looks at there."""
    listed = ruff(folder, "check", "--show-files").stdout.split("\n")
    return {Path(line).relative_to(folder).as_posix() for line in listed if line.endswith(".py")}


@pytest.mark.parametrize("command", ["check", "format --check"])
def test_ruff_finds_nothing(command: str) -> None:
    done = ruff(ROOT, *command.split())
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_sees_the_files() -> None:
    """Of an excluded folder it says that all checks passed."""
    rooms = {name.split("/")[0] for name in seen(ROOT)}
    assert rooms == {"autograder", "pushforward", "solutions", "tests"}


def test_make_check_asks_ruff_about_everything() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    asked = [line.strip() for line in recipe[1].splitlines() if " ruff " in line]
    assert asked == ["$(PY) -m ruff check .", "$(PY) -m ruff format --check ."]


@pytest.mark.parametrize("name", ["course", "work", "pushforward"])
def test_ruff_sees_the_files_of_a_checkout_of_any_name(tmp_path: Path, name: str) -> None:
    kept = ("solutions/a.py", "tests/course/b.py", "setup.py")
    for path in ("pyproject.toml", *kept, "course/generated.py", "work/mine.py"):
        file = tmp_path / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path / name)
    assert seen(tmp_path / name) == set(kept)


def test_ruff_finds_a_fault_in_a_checkout_of_any_name(tmp_path: Path) -> None:
    checkout = tmp_path / "work"
    checkout.mkdir()
    shutil.copy(ROOT / "pyproject.toml", checkout)
    (checkout / "faulty.py").write_text("import os\n")
    assert "`os` imported but unused" in ruff(checkout, "check").stdout
