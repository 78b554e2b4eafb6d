"""Mending holds whatever is handed in: any bytes give a sound notebook or one sentence. The corpus of real damage is
tests/damage."""

import json
import random
from copy import deepcopy

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.grading.reading.decode import clean, decoded
from autograder.grading.reading.reading import read
from autograder.grading.repair.outline import called, defined, normal, outline
from autograder.grading.repair.remarks import _longest_rising
from autograder.grading.repair.repair import Unreadable, repair
from tests.damage.corpus import DIFFUSION, START, Notebook, as_bytes, at, cell, code, released, solved, stripped, text

BRIEFLY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def holds(content: bytes, assignment: str = START) -> None:
    """Mended into something valid, or refused in a sentence."""
    template = released(assignment)
    mended, refusal = None, ""
    try:
        mended = repair(content, template)
    except Unreadable as problem:
        refusal = str(problem)
    if mended is None:
        assert refusal.strip()
        assert "\n" not in refusal
        return
    nbformat.validate(mended.notebook)
    assert nbformat.writes(mended.notebook).encode()
    assert all(sentence.encode() for sentence in mended.repairs)
    ids = [each["id"] for each in mended.notebook.cells]
    assert len(set(ids)) == len(ids)
    locked = {slot.id: slot.source for slot in template.slots if slot.kind in ("given", "check")}
    assert {each["id"]: each.source for each in mended.notebook.cells if each["id"] in locked} == locked
    again = repair(nbformat.writes(mended.notebook).encode(), template)
    assert [each.source for each in again.notebook.cells] == [each.source for each in mended.notebook.cells]


# --- anything --------------------------------------------------------------------------------------------------


@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"\xff\xfe\0\0")
@example(b'{"cells": [{"cell_type": ')
@example(b"# %%\n")
@example(b"```python\n```")
@BRIEFLY
def test_any_bytes(content: bytes) -> None:
    holds(content)


@given(st.text(max_size=200))
@BRIEFLY
def test_any_text(content: str) -> None:
    holds(content.encode("utf-8", "replace"))
    holds(b"# %%\n" + content.encode("utf-8", "replace"))
    holds(b"```python\n" + content.encode("utf-8", "replace"))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
GRADE_IDS = [slot.grade_id for slot in released(START).slots if slot.grade_id]
IDS = [slot.id for slot in released(START).slots]
SOURCES = [slot.source for slot in released(START).slots]
texts = st.one_of(
    st.sampled_from(SOURCES),
    st.sampled_from(
        ['check("start.standardise")', "def standardise(x):\n    return x", "# only this", "standardise = 3"]
    ),
    st.text(max_size=30),
    st.lists(st.text(max_size=10) | anything, max_size=4),
    anything,
)
graders = st.fixed_dictionaries({}, optional={"grade_id": st.sampled_from(GRADE_IDS) | anything, "grade": anything})
cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | anything,
        "source": texts,
        "id": st.sampled_from(IDS) | anything,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": graders | anything, "id": anything}) | anything,
        "outputs": anything,
    },
)


@given(
    st.lists(cells | anything, max_size=12),
    st.fixed_dictionaries({}, optional={"metadata": anything, "nbformat": anything, "worksheets": anything}),
)
@BRIEFLY
def test_anything_in_the_form_of_a_notebook(cells: list, rest: dict) -> None:
    holds(json.dumps({**rest, "cells": cells}).encode())
    holds(json.dumps({**rest, "nbformat": 3, "worksheets": [{"cells": cells}]}).encode())


@pytest.mark.parametrize("seed", range(40))
def test_a_solved_notebook_after_many_accidents(seed: int) -> None:
    """Cells copied, dropped, moved, merged, split, stripped and retyped at random; the file cut now and then."""
    chance = random.Random(seed)
    notebook = solved(DIFFUSION)
    for _ in range(chance.randint(1, 25)):
        chance.choice(ACCIDENTS)(notebook["cells"], chance)
    content = as_bytes(notebook)
    holds(content[: chance.randint(1, len(content))] if seed % 8 == 0 else content, DIFFUSION)


def _copy(cells: list, chance: random.Random) -> None:
    cells.insert(chance.randrange(len(cells)), deepcopy(chance.choice(cells)))


def _drop(cells: list, chance: random.Random) -> None:
    del cells[chance.randrange(len(cells))]


def _move(cells: list, chance: random.Random) -> None:
    cells.insert(chance.randrange(len(cells)), cells.pop(chance.randrange(len(cells))))


