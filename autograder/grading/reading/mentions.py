"""Which words of the course a file mentions, in whatever state it is: parsing a large or broken one may be in vain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from autograder.grading.reading.decode import decoded

# What tells an assignment, the best first; quotes may be escaped. No part of these can match in two ways.
PATTERNS = (
    re.compile(r'"grade_id\\?"\s*:\s*\\?"([\w-]+)'),
    re.compile(r"check\([ \t]*\\?[\"']([a-z0-9_]+\.[a-z0-9_]+)"),
    re.compile(r"(?:def|class)[ \t]+(\w+)"),
)


def mentions(content: bytes, known: Collection[Collection[str]]) -> list[dict[str, int]]:
    """How often each known word stands there. known: the words of each pattern: grade ids, exercises, functions."""
    text, _ = decoded(content)
    return [_counted(pattern, text, frozenset(words)) for pattern, words in zip(PATTERNS, known, strict=True)]


def _counted(pattern: re.Pattern, text: str, words: frozenset[str]) -> dict[str, int]:
    return Counter(found[1] for found in pattern.finditer(text) if found[1] in words)
