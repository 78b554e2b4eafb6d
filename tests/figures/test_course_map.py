"""The map of the course: for everybody, and for one student with what she has done."""

import xml.etree.ElementTree as ET

import pytest

from pushforward.contents import Entry
from pushforward.figures.course_map import course_map, description

SVG = "{http://www.w3.org/2000/svg}"
NOTEBOOKS = (
    Entry("00_start_here", "Start here", 20, "first steps"),
    Entry("02_change_of_variables", "Change of variables", 150),
    Entry("03_flow_layers", "Layers | of a flow", 120, "flows"),
)
READY = {"00_start_here", "02_change_of_variables"}
DONE = {"00_start_here": 1.0, "02_change_of_variables": 0.25}


@pytest.fixture(params=[None, DONE], ids=["for everybody", "for one"])
def picture(request: pytest.FixtureRequest) -> ET.Element:
    return ET.fromstring(course_map(NOTEBOOKS, READY, request.param))


def test_the_map_is_described_for_those_who_do_not_see_it(picture: ET.Element) -> None:
    title, words = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby").split() == [title.get("id"), words.get("id")]
    assert "noise" in words.text
    assert "3 notebooks, of which 2 are ready" in words.text
    assert "First steps: 00 Start here, 02 Change of variables; Flows: 03 Layers | of a flow" in words.text


def test_the_map_shows_every_notebook_and_which_is_to_come(picture: ET.Element) -> None:
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert [texts.count(number) for number in ("00", "02", "03")] == [2, 2, 2]
    assert {"Start here", "Change of variables", "Layers | of a flow", "First steps", "Flows"} <= set(texts)
    large = [c for c in picture.iter(f"{SVG}circle") if float(c.get("r")) > 10 and c.get("class") != "done"]
    assert [c.get("class") for c in large] == [None, None, "ring"]


def test_the_map_stays_inside_its_frame_and_is_large_enough_to_read(picture: ET.Element) -> None:
    _, _, width, height = map(float, picture.get("viewBox").split())
    assert width == 900
    for text in picture.iter(f"{SVG}text"):
        assert float(text.get("font-size")) >= 12
        assert 0 < float(text.get("x")) < width
        assert 0 < float(text.get("y")) < height - 8
    assert "prefers-color-scheme: dark" in picture.find(f"{SVG}style").text


def test_an_arc_shows_what_is_done_and_a_tick_that_all_is() -> None:
    picture = ET.fromstring(course_map(NOTEBOOKS, READY, DONE))
    arcs = [c for c in picture.iter(f"{SVG}circle") if c.get("class") == "done" and float(c.get("r")) > 10]
    lengths = [[float(part) for part in arc.get("stroke-dasharray").split()] for arc in arcs]
    assert [round(drawn / whole, 3) for drawn, whole in lengths] == [1.0, 0.25]
    ticks = [p for p in picture.iter(f"{SVG}path") if p.get("class") == "done"]
    assert len(ticks) == 1
    assert description(NOTEBOOKS, READY, DONE).endswith("Done so far: 00 to 100%, 02 to 25%.")


def test_who_has_done_nothing_yet_reads_so() -> None:
    assert description(NOTEBOOKS, READY, {"00_start_here": 0.0}).endswith("Done so far: nothing yet.")
