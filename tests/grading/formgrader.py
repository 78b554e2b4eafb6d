"""Pages as nbgrader makes them of a notebook, by its own templates and without its server."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config


def formgraded(nb: nbformat.NotebookNode, template: str, config: Config | None = None) -> str:
    """The page of a submission as nbgrader's formgrader makes it, or its feedback. config: of the course folder."""
    settings = Config(config or {})
    settings.HTMLExporter.template_name = template
    settings.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    bootstrap = Path(handlers.static_path, "node_modules", "bootstrap", "dist", "css")
    settings.HTMLExporter.extra_template_paths = [str(bootstrap)]  # as nbgrader's GenerateFeedback sets it
    resources = {"base_url": "", "assignment_id": "hw", "notebook_id": "hw", "submission_id": "1", "index": 0}
    grader = {"score": 0, "max_score": 2, "late_penalty": 0, "notebook": "hw", "student": "ada"}
    resources |= {"total": 1, "student": "ada", "last_name": "", "first_name": "", "notebook_path": "x"}
    html, _ = HTMLExporter(config=settings).from_notebook_node(nb, resources={**resources, "nbgrader": grader})
    return html
