"""What a file may be, by its name alone."""

from __future__ import annotations

from pathlib import PurePosixPath

from autograder.grading.intake.listing import NOTEBOOKS

NOTEBOOK, TEXT, DOCUMENT, OTHER = range(4)  # the best first
TEXTS = (".py", ".md", ".json", ".txt")
DOCUMENTS = (
    "", ".html", ".htm", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".rtfd", ".webarchive", ".zip", ".rar", ".7z", ".gz",
    ".tar", ".tgz", ".url", ".webloc", ".gdoc", ".png", ".jpg", ".jpeg", ".gif", ".heic",
)  # fmt: skip
READ_BY_PEOPLE = (
    ".html", ".htm", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".rtfd", ".webarchive", ".url", ".webloc", ".gdoc",
)  # fmt: skip
SCRIPTS = (".py", ".md", ".txt")


def ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def kind(name: str) -> int:
    """NOTEBOOK, TEXT, DOCUMENT or OTHER."""
    if name.lower().endswith(NOTEBOOKS):
        return NOTEBOOK
    return TEXT if ending(name) in TEXTS else DOCUMENT if ending(name) in DOCUMENTS else OTHER


def hands_in(name: str) -> bool:
    """Whether a file beside those of the students is one of them: lists and notes there are the teacher's."""
    script = name.lower().endswith((".py", ".md")) and name.lower() != "readme.md"
    return bool(name) and (kind(name) in (NOTEBOOK, DOCUMENT) or script)


def stem(name: str) -> str:
    """The name without the ending of a notebook, a text or a document; ada.b stays whole."""
    for last in (".txt", ".json"):
        name = name.removesuffix(last) if name.lower().endswith(".ipynb" + last) else name
    return PurePosixPath(name).stem if ending(name) in (*TEXTS, *DOCUMENTS[1:], ".ipynb") else name
