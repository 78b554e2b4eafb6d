"""Text that somebody handed in, made fit to be looked at: nothing hidden, nothing that a spreadsheet would run."""

from __future__ import annotations

import re

# Control characters, marks that turn the direction of writing of all that follows, line separators, half surrogates.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # what a terminal takes for colours
_FORMULA = "=+\\-@＝＋－＠"  # the full-width ones as well: a spreadsheet in Japanese takes them for the same
# What a spreadsheet may take for the end of a cell, whatever its language: then the next one begins with a formula.
_SEPARATORS = ",;|:^~¦،؛、；，｜："
_BEGINS_FORMULA = re.compile(rf"((?:^|[{_SEPARATORS}])[\s\"']*)(?=[{_FORMULA}])")


def visible(text: str) -> str:
    """The text with every hidden character named in its place, as ⟨U+202E⟩; it can be written as UTF-8."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def uncoloured(text: str) -> str:
    """What a terminal would show, in one colour, with line ends of one kind."""
    return _COLOUR.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def excerpt(text: str, limit: int) -> str:
    """The text, or its first `limit` characters and how many are left out."""
    return text if len(text) <= limit else f"{text[:limit]}\n… {len(text) - limit} more characters are not shown."


def cell(text: str) -> str:
    """One line for a table that a spreadsheet opens: what would be a formula there gets an apostrophe before it.

    Also behind what separates cells in some country, since quotes protect nothing where another sign does: x;=cmd()
    """
    line = visible(" ".join(text.split()))
    return _BEGINS_FORMULA.sub(r"\1'", line)


def plain(points: float) -> str:
    """Points or seconds as programs read them: 2, 1.5, 0.333333."""
    return f"{points:.6f}".rstrip("0").rstrip(".")
