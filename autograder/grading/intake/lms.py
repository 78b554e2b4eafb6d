"""How Moodle and Canvas name what they export, so that a file leads back to its student.

Moodle (mod_assign, "Download all submissions"): NAME_NUMBER_assignsubmission_file, a folder, or with a further _ in
front of the file's own name; NUMBER is the participant's in that assignment. Canvas ("Download Submissions"):
name_LATE_USER_FILE_own name, the name in lower-case letters without spaces, LATE only if it was; anon_CODE stands
for name and number where students are anonymous.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.DOTALL)
_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon_[A-Za-z0-9]+)_\d+_(?P<file>.+)", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE|_late)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)


@dataclass(frozen=True)
class Owner:
    """name: of the student, as the platform writes it; lms: as in Submission; file: the file's own name; late: said."""

    name: str
    lms: dict[str, str] = field(default_factory=dict)
    file: str = ""
    late: bool = False

    @property
    def number(self) -> str:
        """What tells two students of the same name apart."""
        return self.lms.get("moodle_id") or self.lms.get("canvas_id", "")


def owner(part: str) -> Owner | None:
    """Who a folder or a file of an export belongs to, None if no platform named it."""
    if found := _MOODLE.fullmatch(part):
        return Owner(found["name"], {"name": found["name"], "moodle_id": found["id"]}, found["file"] or "")
    if found := _ANONYMOUS.fullmatch(part):
        return Owner(found["name"], {"canvas_file": part}, found["file"], bool(found["late"]))
    if found := _CANVAS.fullmatch(part):
        lms = {"canvas_id": found["id"], "canvas_file": part}
        return Owner(found["name"], lms, found["file"], bool(found["late"]))
    return None
