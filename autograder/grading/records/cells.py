"""The cells of a graded notebook, as JSON: nbformat would check it once more, and any part of it may be missing."""

from __future__ import annotations

import json
from typing import Any


def cells_by_id(notebook: str) -> dict[str, dict]:
    """The cells by nbgrader's id, "" for one without. A notebook was made by students: any part may be missing."""
    found = json.loads(notebook) if notebook else {}
    cells = objects(found.get("cells")) if isinstance(found, dict) else []
    return {_grade_id(cell): cell for cell in cells}


def objects(value: Any) -> list[dict]:
    """The objects of a list; nothing of what is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """nbformat keeps text as one string or as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _grade_id(cell: dict) -> str:
    metadata = cell.get("metadata")
    grader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(grader.get("grade_id", "")) if isinstance(grader, dict) else ""
