"""The attack corpus: every file of it, what its head says, and the notebook that a student would hand in with it.

An attack is what a student writes into the answer's cell. Its head says what it tries, and then, in one line,

    # family: forge | control: stock | success: mark

family: the folder; control: how it would succeed, see test_controls.py; success: what that looks like, see world.py.
More words where they are needed: test (an ordinary nbgrader test, for the control `ordinary`), exercise (of another
assignment), place (own: the attack stands in a cell of its own, before an answer that is wrong), says (what the
result must say), limits (other limits than FAST), twice (what a second submission finds of the first counts).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.building.release import instructor_notebook
from autograder.building.source import read_source, read_toc
from autograder.grading.model import Limits, Submission, Template, kind_of, template
from autograder.judging.exercise import table
from tests.rotation import changed, rotating

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FAMILIES = ("forge", "protocol", "read", "write", "exhaust", "network")
FAST = Limits(cell_seconds=2, notebook_seconds=30, memory=1024, processes=32, disk=32, output=16)
WRONG = "def standardise(x):\n    return x + 1\n"


@dataclass(frozen=True)
class Attack:
    """One file. `name` is family/stem; `head` the words of its second line."""

    name: str
    tries: str
    head: dict[str, str]
    text: str

    @property
    def exercise(self) -> str:
        return self.head.get("exercise", "start.standardise")

    @property
    def assignment(self) -> str:
        return table()[self.exercise]["notebook"]

    @property
    def limits(self) -> Limits:
        return limited(FAST, self.head.get("limits", ""))


def limited(limits: Limits, words: str) -> Limits:
    """limits: "memory=4096, cell_seconds=20"."""
    pairs = (word.split("=") for word in words.replace(" ", "").split(",") if word)
    return Limits(**{**vars(limits), **{name: type(getattr(limits, name))(value) for name, value in pairs}})


def read(path: Path) -> Attack:
    """Raises ValueError for a file without a head."""
    text = path.read_text(encoding="utf-8")
    first, second, _ = text.split("\n", 2)
    if not (first.startswith("# tries: ") and second.startswith("# family: ")):
        raise ValueError(f"{path} does not begin with what it tries and its family")
    head = dict(word.strip().split(": ", 1) for word in second.removeprefix("# ").split(" | "))
    return Attack(f"{path.parent.name}/{path.stem}", first.removeprefix("# tries: "), head, text)


ATTACKS = {attack.name: attack for family in FAMILIES for attack in map(read, sorted((HERE / family).glob("*.py")))}


def rotated(share: float) -> dict[str, Attack]:
    """What this commit tries: of each family this share, and every file that the last change has touched."""
    chosen: dict[str, Attack] = {}
    for family in FAMILIES:
        members = [attack for attack in ATTACKS.values() if attack.name.startswith(f"{family}/")]
        most = math.ceil(share * len(members))
        picked = rotating(members, most, name=lambda attack: attack.name, touched=_touched)
        chosen |= {attack.name: attack for attack in picked}
    return chosen


def _touched(attack: Attack) -> bool:
    return f"tests/attacks/{attack.name}.py" in changed()


HONEST = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "honest").glob("*.py"))}


# --- notebooks --------------------------------------------------------------------------------------------------


@functools.cache
def released(assignment: str) -> Template:
    """The assignment as students got it."""
    return template(assignment, nbformat.read(ROOT / "course" / f"{assignment}.ipynb", as_version=4))


@functools.cache
def answers(assignment: str) -> dict[str, str]:
    """The id of every solve cell → the right answer."""
    source = read_source(ROOT / "solutions" / f"{assignment}.py")
    notebook = instructor_notebook(source, assignment, read_toc(ROOT / "solutions" / "_toc.yml"))
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in notebook.cells if kind_of(cell) == "solve"}


def notebook(assignment: str, solved: dict[str, str], own: str = "") -> NotebookNode:
    """The released notebook with these texts in its solve cells, and a cell of the student's own behind the imports."""
    made = nbformat.reads(released(assignment).notebook, as_version=4)
    for cell in made.cells:
        if kind_of(cell) == "solve":
            cell.source = solved.get(cell.metadata.nbgrader.grade_id, cell.source)
    given = next(n for n, cell in enumerate(made.cells) if kind_of(cell) == "given")
    made.cells[given + 1 : given + 1] = [new_code_cell(own, id="own")] if own else []
    return made


def attacked(attack: Attack, knows: str = "") -> NotebookNode:
    """The notebook of the attacker; everything that is not attacked is answered rightly.

    knows: a line of Python that tells where things are, as somebody would know who has seen the teacher's machine.
    """
    text = knows + attack.text
    solved = answers(attack.assignment) if attack.assignment != "00_start_here" else {}
    if attack.head.get("place") == "own":
        return notebook(attack.assignment, {**solved, "start-standardise-answer": WRONG}, text)
    cell = attack.exercise.replace(".", "-") + "-answer"
    return notebook(attack.assignment, {**solved, cell: text})


def submission(student: str, made: NotebookNode, assignment: str = "00_start_here") -> Submission:
    """As it is handed in."""
    return Submission(student, assignment, nbformat.writes(made).encode())
