"""An examination asks the same for the same seed, pays law by law, names mistakes and survives whatever comes back."""

import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import exercise as registry
from autograder.judging import judge
from autograder.judging.asking import LocalLink
from autograder.judging.compare import close, exact, has_shape, number
from autograder.judging.exchange import Exchange, Unanswered, describe
from autograder.judging.exercise import (
    Case,
    Exercise,
    Finding,
    all_exercises,
    call,
    case,
    exercise,
    gate,
    grad,
    jacobian,
    keep,
    pays,
    wrong,
)
from autograder.judging.judge import default_seed, examine
from autograder.judging.naming import same
from autograder.judging.report import LawResult, Report
from pushforward.answering.wire import Callback, Kept, Plain
from pushforward.errors import CourseError


def toy(id: str, *names: str) -> Callable:
    """An exercise that is not registered; like the registry, it makes an instance of the class."""

    def make(cls: type) -> Exercise:
        exercise(id, names)(cls)
        return registry._REGISTRY.pop(id)

    return make


@toy("toy.linear", "double", "halve")
class linear(Exercise):
    """double(x) = 2 x for tensors, halve(v) = v / 2 for numbers."""

    shape = gate("double keeps the shape of x")
    doubled = pays("double(x) is 2 x", 1)
    negative = pays("double does not care about signs", 1)
    number = gate("halve returns a number")
    halved = pays("halve(v) is v / 2", 2)
    hints = ("Add x to itself.", "Numbers, too, have halves.", "What times two is v?")

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for shape in ((2,), (2, 3)):
            yield self._case(rng.uniform(1, 2, size=shape), self.doubled)
        yield self._case(-rng.uniform(1, 2, size=3), self.negative)
        for _ in range(2):
            v = float(rng.uniform(1, 2))
            yield case(call("halve", v), about=(self.number, self.halved), x=None, v=v)

    def _case(self, x: np.ndarray, law: Any) -> Case:
        return case(call("double", x=torch.tensor(x)), about=(self.shape, law), x=x, law=law)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.x is None:
            yield self.number(number(answer) is not None, "a number", "something else")
            yield self.halved(*close(answer, case.v / 2, torch.float64))
            return
        shape = has_shape(answer, case.x.shape)
        yield self.shape(*shape)
        if shape.ok:
            yield case.law(*close(answer, 2 * case.x, torch.float64))

    mistakes = (
        wrong(
            "small only", {"double": lambda x: 2 * x if x.numel() < 99 else x}, "No question here tells it from right."
        ),
        wrong("squares", {"double": lambda x: x * x}, "x times x is the square."),
        wrong(
            "triples", {"double": lambda x: 3 * x}, "Once too often.", also=({"double": lambda x: x + x + x + 1e-9},)
        ),
        wrong("asserts", {"double": lambda x: 1 / 0}, "Nothing is divided here."),
        wrong("thirds", {"halve": lambda v: v / 3}, "A half is not a third."),
    )


RIGHT = {"double": lambda x: 2 * x, "halve": lambda v: v / 2}


def fails(x: Any) -> None:
    raise ValueError("no idea")


def blank(x: Any) -> None:
    raise NotImplementedError


def judged(seed: int | None = None, **changed: Any) -> Report:
    return examine(linear, LocalLink({**RIGHT, **changed}), seed)


def holding(report: Report) -> set[str]:
    return {result.law.name for result in report.laws if result.ok}


@pytest.fixture(autouse=True)
def worth_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.judging.judge.points", lambda id: 4.0)


# --- laws ------------------------------------------------------------------------------------------------------


def test_a_right_answer_earns_everything() -> None:
    report = judged()
    assert (report.points, report.max, report.full) == (4, 4, True)
    assert holding(report) == {"shape", "doubled", "negative", "number", "halved"}
    assert (report.mistake, report.error, report.blank) == (None, None, False)


