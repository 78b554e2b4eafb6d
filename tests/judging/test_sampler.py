"""The base of all judges of trained samplers: what it asks before anybody looks at quality."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from autograder.judging.exercise import Case, Finding, case, pays
from autograder.judging.sampler import BATCH, Sampler
from pushforward.answering.wire import Plain

DRAWN = 50


class Even(Sampler):
    """Samples (50, 2, 2) of any law."""

    drawn = DRAWN
    good = pays("all is well")

    def quality(self, case: Case, x: np.ndarray) -> Iterator[Finding]:
        yield self.differing(x, 0.9)
        yield self.good(True)


NOISE = torch.randn(DRAWN, 2, 2, generator=torch.Generator().manual_seed(0))
RIGHT, FEW = NOISE.sin(), NOISE.sin()[-BATCH:]


def sent(answer: object) -> object:
    """As it comes to the judge."""
    return Plain(answer.numpy(), "tensor", "float32", "cpu") if isinstance(answer, torch.Tensor) else answer


def found(answer: object, few: object = None, n: int = DRAWN) -> list[tuple[str, bool]]:
    return [(f.law.name, f.ok) for f in Even().judge(case(shape=(n, 2, 2)), sent(answer), sent(few))]


def test_what_is_well_formed_is_looked_at() -> None:
    assert found(RIGHT, FEW) == [("points", True), ("own", True), ("varied", True), ("good", True)]


@pytest.mark.parametrize("answer", [RIGHT[:9], RIGHT.log(), None, "no tensor"], ids=["fewer", "NaN", "none", "text"])
def test_what_has_not_the_form_is_looked_at_no_further(answer: object) -> None:
    assert found(answer, FEW) == [("points", False)]


def test_samples_that_are_no_numbers_are_counted() -> None:
    answer = RIGHT.clone()
    answer[[3, 8], 0, 1] = float("nan")
    (finding,) = Even().judge(case(shape=(DRAWN, 2, 2)), sent(answer), sent(FEW))
    assert finding.got == "2 samples that are no numbers"


def test_few_samples_are_asked_for_their_form_only() -> None:
    assert found(RIGHT[:3], n=3) == [("points", True)]


@pytest.mark.parametrize("few", [FEW.flip(0), FEW[:3], None, FEW + 0.01])
def test_a_sample_that_changes_with_its_company_is_not_its_own(few: object) -> None:
    assert found(RIGHT, few) == [("points", True), ("own", False)]


@pytest.mark.parametrize(("kinds", "called"), [(1, "a constant"), (10, "a store of points"), (DRAWN, None)])
def test_stored_samples_are_told_from_a_constant(kinds: int, called: str | None) -> None:
    finding = Even().differing(RIGHT.numpy()[np.arange(DRAWN) % kinds], 0.9)
    assert (finding.ok, finding.mistake, finding.got) == (called is None, called, str(kinds))
