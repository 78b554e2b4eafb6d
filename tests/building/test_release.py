"""The release: what students get, what instructors get, and that both are what stock nbgrader makes of it."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import jupytext
import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import Execute, IncludeHeaderFooter, InstantiateTests, SaveCells
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.building import release
from autograder.building.release import build_course, compare_course, instructor_sources, write_course
from autograder.building.source import SourceError, read_source, read_toc
from pushforward.errors import CourseError

FLOW, START = "02_change_of_variables", "00_start_here"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def student(course: Path, judges: Callable) -> NotebookNode:
    """The larger notebook as a student gets it."""
    return built(course, judges)


def built(course: Path, judges: Callable, name: str = FLOW) -> NotebookNode:
    return nbformat.reads(build_course(course, judges)[f"course/{name}.ipynb"].decode(), as_version=4)


def by_grade_id(nb: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="\n")


# --- what a student gets ------------------------------------------------------------------------------------


def test_blanks_keep_signature_and_docstring_and_nothing_else(student: NotebookNode) -> None:
    stub = "    # YOUR CODE HERE\n    raise NotImplementedError()"
    deep = stub.replace("    ", "        ", 1).replace("\n    ", "\n        ")
    cells = by_grade_id(student)
    assert cells["cov-half-answer"].source == f'def half(z):\n    """z / 2, in a café."""\n{stub}'
    assert cells["cov-stretch-answer"].source.endswith(f'starts no cell)\n    """\n{stub}')
    assert cells["cov-stretch-answer-2"].source == (
        'class Stretch:\n    """x = scale z and its log |dx/dz|."""\n\n'
        "    def __init__(self, scale):\n        self.scale = scale\n\n"
        f"    def forward(self, z):\n{deep}\n\n    def ladj(self, z):\n{deep}"
    )
    assert cells["cov-why"].source == "YOUR ANSWER HERE"


def test_no_line_of_an_answer_survives(course: Path, judges: Callable) -> None:
    answers = [
        "stretched = scale * z",
        "return stretch(z, self.scale)",
        "abs(self.scale)",
        "return z / 2",
        "3 - 2",
    ]
    answers += ["local change of volume", "Rubric", "names the Jacobian", "mass is kept", "well-justified"]
    solutions = " ".join(path.read_text(encoding="utf-8") for path in course.glob("solutions/*.py"))
    for path, content in build_course(course, judges).items():
        assert [answer for answer in answers if answer in content.decode()] == [], path
    assert [answer for answer in answers if answer not in solutions] == []


def test_every_blank_raises_and_the_notebook_still_runs(student: NotebookNode, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("pushforward")
    module.__spec__ = ModuleSpec("pushforward", None)
    module.check, module.total = lambda exercise: 0.0, lambda: 0.0
    module.hint = module.restart = None
    monkeypatch.setitem(sys.modules, "pushforward", module)
    names: dict = {}
    for cell in student.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, "cell", "exec"), names)
    for call in (
        lambda: names["half"](1),
        lambda: names["stretch"](1, 2),
        lambda: names["Stretch"](2).ladj(1),
    ):
        with pytest.raises(NotImplementedError):
            call()


@pytest.mark.parametrize(
    ("grade_id", "grade", "solution", "locked", "points"),
    [
        ("given-package", False, False, True, None),
        ("given-change-of-variables-1", False, False, True, None),
        ("cov-stretch-answer", False, True, False, None),
        ("cov-stretch-answer-2", False, True, False, None),
        ("cov-stretch", True, False, True, 2.0),
        ("cov-why", True, True, False, 3.0),
        ("given-stretch-2-1", False, False, True, None),
        ("cov-half", True, False, True, 0.5),
    ],
)
def test_tags_become_nbgrader_s_metadata(
    student: NotebookNode, grade_id: str, grade: bool, solution: bool, locked: bool, points: float | None
) -> None:
    cell = by_grade_id(student)[grade_id]
    data = cell.metadata.nbgrader
    assert (data.grade, data.solution, data.locked, data.task) == (grade, solution, locked, False)
    assert (data.schema_version, data.get("points")) == (3, points)
    assert len(data.checksum) == 32
    assert cell.metadata.deletable is False
    assert cell.metadata.get("editable", True) is not locked


