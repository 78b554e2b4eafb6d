"""A line of a derivation holds if every named term does, and a report says which one broke and after which line."""

from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging.derivation import Line, Term, judge_chain, judge_line
from autograder.judging.exercise import Finding, pays
from pushforward.answering.wire import Plain

LAW = pays("line 3 splits the variance")
TERMS = {"signal": Term([1.0, 2.0]), "noise": Term(0.5)}
F64 = torch.float64


def tensor(*values: float) -> Plain:
    return Plain(np.array(values), "tensor", "float64", "cpu")


def judged(answer: Any, line: int = 3, terms: dict[str, Term] = TERMS) -> Finding:
    (finding,) = judge_line(LAW, line, answer, terms, F64)
    assert finding.law is LAW
    return finding


def test_a_line_with_every_term_right_holds() -> None:
    assert judged({"noise": 0.5, "signal": tensor(1, 2)}).ok


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (None, "None"),
        (tensor(1, 2), "a float64 tensor of shape (2,)"),
        ([tensor(1, 2), 0.5], "a list of 2"),
        ({"signal": tensor(1, 2)}, "a dictionary with signal"),
        ({"signal": tensor(1, 2), "noise": 0.5, "rest": 0.0}, "a dictionary with signal, noise, rest"),
    ],
)
def test_a_line_must_name_its_terms_all_of_them_and_no_others(answer: Any, came: str) -> None:
    finding = judged(answer)
    assert not finding.ok
    assert finding.expected == "a dictionary with `signal`, `noise`"
    assert finding.got == came
    assert finding.why == "Line 3 must name its terms, all of them and no others."


@pytest.mark.parametrize(
    ("answer", "term"),
    [
        ({"signal": tensor(1, 3), "noise": 0.5}, "signal"),
        ({"signal": tensor(1, 2), "noise": 0.25}, "noise"),
        ({"signal": tensor(1, 2), "noise": None}, "noise"),
        ({"signal": tensor(1), "noise": 0.5}, "signal"),
    ],
)
def test_the_report_says_between_which_lines_and_in_which_term_equality_was_lost(answer: dict, term: str) -> None:
    finding = judged(answer)
    assert not finding.ok
    assert finding.why == f"Equality is lost between line 2 and line 3, in the term `{term}`; its other term holds."
    assert finding.expected.startswith(f"{term} = ")
    assert finding.got.startswith(f"{term} = ")


def test_all_wrong_terms_are_named_and_the_first_is_shown() -> None:
    finding = judged({"signal": tensor(1, 2.5), "noise": 0.0})
    assert finding.why == "Equality is lost between line 2 and line 3, in the terms `signal` and `noise`."
    assert finding.expected.startswith("signal = ")


def test_lost_digits_are_no_wrong_term() -> None:
    finding = judged({"signal": tensor(1, 2 + 4e-5), "noise": 0.5})
    assert not finding.ok
    assert finding.why == (
        "Line 3 has the right formula, but digits are lost in the term `signal`: look for a cancellation or a float32."
    )
    assert "Equality is lost" in judged({"signal": tensor(1, 2 + 4e-5), "noise": 0.6}).why


def test_what_a_line_follows_from_may_be_said() -> None:
    (finding,) = judge_line(LAW, 3, {"signal": tensor(0, 0), "noise": 0.5}, TERMS, F64, after="the other side")
    assert finding.why.startswith("Equality is lost between the other side and line 3,")


def test_one_number_may_come_once_for_each_element() -> None:
    assert judged({"signal": tensor(1, 2), "noise": tensor(0.5, 0.5)}).ok
    assert not judged({"signal": tensor(1, 2), "noise": tensor(0.5, 0.6)}).ok


def test_the_first_line_is_compared_with_the_starting_point() -> None:
    finding = judged({"signal": tensor(0, 0), "noise": 0.5}, line=1)
    assert (
        finding.why
        == "Equality is lost between the starting point and line 1, in the term `signal`; its other term holds."
    )


def test_terms_that_only_add_up_to_the_right_sum_are_caught() -> None:
    terms = {"a": Term(1.0), "b": Term(2.0)}
    assert judged({"a": 1.0, "b": 2.0}, terms=terms).ok
    assert not judged({"a": 0.5, "b": 2.5}, terms=terms).ok


def test_rounding_is_measured_against_the_size_that_the_term_states() -> None:
    rounded = 1.0 + 1e-5
    assert not judged({"a": rounded}, terms={"a": Term(1.0)}).ok
    assert judged({"a": rounded}, terms={"a": Term(1.0, scale=100.0)}).ok


# --- a chain of equalities: 6 = 4 + 2 = 4 + 3 - 1 -----------------------------------------------------------------

LAWS = [pays("line 1 is six"), pays("line 2 splits it"), pays("line 3 splits it again")]
CHAIN = [
    Line(LAWS[0], {"six": Term(6.0)}, lambda t: t["six"]),
    Line(LAWS[1], {"four": Term(4.0), "two": Term(2.0)}, lambda t: t["four"] + t["two"]),
    Line(
        LAWS[2], {"four": Term(4.0), "three": Term(3.0), "one": Term(1.0)}, lambda t: t["four"] + t["three"] - t["one"]
    ),
]
RIGHT = ({"six": 6.0}, {"four": 4.0, "two": 2.0}, {"four": 4.0, "three": 3.0, "one": 1.0})


def chained(*answers: Any, first: int = 1) -> list[Finding]:
    findings = list(judge_chain(CHAIN, answers, F64, first))
    assert [finding.law for finding in findings] == LAWS
    return findings


def test_a_chain_holds_line_by_line() -> None:
    assert all(finding.ok for finding in chained(*RIGHT))


def test_equality_is_lost_where_the_wholes_part() -> None:
    findings = chained(RIGHT[0], {"four": 4.0, "two": 5.0}, RIGHT[2])
    assert [finding.ok for finding in findings] == [True, False, True]
    assert findings[1].why == "Equality is lost between line 1 and line 2, in the term `two`; its other term holds."


def test_a_line_that_is_right_only_as_a_whole_is_told_so() -> None:
    findings = chained(RIGHT[0], {"four": 5.0, "two": 1.0}, RIGHT[2])
    assert findings[1].why == (
        "Line 2 as a whole equals line 1, but not term by term: `four` and `two` are not what they are called."
    )


def test_an_error_that_is_carried_on_is_traced_to_where_it_came_in() -> None:
    findings = chained(RIGHT[0], {"four": 4.0, "two": 5.0}, {"four": 4.0, "three": 6.0, "one": 1.0})
    assert findings[2].why == (
        "Line 3 equals your line 2, which is wrong already: equality is lost between line 1 and line 2. "
        "Here it shows in the term `three`."
    )
    findings = chained({"six": 7.0}, {"four": 4.0, "two": 3.0}, RIGHT[2], first=4)
    assert findings[0].why == "Equality is lost between the starting point and line 4, in the term `six`."
    assert "equality is lost between the starting point and line 4." in findings[1].why


@pytest.mark.parametrize(
    "nothing", [None, 3.0, {}, {"six": 6.0}, {"four": None, "two": "x"}, {"four": tensor(1), "two": 2.0}]
)
def test_a_line_without_its_terms_leaves_the_others_to_be_judged(nothing: Any) -> None:
    findings = chained(RIGHT[0], nothing, {"four": 4.0, "three": 6.0, "one": 1.0})
    assert [finding.ok for finding in findings] == [True, False, False]
    assert findings[2].why.startswith("Equality is lost between line 2 and line 3, in the term `three`")
