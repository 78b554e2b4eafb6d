"""What the course costs: seconds and memory per notebook, milliseconds per check and frame; what its models reach; and
what grading a class costs, beside stock nbgrader and as the class grows. `make bench` prints it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.building.execution import measure
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import all_exercises
from autograder.judging.judge import examine
from autograder.measuring import growth, race
from autograder.measuring.answers import in_budget, reference
from autograder.measuring.frames import frame_table
from autograder.measuring.grown import house_table
from autograder.measuring.growth import Growth
from autograder.measuring.models import MODELS, SEEDS, model_table
from autograder.measuring.race import Race, compare
from pushforward.errors import CourseError

CONTRACT = {"graded": 120, "full": 360}  # seconds on one core
MEMORY = 2048  # MB

PARTS = ("notebooks", "checks", "figures", "models", "race", "growth")
RACED = ("15_diffusion_forward", "02_change_of_variables")
SIZES = (10, 30, 100, 300, 1000)


@dataclass(frozen=True)
class Wanted:
    """What to measure: the parts, and how many submissions of which assignments. out: for results.md and growth.svg."""

    parts: tuple[str, ...] = PARTS
    assignments: tuple[str, ...] = RACED
    submissions: int = 100
    sizes: tuple[int, ...] = SIZES
    out: Path = Path("bench")
    seed: int = 0
    models: tuple[str, ...] = ()  # rows of the model table, all if none is named
    seeds: int = SEEDS


def measured(root: Path, wanted: Wanted) -> Iterator[str]:
    """Every table as text, as soon as it is there; all of them stand in results.md at the end. Raises CourseError."""
    known = {"notebooks": notebook_table, "checks": check_table, "figures": frame_table, "house": house_table}
    known["models"] = partial(model_table, chosen=wanted.models, seeds=wanted.seeds, out=wanted.out)
    _refuse(root, wanted)
    wanted.out.mkdir(parents=True, exist_ok=True)
    texts = []
    for part in wanted.parts:
        for text in (known[part](root),) if part in known else _of_a_class(root, wanted, part):
            texts.append(text)
            yield text
    (wanted.out / "results.md").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def _refuse(root: Path, wanted: Wanted) -> None:
    there = [path.stem for path in sorted((root / "course").glob("*.ipynb"))]
    for name in wanted.assignments:
        if name not in there:
            raise CourseError(f"There is no notebook {name!r} to grade: choose from {', '.join(there)}.")
    if wanted.submissions < 2 or min(wanted.sizes) < 1 or len(set(wanted.sizes)) < 2:
        raise CourseError("A race needs two submissions or more, and growth two sizes of a class or more.")
    rows = [model.name for model in MODELS]
    if wanted.seeds < 2 or not set(wanted.models) <= set(rows):
        raise CourseError(f"The model table takes two seeds or more, and its rows are {', '.join(rows)}.")


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
    command = [sys.executable, "-m", "autograder.measuring.bench", str(root), name, budget]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def check_table(root: Path, repeats: int = 5) -> str:
    """Each check on the model answer, over several seeds: the median and the worst, in milliseconds."""
    lines, medians, worsts = [f"{'check':32}{'laws':>5}{'median ms':>11}{'worst ms':>10}"], [], []
    for exercise in all_exercises().values():
        names = reference(root, exercise.notebook)
        with in_budget(exercise, "graded"):
            examine(exercise, LocalLink(names))  # the first call imports, trains and caches
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


# --- grading a class -------------------------------------------------------------------------------------------


def _of_a_class(root: Path, wanted: Wanted, part: str) -> Iterator[str]:
    """The races, or the growth of a class. What is graded for that is removed again."""
    # Not in the system's own folder, which may be in memory: a thousand notebooks with their pictures weigh 1 GB.
    with tempfile.TemporaryDirectory(dir=wanted.out.resolve(), prefix="graded-") as folder:
        if part == "race":
            for name in wanted.assignments:
                yield race.told(run_race(root, Path(folder) / name, name, wanted.submissions, wanted.seed))
        else:
            found = run_growth(root, Path(folder), wanted.assignments[0], wanted.sizes, wanted.seed)
            growth.draw(found, wanted.out / "growth.svg")
            yield f"{growth.told(found)}\nThe plot is {wanted.out / 'growth.svg'}."


def run_race(root: Path, folder: Path, assignment: str, submissions: int, seed: int, most: int = 2) -> Race:
    """Both graders on the same honest class: stock first, then ours with one worker and with `most`."""
    from autograder.measuring import race_stock
    from autograder.measuring.race_ours import marks_for, ours
    from autograder.measuring.synthetic import HONEST, write_class

    handed_in = write_class(root, folder / "submitted", submissions, [assignment], seed, HONEST)
    paths = {one.student: one.path for one in handed_in}
    stock = race_stock.stock(root, folder, assignment)
    runs = {n: ours(root, folder / "submitted", folder / f"ours-{n}", n, seed=seed) for n in {1, most}}

    def settle(student: str) -> dict[str, float]:
        return marks_for(root, paths[student], race_stock.seeds(folder, assignment, student))

    return Race(assignment, stock, runs[1], runs[most], compare(stock.scores, runs[1].scores, settle))


def run_growth(root: Path, folder: Path, assignment: str, sizes: Sequence[int], seed: int) -> Growth:
    """Ours on ever more of the same honest class, on all cores."""
    from autograder.grading.cluster import cores
    from autograder.measuring.synthetic import HONEST, write_class

    write_class(root, folder / "submitted", max(sizes), [assignment], seed, HONEST)
    return growth.grow(root, folder / "submitted", folder, assignment, sizes, cores())


def _main(root: str, name: str, budget: str) -> None:
    from autograder.building.release import instructor_notebook
    from autograder.building.source import read_source, read_toc

    solutions = Path(root) / "solutions"
    notebook = instructor_notebook(read_source(solutions / f"{name}.py"), name, read_toc(solutions / "_toc.yml"))
    print(json.dumps(vars(measure(notebook, budget))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