@pytest.mark.parametrize(
    ("changed", "earned", "held"),
    [
        ({"double": lambda x: 2 * abs(x)}, 3, {"shape", "doubled", "number", "halved"}),
        ({"double": lambda x: -2 * abs(x)}, 3, {"shape", "negative", "number", "halved"}),
        ({"double": lambda x: x}, 2, {"shape", "number", "halved"}),
        ({"halve": lambda v: v}, 2, {"shape", "doubled", "negative", "number"}),
        ({"halve": lambda v: "half"}, 2, {"shape", "doubled", "negative"}),
        ({"double": lambda x: x, "halve": lambda v: v}, 0, {"shape", "number"}),
        ({"double": lambda x: None, "halve": lambda v: None}, 0, set()),
    ],
)
def test_each_law_pays_its_own_share(changed: dict, earned: float, held: set[str]) -> None:
    report = judged(**changed)
    assert (report.points, holding(report)) == (earned, held)
    assert not report.full


def test_a_gate_keeps_laws_from_paying_only_in_cases_about_them() -> None:
    flat = judged(double=lambda x: 2 * x.flatten())  # only the matrix has another shape then, and `negative` has none
    assert holding(flat) == {"negative", "number", "halved"}
    assert flat.points == 3


def test_a_law_must_hold_in_every_case() -> None:
    calls = itertools.count()
    assert "halved" not in holding(judged(halve=lambda v: v / 2 if next(calls) else 0.0))


def test_a_law_that_no_case_has_tested_does_not_hold() -> None:
    class Silent(type(linear)):
        def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
            return iter(())

    report = examine(Silent(), LocalLink(RIGHT))
    assert (report.points, holding(report)) == (0, set())
    assert all(result.mark == "–" for result in report.laws)


def test_the_failing_case_is_shown_with_what_was_expected_and_what_came() -> None:
    (result,) = [r for r in judged(7, halve=lambda v: 0.25).laws if r.law.name == "halved"]
    v = float(result.case.removeprefix("halve(").removesuffix(")"))
    assert result.expected == f"{v / 2:.5g}" or abs(float(result.expected) - v / 2) < 1e-4
    assert result.got == "0.25"


# --- answers that do not come ----------------------------------------------------------------------------------


def test_an_error_costs_the_laws_of_its_cases_and_is_told() -> None:
    report = judged(double=lambda x: 2 * x if x[0].min() > 0 else fails(x))
    assert holding(report) == {"doubled", "number", "halved"}
    assert report.error.startswith("`double` raised ValueError: no idea at line ")
    assert '`raise ValueError("no idea")`' in report.error
    assert {r.law.name: r.mark for r in report.laws if not r.ok} == {"shape": "–", "negative": "–"}


def test_of_two_names_a_blank_one_costs_only_its_own_laws() -> None:
    report = judged(halve=blank)
    assert report.points == 2
    assert not report.blank
    assert report.error == "`halve` is not implemented yet: write your answer where it says NotImplementedError."


def test_a_blank_that_was_reached_through_another_function_is_the_one_that_is_named() -> None:
    def other(x: Any) -> Any:
        raise NotImplementedError

    report = examine(linear, LocalLink({"double": lambda x: other(x), "halve": lambda v: other(v), "other": other}))
    assert report.points == 0
    assert not report.blank
    assert report.error == "`double` calls `other`, which is not implemented yet: write that answer first."
    renamed = judged(double=other, halve=other, other=other)
    assert renamed.error == "`double` is not implemented yet: write your answer where it says NotImplementedError."
    assert renamed.blank
    own = judged(double=lambda x: halve(x), halve=halve)
    assert own.blank
    assert own.error == "`double` calls `halve`, which is not implemented yet: write that answer first."


def halve(x: Any) -> Any:
    raise NotImplementedError


def test_equal_numbers_are_never_shown_without_a_reason() -> None:
    laws = {r.law.name: r for r in _result_of(linear.number(False, "0", "0"), linear.halved(False, "1", "2"))}
    assert laws["number"].why == "The two differ in digits that are not shown here."
    assert laws["halved"].why == ""


def _result_of(*findings: Finding) -> list[LawResult]:
    exchange = Exchange(case(call("double", 1.0)), (2.0,), findings)
    return [judge._result(finding.law, [exchange]) for finding in findings]


