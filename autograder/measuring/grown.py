"""The house with all its notebooks, before they are written: each one to come is a copy of one that stands.

A copy has exercises, checks and answers of its own (`diffusion.step` becomes `diffusionb.step`), so what is measured in
the grown checkout is what twenty-three notebooks cost: the first check in a fresh kernel, and the test suite.

    python -m autograder bench --parts house
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from pushforward.errors import CourseError

FIRST = """
import resource, torch
from pushforward import check
used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
start = used()
check("diffusion.alpha_bar", {"alpha_bar": lambda b: torch.cumprod(1 - b, 0),
                              "log_alpha_bar": lambda b: torch.log1p(-b).cumsum(0)})
print(used() - start)
"""


def house_table(root: Path) -> str:
    """Seconds of CPU of the first check, and of the suite by the clock, here and with every notebook there."""
    with tempfile.TemporaryDirectory(prefix="grown-") as folder:
        grown = grow(root, Path(folder) / "course")
        lines = [f"{'':26}{'notebooks':>10}{'first check, CPU s':>20}{'suite, s':>10}{'suite, CPU s':>14}"]
        for name, checkout in (("as it stands", root), ("with all notebooks", grown)):
            first = statistics.median(_first_check(checkout) for _ in range(5))
            clock, cpu = _suite(checkout)
            notebooks = len(list((checkout / "solutions").glob("*.py")))
            lines.append(f"{name:26}{notebooks:10}{first:20.2f}{clock:10.0f}{cpu:14.0f}")
    return "\n".join(lines)


def grow(root: Path, out: Path) -> Path:
    """A checkout in `out` in which every notebook of the table of contents has a source. Raises CourseError."""
    _copy(root, out)
    standing = sorted(path.stem for path in (out / "solutions").glob("*.py"))
    models = itertools.cycle(name for name in standing if not name.startswith("00"))
    toc = yaml.safe_load((out / "solutions" / "_toc.yml").read_text(encoding="utf-8"))
    missing = [entry["name"] for entry in toc["notebooks"] if entry["name"] not in standing]
    for number, (name, model) in enumerate(zip(missing, models, strict=False)):
        _add(out, name, model, "bcdefghijklmnopqrstuvwxyz"[number])
    _run(out, "-m", "autograder", "course")
    _git(out, "add", "--all")
    for message in ("Grow", "Go on"):  # the suite looks closer at what the last commit has touched: here, at nothing
        author = ("-c", "user.name=grown", "-c", "user.email=grown@localhost")
        _git(out, *author, "commit", "--quiet", "--allow-empty", "--message", message)
    return out


def _copy(root: Path, out: Path) -> None:
    if subprocess.run(["git", "clone", "--quiet", str(root), str(out)], check=False).returncode:
        raise CourseError(f"{root} is no git repository: measure the house in a clone of the course.")
    environment = root / ".venv"
    if environment.is_dir():
        (out / ".venv").symlink_to(environment.resolve())


def _add(out: Path, name: str, model: str, letter: str) -> None:
    """One notebook more: source, checks, answers and its own tests, all under new names."""
    rows = json.loads((out / "autograder" / "exercises.json").read_text(encoding="utf-8"))
    ids = [id for id, row in rows.items() if row["notebook"] == model]

    def renamed(text: str) -> str:
        for id in ids:
            text = re.sub(rf"\b{re.escape(id)}\b", _renamed(id, letter), text)
        return text.replace(f"c{model}", f"c{name}").replace(model, name)

    def copy(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(source.read_text(encoding="utf-8")), encoding="utf-8")

    for path in _files(out, model):
        relative = path.relative_to(out).as_posix().replace(f"c{model}", f"c{name}").replace(model, name)
        for id in ids:
            first, second = id.split(".")
            relative = relative.replace(f"/{id}/", f"/{_renamed(id, letter)}/")
            relative = relative.replace(f"/{first}_{second}.py", f"/{first}{letter}_{second}.py")
        copy(path, out / relative)


def _files(out: Path, model: str) -> Iterator[Path]:
    yield out / "solutions" / f"{model}.py"
    yield from sorted((out / "autograder" / "checks" / f"c{model}").glob("*.py"))
    yield from sorted(p for p in (out / "tests" / "answers" / model).rglob("*") if p.suffix in (".py", ".txt"))


def _renamed(id: str, letter: str) -> str:
    first, second = id.split(".")
    return f"{first}{letter}.{second}"


# --- measuring -------------------------------------------------------------------------------------------------


def _environment(checkout: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}


def _run(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=_environment(checkout),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CourseError(f"{' '.join(arguments[:4])} failed in the grown course: {done.stderr.strip()[-500:]}")
    return done.stdout


def _git(checkout: Path, *arguments: str) -> None:
    subprocess.run([shutil.which("git") or "git", *arguments], cwd=checkout, check=True)


def _first_check(checkout: Path) -> float:
    return float(_run(checkout, "-c", FIRST).splitlines()[-1])


def _suite(checkout: Path) -> tuple[float, float]:
    """Seconds by the clock and of CPU. A test that fails does not end the measurement."""
    start, before = time.monotonic(), os.times()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "logical", "--maxprocesses", "4", "--dist", "loadgroup"]
    subprocess.run(command, cwd=checkout, env=_environment(checkout), stdout=subprocess.DEVNULL, check=False)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - start, spent
