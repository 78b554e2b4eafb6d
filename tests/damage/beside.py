"""What lies beside the notebook, and what files are called: nothing is dropped without a word."""

import io
import warnings
import zipfile
from pathlib import Path

from tests.damage.corpus import START, answers
from tests.damage.handed_in import blank, handed_in, put, put_zip, work, zipped

ADA = f"ada/{START}"


def script() -> bytes:
    """The answers as jupytext writes them."""
    return "\n\n".join(f"# %%\n{answer}" for answer in answers(START).values()).encode()


@handed_in("helpers and data go along, a document and a time do not", {("ada", START): ""},
           {"ada": "Beside the notebook when it ran: data/x.csv, helper.py and plot.png."},
           beside={"ada": ["data/x.csv", "helper.py", "plot.png"]})  # fmt: skip
def companions(folder: Path) -> Path:
    return put(folder, {
        f"{ADA}/{START}.ipynb": work(), f"{ADA}/helper.py": b"n = 1", f"{ADA}/data/x.csv": b"1", f"{ADA}/plot.png": b"",
        f"{ADA}/report.pdf": b"%PDF", f"{ADA}/timestamp.txt": b"2026-01-31 12:00:00 UTC", f"{ADA}/torch.py": b"",
        f"{ADA}/json/__init__.py": b"", "ada/notes.txt": b"elsewhere",
    })  # fmt: skip


@handed_in("a document beside the notebook is named", {("ada", START): "", ("bo", START): ""}, {
           "ada": "left out when it ran: report.pdf. It is a document", "bo": "torch.py. Its name would hide a module"},
           beside={"ada": [], "bo": []})  # fmt: skip
def documents(folder: Path) -> Path:
    return put(folder, {
        f"{ADA}/{START}.ipynb": work(), f"{ADA}/report.pdf": b"%PDF",
        f"bo/{START}/{START}.ipynb": work(), f"bo/{START}/torch.py": b"",
    })  # fmt: skip


@handed_in("too many files, and too large ones", {("ada", START): "", ("bo", START): ""}, {
           "ada": "f20.csv and f21.csv. No more than 20 files", "bo": "large.csv. No more than 10 MB"},
           beside={"bo": ["small.csv"]})  # fmt: skip
def too_many(folder: Path) -> Path:
    put(folder, {f"{ADA}/f{n:02}.csv": b"1" for n in range(22)})
    return put(folder, {
        f"{ADA}/{START}.ipynb": work(), f"bo/{START}/{START}.ipynb": work(),
        f"bo/{START}/large.csv": b"1" * (11 << 20), f"bo/{START}/small.csv": b"1",
    })  # fmt: skip


@handed_in("a link and a broken zip beside the notebook", {("ada", START): ""},
           {"ada": "data.zip cannot be opened."}, beside={"ada": []})  # fmt: skip
def broken_beside(folder: Path) -> Path:
    put(folder, {f"{ADA}/{START}.ipynb": work(), f"{ADA}/data.zip": b"PK\x03\x04", "secret": b"x"})
    (folder / "ada" / START / "data.csv").symlink_to(folder / "secret")
    (folder / "secret").rename(folder / "secret.csv")
    return folder


@handed_in("the answers are in a script beside the blank notebook", {("ada", START): ""},
           {"ada": f"{START}.py counts, which has most answers, not {START}.ipynb"})  # fmt: skip
def script_beside_blank(folder: Path) -> Path:
    return put(folder, {f"{ADA}/{START}.ipynb": blank(), f"{ADA}/{START}.py": script()})


@handed_in("answers in both: the notebook counts", {("ada", START): ""},
           {"ada": f"Answers stand in {START}.py, too: the notebook counts."},
           beside={"ada": [f"{START}.py"]})  # fmt: skip
def script_beside_answers(folder: Path) -> Path:
    return put(folder, {f"{ADA}/{START}.ipynb": work(), f"{ADA}/{START}.py": script()})


@handed_in("two files of one name", {("ada", START): ""},
           {"ada": f"{START}/b/x.ipynb counts, which has most answers, not {START}/a/x.ipynb"})  # fmt: skip
def of_one_name(folder: Path) -> Path:
    return put(folder, {f"{ADA}/a/x.ipynb": blank(), f"{ADA}/b/x.ipynb": work()})


@handed_in("two entries of one name in a zip", {("ada", START): ""},
           {"ada": "x.ipynb (2 of 2) counts, which has most answers, not x.ipynb (1 of 2)"})  # fmt: skip
def twice_in_a_zip(folder: Path) -> Path:
    with warnings.catch_warnings(action="ignore"):  # zipfile tells whoever writes a name twice
        return put(folder, {"ada.zip": _zip([("x.ipynb", blank()), ("x.ipynb", work())])})


@handed_in("a broken file beside a good one", {("ada", START): ""}, {"ada": "a.ipynb counts, the one that can be read"})
def one_can_be_read(folder: Path) -> Path:
    put(folder, {f"{ADA}/a.ipynb": work()})
    (folder / "ada" / START / "b.ipynb").symlink_to(folder / "nowhere")
    return folder


@handed_in("none of two can be read", {("ada", START): "a.ipynb is a link", ("bo", START): ""},
           {"ada": "b.ipynb cannot be graded either. b.ipynb is a link"})  # fmt: skip
