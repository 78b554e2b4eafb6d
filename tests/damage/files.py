"""Files that were cut, saved by another program, in another encoding, or are no notebook at all."""

import base64
import gzip
import io
import json
import plistlib
import re
import zipfile

import jupytext
import nbformat
from nbconvert import PythonExporter

from tests.damage.corpus import FLOWS, Notebook, as_bytes, at, damaged, released, solved, stripped

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF"


# --- cut -------------------------------------------------------------------------------------------------------


@damaged(
    "cut off after the last answer",
    mended=("Your file is damaged or breaks off", "Missing, and put back: the given code `total()`"),
)
def cut_at_the_end(notebook: Notebook) -> bytes:
    whole = as_bytes(notebook)
    return whole[: whole.index(b"total()", whole.index(b"diffusion-which_prior"))]


@damaged(
    "cut off in the middle of the second answer",
    mended=(
        "Your file is damaged or breaks off",
        "Missing, and put back: the answer cell of diffusion.alpha_bar (as the",
    ),
    lost=(
        "diffusion.alpha_bar",
        "diffusion.catch_alpha_bar",
        "diffusion.q_sample",
        "diffusion.geometric_series",
        "diffusion.never_forgets",
        "diffusion.prior_gap",
        "diffusion.which_schedules",
        "diffusion.validate_schedule",
        "diffusion.why_training_fails",
        "diffusion.break_it",
        "diffusion.posterior_variance",
        "diffusion.posterior",
        "diffusion.predict_x0",
        "diffusion.variance_exploding",
        "diffusion.which_prior",
        "diffusion.reason_for_elbo",
        "diffusion.generate",
    ),
)
def cut_in_the_middle(notebook: Notebook) -> bytes:
    whole = as_bytes(notebook)
    return whole[: whole.index(b"def alpha_bar") + 20]


@damaged(
    "a piece in the middle of the file is gone",
    mended=(
        "Your file is damaged or breaks off",
        "Missing, and put back: the check of diffusion.step, a cell of text or pictures.",
    ),
)
def hole(notebook: Notebook) -> bytes:
    whole = as_bytes(notebook)
    begin = whole.index(b'check(\\"diffusion.step\\")')
    return whole[:begin] + whole[begin + 40 :]


@damaged("something was pasted behind the end", mended="something behind the end of the notebook")
def more_behind(notebook: Notebook) -> bytes:
    return as_bytes(notebook) + b"\n>>>>>>> theirs\n"


@damaged("cut off before the first cell is whole", refused="holds no whole cell")
def cut_at_the_start(notebook: Notebook) -> bytes:
    return as_bytes(notebook)[:40]


@damaged(
    "marks of a merge conflict in one cell",
    mended=("Your file is damaged or breaks off", "Missing, and put back: a cell of text or pictures."),
)
def merge_conflict(notebook: Notebook) -> bytes:
    whole = as_bytes(notebook)
    begin = whole.index(b'"execution_count"', whole.index(b"pictures = digits()") - 400)
    conflict = b'<<<<<<< HEAD\n"execution_count": 3,\n=======\n"execution_count": 4,\n>>>>>>> theirs\n'
    return whole[:begin] + conflict + whole[begin:]


# --- encodings -------------------------------------------------------------------------------------------------


@damaged("saved with a byte order mark", mended="UTF-8 with a byte order mark")
def byte_order_mark(notebook: Notebook) -> bytes:
    return b"\xef\xbb\xbf" + as_bytes(notebook)


@damaged("saved as UTF-16", mended="saved as UTF-16")
def utf_16(notebook: Notebook) -> bytes:
    return as_bytes(notebook).decode().encode("utf-16")


@damaged("saved as UTF-16 without a mark", mended="saved as UTF-16")
def utf_16_bare(notebook: Notebook) -> bytes:
    return as_bytes(notebook).decode().encode("utf-16-be")


@damaged("saved as UTF-32", mended="saved as UTF-32")
def utf_32(notebook: Notebook) -> bytes:
    return as_bytes(notebook).decode().encode("utf-32")


@damaged("saved as Latin-1", mended="an old encoding")
def latin_1(notebook: Notebook) -> bytes:
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "SPÄTER"})
    return json.dumps(notebook).encode().replace(rb"SP\u00c4TER", "Für später: größer, naïve, café".encode("latin-1"))