@pytest.mark.parametrize("names", [{"double": blank, "halve": blank}, {}, {"double": blank, "halve": 3}])
def test_an_exercise_of_blanks_only_is_blank(names: dict) -> None:
    report = examine(linear, LocalLink(names))
    assert report.blank
    assert report.points == 0
    assert report.headline == "toy.linear: not implemented yet (0 of 4)"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Unanswered("blank"), "`f` is not implemented yet: write your answer where it says NotImplementedError."),
        (
            Unanswered("missing", "Nothing is called `f` yet."),
            "Nothing is called `f` yet. Run the cell that defines it, or check its spelling.",
        ),
        (Unanswered("raised", "bad", "ValueError", 3, "raise x"), "`f` raised ValueError: bad at line 3: `raise x`."),
        (Unanswered("raised", "", "Silent", 3, ""), "`f` raised Silent at line 3."),
        (Unanswered("raised", "bad", "ValueError"), "`f` raised ValueError: bad."),
        (
            Unanswered("raised", "1", "SystemExit", 3, "exit(1)"),
            "`f` called exit at line 3: `exit(1)`. A function hands its result back with return.",
        ),
        (Unanswered("refused", "It is a set."), "`f` gave no answer that can be judged. It is a set."),
        (Unanswered("late", "Too late."), "Too late."),
    ],
)
def test_what_kept_an_answer_away_is_said_in_a_sentence(answer: Unanswered, sentence: str) -> None:
    assert answer.sentence("f") == sentence


class Scripted:
    """A link whose answers are made up; the last one is given for ever."""

    def __init__(self, *answers: dict) -> None:
        self.answers, self.asked = list(answers), 0

    def ask(self, head: dict, arrays: list, respond: Callable) -> tuple[dict, list]:
        self.asked += 1
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]), []


@pytest.mark.parametrize("kind", ["late", "ended"])
def test_when_the_time_is_up_no_law_pays_that_had_questions_left(kind: str) -> None:
    class Once(Scripted):
        def ask(self, head: dict, arrays: list, respond: Callable) -> tuple[dict, list]:
            if self.asked < 1:
                self.asked += 1
                return LocalLink(RIGHT).ask(head, arrays, respond)
            return super().ask(head, arrays, respond)

    link = Once({"error": {"kind": kind, "message": "It is over."}})
    report = examine(linear, link)
    assert (report.points, report.error) == (0, "It is over.")
    assert link.asked == 2


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"value": None},
        {"value": 3},
        {"value": ["pickle", "x"]},
        {"value": ["tensor", 0, "float32", "cpu"]},
        {"value": ["callback", "f"]},
        {"error": None},
        {"error": "late"},
        {"error": {}},
        {"error": {"kind": ["raised"], "message": 3, "type": None, "line": "3", "source": {}}},
        {"error": {"kind": "raised", "message": "\x1b[31m\udcff" + "x" * 10_000, "type": "E\n" * 900, "line": 10**20}},
        {"error": {"kind": "full marks", "points": 4}},
        {"points": 4, "value": ["none"], "laws": []},
        {"callback": "f", "value": ["float", 1.0]},
    ],
    ids=repr,
)
def test_whatever_a_process_sends_is_at_most_a_wrong_answer(answer: dict) -> None:
    report = examine(linear, Scripted(answer))
    assert report.points == 0
    for text in (repr(report), report._repr_html_()):
        text.encode()
        assert "\x1b" not in text
        assert len(text) < 20_000


@pytest.mark.parametrize("head", [{}, {"args": 3}, {"args": [3], "kwargs": {}}, {"args": [], "kwargs": []}])
def test_a_malformed_callback_is_refused(head: dict) -> None:
    class Calling:
        def ask(self, _: dict, arrays: list, respond: Callable) -> tuple[dict, list]:
            self.answer = respond({"callback": "f", **head}, [])
            return {"value": ["none"]}, []

    link = Calling()
    examine(linear, link)
    assert link.answer[0].keys() == {"refused"}


# --- seeds -----------------------------------------------------------------------------------------------------


def asked(seed: int | None) -> list:
    log: list = []
    judged(seed, double=lambda x: log.append(x.tolist()), halve=log.append)
    return log


def test_the_same_seed_asks_the_same_and_gives_the_same_table() -> None:
    assert asked(3) == asked(3) != asked(4)
    assert judged(3, halve=lambda v: 1.0) == judged(3, halve=lambda v: 1.0)


