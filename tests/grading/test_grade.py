"""One submission from bytes to marks, in the real sandbox, whatever becomes of the student's code, the judge and it."""

from __future__ import annotations

import copy
import dataclasses
import functools
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from textwrap import indent

import nbformat
import numpy as np
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.grading import grade as module
from autograder.grading.grade import TRIES, grade
from autograder.grading.model import Limits, Mark, Result, kind_of
from autograder.grading.sandbox.ended import Ended
from autograder.grading.sandbox.inmate import Inmate
from autograder.grading.sandbox.outputs import LEFT_OUT
from autograder.grading.sandbox.sandbox import Sandbox, close, kept, ready
from autograder.grading.sandbox.tame import JOINER
from autograder.judging.bounded import bounded
from autograder.judging.exercise import all_exercises
from pushforward.errors import CourseError
from tests.grading.inside import USUAL, cell, eventually, job, kill_wall, kill_warm, notebook, over, released, warm

pytestmark = pytest.mark.xdist_group("sandbox")
SHORT, LONG, MORE = "00_start_here", "15_diffusion_forward", "02_change_of_variables"
EXERCISE = "start.standardise"


@pytest.fixture(scope="module", autouse=True)
def _warm() -> Iterator[None]:
    yield
    close()


def graded(made: NotebookNode, name: str = SHORT, **more) -> Result:
    return grade(job(made, name, **more))


def marks(result: Result, kind: str = "code") -> dict[str, Mark]:
    return {mark.exercise: mark for mark in result.marks if mark.kind == kind}


def untimed(result: Result) -> Result:
    """What must be the same each time."""
    own = tuple(dataclasses.replace(mark, seconds_judge=0.0, seconds_student=0.0) for mark in result.marks)
    return dataclasses.replace(result, marks=own, seconds={})


def statuses(result: Result) -> set[str]:
    return {mark.status for mark in marks(result).values()}


def after(result: Result) -> NotebookNode:
    return nbformat.reads(result.notebook, as_version=4)


# --- honest work -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [SHORT, LONG, MORE])
def test_the_solution_earns_everything(name: str) -> None:
    result = graded(notebook(name), name)
    assert statuses(result) == {"full"}
    assert all(mark.points == mark.max > 0 and not mark.laws_failed for mark in marks(result).values())
    assert [mark.exercise for mark in result.marks] == [slot.exercise for slot in released(name).graded]
    assert [mark.max for mark in result.marks] == [slot.points for slot in released(name).graded]
    assert (result.incidents, result.repairs, result.reason, result.isolated) == ((), (), "", True)
    assert result.seconds.keys() == {"total", "cells", "judge", "student"}
    nbformat.validate(after(result))
    for slot in released(name).graded:
        if slot.kind == "check":
            (output,) = cell(after(result), slot.exercise, "check").outputs
            assert float(output.data["text/plain"]) == slot.points


@pytest.mark.parametrize("name", [SHORT, LONG, MORE])
def test_the_untouched_notebook_earns_nothing(name: str) -> None:
    result = graded(notebook(name, model=False), name)
    assert statuses(result) == {"blank"}
    assert {mark.points for mark in result.marks} == {0.0}
    assert {mark.status for mark in marks(result, "written").values()} == {"empty"}
    assert result.incidents == ()


def test_files_beside_the_notebook_stand_in_its_folder() -> None:
    model = cell(notebook(SHORT), EXERCISE).source
    answer = "from helper import mean\n" + model.replace("shifted.mean(dim=0)", "mean(shifted)")
    assert "mean(shifted)" in answer
    asked = job(notebook(SHORT, answers={EXERCISE: answer}), SHORT)
    assert marks(grade(asked))[EXERCISE].status == "stopped"
    helper = ("helper.py", b"def mean(x):\n    return x.mean(dim=0)\n")
    beside = dataclasses.replace(asked.submission, companions=(helper,))
    assert statuses(grade(dataclasses.replace(asked, submission=beside))) == {"full"}


