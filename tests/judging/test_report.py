"""A report pays what its laws pay, and says it to a notebook, a terminal, nbgrader and a program."""

import html
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.judging.exercise import Law, Mistake, gate, pays
from autograder.judging.report import LawResult, Report, number, shares

SHAPE, MEAN, SPREAD = gate("the result has the shape of `x`"), pays("the mean is 0", 1), pays("the spread is 1", 3)
HINTS = ("First look at `x`.", "Then at its mean.", "Last at its spread.")
EVIL = "<script>alert('x')</script> & \"quotes\" `ticks`"


def report(**changed) -> Report:
    """Two of four laws hold; the third is broken, the fourth was not reached."""
    laws = (
        LawResult(SHAPE, True, True),
        LawResult(MEAN, True, True),
        LawResult(SPREAD, False, True, "f(x=[1, 2])", "[1, 2]", "[3, 4]", "Twice too much."),
        LawResult(pays("limits are right", 0), False, False),
    )
    base = Report("toy.norm", 1.0, 4.0, laws, None, None, False, 17, HINTS)
    return replace(base, **changed)


def full() -> Report:
    return report(points=4.0, laws=tuple(LawResult(law, True, True) for law in (SHAPE, MEAN, SPREAD)))


def blank() -> Report:
    laws = tuple(LawResult(law, False, False) for law in (SHAPE, MEAN, SPREAD))
    return report(points=0.0, laws=laws, blank=True, error="`f` is not implemented yet.")


