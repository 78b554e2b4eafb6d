"""The class report: what it counts is right, what it hides is not there, and what it shows is harmless."""

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from autograder.grading.model import Mark, Result, Standing, Submission, refused
from autograder.grading.records.counted import settled
from autograder.grading.reports import class_report as report
from autograder.grading.reports.class_report import class_report
from autograder.grading.reports.names import Names
from autograder.grading.reports.overview import by_need, distribution, quartiles, share
from autograder.judging.report import number
from tests.grading.hostile import HOSTILE, Page, check_accessible
from tests.grading.synthetic import ASSIGNMENT, by_hand, released, result

NAMES = ("Ada_Lovelace", "Grace_Hopper", "Emmy_Noether", "kim.li", "Zoë-Bright", "o'neill", "Bo", "7734512")


@pytest.fixture(scope="module")
def class_() -> list[Result]:
    chance = random.Random(8)
    results = [result(name, chance, skill=i / 8) for i, name in enumerate(NAMES)]
    results += [result(name, chance, skill=0.9, assignment="00_start_here") for name in NAMES[::2]]
    told = "Ada_Lovelace_hw.ipynb and “emmy noether 2.ipynb” were both there; the file of LOVELACE counts, not Bo’s."
    results[0] = replace(results[0], repairs=(told, "Two cells had one id."), lms={"name": "Augusta Ada King"})
    results[1] = replace(results[1], repairs=("Two cells had one id.",), incidents=("Augusta looked for `kim.li`.",))
    results[2] = replace(results[2], isolated=False)
    lost = refused(Submission("Mallory", ASSIGNMENT, b""), released(), "`Mallory.ipynb` is a web page.")
    return [*results, lost]


def soup(results: list[Result], standings: dict | None = None, **more) -> BeautifulSoup:
    return BeautifulSoup(class_report(results, standings or {}, **more), "html.parser")


def table(found: BeautifulSoup, caption: str) -> list[dict[str, str]]:
    """The rows of the table with that caption, by column; the names as somebody sees them who does not hide them."""
    (node,) = [c.parent for c in found.find_all("caption") if caption in c.text]
    for alias in node.select(".alias"):
        alias.extract()
    heads = [" ".join(head.text.split()) for head in node.select("thead th")]
    return [
        dict(zip(heads, (" ".join(c.text.split()) for c in row.find_all(["th", "td"])), strict=True))
        for row in node.select("tbody tr")
    ]


def test_outcomes_and_misconceptions_are_counted_right(class_) -> None:
    marks = [m for r in class_ if r.assignment == ASSIGNMENT and not r.reason for m in r.marks if m.kind != "written"]
    rows = {row["Exercise"]: row for row in table(soup(class_), f"by exercise in {ASSIGNMENT}")}
    assert list(rows) == list(dict.fromkeys(m.exercise for m in marks))
    columns = {"full": "Full", "partial": "Partly", "zero": "Wrong", "blank": "Blank", "not run": "Did not run"}
    for exercise, row in rows.items():
        own = [m for m in marks if m.exercise == exercise]
        assert {s: int(row[c]) for s, c in columns.items()} == {s: sum(m.status == s for m in own) for s in columns}
        known = Counter(m.misconception for m in own if m.misconception)
        shown = [cell.split(" ", 1) for head, cell in row.items() if head.startswith("Mistake") and cell]
        assert len(shown) == min(len(known), report.MISTAKES)
        assert all(known[name] == int(n) for n, name in shown)
        assert sum(int(n) for n, _ in shown) + int(row.get("Rarer", 0)) == known.total()
        wrong = sum(m.status in ("partial", "zero") for m in own)
        assert int(row["Unknown"]) == wrong - known.total()
        reached = sum(m.points for m in own) / sum(m.max for m in own)
        assert row["Reached"] == f"{100 * reached:.0f} %"
    assert any(row["Mistake 1"] for row in rows.values())


def test_every_misconception_is_listed_with_its_sentence(class_) -> None:
    rows = table(soup(class_), f"recognised in {ASSIGNMENT}")
    found = {(row["Exercise"], row["Mistake"]): (int(row["Times"]), row["What students were told"]) for row in rows}
    known = [(m.exercise, m.misconception, m.sentence) for r in class_ for m in r.marks if m.misconception]
    expected = Counter((e, m) for e, m, _ in known if e.startswith("diffusion."))
    assert {key: n for key, (n, _) in found.items()} == dict(expected)
    assert all(found[e, m][1] == sentence.replace("`", "") for e, m, sentence in known if (e, m) in found)


