"""The id under which a student's marks are kept: safe as the name of a folder, and nobody else's."""

from __future__ import annotations

import hashlib
import unicodedata

MOST_BYTES = 120  # in UTF-8; nbgrader's own limit is 128 letters, that of file systems 255 bytes
_FORBIDDEN = frozenset('/\\:*?"<>|[]{}\0')  # in a name on any system, or in nbgrader's patterns for students
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def safe(name: str) -> str:
    """The name itself if it can be a folder's, else one that is close to it."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    text = "".join("_" if letter in _FORBIDDEN or _is_control(letter) else letter for letter in text)
    text = " ".join(text.split()).strip(" .") or "unnamed"
    stem, dot, rest = text.partition(".")
    if stem.casefold() in _RESERVED:
        text = f"{stem}_{dot}{rest}"
    return text if len(text.encode()) <= MOST_BYTES else shortened(text, name)


def shortened(text: str, whole: str) -> str:
    """The beginning of a text, and a hash that tells it from others with the same beginning."""
    mark = "-" + hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    return text.encode()[: MOST_BYTES - len(mark)].decode("utf-8", "ignore").rstrip(" .") + mark


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")


def unique(names: list[str]) -> dict[str, str]:
    """Name → id, for different names; ids differ in more than upper and lower case.

    In the order of the names: the first keeps the plain form, so give them sorted.
    """
    ids, taken = {}, set()
    for name in names:
        id = safe(name)
        if _folded(id) in taken:
            id = shortened(id, name)
        taken.add(_folded(id))
        ids[name] = id
    return ids


def _folded(id: str) -> str:
    return unicodedata.normalize("NFC", id.casefold())
