"""Pictures that were pasted into a cell: real ones are drawn anew, under names of ours; nothing else is kept.

What comes out holds pixels and nothing that the file may have hidden: no place, no comment, no second content.
"""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

MOST = 20  # pictures of a notebook
MOST_BYTES = 8 * 2**20  # of one as it was handed in
MOST_TOGETHER = 8 * 2**20  # characters of all that are kept
MOST_PIXELS = 40_000_000
SIDE = 1600  # pixels, of what is kept

Picture = tuple[str, str]  # mime type and base64

_KINDS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"RIFF": "WEBP"}
_MARKDOWN = re.compile(
    r"!\[([^\[\]\n]{0,300})\]\(attachment:([^\s()<>\"']{1,200})(?:[ \t]+[\"'][^\"'\n]{0,200}[\"'])?\)"
)
_HTML = re.compile(r"<img\b[^<>]{0,300}?\bsrc=[\"']attachment:([^\"'<>]{1,200})[\"'][^<>]{0,300}>", re.IGNORECASE)
_OURS = re.compile(r"pasted-\d{1,3}\.(?:png|jpg)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def is_ours(name: Any, mime: Any, text: Any) -> bool:
    """Whether it has the form of a picture that was kept."""
    texts = all(type(part) is str for part in (name, mime, text))
    return texts and mime in ("image/png", "image/jpeg") and all((_OURS.fullmatch(name), _BASE64.fullmatch(text)))


class Album:
    """The pictures of one notebook, cell after cell."""

    def __init__(self) -> None:
        self._room, self._number = MOST_TOGETHER, 0
        self._left_out: Counter[str] = Counter()

    def of(self, cell: dict, source: str) -> tuple[str, dict[str, Picture]]:
        """The text with our names in it, and the pictures that it shows. cell: as JSON, with whatever it may hold."""
        attached, kept = cell.get("attachments"), {}
        if not isinstance(attached, dict) or "attachment:" not in source:
            return source, kept
        names: dict[str, str] = {}  # theirs → ours, "" for what was left out

        def renamed(alt: str, name: str, whole: str) -> str:
            name = unquote(name)
            if name not in names and name in attached:
                names[name] = self._keep(attached[name], kept)
            return f"![{alt}](attachment:{names[name]})" if names.get(name) else whole

        source = _HTML.sub(lambda found: renamed("", found[1], found[0]), source)
        return _MARKDOWN.sub(lambda found: renamed(found[1], found[2], found[0]), source), kept

    def said(self) -> Iterator[str]:
        """What was left out, a sentence for each reason."""
        for reason, n in self._left_out.items():
            yield f"{'A pasted picture' if n == 1 else f'{n} pasted pictures'} could not be kept: {reason}."

    def _keep(self, bundle: Any, kept: dict[str, Picture]) -> str:
        try:
            mime, text = _drawn_anew(_bytes(bundle))
            self._make_room(len(text))
        except ValueError as reason:
            self._left_out[str(reason)] += 1
            return ""
        name = f"pasted-{self._number}.{'jpg' if mime == 'image/jpeg' else 'png'}"
        kept[name] = mime, text
        return name

    def _make_room(self, size: int) -> None:
        if self._number == MOST or size > self._room:
            raise ValueError(f"a notebook may show {MOST} of them, and {MOST_TOGETHER >> 20} MB together")
        self._number, self._room = self._number + 1, self._room - size


def _bytes(bundle: Any) -> bytes:
    """The first content of an attachment, whatever kind it says to be."""
    text = next(iter(bundle.values()), "") if isinstance(bundle, dict) else ""
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    if not isinstance(text, str) or len(text) > MOST_BYTES * 4 // 3:
        raise ValueError(f"it has more than {MOST_BYTES >> 20} MB")
    try:
        return base64.b64decode(text)
    except ValueError:
        raise ValueError("it is damaged") from None


def _drawn_anew(content: bytes) -> Picture:
    """Raises ValueError, with the reason, for what is no picture of pixels."""
    kind = next((kind for begin, kind in _KINDS.items() if content.startswith(begin)), None)
    if kind is None:
        raise ValueError("it is no PNG, JPEG, GIF or WebP")
    from PIL import Image, ImageOps  # late: hardly any submission needs it

    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"it has more than {MOST_PIXELS // 10**6} million pixels")
        picture.draft("RGB", (SIDE, SIDE))
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail((SIDE, SIDE))
    except (ValueError, MemoryError) as problem:
        raise ValueError(str(problem) if "million" in str(problem) else "it is damaged") from None
    except Exception:  # Pillow has many kinds
        raise ValueError("it is damaged") from None
    return _encoded(picture, kind)


def _encoded(picture: Any, kind: str) -> Picture:
    """Photographs stay JPEG; all else becomes PNG, an animation its first frame."""
    out = io.BytesIO()
    if kind == "JPEG":
        picture.convert("RGB").save(out, "JPEG", quality=85)
    else:
        plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        plain.info.clear()
        plain.save(out, "PNG")
    return ("image/jpeg" if kind == "JPEG" else "image/png"), base64.b64encode(out.getvalue()).decode()