def test_one_wrong_answer_costs_its_own_exercise() -> None:
    wrong = "def q_sample(x0, t, eps, alpha_bar):\n    return x0 + eps"
    result = graded(notebook(LONG, answers={"diffusion.q_sample": wrong}), LONG)
    bad = marks(result).pop("diffusion.q_sample")
    assert bad.status in ("zero", "partial")
    assert bad.laws_failed
    assert [mark.exercise for mark in marks(result).values() if mark.status != "full"] == ["diffusion.q_sample"]


def test_an_answer_that_stops_or_ends_its_process_says_so() -> None:
    stopped = marks(graded(notebook(SHORT, answers={EXERCISE: "1 / 0"})))[EXERCISE]
    assert (stopped.points, stopped.status, stopped.why) == (
        0.0,
        "stopped",
        "The cell of the answer stopped with ZeroDivisionError: division by zero",
    )
    assert "ZeroDivisionError" in stopped.html
    assert "not implemented" not in stopped.html
    left = graded(notebook(SHORT, answers={EXERCISE: "import os\nos._exit(3)"}))
    assert (marks(left)[EXERCISE].points, left.incidents) == (
        0.0,
        ("The cell of start.standardise: The code ended its process (exit status 3).",),
    )
    assert "ended its process" in marks(left)[EXERCISE].why


@pytest.mark.parametrize(
    ("body", "sentence"),
    [("while True: pass", "time was over"), ("__import__('os')._exit(3)", "exit status 3")],
)
def test_a_function_that_ends_the_process_costs_its_own_exercise(body: str, sentence: str) -> None:
    asked = "diffusion.geometric_series"  # about several functions
    names = [name for slot in released(LONG).slots if slot.exercise == asked for name in slot.names]
    made = notebook(LONG)
    made.cells.insert(made.cells.index(cell(made, asked, "check")), own := new_code_cell())
    own.source = "\n".join(f"def {name}(*_, **__):\n    {body}" for name in dict.fromkeys(names))
    result = graded(made, LONG, limits=Limits(cell_seconds=2, memory=USUAL.memory))
    assert [mark.exercise for mark in marks(result).values() if mark.status != "full"] == [asked]
    assert sentence in marks(result)[asked].why
    (incident,) = result.incidents
    assert incident.startswith(f"The check of {asked}: ")
    assert sentence in incident


# --- cells -----------------------------------------------------------------------------------------------------


def shown(result: Result, kind: str) -> list[bool]:
    """Which cells of a kind have shown something."""
    return [bool(c.outputs) for c in after(result).cells if c.cell_type == "code" and kind_of(c) == kind]


def test_demonstrations_are_skipped_unless_an_answer_uses_their_names() -> None:
    assert not any(shown(graded(notebook(LONG), LONG), "demo"))
    made = notebook(LONG)
    answer = cell(made, "diffusion.alpha_bar")
    demo = next(c for c in made.cells if kind_of(c) == "demo" and c.source.startswith("pictures ="))
    answer.source += "\n\nnormal = alpha_bar\ndef alpha_bar(beta):\n    return normal(beta) + 0 * pictures.ndim"
    result = graded(made, LONG)
    assert statuses(result) == {"full"}
    demos = [c for c in after(result).cells if kind_of(c) == "demo"]
    assert [c.source for c in demos if c.outputs] == [demo.source]


def test_own_cells_run_and_show_what_is_safe() -> None:
    made = notebook(SHORT)
    made.cells += [
        new_code_cell("from IPython.display import HTML\ndisplay(HTML('<script>1</script>'))\nprint('own')\n40 + 2"),
        new_code_cell("undefined"),
        new_markdown_cell("<script>alert(1)</script> a < b"),
    ]
    result = graded(made)
    assert statuses(result) == {"full"}
    first, second, third = after(result).cells[-3:]
    assert [output.output_type for output in first.outputs] == ["stream", "display_data", "execute_result"]
    assert first.outputs[0].text == "own\n"
    assert all(set(output.data) == {"text/plain"} for output in first.outputs[1:])
    assert second.outputs[0].ename == "NameError"
    assert third.source == f"<{JOINER}script>alert(1)<{JOINER}/script> a < b"


