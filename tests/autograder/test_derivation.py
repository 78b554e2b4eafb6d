"""A line of a derivation holds if every named term does, and a report says which one broke and after which line."""

from typing import Any

import numpy as np
import pytest
import torch

from autograder.derivation import Term, judge_line
from autograder.exercise import Finding, pays
from pushforward.wire import Plain

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
        ({"signal": tensor(1, 2.5), "noise": 0.0}, "signal"),
    ],
)
def test_the_report_says_between_which_lines_and_in_which_term_equality_was_lost(answer: dict, term: str) -> None:
    finding = judged(answer)
    assert not finding.ok
    assert finding.why == f"Equality is lost between line 2 and line 3, in the term `{term}`."
    assert finding.expected.startswith(f"{term} = ")
    assert finding.got.startswith(f"{term} = ")


def test_the_first_line_is_compared_with_the_starting_point() -> None:
    finding = judged({"signal": tensor(0, 0), "noise": 0.5}, line=1)
    assert finding.why == "Equality is lost between the starting point and line 1, in the term `signal`."


def test_terms_that_only_add_up_to_the_right_sum_are_caught() -> None:
    terms = {"a": Term(1.0), "b": Term(2.0)}
    assert judged({"a": 1.0, "b": 2.0}, terms=terms).ok
    assert not judged({"a": 0.5, "b": 2.5}, terms=terms).ok


def test_rounding_is_measured_against_the_size_that_the_term_states() -> None:
    rounded = 1.0 + 1e-13
    assert not judged({"a": rounded}, terms={"a": Term(1.0)}).ok
    assert judged({"a": rounded}, terms={"a": Term(1.0, scale=100.0)}).ok
