"""The release builder: text in, text out. Everything generated comes from solutions/ through these functions.

    student_notebook      what stands in course/: blanks, locked checks, no answers
    instructor_notebook   the same cells with the answers, as stock nbgrader wants its source
    build_course          every generated file with its bytes; write_course and compare_course use them

The same sources give the same bytes on each machine: jupytext's random cell ids are replaced, its version is
filtered out, and nothing depends on the time, the locale or the order of a dict.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from autograder.building.alone import with_reveals
from autograder.building.coverage import coverage, finished, in_a_cell, still_planned
from autograder.building.effort import tell_times, timed
from autograder.building.frame import cell_id, framed, package_cell, provenance
from autograder.building.source import Lookup, Tag, Toc, blank, judged, read_sources, read_toc, tag_of
from pushforward.contents import Entry
from pushforward.errors import CourseError
from pushforward.figures.course_map import course_map

# What `nbgrader generate_assignment` does, less what needs a database (SaveCells) or finds nothing to do here
# (headers and footers, tests made from templates). Hidden tests are cut between the two rounds of checksums.
STEPS = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PAIRED = {
    "formats": "ipynb,py:percent",
    # Whoever saves a paired notebook with another jupytext should not change the file by it.
    "notebook_metadata_filter": "pushforward,-jupytext.text_representation.jupytext_version",
}
MEND = "run `make course`"
CONFIG = "nbgrader_config.py"


# --- one notebook -------------------------------------------------------------------------------------------


def student_notebook(nb: NotebookNode, name: str, toc: Toc) -> NotebookNode:
    """The release of a source: what nbgrader's own preprocessors leave of the instructor's notebook."""
    release = instructor_notebook(nb, name, toc)
    for step in STEPS:
        release, _ = step().preprocess(release, {})
    return release


def instructor_notebook(nb: NotebookNode, name: str, toc: Toc) -> NotebookNode:
    """The notebook with its answers: tags expanded to nbgrader's metadata, before the first code the package's cell.

    Prose stays out of nbgrader: a locked cell enters the gradebook, so that mending a typo would change an
    assignment that has submissions, and students may write notes into the text.
    """
    cells = [_expanded(cell, key, tag_of(cell)) for key, cell in _named(deepcopy(nb.cells))]
    first = next((i for i, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    cells.insert(first, package_cell(toc, _nbgrader("given-package", "given")))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, "pushforward": provenance(name)}
    return nbformat.v4.new_notebook(cells=cells, metadata=deepcopy(metadata), nbformat_minor=5)


def _expanded(cell: NotebookNode, key: str, tag: Tag) -> NotebookNode:
    """The cell under its stable id; of the course's tags only `demo` stays, for those who grade."""
    cell["id"] = cell_id(key)
    cell.metadata.pop("lines_to_next_cell", None)  # what jupytext remembers of the text's blank lines
    if tag.kind and tag.kind != "demo":
        del cell.metadata["tags"]
        cell.metadata["nbgrader"] = _nbgrader(key, tag.kind, tag.points)
    return cell


def _nbgrader(grade_id: str, kind: str, points: float = 0.0) -> dict[str, Any]:
    """nbgrader's metadata (schema 3): a check is graded, a blank is a solution, a written answer is both."""
    graded = {"points": points} if kind in ("check", "written") else {}
    return {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": kind in ("check", "written"),
        "solution": kind in ("solve", "written"),
        "locked": kind in ("check", "given"),
        "task": False,
        **graded,
    }


def _named(cells: list[NotebookNode]) -> Iterator[tuple[str, NotebookNode]]:
    """Each cell with a name that only its neighbourhood decides.

    Cells of an exercise are named by it; others by kind, nearest heading and place below it, so that a new
    cell renames at most its later neighbours under the same heading.
    """
    heading, seen = "start", Counter()
    for cell in cells:
        for title in _headings(cell):
            heading = _numbered(title, "#", seen)
        tag = tag_of(cell)
        if tag.exercise:
            yield _numbered(tag.grade_id + ("-answer" if tag.kind == "solve" else ""), "", seen), cell
        else:
            stem = f"{tag.kind or 'prose'}-{heading}"
            seen[stem] += 1
            yield f"{stem}-{seen[stem]}", cell


