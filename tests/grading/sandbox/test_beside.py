"""The files that were handed in with a notebook stand in the folder of each of its processes, whatever they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.grading.model import Limits
from autograder.grading.sandbox.sandbox import Sandbox
from autograder.grading.sandbox.session import Session
from tests.grading.inside import USUAL

pytestmark = pytest.mark.xdist_group("sandbox")
FILES = (("helper.py", b"n = 41"), ("data/Gr\u00f6\u00dfe.csv", b"1,2\n"), ("empty", b""), ("odd", bytes(range(13))))
LIST = "import os; sorted(os.path.join(d, f) for d, _, fs in os.walk('.') for f in fs if '__pycache__' not in d)"


@pytest.fixture(scope="module", params=["bubblewrap", "none"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    made = Sandbox(request.param)
    yield made
    made.close()


def shows(session: Session, source: str) -> str:
    outcome, _ = session.run(source, "A cell")
    return outcome["outputs"][-1]["data"]["text/plain"]


def test_cells_read_and_import_them(sandbox: Sandbox) -> None:
    with Session(sandbox, USUAL, FILES) as session:
        assert shows(session, "import helper; helper.n + 1") == "42"
        assert shows(session, "open('data/Größe.csv').read(), open('odd', 'rb').read()") == repr(("1,2\n", FILES[3][1]))
        assert session.incidents == []


def test_they_are_there_again_after_an_end(sandbox: Sandbox) -> None:
    with Session(sandbox, USUAL, FILES) as session:
        session.run("from helper import n", "A cell")
        assert session.run("import os; os.remove('helper.py'); os._exit(3)", "A cell")[0] is None
        assert shows(session, "from helper import n as again; n + again") == "82"


def test_the_next_submission_finds_none(sandbox: Sandbox) -> None:
    with Session(sandbox, USUAL, FILES) as session:
        assert "helper.py" in shows(session, LIST)
    with Session(sandbox, USUAL) as session:
        assert shows(session, LIST) == "[]"


def test_a_cell_imports_what_it_wrote(sandbox: Sandbox) -> None:
    with Session(sandbox, USUAL) as session:
        session.run("open('mine.py', 'w').write('n = 1')", "A cell")
        assert shows(session, "import mine; mine.n") == "1"


def test_what_there_is_no_room_for_is_said() -> None:
    sandbox = Sandbox()
    with Session(sandbox, Limits(memory=USUAL.memory, disk=1), (("large", bytes(2 << 20)), *FILES)) as session:
        assert shows(session, "import helper; helper.n") == "41"
        assert session.incidents == ["For 1 of the files beside the notebook there was no room."]
    sandbox.close()
