"""How platforms name what they export, so that a file leads back to its student.

A form counts only where all names of a level have it: what a student calls a file cannot make a level of them, nor
break one, since platforms put their part in front.

Moodle      ("Download all submissions") NAME_NUMBER_assignsubmission_file, a folder, or with a further _ in front of
            the file's own name; NUMBER is the participant's in that assignment.
Canvas      ("Download Submissions") name_LATE_USER_FILE_own name, files only; the name in lower-case letters without
            spaces, LATE only if it was. USER is one number for one name, FILE another one for every file; anon_CODE
            stands for name and user where students are anonymous. The form has no word of its own, so it is read by
            hand where it could be a date, a term or a year (2024_11_21, 2024_25), and where all files would be one
            student's, who could be many.
Brightspace USER-FOLDER - NAME - Nov 21, 2024 1159 PM, a folder, or with " - " and the file's own name; beside them
            index.html. That the first number is the user's is what its import of feedback shows, not a promise.
Blackboard  ("Assignment File Download") ASSIGNMENT_username_attempt_2024-11-21-10-00-00_own name, files only, and one
            .txt for each attempt, without a name of its own.
Gradescope  ("Export Submissions") submission_NUMBER, folders, with submission_metadata.yml, which says whose they are.
ILIAS       ("Download All Submissions") Lastname_Firstname_login_NUMBER, folders, in ASCII. One such name alone could
            be anything, and is read by hand. ILIAS takes its own time away from the files' names: what looks like one
            there is the student's.
nbgrader    (the exchange's inbound) USERNAME+ASSIGNMENT+2024-11-21 10:00:00.000000 UTC, a folder, sometimes with a
            further + and random letters; the timestamp.txt in it is nbgrader's.

Times come from the platform's part of a name, or from its own file, only. Brightspace and Blackboard name no zone:
theirs is taken to be that of the machine that grades.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from autograder.grading.intake import gradescope
from autograder.grading.intake.times import in_utc, of_nbgrader
from autograder.grading.intake.tree import Entry
from autograder.grading.reading.unreadable import Unreadable


@dataclass(frozen=True)
class Owner:
    """Whose an entry is. name: as the platform writes it; number: what tells two students of one name apart;

    lms: as in Submission; file: its own name, "" for a folder; late: said by the platform; time: of the hand-in, in
    UTC; assignment: "" if the name tells none; receipt: whether the platform wrote the file itself.
    """

    name: str
    number: str = ""
    lms: dict[str, str] = field(default_factory=dict)
    file: str = ""
    late: bool = False
    time: str | None = None
    assignment: str = ""
    receipt: bool = False


Owners = list[tuple[Owner, ...]]  # of each entry; several where people hand in together
Read = Callable[[list[re.Match[str]], list[Entry]], Owners | None]


@dataclass(frozen=True)
class Platform:
    """form: of a name; folders, files: which entries may have it; read: the owners of entries that all have the form,
    None if they contradict one another; it gets all entries of the level, too.

    sure: nobody writes such a name by chance; lasting: a student's number is the same in every export.
    own: names of files that the platform lays beside.
    """

    name: str
    form: re.Pattern[str]
    read: Read
    folders: bool = False
    files: bool = False
    sure: bool = True
    lasting: bool = True
    own: tuple[str, ...] = ()

    def match(self, entry: Entry) -> re.Match[str] | None:
        """A zip is a file to those who hand it in."""
        fits = self.folders if entry.folder and not entry.zipped else self.files
        return self.form.fullmatch(entry.name) if fits else None

    def owners(self, level: list[Entry]) -> dict[Entry, tuple[Owner, ...]]:
        """Entry → whose it is; nothing unless all entries that can have been handed in are the platform's."""
        found = {n: match for n, entry in enumerate(level) if (match := self.match(entry))}
        rest = [entry for n, entry in enumerate(level) if n not in found and entry.name not in self.own]
        if not found or any(entry.counts for entry in rest):
            return {}
        owners = self.read(list(found.values()), level)
        return dict(zip((level[n] for n in found), owners, strict=True)) if owners else {}


def recognised(level: list[Entry]) -> tuple[Platform, dict[Entry, tuple[Owner, ...]]] | None:
    """The platform that named all entries of a level, and whose they are; None if none did."""
    for platform in PLATFORMS:
        if owners := platform.owners(level):
            return platform, owners
    return None


def looks_like(entry: Entry) -> str:
    """The platform whose form a single name has beyond doubt, "" if none."""
    return next((platform.name for platform in PLATFORMS if platform.sure and platform.match(entry)), "")


# --- what each says ----------------------------------------------------------------------------------------------


def _each(says: Callable[[re.Match[str]], Owner]) -> Read:
    """Names that speak for themselves."""
    return lambda found, level: [(says(match),) for match in found]


def _moodle(match: re.Match[str]) -> Owner:
    name, number = match["name"], match["id"]
    return Owner(name, number, {"name": name, "moodle_id": number}, match["file"] or "")


def _brightspace(match: re.Match[str]) -> Owner:
    said = match.groupdict()
    time = in_utc(f"{said['day']} {said['hour']}:{said['minute']} {said['half'] or ''}")
    return Owner(said["name"], said["id"], {"name": said["name"]}, said.get("file", ""), time=time)


def _inbound(match: re.Match[str]) -> Owner:
    return Owner(match["name"], time=of_nbgrader(match["when"]), assignment=match["assignment"])


_DATE = re.compile(r".*?_(?:19|20)\d\d_\d{1,2}(?:_.*)?", re.DOTALL)  # or a term
_YEAR = re.compile(r"(?:19|20)\d\d")