def _numbered(stem: str, space: str, seen: Counter) -> str:
    """The stem itself the first time, then stem-2, stem-3 …"""
    seen[space + stem] += 1
    return stem if seen[space + stem] == 1 else f"{stem}-{seen[space + stem]}"


def _headings(cell: NotebookNode) -> Iterator[str]:
    """The headings of a markdown cell, in letters that nbgrader allows in an id."""
    tokens = MarkdownIt().parse(cell.source) if cell.cell_type == "markdown" else []
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            plain = unicodedata.normalize("NFKD", content.content).encode("ascii", "ignore").decode().lower()
            yield re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-") or "part"


# --- the generated files ------------------------------------------------------------------------------------


def build_course(root: Path, lookup: Lookup = judged) -> dict[str, bytes]:
    """Every generated file of the course: its path below `root` and its bytes. Writes nothing."""
    toc, sources = toc_and_sources(root, lookup)
    table = _exercises(sources, lookup)
    done = finished(toc, table)
    texts = {
        "docs/coverage.md": coverage(toc, table),
        "autograder/exercises.json": _json(table),
        "autograder/notebooks.json": _json([_entry(entry, entry.name in done) for entry in toc.notebooks]),
        "course/README.md": _index(toc, table, done),
        "course/map.svg": course_map(toc.notebooks, done),
    }
    for name, source in sources.items():
        release = framed(student_notebook(source, name, toc), name, toc, sources)
        release.metadata["jupytext"] = dict(PAIRED)
        texts[f"course/{name}.ipynb"] = notebook_text(release)
        texts[f"course/{name}.py"] = jupytext.writes(release, fmt="py:percent")
    return {path: texts[path].encode() for path in sorted(texts)}


def write_course(root: Path, lookup: Lookup = judged) -> list[str]:
    """Write what has changed, remove what nothing generates. Returns a line for each file touched."""
    built = build_course(root, lookup)
    done = [f"wrote {path}" for path in built if _write(root / path, built[path])]
    for path in _orphans(root, built):
        (root / path).unlink()
        done.append(f"removed {path}")
    return done


def compare_course(root: Path, lookup: Lookup = judged) -> list[str]:
    """What `make course` would change, a sentence each, with that command; empty if the course is in sync."""
    built = build_course(root, lookup)
    differences = []
    for path, content in built.items():
        if not (root / path).is_file():
            differences.append(f"{path} is missing: {MEND}")
        elif (root / path).read_bytes() != content:
            differences.append(f"{path} differs from what its source gives: {MEND}")
    return differences + [f"{path} is generated by nothing: {MEND}" for path in _orphans(root, built)]


def instructor_sources(
    root: Path, outdir: Path, lookup: Lookup = judged, names: Collection[str] | None = None, reveal: bool = False
) -> list[str]:
    """Write outdir/source/NAME/NAME.ipynb and a configuration, for stock nbgrader. Returns a line a file.

    names: of the notebooks to write (default: all); reveal: with a cell below each written answer that opens the model
    answer, for a class that has the sources too. Never a text source: nbgrader would copy it, answers and all, into
    the release. Refuses to replace a notebook that differs, since an instructor may have added hidden tests to it.
    """
    toc, sources = toc_and_sources(root, lookup, names)
    notebooks = {name: instructor_notebook(nb, name, toc) for name, nb in sources.items()}
    files = {
        outdir / "source" / name / f"{name}.ipynb": notebook_text(with_reveals(nb) if reveal else nb).encode()
        for name, nb in notebooks.items()
    }
    for path, content in files.items():
        if path.exists() and path.read_bytes() != content:
            raise CourseError(f"{path} differs from what would be written: move it away, or choose an empty folder.")
    if not (outdir / CONFIG).exists():
        files[outdir / CONFIG] = Path(__file__).with_name(CONFIG).read_bytes()
    return [f"wrote {path}" for path, content in files.items() if _write(path, content)]


