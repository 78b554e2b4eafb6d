"""Where students work: plain copies of the notebooks in work/, and a page that shows how far they have come.

Nothing of theirs is ever lost. The page, index.ipynb, is made anew each time.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.building.alone import INDEX, lead_to_the_start_page, with_reveals
from pushforward.errors import CourseError

if TYPE_CHECKING:
    from autograder.building.source import Lookup


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """A file or folder that cannot be used is the user's to mend, so it deserves no traceback."""
    try:
        yield
    except OSError as problem:
        raise CourseError(
            f"{problem.filename} cannot be used ({problem.strerror}): work in a folder that you may write to."
        ) from None


@_in_one_sentence()
def copy_missing(root: Path) -> list[str]:
    """Copy the notebooks that work/ lacks. Returns a line for each, and one for those that were there."""
    copies = {root / "work" / source.name: source for source in released_notebooks(root)}
    missing = [copy for copy in copies if not copy.exists()]
    for copy in missing:
        _create(copy, _own_copy(copies[copy]))
    write_index(root)
    kept = len(copies) - len(missing)
    return [f"copied {_short(copy)}" for copy in missing] + [f"left {kept} in work/ as they are"] * bool(kept)


@_in_one_sentence()
def fresh(root: Path, notebook: str) -> str:
    """Start a notebook again. Returns a sentence that says where everything is.

    The fresh copy takes the notebook's name, since that is what is opened and handed in; the old one becomes
    NAME.old.ipynb, then NAME.old-2.ipynb and so on.
    """
    source = _find(root, notebook)
    copy, content = root / "work" / source.name, _own_copy(source)
    if not copy.exists():
        _create(copy, content)
        return f"{_short(copy)} is a fresh copy."
    if copy.read_bytes() == content:
        return f"{_short(copy)} is still as fresh as it came."
    old = next(path for path in _numbered(copy, "old") if not path.exists())
    _create(old, copy.read_bytes())
    copy.write_bytes(content)
    return f"{_short(copy)} is fresh, your old copy is {_short(old)}; if it is open, close and open it again."


@_in_one_sentence()
def solved(root: Path, notebook: str, lookup: Lookup | None = None) -> str:
    """Write NAME.solved.ipynb, with model answers and rubrics, beside the student's own. Returns a sentence.

    One that is there already but differs (running it is enough) stays, and the new one gets a number.
    """
    source = _find(root, notebook)
    content = _model_answers(root, source.stem, lookup)
    for copy in _numbered(root / "work" / source.name, "solved"):
        if not copy.exists():
            _create(copy, content)
            return f"{_short(copy)} has the model answers."
        if copy.read_bytes() == content:
            return f"{_short(copy)} has the model answers already."
    raise AssertionError("numbers do not end")


def _model_answers(root: Path, name: str, lookup: Lookup | None) -> bytes:
    """The instructor's notebook as something to read and run: no marks, no markers of what is cut."""
    # Imported late: copying notebooks should not wait for jupytext and nbgrader.
    from autograder.building.frame import framed
    from autograder.building.release import instructor_notebook, notebook_text, toc_and_sources
    from autograder.building.source import BEGIN, END, judged

    toc, sources = toc_and_sources(root, lookup or judged, [name])
    nb = framed(
        instructor_notebook(sources[name], name, toc), name, toc, [path.stem for path in released_notebooks(root)]
    )
    lead_to_the_start_page(nb)
    for cell in nb.cells:
        cell.metadata.pop("nbgrader", None)
        lines = cell.source.split("\n")
        cell.source = "\n".join(line for line in lines if BEGIN not in line and END not in line)
    nb.cells[0].source = f"{SOLVED}\n\n{nb.cells[0].source}"
    return notebook_text(nb).encode()


SOLVED = "**With the model answers**, for self-study: hand in the notebook without *solved* in its name."


# --- the start page -----------------------------------------------------------------------------------------


INDEX_WORDS = """\
# The course

Everything that you have done so far, on the map. The small grey words at the top of each notebook lead back here. Run
the cell to see the latest; this page is made anew by every `make lab`, so keep no notes in it.
"""
INDEX_CODE = "from pushforward import progress\n\nprogress()"


def write_index(root: Path) -> None:
    """work/index.ipynb, with the map and the points as they are now."""
    from autograder.judging.contents import contents
    from autograder.judging.exercise import table
    from pushforward.record import recall
    from pushforward.standing import Standing, Way

    work = root / "work"
    way = Way(Standing(table(), recall(work)), *contents())
    data = {"text/plain": repr(way), "text/html": way._repr_html_()}
    shown = nbformat.v4.new_output("execute_result", data, execution_count=1)
    cells = [
        nbformat.v4.new_markdown_cell(INDEX_WORDS, id="words"),
        nbformat.v4.new_code_cell(INDEX_CODE, id="progress", execution_count=1, outputs=[shown]),
        nbformat.v4.new_markdown_cell(_list_of_notebooks(root), id="notebooks"),
    ]
    kernel = nbformat.read(released_notebooks(root)[0], as_version=4).metadata.kernelspec
    page = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}, nbformat_minor=5)
    work.mkdir(parents=True, exist_ok=True)
    (work / "index.ipynb").write_text(nbformat.writes(page) + "\n", encoding="utf-8")


def _list_of_notebooks(root: Path) -> str:
    """The table of course/README.md: minutes, exercises and points of each notebook."""
    lines = (root / "course" / INDEX).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


# --- finding and copying ------------------------------------------------------------------------------------


def released_notebooks(root: Path) -> list[Path]:
    """The notebooks in course/, in order."""
    notebooks = sorted((root / "course").glob("*.ipynb"))
    if not notebooks:
        raise CourseError(f"{root / 'course'} holds no notebooks: run `make course` first.")
    return notebooks


def _find(root: Path, notebook: str) -> Path:
    """The released notebook of that name, with or without .ipynb."""
    released = {path.stem: path for path in released_notebooks(root)}
    name = Path(notebook).name.removesuffix(".ipynb")
    if name in released:
        return released[name]
    near = [known for known in released if name and name in known] or difflib.get_close_matches(name, released)
    mend = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(released)}."
    raise CourseError(f"There is no notebook called {notebook!r}. {mend}")


def unpaired(source: Path) -> bytes:
    """The notebook without its pairing: a copy of it elsewhere has no text twin to be kept in step."""
    nb = nbformat.read(source, as_version=4)
    nb.metadata.pop("jupytext", None)
    return (nbformat.writes(nb).rstrip("\n") + "\n").encode()


def _own_copy(source: Path) -> bytes:
    """The notebook for who studies alone: links to the start page, and a way to the model answers."""
    nb = nbformat.reads(unpaired(source).decode(), as_version=4)
    lead_to_the_start_page(nb)
    with_reveals(nb)
    return (nbformat.writes(nb).rstrip("\n") + "\n").encode()


def _numbered(path: Path, word: str) -> Iterator[Path]:
    """NAME.word.ipynb, NAME.word-2.ipynb, NAME.word-3.ipynb …"""
    yield path.with_name(f"{path.stem}.{word}.ipynb")
    for number in count(2):
        yield path.with_name(f"{path.stem}.{word}-{number}.ipynb")


def _create(path: Path, content: bytes) -> None:
    """Write a new file; one that appeared meanwhile is not overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