def test_marks_are_those_of_the_standings(class_) -> None:
    standings = {("kim.li", ASSIGNMENT): Standing({"diffusion.which_prior": 3.0}, extra=0.5, late_penalty=1.0)}
    rows = {row["Student"]: row for row in table(soup(class_, standings), "Points by student")}
    for graded in class_:
        standing = standings.get((graded.student, graded.assignment), Standing())
        shown = rows[graded.student][graded.assignment]
        if graded.reason:
            assert shown == "refused"
        else:
            assert shown.startswith(f"{number(standing.total(graded))} of {number(graded.max)}")
    assert rows["kim.li"][ASSIGNMENT].endswith(f"[{by_hand() - 3:g}]")  # one of three points has its mark by hand
    assert rows["Bo"][ASSIGNMENT].endswith(f"[{by_hand():g}]")


def test_the_histogram_counts_every_graded_notebook(class_) -> None:
    for figure, assignment in zip(soup(class_).select("svg"), ("00_start_here", ASSIGNMENT), strict=True):
        graded = [r for r in class_ if r.assignment == assignment and not r.reason]
        bars = distribution(share([r], {}) for r in graded)
        counted = [int(t.text) for t in figure.find_all("text") if not t.get("class")]
        assert counted == [n for n in bars if n]
        assert sum(counted) == len(graded)
        assert [int(n) for n in re.findall(r"(\d+) notebooks?", figure.desc.text)] == counted


def test_shares_leave_out_what_waits_and_what_was_refused() -> None:
    graded = Result("a", "hw", (Mark("x.y", "code", 1.0, 4.0, "partial"), Mark("x.z", "written", None, 6.0, "waiting")))
    assert share([graded], {}) == 0.25
    lost = Result("a", "hw2", (Mark("x.y", "code", 0.0, 4.0, "refused"),), reason="empty")
    assert share([graded, lost], {}) == 0.25
    assert share([lost], {}) is None
    assert share([graded], {("a", "hw"): Standing(extra=1.0)}) == 0.5


def test_a_refused_notebook_counts_by_what_a_person_has_marked_of_it() -> None:
    marks = (Mark("x.y", "code", 0.0, 4.0, "refused"), Mark("x.z", "written", 0.0, 6.0, "refused"))
    lost = Result("ada", "hw", marks, reason="It is a web page.")
    standings = {("ada", "hw"): Standing({"x.z": 3.0})}
    assert share([settled(lost, standings["ada", "hw"])], standings) == 0.5
    (row,) = table(soup([lost], standings), "Points by student")
    assert row["hw"] == "3 of 10"
    (row,) = table(soup([lost]), "Points by student")
    assert row["hw"] == "refused"


def test_written_answers_are_counted_by_what_was_done_with_them() -> None:
    """Who wrote nothing has 0 points, but is none of those of whom a person has marked something."""
    waits, empty = Mark("x.z", "written", None, 6.0, "waiting"), Mark("x.z", "written", 0.0, 6.0, "empty")
    results = [Result(name, "hw", (mark,)) for name, mark in zip("abcd", [waits, waits, waits, empty], strict=True)]

    def shown(standings: dict) -> tuple[str, ...]:
        (row,) = table(soup(results, standings), "What waits for a hand grade")
        return row["Waiting"], row["No answer"], row["Marked"], row["Reached by these"]

    assert shown({}) == ("3", "1", "0", "–")
    assert shown({("a", "hw"): Standing({"x.z": 0.0})}) == ("2", "1", "1", "0 %")
    by_hand = {(name, "hw"): Standing({"x.z": points}) for name, points in (("a", 6.0), ("b", 3.0), ("c", 0.0))}
    assert shown(by_hand) == ("0", "1", "3", "50 %")
    assert shown(by_hand | {("d", "hw"): Standing({"x.z": 6.0})}) == ("0", "0", "4", "62 %")


def test_tenths_and_quartiles() -> None:
    assert distribution([0, 0.0999, 0.1, 0.3, 0.7, 0.9, 1.0, 1.3]) == [2, 1, 0, 1, 0, 0, 0, 1, 0, 3]
    assert quartiles([]) is None
    assert quartiles([0.4]) == (0.4, 0.4, 0.4)
    assert quartiles([0.0, 0.25, 0.5, 0.75, 1.0]) == (0.25, 0.5, 0.75)


