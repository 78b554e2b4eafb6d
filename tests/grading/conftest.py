"""A private PostgreSQL server, and an assignment with results as the engine would deliver them."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psycopg
import pytest

from autograder.grading import engine
from autograder.grading.model import Mark, Result, Template, template
from autograder.grading.plan import Options
from tests.grading import standin
from tests.grading.classroom import STUDENTS, Class, Here

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "15_diffusion_forward"
# Roles with a password must give it, so that a wrong one can be told from a right one.
ACCESS = "local all marker scram-sha-256\nlocal all all trust\n"
_names = itertools.count()


# --- PostgreSQL -------------------------------------------------------------------------------------------------


def _programs() -> Path:
    """Where initdb and pg_ctl are. Debian keeps them off the PATH."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda home: float(home.parent.name))
    on_path = shutil.which("initdb")
    for home in (*reversed(homes), *([Path(on_path).parent] if on_path else [])):
        if (home / "initdb").exists() and (home / "pg_ctl").exists():
            return home
    missing = "PostgreSQL's server is missing: install it, on Debian with `apt-get install postgresql`."
    pytest.fail(missing) if sys.platform == "linux" else pytest.skip(missing)


def _servant() -> dict[str, object]:
    """PostgreSQL refuses to run as root: the user for it, if these tests do."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The folder of the socket of a server of our own; its superuser is called postgres and needs no password."""
    programs, servant = _programs(), _servant()
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path may have 107 characters, pytest's folders have more
    if servant:
        os.chown(folder, servant["user"], servant["group"])

    def run(program: str, *arguments: str) -> None:
        log = folder.with_suffix(".out").open("ab")
        with log:  # a pipe would be held open by the server
            done = subprocess.run([programs / program, "-D", folder / "data", *arguments], stdout=log, stderr=log,
                                  stdin=subprocess.DEVNULL, cwd=folder, check=False, **servant)  # fmt: skip
        assert done.returncode == 0, folder.with_suffix(".out").read_text()

    try:
        run("initdb", "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        (folder / "data" / "pg_hba.conf").write_text(ACCESS)
        run("pg_ctl", "start", "-w", "-o", f"-F -c listen_addresses='' -k {folder}")
        yield str(folder)
        run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".out").unlink(missing_ok=True)


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """The address of an empty database on that server."""
    name = f"grades{next(_names)}"
    with psycopg.connect(host=postgresql, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield f"postgresql://postgres@/{name}?host={postgresql}"
    with psycopg.connect(host=postgresql, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/marks.db"
    return request.getfixturevalue("postgresql_url")


# --- an assignment ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def assignment() -> Template:
    """What students get of a notebook with many checks and one written question."""
    return template(ASSIGNMENT, nbformat.read(ROOT / "course" / f"{ASSIGNMENT}.ipynb", as_version=4))


@pytest.fixture(scope="session")
def graded(assignment: Template) -> Callable[..., Result]:
    """graded("ada", share=0.5): a result with that share of every check's points.

    answered: the grade ids of the answers that are no longer the blank, by default all.
    """

    def make(student: str, share: float = 1.0, answered: set[str] | None = None, **more: object) -> Result:
        notebook = nbformat.reads(assignment.notebook, as_version=4)
        marks = {}
        for slot, cell in zip(assignment.slots, notebook.cells, strict=True):
            if slot.kind in ("solve", "written") and (answered is None or slot.grade_id in answered):
                cell.source += "\n# an answer"
            if slot.kind == "check":
                points = round(share * slot.points, 2)
                status = "full" if share == 1 else "partial" if points else "zero"
                marks[slot.exercise] = Mark(slot.exercise, "code", points, slot.points, status)
                data = {"text/plain": f"{points:g}", "text/html": f"<p>{slot.exercise}: {points:g} points</p>"}
                cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
            if slot.kind == "written":
                empty = cell.source == slot.source
                points, status = (0.0, "empty") if empty else (None, "waiting")
                marks[slot.exercise] = Mark(slot.exercise, "written", points, slot.points, status)
        text = nbformat.writes(notebook)
        return Result(student, assignment.assignment, tuple(marks.values()), notebook=text, **more)

    return make


# --- a class ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return standin.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def class_(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    """Three students, and a grader that counts its calls."""
    monkeypatch.setattr(engine, "local", Here().local)
    submitted = standin.write_class(tmp_path / "submitted", len(STUDENTS))
    return Class(Options(submitted, tmp_path / "out", handed_in, seed=5))
