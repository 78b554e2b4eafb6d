"""Our side of the race: `grade` as anybody would start it, in a process of its own, with a stop watch on its writer."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from autograder.grading.model import Result
from autograder.measuring.race import Side, Spent, book_scores
from pushforward.errors import CourseError

TIMES = "times.json"
LOOK_SECONDS = 2.0  # between two looks at the memory
WARM = "pushforward.answering.warm"  # what the command line of a sandbox's process names


def ours(root: Path, submitted: Path, out: Path, workers: int, sandbox: str = "bubblewrap", seed: int = 0) -> Side:
    """Grade a folder of submissions to one assignment. Raises CourseError if that fails."""
    out.mkdir(parents=True)
    command = [sys.executable, "-m", __name__, str(root), str(submitted), str(out), str(workers), sandbox, str(seed)]
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process, _memory(process) as most:
        said, _ = process.communicate()
    wall = time.perf_counter() - start
    if process.returncode != 0:
        raise CourseError(f"Our side of the race failed: {said}")
    times, results = json.loads((out / TIMES).read_text(encoding="utf-8")), _results(out)
    spent = tuple(_spent(result, times["writing"][result.student]) for result in results)
    judged = tuple(mark.seconds_judge for result in results for mark in result.marks if mark.kind == "code")
    scores = book_scores(out, results[0].assignment)
    published, usual = times["published"], statistics.median(one.total for one in spent)
    first, rate = max(0.0, published[0] - usual), _rate(published, workers)
    return Side(f"ours, {workers}", wall, first, rate, spent, scores, judged, max(most, default=0.0))


def _rate(published: Sequence[float], workers: int) -> float:
    """Submissions a second, from when every worker has had one. published: seconds, in order."""
    first, last = published[min(workers, len(published)) - 1], published[-1]
    return (len(published) - workers) / (last - first) if last > first else float("nan")


def _results(out: Path) -> list[Result]:
    from autograder.grading.records.state import State

    with State(out) as state:
        return list(state.results())


def _spent(result: Result, writing: float) -> Spent:
    took = result.seconds
    total = took["total"] + writing
    return Spent(result.student, total, took["cells"], took["judge"], took["student"], writing=writing)


# --- memory ----------------------------------------------------------------------------------------------------


@contextmanager
def _memory(process: subprocess.Popen) -> Iterator[list[float]]:
    """MB of the largest worker with its sandbox, at every look: what is shared is shared out (PSS)."""
    seen: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            with suppress(psutil.Error):
                seen.append(max(_workers(process.pid), default=0.0))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _workers(parent: int) -> Iterator[float]:
    """MB of each child that has a sandbox, with all that is below it."""
    for child in psutil.Process(parent).children():
        family = [child, *child.children(recursive=True)]
        if any(WARM in _command_line(process) for process in family):
            yield sum(map(_pss, family)) / 1e6


def _command_line(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def _pss(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return getattr(process.memory_full_info(), "pss", 0)
    return 0


# --- marks for the questions that somebody else asked ----------------------------------------------------------


def marks_for(root: Path, path: Path, seeds: Mapping[str, int], sandbox: str = "bubblewrap") -> dict[str, float]:
    """Our marks of a submission, by nbgrader's id, for the questions of these seeds."""
    from autograder.grading.grade import run_notebook
    from autograder.grading.model import Limits
    from autograder.grading.records.course import read_course
    from autograder.grading.repair.repair import repair
    from autograder.grading.sandbox.sandbox import close

    template = read_course(None, root).templates[path.stem]
    notebook = repair(path.read_bytes(), template).notebook
    run = run_notebook(notebook, lambda exercise: seeds.get(exercise, 0), Limits(), sandbox)
    close(sandbox)
    return {mark.exercise.replace(".", "-"): mark.points or 0.0 for mark in run.marks if mark.exercise in seeds}


# --- the process itself ----------------------------------------------------------------------------------------


def _main(root: str, submitted: str, out: str, workers: str, sandbox: str, seed: str) -> None:
    """Grade, and note when each result was published and how long writing it took."""
    from autograder.grading import engine
    from autograder.grading.plan import Options
    from autograder.grading.publish import Publisher

    begin, published, writing = psutil.Process().create_time(), [], {}
    take = Publisher.take

    def timed(self, job, *arguments, **more):
        start = time.perf_counter()
        take(self, job, *arguments, **more)
        writing[job.submission.student] = time.perf_counter() - start
        published.append(time.time() - begin)

    Publisher.take = timed
    options = Options(Path(submitted), Path(out), jobs=int(workers), sandbox=sandbox, seed=int(seed))
    try:
        print(engine.run(options, Path(root)))
    except CourseError as error:
        print(error)
        sys.exit(2)
    times = {"published": published, "writing": writing}
    (Path(out) / TIMES).write_text(json.dumps(times), encoding="utf-8")


if __name__ == "__main__":
    _main(*sys.argv[1:])
