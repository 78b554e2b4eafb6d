"""Nothing that a student wrote acts on a page that a teacher opens, seen by a real browser on every such page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograder.grading.model import Mark, Result, Slot, Standing, Template
from autograder.grading.records.coursefolder import keep_graded, settings
from autograder.grading.reports.class_report import class_report
from autograder.grading.reports.feedback import feedback_html
from autograder.grading.sandbox.outputs import outputs
from autograder.grading.sandbox.tame import tame
from autograder.judging.exercise import gate
from autograder.judging.report import LawResult, Report
from tests.grading.formgrader import formgraded
from tests.grading.reports.links import EVIL, PRINTED, RAISED, TEXTS
from tests.house.browser import CHROMIUM, QUIET, opened
from tests.house.lab import Server, running

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser to look with")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here (Debian and Ubuntu: apt install chromium)"),
]

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="  # one pixel

# What leads away, loads or runs. A heading's own anchor and a picture that lies in the page do neither.
LIVE = """(root) => [...document.querySelectorAll(root + ' *')].flatMap(e => {
  const leads = ['href', 'xlink:href', 'src', 'srcset', 'action', 'data', 'poster'];
  const own = [...e.attributes].filter(a =>
    leads.includes(a.name) && !/^(#|data:image\\/png)/.test(a.value)
    || a.name.startsWith('on') || a.name === 'style' && /url/.test(a.value));
  const tags = ['SCRIPT', 'STYLE', 'IFRAME', 'OBJECT', 'EMBED', 'FORM'].includes(e.tagName) ? [e.tagName] : [];
  return [...own.map(a => a.name + '=' + a.value), ...tags];
})"""


def judged(error: str) -> str:
    """The table of a check whose answer raised something."""
    law = LawResult(gate("the result is a number"), ok=False, reached=True, case=error, expected=error, got=error)
    report = Report("a.b", 0.0, 2.0, (law,), None, error, False, 1, (), printed=error, graded=True)
    return report._repr_html_()


def notebook(text: Callable[[str], str], cell_outputs: Callable[[str], list]) -> nbformat.NotebookNode:
    """All ways to write, print and raise something that acts, a cell each."""
    cells = [new_code_cell("print(…)", outputs=cell_outputs(printed)) for printed in PRINTED.values()]
    cells += [new_markdown_cell(text(source)) for source in TEXTS.values()]
    cells += [new_raw_cell(text(source)) for source in (TEXTS["anchor"], TEXTS["tag"], TEXTS["formula"])]
    table = new_output("execute_result", {"text/plain": "0", "text/html": judged(RAISED)}, execution_count=None)
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=[*cells, new_code_cell("check('a.b')", outputs=[table])], metadata=metadata)


def ours() -> nbformat.NotebookNode:
    def shown(printed: str) -> list:
        error = {"type": "error", "ename": printed, "evalue": printed, "traceback": [printed, f"\x1b[31m{printed}"]}
        html = dict.fromkeys(("text/html", "image/svg+xml", "text/markdown", "text/latex"), TEXTS["anchor"])
        data = {"type": "display_data", "data": {"text/plain": printed, **html, "application/javascript": "hit=1"}}
        return outputs(printed, [data, error])

    return notebook(tame, shown)


def theirs() -> nbformat.NotebookNode:
    """The control: what nobody has tamed."""
    return notebook(str, lambda printed: [new_output("stream", name="stdout", text=printed)])


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


def live(page: playwright.Page, root: str) -> list[str]:
    """What acts on a page, and what has run on it by now."""
    found = page.evaluate(LIVE, root)
    return found + (["a script has run"] if page.evaluate("'hit' in window") else [])


def seen(browser: playwright.Browser, html: str, root: str) -> list[str]:
    """What acts on a page given as text, what it asked for from elsewhere included."""
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url) if "evil" in request.url else None)
    page.set_content(html, wait_until="domcontentloaded")
    page.wait_for_timeout(300)
    found = [*live(page, root), *asked]
    page.close()
    return found


# --- pages that nbgrader makes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["formgrade", "feedback"])
def test_nothing_acts_on_a_page_of_nbgrader(browser, template: str) -> None:
    assert seen(browser, formgraded(ours(), template), "#notebook-container") == []
    nb = theirs()
    nb.cells = [cell for cell in nb.cells if "attachment:" not in cell.source]  # on which nbconvert gives up
    found = seen(browser, formgraded(nb, template), "#notebook-container")
    assert len([one for one in found if one.startswith("href=")]) > 30
    assert "a script has run" in found


def test_the_reason_of_a_refusal_may_quote_what_a_student_wrote(browser, tmp_path) -> None:
    nothing = Template("hw", nbformat.writes(new_notebook()), ())
    reason = " ".join(TEXTS[name] for name in ("javascript", "picture", "tag", "bare", "formula", "autolink"))
    path = keep_graded(settings(tmp_path), Result("ada", "hw", (), reason=reason), nothing)
    assert seen(browser, formgraded(nbformat.read(path, as_version=4), "formgrade"), "#notebook-container") == []


def test_a_pasted_picture_is_shown_to_the_marker(browser) -> None:
    cell = new_markdown_cell("![by hand](attachment:pasted-1.png)", attachments={"pasted-1.png": {"image/png": DOT}})
    page = browser.new_page()
    page.set_content(formgraded(new_notebook(cells=[cell]), "formgrade"), wait_until="domcontentloaded")
    page.wait_for_function("document.querySelector('#notebook-container img')?.naturalWidth === 1")
    page.close()


# --- JupyterLab --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("harmless")
    (home / "autograded").mkdir()
    nbformat.write(ours(), home / "autograded" / "ours.ipynb")
    nbformat.write(theirs(), home / "autograded" / "theirs.ipynb")
    with running(home / "autograded", "--LabApp.expose_app_in_browser=True") as server:
        yield server


def in_lab(browser: playwright.Browser, lab: Server, name: str) -> list[str]:
    page = opened(browser, lab, name)
    page.set_viewport_size({"width": 1300, "height": 20_000})  # cells out of sight are not drawn
    page.wait_for_function("document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown').length > 40")
    page.wait_for_selector("mjx-container", state="attached")
    page.wait_for_timeout(3000)
    roots = (".jp-RenderedMarkdown", ".jp-OutputArea-output")
    found = [one for root in roots for one in live(page, f".jp-Notebook {root}")]
    page.close()
    return found


def test_nothing_acts_in_jupyterlab(browser, lab) -> None:
    assert in_lab(browser, lab, "ours.ipynb") == []
    found = in_lab(browser, lab, "theirs.ipynb")
    assert len([one for one in found if one.startswith("href=")]) > 40
    assert {one for one in found if one.endswith(("/colours", "/within", "/hidden", "/over", "/back", "/token"))}


# --- our own pages -----------------------------------------------------------------------------------------------


def test_nothing_acts_on_our_own_pages(browser) -> None:
    texts = [*TEXTS.values(), *PRINTED.values(), RAISED]
    names = [f"a.b{i}" for i in range(len(texts))]
    slots = [Slot("written", name, name, name, "", 2.0) for name in names]
    cells = [
        {"cell_type": "markdown", "metadata": {"nbgrader": {"grade_id": name}}, "source": tame(text)}
        for name, text in zip(names, texts, strict=True)
    ]
    marks = tuple(
        Mark(name, "written", 0.0, 2.0, "zero", (text,), text, text, text, html=judged(text))
        for name, text in zip(names, texts, strict=True)
    )
    said = tuple(texts)
    result = Result("ada", "hw", marks, "", said, said, notebook=json.dumps({"cells": cells, "metadata": {}}))
    comments = Standing(comments=dict(zip(names, texts, strict=True)))
    template = Template("hw", "{}", (Slot("prose", "p", "", "", f"# {texts[0]}"), *slots))
    assert seen(browser, feedback_html(result, comments, template), "main") == []
    lost = [Result(f"bob{i}", "hw", marks[:1], reason=text) for i, text in enumerate(texts)]
    assert seen(browser, class_report([result, *lost], {}), "main") == []


def test_the_browser_would_have_seen_it(browser) -> None:
    assert seen(browser, f"<main><a href='{EVIL}'>x</a><img src='{EVIL}/x.png'></main>", "main") == [
        f"href={EVIL}", f"src={EVIL}/x.png", f"{EVIL}/x.png",
    ]  # fmt: skip