def test_a_notebook_of_many_pictures_stays_small_and_says_so() -> None:
    made = notebook(SHORT)
    show = "from IPython.display import display\ndisplay({'text/plain': 'x' * 600_000}, raw=True)"
    made.cells[2:2] = [new_code_cell(show, id=f"own-{k}") for k in range(40)]
    result = graded(made)
    assert 15_000_000 < len(result.notebook) < 18_000_000
    assert result.notebook.count(LEFT_OUT) >= 40 - 26
    assert result.incidents == ("The notebook showed more than is kept of one: the rest was left out.",)
    assert statuses(result) == {"full"}


def test_locked_cells_are_restored() -> None:
    made, template = notebook(SHORT), released(SHORT)
    locked = [c for c in made.cells if c.cell_type == "code" and kind_of(c) in ("given", "check")]
    for c in locked:
        c.source = "check = print\nprint('mine now')"
    result = graded(made)
    assert statuses(result) == {"full"}
    assert len(result.repairs) >= len({kind_of(c) for c in locked})
    wanted = {slot.grade_id: slot.source for slot in template.slots if slot.kind in ("given", "check")}
    found = {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in after(result).cells}
    assert {id: found[id] for id in wanted} == wanted


@pytest.mark.parametrize("name", [SHORT, LONG])
def test_written_answers_wait_or_are_empty(name: str) -> None:
    made, written = notebook(name), [slot for slot in released(name).graded if slot.kind == "written"]
    cells = [cell(made, slot.exercise, "written") for slot in written]
    cells[0].source = "Because the *noise* wins."
    for other in cells[1:]:
        other.source += "\n \n"
    found = marks(graded(made, name), "written")
    assert (found[written[0].exercise].status, found[written[0].exercise].points) == ("waiting", None)
    assert all((found[s.exercise].status, found[s.exercise].points) == ("empty", 0.0) for s in written[1:])


# --- without the sandbox, without a notebook -------------------------------------------------------------------


def test_without_a_wall_it_is_marked_and_the_marks_are_the_same() -> None:
    result, isolated = graded(notebook(LONG), LONG, sandbox="none"), graded(notebook(LONG), LONG)
    close("none")
    assert (result.isolated, isolated.isolated) == (False, True)
    assert untimed(dataclasses.replace(result, isolated=True)) == untimed(isolated)


def test_only_known_modes_are_ready() -> None:
    ready("none")
    ready("bubblewrap")
    with pytest.raises(CourseError, match=r"no sandbox 'docker': choose bubblewrap or none"):
        ready("docker")


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b"\xff\xfe\x00", b'{"cells": []}', None])
def test_a_refused_submission_names_every_exercise(content: bytes | None) -> None:
    asked = job(notebook(LONG), LONG)
    change = {"refused": "The file is a photograph."} if content is None else {"content": content}
    submission = dataclasses.replace(asked.submission, notes=("It was renamed.",), lms={"canvas_id": "7"}, **change)
    result = grade(dataclasses.replace(asked, submission=submission))
    assert [mark.exercise for mark in result.marks] == [slot.exercise for slot in asked.template.graded]
    assert {mark.status for mark in result.marks} == {"refused"}
    assert {mark.points for mark in result.marks} == {0.0}
    assert {mark.why for mark in result.marks} == {result.reason} != {""}
    assert (result.notebook, result.repairs, result.lms) == ("", ("It was renamed.",), {"canvas_id": "7"})
    if content is None:
        assert result.reason == "The file is a photograph."


# --- time ------------------------------------------------------------------------------------------------------

# Some seconds of one core, exactly; and the same for those who count time by the clock.
COMPUTES = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"
QUICK = Limits(cell_seconds=2, notebook_seconds=60, memory=USUAL.memory, patience=100)
SECOND = dataclasses.replace(QUICK, cell_seconds=1)


