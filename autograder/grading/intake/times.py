"""When something was handed in, as platforms write it."""

from __future__ import annotations

from datetime import UTC

from dateutil.parser import parse

MOST = 60  # letters of a time


def in_utc(text: str) -> str | None:
    """The time in UTC (ISO 8601), None if the text is none. Without a zone it is one of this machine's own zone."""
    try:
        return parse(text[:MOST]).astimezone(UTC).isoformat()
    except Exception:  # dateutil has several kinds for what is no time
        return None


def of_nbgrader(text: str) -> str | None:
    """The same for what nbgrader writes, with a zone by name; without one it is UTC."""
    text = text[:MOST].strip()
    try:
        if text.endswith(" UTC"):  # its usual form, which can be read without waiting for all of nbgrader
            return parse(text).isoformat()
        from nbgrader.utils import parse_utc

        return parse_utc(text).replace(tzinfo=UTC).isoformat()
    except Exception:
        return None
