"""What lies in a folder or a zip of submissions: names first, contents only when they are asked for.

Nothing is unpacked to the disk, no link is followed, no path leads outside, and a file that inflates without end is
given up while it streams. A zip inside is a folder like others.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

from autograder.grading.intake.names import composed, in_zip, listed, separated, shown
from autograder.grading.reading.unreadable import Unreadable
from pushforward.errors import CourseError

MOST = 100 * 2**20  # bytes of one file
FREE = 10 * 2**20  # bytes that may come out of any zip; beyond them the ratio counts
RATIO = 200  # notebooks compress to a fifth, their outputs rarely to a fiftieth
MOST_ENTRIES = 50_000  # of the zip that is graded
MOST_ENTRIES_INSIDE = 2000  # of a zip inside it, and the sum of what they say to hold:
MOST_INSIDE = 2 * MOST
DEEPEST = 50  # folders in one another
DEPTH = 2  # a zip in a zip in the one that is graded
CHUNK = 2**18
ENTRY = b"PK\1\2"  # how each entry of a table of contents begins
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # how the names of notebooks end, also as browsers save them

Open = Callable[[], AbstractContextManager[zipfile.ZipFile]]


@dataclass(frozen=True)
class File:
    """parts: folders and name, below what is graded; read: its bytes, raises Unreadable; modified: for comparison.

    problem: a sentence if it cannot be read at all; name "" stands for a folder that is empty or closed;
    size: in bytes, as the disk or the zip says.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    modified: float = 0.0
    problem: str = ""
    size: int = 0


def files(path: Path) -> list[File]:
    """All visible files, sorted by their parts, or the one notebook. Raises CourseError if there is no such place."""
    if path.is_dir():
        found = _folder(path)
    elif path.is_file() and path.name.lower().endswith(NOTEBOOKS):
        found = [File((path.name,), partial(_read, path.resolve()), path.stat().st_mtime)]
    elif path.exists():
        found = _graded_zip(path)
    else:
        raise CourseError(f"There is no {path}: name the folder or the zip with submissions, or one notebook.")
    return sorted(found, key=lambda file: file.parts)


def _visible(parts: Iterable[str]) -> bool:
    """Neither hidden nor what macOS and Jupyter put beside the files."""
    return not any(part.startswith(".") or part == "__MACOSX" for part in parts)


def unreadable(parts: tuple[str, ...], sentence: str) -> File:
    """A file of which nothing counts, with the reason."""

    def read() -> bytes:
        raise Unreadable(sentence)

    return File(parts, read, problem=sentence)


# --- folders -----------------------------------------------------------------------------------------------------


def _folder(root: Path) -> Iterator[File]:
    """Every file below, and every folder in which there is nothing to see."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        if len(parts) > DEEPEST:
            yield _too_deep(_composed(parts))
            continue
        try:
            with os.scandir(root.joinpath(*parts)) as scan:
                there = list(scan)
        except OSError as problem:
            if not parts:
                raise CourseError(
                    f"{root} cannot be opened ({problem.strerror}): mend that, or name another."
                ) from None
            sentence = f"The folder {shown(parts[-1])} cannot be opened ({problem.strerror})."
            yield unreadable((*_composed(parts), ""), sentence)
            continue
        entries = [entry for entry in there if _visible([entry.name])]
        if parts and not entries:
            yield _nothing_in(_composed(parts), [entry.name for entry in there])
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append((*parts, entry.name))
            else:
                yield from _entry(root, (*parts, entry.name), entry)


def _composed(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(composed, parts))


def _nothing_in(parts: tuple[str, ...], hidden: list[str]) -> File:
    """A folder in which there is nothing to grade."""
    what = f"holds only hidden files ({listed([shown(name) for name in sorted(hidden)], 3)})" if hidden else "is empty"
    return unreadable((*parts, ""), f"The folder {shown(parts[-1])} {what}: hand in the notebook.")


def _too_deep(parts: tuple[str, ...]) -> File:
    return unreadable((*parts[:DEEPEST], ""), f"{shown(parts[0])} has more than {DEEPEST} folders in one another.")


def _entry(root: Path, parts: tuple[str, ...], entry: os.DirEntry) -> Iterator[File]:
    name, called = shown(entry.name), _composed(parts)
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as problem:
        yield unreadable(called, f"{name} cannot be read ({problem.strerror}).")
        return
    if stat.S_ISLNK(status.st_mode):
        yield unreadable(called, f"{name} is a link to another place: hand in the file itself.")
    elif not stat.S_ISREG(status.st_mode):
        yield unreadable(called, f"{name} is no ordinary file: hand in the notebook.")
    else:
        read = partial(_read, root.joinpath(*parts))
        yield from _with_inside(File(called, read, status.st_mtime, size=status.st_size), DEPTH)


def _read(path: Path) -> bytes:
    """The bytes of an ordinary file that is still there and still no link."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{shown(path.name)} is no ordinary file: hand in the notebook.")
            return _bounded(file, shown(path.name))
    except OSError as problem:
        raise Unreadable(f"{shown(path.name)} cannot be read ({problem.strerror}): hand it in again.") from None