def _merge(cells: list, chance: random.Random) -> None:
    place = chance.randrange(len(cells) - 1)
    cells[place]["source"] += "\n\n" + cells.pop(place + 1)["source"]


def _split(cells: list, chance: random.Random) -> None:
    place = chance.randrange(len(cells))
    lines = cells[place]["source"].split("\n")
    cut = chance.randrange(len(lines) + 1)
    halves = [{**deepcopy(cells[place]), "source": "\n".join(part)} for part in (lines[:cut], lines[cut:])]
    cells[place : place + 1] = halves


def _strip(cells: list, chance: random.Random) -> None:
    chance.choice(cells)["metadata"] = {}


def _retype(cells: list, chance: random.Random) -> None:
    chance.choice(cells)["cell_type"] = chance.choice(["code", "markdown", "raw"])


ACCIDENTS = (_copy, _drop, _move, _merge, _split, _strip, _retype)


# --- what is promised ------------------------------------------------------------------------------------------


def sources(notebook: Notebook, assignment: str = DIFFUSION) -> list[str]:
    return [each.source for each in repair(as_bytes(notebook), released(assignment)).notebook.cells]


def test_own_cells_keep_their_place() -> None:
    notebook = solved(DIFFUSION)
    place = at(notebook, "diffusion-step")
    notebook["cells"].insert(place + 1, text("behind the check"))
    notebook["cells"].insert(place, code("between = 1"))
    notebook["cells"].insert(0, code("first = 1"))
    notebook["cells"].append(text("last"))
    assert sources(notebook) == [each["source"] for each in notebook["cells"]]


def test_an_own_cell_moves_along_with_what_stands_before_it() -> None:
    notebook = solved(DIFFUSION)
    answer = notebook["cells"].pop(at(notebook, "diffusion-step-answer"))
    notebook["cells"] += [answer, code("about_the_answer = 1")]
    mended = sources(notebook)
    assert mended.index("about_the_answer = 1") == mended.index(answer["source"]) + 1


def test_an_answer_that_is_fetched_from_below_its_check_takes_no_own_cells_along() -> None:
    notebook = solved(DIFFUSION)
    answer = cell(notebook, "diffusion-step-answer")["source"]
    blank = next(slot.source for slot in released(DIFFUSION).slots if slot.grade_id == "diffusion-step-answer")
    cell(notebook, "diffusion-step-answer")["source"] = blank
    notebook["cells"] += [code(answer), code("last = 1")]
    mended = sources(notebook)
    assert mended.index(answer) == mended.index('check("diffusion.step")') - 1
    assert mended[-1] == "last = 1"


def test_a_changed_given_cell_comes_after_the_template_s() -> None:
    notebook = solved(DIFFUSION)
    given = cell(notebook, "given-notation-1")
    original, given["source"] = given["source"], given["source"] + "\nimport numpy as np"
    mended = sources(notebook)
    assert mended[mended.index(original) + 1] == given["source"]


def test_lines_of_a_check_come_before_it() -> None:
    notebook = solved(DIFFUSION)
    cell(notebook, "diffusion-step")["source"] = '# mine\nx = 1\ncheck("diffusion.step")\ny = 2'
    mended = sources(notebook)
    assert mended[mended.index('check("diffusion.step")') - 1] == "# mine\nx = 1\ny = 2"


def test_only_the_last_filled_copy_keeps_the_grade_id() -> None:
    notebook = solved(DIFFUSION)
    place = at(notebook, "diffusion-step-answer")
    answer = notebook["cells"][place]
    blank = next(slot.source for slot in released(DIFFUSION).slots if slot.grade_id == "diffusion-step-answer")
    attempts = [{**answer, "source": f"def noising_step():\n    return {n}", "id": f"n{n}"} for n in range(2)]
    notebook["cells"][place : place + 1] = [*attempts, {**answer, "source": blank}]
    mended = repair(as_bytes(notebook), released(DIFFUSION)).notebook
    marked = [
        each
        for each in mended.cells
        if each.metadata.get("nbgrader", {}).get("grade_id") == answer["metadata"]["nbgrader"]["grade_id"]
    ]
    assert [each.source for each in marked] == ["def noising_step():\n    return 1"]
    assert mended.cells[mended.cells.index(marked[0]) - 1].source == "def noising_step():\n    return 0"
    assert blank not in [each.source for each in mended.cells]


