"""Bytes to text, whatever program saved them, and text that any file can hold."""

from __future__ import annotations

import codecs

_MARKS = (  # the four-byte marks first: that of UTF-16 begins like that of UTF-32
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_ASCII = bytes(range(128))


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding if it is not plain UTF-8. Bytes that mean nothing become U+FFFD."""
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), name
    if b"\0" in content[:4]:  # a mark is missing, but every second byte is 0
        return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le", "replace"), "UTF-16"
    try:
        return content.decode(), ""
    except UnicodeDecodeError:
        return _damaged_or_older(content)


def _damaged_or_older(content: bytes) -> tuple[str, str]:
    """UTF-8 with a few wrong bytes, or one byte for each letter, as Windows once saved."""
    text, high = content.decode("utf-8", "replace"), len(content.translate(None, _ASCII))
    if text.count("\ufffd") * 4 <= high:
        return text, "UTF-8 with damaged letters"
    return content.decode("cp1252", "replace"), "an old encoding (Latin-1)"


def clean(text: str) -> str:
    """Text that UTF-8 and Python can hold: no NUL, no half of a surrogate pair, one kind of line end."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
