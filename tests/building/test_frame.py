"""What stands around a notebook's own cells: links to its neighbours, a badge, and how its package gets here."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.building.release import build_course

FLOW, START = "02_change_of_variables", "00_start_here"
ADDRESS = "https://github.com/someone/pushforward"
ROOT = Path(__file__).resolve().parents[2]


def built(course: Path, judges: Callable, name: str = FLOW) -> NotebookNode:
    return nbformat.reads(build_course(course, judges)[f"course/{name}.ipynb"].decode(), as_version=4)


def at(course: Path, address: str) -> None:
    contents = course / "solutions" / "_toc.yml"
    text = contents.read_text(encoding="utf-8")
    assert ADDRESS in text
    contents.write_text(text.replace(ADDRESS, address), encoding="utf-8")


def package_cell(nb: NotebookNode) -> NotebookNode:
    (cell,) = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "given-package"]
    return cell


# --- the way ------------------------------------------------------------------------------------------------


def test_each_notebook_begins_and_ends_with_links_to_its_neighbours(course: Path, judges: Callable) -> None:
    first, last = built(course, judges, START), built(course, judges, FLOW)
    assert "next: [02 Change of variables](02_change_of_variables.ipynb)" in first.cells[0].source
    assert "before" not in first.cells[0].source
    assert "before: [00 Start here](00_start_here.ipynb)" in last.cells[0].source
    assert "next" not in last.cells[0].source
    assert first.cells[-1].source.startswith("Go on with **[02 Change of variables](02_change_of_variables.ipynb)**")
    assert last.cells[-1].source == "This is the last notebook so far. Back to [the course](README.md)."


@pytest.mark.parametrize("path", sorted((ROOT / "course").glob("*.ipynb")), ids=lambda path: path.stem)
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    nb = nbformat.read(path, as_version=4)
    links = re.findall(r"\]\(([^)]+)\)", nb.cells[0].source + nb.cells[-1].source)
    assert len(links) >= 3
    assert [link for link in links if "://" not in link and not (path.parent / link).is_file()] == []


def test_the_course_comes_first_and_what_is_for_maintainers_is_no_cell(course: Path, judges: Callable) -> None:
    nb = built(course, judges)
    assert nb.cells[1].source.startswith("# Change of variables")
    assert not any("generated" in cell.source or "make course" in cell.source for cell in nb.cells)
    assert nb.metadata.pushforward.generated.startswith(f"from solutions/{FLOW}.py by `make course`")


def test_there_is_a_badge_with_an_address_that_colab_can_open(course: Path, judges: Callable) -> None:
    assert (
        "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
        f"(https://colab.research.google.com/github/someone/pushforward/blob/v0.1.0/course/{FLOW}.ipynb)"
    ) in built(course, judges).cells[0].source


@pytest.mark.parametrize("address", ["", "https://gitlab.com/someone/pushforward"])
def test_there_is_no_badge_without_one(course: Path, judges: Callable, address: str) -> None:
    at(course, address)
    assert "colab" not in built(course, judges).cells[0].source.lower()


def test_without_an_address_nothing_speaks_of_colab(course: Path, judges: Callable) -> None:
    at(course, "")
    assert not any("colab" in cell.source.lower() for cell in built(course, judges).cells)


# --- the package --------------------------------------------------------------------------------------------


def alone(monkeypatch: pytest.MonkeyPatch, folder: Path, *beside: str, colab: bool = False) -> None:
    """As if the notebook stood in this folder, beside these files, in an environment without the package."""
    for name in beside:
        (folder / name).write_text("")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", None)
    if colab:
        monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))


def pip(monkeypatch: pytest.MonkeyPatch, returncode: int) -> list[list[str]]:
    """A pip that ends so. Returns the commands that will be run."""
    commands: list[list[str]] = []

    def run(command: list[str], **options: object) -> SimpleNamespace:
        commands.append(command)
        return SimpleNamespace(returncode=returncode)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def sentence(cell: NotebookNode) -> str:
    with pytest.raises(SystemExit) as stopped:
        exec(cell.source, {})
    said = str(stopped.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_where_the_package_is_there_nothing_happens(
    course: Path, judges: Callable, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    at(course, address)
    cell = package_cell(built(course, judges))
    monkeypatch.setattr(subprocess, "run", None)
    exec(cell.source, {})
    assert capsys.readouterr().out == ""
    assert cell.metadata.nbgrader.locked
    assert cell.metadata.jupyter.source_hidden
    assert cell.metadata.cellView == "form"


@pytest.mark.parametrize("address", ["", ADDRESS])
@pytest.mark.parametrize("file", ["pushforward-0.1.0-py3-none-any.whl", "pushforward.zip"])
def test_a_notebook_alone_says_how_to_install_what_lies_beside_it(
    course: Path, judges: Callable, address: str, file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at(course, address)
    cell = package_cell(built(course, judges))
    alone(monkeypatch, tmp_path, file, "pushforward.txt")
    assert f"`%pip install {file}`" in sentence(cell)


def test_a_notebook_alone_names_the_address(
    course: Path, judges: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cell = package_cell(built(course, judges))
    alone(monkeypatch, tmp_path)
    assert f"`%pip install git+{ADDRESS}@v0.1.0`" in sentence(cell)


def test_without_an_address_it_names_make_wheel(
    course: Path, judges: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at(course, "")
    cell = package_cell(built(course, judges))
    alone(monkeypatch, tmp_path)
    assert "`make wheel`" in sentence(cell)


def test_colab_installs_the_package_at_its_tag(
    course: Path, judges: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    cell = package_cell(built(course, judges))
    alone(monkeypatch, tmp_path, colab=True)
    commands = pip(monkeypatch, 0)
    exec(cell.source, {})
    (command,) = commands
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert command[4:] == ["--quiet", f"git+{ADDRESS}@v0.1.0"]
    assert capsys.readouterr().out == ""


def test_colab_says_when_the_package_cannot_be_installed(
    course: Path, judges: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cell = package_cell(built(course, judges))
    alone(monkeypatch, tmp_path, colab=True)
    pip(monkeypatch, 1)
    assert f"pip could not install git+{ADDRESS}@v0.1.0" in sentence(cell)
