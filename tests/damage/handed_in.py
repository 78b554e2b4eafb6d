"""What students and platforms do to whole submissions: names, folders, zips, links, several files.

A case is a function that writes a class into an empty folder and returns what is to be graded. Its decorator says
what must be found: (student, assignment) → "" if it is graded, else a piece of the reason why not; and pieces of what
is said to the student on the way in.
"""

from __future__ import annotations

import functools
import io
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.damage.corpus import DIFFUSION, START, as_bytes, released, solved

Found = dict[tuple[str, str], str]
Writer = Callable[[Path], Path]


@dataclass(frozen=True)
class HandedIn:
    """name: of the function; what: happened; write: makes it; found, said: what is expected; lms: of some students."""

    name: str
    what: str
    write: Writer
    found: Found
    said: dict[str, str] = field(default_factory=dict)
    lms: dict[str, dict[str, str]] = field(default_factory=dict)


HANDED_IN: list[HandedIn] = []


def handed_in(what: str, found: Found, said: dict[str, str] | None = None, lms: dict | None = None) -> Callable:
    """Put a way to hand in into the corpus."""

    def register(write: Writer) -> Writer:
        HANDED_IN.append(HandedIn(write.__name__, what, write, found, said or {}, lms or {}))
        return write

    return register


@functools.cache
def work(assignment: str = START) -> bytes:
    """A solved notebook, to be handed in."""
    return as_bytes(solved(assignment))


