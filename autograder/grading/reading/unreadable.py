"""What a file is that is no notebook: a sentence that names it, and what to hand in instead."""

from __future__ import annotations

from typing import NoReturn

from pushforward.errors import CourseError

MEND = "hand in the notebook itself, the file that ends in .ipynb."

# How files of other kinds begin.
SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"bplist00", "a web archive as Safari saves it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"Rar!", "a compressed folder (RAR)"),
    (b"7z\xbc\xaf", "a compressed folder (7z)"),
    (b"\xd0\xcf\x11\xe0", "a document of an office program"),
    (b"SQLite format 3", "a database"),
)
# What stands inside a zip that is an office document.
OFFICE = ((b"word/", "a Word document"), (b"xl/", "a spreadsheet"), (b"content.xmlmimetype", "an office document"))


class Unreadable(CourseError):
    """A file that cannot be graded: one sentence for the student, with the mend."""


def no_notebook(what: str, mend: str = MEND) -> Unreadable:
    """The refusal of a file that is something else."""
    return Unreadable(f"Your file is {what} and no notebook: {mend}")


def refuse_other_files(content: bytes) -> None:
    """Raises Unreadable for bytes that are no text at all."""
    if not content.strip(b"\0 \t\r\n\x0c\xef\xbb\xbf"):
        what = "The file that arrived is empty" if not content.strip() else "Your file holds nothing but zeros"
        raise Unreadable(f"{what}: save your notebook, look at the size of the file, and hand it in again.")
    if content.startswith(b"PK\x03\x04"):
        raise no_notebook(next((what for mark, what in OFFICE if mark in content), "a zip"))
    for signature, what in SIGNATURES:
        if content.startswith(signature):
            raise no_notebook(what)


def _is_link(text: str) -> bool:
    """An address and nothing else, bare or as Windows (.url) and macOS (.webloc) save it. text: in small letters."""
    if "<plist" in text:
        return "<key>url</key>" in text
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines[:1] == ["[internetshortcut]"]:
        lines = [line.removeprefix("url=") for line in lines if line.startswith("url=")]
    return len(lines) == 1 and lines[0].startswith(("http://", "https://")) and len(lines[0].split()) == 1


def refuse_other_text(text: str) -> NoReturn:
    """Raises Unreadable for text that is neither a notebook nor a script of cells."""
    head = text[:2000].lstrip().lower()
    if len(text) < 2000 and _is_link(head):
        raise no_notebook("only a link", "on Colab choose File → Download → Download .ipynb, and " + MEND)
    if "webmainresource" in text[:100_000].lower() or "<plist" in head:
        raise no_notebook("a web archive as Safari saves it")
    if head.startswith(("<!doctype html", "<html", "<head", "<!--")) or "<html" in head:
        raise no_notebook("a web page (HTML)")
    if head.startswith("version https://git-lfs"):
        raise no_notebook("only a pointer of Git LFS", "run `git lfs pull`, then " + MEND)
    if "\0" in text[:2000]:
        raise no_notebook("a binary file")
    if any(line.startswith(("def ", "import ", "from ", "class ")) for line in text[:50_000].splitlines()):
        raise no_notebook("a plain Python script")
    raise no_notebook("some other text")