def sleepy() -> NotebookNode:
    """The right answer, in a notebook whose check waits for a function that sleeps."""
    made = notebook(SHORT)
    cell(made, EXERCISE).source += f"\n\nright = standardise\ndef standardise(x):\n    {SLEEPS}\n    return right(x)"
    return made


SLEEPS = "__import__('time').sleep(600)"
TWICE = "A limit by the clock, which a busy machine can cause, ended a first run of this: "


def runs(monkeypatch: pytest.MonkeyPatch, *outcomes: str) -> list[dict[str, int]]:
    """Run n of a notebook sleeps in these cells; returns the seeds of each run, which fill as they come."""
    seen: list[dict[str, int]] = []
    real = module._run

    def run(made: NotebookNode, seeds, *rest: object) -> object:
        for exercise in filter(None, outcomes[len(seen)].split()):
            cell(made, exercise).source = SLEEPS
        done = real(made, seeds, *rest)
        seen.append({mark.exercise: mark.seed for mark in done.marks})
        return done

    monkeypatch.setattr(module, "_run", run)
    return seen


def test_what_the_clock_ends_is_asked_once_more_with_the_same_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = runs(monkeypatch, "diffusion.step", "")
    result = graded(notebook(LONG), LONG, limits=QUICK)
    assert statuses(result) == {"full"}
    assert not any(mark.by_clock for mark in result.marks)
    assert result.incidents == (f"{TWICE}The cell of diffusion.step. The second run, in time, counts.",)
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_what_the_clock_ends_twice_says_so_and_costs_its_own_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = runs(monkeypatch, "diffusion.step", "diffusion.step", "never")
    result = graded(notebook(LONG), LONG, limits=QUICK)
    assert len(seen) == 2
    late = marks(result).pop("diffusion.step")
    assert (late.points, late.by_clock) == (0.0, True)
    assert late.why.endswith("It was asked twice.")
    assert [mark.exercise for mark in marks(result).values() if mark.status != "full"] == ["diffusion.step"]
    assert "by the clock" in result.incidents[0]
    assert result.incidents[1] == f"{TWICE}The cell of diffusion.step. So did it in the second run, which counts."


def test_what_is_late_in_the_second_run_only_counts_as_in_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    runs(monkeypatch, "diffusion.step", "diffusion.q_sample")
    result = graded(notebook(LONG), LONG, limits=QUICK)
    assert statuses(result) == {"full"}
    for slot in released(LONG).graded:
        if slot.kind == "check":  # nbgrader reads marks there
            (output,) = cell(after(result), slot.exercise, "check").outputs
            assert float(output.data["text/plain"]) == slot.points


def test_a_function_that_sleeps_is_ended_and_asked_twice() -> None:
    result = graded(sleepy(), limits=QUICK)
    (mark,) = marks(result).values()
    assert (mark.points, mark.by_clock) == (0.0, True)
    assert mark.why.startswith("The time was over by the clock")
    assert result.incidents[-1].startswith(f"{TWICE}The check of {EXERCISE}. So did it")


def test_a_loop_is_asked_once() -> None:
    made = notebook(SHORT, answers={EXERCISE: "while True: pass"})
    result = graded(made, limits=QUICK)
    assert result.incidents == (f"The cell of {EXERCISE}: The time was over: is there a loop that never ends?",)
    assert not marks(result)[EXERCISE].by_clock


def test_a_notebook_that_sleeps_all_the_time_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = runs(monkeypatch, "", "", "never")
    made = notebook(LONG, model=False)
    for each in made.cells:
        if each.cell_type == "code" and kind_of(each) == "solve":
            each.source = SLEEPS
    result = graded(made, LONG, limits=dataclasses.replace(SECOND, notebook_seconds=1))
    assert len(seen) == 2
    assert statuses(result) == {"not run"}
    assert all("took longer than 1 s" in mark.why and mark.by_clock for mark in marks(result).values())


