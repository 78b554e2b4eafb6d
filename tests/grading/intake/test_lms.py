"""What platforms' names say, and which names are of none."""

import time

import pytest

from autograder.grading.intake.listing import File
from autograder.grading.intake.lms import Owner, recognised
from autograder.grading.intake.tree import entries


def level(*names: str) -> dict[str, Owner]:
    """Name → owner, for names at one level: files, or folders if they end in a slash."""
    found = recognised(entries([File(tuple(name.split("/")), bytes) for name in names]))
    return {entry.name: owners[0] for entry, owners in found[1].items()} if found else {}


@pytest.mark.parametrize(
    ("part", "name", "lms", "file", "late"),
    [
        ("Ada Lovelace_12345_assignsubmission_file/", "Ada Lovelace", {"moodle_id": "12345"}, "", False),
        ("Ada_1_assignsubmission_file_a_2_3.ipynb", "Ada", {"moodle_id": "1"}, "a_2_3.ipynb", False),
        ("Teilnehmer_in_77_assignsubmission_file_/", "Teilnehmer_in", {"moodle_id": "77"}, "", False),
        ("doejane_1234_5678_x.ipynb", "doejane", {"canvas_id": "1234"}, "x.ipynb", False),
        ("doejane_LATE_1234_5678_x.ipynb", "doejane", {"canvas_id": "1234"}, "x.ipynb", True),
        ("çelikömer_1_2_a b (1).ipynb", "çelikömer", {"canvas_id": "1"}, "a b (1).ipynb", False),
        ("LATE_anon_x1Y_5678_x.ipynb", "anon_x1Y", {}, "x.ipynb", True),
        ("1-2 - Ada Lovelace - Nov 21, 2024 1159 PM/", "Ada Lovelace", {"name": "Ada Lovelace"}, "", False),
        ("1-2 - A. L. - 21 Nov, 2024 2359 - a - b.ipynb", "A. L.", {"name": "A. L."}, "a - b.ipynb", False),
        ("PS 1_a_b1_attempt_2024-11-21-10-00-00_x.ipynb", "b1", {"username": "b1"}, "x.ipynb", False),
        ("ada+ps1+2024-11-21 10:00:00.000000 UTC/", "ada", {}, "", False),
        ("ada+ps1+2024-11-21 10:00:00 UTC+Xy_9-z/", "ada", {}, "", False),
    ],
)
def test_names_of_platforms_are_read(part: str, name: str, lms: dict, file: str, late: bool) -> None:
    (known,) = level(part).values()
    assert (known.name, known.file, known.late) == (name, file, late)
    assert lms.items() <= known.lms.items()


@pytest.mark.parametrize(
    "names",
    [
        ["ada.ipynb"],
        ["15_diffusion_forward.ipynb"],
        ["ada_15_diffusion_forward.ipynb"],
        ["a_1_2"],
        ["ada_2024_11_21.ipynb"],  # a date
        ["ws_2024_25_ada.ipynb"],  # a term
        ["hw_1_101_ada.ipynb", "hw_1_102_bob.ipynb"],  # all of them one's
        ["ps_2024_12345_ada.ipynb", "ps2_2025_12346_bob.ipynb"],  # years
        ["a_5000_25_x.ipynb", "b_5000_26_x.ipynb"],  # one user, two names
        ["a_5000_25_x.ipynb", "b_5001_25_x.ipynb"],  # one file, twice
        ["doejane_1234_5678_x.ipynb", "bob.ipynb"],
        ["doejane_1234_5678_x/"],  # Canvas knows no folders
        ["ada_ws_2024_25/", "bob_ws_2024_25/"],  # one number, two people
        ["ada_12_2024_250/", "bob_13_2025_251/"],  # no login
        ["Lovelace_Ada_ada1_6001/"],  # one alone
        ["ada_lovelace_hw_101/", "bob_roe_hw_102/"],  # one login, two people
        ["submission_1/", "submission_2/"],  # without the file that says whose they are
        ["Ada_1_assignsubmission_file/", "bob/"],
        ["hw_ada_attempt_2024-11-21-10-00-00_x.ipynb", "bob.ipynb"],
    ],
    ids=lambda names: names[-1],
)
def test_other_names_are_of_no_platform(names: list[str]) -> None:
    assert level(*names) == {}


def test_lists_beside_an_export_are_no_hand_ins() -> None:
    names = ["Ada_1_assignsubmission_file/", "grades.csv", "README.md", "notes.txt"]
    assert list(level(*names)) == ["Ada_1_assignsubmission_file"]


def test_names_in_many_parts_are_read() -> None:
    owners = level("Van_der_Berg_Anna_aberg_6001/", "Roe_Bob_b.roe_6002/")
    anna = owners["Van_der_Berg_Anna_aberg_6001"]
    assert (anna.name, anna.lms["username"]) == ("Van der Berg Anna", "aberg")


def test_usernames_with_underscores_stay_different() -> None:
    names = [f"PS_1_{user}_attempt_2024-11-21-10-00-00_x.ipynb" for user in ("x_l", "y_l", "bob")]
    assert sorted(owner.name for owner in level(*names).values()) == ["bob", "x_l", "y_l"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1-2 - Ada - Nov 21, 2024 105 AM/", "2024-11-21T01:05:00+00:00"),
        ("1-2 - Ada - Nov 21, 2024 1159 PM/", "2024-11-21T23:59:00+00:00"),
        ("1-2 - Ada - Nov 1, 2020 100 AM - Nov 21, 2024 1159 PM/", "2024-11-21T23:59:00+00:00"),
        ("1-2 - Ada - Foo 99, 2024 1159 PM/", None),
        ("hw_ada_attempt_2024-11-21-10-00-00_b_attempt_2020-01-01-00-00-00_x.ipynb", "2024-11-21T10:00:00+00:00"),
        ("ada+ps1+2024-11-21 10:00:00.5 UTC/", "2024-11-21T10:00:00.500000+00:00"),
        ("ada_1234_5678_2020-01-01 10:00:00.ipynb", None),
    ],
)
def test_times_come_from_the_platform(name: str, expected: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        (owner,) = level(name).values()
    time.tzset()
    assert owner.time == expected