def toc_and_sources(
    root: Path, lookup: Lookup, names: Collection[str] | None = None
) -> tuple[Toc, dict[str, NotebookNode]]:
    """The table of contents and the sources that are there, or those of these names, in its order, with their times."""
    folder = root / "solutions"
    toc = read_toc(folder / "_toc.yml")
    ready = [entry.name for entry in toc.notebooks if (folder / f"{entry.name}.py").exists()]
    sources = read_sources(folder, [name for name in ready if names is None or name in names], lookup)
    toc = timed(toc, sources)
    tell_times(toc, sources)
    return toc, sources


def notebook_text(nb: NotebookNode) -> str:
    """A notebook as JSON, keys sorted, ending in a newline."""
    nbformat.validate(nb)
    return nbformat.writes(nb).rstrip("\n") + "\n"


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, content: bytes) -> bool:
    """Write a file unless it holds these bytes already. Returns whether it was written."""
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as problem:
        raise CourseError(
            f"{path} cannot be written: {problem.strerror}. Choose a folder that you may write to."
        ) from None
    return True


def _orphans(root: Path, built: dict[str, bytes]) -> list[str]:
    """Files in course/ that nothing generates; hidden ones are the business of whoever's tool made them."""
    files = (path.relative_to(root) for path in (root / "course").rglob("*") if path.is_file())
    visible = [path.as_posix() for path in files if not any(part.startswith(".") for part in path.parts)]
    return sorted(set(visible) - set(built))


# --- the tables ---------------------------------------------------------------------------------------------


def _exercises(sources: dict[str, NotebookNode], lookup: Lookup) -> dict[str, dict[str, Any]]:
    """Exercise → notebook, points, kind, names and blank, in the order of the course."""
    table = {}
    for name, source in sources.items():
        blanks = defaultdict(list)
        for cell in source.cells:
            tag = tag_of(cell)
            if tag.kind in ("solve", "written"):
                blanks[tag.exercise].append(blank(cell))
            if tag.kind in ("check", "written"):
                judge = lookup(tag.exercise)  # nobody judges a written one
                table[tag.exercise] = {
                    "notebook": name,
                    "points": tag.points,
                    "kind": judge.kind if judge else "written",
                    "names": list(judge.names) if judge else [],
                    "blank": "\n\n\n".join(blanks[tag.exercise]),
                }
    return table


def _entry(entry: Entry, ready: bool) -> dict[str, Any]:
    return {"name": entry.name, "title": entry.title, "minutes": entry.minutes, "part": entry.part, "ready": ready}


def _index(toc: Toc, table: dict[str, dict[str, Any]], done: set[str]) -> str:
    """course/README.md: what there is to work through. done: the notebooks that are complete."""
    points = defaultdict(list)
    for exercise in table.values():
        points[exercise["notebook"]].append(exercise["points"])
    lines = [
        "# The notebooks",
        "",
        "<small>Generated from `solutions/` by `make course`: to change this folder, edit there.</small>",
        "",
        "![Map: noise on the left is pushed through the notebooks to data on the right](map.svg)",
        "",
        "| notebook | minutes | exercises | points |",
        "|---|--:|--:|--:|",
    ]
    for entry in toc.notebooks:
        title = f"{entry.number} {in_a_cell(entry.title)}"
        if entry.name in points:
            title, counts = f"[{title}]({entry.name}.ipynb)", _counts(points[entry.name])
            missing = len(still_planned(entry, table))
            counts = counts.replace(" |", f", {missing} to come |") if missing else counts
        else:
            counts = "to come | "
        lines.append(f"| {title} | {entry.minutes} | {counts} |")
    minutes = sum(entry.minutes for entry in toc.notebooks)
    total = _counts([row["points"] for row in table.values()])
    lines.append(f"| **{len(done)} of {len(toc.notebooks)} are ready** | {minutes} | {total} |")
    return "\n".join(lines) + "\n"


def _counts(points: list[float]) -> str:
    return f"{len(points)} | {sum(points):g}"
