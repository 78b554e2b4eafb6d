"""The invented class: the same every time, as mixed as it says, and its answers worth what they claim."""

import ast
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.grading.model import kind_of
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import all_exercises
from autograder.judging.judge import examine
from autograder.measuring.answers import blank
from autograder.measuring.synthetic import HONEST, WHOLE, names, write_class
from autograder.measuring.synthetic_harm import ATTACKS, DAMAGES
from autograder.measuring.synthetic_work import RIGHT, WRONG, Choice, assignment, fill, untouched
from pushforward.answering.capture import captured
from tests.rotation import rotating

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "15_diffusion_forward"
pytestmark = pytest.mark.filterwarnings("ignore")  # right answers warn, on purpose


@pytest.fixture(scope="module")
def submitted(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    write_class(ROOT, folder / "submitted", 30, [NOTEBOOK], seed=3)
    return folder / "submitted"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.*")) if path.is_file()}


def test_the_same_seed_gives_the_same_class_and_another_seed_another(submitted: Path, tmp_path: Path) -> None:
    for seed, same in ((3, True), (4, False)):
        write_class(ROOT, tmp_path / str(seed), 30, [NOTEBOOK], seed=seed)
        assert (contents(tmp_path / str(seed)) == contents(submitted)) == same


def test_the_layout_is_nbgraders(submitted: Path) -> None:
    students = names(30, seed=3)
    assert sorted(path.name for path in submitted.iterdir()) == sorted(students)
    for student in students:
        folder = submitted / student / NOTEBOOK
        assert {path.name for path in folder.iterdir()} == {f"{NOTEBOOK}.ipynb", "timestamp.txt"}


@pytest.mark.parametrize("mix", [WHOLE, HONEST])
@pytest.mark.parametrize("students", [1, 7, 30, 52])
def test_every_kind_gets_its_share(mix: dict[str, float], students: int, tmp_path: Path) -> None:
    handed_in = write_class(ROOT, tmp_path, students, ["00_start_here"], 0, mix)
    counts = Counter(one.kind for one in handed_in)
    assert sum(counts.values()) == students
    for kind, share in mix.items():
        assert abs(counts[kind] - students * share / sum(mix.values())) < 1


def test_a_class_of_thirty_has_all_kinds_and_different_damages_and_attacks(submitted: Path, tmp_path: Path) -> None:
    handed_in = write_class(ROOT, tmp_path, 30, [NOTEBOOK], seed=3)
    assert {one.kind for one in handed_in} == set(WHOLE)
    for kind, known in (("damaged", DAMAGES), ("hostile", ATTACKS)):
        stories = [one.story for one in handed_in if one.kind == kind]
        assert len(set(stories)) == len(stories) >= 3
        assert set(stories) <= set(known)


def test_honest_notebooks_are_valid_and_weigh_what_such_notebooks_weigh(tmp_path: Path) -> None:
    handed_in = write_class(ROOT, tmp_path, 20, [NOTEBOOK], 0, HONEST)
    for one in handed_in:
        nbformat.validate(nbformat.read(one.path, as_version=4))
    sizes = sorted(one.path.stat().st_size for one in handed_in)
    assert 300_000 < sizes[len(sizes) // 2] < 3_000_000


def test_names_differ_and_stay_as_a_class_grows() -> None:
    many = names(3000, seed=1)
    assert len(set(many)) == 3000
    assert many[:30] == names(30, seed=1)
    assert all(name.isascii() and name == name.lower() for name in many)


# --- answers ---------------------------------------------------------------------------------------------------


def defined(notebook: NotebookNode) -> dict:
    """The names after the given and solve cells have run."""
    scope = {"__name__": "notebook"}
    with captured():
        for cell in notebook.cells:
            if kind_of(cell) in ("given", "solve"):
                exec(compile(cell.source, "<cell>", "exec"), scope)
    return scope


def rounds(name: str, kind: str) -> int:
    return max(len(of[kind]) for of in assignment(ROOT, name).answers.values())


def filled(name: str, kind: str, turn: int) -> NotebookNode:
    """The notebook with one independent answer to every exercise."""
    of, notebook = assignment(ROOT, name), untouched(assignment(ROOT, name))
    files = {id: answers[kind] for id, answers in of.answers.items()}
    fill(notebook, of, {id: Choice(kind, some[turn % len(some)][0]) for id, some in files.items()})
    return notebook


@pytest.mark.parametrize("name", ["00_start_here", NOTEBOOK])
def test_right_answers_together_in_one_notebook_earn_everything(name: str) -> None:
    for turn in rotating(range(rounds(name, RIGHT)), 2):
        scope = defined(filled(name, RIGHT, turn))
        for id in assignment(ROOT, name).exercises:
            with captured():
                report = examine(all_exercises()[id], LocalLink(scope))
            assert report.full, (turn, id, report)


def test_wrong_answers_lose_points_in_a_notebook_too() -> None:
    for turn in rotating(range(3), 1):
        scope = defined(filled(NOTEBOOK, WRONG, turn))
        for id in assignment(ROOT, NOTEBOOK).exercises:
            with captured():
                report = examine(all_exercises()[id], LocalLink(scope))
            assert not report.full, (turn, id)


def test_no_kept_answer_takes_the_name_of_another_exercise() -> None:
    """In one notebook with the others it would answer that one as well."""
    for name in {e.notebook for e in all_exercises().values()}:
        exercises = {id: set(e.names) for id, e in all_exercises().items() if e.notebook == name}
        for id, own in exercises.items():
            others = set().union(*exercises.values()) - own
            for file in (ROOT / "tests" / "answers" / name / id).glob("*.py"):
                assert not others & defined_in(file.read_text(encoding="utf-8")), file


def defined_in(text: str) -> set[str]:
    return {part.name for part in ast.parse(text).body if isinstance(part, ast.FunctionDef | ast.ClassDef)}


def test_an_answer_of_several_cells_goes_into_all_of_them() -> None:
    """Each cell defines at least what its blank does."""
    blanks = functions(untouched(assignment(ROOT, NOTEBOOK)))
    assert max(Counter(id.partition("-answer")[0] for id in blanks).values()) == 3  # the geometric series
    for turn in range(rounds(NOTEBOOK, WRONG)):
        for id, found in functions(filled(NOTEBOOK, WRONG, turn)).items():
            assert found >= blanks[id], (turn, id)


def functions(notebook: NotebookNode) -> dict[str, set[str]]:
    """What every solution cell defines, by nbgrader's id."""
    solved = {cell.metadata.nbgrader.grade_id: cell.source for cell in notebook.cells if kind_of(cell) == "solve"}
    return {id: defined_in(text) for id, text in solved.items()}


def test_the_header_that_tells_what_is_wrong_stays_out() -> None:
    for answers in assignment(ROOT, NOTEBOOK).answers.values():
        assert not any("# breaks:" in text for kind in (RIGHT, WRONG) for _, text in answers[kind])


def test_an_untouched_notebook_is_the_release() -> None:
    assert set(blank(ROOT, NOTEBOOK)) == set(defined(untouched(assignment(ROOT, NOTEBOOK))))
