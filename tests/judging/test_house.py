"""The laws of the house: arguments stay as they were, results are of the promised type, no call is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import exercise as registry
from autograder.judging.asking import LocalLink
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Int64, Like, Number, Reals, Tensor
from autograder.judging.exercise import (
    HOUSE_SHARE,
    Case,
    Exercise,
    Finding,
    call,
    case,
    exercise,
    gate,
    grad,
    pays,
    wrong,
)
from autograder.judging.judge import REMEMBERS, examine
from autograder.judging.report import COARSE, Report


class Scaled(Exercise):
    """y = s x."""

    shape = gate("y has the shape of x")
    value = pays("y is s times x", 3)
    double = pays("twice(x) is x + x", 1)
    domain = {
        "scaled": Domain({"x": Tensor("..."), "s": Number(Reals())}, returns=Like("x")),
        "twice": Domain({"x": Tensor("...")}),
    }
    hints = ("a", "b", "c")

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            x = torch.tensor(rng.uniform(1, 2, size=3), dtype=dtype, device=device)
            yield self._scaled(x, float(rng.uniform(1, 2)))
            yield self._twice(x)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._twice(**given) if name == "twice" else self._scaled(**given)

    def _scaled(self, x: torch.Tensor, s: float) -> Case:
        return case(call("scaled", x, s), about=(self.shape, self.value), x=x, s=s, law=self.value)

    def _twice(self, x: torch.Tensor) -> Case:
        return case(call("twice", x=x), about=(self.double,), x=x, s=2.0, law=self.double)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.x.shape))
        if case.law is self.value:
            yield self.shape(*shape)
        if shape.ok:
            yield case.law(*close(answer, case.s * exact(case.x), case.x.dtype))

    mistakes = (
        wrong("added", {"scaled": lambda x, s: x + s}, "s multiplies."),
        wrong("squared", {"twice": lambda x: x * x}, "The square is another thing."),
    )


exercise("toy.scaled", ("scaled", "twice"))(Scaled)
TOY = registry._REGISTRY.pop("toy.scaled")


def marks(scaled: Any = lambda x, s: s * x, twice: Any = lambda x: x + x) -> Report:
    return examine(TOY, LocalLink({"scaled": scaled, "twice": twice}), 5, worth=10.0)


def state(report: Report) -> dict[str, bool]:
    return {result.law.name: result.ok for result in report.laws}


def in_place(x: torch.Tensor, s: float) -> torch.Tensor:
    x *= s
    return x


def keyword_in_place(x: torch.Tensor) -> torch.Tensor:
    return x.mul_(2)


def test_a_right_answer_has_all_its_points_and_each_small_law_a_small_share() -> None:
    report = marks()
    assert report.full
    assert [law.name for law in TOY.laws if law.house] == ["untouched", "typed"]
    assert {name: points["points"] for name, points in zip(state(report), report.to_json()["laws"], strict=True)} == {
        "shape": 0, "value": 6.75, "double": 2.25, "untouched": 10 * HOUSE_SHARE, "typed": 10 * HOUSE_SHARE,
    }  # fmt: skip


@pytest.mark.parametrize(("change", "name"), [({"scaled": in_place}, "x"), ({"twice": keyword_in_place}, "x")])
def test_an_answer_that_writes_into_an_argument_loses_that_law_alone(change: dict, name: str) -> None:
    report = marks(**change)
    assert state(report) == {"shape": True, "value": True, "double": True, "untouched": False, "typed": True}
    assert report.points == pytest.approx(10 * (1 - HOUSE_SHARE))
    broken = report.laws[3]
    assert (broken.expected, broken.got) == (f"`{name}` as before the call", f"`{name}` changed")
    assert "work on a copy" in broken.why


def test_an_answer_that_writes_into_what_it_returned_before_loses_that_law_alone() -> None:
    buffers: dict[Any, torch.Tensor] = {}

    def in_one_buffer(x: torch.Tensor) -> torch.Tensor:
        kept = buffers.setdefault((x.shape, x.dtype), torch.empty_like(x))
        return torch.add(x, x, out=kept)

    report = marks(twice=in_one_buffer)
    assert state(report) == {"shape": True, "value": True, "double": True, "untouched": False, "typed": True}
    broken = report.laws[3]
    assert broken.expected == "the result of an earlier call as before the call"
    assert broken.why.endswith("return a tensor of its own each time.")


def test_an_answer_of_another_type_loses_that_law_alone() -> None:
    report = marks(lambda x, s: (s * x).double())
    assert state(report) == {"shape": True, "value": True, "double": True, "untouched": True, "typed": False}
    assert (report.laws[4].expected, report.laws[4].got) == ("float32, as `x` is", "a float64 tensor of shape (3,)")


class Counted(Scaled):
    """The whole numbers from 0 on, as many as x has entries."""

    domain = {"scaled": Domain({"x": Tensor("..."), "s": Number(Reals())}, returns=Int64())}

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        good = bool((answer.array == np.arange(answer.array.size).reshape(answer.shape)).all())
        yield self.shape(good)
        yield self.value(good)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._scaled(torch.ones(3), 2.0)


@pytest.mark.parametrize(("dtype", "typed"), [(torch.int64, True), (torch.int32, False), (torch.uint8, False)])
def test_narrower_whole_numbers_than_promised_lose_that_law_alone(dtype: torch.dtype, typed: bool) -> None:
    exercise("toy.counted", ("scaled",))(Counted)
    toy = registry._REGISTRY.pop("toy.counted")
    counted = LocalLink({"scaled": lambda x, s: torch.arange(x.numel(), dtype=dtype).reshape(x.shape)})
    report = examine(toy, counted, 5)
    found = next(law for law in report.laws if law.law.name == "typed")
    assert found.ok is typed
    assert state(report)["value"]
    if not typed:
        assert found.expected == "int64"


class Sloped(Scaled):
    """y = s x, asked for with its gradient only."""

    domain = {"scaled": Domain({"x": Tensor("..."), "s": Number(Reals())}, returns=Like("x"))}

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._sloped(torch.tensor(rng.uniform(1, 2, size=3)), 2.0)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._sloped(**given)

    def _sloped(self, x: torch.Tensor, s: float) -> Case:
        return case(grad("scaled", ("x",), torch.ones_like(x), x=x, s=s), x=x, s=s)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield self.shape(True, "", "")
        for law, got, expected in (
            (self.value, answer["value"], case.s * exact(case.x)),
            (self.double, answer["gradients"]["x"], case.s + 0 * exact(case.x)),
        ):
            yield law(*close(got, expected, case.x.dtype))


exercise("toy.sloped", ("scaled",))(Sloped)
SLOPED = registry._REGISTRY.pop("toy.sloped")


@pytest.mark.parametrize(("scaled", "typed"), [(lambda x, s: s * x, True), (lambda x, s: (s * x).float(), False)])
def test_the_type_is_asked_for_where_a_gradient_is_asked_for_too(scaled: Any, typed: bool) -> None:
    report = examine(SLOPED, LocalLink({"scaled": scaled}), 5, worth=10.0)
    assert state(report) == {"shape": True, "value": True, "double": True, "untouched": True, "typed": typed}


def test_where_no_type_is_promised_none_is_asked_for() -> None:
    assert marks(twice=lambda x: (x + x).double()).full


def test_who_gets_nothing_right_is_not_paid_for_touching_nothing() -> None:
    report = marks(lambda x, s: 0 * x, lambda x: 0 * x)
    assert report.points == 0
    assert not any(result.ok for result in report.laws if result.law.weight)


def test_corners_that_the_probe_leaves_out_are_asked() -> None:
    for clamped in (lambda x, s: s * x.clamp(min=0), lambda x, s: abs(s) * x, lambda x, s: (s * x).clamp(max=100)):
        report = marks(clamped)
        assert not state(report)["value"]
        assert state(report)["double"]


def test_the_same_question_asked_again_names_the_memory() -> None:
    kept: dict[str, int] = {}

    def third_time_lucky(x: torch.Tensor) -> torch.Tensor:
        key = str(x.tolist())
        kept[key] = kept.get(key, 0) + 1
        return x + x if kept[key] == 1 else 0 * x

    report = marks(twice=third_time_lucky)
    assert REMEMBERS in [result.why for result in report.laws]


def test_whoever_knows_an_argument_by_its_address_misses_a_step_in_place() -> None:
    kept: dict[int, tuple] = {}

    def by_address(x: torch.Tensor) -> torch.Tensor:
        if id(x) not in kept:
            kept[id(x)] = (x + x, x)  # the argument too, so that no other one gets its address
        return kept[id(x)][0]

    report = marks(twice=by_address)
    assert state(report)["value"]
    assert not state(report)["double"]
    assert REMEMBERS in [result.why for result in report.laws]


def test_single_precision_pays_in_full_and_is_told() -> None:
    report = marks(lambda x, s: s * torch.tensor(1.0, dtype=x.dtype) * x.float().to(x.dtype))
    assert report.full
    assert report.coarse
    assert COARSE[:30] in report._repr_html_()
    assert COARSE[:30] in repr(report)
    assert not marks().coarse


def test_what_is_wrong_is_not_called_right_where_it_comes_near() -> None:
    """Off by one part in ten million at small arguments, and by far more at large ones."""
    report = marks(lambda x, s: s * x * (1 + 1e-7 * (1 + 1e6 * (x.abs() > x.abs().mean()))))
    assert not report.full
    assert not report.coarse
    assert COARSE[:30] not in repr(report)


@pytest.mark.parametrize("changed", ["x", [None, 3.5, {}], 7, [["x"]], [10**30], {"x": 1}])
def test_what_a_process_says_it_changed_is_not_trusted(changed: Any) -> None:
    """Whatever is sent in its place, nothing breaks and at most the small law is lost."""

    class Lying(LocalLink):
        def ask(self, *message: Any) -> tuple[dict, list]:
            answer, arrays = super().ask(*message)
            return {**answer, "changed": changed}, arrays

    report = examine(TOY, Lying({"scaled": lambda x, s: s * x, "twice": lambda x: x + x}), 5, worth=10.0)
    assert report.points >= 10 * (1 - HOUSE_SHARE)


def test_a_mistake_is_named_beside_another_fault() -> None:
    """One function has a mistake of the catalogue, the other one a fault that nobody knows."""
    report = marks(lambda x, s: x + s, lambda x: x + 5)
    assert report.mistake is not None
    assert report.mistake.name == "added"


def test_no_mistake_is_named_on_one_meeting_point() -> None:
    def only_once(x: torch.Tensor) -> torch.Tensor:
        return x * x if float(x.reshape(-1)[0]) > 1.5 and x.dtype == torch.float64 else x + x + 1

    assert marks(twice=only_once).mistake is None
