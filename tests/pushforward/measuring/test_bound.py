"""The bound on pictures with levels: on a law whose log p is known, and against the judge's own arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.checks.c16_ddpm import train_digits as judge
from pushforward.data import digits
from pushforward.diffusion import even_snr
from pushforward.measuring.bound import level_bound

TEST = digits("test")[0]
LEVEL = digits("train")[0].flatten(1).long()
VOTES = ((LEVEL[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def alone(xt: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """The best guess for pixels that know nothing of each other."""
    u = torch.arange(17) / 8 - 1
    kept = kept[:, None, None]
    return (VOTES - (xt[:, :, None] - kept.sqrt() * u) ** 2 / (2 * (1 - kept))).log_softmax(2)


EXACT = -float(VOTES[torch.arange(64), TEST.flatten(1).long()].sum(1).mean())


def test_with_many_steps_it_is_the_exact_one_and_with_few_it_lies_above() -> None:
    found = {T: float(level_bound(alone, TEST, even_snr(T), looks=60).mean()) for T in (20, 100, 1000)}
    assert EXACT - 0.5 < found[1000] < EXACT + 0.7
    assert found[1000] < found[100] < found[20] < EXACT + 20


def test_one_value_for_each_picture_that_differs_from_picture_to_picture() -> None:
    nats = level_bound(alone, TEST[:20], even_snr(30))
    assert nats.shape == (20,)
    assert nats.std() > 3


def test_two_times_are_enough_and_each_is_looked_at_once() -> None:
    seen = []

    def guess(xt: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        seen.append(kept)
        return alone(xt, kept)

    level_bound(guess, TEST[:3], even_snr(5))
    torch.testing.assert_close(torch.stack(seen)[:, 0], even_snr(5).float())
    assert level_bound(alone, TEST[:3], even_snr(2)).isfinite().all()


def test_the_judge_finds_the_same() -> None:
    rng = np.random.default_rng(0)
    x0 = TEST.flatten(1).double().numpy() / 8 - 1
    at = judge.times(len(x0), rng)

    def ask(kept: np.ndarray) -> np.ndarray:
        xt = judge.noised(x0, kept, rng)
        return alone(xt, torch.tensor(kept, dtype=torch.float32)).double().numpy()

    found = judge.bound(x0, ask(np.full(len(x0), judge.KEPT[0])), at, [ask(judge.KEPT[k]) for k in at])
    ours = float(level_bound(alone, TEST, even_snr(100)).mean())
    assert found == pytest.approx(ours, abs=1.0)
    np.testing.assert_allclose(judge.KEPT, even_snr(100).numpy())
    assert {*at.flatten().tolist()} == {*range(1, 100)}