def _bounded(stream: BinaryIO, name: str, packed: int | None = None) -> bytes:
    """All bytes of a stream, given up where they are too many. packed: how many they were in their zip."""
    out = io.BytesIO()
    while chunk := stream.read(CHUNK):
        out.write(chunk)
        if out.tell() > MOST:
            raise Unreadable(f"{name} is larger than {MOST >> 20} MB: clear the outputs and hand it in again.")
        if packed is not None and out.tell() > max(FREE, RATIO * packed):
            raise Unreadable(f"{name} inflates to more than {RATIO} times its size: hand in the notebook itself.")
    return out.getvalue()


# --- zips --------------------------------------------------------------------------------------------------------


def _graded_zip(path: Path) -> Iterator[File]:
    """The entries of the zip that was named; it stays open as long as somebody may read from it."""
    try:
        archive = _archive(path)
        infos = _infos(archive, MOST_ENTRIES)
    except OSError as problem:
        raise CourseError(f"{path} cannot be read ({problem.strerror}): mend that, or name another.") from None
    except Unreadable as problem:
        raise CourseError(f"{path} cannot be graded. {problem}") from None
    yield from _entries(infos, partial(nullcontext, archive), (), DEPTH)


def _archive(file: Path | BinaryIO) -> zipfile.ZipFile:
    """The zip, its table of contents read. Raises Unreadable for what is none, OSError of the disk."""
    try:
        return zipfile.ZipFile(file)
    except OSError:
        raise
    except Exception as problem:  # BadZipFile, and whatever else a table of contents can cause
        raise Unreadable(f"It is no zip, or a broken one ({type(problem).__name__}).") from None


def _infos(archive: zipfile.ZipFile, most: int) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > most:
        raise Unreadable(f"It has more than {most} entries.")
    return infos


def _entries(infos: list[zipfile.ZipInfo], opened: Open, above: tuple[str, ...], depth: int) -> Iterator[File]:
    """The files of a zip, and its folders without any. above: where it lies; depth: how many zips may still lie in
    one another."""
    paths = separated(infos)
    folders = _Folders()
    for info in infos:
        name = paths[info.filename]
        steps = [step for step in name.split("/") if step not in ("", ".")]
        if not steps or folders.saw(steps, name.endswith("/")):
            continue
        if name.startswith("/") or ".." in steps or steps[0][1:2] == ":":
            inside = "-".join(step.rstrip(":") for step in steps if step != "..")
            yield unreadable((*above, inside or "file"), f"The path {shown(name)} leads out of the zip.")
        elif len(steps) > DEEPEST:
            yield _too_deep((*above, *steps))
        elif sentence := _refusal(info, shown(steps[-1])):
            yield unreadable((*above, *steps), sentence)
        else:
            file = File((*above, *steps), partial(_inflated, opened, info), _modified(info), size=info.file_size)
            yield from _with_inside(file, depth)
    for folder, hidden in folders.without_files():
        yield _nothing_in((*above, *folder), hidden)