def none_can_be_read(folder: Path) -> Path:
    put(folder, {f"bo/{START}/{START}.ipynb": work()})
    (folder / "ada" / START).mkdir(parents=True)
    for name in ("a", "b"):
        (folder / "ada" / START / f"{name}.ipynb").symlink_to(folder / "nowhere")
    return folder


@handed_in("only other files, all of which are named", {("ada", START): "no notebook among", ("bo", START): ""},
           {"ada": f"Handed in as well, and not looked at: {START}/b.xyz."})  # fmt: skip
def only_others(folder: Path) -> Path:
    return put(folder, {f"{ADA}/a.csv": b"", f"{ADA}/b.xyz": b"", f"bo/{START}/{START}.ipynb": work()})


@handed_in("data under the student's name beside a notebook of that name, and the teacher's list", {
           ("ada", START): "", ("bo", START): ""}, beside={"ada": ["ada.csv"], "bo": []})  # fmt: skip
def data_by_name(folder: Path) -> Path:
    return put(folder, {"ada.ipynb": work(), "ada.csv": b"1", "bo.ipynb": work(), "roster.csv": b"ada,bo"})


@handed_in("a photograph in a student's place", {("ada", START): "a picture", ("bo", START): ""})
def photograph(folder: Path) -> Path:
    return put(folder, {"ada.png": b"\x89PNG", "bo.ipynb": work()})


# --- what they are called ----------------------------------------------------------------------------------------


def _zip(entries: list[tuple[str, bytes]], system: int = 3, flag: int = 0) -> bytes:
    """A zip with entries in this order, and names in UTF-8 even without its flag, as macOS writes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = _Raw(name, (2026, 1, 31, 12, 0, 0))
            info.create_system, info.compress_type, info.flag = system, zipfile.ZIP_DEFLATED, flag
            archive.writestr(info, content)
    return out.getvalue()


class _Raw(zipfile.ZipInfo):
    """An entry whose name is written in UTF-8, whatever its flag says."""

    flag = 0

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(), self.flag_bits | self.flag


@handed_in("accents as macOS writes them, in a zip that does not say so", {
           ("José Ñandú", START): "", ("Jürgen", START): ""})  # fmt: skip
def accents_of_macos(folder: Path) -> Path:
    names = ("Jose\u0301 N\u0303andu\u0301.ipynb", "Ju\u0308rgen.ipynb")
    return put(folder, {"x.zip": _zip([(name, work()) for name in names])}) / "x.zip"


@handed_in("the same accents in a folder, and in the name of a file", {("José", START): ""},
           {"José": "Aufgabe für José.ipynb was taken for"})  # fmt: skip
def accents_in_a_folder(folder: Path) -> Path:
    return put(folder, {f"Jose\u0301/{START}/Aufgabe fu\u0308r Jose\u0301.ipynb": work()})


@handed_in("one person in two ways of writing accents", {("José", START): ""}, {"José": "a.ipynb counts"})
def accents_in_two_ways(folder: Path) -> Path:
    return put(folder, {f"Jose\u0301/{START}/b.ipynb": blank(), f"Jos\u00e9/{START}/a.ipynb": work()})


@handed_in("a backslash in a name", {("ada", START): ""}, {"ada": "up\\down.ipynb was taken for"})
def backslash(folder: Path) -> Path:
    return put(folder, {f"{ADA}/up\\down.ipynb": work()})


@handed_in("a backslash in a name in a zip from Unix", {("ada", START): "", ("bo_b", START): ""}, {
           "ada": "up\\down.ipynb was taken for", "bo_b": "the name 'bo\\\\b' cannot name a folder"})  # fmt: skip
def backslash_in_a_zip(folder: Path) -> Path:
    return put_zip(folder, {f"{ADA}/up\\down.ipynb": work(), f"bo\\b/{START}/{START}.ipynb": work()})


@handed_in("backslashes between folders in a zip from Windows, beside slashes", {("ada", START): "", ("bo", START): ""})
def backslashes_and_slashes(folder: Path) -> Path:
    names = (f"ada\\{START}\\{START}.ipynb", f"bo/{START}/{START}.ipynb")
    return put(folder, {"x.zip": _zip([(name, work()) for name in names], system=0)}) / "x.zip"


@handed_in("folders with nothing in them but hidden files", {
           ("ada", START): "holds only hidden files (.DS_Store and .ipynb_checkpoints)", ("bo", START): "is empty",
           ("cy", START): ""})  # fmt: skip
def hidden_files(folder: Path) -> Path:
    (folder / "bo" / START).mkdir(parents=True)
    return put(folder, {
        f"{ADA}/.DS_Store": b"", f"{ADA}/.ipynb_checkpoints/x.ipynb": work(), f"cy/{START}/{START}.ipynb": work(),
    })  # fmt: skip


@handed_in("the same in a zip, and zips with nothing in them", {
           ("ada", START): "holds only hidden files (.ipynb_checkpoints)", ("bo", START): "is empty",
           ("cy", START): "", ("di", START): "There is no file to see in di.zip"})  # fmt: skip
def hidden_files_in_a_zip(folder: Path) -> Path:
    return put_zip(folder, {
        f"{ADA}/.ipynb_checkpoints/x.ipynb": work(), f"bo/{START}/": b"", f"cy/{START}/": b"",
        f"cy/{START}/{START}.ipynb": work(), "di.zip": zipped({}),
    })  # fmt: skip
