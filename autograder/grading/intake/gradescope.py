"""Whose a submission of Gradescope's export is: the file submission_metadata.yml, which lies beside the submissions.

    submission_123456:
      :submitters:
      - :name: Ada Lovelace
        :sid: '42'
        :email: ada@example.edu
      :created_at: 2024-11-21 10:00:00 Z
      …

Names in it were chosen by students, and results may hold what their code printed. So it is never made into objects:
its events are read one after the other, nothing in it is expanded, and more than MOST bytes or a document deeper than
DEEPEST are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from autograder.grading.intake.times import in_utc

FILE = "submission_metadata.yml"
MOST = 10 * 2**20
DEEPEST = 50
LETTERS = 200  # of a name
_SUBMISSION = re.compile(r"submission_\d+")
Path = tuple[str | int, ...]


@dataclass
class Handed:
    """What is known of one submission. people: {"name", "sid", "email"} of each who handed it in together."""

    people: list[dict[str, str]] = field(default_factory=list)
    time: str | None = None


def read_metadata(content: bytes) -> dict[str, Handed]:
    """Folder → whose it is; nothing of a file that is too large, too deep or no YAML."""
    found: dict[str, Handed] = {}
    if len(content) > MOST:
        return found
    try:
        for path, value in _scalars(content):
            _note(found, path, value)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return {}
    return found


def _note(found: dict[str, Handed], path: Path, value: str) -> None:
    if not path or not isinstance(path[0], str) or not _SUBMISSION.fullmatch(path[0]):
        return
    one = found.setdefault(path[0], Handed())
    match path[1:]:
        case (":created_at",):
            one.time = in_utc(value)
        case (":submitters", int(n), (":name" | ":sid" | ":email") as key):
            one.people += [{} for _ in range(n + 1 - len(one.people))]
            one.people[n][key[1:]] = " ".join(value.split())[:LETTERS]


def _scalars(content: bytes) -> Iterator[tuple[Path, str]]:
    """Each plain value with its path. An alias stands for nothing, a key that is no plain value for ""."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    stack: list[_Level] = []
    for event in yaml.parse(content, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            path = stack[-1].place() if stack else ()
            stack.append(_Level(path, isinstance(event, yaml.MappingStartEvent)))
            if len(stack) > DEEPEST:
                raise yaml.YAMLError("too deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent) and stack:
            text = event.value if isinstance(event, yaml.ScalarEvent) else ""
            yield from stack[-1].took(text)


@dataclass
class _Level:
    """One collection on the way. n: of a list, the next item; key: of a mapping, None where the next is a key."""

    path: Path
    mapping: bool
    n: int = 0
    key: str | None = None

    def place(self) -> Path:
        """The path of a collection that begins here."""
        if not self.mapping:
            self.n += 1
            return (*self.path, self.n - 1)
        key, self.key = self.key, None if self.key is not None else ""
        return (*self.path, key or "")

    def took(self, text: str) -> Iterator[tuple[Path, str]]:
        """A plain value: a key, or what is kept under its path."""
        if self.mapping and self.key is None:
            self.key = text
        else:
            yield self.place(), text
