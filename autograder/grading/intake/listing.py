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
from pathlib import Path
from typing import BinaryIO

from autograder.grading.reading.unreadable import Unreadable
from pushforward.errors import CourseError

MOST = 100 * 2**20  # bytes of one file
FREE = 10 * 2**20  # bytes that may come out of any zip; beyond them the ratio counts
RATIO = 200  # notebooks compress to a fifth, their outputs rarely to a fiftieth
MOST_ENTRIES = 50_000  # of the zip that is graded
MOST_ENTRIES_INSIDE = 2000  # of a zip inside it, and the sum of what they say to hold:
MOST_INSIDE = 2 * MOST
DEPTH = 2  # a zip in a zip in the one that is graded
CHUNK = 2**18
ENTRY = b"PK\1\2"  # how each entry of a table of contents begins
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # how the names of notebooks end, also as browsers save them

Open = Callable[[], AbstractContextManager[zipfile.ZipFile]]


@dataclass(frozen=True)
class File:
    """parts: folders and name, below what is graded; read: its bytes, raises Unreadable; modified: for comparison.

    problem: a sentence if it cannot be read at all; name "" stands for a folder that is empty or closed.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    modified: float = 0.0
    problem: str = ""


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


def _unreadable(parts: tuple[str, ...], sentence: str) -> File:
    def read() -> bytes:
        raise Unreadable(sentence)

    return File(parts, read, problem=sentence)


# --- folders -----------------------------------------------------------------------------------------------------


def _folder(root: Path) -> Iterator[File]:
    """Every file below, and every folder in which there is nothing to see."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        try:
            with os.scandir(root.joinpath(*parts)) as scan:
                entries = [entry for entry in scan if _visible([entry.name])]
        except OSError as problem:
            if not parts:
                raise CourseError(
                    f"{root} cannot be opened ({problem.strerror}): mend that, or name another."
                ) from None
            yield _unreadable((*parts, ""), f"The folder {parts[-1]} cannot be opened ({problem.strerror}).")
            continue
        if parts and not entries:
            yield _unreadable((*parts, ""), f"The folder {parts[-1]} is empty: hand in the notebook.")
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append((*parts, entry.name))
            else:
                yield from _entry(root, (*parts, entry.name), entry)


def _entry(root: Path, parts: tuple[str, ...], entry: os.DirEntry) -> Iterator[File]:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as problem:
        yield _unreadable(parts, f"{entry.name} cannot be read ({problem.strerror}).")
        return
    if stat.S_ISLNK(status.st_mode):
        yield _unreadable(parts, f"{entry.name} is a link to another place: hand in the file itself.")
    elif not stat.S_ISREG(status.st_mode):
        yield _unreadable(parts, f"{entry.name} is no ordinary file: hand in the notebook.")
    else:
        read = partial(_read, root.joinpath(*parts))
        yield from _with_inside(File(parts, read, status.st_mtime), DEPTH)


def _read(path: Path) -> bytes:
    """The bytes of an ordinary file that is still there and still no link."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{path.name} is no ordinary file: hand in the notebook.")
            return _bounded(file, path.name)
    except OSError as problem:
        raise Unreadable(f"{path.name} cannot be read ({problem.strerror}): hand it in again.") from None


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
    """The files of a zip. above: where it lies; depth: how many zips may still lie in one another."""
    for info in infos:
        name = info.filename.replace("\\", "/")
        steps = [step for step in name.split("/") if step not in ("", ".")]
        if info.is_dir() or not steps or not _visible(step for step in steps if step != ".."):
            continue
        if name.startswith("/") or ".." in steps or steps[0][1:2] == ":":
            inside = "-".join(step.rstrip(":") for step in steps if step != "..")
            yield _unreadable((*above, inside or "file"), f"The path {name[:100]} leads out of the zip.")
        elif sentence := _refusal(info, steps[-1]):
            yield _unreadable((*above, *steps), sentence)
        else:
            read = partial(_inflated, opened, info)
            yield from _with_inside(File((*above, *steps), read, _modified(info)), depth)


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
    name = info.filename.rpartition("/")[2]
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
    opened = partial(_opened, file)
    try:
        if not depth:
            raise Unreadable("It lies in a zip in a zip.")
        with opened() as archive:
            infos = _infos(archive, MOST_ENTRIES_INSIDE)
        if sum(info.file_size for info in infos) > MOST_INSIDE:
            raise Unreadable(f"It says to hold more than {MOST_INSIDE >> 20} MB.")
    except Unreadable as problem:
        yield _unreadable(file.parts, f"{file.parts[-1]} cannot be opened. {problem}")
        return
    yield from _entries(infos, opened, file.parts, depth - 1)


def _opened(file: File) -> AbstractContextManager[zipfile.ZipFile]:
    return nullcontext(_kept_open(file))


@lru_cache(maxsize=DEPTH)  # who reads one of its files reads the next: to inflate it anew for each could take hours
def _kept_open(file: File) -> zipfile.ZipFile:
    content = file.read()
    if content.count(ENTRY) > MOST_ENTRIES_INSIDE * 10:  # before each is given a kilobyte; data may hold the mark, too
        raise Unreadable(f"It has more than {MOST_ENTRIES_INSIDE} entries.")
    return _archive(io.BytesIO(content))
