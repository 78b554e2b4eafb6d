"""What a file is called: by its system, in its zip, and in a sentence to people."""

from __future__ import annotations

import unicodedata
import zipfile

from pushforward import errors

MOST_LETTERS = 60  # of a name in a sentence
UTF8 = 0x800  # the flag of a zip's entry whose name is in UTF-8
UNIX = (3, 19)  # systems of a zip's maker on which a backslash is a letter like others: Unix, macOS


def composed(name: str) -> str:
    """The name with é as one letter: macOS writes an e and an accent, which other systems take for another name."""
    return unicodedata.normalize("NFC", name)


def shown(name: str) -> str:
    """The name as it is, short and on one line."""
    text = composed(name.encode("utf-8", "replace").decode())
    text = "".join("�" if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS] + "…"


def listed(names: list[str], most: int = 20) -> str:
    """Names in a sentence: a, b and c."""
    names = names if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return errors.listed(names)


def in_zip(info: zipfile.ZipInfo) -> str:
    """The path of an entry. Python takes a name without the flag for cp437; macOS writes UTF-8 and does not say so."""
    if info.flag_bits & UTF8:
        return composed(info.filename)
    try:
        return composed(info.filename.encode("cp437").decode())
    except UnicodeError:  # an old name, of which nothing more is known
        return composed(info.filename)


def separated(infos: list[zipfile.ZipInfo]) -> dict[str, str]:
    """The path of each entry, by its name in the zip, with / between folders.

    Windows separates by a backslash. On other systems it is a letter, unless every name there has one and none a /.
    """
    names = {info.filename: in_zip(info) for info in infos}
    windows = bool(names) and all("\\" in name and "/" not in name for name in names.values())
    unix = {info.filename for info in infos if info.create_system in UNIX and not windows}
    drive = {key for key, name in names.items() if name[1:3] == ":\\"}
    return {key: name if key in unix - drive else name.replace("\\", "/") for key, name in names.items()}
