"""What a student wrote or printed, on a teacher's page: all of it can be read, and nothing of it acts.

A sign that could begin a link, a picture, a tag or a macro that loads something is cut in two by an invisible WORD
JOINER. So no two programs need to agree on what is code, mathematics or text: neither nbconvert, JupyterLab, their
dialects of Markdown nor any MathJax finds the sign, wherever it stands, and a reader sees the target as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection

JOINER = "\u2060"

# Macros of MathJax that lead somewhere, load something, or style what is not theirs.
_MACROS = "href|url|style|class|cssId|data|html[A-Za-z]*|require|bbox|mmlToken|includegraphics|csname"
_ACTS = re.compile(
    rf"""
      (?<=<)(?=[a-z/!?])              # a tag
    | (?<=&)(?=[#a-z])                # an entity, which could stand for any of these signs
    | (?<=\])(?=[(:])                 # a link, a picture; what a link refers to
    | (?<=:)(?=//)                    # an address on its own
    | (?<=\bdata)(?=:)
    | (?<=www)(?=\.)
    | (?<=\S@)(?=[^\s{JOINER}])        # one for mail
    | (?<=mer)(?=maid)                # a drawing that may hold links
    | (?<=\\)(?=(?:{_MACROS})(?![a-z]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PICTURE = re.compile(rf"(!\[[^\[\]\n]{{0,300}}\]){JOINER}\(attachment:([\w.-]{{1,64}})\)")

# What JupyterLab takes for an address in printed text, also where a colour changes within it.
_ADDRESSES = re.compile(r"(?<=:)(?=//)|(?<=data)(?=:)|(?<=www)(?=\.)|(?<=[:/wdat])(?=\x1b)", re.IGNORECASE)


def clean(text: str) -> str:
    """Text that every file and database can hold: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "�")


def tame(markdown: str, pictures: Collection[str] = ()) -> str:
    """A student's Markdown without anything that acts. pictures: attachments of the same cell that may be shown."""
    still = _ACTS.sub(JOINER, clean(markdown))
    return _PICTURE.sub(lambda found: _shown(found) if found[2] in pictures else found[0], still)


def _shown(picture: re.Match) -> str:
    return f"{picture[1]}(attachment:{picture[2]})"


def inert(printed: str) -> str:
    """What a cell printed, as a terminal would leave it, with addresses as text: JupyterLab makes links of them."""
    text = clean(printed).replace("\r\n", "\n").replace("\b", "")
    if "\r" in text:  # a progress bar: its last state
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _ADDRESSES.sub(JOINER, text)