def test_help_goes_first_to_whom_nothing_was_graded_then_by_share(class_) -> None:
    rows = table(soup(class_), "order of need")
    assert rows[0]["Student"] == "Mallory"
    assert "refused" in rows[0]["What to talk about"]
    reached = {s: share([r for r in class_ if r.student == s], {}) for s in NAMES}
    below = sorted((s for s in NAMES if reached[s] < 0.5), key=reached.get)
    assert [row["Student"] for row in rows[1:]] == below
    assert below


def test_repairs_incidents_and_refusals_are_in_sentences(class_) -> None:
    found = soup(class_)
    repairs = {row["What"]: row for row in table(found, "Repairs")}
    assert repairs["Two cells had one id."]["Times"] == "2"
    assert set(repairs["Two cells had one id."]["With whom"].split(", ")) == {"Ada_Lovelace", "Grace_Hopper"}
    (incident,) = table(found, "Incidents")
    assert incident["What"] == "Augusta looked for kim.li."
    (lost,) = table(found, "could not be graded")
    assert lost["Reason"] == "Mallory.ipynb is a web page."
    assert "Not isolated" in found.text
    assert "Not isolated" not in soup([r for r in class_ if r.isolated]).text


def test_checks_that_did_not_run_are_listed_with_their_reason() -> None:
    silent = Mark("x.y", "code", 0.0, 1.0, "not run", why="The process had ended, said ada.")
    judged = Mark("x.z", "code", 0.0, 1.0, "zero", why="no reason to list")
    failed = Mark("x.w", "code", None, 1.0, "waiting", why="The judge itself failed.")
    found = soup([Result("ada", "hw", (silent, judged, failed))])
    rows = table(found, "did not run")
    assert [row["What"] for row in rows] == ["x.y: The process had ended, said ada.", "x.w: The judge itself failed."]
    assert all(row["With whom"] == "ada" for row in rows)
    counts = table(found, "by exercise")
    assert [row["Did not run"] for row in counts] == ["1", "0", "0"]
    assert [row["Waiting"] for row in counts] == ["0", "0", "1"]
    assert "Waiting" not in table(soup([Result("ada", "hw", (silent, judged))]), "by exercise")[0]


def test_an_answer_whose_cell_stopped_is_no_blank() -> None:
    stopped = Mark("x.y", "code", 0.0, 1.0, "stopped", why="The cell of the answer stopped with NameError: x")
    found = soup([Result("ada", "hw", (stopped,))])
    assert [row["What"] for row in table(found, "cells that stopped")] == [f"x.y: {stopped.why}"]
    (row,) = table(found, "by exercise")
    assert (row["Blank"], row["Did not run"]) == ("0", "1")
    (need,) = table(found, "in the order of need")
    assert (need["Blank"], need["Wrong"]) == ("0", "1")


def test_slowest_notebooks_come_first(class_) -> None:
    shown = [float(row["Total"]) for row in table(soup(class_), "Seconds")]
    expected = sorted((r.seconds["total"] for r in class_ if r.seconds), reverse=True)
    assert shown == pytest.approx(expected[: report.SLOWEST], abs=0.006)


# --- names -----------------------------------------------------------------------------------------------------


def test_an_anonymous_report_holds_no_name(class_) -> None:
    html = class_report(class_, {}, anonymous=True)
    for part in ("Ada", "Lovelace", "Augusta", "King", "Grace", "Hopper", "Emmy", "Noether", "Bo", "kim", "Bright",
                 "Zoë", "neill", "7734512", "Mallory"):  # fmt: skip
        assert not re.search(rf"(?<![^\W_]){part}(?![^\W_])", html, re.IGNORECASE), part
    assert "Hide names" not in html
    assert set(re.findall(r"student \d+", html)) == {f"student {i}" for i in range(1, 10)}
    assert "is a web page." in html
    assert "Two cells had one id." in html


def test_the_switch_hides_every_name_on_the_page(class_) -> None:
    found = soup(class_)
    assert "stay in this file" in found.select_one("label[for=hide-names]").text
    shown = {span.text for span in found.select("bdi.name")}
    assert shown >= set(NAMES)
    for name in found.select("bdi.name"):
        assert name.find_next_sibling("span", class_="alias")
    for name in found.select(".name"):
        name.extract()
    for part in ("Lovelace", "Augusta", "Hopper", "Noether", "Mallory", "7734512"):
        assert part.casefold() not in found.main.text.casefold()
    style = found.style.text
    assert "#hide-names:checked ~ main .name { display: none; }" in style
    assert found.body.find_all(recursive=False)[0].get("id") == "hide-names"


