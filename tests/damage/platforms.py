"""What Gradescope, Brightspace, Blackboard, ILIAS and nbgrader's exchange give to an instructor."""

from itertools import pairwise
from pathlib import Path

from tests.damage.corpus import DIFFUSION, START
from tests.damage.handed_in import blank, handed_in, put, put_zip, work

METADATA = b"""---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '42'
    :email: ada@example.edu
  :created_at: 2024-11-21 10:00:00.000000000 -08:00
  :results:
    :output: |-
      submission_102:
        :submitters:
        - :name: Ada Lovelace
submission_102:
  :submitters:
  - :name: Bob Roe
    :sid:
    :email: bob@example.edu
  - :name: "Cleo\\nPoe"
    :sid: ''
    :email: cleo@example.edu
  :created_at: &1 2024-11-21 10:00:00 Z
  :history:
  - :created_at: *1
submission_103:
  :submitters:
  - :name: Ada Lovelace
    :sid: '43'
    :email: other@example.edu
"""


@handed_in("Gradescope, with a pair and two of one name", {
           ("Ada Lovelace_42", START): "", ("Ada Lovelace_43", START): "", ("Bob Roe", START): "",
           ("Cleo Poe", START): "", ("submission_104", START): "is empty"},
           lms={"Bob Roe": {"name": "Bob Roe", "email": "bob@example.edu"},
                "Ada Lovelace_42": {"name": "Ada Lovelace", "idnumber": "42", "email": "ada@example.edu"}},
           times={"Ada Lovelace_42": "2024-11-21T18:00:00+00:00", "Cleo Poe": "2024-11-21T10:00:00+00:00"})  # fmt: skip
def gradescope(folder: Path) -> Path:
    files = {f"submission_{n}/{START}.ipynb": work() for n in (101, 102, 103)}
    files |= {"submission_104/x.ipynb": b"", "submission_metadata.yml": METADATA}
    return put_zip(folder, {f"assignment_9_export/{name}": content for name, content in files.items()})


@handed_in("Gradescope, where the file that says whose they are grows without end", {
           ("submission_101", START): "", ("submission_102", START): ""})  # fmt: skip
def gradescope_bomb(folder: Path) -> Path:
    lines = ["a: &a [x]", *(f"{b}: &{b} [{','.join(9 * [f'*{a}'])}]" for a, b in pairwise("abcdefghijk"))]
    deep = "submission_101: " + "[" * 5000
    files = {f"submission_{n}/x.ipynb": work() for n in (101, 102)}
    return put(folder, {**files, "submission_metadata.yml": "\n".join([*lines, deep]).encode()})


@handed_in("Brightspace: two attempts, and two of one name", {
           ("Ada Lovelace_11", START): "", ("Ada Lovelace_12", START): "", ("Bob Roe", START): "a PDF"},
           {"Ada Lovelace_11": "handed in last"})  # fmt: skip
def brightspace(folder: Path) -> Path:
    return put(folder, {
        "11-900 - Ada Lovelace - Nov 20, 2024 1159 PM/x.ipynb": work(), "index.html": b"<html>",
        "11-900 - Ada Lovelace - Nov 21, 2024 105 AM/x.ipynb": blank(),
        "12-900 - Ada Lovelace - Nov 21, 2024 1000 AM/x.ipynb": work(),
        "13-900 - Bob Roe - Nov 21, 2024 1000 AM/x.pdf": b"%PDF-1.7",
    })  # fmt: skip


@handed_in("Blackboard, with its text for each attempt", {
           ("ada", START): "", ("bob", START): "", ("cleo", START): "no notebook among the files"},
           lms={"ada": {"username": "ada"}}, beside={"ada": ["helper.py"], "bob": []})  # fmt: skip
def blackboard(folder: Path) -> Path:
    at = "attempt_2024-11-21-10-00-00"
    return put_zip(folder, {
        f"PS 1_ada_{at}.txt": b"Name: Ada", f"PS 1_ada_{at}_x_bob_attempt_2020-01-01-00-00-00_y.ipynb": work(),
        f"PS 1_ada_{at}_helper.py": b"n = 1", f"PS 1_bob_{at}.txt": b"", f"PS 1_bob_{at}_x.ipynb": work(),
        f"PS 1_cleo_{at}.txt": b"I could not hand in.",
    })  # fmt: skip


@handed_in("ILIAS, with a file that begins like a time", {("Lovelace Ada", START): "", ("Roe Bob", START): ""},
           lms={"Lovelace Ada": {"name": "Lovelace Ada", "username": "ada1"}},
           times={"Lovelace Ada": None, "Roe Bob": None})  # fmt: skip
def ilias(folder: Path) -> Path:
    return put_zip(folder, {
        "Lovelace_Ada_ada1_6001/20200101100000_x.ipynb": work(), "Roe_Bob_b.roe_6002/x.ipynb": work(),
        "status.xlsx": b"",
    })  # fmt: skip


@handed_in("folders like those of ILIAS in nbgrader's layout, where ids stay as they are", {
           ("Lovelace_Ada_ada1_6001", START): "", ("Roe_Bob_b.roe_6002", START): ""})  # fmt: skip
def ilias_in_nbgrader(folder: Path) -> Path:
    names = ("Lovelace_Ada_ada1_6001", "Roe_Bob_b.roe_6002")
    return put(folder, {f"{name}/{START}/{START}.ipynb": work() for name in names})


@handed_in("nbgrader's exchange: two assignments, and a second attempt", {
           ("ada", START): "", ("ada", DIFFUSION): "", ("bob", START): ""}, {"bob": "handed in last"},
           times={"bob": "2024-11-21T11:00:00+00:00"}, beside={"bob": []})  # fmt: skip
def inbound(folder: Path) -> Path:
    def at(who: str, what: str, hour: int, more: str = "") -> str:
        return f"{who}+{what}+2024-11-21 {hour}:00:00.000000 UTC{more}"

    put(folder / at("ada", START, 10), {f"{START}.ipynb": work()})
    put(folder / at("ada", DIFFUSION, 10), {f"{DIFFUSION}.ipynb": work(DIFFUSION)})
    put(folder / at("bob", START, 10), {f"{START}.ipynb": work()})
    again = {f"{START}.ipynb": blank(), "timestamp.txt": b"2024-11-21 11:00:00.000000 UTC"}
    put(folder / at("bob", START, 11, "+Xz1"), again)
    return folder
