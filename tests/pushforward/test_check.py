"""`check` as a student meets it: in a plain process, in one without IPython, and in a real notebook."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

import pushforward
from autograder.judging import judge
from pushforward import check, hint, progress, restart, total
from pushforward.errors import CourseError
from pushforward.record import NAME, Reached

ROOT = Path(__file__).resolve().parents[2]
ID = "start.standardise"
RIGHT = """
def standardise(x):
    scale = (x - x[0]).std(0)
    return (x - x.mean(0)) / scale.where(scale > 0, torch.ones_like(scale))
"""
TABLE = {
    ID: {
        "notebook": "00_start_here",
        "points": 2.0,
        "kind": "code",
        "names": ["standardise"],
        "blank": "def blank(): …",
    },
    "start.units": {"notebook": "00_start_here", "points": 1.5, "kind": "written", "names": [], "blank": ""},
    "diffusion.step": {"notebook": "15_diffusion_forward", "points": 3.0, "kind": "code", "names": [], "blank": ""},
}


def standardise(x: torch.Tensor) -> torch.Tensor:
    """The answer that `check` finds here by its name."""
    scale = (x - x[0]).std(0)
    return (x - x.mean(0)) / scale.where(scale > 0, torch.ones_like(scale))


def whole_tensor(x: torch.Tensor) -> torch.Tensor:
    return (x - x.mean()) / x.std()


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A notebook that has just been opened, in a course that has just been built."""
    monkeypatch.chdir(tmp_path)
    client = sys.modules["pushforward.check"]
    monkeypatch.setattr(client, "_results", {})
    monkeypatch.setattr(client, "_opened", {})
    monkeypatch.setattr("autograder.judging.exercise.table", lambda: TABLE)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


# --- finding the answer ----------------------------------------------------------------------------------------


def test_the_answer_is_found_by_its_name_where_check_is_called() -> None:
    assert check(ID).full
    elsewhere: dict[str, Any] = {"check": check, "standardise": whole_tensor}
    exec(f"report = check({ID!r})", elsewhere)
    assert elsewhere["report"].points == 0


def test_a_name_that_is_not_defined_is_not_implemented_yet() -> None:
    names: dict[str, Any] = {"check": check}
    exec(f"report = check({ID!r})", names)
    assert names["report"].blank
    assert "Nothing is called `standardise` yet." in names["report"].error


def test_an_answer_under_another_name_can_be_handed_over() -> None:
    assert check(ID, whole_tensor).points == 0
    assert check(ID, standardise).full
    assert check(ID, {"standardise": standardise}).full


def test_several_names_are_handed_over_together() -> None:
    names = {
        "noising_step": lambda x_prev, eps, a, b: a * x_prev + b * eps,
        "marginal_after": lambda t, a, b: (a**t, sum(b**2 * a ** (2 * k) for k in range(t))),
    }
    assert check("diffusion.step", names).full
    assert 0 < check("diffusion.step", names["noising_step"]).points < 3


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("start.standardize", "There is no exercise called 'start.standardize'. Did you mean start.standardise"),
        ("qqqq", "There is no exercise called 'qqqq'. `python -m autograder exercises` lists them all."),
        (standardise, "There is no exercise called <function"),
    ],
    ids=["near", "far", "function"],
)
def test_an_unknown_exercise_is_one_sentence_with_the_nearest_names(id: Any, said: str) -> None:
    for command in (check, hint, restart):
        with pytest.raises(CourseError, match=r"^There is no exercise.*[.?]$") as error:
            command(id)
        assert str(error.value).startswith(said)
    assert "No check has run yet" in repr(total())


# --- seeds -----------------------------------------------------------------------------------------------------


def test_a_students_own_run_always_asks_the_same_questions() -> None:
    one, two = check(ID, whole_tensor), check(ID, whole_tensor)
    assert one == two
    assert one.seed == judge.default_seed(ID)
    assert not one.graded


def test_a_seed_shows_its_questions_again() -> None:
    one, two, other = (check(ID, whole_tensor, seed=seed) for seed in (7, 7, 8))
    assert one == two
    assert (one.seed, other.seed) == (7, 8)


def test_stock_nbgrader_asks_fresh_questions_and_names_their_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    one, two = check(ID), check(ID)
    assert one.seed != two.seed
    assert one.full
    assert f"seed={one.seed}) asks these questions again" in repr(one)


def test_validating_is_not_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check(ID).seed == judge.default_seed(ID)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True])
def test_a_seed_that_is_none_is_one_sentence(seed: Any) -> None:
    with pytest.raises(CourseError, match=r"^The seed .* is none: give a whole number from 0 up\.$"):
        check(ID, seed=seed)


