"""From the bytes of a file to the cells of a notebook: whatever the bytes are, either cells or Unreadable.

It runs in a process of its own, autograder.grading.reading.reader, since some bytes take for ever. Outputs,
counters and the state of widgets are left behind: they are the student's own, and no mark comes from them. Pictures in
cells of text stay, see autograder.grading.reading.pictures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from autograder.grading.reading.decode import clean, decoded
from autograder.grading.reading.handed import Cell, Handed
from autograder.grading.reading.pictures import Album
from autograder.grading.reading.unreadable import Unreadable, no_notebook, refuse_other_files, refuse_other_text

MOST_CELLS = 5000
MOST_TEXT = 16_000_000  # characters of all cells: some editors write pictures into the text
MOST_NAME = 200  # of what identifies a cell or a kernel
MOST_SCRIPT = 400_000  # characters of a script of cells; the longest of the course has 70,000
MOST_MARKS = 1000  # lines that begin or end a cell there: jupytext's time grows with their square
MOST_RESTARTS = 20  # damaged cells after which the search for further ones ends

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CELLS = re.compile(r'"cells"\s*:\s*\[')
_CELL = re.compile(r'\{\s*"(?:cell_type|attachments|execution_count|id|metadata)"\s*:')
_PERCENT = re.compile(r"^# %%", re.MULTILINE)
_EXPORTED = re.compile(r"^# In\[[ \d*]*\]:?[ \t]*$", re.MULTILINE)  # how nbconvert marks the cells of a script
_MARK = re.compile(r"^(?:# %%|```)", re.MULTILINE)
_FENCED = re.compile(r"^```\s*(?:python|\{code-cell\})", re.MULTILINE)


def parsed(content: bytes) -> Handed:
    """The cells of a notebook or of a script of cells. Raises Unreadable if there are none, or MemoryError."""
    refuse_other_files(content)
    text, encoding = decoded(content)
    said = [f"Your file was saved as {encoding}; it was read all the same."] if encoding else []
    try:
        data, more = _loaded(text.lstrip("\ufeff \t\r\n\x0c\0"))
    except RecursionError:
        raise no_notebook("JSON that is nested too deeply") from None
    cells = tuple(_cells(data, said))
    if sum(len(cell.source) for cell in cells) > MOST_TEXT:
        raise Unreadable(
            f"Your notebook's cells hold more than {MOST_TEXT // 1_000_000} million characters: keep data and pictures "
            "in files of their own, and hand it in again."
        )
    return Handed(cells, _kernel(data), (*said, *more))


# --- text to JSON ------------------------------------------------------------------------------------------------


def _loaded(text: str) -> tuple[Any, list[str]]:
    """The notebook as JSON of some version, and what had to be done to get it."""
    if not text.startswith(("{", "[")):
        return _script(text)
    try:
        return _json(text), []
    except ValueError:
        return _salvaged(text) if text.startswith("{") else _script(text)


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a whole number with more digits than Python reads
        return json.loads(text, strict=False, parse_int=float)


def _salvaged(text: str) -> tuple[dict, list[str]]:
    """The notebook before what follows it, or whatever whole cells a damaged one has."""
    decoder = json.JSONDecoder(strict=False, parse_int=float)
    try:
        data, _ = decoder.raw_decode(text)
        if isinstance(data, dict) and "cells" in data:
            return data, ["Your file had something behind the end of the notebook, which was left out."]
    except ValueError:
        pass
    begin = _CELLS.search(text)
    cells = list(_whole_cells(text, begin.end(), decoder)) if begin else []
    if not cells:
        raise Unreadable(
            "Your file is damaged and holds no whole cell: download the notebook again, open it once, and hand it in."
        )
    sentence = (
        f"Your file is damaged or breaks off: {_number(cells)} could be read whole and count. "
        "If some of your work is missing here, hand the notebook in again."
    )
    return {"cells": cells}, [sentence]


def _whole_cells(text: str, at: int, decoder: json.JSONDecoder) -> Iterator[Any]:
    """The cells that can be read from `at` on. Behind a damaged one the search goes on at the next that begins."""
    restarts = 0
    while found := _CELL.search(text, at):
        try:
            cell, at = decoder.raw_decode(text, found.start())
            if "cell_type" in cell:  # else it is a piece of one
                yield cell
        except ValueError:
            at = found.end()
            restarts += 1
            if restarts > MOST_RESTARTS:
                return
        if text[at : at + 200].lstrip().startswith("]"):
            return


def _number(cells: list) -> str:
    return "one cell" if len(cells) == 1 else f"{len(cells)} cells"


# --- scripts -----------------------------------------------------------------------------------------------------


def _script(text: str) -> tuple[dict, list[str]]:
    """A notebook saved as text, read with jupytext. Raises Unreadable for any other text."""
    text = clean(text)
    exported = _EXPORTED.search(text)
    if exported:
        text = _EXPORTED.sub("# %%", text)
    if _PERCENT.search(text):
        what, form = "a Python script", "py:percent"
    elif _FENCED.search(text) and "<html" not in text[:2000].lower():
        what, form = "a Markdown file", "md:myst" if "{code-cell}" in text else "md"
    else:
        refuse_other_text(text)
    sentence = f"You handed in {what}; it was read as a notebook. Next time hand in the .ipynb file."
    return _by_jupytext(text, form), [sentence]


def _by_jupytext(text: str, form: str) -> dict:
    import jupytext  # late: hardly any submission needs it

    if len(text) > MOST_SCRIPT or len(_MARK.findall(text)) > MOST_MARKS:
        raise no_notebook("a text with far more or larger cells than the assignment")
    try:
        return jupytext.reads(text, fmt=form)
    except MemoryError:
        raise
    except Exception as problem:  # of its own, of YAML, of anything that a header can hold
        raise Unreadable(
            f"Your script cannot be read as a notebook ({type(problem).__name__}): hand in the .ipynb file."
        ) from None


# --- JSON to cells -----------------------------------------------------------------------------------------------


def _cells(data: Any, said: list[str]) -> Iterator[Cell]:
    """Every cell that is one; what had to be left out is added to `said`."""
    data = _current(data, said)
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise no_notebook("a file with data (JSON)")
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"Your notebook has more than {MOST_CELLS} cells: leave out what is not yours, and try again.")
    odd = sum(not isinstance(cell, dict) for cell in cells)
    if odd:
        said.append(f"{odd} of the notebook's cells had no content that can be read and were left out.")
    album = Album()
    yield from (_cell(cell, album) for cell in cells if isinstance(cell, dict))
    said.extend(album.said())


def _current(data: Any, said: list[str]) -> Any:
    """A notebook of the formats 2 and 3 in today's form."""
    if not isinstance(data, dict) or "cells" in data or "worksheets" not in data:
        return data
    import nbformat

    try:
        old = nbformat.from_dict({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, **data})
        new = nbformat.convert(old, 4)
    except MemoryError:
        raise
    except Exception as problem:  # wrong types anywhere
        raise Unreadable(
            f"Your notebook is in an old format and damaged ({type(problem).__name__}): open it in JupyterLab, "
            "save it, and hand it in again."
        ) from None
    said.append("Your notebook was in an old format and was converted.")
    return new


def _cell(cell: dict, album: Album) -> Cell:
    metadata = _dict(cell.get("metadata"))
    grade_id = _dict(metadata.get("nbgrader")).get("grade_id")
    kind, source, pictures = _kind(cell), clean(_source(cell.get("source", cell.get("input")))), {}
    if kind == "markdown":
        source, pictures = album.of(cell, source)
    return Cell(
        kind,
        source,
        _id(cell.get("id")) or _id(metadata.get("id")),  # Colab keeps it in the metadata
        clean(grade_id[:MOST_NAME]) if isinstance(grade_id, str) else "",
        pictures,
    )


def _kind(cell: dict) -> str:
    kind = cell.get("cell_type")
    if kind in ("code", "markdown", "raw") if isinstance(kind, str) else False:
        return kind
    return "code" if "outputs" in cell or "execution_count" in cell else "markdown"


def _source(source: Any) -> str:
    """The text, which may come as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _id(id: Any) -> str:
    return id if isinstance(id, str) and _ID.fullmatch(id) else ""


def _kernel(data: Any) -> str:
    spec = _dict(_dict(_dict(data).get("metadata")).get("kernelspec"))
    return clean(spec["name"][:MOST_NAME]) if isinstance(spec.get("name"), str) else ""


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}
