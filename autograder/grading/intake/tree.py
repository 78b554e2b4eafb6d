"""The levels of what was handed in: which folders, zips and files lie beside one another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from autograder.grading.intake.kinds import NOTEBOOK, hands_in, kind
from autograder.grading.intake.listing import File


@dataclass(frozen=True)
class Entry:
    """One name at a level. files: all below it, or the one itself; depth: how many folders are above it."""

    name: str
    files: tuple[File, ...]
    depth: int
    folder: bool

    @property
    def zipped(self) -> bool:
        """Whether the folder is a zip, which somebody has packed as it is."""
        return self.folder and self.name.lower().endswith(".zip")

    @property
    def counts(self) -> bool:
        """Whether it can be something that was handed in, at the level where students are named."""
        return self.folder or hands_in(self.name)

    @property
    def path(self) -> tuple[str, ...]:
        return self.files[0].parts[: self.depth + 1]

    @property
    def above(self) -> tuple[str, ...]:
        return self.files[0].parts[: self.depth]

    def below(self) -> list[Entry]:
        """The next level; nothing below a file."""
        return entries(list(self.files), self.depth + 1) if self.folder else []

    def inner(self, file: File) -> tuple[str, ...]:
        """The path of one of its files inside the folder."""
        return file.parts[self.depth + 1 :]

    @property
    def notebooks(self) -> bool:
        return any(kind(file.parts[-1]) == NOTEBOOK for file in self.files)


def entries(files: list[File], depth: int = 0) -> list[Entry]:
    """What lies at one level, sorted. A file and a folder of one name, which a zip can hold, are two."""
    found: dict[tuple[str, bool], list[File]] = defaultdict(list)
    for file in files:
        if len(file.parts) > depth:
            found[file.parts[depth], len(file.parts) > depth + 1].append(file)
    return [Entry(name, tuple(own), depth, folder) for (name, folder), own in sorted(found.items())]