# --- the notebook around it ------------------------------------------------------------------------------------


def test_what_the_answer_prints_is_kept_and_changes_no_mark(capfd: pytest.CaptureFixture) -> None:
    def loud(x: torch.Tensor) -> torch.Tensor:
        print("I was here")
        return standardise(x)

    report = check(ID, loud)
    assert report.full
    assert report.printed.startswith("I was here\nI was here\n")
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_ends_the_check_and_leaves_no_result() -> None:
    def interrupted(x: torch.Tensor) -> torch.Tensor:
        raise KeyboardInterrupt

    streams = sys.stdout, sys.stderr
    with pytest.raises(KeyboardInterrupt):
        check(ID, interrupted)
    assert (sys.stdout, sys.stderr) == streams
    assert "No check has run yet" in repr(total())


def test_random_numbers_after_a_check_are_those_without_it() -> None:
    def drawn(checked: bool) -> tuple:
        torch.manual_seed(3), np.random.seed(3), random.seed(3)
        if checked:
            check(ID, lambda x: standardise(x) + 0 * torch.rand(()) + np.random.uniform() * random.random() * 0)
        return torch.rand(1).item(), np.random.uniform(), random.random()

    assert drawn(True) == drawn(False)


def test_a_process_that_is_judged_from_outside_does_not_judge_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["pushforward.answering.elsewhere"], "_elsewhere", True)
    assert check(ID) is None
    assert check("no.such") is None


# --- hints, starting again, the total --------------------------------------------------------------------------


def test_hints_come_one_at_a_time_and_the_last_says_so() -> None:
    shown = [repr(hint(ID)) for _ in range(4)]
    assert [s.partition(":")[0] for s in shown] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert [s.endswith("This was the last one.") for s in shown] == [False, False, True, True]
    assert len({s.partition(":")[2] for s in shown}) == 3


def test_starting_again_shows_the_blank() -> None:
    assert repr(restart(ID)) == "def blank(): …"


def test_without_a_built_course_starting_again_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.judging.exercise.table", dict)
    with pytest.raises(CourseError, match="`make course` adds it"):
        restart(ID)


def test_the_total_counts_this_notebook_and_leaves_written_answers_to_a_person() -> None:
    check(ID, standardise)
    assert repr(total()).splitlines() == [
        "Your total so far: 2 of 2 points.",
        "        ✓ 2 of 2  start.standardise",
        "    by hand, 1.5  start.units",
    ]


def test_the_latest_check_counts() -> None:
    check(ID, standardise)
    check(ID, whole_tensor)
    assert repr(total()).startswith("Your total so far: 0 of 2 points.")


def test_an_exercise_that_was_not_checked_counts_nothing_and_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**TABLE[ID], "points": 4.0}
    monkeypatch.setattr("autograder.judging.exercise.table", lambda: {**TABLE, "start.other": row})
    check(ID, standardise)
    assert repr(total()).startswith("Your total so far: 2 of 6 points.")
    assert "  not run, 4  start.other" in repr(total())


def test_what_was_reached_on_earlier_days_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["pushforward.check"], "recall", lambda: {ID: Reached(1.5, False)})
    assert repr(total()).splitlines()[:2] == [
        "Your total so far: 1.5 of 2 points.",
        "        1.5 of 2  start.standardise",
    ]
    check(ID, standardise)
    assert repr(total()).startswith("Your total so far: 2 of 2 points.")


def test_progress_shows_the_whole_course_and_what_is_next() -> None:
    assert repr(progress()).splitlines() == [
        "Your way through the course: 0 of 5 points.",
        "  ░░░░░░░░░░         0 of 2  00_start_here",
        "  ░░░░░░░░░░         0 of 3  15_diffusion_forward",
        "Next: start.standardise in 00_start_here.",
    ]
    check(ID, standardise)
    assert "  ██████████         2 of 2  00_start_here" in repr(progress())
    assert repr(progress()).endswith("Next: diffusion.step in 15_diffusion_forward.")


def test_no_module_takes_the_name_of_a_function() -> None:
    """Importing a submodule binds its name in the package."""
    assert not {path.stem for path in (ROOT / "pushforward").iterdir()} & (set(pushforward.__all__) - {"check"})
    assert callable(pushforward.check)


def test_at_the_end_of_the_course_nothing_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys.modules["pushforward.check"],
        "recall",
        lambda: {id: Reached(row["points"], True) for id, row in TABLE.items()},
    )
    assert repr(progress()).endswith("Every check is passed.")


# --- without IPython -------------------------------------------------------------------------------------------