@pytest.fixture
def one_core() -> Iterator[None]:
    """Everything that students' code does shares one core with eight processes that never stop."""
    kept("bubblewrap").start(USUAL).end()
    core = {min(os.sched_getaffinity(0))}
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True) for _ in range(8)]
    try:
        for process in (*map(psutil.Process, [loop.pid for loop in loops]), warm(kept("bubblewrap"))):
            process.cpu_affinity(list(core))
        yield
    finally:
        close()
        for loop in loops:
            loop.kill(), loop.wait()


def honest_class() -> dict[str, NotebookNode]:
    """Right, half right, and right but slow in its cell and when it is asked: half of the time that there is."""
    half = "def standardise(x):\n    return (x - x.mean(0)) / x.std(0)\n"
    slow = notebook(SHORT)
    once = f"def once(of=[]):\n    if of: return\n    of.append(1)\n{indent(COMPUTES.format(0.5), '    ')}"
    cell(slow, EXERCISE).source += f"\n\n{COMPUTES.format(0.5)}\n{once}\nright = standardise\n"
    cell(slow, EXERCISE).source += "def standardise(x):\n    once()\n    return right(x)\n"
    return {"right": notebook(SHORT), "half": notebook(SHORT, answers={EXERCISE: half}), "slow": slow}


@pytest.fixture(scope="module")
def idle_run() -> dict[str, Result]:
    return {student: untimed(graded(made, limits=SECOND)) for student, made in honest_class().items()}


def test_an_honest_class_beside_eight_busy_processes_gets_the_marks_of_an_idle_run(
    idle_run: dict[str, Result], one_core: None
) -> None:
    busy = {student: graded(made, limits=SECOND) for student, made in honest_class().items()}
    (slow,) = marks(busy["slow"]).values()
    assert slow.seconds_student > SECOND.cell_seconds, "by the clock, it would have been late"
    assert {student: untimed(result) for student, result in busy.items()} == idle_run
    assert [result.points for result in idle_run.values()] == [2.0, idle_run["half"].points, 2.0]
    assert 0 < idle_run["half"].points < 2


# --- seeds -----------------------------------------------------------------------------------------------------


def seeds(**more) -> dict[str, int]:
    return {mark.exercise: mark.seed for mark in marks(graded(notebook(LONG, model=False), LONG, **more)).values()}


def test_seeds_differ_between_students_and_exercises_and_runs_but_come_again() -> None:
    ada, bob, later = seeds(student="ada"), seeds(student="bob"), seeds(student="ada", seed=2)
    assert len({*ada.values(), *bob.values(), *later.values()}) == 3 * len(ada)
    assert seeds(student="ada") == ada
    again = notebook(LONG, model=False)
    again.cells.append(new_markdown_cell("One more thought.", id="thought"))
    assert ada.items().isdisjoint(
        {m.exercise: m.seed for m in marks(graded(again, LONG, student="ada")).values()}.items()
    )
    assert all(0 <= seed < 2**56 for seed in ada.values())


def test_the_same_job_has_the_same_result() -> None:
    asked = job(notebook(LONG), LONG)
    assert untimed(grade(asked)) == untimed(grade(asked))


# --- what fails that is not the student's ----------------------------------------------------------------------


def test_a_judge_that_raises_leaves_the_mark_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = copy.copy(all_exercises()["diffusion.step"])

    def fails(*_: object) -> None:
        raise ZeroDivisionError("in the judge")

    broken.judge = fails
    known = {**all_exercises(), broken.id: broken}
    monkeypatch.setattr(module, "all_exercises", lambda: known)
    result = graded(notebook(LONG), LONG)
    mark = marks(result).pop(broken.id)
    assert (mark.status, mark.points, mark.max > 0) == ("waiting", None, True)
    assert "The judge itself failed" in mark.why
    (incident,) = result.incidents
    assert broken.id in incident
    assert "in the judge" in incident
    assert [m.exercise for m in marks(result).values() if m.status != "full"] == [broken.id]