def _canvas(found: list[re.Match[str]], level: list[Entry]) -> Owners | None:
    """None where the two numbers are not what they are in Canvas, so that they are something else."""
    names, files = defaultdict(set), Counter(match["sub"] for match in found)
    for match in found:
        if match["id"]:
            names[match["id"]].add(match["name"])
    one_each = all(len(of_one) == 1 for of_one in names.values()) and max(files.values()) == 1
    one_of_all = len(found) > 1 and len({match["id"] or match["anon"] for match in found}) == 1
    years = all(_YEAR.fullmatch(match["id"] or "") for match in found)
    dates = any(match["id"] and _DATE.fullmatch(match.string) for match in found)
    if not one_each or one_of_all or years or dates:
        return None
    return [(_of_canvas(match),) for match in found]


def _of_canvas(match: re.Match[str]) -> Owner:
    number, late = match["id"] or "", bool(match["late"] or match["first"])
    lms = ({"canvas_id": number} if number else {}) | {"canvas_file": match.string}
    return Owner(match["anon"] or match["name"], number, lms, match["file"], late)


def _blackboard(found: list[re.Match[str]], level: list[Entry]) -> Owners:
    users = _usernames(sorted({match["head"] for match in found}))
    return [(_of_blackboard(match, users[match["head"]]),) for match in found]


def _of_blackboard(match: re.Match[str], user: str) -> Owner:
    time = in_utc(f"{match['when'][:10]} {match['when'][11:].replace('-', ':')}")
    return Owner(user, lms={"username": user}, file=match["file"] or "", time=time, receipt=not match["file"])


def _usernames(heads: list[str]) -> dict[str, str]:
    """The username behind the assignment's title: the last word, or where two would be one, all that differs."""
    last = {head: head.rpartition("_")[2] for head in heads}
    if len(set(last.values())) == len(heads):
        return last
    words = [head.split("_") for head in heads]
    columns = enumerate(zip(*words, strict=False))
    same = next((n for n, column in columns if len(set(column)) > 1), 0)
    return {head: "_".join(of_head[same:]) for head, of_head in zip(heads, words, strict=True)}


def _ilias(found: list[re.Match[str]], level: list[Entry]) -> Owners | None:
    """None where it may be something else: a number and a login are one person's, and one name proves nothing."""
    apart = all(len({match[part] for match in found}) == len(found) for part in ("id", "login"))
    if not apart or len(found) < 2:
        return None
    return [(_of_ilias(match),) for match in found]


def _of_ilias(match: re.Match[str]) -> Owner:
    name = match["name"].replace("_", " ")
    return Owner(name, f"{match['login']}_{match['id']}", {"name": name, "username": match["login"]})


def _gradescope(found: list[re.Match[str]], level: list[Entry]) -> Owners | None:
    """Who is unknown is called by the submission's number."""
    metadata = next((entry for entry in level if entry.name == gradescope.FILE), None)
    if metadata is None:
        return None
    try:
        known = gradescope.read_metadata(metadata.files[0].read())
    except Unreadable:
        known = {}
    return [_of_gradescope(match[0], known.get(match[0], gradescope.Handed())) for match in found]


def _of_gradescope(folder: str, handed: gradescope.Handed) -> tuple[Owner, ...]:
    people = [person for person in handed.people if person.get("name")] or [{"name": folder}]
    return tuple(
        Owner(
            one["name"], one.get("sid") or one.get("email") or folder.rpartition("_")[2],
            {key: one[own] for key, own in _GRADESCOPE if one.get(own) and one["name"] != folder}, time=handed.time,
        )
        for one in people
    )  # fmt: skip


_GRADESCOPE = (("name", "name"), ("idnumber", "sid"), ("email", "email"))

# --- the forms ---------------------------------------------------------------------------------------------------


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


_IN_BRIGHTSPACE = (
    r"(?P<id>\d+)-\d+ - (?P<name>.+?) - (?P<day>[^-]{3,24}? \d{4}|\d{1,2} [^-]{3,20} \d{4}),? "
    r"(?P<hour>\d{1,2}):?(?P<minute>\d\d)(?: (?P<half>[AP]M))?"
)

PLATFORMS = (
    Platform(
        "Moodle", _form(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?"), _each(_moodle),
        folders=True, files=True, lasting=False,
    ),
    Platform("Brightspace", _form(_IN_BRIGHTSPACE), _each(_brightspace), folders=True, own=("index.html",)),
    Platform(
        "Brightspace", _form(_IN_BRIGHTSPACE + " - (?P<file>.+)"), _each(_brightspace), files=True, own=("index.html",)
    ),
    Platform(
        "Blackboard",
        _form(r"(?P<head>.+?_.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)"),
        _blackboard, files=True,
    ),
    Platform(
        "nbgrader's exchange",
        _form(
            r"(?P<name>[^+]+)\+(?P<assignment>[^+]+)\+"
            r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Za-z/_]+)?)(?:\+[\w-]+)?"
        ),
        _each(_inbound), folders=True,
    ),
    Platform("Gradescope", _form(r"submission_\d+"), _gradescope, folders=True, own=(gradescope.FILE,)),
    Platform(
        "Canvas",
        _form(
            r"(?:(?P<first>LATE_)?(?P<anon>anon_[A-Za-z0-9]+)|(?P<name>\w+?)(?P<late>_LATE|_late)?_(?P<id>\d+))"
            r"_(?P<sub>\d+)_(?P<file>.+)"
        ),
        _canvas, files=True, sure=False,
    ),
    Platform(
        "ILIAS",
        _form(r"(?P<name>[^_]+_.*[^_])_(?P<login>[^_]*[A-Za-z][^_]*)_(?P<id>\d{3,})"), _ilias,
        folders=True, sure=False,
    ),
)  # fmt: skip