BLOCKER = f"""
import sys
import torch

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("IPython", "ipykernel", "ipywidgets", "jupyter_client", "nbformat", "matplotlib"):
            raise ImportError(name + " does not exist here")

sys.meta_path.insert(0, Blocker())
{RIGHT}
from pushforward import check, hint, restart, total
print(check({ID!r}))
print(hint({ID!r}))
print(total())
try:
    restart("no.such")
except Exception as error:
    print(error)
"""


def test_a_check_needs_neither_ipython_nor_a_kernel() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKER], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{ID}: " in done.stdout
    assert "all laws hold" in done.stdout
    assert "Hint 1 of 3" in done.stdout
    assert "There is no exercise called 'no.such'" in done.stdout


# --- in a real notebook ----------------------------------------------------------------------------------------

LOUD = (
    """
import logging, os, subprocess, sys, warnings
import torch
from tqdm import tqdm
from pushforward import check, hint, restart, total

logging.basicConfig()   # its handler keeps the stream that the notebook has now
"""
    + RIGHT
    + """
quiet = standardise

def standardise(x):
    print("printed")
    print("printed to stderr", file=sys.stderr)
    warnings.warn("warned")
    logging.warning("logged")
    os.write(2, b"written")
    subprocess.run(["sh", "-c", "echo another process >&2"])
    for _ in tqdm(range(2)):
        pass
    return quiet(x)
"""
)
CELLS = {
    "imports": LOUD,
    "loud": f"check({ID!r})",
    "unknown": "check('start.standardize')",
    "raises": f"def standardise(x):\n    y = x\n    return y / undefined\n\ncheck({ID!r})",
    "hint": f"hint({ID!r})",
    "restart": (
        "import autograder.judging.exercise\n"
        f"autograder.judging.exercise.table = lambda: {TABLE!r}\nprint(restart({ID!r}))\n"
        "[p for p in get_ipython().payload_manager.read_payload() if p['source'] == 'set_next_input']"
    ),
    "random": (
        "def draw(): return torch.rand(1).item()\n"
        f"torch.manual_seed(1); one = draw()\ntorch.manual_seed(1); check({ID!r}, quiet)\none == draw()"
    ),
    "total": f"check({ID!r}, quiet)\ntotal()",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the notebook stands."""
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def outputs(folder: Path) -> dict[str, list]:
    """What each cell showed, run in a kernel."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        client.execute()
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


def shown(outputs: list) -> dict[str, str]:
    """The one result of a cell; nothing else stands beside it."""
    assert [output.output_type for output in outputs] == ["execute_result"], outputs
    return outputs[0].data


def test_a_loud_answer_leaves_nothing_beside_the_result(outputs: dict) -> None:
    assert outputs["imports"] == []
    data = shown(outputs["loud"])
    assert float(data["text/plain"]) > 0
    for said in ("printed to stderr", "warned", "written", "another process"):  # what was logged is cleared away
        assert said in data["text/html"]


def test_a_notebook_shows_a_wrong_name_in_one_line_without_a_traceback(outputs: dict) -> None:
    (output,) = outputs["unknown"]
    assert output.output_type == "error"
    (line,) = output.traceback
    assert line.startswith("There is no exercise called 'start.standardize'. Did you mean start.standardise")
    assert "\n" not in line


def test_a_notebook_shows_the_students_own_line(outputs: dict) -> None:
    data = shown(outputs["raises"])
    assert data["text/plain"] == "0"
    assert "NameError: name &#x27;undefined&#x27; is not defined at line 3" in data["text/html"]
    assert "return y / undefined" in data["text/html"]


def test_a_notebook_keeps_what_was_reached_in_a_file_beside_it(outputs: dict, folder: Path) -> None:
    kept = json.loads((folder / NAME).read_text())
    assert kept["exercises"] == {ID: {"points": 2.0, "full": True}}


def test_a_notebook_shows_hints_and_totals_as_plain_words(outputs: dict) -> None:
    assert shown(outputs["hint"])["text/plain"].startswith("Hint 1 of 3: ")
    assert shown(outputs["total"])["text/plain"].startswith("Your total so far: 2 of 2 points.")


def test_starting_again_puts_the_blank_into_a_new_cell_below(outputs: dict) -> None:
    said, payload = outputs["restart"]
    assert "stands in a new cell below" in said.text
    assert "'text': 'def blank(): …'" in payload.data["text/plain"]
    assert "'replace': False" in payload.data["text/plain"]


def test_a_notebooks_random_numbers_go_on_after_a_check(outputs: dict) -> None:
    assert outputs["random"][-1].data["text/plain"] == "True"


def test_an_id_that_is_no_word_is_one_sentence() -> None:
    with pytest.raises(CourseError, match="There is no exercise called"):
        check(["start.standardise"])