class _Folders:
    """The folders of a zip: which of them hold something to see."""

    def __init__(self) -> None:
        self.hidden: dict[tuple[str, ...], list[str]] = {}
        self.full: set[tuple[str, ...]] = set()

    def saw(self, steps: list[str], folder: bool) -> bool:
        """Whether an entry is no file to see; what it says of its folders is kept."""
        if ".." in steps:
            return folder
        visible = list(takewhile(lambda step: _visible([step]), steps))
        if not folder and len(visible) == len(steps):
            self.full.update(tuple(steps[:n]) for n in range(1, len(steps)))
            return False
        if visible:
            names = self.hidden.setdefault(tuple(visible), [])
            names += steps[len(visible) : len(visible) + 1]
            self.full.update(tuple(visible[:n]) for n in range(1, len(visible)))
        return True

    def without_files(self) -> list[tuple[tuple[str, ...], list[str]]]:
        """Each with the names of what is hidden in it."""
        return sorted((folder, sorted(set(names))) for folder, names in self.hidden.items() if folder not in self.full)


def _refusal(info: zipfile.ZipInfo, name: str) -> str:
    """Why an entry is not even tried."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return f"{name} is a link to another place: hand in the file itself."
    if info.flag_bits & 1:
        return f"{name} is locked with a password: hand it in without."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"{name} is compressed in an unusual way: hand in the notebook itself."
    if info.file_size > MOST:
        return f"{name} is larger than {MOST >> 20} MB: clear the outputs and hand it in again."
    if info.file_size > max(FREE, RATIO * info.compress_size):
        return f"{name} inflates to more than {RATIO} times its size: hand in the notebook itself."
    return ""


def _inflated(opened: Open, info: zipfile.ZipInfo) -> bytes:
    name = shown(in_zip(info).rpartition("/")[2])
    try:
        with opened() as archive, archive.open(info) as stream:
            return _bounded(stream, name, info.compress_size)
    except Unreadable:
        raise
    except Exception as problem:  # a wrong checksum, a wrong length, a damaged stream, a file that is gone
        raise Unreadable(f"{name} cannot be unpacked ({type(problem).__name__}): hand it in again.") from None


def _modified(info: zipfile.ZipInfo) -> float:
    """A number that grows with the time, which a zip keeps without a time zone."""
    year, month, day, hour, minute, second = info.date_time
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60.0 + second


def _with_inside(file: File, depth: int) -> Iterator[File]:
    """The file, or what is in it if it is a zip."""
    if not file.parts[-1].lower().endswith(".zip"):
        yield file
        return
    opened, name = partial(_opened, file), shown(file.parts[-1])
    try:
        if not depth:
            raise Unreadable("It lies in a zip in a zip.")
        with opened() as archive:
            infos = _infos(archive, MOST_ENTRIES_INSIDE)
        if sum(info.file_size for info in infos) > MOST_INSIDE:
            raise Unreadable(f"It says to hold more than {MOST_INSIDE >> 20} MB.")
    except Unreadable as problem:
        yield unreadable(file.parts, f"{name} cannot be opened. {problem}")
        return
    inside = list(_entries(infos, opened, file.parts, depth - 1))
    yield from inside or [unreadable(file.parts, f"There is no file to see in {name}: hand in the notebook.")]


def _opened(file: File) -> AbstractContextManager[zipfile.ZipFile]:
    return nullcontext(_kept_open(file))


@lru_cache(maxsize=DEPTH)  # who reads one of its files reads the next: to inflate it anew for each could take hours
def _kept_open(file: File) -> zipfile.ZipFile:
    content = file.read()
    if content.count(ENTRY) > MOST_ENTRIES_INSIDE * 10:  # before each is given a kilobyte; data may hold the mark, too
        raise Unreadable(f"It has more than {MOST_ENTRIES_INSIDE} entries.")
    return _archive(io.BytesIO(content))