def test_without_a_seed_the_exercise_has_its_own() -> None:
    assert asked(None) == asked(default_seed("toy.linear"))
    assert judged().seed == default_seed("toy.linear") != default_seed("toy.other")


@pytest.mark.parametrize("seed", [-1, 0.5, "1", True])
def test_what_is_no_seed_is_refused(seed: Any) -> None:
    with pytest.raises(CourseError, match="is none: give a whole number"):
        judged(seed)


# --- the notebook's own state ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308])
def test_no_answer_makes_the_judge_warn_or_fail_whatever_the_notebook_has_set(value: float) -> None:
    class Careless(type(linear)):
        def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
            squares = np.asarray(answer.array if case.x is not None else answer) ** 2
            float((squares - squares).mean())  # infinity minus infinity
            yield from super().judge(case, answer)

    names = {"double": lambda x: x * 0 + value, "halve": lambda v: value}
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert examine(Careless(), LocalLink(names)).points == 0


def test_an_answer_that_is_overwritten_later_is_the_one_that_was_given() -> None:
    @toy("toy.twice", "double")
    class twice(Exercise):
        both = pays("both answers are right")
        hints = ("a", "b", "c")

        def probe(self, rng: np.random.Generator) -> Iterator[Case]:
            yield case(call("double", torch.ones(2)), call("double", torch.zeros(2)))

        def judge(self, case: Case, one: Any, two: Any) -> Iterator[Finding]:
            yield self.both(one.array.tolist() == [2, 2] and two.array.tolist() == [0, 0])

    buffer = torch.empty(2)
    assert examine(twice, LocalLink({"double": lambda x: torch.mul(x, 2, out=buffer)})).full


# --- naming the mistake ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"double": lambda x: x**2}, "squares"),
        ({"double": lambda x: 3 * x}, "triples"),
        ({"double": lambda x: 3.0001 * x}, "triples"),
        ({"double": lambda x: torch.tensor((3 * x).tolist())}, "triples"),
        ({"double": lambda x: 1 // 0}, "asserts"),
        ({"halve": lambda v: v / 3}, "thirds"),
        ({"halve": lambda v: torch.tensor(v / 3)}, "thirds"),
        ({"double": lambda x: 3 * x, "halve": lambda v: 7.0}, "triples"),
        ({"double": lambda x: 5 * x}, None),
        ({"double": lambda x: 3 * x if x.dim() == 1 else 5 * x}, None),
        ({"double": lambda x: 3 * x if x.min() > 0 else 2 * x}, "triples"),  # it explains all of one law
        ({"double": fails}, None),
        ({"halve": lambda v: 7.0}, None),
        ({}, None),
    ],
)
def test_an_answer_is_called_by_the_name_of_the_mistake_that_explains_all_of_it(
    changed: dict, name: str | None
) -> None:
    found = judged(**changed).mistake
    assert (found and found.name) == name


def test_a_mistake_that_the_judge_saw_itself_comes_first() -> None:
    class Seeing(type(linear)):
        def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
            for finding in super().judge(case, *answers):
                yield finding
                if not finding.ok:
                    yield finding.law(False, mistake="asserts")

    assert examine(Seeing(), LocalLink({**RIGHT, "double": lambda x: 3 * x})).mistake.name == "asserts"


class Looking(type(linear)):
    """A judge that gives each failure of double the next of these names."""

    def __init__(self, names: tuple[str | None, ...]) -> None:
        self.names = itertools.cycle(names)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        for finding in super().judge(case, *answers):
            yield finding if finding.ok else replace(finding, mistake=next(self.names))


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (("asserts",), "asserts"),
        (("asserts", None), "asserts"),  # nothing was looked for in the others
        (("asserts", "", ""), None),  # in one case of three: a coincidence
        (("asserts", "squares", "triples"), None),  # as many mistakes as cases are none
        (("",), None),
    ],
)
def test_what_the_judge_saw_in_most_cases_counts_and_not_what_it_saw_in_one(names: tuple, name: str | None) -> None:
    found = examine(Looking(names), LocalLink({**RIGHT, "double": lambda x: 5 * x})).mistake
    assert (found and found.name) == name