@damaged("a byte of a letter is damaged", mended="UTF-8 with damaged letters")
def one_wrong_byte(notebook: Notebook) -> bytes:
    whole = as_bytes(notebook)
    place = whole.index("…".encode())
    return whole[: place + 1] + whole[place + 2 :]


@damaged("lines end as on Windows, in the file and in the cells")
def windows_lines(notebook: Notebook) -> bytes:
    for each in notebook["cells"]:
        each["source"] = each["source"].replace("\n", "\r\n")
    return as_bytes(notebook).replace(b"\n", b"\r\n")


@damaged("tabs and line ends stand unescaped in the texts")
def unescaped(notebook: Notebook) -> bytes:
    return re.sub(rb"(?<!\\)\\n", b"\n", as_bytes(notebook))


# --- scripts ---------------------------------------------------------------------------------------------------

SCRIPT = "You handed in a Python script"


@damaged("a script of cells, as jupytext writes it", mended=SCRIPT)
def percent_script(notebook: Notebook) -> bytes:
    return jupytext.writes(nbformat.from_dict(notebook), fmt="py:percent").encode()


@damaged("a script of cells without metadata", mended=(SCRIPT, "lost from 40 cells"))
def bare_script(notebook: Notebook) -> bytes:
    return jupytext.writes(nbformat.from_dict(stripped(notebook)), fmt="py:percent").encode()


@damaged("jupytext to a script without metadata and back", mended="lost from 40 cells")
def jupytext_and_back(notebook: Notebook) -> bytes:
    script = jupytext.writes(nbformat.from_dict(stripped(notebook)), fmt="py:percent")
    return nbformat.writes(jupytext.reads(script, fmt="py:percent")).encode()


@damaged(
    "a script as Jupyter exports it",
    mended=(
        SCRIPT,
        "lost from 34 cells",
        *("had been changed",) * 2,
        "Missing, and put back: the cell for your answer to",
    ),
    lost=(
        *("diffusion.reason_for_elbo", "diffusion.which_prior"),
        *("diffusion.which_schedules", "diffusion.why_training_fails"),
    ),
)
def exported_script(notebook: Notebook) -> bytes:
    return PythonExporter().from_notebook_node(nbformat.from_dict(notebook))[0].encode()


@damaged("a Markdown file, as jupytext writes it", mended="You handed in a Markdown file")
def markdown_file(notebook: Notebook) -> bytes:
    return jupytext.writes(nbformat.from_dict(notebook), fmt="md").encode()


@damaged("a MyST file, as jupytext writes it", mended="You handed in a Markdown file")
def myst_file(notebook: Notebook) -> bytes:
    return jupytext.writes(nbformat.from_dict(notebook), fmt="md:myst").encode()


@damaged("a plain script", refused="a plain Python script and no notebook")
def plain_script(notebook: Notebook) -> bytes:
    return "\n\n".join(each["source"] for each in notebook["cells"] if each["cell_type"] == "code").encode()


# --- no notebook -----------------------------------------------------------------------------------------------


@damaged("an empty file", refused="is empty")
def empty(notebook: Notebook) -> bytes:
    return b""


@damaged("a file of spaces", refused="is empty")
def spaces(notebook: Notebook) -> bytes:
    return b" \n\n\t"


@damaged("a file of zeros, as a broken disk leaves it", refused="nothing but zeros")
def zeros(notebook: Notebook) -> bytes:
    return bytes(5000)


@damaged("the page saved as HTML, named .ipynb", refused="a web page (HTML)")
def html(notebook: Notebook) -> bytes:
    return (
        b"\n<!DOCTYPE html>\n<html><head><title>15</title></head><body>check(&quot;diffusion.step&quot;)</body></html>"
    )


@damaged("Safari's web archive", refused="a web archive")
def web_archive(notebook: Notebook) -> bytes:
    return plistlib.dumps({"WebMainResource": {"WebResourceData": as_bytes(notebook)}}, fmt=plistlib.FMT_BINARY)


@damaged("a web archive in XML", refused="a web archive")
def web_archive_xml(notebook: Notebook) -> bytes:
    return plistlib.dumps({"WebMainResource": {"WebResourceData": as_bytes(notebook)}})


@damaged("a PDF", refused="a PDF and no notebook")
def pdf(notebook: Notebook) -> bytes:
    return PDF


@damaged("a text document", refused="a text document (RTF)")
def rtf(notebook: Notebook) -> bytes:
    return rb"{\rtf1\ansi check(diffusion.step)}"