class Page(HTMLParser):
    """Every element with what stands around it, and all text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict, tuple[str, ...]]] = []
        self.texts: list[tuple[str, tuple[str, ...]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((data, tuple(self.open)))

    def text(self, tag: str) -> list[str]:
        return [data for data, around in self.texts if around and around[-1] == tag]


def page(of: Report) -> Page:
    found = Page(of._repr_html_())
    assert found.open == []
    return found


# --- points ----------------------------------------------------------------------------------------------------


WEIGHTS = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.25, 2.0, 3.0]), min_size=1, max_size=7).filter(any)
POINTS = st.integers(1, 2000).map(lambda hundredths: hundredths / 100)


@given(WEIGHTS, POINTS)
def test_shares_are_hundredths_that_follow_the_weights_and_add_up_to_the_points(weights: list, points: float) -> None:
    laws = [Law("a law", weight) for weight in weights]
    found = shares(laws, points)
    assert round(sum(found), 6) == points
    for law, share in zip(laws, found, strict=True):
        assert share == pytest.approx(points * law.weight / sum(weights), abs=0.0101)
        assert round(share * 100, 4) == round(share * 100)
        assert (share == 0) or not law.is_gate


@given(WEIGHTS, POINTS, st.data())
def test_the_points_of_the_laws_that_hold_add_up_to_the_points(
    weights: list, points: float, data: st.DataObject
) -> None:
    laws = [Law("a law", weight) for weight in weights]
    held = data.draw(st.lists(st.booleans(), min_size=len(laws), max_size=len(laws)))
    earned = round(sum(share for share, ok in zip(shares(laws, points), held, strict=True) if ok), 6)
    results = tuple(LawResult(law, ok, True) for law, ok in zip(laws, held, strict=True))
    said = report(points=earned, max=points, laws=results).to_json()
    assert round(sum(law["points"] for law in said["laws"]), 6) == said["points"]
    assert round(sum(law["max"] for law in said["laws"]), 6) == said["max"]
    assert 0 <= said["points"] <= said["max"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (2.0, "2"), (1.5, "1.5"), (0.33, "0.33"), (10.0, "10"), (100.0, "100"), (0.1, "0.1")],
)
def test_points_are_written_without_needless_zeros(value: float, text: str) -> None:
    assert number(value) == text


def test_full_marks_are_laws_that_hold_and_not_a_sum_that_rounds() -> None:
    assert full().full
    tiny = (LawResult(pays("large", 1000), True, True), LawResult(pays("small", 0.001), False, True))
    assert not report(points=4.0, laws=tiny).full
    assert report(points=4.0, laws=(LawResult(SHAPE, False, True), LawResult(MEAN, True, True))).full


# --- for programs ----------------------------------------------------------------------------------------------


def test_json_has_points_laws_misconception_and_error() -> None:
    said = json.loads(json.dumps(report(error="It broke.").to_json()))
    assert {"points", "max", "laws", "misconception", "error"} <= said.keys()
    assert (said["points"], said["max"], said["misconception"], said["error"]) == (1, 4, None, "It broke.")
    assert [(law["law"], law["ok"], law["points"], law["max"]) for law in said["laws"]] == [
        (SHAPE.sentence, True, 0, 0),
        (MEAN.sentence, True, 1, 1),
        (SPREAD.sentence, False, 0, 3),
        ("limits are right", False, 0, 0),
    ]
    assert (said["id"], said["seed"]) == ("toy.norm", 17)


def test_json_names_the_misconception_with_its_sentence() -> None:
    said = report(mistake=Mistake("off by one", "Count from 1.", ())).to_json()
    assert said["misconception"] == {"name": "off by one", "sentence": "Count from 1."}


# --- for nbgrader and notebooks --------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [report, full, blank], ids=["partly", "full", "blank"])
def test_nbgrader_reads_a_plain_number_between_0_and_the_points(made) -> None:
    bundle = made()._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/html"}
    assert re.fullmatch(r"\d+(\.\d{1,2})?", bundle["text/plain"])
    assert float(bundle["text/plain"]) == made().points
    assert 0 <= float(bundle["text/plain"]) <= made().max


def test_a_terminal_gets_the_table_instead_of_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = type("TerminalInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert report()._repr_mimebundle_()["text/plain"] == repr(report())


def test_the_table_has_a_row_per_law_with_its_mark_and_what_it_means() -> None:
    found = page(report())
    cells = [attrs for tag, attrs, around in found.elements if tag == "td" and "title" in attrs]
    assert [(c["title"], c["aria-label"]) for c in cells] == [
        ("holds", "holds"),
        ("holds", "holds"),
        ("broken", "broken"),
        ("not reached", "not reached"),
    ]
    assert [text for text in found.text("td") if text in "✓✗–"] == ["✓", "✓", "✗", "–"]
    assert found.text("th") == ["law", "for", "expected", "got"]
    assert found.text("caption") == ["Laws of toy.norm"]
    assert [attrs["scope"] for tag, attrs, around in found.elements if tag == "th"] == ["col"] * 5
    assert "(must hold)" in found.text("small")
    assert found.text("em") == ["Twice too much."]
    assert [t for t in found.text("code") if t[0] in "f["] == ["f(x=[1, 2])", "[1, 2]", "[3, 4]"]


def test_without_anything_to_compare_the_table_has_two_columns() -> None:
    assert page(full()).text("th") == ["law"]
    assert page(full()).text("details") == []


def test_every_row_is_as_long_as_the_head() -> None:
    for made in (report(), full()):
        rows = re.findall(r"<tr>(.*?)</tr>", made._repr_html_(), re.DOTALL)
        assert len({len(re.findall("<t[hd]", row)) for row in rows}) == 1


def test_hints_open_one_inside_the_other() -> None:
    found = page(report())
    depth = {text: around.count("details") for text, around in found.texts if text.startswith("hint ")}
    assert depth == {"hint 1 of 3": 1, "hint 2 of 3": 2, "hint 3 of 3": 3}
    for i, hint in enumerate(HINTS, start=1):
        first = hint.partition(" `")[0]
        assert {around.count("details") for text, around in found.texts if text.startswith(first)} == {i}


def test_hints_and_the_way_to_them_are_gone_with_full_marks() -> None:
    assert "hint" not in full()._repr_html_()
    assert "hint" not in repr(full())
    assert 'hint("toy.norm") opens a hint.' in repr(report())
    assert all(hint not in repr(report()) for hint in HINTS)


def test_a_blank_shows_what_to_do_and_no_table() -> None:
    assert "<table" not in blank()._repr_html_()
    assert "not implemented yet (0 of 4)" in blank()._repr_html_()
    assert repr(blank()) == "toy.norm: not implemented yet (0 of 4)\n  ! `f` is not implemented yet."


@pytest.mark.parametrize("field", ["case", "expected", "got", "why"])
def test_nothing_that_a_student_wrote_becomes_markup_in_the_table(field: str) -> None:
    row = replace(report().laws[2], **{field: EVIL})
    check_escaped(report(laws=(row,)))


@pytest.mark.parametrize("field", ["error", "printed"])
def test_nothing_that_a_student_wrote_becomes_markup_beside_the_table(field: str) -> None:
    check_escaped(report(**{field: EVIL}))


def check_escaped(made: Report) -> None:
    found = page(made)
    assert "script" not in {tag for tag, _, _ in found.elements}
    assert "alert('x')" in html.unescape(made._repr_html_())


def test_an_odd_backtick_leaves_the_markup_whole() -> None:
    assert "a" in page(report(error="`a` and `b")).text("code")


def test_what_was_printed_can_be_opened() -> None:
    found = page(report(printed="here\n<b>"))
    assert found.text("pre") == ["here\n<b>"]
    assert "what your code printed during this check" in found.text("summary")
    assert page(report()).text("pre") == []


def test_a_graded_report_names_its_seed() -> None:
    graded = report(graded=True)
    for text in (repr(graded), html.unescape(graded._repr_html_())):
        assert 'check("toy.norm", seed=17)' in text
    assert "seed" not in repr(report()) + report()._repr_html_()


# --- for terminals ---------------------------------------------------------------------------------------------


def test_a_terminal_reads_the_laws_line_by_line() -> None:
    made = report(mistake=Mistake("off by one", "Count from 1.", ()), printed="here\nand there\n")
    assert repr(made).splitlines() == [
        "toy.norm: 1 of 4 points, partly right",
        "  ✓ the result has the shape of `x`",
        "  ✓ the mean is 0",
        "  ✗ the spread is 1",
        "      for      f(x=[1, 2])",
        "      expected [1, 2]",
        "      got      [3, 4]",
        "      Twice too much.",
        "  – limits are right (not reached)",
        "  → Likely mistake, off by one: Count from 1.",
        '  hint("toy.norm") opens a hint.',
        "  Your code printed:",
        "    here",
        "    and there",
    ]


def test_lines_are_short_and_none_is_empty() -> None:
    row = replace(report().laws[2], case="", expected="", got="word " * 100)
    lines = repr(report(laws=(row,), error="word " * 100)).splitlines()
    assert max(map(len, lines)) <= 100
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (full, "toy.norm: 4 of 4 points, all laws hold"),
        (report, "toy.norm: 1 of 4 points, partly right"),
        (lambda: report(points=0.0), "toy.norm: 0 of 4 points, not there yet"),
        (blank, "toy.norm: not implemented yet (0 of 4)"),
    ],
)
def test_the_first_line_says_the_points_and_what_they_mean(made, line: str) -> None:
    assert made().headline == line == repr(made()).partition("\n")[0]


def test_a_stale_version_is_said_before_everything_else() -> None:
    said = report(stale="What is judged is the version before it.")
    assert repr(said).splitlines()[1] == "  ! What is judged is the version before it."
    assert "What is judged is the version before it." in said._repr_html_()
