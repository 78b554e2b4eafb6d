"""Figures that move, and the start page, in a real browser: what a student sees, drags and finds again."""

import re
import shutil
from collections.abc import Iterator

import nbformat
import pytest

from autograder.building.workspace import write_index
from tests.house.browser import CHROMIUM, QUIET, command, opened
from tests.house.lab import ROOT, Server, free_port, own_settings

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser to look with")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here (Debian and Ubuntu: apt install chromium)"),
]

CODE = """\
from pushforward.figures.explorer import push_explorer

push_explorer(lambda x: (x - x.mean(0)) / x.std(0))"""
HANDLE = ".noUi-handle"
PICTURE = ".widget-html img"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as `make lab` starts it, over a notebook with a figure that moves and the start page."""
    home = tmp_path_factory.mktemp("browser")
    (home / "work").mkdir()
    (home / "course").symlink_to(ROOT / "course")
    moving = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    moving.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(moving, home / "work" / "moving.ipynb")
    shutil.copy(ROOT / "course" / "00_start_here.ipynb", home / "work")
    write_index(home)
    server = Server(home / "work", free_port(), own_settings(home), "--LabApp.expose_app_in_browser=True")
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: "playwright.Browser", server: Server) -> "playwright.Page":
    """The notebook with the figure, run."""
    page = opened(browser, server, "moving.ipynb")
    kernel = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
    page.wait_for_function(f"{kernel}?.status === 'idle'")
    command(page, "notebook:run-all-cells")
    page.wait_for_selector(PICTURE)
    return page


def words(page: "playwright.Page") -> str:
    return page.get_attribute(PICTURE, "alt")


def moved(page: "playwright.Page", before: str) -> str:
    """What the picture says once it says something else."""
    page.wait_for_function("([css, before]) => document.querySelector(css)?.alt !== before", arg=[PICTURE, before])
    return words(page)


def test_the_figure_shows_with_its_words_and_every_control_has_a_name(page: "playwright.Page") -> None:
    assert page.evaluate(f"document.querySelector('{PICTURE}').naturalWidth") > 600
    assert "a share of 1.0 of the way" in words(page)
    page.wait_for_selector(f"{HANDLE}[aria-label]")
    assert page.get_attribute(HANDLE, "aria-label") == "pushed"
    assert page.evaluate("document.querySelector('.widget-slider').getBoundingClientRect().width") >= 300


def test_the_keyboard_moves_it(page: "playwright.Page") -> None:
    before = words(page)
    page.focus(HANDLE)
    page.keyboard.press("ArrowLeft")
    assert share(moved(page, before)) == pytest.approx(share(before) - 0.05)


def share(alt: str) -> float:
    return float(re.search(r"a share of ([\d.]+) of the way", alt).group(1))


def test_dragging_moves_it(page: "playwright.Page") -> None:
    before, box = words(page), page.locator(HANDLE).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 100, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert share(moved(page, before)) < share(before)  # the first of the frames on the way


def test_a_number_is_typed_into_the_readout(page: "playwright.Page") -> None:
    page.click(".widget-readout")
    page.keyboard.press("Control+a")
    page.keyboard.type("0.25")
    page.keyboard.press("Enter")
    page.wait_for_function("css => document.querySelector(css)?.alt.includes('a share of 0.25 of')", arg=PICTURE)


def test_on_a_narrow_page_nothing_is_cut_off(page: "playwright.Page") -> None:
    page.set_viewport_size({"width": 560, "height": 900})
    page.wait_for_timeout(500)
    right = "css => document.querySelector(css).getBoundingClientRect().right"
    edge = page.evaluate("document.querySelector('.jp-OutputArea').getBoundingClientRect().right")
    assert page.evaluate(right, PICTURE) <= edge + 1
    assert page.evaluate(right, ".widget-slider") <= edge + 1
    page.set_viewport_size({"width": 1300, "height": 1000})


CONTRAST = """css => {
    const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b }
    const text = document.querySelector(css); let under = text
    while (/, 0\\)$|transparent/.test(getComputedStyle(under).backgroundColor)) under = under.parentElement
    const [a, b] = [getComputedStyle(text).color, getComputedStyle(under).backgroundColor].map(light)
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}"""


def test_it_is_legible_in_both_themes(page: "playwright.Page") -> None:
    for theme, light in (("JupyterLab Dark", "false"), ("JupyterLab Light", "true")):
        command(page, "apputils:change-theme", theme=theme)
        page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=light)
        page.wait_for_timeout(500)
        assert page.evaluate(f"getComputedStyle(document.querySelector('{PICTURE}')).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        for small in (".widget-html small", ".widget-label", ".widget-readout"):
            assert page.evaluate(CONTRAST, small) >= 4.5, (theme, small)


def test_a_reopened_file_still_shows_the_figure(
    page: "playwright.Page", browser: "playwright.Browser", server: Server
) -> None:
    said = words(page)
    command(page, "docmanager:save")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    page.close()
    for session in server.ask("GET", "/api/sessions").json():
        server.ask("DELETE", f"/api/sessions/{session['id']}")
    again = opened(browser, server, "moving.ipynb")
    again.wait_for_selector(PICTURE)
    assert words(again) == said
    assert "model not found" not in again.inner_text(".jp-Notebook")
    again.close()


def test_the_start_page_leads_to_a_notebook(browser: "playwright.Browser", server: Server) -> None:
    page = opened(browser, server, "index.ipynb")
    picture = page.wait_for_selector(".jp-OutputArea img")
    assert picture.get_attribute("alt").startswith("A round cloud of noise")
    assert page.evaluate("document.querySelector('.jp-OutputArea img').naturalWidth") == 900
    page.click(".jp-OutputArea a:text('00_start_here')")
    page.wait_for_selector("text=Start here >> visible=true")
    page.wait_for_selector("h1:has-text('Start here')", state="attached")
    page.close()
