"""How far a student has come, added up."""

import base64
import re

from pushforward.contents import Entry
from pushforward.record import Reached
from pushforward.standing import Standing, Sum, Way

TABLE = {
    "start.standardise": {"notebook": "00_start_here", "points": 2.0, "kind": "code"},
    "start.units": {"notebook": "00_start_here", "points": 1.5, "kind": "written"},
    "diffusion.step": {"notebook": "15_diffusion_forward", "points": 3.0, "kind": "code"},
    "diffusion.why": {"notebook": "15_diffusion_forward", "points": 2.0, "kind": "written"},
}
REACHED = {
    "start.standardise": Reached(2.0, True),
    "diffusion.step": Reached(1.25, False),
    "diffusion.why": Reached(1.5, False),
}
NOTEBOOKS = (Entry("00_start_here", "Start <here>", 20), Entry("15_diffusion_forward", "The forward process", 120))


def way(reached: dict[str, Reached]) -> Way:
    return Way(Standing(TABLE, reached), NOTEBOOKS, frozenset({"00_start_here"}))


def test_checks_and_own_marks_are_added_apart() -> None:
    standing = Standing(TABLE, REACHED)
    assert standing.checks() == Sum(3.25, 5.0)
    assert standing.checks("15_diffusion_forward") == Sum(1.25, 3.0)
    assert standing.own_marks() == Sum(1.5, 2.0)
    assert standing.own_marks("00_start_here") == Sum(0, 0)


def test_what_is_next_is_the_first_check_without_its_full_points() -> None:
    assert Standing(TABLE, {}).next() == ("start.standardise", "00_start_here")
    assert Standing(TABLE, REACHED).next() == ("diffusion.step", "15_diffusion_forward")
    assert Standing(TABLE, {**REACHED, "diffusion.step": Reached(3.0, True)}).next() is None


def test_an_exercise_that_has_left_the_course_counts_nothing() -> None:
    assert Standing(TABLE, {"gone.away": Reached(5.0, True)}).checks() == Sum(0, 5.0)


def test_points_of_a_version_in_which_the_exercise_was_worth_more_do_not_exceed_it() -> None:
    assert Standing(TABLE, {"diffusion.step": Reached(9.0, True)}).checks() == Sum(3.0, 5.0)


def test_each_exercise_has_a_line() -> None:
    standing = Standing(TABLE, REACHED)
    assert [standing.line(id) for id in TABLE] == [
        "        ✓ 2 of 2  start.standardise",
        "    by hand, 1.5  start.units",
        "       1.25 of 3  diffusion.step",
        "    own 1.5 of 2  diffusion.why",
    ]


def test_the_way_in_words() -> None:
    assert repr(way(REACHED)).splitlines() == [
        "Your way through the course: 3.25 of 5 points (and 1.5 of 2 by your own mark).",
        "  ██████████         2 of 2  00_start_here",
        "  ████░░░░░░      1.25 of 3  15_diffusion_forward (and 1.5 of 2 by your own mark)",
        "Next: diffusion.step in 15_diffusion_forward.",
    ]


def test_the_way_in_a_notebook_has_the_map_links_and_an_alternative_text() -> None:
    page = way(REACHED)._repr_html_()
    assert '<a href="15_diffusion_forward.ipynb">15_diffusion_forward</a>' in page
    alt, picture = re.search(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"', page).groups()
    assert "Done so far: 00 to 100%, 15 to 42%." in alt
    assert "<" not in alt
    assert base64.b64decode(picture).decode().count('class="done"') == 4  # two arcs, a tick, the legend's arc


def test_before_the_course_is_built_there_are_words_only() -> None:
    assert "<img" not in Way(Standing({}, {}), (), frozenset())._repr_html_()
    assert repr(Way(Standing({}, {}), (), frozenset())).endswith("Every check is passed.")