def test_demonstrations_and_their_copies_are_tagged() -> None:
    notebook = solved(DIFFUSION)
    demonstration = next(each for each in notebook["cells"] if each["metadata"].get("tags"))
    notebook["cells"].append(code(demonstration["source"]))
    mended = repair(as_bytes(stripped(notebook)), released(DIFFUSION)).notebook
    tagged = [each.source for each in mended.cells if each.metadata.get("tags") == ["demo"]]
    assert tagged == [slot.source for slot in released(DIFFUSION).slots if slot.kind == "demo"] + [
        demonstration["source"]
    ]


def test_a_tag_does_not_keep_an_own_cell_from_running() -> None:
    notebook = solved(DIFFUSION)
    notebook["cells"].insert(3, code("needed = 1", id="mine", metadata={"tags": ["demo"]}))
    mended = repair(as_bytes(notebook), released(DIFFUSION)).notebook
    assert "tags" not in next(each for each in mended.cells if each["id"] == "mine").metadata


def test_the_result_shares_nothing_with_the_next_one() -> None:
    first = repair(as_bytes(solved(START)), released(START)).notebook
    for each in first.cells:
        each.source, each.metadata = "", {}
    first.metadata.kernelspec.name = "other"
    second = repair(as_bytes(solved(START)), released(START)).notebook
    assert second.metadata.kernelspec.name == "python3"
    assert [each.source for each in second.cells] == [each["source"] for each in solved(START)["cells"]]


def test_a_template_without_ids_or_outputs_will_do() -> None:
    """A teacher's own release, made by an older nbgrader."""
    notebook = nbformat.reads(released(START).notebook, as_version=4)
    for each in notebook.cells:
        del each["id"]
    notebook.nbformat_minor = 4
    from autograder.grading.model import template

    mended = repair(as_bytes(solved(START)), template(START, notebook))
    nbformat.validate(mended.notebook)
    assert [each.source for each in mended.notebook.cells] == [each["source"] for each in solved(START)["cells"]]


# --- the parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "exercise"),
    [
        ('check("diffusion.step")', "diffusion.step"),
        ("  check( 'a.b' , seed=3 );  # again", "a.b"),
        ('check("a.b", my_function)', "a.b"),
        ('x = check("a.b")', ""),
        ('check("a.b"); x = 1', ""),
        ('check("a.b", f())', ""),
        ('# check("a.b")', ""),
        ("check(id)", ""),
    ],
)
def test_calls_of_checks_are_recognised(line: str, exercise: str) -> None:
    assert called(line) == exercise


def test_names_are_found_at_the_left_margin_only() -> None:
    source = "@torch.no_grad()\ndef f(x):\n    def inner(): ...\n\nclass G(nn.Module):\n  x = 3\nasync def h(): ..."
    assert defined(source) == {"f", "G", "h"}


def test_each_cell_of_an_exercise_knows_its_own_names() -> None:
    prepared = outline(released(DIFFUSION))
    names = {prepared.slots[i].grade_id: prepared.names[i] for i in prepared.of_kind("solve")}
    assert names["diffusion-geometric_series-answer-2"] == {"unroll_all"}
    assert names["diffusion-step-answer"] == {"noising_step", "marginal_after"}


@given(st.lists(st.integers(0, 12), unique=True, max_size=9))
def test_the_longest_rising_subsequence_is_one(numbers: list[int]) -> None:
    found = [number for number in numbers if number in _longest_rising(numbers)]
    assert found == sorted(found)
    best = 0
    for mask in range(2 ** len(numbers)):
        chosen = [number for k, number in enumerate(numbers) if mask >> k & 1]
        best = max(best, len(chosen)) if chosen == sorted(chosen) else best
    assert len(found) == best


@given(st.text())
@example("a\ud83d\ude00b\udc00\0c\r\nd\re")
def test_clean_text_can_be_kept(given: str) -> None:
    cleaned = clean(given)
    assert cleaned.encode().decode() == cleaned
    assert not set(cleaned) & set("\0\r")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings_are_told_apart(encoding: str) -> None:
    whole = '{"cells": "größer – “naïve” café"}'
    assert decoded(whole.encode(encoding))[0].lstrip("\ufeff") == whole


def test_outputs_are_not_read() -> None:
    notebook = solved(START)
    for each in notebook["cells"]:
        each["outputs"], each["execution_count"] = [{"output_type": "stream", "text": "never seen"}], 3
    assert "never seen" not in str(read(as_bytes(notebook)))
    mended = repair(as_bytes(notebook), released(START))
    assert "never seen" not in nbformat.writes(mended.notebook)
    assert not mended.repairs


def test_white_space_makes_no_difference() -> None:
    assert normal(" a\n\n  b\t c ") == "a b c"
