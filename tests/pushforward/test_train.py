"""A budget is chosen by its name, or by who is running the notebook; the loop keeps what generalised."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from pushforward.errors import CourseError
from pushforward.train import budget, descend, train


@pytest.fixture(autouse=True)
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUSHFORWARD_BUDGET", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_a_student_gets_the_full_amount() -> None:
    assert budget(1000, 100, 10) == 1000


def test_grading_gets_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert budget(1000, 100, 10) == 100


def test_checking_before_handing_in_is_a_students_own_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert budget(1000, 100, 10) == 1000


@pytest.mark.parametrize(("name", "amount"), [("full", 1000), ("graded", 100), ("quick", 10)])
def test_a_name_decides_whoever_runs(name: str, amount: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("PUSHFORWARD_BUDGET", name)
    assert budget(1000, 100, 10) == amount


def test_an_unknown_name_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "fast")
    with pytest.raises(CourseError, match="'fast': it can be full, graded or quick"):
        budget(1000, 100, 10)


# --- the loop --------------------------------------------------------------------------------------------------


def descent(net: nn.Module, target: float, rate: float = 0.1) -> Callable[[int], torch.Tensor]:
    """Steps of gradient descent on (weight − target)²."""
    optimiser = torch.optim.SGD(net.parameters(), rate)

    def step(_: int) -> torch.Tensor:
        loss = (net.weight - target).square().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss

    return step


def one_weight(value: float) -> nn.Linear:
    net = nn.Linear(1, 1, bias=False)
    net.weight.data.fill_(value)
    return net


def test_the_loop_descends_and_keeps_every_loss() -> None:
    net = one_weight(0.0)
    history = train(descent(net, 3.0), net, 60)
    assert net.weight.item() == pytest.approx(3.0, abs=1e-4)
    assert len(history.losses) == 60
    assert history.losses[0] == pytest.approx(9.0)
    assert history.losses == sorted(history.losses, reverse=True)


def test_the_moving_average_is_what_its_formula_says() -> None:
    net, seen = one_weight(0.0), []

    def step(k: int) -> float:
        net.weight.data.fill_(float(k))
        seen.append(float(k))
        return 0.0

    train(step, net, 5, average=0.5)
    smooth = 0.0
    for value in seen:
        smooth = 0.5 * smooth + 0.5 * value
    assert net.weight.item() == pytest.approx(smooth)
    assert net.weight.requires_grad  # the network can be trained on


def test_the_best_state_on_validation_is_kept_and_the_run_ends_early() -> None:
    """The weight walks past the best place, 2, and never comes back."""
    net = one_weight(0.0)

    def step(k: int) -> float:
        net.weight.data.fill_((k + 1) / 10)
        return 0.0

    history = train(step, net, 1000, validate=lambda n: (n.weight - 2).square().sum(), every=5, patience=3)
    assert net.weight.item() == pytest.approx(2.0)
    assert len(history.losses) == 20 + 3 * 5
    assert min(history.valid, key=lambda pair: pair[1])[0] == 20


def test_a_better_look_starts_the_patience_anew() -> None:
    net = one_weight(0.0)
    values = iter([5.0, 6.0, 6.0, 4.0, 6.0, 6.0, 6.0, 1.0])
    history = train(lambda k: 0.0, net, 8, validate=lambda n: next(values), every=1, patience=3)
    assert [value for _, value in history.valid] == [5, 6, 6, 4, 6, 6, 6]


def test_the_same_seed_gives_the_same_run() -> None:
    def run(seed: int) -> list[float]:
        net = one_weight(0.0)
        return train(lambda k: torch.rand(()), net, 3, seed=seed).losses

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_counters_and_statistics_of_layers_are_kept_as_well() -> None:
    net = nn.BatchNorm1d(1)

    def step(_: int) -> float:
        net(torch.ones(4, 1))
        return 0.0

    train(step, net, 10, average=0.9)
    assert net.num_batches_tracked.item() == 10
    assert 0 < net.running_mean.item() < 1


def test_a_loss_that_is_no_number_ends_in_one_sentence() -> None:
    with pytest.raises(CourseError, match="became nan in step 3"):
        train(lambda k: math.nan if k == 2 else 1.0, one_weight(0.0), 5)


@pytest.mark.parametrize(("most", "moved"), [(math.inf, 6.0), (1.5, 1.5)])
def test_an_update_goes_down_the_slope_no_further_than_allowed_and_slows_the_pace(most: float, moved: float) -> None:
    w = torch.tensor([3.0], requires_grad=True)
    optimiser = torch.optim.SGD([w], 1.0)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: 0.5**k)
    assert descend((w**2).sum(), optimiser, pace, most).item() == 9.0
    assert w.item() == pytest.approx(3.0 - moved, abs=1e-4)
    before = w.item()
    descend(w.sum(), optimiser, pace, most)  # the first gradient is forgotten, the rate is half
    assert w.item() == pytest.approx(before - 0.5, abs=1e-4)
