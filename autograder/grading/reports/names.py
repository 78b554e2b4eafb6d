"""Who is who in a report: names that can be hidden, and a report that has none.

A student's names are the id under which marks are kept, whatever an LMS told of them, and the parts of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from autograder.grading.model import Result
from autograder.grading.reports.pages import prose

_LETTER = r"[^\W_]"  # or a digit
_PARTS = re.compile(r"[\s,;.@_+-]+")
# Parts of ids that name nobody.
_COMMON = frozenset(
    ("student", "students", "user", "team", "group", "class", "course", "test", "notebook", "edu", "com", "org", "net")
)
_LONG = 5  # from this length on a name is found within words too: alice2, malice


class Names:
    """How students are called on a page.

    students: in the order in which aliases are numbered, which should tell nothing that the page does not tell;
    results: all that the page may quote; anonymous: aliases only, else both, for a style sheet to choose;
    called: the names of students, where a roster tells more than their ids.
    """

    def __init__(
        self,
        students: Iterable[str],
        results: Iterable[Result],
        *,
        anonymous: bool,
        called: Mapping[str, str] | None = None,
    ) -> None:
        self.anonymous = anonymous
        self._names = called or {}
        self.alias = {student: f"student {i}" for i, student in enumerate(students, 1)}
        results = list(results)
        self._owners: dict[str, set[str]] = {}
        for result in results:
            for name in _names(result):
                self._owners.setdefault(name.casefold(), set()).add(result.student)
        self._pattern = _pattern(self._owners, "\n".join(_quoted(results)).casefold())

    def who(self, student: str) -> Markup:
        """The student by name, by alias, or both."""
        name = self._names.get(student, "")
        same = name.casefold() in ("", student.casefold())
        return self._called(student if same else f"{name} ({student})", {student})

    def said(self, sentence: str) -> Markup:
        """A sentence about somebody's work, escaped, with the names in it treated like all others."""
        return prose(sentence, self._replaced)

    def _replaced(self, text: str) -> Markup:
        pieces = self._pattern.split(text) if self._pattern else [text]
        return Markup("").join(
            self._called(piece, self._owners.get(piece.casefold(), set())) if i % 2 else escape(piece)
            for i, piece in enumerate(pieces)
        )

    def _called(self, name: str, owners: set[str]) -> Markup:
        alias = self.alias.get(next(iter(owners)), "a student") if len(owners) == 1 else "a student"
        if self.anonymous:
            return escape(alias)
        return Markup('<bdi class="name">{}</bdi><span class="alias">{}</span>').format(name, alias)


def _names(result: Result) -> set[str]:
    told = (str(value).strip() for key, value in result.lms.items() if key not in ("section", "canvas_file"))
    whole = {result.student, *told}
    parts = {part for name in whole for part in _PARTS.split(name) if sum(map(str.isalpha, part)) >= 3}
    return {name for name in whole | parts if _is_name(name)}


def _is_name(text: str) -> bool:
    """Not a word of every class, nor so short that it would be found in any sentence: x, 12."""
    return text.casefold() not in _COMMON and len(text) >= (4 if text.isdecimal() else 2)


def _quoted(results: list[Result]) -> Iterable[str]:
    """All sentences that a page may show: looking a name up here first keeps the pattern short."""
    for result in results:
        yield from (
            result.reason,
            *result.repairs,
            *result.others,
            *result.incidents,
            *(mark.why for mark in result.marks),
        )


def _pattern(names: Iterable[str], text: str) -> re.Pattern | None:
    found = sorted((name for name in names if name in text), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(_alone, found))})", re.IGNORECASE) if found else None


def _alone(name: str) -> str:
    exact = re.escape(name)
    return exact if len(name) >= _LONG else f"(?<!{_LETTER}){exact}(?!{_LETTER})"
