"""A student's text keeps its letters and loses what acts; tests/grading/reports/test_harmless.py looks at the pages."""

from __future__ import annotations

import time

import pytest

from autograder.grading.sandbox.tame import JOINER, clean, inert, tame
from tests.grading.hostile import HOSTILE
from tests.grading.reports.links import PRINTED, RAISED, TEXTS


@pytest.mark.parametrize("text", ["", "plain", "é ✓ 🎓 \n\t", "\x1b[31mred\x1b[0m", "a < b & c"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == inert(text).replace(JOINER, "") == text


@pytest.mark.parametrize("text", [*HOSTILE, *TEXTS.values(), RAISED])
def test_every_letter_can_still_be_read(text: str) -> None:
    assert tame(text).replace(JOINER, "") == clean(text)
    assert tame(tame(text)) == tame(text)
    assert tame(text).encode()


@pytest.mark.parametrize("text", TEXTS.values())
def test_something_is_cut_in_two(text: str) -> None:
    assert JOINER in tame(text)


def test_mathematics_lists_and_code_are_left_alone() -> None:
    for text in (
        "$a < b$", "1 <2", "x <= y", "# A heading\n\n- an *item*\n\n`code`", "<", "a <- b", "->", "$x \\in [0, 1]$",
        "$$\\begin{align} a &= b \\\\ &\\le c \\end{align}$$", "`x[0][1]`", "a: b", "$\\hrefs$", "A @ B",
        "|a|b|\n|--|--|", r"$\newcommand{\E}{\mathbb E} \E[x]$",
    ):  # fmt: skip
        assert tame(text) == text


def test_a_picture_of_the_cell_is_shown_and_no_other() -> None:
    pasted = "see ![a plot](attachment:pasted-1.png)!"
    assert tame(pasted, {"pasted-1.png"}) == pasted
    assert tame(pasted, {"pasted-2.png"}) == tame(pasted) != pasted
    for text in (
        "[![x](attachment:a.png)](javascript:x)", "![x](http://evil.invalid/attachment:a.png)",
        "![<b>](attachment:a.png)", "![x](attachment:a.png 'title')", "[x](attachment:a.png)",
        "![x](attachment:../a.png)", "![x][y](attachment:a.png)",
    ):  # fmt: skip
        rest = tame(text, {"a.png"}).replace("![x](attachment:a.png)", "")
        assert "](" not in rest or rest.startswith(f"![<{JOINER}b>]"), rest


@pytest.mark.parametrize("text", PRINTED.values())
def test_an_address_that_was_printed_is_text(text: str) -> None:
    assert "://" not in inert(text)
    assert "www." not in inert(text)
    assert not {"\r", "\b"} & set(inert(text))


def test_a_progress_bar_is_left_in_its_last_state() -> None:
    assert inert("begin\r\n 10 %\r 50 %\r100 %\nend\r") == "begin\n100 %\nend"


@pytest.mark.parametrize("piece", ["<", "&", "](", "](attachment:a", "![", "\\", "\r", "\x1b[", "w", "a@", ":", "x"])
def test_the_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    """Ten times as much may take some thirty times as long, on a busy machine; squared it would be a hundred."""

    def took(n: int) -> float:
        text, best = piece * n, float("inf")
        for _ in range(3):
            start = time.process_time()
            tame(text, {"a"})
            inert(text)
            best = min(best, time.process_time() - start)
        return best

    assert took(100_000) < 30 * took(10_000) + 0.05