def test_numbers_and_orders_tell_nothing_of_the_alphabet() -> None:
    """Forty equals: by name they would be numbered in the order of their names."""
    right = (Mark("x.y", "code", 1.0, 1.0, "full"),)
    equals = [Result(f"name{i:02}", "hw", right, seconds={"total": 1.25}) for i in range(40)]
    order = [need.student for need in by_need(equals, {})]
    assert sorted(order) == [r.student for r in equals]
    assert order != sorted(order)
    other = [replace(r, seconds={"total": 1.26}) for r in equals]
    assert order != [need.student for need in by_need(other, {})]


def test_people_are_listed_in_the_order_of_need_not_of_names(class_) -> None:
    same = [replace(r, repairs=("Mended.",)) for r in class_ if r.assignment == ASSIGNMENT and not r.reason]
    (row,) = table(soup(same, anonymous=True), "Repairs")
    numbers = [int(n) for n in re.findall(r"student (\d+)", row["With whom"])]
    assert numbers == list(range(1, len(NAMES) + 1))


def test_a_word_in_a_sentence_is_no_name() -> None:
    results = [Result("bo", "hw", (), repairs=("A box about robots, for bo.",)), Result("student", "hw", ())]
    names = Names(["bo", "student"], results, anonymous=True)
    assert names.said(results[0].repairs[0]) == "A box about robots, for student 1."
    assert names.said("The student’s notebook") == "The student’s notebook"


def test_a_name_of_several_is_nobodys() -> None:
    results = [Result(s, "hw", (), repairs=("Kim was here.",)) for s in ("Anna_Kim", "Bela_Kim")]
    names = Names(["Anna_Kim", "Bela_Kim"], results, anonymous=True)
    assert names.said("Kim was here.") == "a student was here."


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_taken_for_html(text: str, anonymous: bool) -> None:
    def written_by(text: str) -> Page:
        mark = Mark("x.y", "code", 0.0, 2.0, "zero", misconception=text, sentence=text)
        silent = Mark("x.z", "code", 0.0, 2.0, "not run", why=text)
        results = [
            Result(text, text, (mark, silent), repairs=(text,), incidents=(text,), seconds={"total": 1.0}),
            Result("other", text, (mark,), reason=text, lms={"name": text}),
        ]
        return Page(class_report(results, {}, anonymous=anonymous, title=text))

    plain = ("code", "bdi", "span")  # what a sentence may come to hold: code, and names
    tags = [name for name, _ in written_by(text).tags if name not in plain]
    assert tags == [name for name, _ in written_by("innocent").tags if name not in plain]


@pytest.mark.parametrize("anonymous", [False, True])
def test_everybody_can_read_it(class_, anonymous: bool) -> None:
    check_accessible(Page(class_report(class_, {}, anonymous=anonymous)))
    check_accessible(Page(class_report(class_[:1], {}, anonymous=anonymous)))
    check_accessible(Page(class_report([], {}, anonymous=anonymous)))


def test_an_empty_class_and_one_student(class_) -> None:
    assert "nothing to report yet" in soup([]).text
    alone = soup(class_[:1])
    assert "1 student" in " ".join(alone.select_one(".tiles").text.split())
    assert [row["Student"] for row in table(alone, "Points by student")] == [NAMES[0]]
    lost = soup(class_[-1:])
    assert "Nothing has been marked yet" in lost.text


def test_a_thousand_students_and_three_assignments_make_a_small_file(class_) -> None:
    """Each with sentences of their own: what is listed without end would make tens of megabytes."""
    base = [r for r in class_ if r.marks and not r.reason]
    results = [
        replace(
            base[i % len(base)], student=f"Some Longish Name {i}", assignment=f"hw{a}",
            repairs=(f"Mended {i}.{a}",) * 3, incidents=(f"Tried {i}.{a}, by Some Longish Name {i}",),
        )
        for i in range(1000) for a in range(3)
    ]  # fmt: skip
    html = class_report(results, {})
    assert len(html) < 2_000_000
    assert html.count("Some Longish Name 999") > 0
    assert len(class_report(results, {}, anonymous=True)) < 2_000_000
