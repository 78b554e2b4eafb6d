"""What the builder puts around a notebook's own cells: the way to its neighbours, and how its package gets here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import nbformat
from nbformat import NotebookNode

from autograder.building.alone import INDEX
from autograder.building.source import Toc
from pushforward.contents import Entry

GITHUB = "https://github.com/"
COLAB = "https://colab.research.google.com/github/"

# Without the package a notebook stands alone in its folder. What follows says so in one sentence, before an import
# can fail in many. On Colab it fetches the package, if there is an address to fetch it from.
PACKAGE = """\
# @title The course's package: nothing happens here unless it is missing
import importlib.util
from pathlib import Path

if importlib.util.find_spec("pushforward") is None:
    beside = sorted(str(path) for path in Path().glob("pushforward*") if path.suffix in (".whl", ".zip"))
    raise SystemExit(
        f"The course's package is missing: run `%pip install {beside[-1]}` in a cell of its own, then this one again."
        if beside
        else "The course's package is missing: in a copy of the course `make wheel` builds it; "
        "put that file, or the copy as a zip named pushforward.zip, beside this notebook and run this cell again."
    )"""

FETCHED = """\
# @title The course's package: nothing happens here unless it is missing
import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("pushforward") is None:
    beside = sorted(str(path) for path in Path().glob("pushforward*") if path.suffix in (".whl", ".zip"))
    package = beside[-1] if beside else ADDRESS
    if "google.colab" in sys.modules:
        # pip upgrades only what the package finds too old, so Colab's own torch stays.
        pip = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", package], capture_output=True)
        if pip.returncode != 0:
            raise SystemExit(f"pip could not install {package}: check that it exists, then run this cell again.")
        importlib.invalidate_caches()
    else:
        raise SystemExit(
            f"The course's package is missing: run `%pip install {package}` in a cell of its own, then this one again."
        )"""


def cell_id(key: str) -> str:
    """The same id for the same key, on every machine."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def provenance(name: str) -> dict[str, str]:
    """For the notebook's metadata, where maintainers look and students do not."""
    return {"generated": f"from solutions/{name}.py by `make course`: to change the course, edit that file"}


def package_cell(toc: Toc, nbgrader: dict) -> NotebookNode:
    """The first code cell, folded away: it does nothing where the package is there."""
    source = FETCHED.replace("ADDRESS", json.dumps(f"git+{toc.repository}@{toc.tag}")) if toc.repository else PACKAGE
    metadata = {"nbgrader": nbgrader, "jupyter": {"source_hidden": True}, "cellView": "form"}
    return nbformat.v4.new_code_cell(source, id=cell_id("given-package"), metadata=metadata)


def framed(nb: NotebookNode, name: str, toc: Toc, there: Collection[str]) -> NotebookNode:
    """The notebook between links to its neighbours. there: the names of the notebooks that can be linked to."""
    entries = [entry for entry in toc.notebooks if entry.name in there or entry.name == name]
    place = next(i for i, entry in enumerate(entries) if entry.name == name)
    earlier = entries[place - 1] if place else None
    later = entries[place + 1] if place + 1 < len(entries) else None
    nb.cells.insert(0, _way("way-in", _above(earlier, later) + _badge(name, toc)))
    nb.cells.append(_way("way-on", _below(later)))
    return nb


def _way(key: str, text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id=cell_id(key))


def _above(earlier: Entry | None, later: Entry | None) -> str:
    parts = [f"[The course]({INDEX})"]
    parts += [f"before: {_link(earlier)}"] if earlier else []
    parts += [f"next: {_link(later)}"] if later else []
    return f"<small>{' · '.join(parts)}</small>"


def _below(later: Entry | None) -> str:
    on = f"Go on with **{_link(later)}**, or back to" if later else "This is the last notebook so far. Back to"
    return f"{on} [the course]({INDEX})."


def _link(entry: Entry) -> str:
    return f"[{entry.number} {entry.title}]({entry.name}.ipynb)"


def _badge(name: str, toc: Toc) -> str:
    """A way to open the notebook on Colab, which opens notebooks from one site only."""
    if not toc.repository.startswith(GITHUB):
        return ""
    image = "![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)"
    project = toc.repository.removeprefix(GITHUB)
    return f"\n\n[{image}]({COLAB}{project}/blob/{toc.tag}/course/{name}.ipynb)"