def test_of_the_course_s_tags_only_demo_stays(student: NotebookNode) -> None:
    tags = {cell.source: cell.metadata.tags for cell in student.cells if "tags" in cell.metadata}
    assert tags == {'print("a picture of", Stretch)': ["demo"]}


def test_prose_is_left_alone(student: NotebookNode) -> None:
    prose = [cell for cell in student.cells if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata]
    assert len(prose) == 6
    assert [cell.metadata for cell in prose] == [{}] * 6


def test_there_are_no_outputs_versions_or_surplus_metadata(student: NotebookNode) -> None:
    assert student.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "pushforward": {
            "generated": f"from solutions/{FLOW}.py by `make course`: to change the course, edit that file"
        },
        "jupytext": {
            "formats": "ipynb,py:percent",
            "notebook_metadata_filter": "pushforward,-jupytext.text_representation.jupytext_version",
        },
    }
    assert (student.nbformat, student.nbformat_minor) == (4, 5)
    code = [cell for cell in student.cells if cell.cell_type == "code"]
    assert {(len(cell.outputs), cell.execution_count) for cell in code} == {(0, None)}
    kept = {key for cell in student.cells for key in cell.metadata}
    assert kept == {"nbgrader", "deletable", "editable", "tags", "jupyter", "cellView"}


def test_the_notebook_and_its_text_are_a_pair(course: Path, judges: Callable) -> None:
    files = build_course(course, judges)
    nb, text = built(course, judges), files[f"course/{FLOW}.py"].decode()
    twin = jupytext.reads(text, fmt="py:percent")
    for cell in twin.cells:
        cell.metadata.pop("lines_to_next_cell", None)
    assert [(c.cell_type, c.source, c.metadata) for c in twin.cells] == [
        (c.cell_type, c.source, c.metadata) for c in nb.cells
    ]
    assert twin.metadata.jupytext.formats == nb.metadata.jupytext.formats == "ipynb,py:percent"
    assert twin.metadata.kernelspec == nb.metadata.kernelspec
    assert "jupytext_version: " not in text


# --- stable names -------------------------------------------------------------------------------------------


def ids(nb: NotebookNode) -> dict[str, str]:
    """Cell id → source."""
    found = {cell.id: cell.source for cell in nb.cells}
    assert len(found) == len(nb.cells)
    return found


def test_ids_are_the_same_on_every_build(course: Path, judges: Callable) -> None:
    assert ids(built(course, judges)) == ids(built(course, judges))


def test_a_new_cell_renames_no_cell_under_another_heading(course: Path, judges: Callable) -> None:
    before = ids(built(course, judges))
    new = '# %% tags=["given"]\nnew = 1\n\n# %% [markdown]\n# Some words.\n\n# %% tags=["demo"]\nprint(new)\n\n'
    edit(course / "solutions" / f"{FLOW}.py", ("# %% [markdown]\n# ## Why", f"{new}# %% [markdown]\n# ## Why"))
    after = ids(built(course, judges))
    assert set(before.items()) <= set(after.items())
    assert len(after) == len(before) + 3


def test_a_new_section_renames_nothing(course: Path, judges: Callable) -> None:
    before = ids(built(course, judges))
    new = '# %% [markdown]\n# ## Between\n\n# %% tags=["given"]\nnew = 1\n\n'
    edit(course / "solutions" / f"{FLOW}.py", ("# %% [markdown]\n# ## Why", f"{new}# %% [markdown]\n# ## Why"))
    after = ids(built(course, judges))
    assert set(before.items()) <= set(after.items())


def test_the_same_heading_twice_makes_no_two_cells_alike(student: NotebookNode) -> None:
    assert "given-stretch-2-2" in by_grade_id(student)
    assert [c for c in by_grade_id(student) if c.startswith("given-stretch-2")] == [
        "given-stretch-2-1",
        "given-stretch-2-2",
    ]


