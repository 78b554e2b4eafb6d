"""JupyterLab serves the notebooks over loopback, and runs one of them, as a browser would ask it to."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import requests

from tests.house.lab import PATIENCE, ROOT, Server, contents, free_port, own_settings

COURSE = sorted((ROOT / "course").glob("*.ipynb"))
pytestmark = pytest.mark.xdist_group("lab")  # one server for all of them


def small_notebook() -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_markdown_cell("# Two and two"), nbformat.v4.new_code_cell("two = 2\ntwo + two")]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab over a copy of the course and a notebook of one line, with no settings of the user's."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "work"
    folder.mkdir()
    nbformat.write(small_notebook(), folder / "small.ipynb")
    for notebook in COURSE:
        shutil.copy(notebook, folder)
    server = Server(folder, free_port(), own_settings(home))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_jupyterlab_serves_and_runs_the_notebooks(server: Server) -> None:
    listing = server.ask("GET", "/api/contents").json()["content"]
    assert {entry["name"] for entry in listing} == {"small.ipynb", *(path.name for path in COURSE)}

    small = server.run("small.ipynb")
    assert contents(small, "execute_result")[0]["data"]["text/plain"] == "4"

    if COURSE:
        first = server.run(COURSE[0].name)
        assert contents(first, "error") == []
        assert any("text/html" in shown["data"] for shown in contents(first, "execute_result"))


def test_nbgrader_stays_out_of_sight_of_who_studies_alone(server: Server) -> None:
    (disabled,) = re.findall(r'"disabledExtensions":\s*(\[[^]]*\])', server.ask("GET", "/lab").text)
    assert "@jupyter/nbgrader" in json.loads(disabled)
    assert "nbgrader" not in Path(server.log.name).read_text()


def test_a_stranger_without_the_token_gets_nothing(server: Server) -> None:
    assert requests.get(f"http://{server.address}/api/contents", timeout=PATIENCE).status_code == 403