@toy("toy.far", "far")
class far(Exercise):
    """far(x) = 1 + x, at 0 as well, where a law of its own holds."""

    near = pays("1 is added far from 0")
    exactly = pays("1 is added at 0")
    hints = ("One.", "And one.", "Is?")

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for size in (*rng.uniform(1, 2, size=2), 0.0, 1e-30):
            x = torch.tensor([size, -size], dtype=torch.float32)
            yield case(call("far", x), about=(self.near if size > 1e-9 else self.exactly,), x=x)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield case.about[0](*close(answer, 1 + exact(case.x), torch.float32))

    mistakes = (
        wrong("not squared away", {"far": lambda x: 1 + 2 * x}, "Right at 0 itself."),
        wrong(
            "rounded away", {"far": lambda x: 2 + (x + 1e9) - 1e9}, "1e9 swallows what is small in single precision."
        ),
        wrong("nothing", {"far": lambda x: 0 * x}, "Nothing comes of nothing."),
    )


def test_a_mistake_that_is_right_where_the_answer_fails_does_not_explain_it() -> None:
    nearly = {"far": lambda x: torch.where(x.abs() > 1e-9, 1 + x, 1 + 5e-5 * (1 + (x == 0)))}
    report = examine(far, LocalLink(nearly))
    assert [law.ok for law in report.laws] == [True, False]
    assert report.mistake is None
    assert examine(far, LocalLink({"far": lambda x: 1 + 2 * x})).mistake.name == "not squared away"


def test_a_mistake_is_known_in_an_answer_that_calculates_in_double_precision() -> None:
    found = {"far": lambda x: (2 + (x.double() + 1e9) - 1e9).float()}
    assert examine(far, LocalLink(found)).mistake.name == "rounded away"
    assert examine(far, LocalLink({"far": lambda x: 2 + (x + 1e9) - 1e9})).mistake.name == "rounded away"


def plain(array: Any) -> Plain:
    array = np.asarray(array)
    return Plain(array, "tensor", array.dtype.name, "cpu")


NAN = float("nan")


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        (1.0, 1.0005, True),
        (1.0, 1.01, False),
        (1, 1.0, True),
        (plain([1000.0, 0.0]), plain([1000.0, 0.5]), True),
        (plain([1.0, 0.0]), plain([1.0, 0.5]), False),
        (plain([NAN, 1.0]), plain([NAN, 1.0]), True),
        (plain([NAN, 1.0]), plain([1.0, NAN]), False),
        (plain([np.inf]), plain([-np.inf]), False),
        (plain([1.0]), plain([[1.0]]), False),
        (plain([True]), plain([False]), False),
        (plain(np.array([1j, 2j])), plain(np.array([1j, 2j])), False),
        (plain([]), plain([]), True),
        ((1.0, "zero"), (1, "zero"), True),
        ((1.0, "zero"), (1.0, "one"), False),
        ([1.0, 2.0], (1.0, 2.0), True),
        ([1.0, "a"], [1.0], False),
        ({"a": 1.0}, {"a": 1.0}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        (None, None, True),
        (None, 0.0, False),
        (True, 1.0, False),
        (True, True, True),
        ("a", "a", True),
        (Unanswered("raised", "x", "ValueError"), Unanswered("raised", "y", "ValueError"), True),
        (Unanswered("raised", "x", "ValueError"), Unanswered("raised", "x", "KeyError"), False),
        (Unanswered("blank"), None, False),
    ],
)
def test_two_answers_agree_if_their_numbers_do(a: Any, b: Any, agree: bool) -> None:
    assert same(a, b) is agree
    assert same(b, a) is agree


# --- saying what was asked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (case(call("f", 1, x=torch.tensor([0.5]))), "f(1, x=[0.5])"),
        (case(keep("m", "build", Callback("denoise")), call("m", 2, method="sample")), "build(denoise); m.sample(2)"),
        (case(grad("f", ("x",), torch.ones(1), x=1.0), call("g", Kept("m"))), "f(x=1); g(m)"),
    ],
)
def test_a_case_is_described_as_one_would_type_it(question: Case, text: str) -> None:
    assert describe(question) == text