def blank(assignment: str = START) -> bytes:
    """The notebook as it was given out."""
    return released(assignment).notebook.encode()


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: dict[str, bytes | str], *, links: tuple[str, ...] = ()) -> bytes:
    """A zip of these files; `links` are entries that claim to be symbolic links."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 31, 12, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFLNK if name in links else stat.S_IFREG) << 16
            archive.writestr(info, content)
    return out.getvalue()


def put_zip(folder: Path, files: dict[str, bytes | str], **more: tuple[str, ...]) -> Path:
    """Write them as submissions.zip."""
    return put(folder, {"submissions.zip": zipped(files, **more)}) / "submissions.zip"


# --- nbgrader's layout -----------------------------------------------------------------------------------------


@handed_in("nbgrader's layout, with a time", {("ada", START): "", ("bo", START): "", ("bo", DIFFUSION): ""})
def nbgrader_layout(folder: Path) -> Path:
    return put(folder, {
        f"ada/{START}/{START}.ipynb": work(), f"ada/{START}/timestamp.txt": b"2026-01-31 23:59:59.5 Europe/Berlin",
        f"bo/{START}/{START}.ipynb": work(), f"bo/{DIFFUSION}/{DIFFUSION}.ipynb": work(DIFFUSION),
    })  # fmt: skip


@handed_in("a course folder of nbgrader", {("ada", START): ""})
def course_folder(folder: Path) -> Path:
    return put(folder, {f"submitted/ada/{START}/{START}.ipynb": work(), f"source/{START}/{START}.ipynb": blank()})


@handed_in(
    "the notebook was renamed, and another one's name is another assignment's",
    {("ada", START): "", ("bo", START): ""},
    {"ada": "Untitled7.ipynb was taken for", "bo": f"{DIFFUSION}.ipynb was taken for"},
)
def renamed(folder: Path) -> Path:
    return put(folder, {f"ada/{START}/Untitled7.ipynb": work(), f"bo/{START}/{DIFFUSION}.ipynb": work()})


@handed_in(
    "two notebooks: the one with the right name counts",
    {("ada", START): ""},
    {"ada": f"{START}.ipynb counts, which has the right name, not {START}-Copy1.ipynb"},
)
def right_name(folder: Path) -> Path:
    return put(folder, {f"ada/{START}/{START}.ipynb": work(), f"ada/{START}/{START}-Copy1.ipynb": work()})


@handed_in(
    "the notebook is empty, and the answers are in the copy that Jupyter made",
    {("ada", START): ""},
    {"ada": f"{START}-Copy1.ipynb counts, which has most answers"},
)
def answers_in_copy(folder: Path) -> Path:
    return put(folder, {f"ada/{START}/{START}.ipynb": blank(), f"ada/{START}/{START}-Copy1.ipynb": work()})


@handed_in(
    "two copies with other names: the newest counts", {("ada", START): ""}, {"ada": "new.ipynb counts, the newest"}
)
def newest(folder: Path) -> Path:
    put(folder, {f"ada/{START}/new.ipynb": work(), f"ada/{START}/old.ipynb": work()})
    os.utime(folder / "ada" / START / "old.ipynb", (1e9, 1e9))
    return folder


@handed_in(
    "one student's folder is empty, another's has no notebook, a third's has a broken one",
    {("ada", START): "is empty", ("bo", START): "no notebook among the files", ("cy", START): "", ("di", START): ""},
)
def no_notebook(folder: Path) -> Path:
    (folder / "ada" / START).mkdir(parents=True)
    files = {f"bo/{START}/data.csv": b"1,2", f"cy/{START}/{START}.ipynb": b"{", f"di/{START}/{START}.ipynb": work()}
    return put(folder, files)


@handed_in("only a PDF of the notebook", {("ada", START): "", ("bo", START): ""})
def pdf_of_the_notebook(folder: Path) -> Path:
    return put(folder, {f"ada/{START}/{START}.pdf": b"%PDF-1.7", f"bo/{START}/{START}.ipynb": work()})


@handed_in(
    "an assignment that the course does not have, and one that is ours in a folder of another name",
    {("ada", START): "", ("ada", "ps9"): "The course has no assignment ps9", ("bo", START): ""},
    {"bo": f"The folder is called part one, but the notebook in it is {START}."},
)
def unknown_assignment(folder: Path) -> Path:
    other = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    files = {f"ada/{START}/{START}.ipynb": work(), "ada/ps9/ps9.ipynb": other, "bo/part one/x.ipynb": work()}
    return put(folder, files)


@handed_in("hidden files and folders, checkpoints and macOS's shadows", {("ada", START): ""})
def hidden(folder: Path) -> Path:
    return put(folder, {
        f"ada/{START}/{START}.ipynb": work(), f"ada/{START}/.ipynb_checkpoints/{START}-checkpoint.ipynb": blank(),
        f"ada/{START}/._{START}.ipynb": b"\0", ".git/config": b"", "__MACOSX/ada/x.ipynb": b"",
    })  # fmt: skip


# --- named by hand ---------------------------------------------------------------------------------------------


@handed_in(
    "a folder of notebooks named by student, and the teacher's lists", {("ada", START): "", ("bo", DIFFUSION): ""}
)
def named_by_student(folder: Path) -> Path:
    files = {"ada.ipynb": work(), "bo.ipynb": work(DIFFUSION), "roster.csv": b"", "README.md": b"", "notes.txt": b""}
    return put(folder, files)


@handed_in("names with the assignment in them", {("ada", START): "", ("bo b", START): "", ("cy", DIFFUSION): ""})
def named_with_assignment(folder: Path) -> Path:
    return put(folder, {
        f"{START}_ada.ipynb": work(), f"bo b - {START}.ipynb": work(), f"{DIFFUSION}/cy.ipynb": work(DIFFUSION),
    })  # fmt: skip


@handed_in("one folder per student, with tools and another notebook", {("ada", START): "", ("bo", START): ""},
           {"ada": "scratch.ipynb was left aside. None of the course's exercises"})  # fmt: skip
def folder_per_student(folder: Path) -> Path:
    scratch = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    return put(folder, {
        "ada/home/work.ipynb": work(), "ada/scratch.ipynb": scratch, "ada/tools.py": b"import os",
        "bo/x.ipynb": work(),
    })  # fmt: skip


@handed_in("files that are nothing of ours are refused one by one", {
           ("ada", START): "", ("bo", START): "is empty", ("cy", START): "a PDF and no notebook",
           ("di", START): "a plain Python script", ("ed", START): "a web page",
           ("fi", START): "None of the course's exercises"})  # fmt: skip
def unreadable_files(folder: Path) -> Path:
    other = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    return put(folder, {
        "ada.ipynb": work(), "bo.ipynb": b"", "cy.pdf": b"%PDF-1.4", "di.py": b"import os\nprint(1)\n",
        "ed.ipynb": b"<html><body>15</body></html>", "fi.ipynb": other,
    })  # fmt: skip


LONG = "Maximiliana " * 20


@handed_in("names with spaces, emoji, accents, dots, and 200 letters", {
           ("Ada Lovelace", START): "", ("🦊 Renard", START): "", ("José Ñandú", START): "", ("o.brien", START): "",
           ("con_", START): "", (LONG[:111].rstrip() + "-76bac710", START): ""},
           {"con_": "Your marks are kept under 'con_'"})  # fmt: skip
def strange_names(folder: Path) -> Path:
    names = ["Ada Lovelace", "🦊 Renard", "Jose\u0301 N\u0303andu\u0301", "o.brien", "con", LONG.strip()[:200]]
    return put(folder, {f"{name}.ipynb": work() for name in names})


@handed_in("names that differ in upper and lower case only", {("ADA", START): "", ("ada-fdee430d", START): ""})
def two_cases(folder: Path) -> Path:
    return put(folder, {f"ADA/{START}/{START}.ipynb": work(), f"ada/{START}/{START}.ipynb": work()})


@handed_in("links: to a file outside, to a folder, in a circle", {
           ("ada", START): "", ("bo", START): "is a link to another place", ("cy", START): "is a link to another place",
           ("di", START): "is a link to another place"})  # fmt: skip
def links(folder: Path) -> Path:
    secret = put(folder / "elsewhere", {"secret.ipynb": work()})
    submitted = put(folder / "class", {f"ada/{START}/{START}.ipynb": work()})
    (submitted / "bo" / START).mkdir(parents=True)
    (submitted / "bo" / START / f"{START}.ipynb").symlink_to(secret / "secret.ipynb")
    (submitted / "cy").mkdir()
    (submitted / "cy" / START).symlink_to(secret)
    (submitted / "di").symlink_to(submitted)
    return submitted


@handed_in("a pipe in the place of a notebook, which would block whoever opens it", {
           ("ada", START): "is no ordinary file", ("bo", START): ""})  # fmt: skip
def pipe(folder: Path) -> Path:
    put(folder, {f"bo/{START}/{START}.ipynb": work()})
    (folder / "ada" / START).mkdir(parents=True)
    os.mkfifo(folder / "ada" / START / f"{START}.ipynb")
    return folder


# --- what platforms export -------------------------------------------------------------------------------------


@handed_in("Moodle, in folders: two of the same name, one who typed text, several files", {
           ("Jane Doe_12", START): "", ("Jane Doe_13", START): "", ("Max Roe", START): "a web page",
           ("Zoë Poe", START): ""}, {"Zoë Poe": "You handed in several notebooks"},
           {"Zoë Poe": {"name": "Zoë Poe", "moodle_id": "15"}})  # fmt: skip
def moodle_folders(folder: Path) -> Path:
    return put_zip(folder, {
        "Jane Doe_12_assignsubmission_file/first.ipynb": work(), "Jane Doe_13_assignsubmission_file/my.ipynb": work(),
        "Max Roe_14_assignsubmission_onlinetext/onlinetext.html": b"<html>I did it</html>",
        "Zoë Poe_15_assignsubmission_file_/a.ipynb": work(), "Zoë Poe_15_assignsubmission_file_/b.ipynb": blank(),
    })  # fmt: skip


@handed_in("Moodle, without folders", {("Jane Doe", START): "", ("Max Roe", START): ""}, lms={
           "Jane Doe": {"name": "Jane Doe", "moodle_id": "12"}})  # fmt: skip
def moodle_flat(folder: Path) -> Path:
    return put(folder, {
        f"Jane Doe_12_assignsubmission_file_{START}.ipynb": work(),
        "Max Roe_9_assignsubmission_file_a_1_2.ipynb": work(),
    })  # fmt: skip


@handed_in("Canvas: in time, late, again, anonymous, as a zip, as a broken zip", {
           ("doejane", START): "", ("roemax", START): "", ("poezoe", START): "", ("anon_a1B2c", START): "",
           ("zipper", START): "", ("broken", START): "cannot be opened"},
           {"roemax": "Canvas marks this submission as late"},
           {"doejane": {"canvas_id": "1234", "canvas_file": f"doejane_1234_5678_{START}.ipynb"},
            "anon_a1B2c": {"canvas_file": f"anon_a1B2c_5681_{START}.ipynb"}})  # fmt: skip
def canvas(folder: Path) -> Path:
    return put_zip(folder, {
        f"doejane_1234_5678_{START}.ipynb": work(), f"roemax_LATE_1235_5679_{START}.ipynb": work(),
        f"poezoe_1236_5680_{START}-2.ipynb": work(), f"anon_a1B2c_5681_{START}.ipynb": work(),
        "zipper_1237_5682_homework.zip": zipped({"homework/my notebook.ipynb": work(), "homework/plot.png": b""}),
        "broken_1238_5683_homework.zip": b"PK\x03\x04 and no more",
    })  # fmt: skip


@handed_in(
    "a zip around a zip of Moodle, beside one zip of a student", {("Jane Doe", START): "", ("ada", DIFFUSION): ""}
)
def zips_in_a_folder(folder: Path) -> Path:
    export = zipped({"Jane Doe_12_assignsubmission_file_/x.ipynb": work()})
    return put(folder, {"export.zip": export, "ada.zip": zipped({"nb/x.ipynb": work(DIFFUSION)})})


@handed_in("a zip with one folder around everything", {("ada", START): "", ("bo", START): ""})
def wrapped(folder: Path) -> Path:
    shadow = {"submissions/.DS_Store": b"", "__MACOSX/submissions/._ada.ipynb": b"\0"}
    return put_zip(folder, {"submissions/ada.ipynb": work(), "submissions/bo.ipynb": work(), **shadow})


@handed_in("nbgrader's layout in a zip made on Windows", {("ada", START): "", ("bo", START): ""})
def backslashes(folder: Path) -> Path:
    files = {f"submitted\\{name}\\{START}\\{START}.ipynb": work() for name in ("ada", "bo")}
    return put_zip(folder, files)


@handed_in("paths that lead out of the zip", {
           ("ada", START): "", ("etc-evil", START): "leads out of the zip", ("C-evil", START): "leads out of the zip",
           ("var-evil", START): "leads out of the zip", ("bo", START): "leads out of the zip"})  # fmt: skip
def leading_out(folder: Path) -> Path:
    return put_zip(folder, {
        "ada.ipynb": work(), "../../etc/evil.ipynb": work(), "C:\\evil.ipynb": work(), "/var/evil.ipynb": work(),
        "bo.zip": zipped({"../ada.ipynb": work()}),
    })  # fmt: skip


@handed_in("links in a zip", {("ada", START): "", ("bo", START): "is a link to another place"})
def links_in_zip(folder: Path) -> Path:
    return put_zip(folder, {"ada.ipynb": work(), "bo.ipynb": "/etc/passwd"}, links=("bo.ipynb",))


@handed_in("zip bombs: in the export, in a student's zip, and in a zip in a zip", {
           ("ada", START): "", ("bo", START): "inflates to more than 200 times", ("cy", START): "inflates to more than",
           ("di", START): "cannot be opened"})  # fmt: skip
def bombs(folder: Path) -> Path:
    bomb = b" " * (20 << 20)
    nested = zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"d.ipynb": work()})})})})
    files = {"ada.ipynb": work(), "bo.ipynb": bomb, "cy.zip": zipped({"x.ipynb": bomb}), "di.zip": nested}
    return put_zip(folder, files)