# --- the same as stock nbgrader -----------------------------------------------------------------------------


def test_the_steps_are_nbgrader_s_own_in_its_order() -> None:
    stock = GenerateAssignment().preprocessors
    assert list(release.STEPS) == [
        step for step in stock if step not in (IncludeHeaderFooter, InstantiateTests, SaveCells)
    ]


def nbgrader(folder: Path, *command: str) -> str:
    """Run one of nbgrader's commands in a course folder, with the configuration that stands there only."""
    home, tools = str(folder / "home"), Path(sys.executable).parent
    places = {"HOME": home, "JUPYTER_CONFIG_DIR": home, "JUPYTER_DATA_DIR": home}
    places["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"  # nbgrader starts alembic by its name
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_generate_assignment_makes_the_same_notebook(course: Path, judges: Callable, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    instructor_sources(course, folder, judges)
    nbgrader(folder, "generate_assignment", FLOW)
    stock = nbformat.read(folder / "release" / FLOW / f"{FLOW}.ipynb", as_version=4)
    ours = built(course, judges)
    ours.cells = ours.cells[1:-1]  # the links to the neighbours, which lie elsewhere in nbgrader's folders
    for theirs, cell in zip(stock.cells, ours.cells, strict=True):
        assert theirs == cell
    del ours.metadata["jupytext"]
    assert (stock.metadata, stock.nbformat_minor) == (ours.metadata, ours.nbformat_minor)


def test_our_configuration_reaches_what_runs_the_cells() -> None:
    config = PyFileConfigLoader(str(ROOT / "autograder" / "building" / "nbgrader_config.py")).load_config()
    assert (Execute().timeout, Execute().iopub_timeout) == (30, 4)
    execute = Execute(config=config)
    assert (execute.timeout, execute.iopub_timeout) == (600, 60)
    assert config.CourseDirectory.course_id == "pushforward"
    assert set(config) == {"CourseDirectory", "ExecutePreprocessor", "GenerateFeedback"}
    assert isinstance(config, Config)


# --- the instructor's sources -------------------------------------------------------------------------------


def test_instructor_sources_hold_the_answers_and_no_text(course: Path, judges: Callable, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    done = instructor_sources(course, folder, judges)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {f"source/{n}/{n}.ipynb" for n in (FLOW, START)} | {"nbgrader_config.py"}
    assert len(done) == 3
    nb = nbformat.read(folder / "source" / FLOW / f"{FLOW}.ipynb", as_version=4)
    cells = by_grade_id(nb)
    assert "### BEGIN SOLUTION\n    return z / 2\n    ### END SOLUTION" in cells["cov-half-answer"].source
    assert "**Rubric**" in cells["cov-why"].source
    assert "jupytext" not in nb.metadata
    assert [cell.source for cell in nb.cells[:2]] == [c.source for c in built(course, judges).cells[1:3]]
    assert "checksum" not in cells["cov-half"].metadata.nbgrader


def test_only_on_request_a_cell_opens_the_model_answer(course: Path, judges: Callable, tmp_path: Path) -> None:
    for folder, reveal in (("without", False), ("with", True)):
        instructor_sources(course, tmp_path / folder, judges, reveal=reveal)
        nb = nbformat.read(tmp_path / folder / "source" / FLOW / f"{FLOW}.ipynb", as_version=4)
        assert ['reveal("cov.why")' in cell.source for cell in nb.cells].count(True) == reveal


def test_instructor_sources_twice_change_nothing(course: Path, judges: Callable, tmp_path: Path) -> None:
    instructor_sources(course, tmp_path / "class", judges)
    assert instructor_sources(course, tmp_path / "class", judges) == []


def test_an_instructor_s_configuration_stays(course: Path, judges: Callable, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    config = tmp_path / "class" / "nbgrader_config.py"
    config.write_text("# mine\n")
    instructor_sources(course, tmp_path / "class", judges)
    assert config.read_text() == "# mine\n"


def test_an_instructor_s_own_changes_are_not_overwritten(course: Path, judges: Callable, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    mine = folder / "source" / FLOW / f"{FLOW}.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("hidden tests")
    with pytest.raises(CourseError, match="differs from what would be written: move it away"):
        instructor_sources(course, folder, judges)
    assert mine.read_text() == "hidden tests"
    assert [path for path in folder.rglob("*") if path.is_file()] == [mine]


def test_a_file_in_the_way_is_one_clear_sentence(course: Path, judges: Callable, tmp_path: Path) -> None:
    (tmp_path / "class").write_text("a file")
    with pytest.raises(CourseError, match=r"class.* cannot be written: .*Choose a folder"):
        instructor_sources(course, tmp_path / "class", judges)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_one_clear_sentence(course: Path, judges: Callable, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir(mode=0o555)
    with pytest.raises(CourseError, match="cannot be written: Permission denied"):
        instructor_sources(course, tmp_path / "class", judges)


# --- the course's files -------------------------------------------------------------------------------------


def test_the_files_of_the_course(course: Path, judges: Callable) -> None:
    names = {f"course/{name}.{suffix}" for name in (START, FLOW) for suffix in ("ipynb", "py")}
    names |= {"docs/coverage.md", "autograder/exercises.json", "autograder/notebooks.json"}
    names |= {"course/README.md", "course/map.svg"}
    assert set(build_course(course, judges)) == names


def test_building_writes_nothing(course: Path, judges: Callable) -> None:
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    build_course(course, judges)
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


def test_what_is_written_is_in_sync_and_stays_so(course: Path, judges: Callable) -> None:
    assert set(write_course(course, judges)) == {f"wrote {path}" for path in build_course(course, judges)}
    assert compare_course(course, judges) == []
    times = {path: path.stat().st_mtime_ns for path in course.rglob("*")}
    assert write_course(course, judges) == []
    assert {path: path.stat().st_mtime_ns for path in course.rglob("*")} == times


@pytest.mark.parametrize(
    ("path", "content", "difference"),
    [
        (
            f"course/{FLOW}.ipynb",
            b"{}",
            f"course/{FLOW}.ipynb differs from what its source gives: run `make course`",
        ),
        (f"course/{FLOW}.py", None, f"course/{FLOW}.py is missing: run `make course`"),
        ("course/old/14.ipynb", b"{}", "course/old/14.ipynb is generated by nothing: run `make course`"),
        ("autograder/exercises.json", None, "autograder/exercises.json is missing: run `make course`"),
        ("course/map.svg", b"<svg/>", "course/map.svg differs from what its source gives: run `make course`"),
        ("docs/coverage.md", b"# None", "docs/coverage.md differs from what its source gives: run `make course`"),
    ],
)
def test_differences_are_found_and_mended(
    course: Path, judges: Callable, path: str, content: bytes | None, difference: str
) -> None:
    write_course(course, judges)
    (course / path).parent.mkdir(exist_ok=True)
    (course / path).write_bytes(content) if content else (course / path).unlink()
    assert compare_course(course, judges) == [difference]
    assert len(write_course(course, judges)) == 1
    assert compare_course(course, judges) == []


def test_a_changed_source_changes_the_course(course: Path, judges: Callable) -> None:
    write_course(course, judges)
    edit(course / "solutions" / f"{START}.py", ("# # Start here", "# # Start over there"))
    assert [line.split()[0] for line in compare_course(course, judges)] == [
        f"course/{START}.ipynb",
        f"course/{START}.py",
    ]


def test_what_a_tool_hides_in_the_folder_is_its_own_business(course: Path, judges: Callable) -> None:
    write_course(course, judges)
    hidden = course / "course" / ".ipynb_checkpoints" / "copy.ipynb"
    hidden.parent.mkdir()
    hidden.write_text("{}")
    assert compare_course(course, judges) == []
    assert write_course(course, judges) == []
    assert hidden.exists()


def test_a_course_that_cannot_be_written_is_one_clear_sentence(course: Path, judges: Callable) -> None:
    (course / "course").write_text("a file")
    with pytest.raises(CourseError, match=r"course/.* cannot be written: "):
        write_course(course, judges)


def test_a_faulty_source_leaves_the_course_as_it_was(course: Path, judges: Callable) -> None:
    write_course(course, judges)
    before = {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    edit(course / "solutions" / f"{FLOW}.py", ("check:cov.half:0.5", "check:cov.half:0"))
    edit(course / "solutions" / f"{START}.py", ("# # Start here", "# # Start over there"))
    with pytest.raises(SourceError):
        write_course(course, judges)
    assert {path: path.read_bytes() for path in course.rglob("*.ipynb")} == before


BUILD = """
import hashlib, sys
from pathlib import Path
from types import SimpleNamespace
from autograder.building.release import build_course
names = {"start.one": ["one"], "cov.stretch": ["stretch", "Stretch"], "cov.half": ["half"]}
judges = {id: SimpleNamespace(kind="code", names=found) for id, found in names.items()}
for path, content in build_course(Path(sys.argv[1]), judges.get).items():
    print(path, hashlib.sha256(content).hexdigest())
"""


def test_the_bytes_depend_on_nothing_but_the_sources(course: Path) -> None:
    """Other processes: another order of sets and dicts, another locale and encoding, another time zone."""
    worlds = [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
    ]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", BUILD, str(course)],
            env={**os.environ, **world, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for world in worlds
    ]
    first, second = (run.communicate()[0] for run in runs)
    assert first.count("\n") == 9
    assert first == second


def test_files_have_unix_line_ends_and_one_newline_at_the_end(course: Path, judges: Callable) -> None:
    for path, content in build_course(course, judges).items():
        assert b"\r" not in content, path
        assert content.endswith(b"\n"), path
        assert not content.endswith(b"\n\n"), path


# --- the tables ---------------------------------------------------------------------------------------------


def test_the_table_of_exercises(course: Path, judges: Callable, student: NotebookNode) -> None:
    table = json.loads(build_course(course, judges)["autograder/exercises.json"])
    assert list(table) == ["start.one", "cov.stretch", "cov.why", "cov.half"]
    cells = by_grade_id(student)
    assert table["cov.half"] == {
        "notebook": FLOW,
        "points": 0.5,
        "kind": "witness",
        "names": ["half"],
        "blank": cells["cov-half-answer"].source,
    }
    both = cells["cov-stretch-answer"].source + "\n\n\n" + cells["cov-stretch-answer-2"].source
    assert table["cov.stretch"]["blank"] == both
    assert [type(node) for node in ast.parse(both).body] == [ast.FunctionDef, ast.ClassDef]
    assert table["cov.why"] == {
        "notebook": FLOW,
        "points": 3.0,
        "kind": "written",
        "names": [],
        "blank": "YOUR ANSWER HERE",
    }


def test_the_index_of_the_notebooks(course: Path, judges: Callable) -> None:
    index = build_course(course, judges)["course/README.md"].decode()
    assert "Generated from `solutions/` by `make course`" in index
    assert "](map.svg)" in index
    assert index.splitlines()[-4:] == [
        f"| [00 Start here]({START}.ipynb) | 5 | 1 | 1 |",
        f"| [02 Change of variables]({FLOW}.ipynb) | 25 | 3 | 5.5 |",
        "| 03 Layers \\| of a flow | 150 | to come |  |",
        "| **2 of 3 are ready** | 180 | 4 | 6.5 |",
    ]


# --- the map ------------------------------------------------------------------------------------------------


def test_notebooks_are_functions_of_their_sources(course: Path, judges: Callable) -> None:
    toc = read_toc(course / "solutions" / "_toc.yml")
    nb = read_source(course / "solutions" / f"{FLOW}.py", judges)
    before = deepcopy(nb)
    first, second = (release.student_notebook(nb, FLOW, toc) for _ in range(2))
    assert first == second
    assert nb == before
