"""Answers that are alike: a copy is found whatever was renamed in it; what many wrote, and blanks, say nothing."""

from __future__ import annotations

import csv
import io
import random

import pytest
from bs4 import BeautifulSoup

from autograder.grading.model import Result
from autograder.grading.reports import tables
from autograder.grading.reports.class_report import PAIRS, class_report
from autograder.grading.reports.similarity import FEWEST, MOST_PAIRS, MOST_TOKENS, Pair, similar, tokens, words
from tests.grading.synthetic import ASSIGNMENT, notebook, released

STEP, PROSE = "diffusion-step-answer", "diffusion-reason_for_elbo"
BLANKS = {slot.grade_id: slot.source for slot in released().slots if slot.kind in ("solve", "written")}
OPERATIONS = ("sqrt", "exp", "log", "abs", "sin", "cos", "tanh", "square", "floor", "sigmoid")


def code(chance: random.Random, names: str = "abcdefgh") -> str:
    """An answer of its own, in eight lines."""
    lines = [
        f"    {names[i]} = torch.{chance.choice(OPERATIONS)}({names[i - 1]}) {chance.choice('+-*/')} "
        f"{chance.randint(2, 99)} * {names[i - 1]}.{chance.choice(OPERATIONS)}()"
        for i in range(1, 8)
    ]
    return "\n".join([f"def step({names[0]}):", *lines, f"    return {names[7]}"])


def disguised(source: str) -> str:
    """The same, with other names, comments, line ends and spaces."""
    for old, new in zip("abcdefgh", ("xs", "total", "left", "right", "mean", "var", "z0", "out"), strict=True):
        source = source.replace(f"{old} ", f"{new} ").replace(f"({old})", f"( {new} )").replace(f" {old}.", f" {new}.")
    return '"""Mine."""\n\n' + source.replace("\n", "  # as in the lecture\n\n").replace("return h", "return  out")


def prose(chance: random.Random) -> str:
    syllables = ("la", "mo", "ri", "tu", "ne", "ka", "so", "vi")
    return " ".join("".join(chance.choices(syllables, k=3)) for _ in range(60))


def handed_in(student: str, **answers: str) -> Result:
    return Result(student, ASSIGNMENT, (), notebook=notebook({**BLANKS, **answers}))


def class_of(n: int, **same: str) -> list[Result]:
    chance = random.Random(4)
    return [handed_in(f"s{i:04}", **{STEP: code(chance), PROSE: prose(chance), **same}) for i in range(n)]


def pairs(results: list[Result]) -> list[tuple[str, str]]:
    return [(pair.one, pair.other) for pair in similar(results, {ASSIGNMENT: released()})]


def test_a_copy_is_found_whatever_was_renamed() -> None:
    original = code(random.Random(99))
    class_ = [*class_of(30), handed_in("eve", **{STEP: original}), handed_in("adam", **{STEP: disguised(original)})]
    (pair,) = similar(class_, {ASSIGNMENT: released()})
    assert (pair.one, pair.other, pair.exercises) == ("adam", "eve", ("diffusion.step",))
    assert pair.alike > 0.9
    assert disguised(original) != original


def test_prose_is_compared_by_its_words() -> None:
    text = prose(random.Random(98))
    loud = "*" + text.upper().replace(" ", "  ") + "!*"
    assert pairs([*class_of(30), handed_in("eve", **{PROSE: text}), handed_in("adam", **{PROSE: loud})]) == [
        ("adam", "eve")
    ]


def test_what_many_wrote_and_blanks_say_nothing() -> None:
    assert pairs([handed_in(f"s{i}") for i in range(40)]) == []
    assert pairs(class_of(40, **{STEP: code(random.Random(97))})) == []
    added = f"{BLANKS[STEP]}\n    return x"
    assert pairs([*class_of(40), handed_in("eve", **{STEP: added}), handed_in("adam", **{STEP: added})]) == []


def test_a_few_lines_alike_are_no_pair() -> None:
    chance = random.Random(96)
    short = "def step(x):\n    return x.sqrt() * 3"
    class_ = [handed_in(f"s{i}", **{STEP: short if i < 2 else code(chance)}) for i in range(30)]
    assert pairs(class_) == []


def test_who_copied_from_several_is_listed_with_each_and_nobody_twice() -> None:
    one, other = code(random.Random(95)), prose(random.Random(94))
    class_ = [*class_of(20), handed_in("eve", **{STEP: one}), handed_in("ada", **{PROSE: other})]
    class_.append(handed_in("mallory", **{STEP: one, PROSE: other}))
    assert sorted(pairs(class_)) == [("ada", "mallory"), ("eve", "mallory")]


@pytest.mark.parametrize(
    "text", ["", "'", '"""', "\x00", "é" * 50, "x" * 10**6, "'" * 10**5, '"""' + "x" * 10**5, "# " * 10**5]
)
def test_any_text_is_tokens(text: str) -> None:
    assert len(tokens(text)) <= MOST_TOKENS
    assert len(words(text)) <= MOST_TOKENS
    assert similar([handed_in("a", **{STEP: text}), handed_in("b", **{STEP: text})], {ASSIGNMENT: released()}) == []


def test_refused_and_unknown_notebooks_are_left_out() -> None:
    lost = Result("eve", ASSIGNMENT, (), reason="A web page.")
    other = Result("eve", "hw9", (), notebook=notebook({STEP: code(random.Random(1))}))
    assert pairs([lost, other, *class_of(30)]) == []


def test_a_handful_is_too_few_to_call_anything_rare() -> None:
    one = code(random.Random(92))
    assert pairs([*class_of(FEWEST - 3), *(handed_in(name, **{STEP: one}) for name in ("ada", "eve"))]) == []
    assert "too few" in class_report(class_of(2), {})


def test_a_ring_of_many_makes_a_table_of_some_size() -> None:
    chance, one = random.Random(5), code(random.Random(93))
    class_ = [handed_in(f"s{i:04}", **{STEP: one if i < 25 else code(chance)}) for i in range(700)]
    assert len(pairs(class_)) == MOST_PAIRS


def test_the_table_and_the_report_show_them_as_something_to_look_at() -> None:
    found = [Pair("hw", "=ada", "bob", 40, 0.93, ("a.b", "a.c"))] * (PAIRS + 2)
    (row, *_) = csv.DictReader(io.StringIO(tables.similarity_csv(found)))
    assert (row["student"], row["alike_percent"], row["exercises"]) == ("'=ada", "93", "a.b; a.c")
    class_ = [Result(name, "hw", ()) for name in ("=ada", "bob")]
    page = BeautifulSoup(class_report(class_, {}, pairs=found), "html.parser")
    assert "nothing more" in page.text
    assert "2 pairs more" in " ".join(page.text.split())
    hidden = class_report(class_, {}, pairs=found, anonymous=True)
    assert "=ada" not in hidden
    assert "93 %" in hidden
    assert "No two notebooks" in class_report([Result(f"s{i}", "hw", ()) for i in range(FEWEST)], {})