def odd(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object], **limits: float) -> Result:
    """A notebook over one of whose answers the judge does that, within these limits."""
    judge = copy.copy(all_exercises()["diffusion.step"])
    judge.judge = lambda *_: iter([work()])
    known = {**all_exercises(), judge.id: judge}
    monkeypatch.setattr(module, "all_exercises", lambda: known)
    monkeypatch.setattr(module, "bounded", functools.partial(bounded, **limits))
    return graded(notebook(LONG), LONG)


@pytest.mark.parametrize(
    ("work", "limits", "sentence"),
    [
        (lambda: [None for _ in iter(int, 1)], {"seconds": 4.0}, "To judge this takes more than 4 s of computing"),
        (lambda: np.ones(1 << 28), {"megabytes": 1024}, "To judge this takes more than 1024 MB of memory"),
    ],
    ids=["time", "memory"],
)
def test_an_answer_that_is_too_much_for_the_judge_costs_its_own_exercise(
    work: Callable, limits: dict[str, float], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = odd(monkeypatch, work, **limits)
    mark = marks(result).pop("diffusion.step")
    assert (mark.status, mark.points) == ("zero", 0.0)
    assert mark.why.startswith(sentence)
    assert sentence in str(cell(after(result), "diffusion.step", "check").outputs)
    assert [incident[: len(sentence) + 29] for incident in result.incidents] == [
        f"The check of diffusion.step: {sentence}"
    ]
    assert [m.exercise for m in marks(result).values() if m.status != "full"] == ["diffusion.step"]


def test_a_sandbox_that_dies_every_time_leaves_the_marks_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(Sandbox):
        starts = 0

        def start(self, limits: Limits) -> None:
            Dead.starts += 1
            raise Ended("sandbox", "The sandbox ended.")

    dead = Dead()
    monkeypatch.setattr(module, "kept", lambda _: dead)
    result = graded(notebook(LONG), LONG)
    assert Dead.starts == TRIES
    assert statuses(result) == {"waiting"}
    assert {mark.points for mark in marks(result).values()} == {None}
    assert all("The sandbox ended." in mark.why for mark in marks(result).values())
    assert result.incidents == ("The sandbox ended. It ended 3 times under this notebook.",)
    assert [mark.exercise for mark in result.marks] == [slot.exercise for slot in released(LONG).graded]


@pytest.fixture(scope="module")
def undisturbed() -> tuple[Result, float]:
    """A result, and the seconds that it takes once the sandbox is warm."""
    graded(notebook(LONG), LONG)
    begun = time.monotonic()
    return untimed(graded(notebook(LONG), LONG)), time.monotonic() - begun


def test_a_sandbox_that_dies_while_a_check_asks_costs_nothing(
    undisturbed: tuple[Result, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, times = Inmate.ask, []

    def dies_once(self: Inmate, *arguments: object) -> object:
        times.append(1)
        if len(times) == 9:
            kill_warm(self.sandbox)
        return ask(self, *arguments)

    monkeypatch.setattr(Inmate, "ask", dies_once)
    assert untimed(graded(notebook(LONG), LONG)) == undisturbed[0]
    assert len(times) > 18  # so it began again


@pytest.mark.parametrize("seed", range(4))
def test_a_sandbox_killed_at_a_random_moment_changes_nothing(seed: int, undisturbed: tuple[Result, float]) -> None:
    result, lasts = undisturbed
    chance, sandbox = random.Random(seed), kept("bubblewrap")
    sandbox.start(USUAL).end()
    killed = warm(sandbox).pid
    killer = threading.Timer(chance.uniform(0, 0.8 * lasts), chance.choice([kill_warm, kill_wall]), [sandbox])
    killer.start()
    try:
        assert untimed(graded(notebook(LONG), LONG)) == result
    finally:
        killer.join()
    assert eventually(lambda: over(killed))
