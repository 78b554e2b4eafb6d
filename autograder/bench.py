"""What the course costs: seconds and memory per notebook, milliseconds per check. `make bench` prints it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from autograder.answers import reference
from autograder.execution import measure
from autograder.exercise import all_exercises
from autograder.judge import LocalLink, examine

CONTRACT = {"graded": 120, "full": 360}  # seconds on one core
MEMORY = 2048  # MB


def tables(root: Path) -> str:
    """Both tables as text."""
    return f"{notebook_table(root)}\n\n{check_table(root)}"


def notebook_table(root: Path) -> str:
    """Each notebook with its answers, executed on one thread with the graded and the full budget."""
    lines = [f"{'notebook':28}{'budget':>8}{'seconds':>9}{'CPU s':>8}{'longest cell':>14}{'MB':>7}  contract"]
    for path in sorted((root / "solutions").glob("*.py")):
        for budget, limit in CONTRACT.items():
            cost = _in_fresh_process(root, path.stem, budget)
            kept = "kept" if cost["wall"] <= limit and cost["longest"] <= 60 and cost["memory"] <= MEMORY else "BROKEN"
            lines.append(
                f"{path.stem:28}{budget:>8}{cost['wall']:9.1f}{cost['cpu']:8.1f}{cost['longest']:14.1f}"
                f"{cost['memory']:7.0f}  {kept}"
            )
    return "\n".join(lines)


def _in_fresh_process(root: Path, name: str, budget: str) -> dict[str, float]:
    command = [sys.executable, "-m", "autograder.bench", str(root), name, budget]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def check_table(root: Path, repeats: int = 5) -> str:
    """Each check on the model answer, over several seeds: the median and the worst, in milliseconds."""
    lines, medians, worsts = [f"{'check':32}{'laws':>5}{'median ms':>11}{'worst ms':>10}"], [], []
    for exercise in all_exercises().values():
        names = reference(root, exercise.notebook)
        examine(exercise, LocalLink(names))  # the first call imports and caches
        times = [_milliseconds(exercise, names, seed) for seed in range(repeats)]
        medians.append(statistics.median(times))
        worsts.append(max(times))
        lines.append(f"{exercise.id:32}{len(exercise.laws):5}{medians[-1]:11.1f}{worsts[-1]:10.1f}")
    laws = sum(len(e.laws) for e in all_exercises().values())
    lines.append(f"{'all':32}{laws:5}{statistics.median(medians):11.1f}{max(worsts):10.1f}")
    return "\n".join(lines)


def _milliseconds(exercise, names: dict, seed: int) -> float:
    start = time.perf_counter()
    examine(exercise, LocalLink(names), seed)
    return 1000 * (time.perf_counter() - start)


def _main(root: str, name: str, budget: str) -> None:
    from autograder.release import instructor_notebook
    from autograder.source import read_source, read_toc

    solutions = Path(root) / "solutions"
    notebook = instructor_notebook(read_source(solutions / f"{name}.py"), name, read_toc(solutions / "_toc.yml"))
    print(json.dumps(vars(measure(notebook, budget))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