@damaged("a Word document", refused="a Word document")
def word(notebook: Notebook) -> bytes:
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})


@damaged("a zip with the notebook, named .ipynb", refused="a zip and no notebook")
def zip_as_notebook(notebook: Notebook) -> bytes:
    return _zip({"15_diffusion_forward.ipynb": as_bytes(notebook)})


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@damaged("compressed", refused="a compressed file")
def compressed(notebook: Notebook) -> bytes:
    return gzip.compress(as_bytes(notebook))


@damaged("a picture", refused="a picture")
def picture(notebook: Notebook) -> bytes:
    return base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )


@damaged("only a link to Colab", refused="only a link")
def link(notebook: Notebook) -> bytes:
    return b"[InternetShortcut]\nURL=https://colab.research.google.com/drive/1abc\n"


@damaged("a bare link", refused="only a link")
def bare_link(notebook: Notebook) -> bytes:
    return b"\n https://colab.research.google.com/drive/1abc?usp=sharing\r\n"


@damaged("a link as macOS saves it", refused="only a link")
def webloc(notebook: Notebook) -> bytes:
    inside = b"<dict><key>URL</key><string>https://colab.research.google.com/drive/1abc</string></dict>"
    return b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n' + inside + b"\n</plist>\n"


@damaged("a few words with a link in them", refused="some other text")
def words_with_a_link(notebook: Notebook) -> bytes:
    return b"I could not hand in.\nSee https://example.org/sick-note for the reason.\n"


@damaged("a plain script with a link in it", refused="a plain Python script")
def script_with_a_link(notebook: Notebook) -> bytes:
    return b"# from https://example.org\nimport torch\n"


@damaged("a pointer of Git LFS", refused="a pointer of Git LFS")
def lfs_pointer(notebook: Notebook) -> bytes:
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@damaged("JSON, but no notebook", refused="a file with data (JSON)")
def other_json(notebook: Notebook) -> bytes:
    return json.dumps({"cells": 3, "student": "ada"}).encode()


@damaged("some text", refused="some other text")
def other_text(notebook: Notebook) -> bytes:
    return b"Dear teacher, my laptop broke. Yours, Ada"


# --- another notebook ------------------------------------------------------------------------------------------


@damaged("the notebook of another assignment", refused="This is the notebook 02_change_of_variables, handed in for")
def other_assignment(notebook: Notebook) -> Notebook:
    return solved(FLOWS)


@damaged("the notebook of another assignment, without metadata", refused="This is the notebook 02_change_of_variables")
def other_assignment_stripped(notebook: Notebook) -> Notebook:
    return stripped(solved(FLOWS))


@damaged("a notebook of something else", refused="None of the exercises of 15_diffusion_forward is in your notebook")
def foreign_notebook(notebook: Notebook) -> Notebook:
    notebook["cells"] = [{"cell_type": "code", "source": "print('hello')", "metadata": {}, "outputs": []}]
    return notebook


@damaged("a notebook without cells", refused="None of the exercises")
def no_cells(notebook: Notebook) -> Notebook:
    notebook["cells"] = []
    return notebook


@damaged("nothing but the cells that all notebooks share", refused="None of the exercises")
def only_what_is_shared(notebook: Notebook) -> Notebook:
    notebook["cells"] = notebook["cells"][:2]
    return notebook


@damaged(
    "the notebook as it was given out: nothing is damaged, and nothing is solved",
    lost=tuple(slot.exercise for slot in released("15_diffusion_forward").graded),
)
def never_begun(notebook: Notebook) -> bytes:
    return released("15_diffusion_forward").notebook.encode()


@damaged(
    "half of the notebook: the file of a friend who cut the rest",
    mended="Missing, and put back: the answer cell of diffusion.never_forgets (as the blank), the check of",
    lost=(
        "diffusion.never_forgets",
        "diffusion.prior_gap",
        "diffusion.which_schedules",
        "diffusion.validate_schedule",
        "diffusion.why_training_fails",
        "diffusion.break_it",
        "diffusion.posterior_variance",
        "diffusion.posterior",
        "diffusion.predict_x0",
        "diffusion.variance_exploding",
        "diffusion.which_prior",
        "diffusion.reason_for_elbo",
        "diffusion.generate",
    ),
)
def half(notebook: Notebook) -> Notebook:
    notebook["cells"] = notebook["cells"][: at(notebook, "diffusion-geometric_series") + 1]
    return notebook