def test_a_value_and_its_jacobian_are_asked_for_in_the_same_words_once() -> None:
    assert describe(case(call("f", 1.0), jacobian("f", 1.0), call("f", 2.0))) == "f(1); f(2)"


# --- every exercise of the course ------------------------------------------------------------------------------

STRANGE = (
    None,
    True,
    0,
    -(2**63),
    2**63 - 1,
    NAN,
    float("inf"),
    1e308,
    "",
    "zero",
    [],
    (),
    {},
    [None],
    [1.0, "a"],
    [[1.0], [1.0, 2.0]],
    (1, "zero"),
    (NAN, "nan"),
    (1, 2),
    {"": None},
    {"kl": None, "mean": "x"},
    torch.tensor(1.0),
    torch.tensor([True]),
    torch.empty(0),
    torch.empty(0, 3),
    torch.full((3,), NAN),
    torch.full((4, 4), float("inf")),
    torch.ones(2, dtype=torch.complex64),
    torch.ones(2, dtype=torch.int64),
    torch.ones(1, 1, 1, 1, 1, dtype=torch.float16),
    np.ones(3),
    np.array(2),
    (torch.ones(2), None),
    (torch.empty(0), torch.empty(0)),
)


def _like(result: Any, x: torch.Tensor) -> Any:
    """A strange value, or strange numbers in the shape of the input."""
    return (
        result.to(x.dtype).reshape(-1)[0].expand(x.shape)
        if isinstance(result, torch.Tensor) and result.numel()
        else result
    )


@pytest.mark.parametrize("shaped", [False, True], ids=["as it is", "in the shape of the input"])
@pytest.mark.parametrize("found", all_exercises().values(), ids=lambda found: found.id)
def test_no_answer_breaks_a_judge(found: Exercise, shaped: bool) -> None:
    left = [*STRANGE]

    def answer(*args: Any, **kwargs: Any) -> Any:
        value = left.pop() if left else None
        tensors = [a for a in (*args, *kwargs.values()) if isinstance(a, torch.Tensor) and a.is_floating_point()]
        return _like(value, tensors[0]) if shaped and tensors else value

    for seed in range(len(STRANGE)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            report = examine(found, LocalLink(dict.fromkeys(found.names, answer)), seed)
        assert not report.full
        assert report.error is None
        repr(report), report._repr_html_()
        if not left:
            return


# --- asks that decide laws of their own --------------------------------------------------------------------------


@toy("toy.proof", "first", "second")
class proof(Exercise):
    """Two lines of one proof, asked together: first(x) = x + x, second(x) = 2 x."""

    one = pays("line 1 adds")
    two = pays("line 2 doubles, as line 1 does")
    hints = ("Add x to itself.", "Numbers, too, have halves.", "What times two is v?")

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for _ in range(2):
            x = float(rng.uniform(1, 2))
            yield case(call("first", x).about(self.one), call("second", x=x).about(self.two), x=x)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        for law, answer in zip((self.one, self.two), answers, strict=True):
            yield law(*close(answer, 2 * case.x, torch.float64))

    mistakes = (
        wrong("squares", {"first": lambda x: x * x}, "x times x is the square."),
        wrong("halves", {"second": lambda x: x / 2}, "Half is not twice."),
        wrong("nothing", {"second": lambda x: 0.0}, "Nothing comes of nothing."),
    )


def blank(x: float) -> float:
    raise NotImplementedError


def test_a_blank_line_takes_along_its_own_law_only() -> None:
    report = examine(proof, LocalLink({"first": lambda x: x + x, "second": blank}))
    assert [(law.ok, law.reached) for law in report.laws] == [(True, True), (False, False)]
    assert report.points == 0.5 * report.max
    assert not report.blank
    assert "`second` is not implemented yet" in report.error
    assert examine(proof, LocalLink({"first": blank, "second": blank})).blank


def test_a_wrong_line_is_named_and_shown_without_the_others() -> None:
    report = examine(proof, LocalLink({"first": lambda x: x + x, "second": lambda x: x / 2}))
    assert report.mistake.name == "halves"
    assert report.laws[1].case.startswith("second(x=")
    assert "first" not in report.laws[1].case
    report = examine(proof, LocalLink({"first": lambda x: x * x, "second": blank}))
    assert report.mistake.name == "squares"
