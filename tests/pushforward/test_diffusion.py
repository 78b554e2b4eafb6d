"""The forward process that notebook 15 built: by hand, and against the chain that it sums up."""

from __future__ import annotations

import pytest
import torch

from pushforward.diffusion import alpha_bar, best_x0, cosine_schedule, even_snr, linear_schedule, per_item, q_sample


def test_the_share_of_the_signal_is_the_running_product() -> None:
    beta = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)
    torch.testing.assert_close(alpha_bar(beta), torch.tensor([0.9, 0.72, 0.504], dtype=torch.float64))


def test_each_item_is_noised_to_its_own_time() -> None:
    x0, eps = torch.tensor([[2.0], [2.0]]), torch.tensor([[-1.0], [1.0]])
    xt = q_sample(x0, torch.tensor([2, 1]), eps, torch.tensor([0.36, 0.64]))
    torch.testing.assert_close(xt, torch.tensor([[1.0], [2.0]]))
    assert per_item(torch.ones(2), torch.ones(2, 3, 4)).shape == (2, 1, 1)


@pytest.mark.parametrize("T", [5, 20, 100, 1000])
def test_a_schedule_of_any_length_is_valid_and_forgets(T: int) -> None:
    beta = linear_schedule(T)
    assert beta.shape == (T,)
    assert ((beta > 0) & (beta < 1)).all()
    assert alpha_bar(beta)[-1] < 1e-3


@pytest.mark.parametrize("T", [5, 20, 100, 1000])
def test_the_cosine_schedule_is_valid_and_leaves_what_its_cosine_says(T: int) -> None:
    beta = cosine_schedule(T)
    assert beta.shape == (T,)
    assert ((beta >= 0.001) & (beta <= 0.5)).all()
    share = torch.cos(torch.pi / 2 * (torch.arange(1, T + 1, dtype=torch.float64) / T + 0.008) / 1.008) ** 2
    middle = slice(T // 5, T // 2)  # where nothing is cut, up to what the first steps add
    torch.testing.assert_close(alpha_bar(beta)[middle], share[middle], rtol=0.1, atol=0)
    assert alpha_bar(beta)[-1] < 0.1


@pytest.mark.parametrize("T", [2, 50, 1000])
def test_an_even_schedule_loses_the_same_share_of_the_ratio_in_each_step(T: int) -> None:
    kept = even_snr(T)
    log_snr = (kept / (1 - kept)).log()
    torch.testing.assert_close(log_snr.diff(), torch.full((T - 1,), -9.5 / (T - 1), dtype=torch.float64))
    torch.testing.assert_close(log_snr[[0, -1]], torch.tensor([4.5, -5.0], dtype=torch.float64))


def test_the_best_guess_is_the_mean_of_the_points_by_bayes_rule() -> None:
    """Two points, −1 and 1, ᾱ = 0.64, x_t = 0.4: weights 0.1446 and 0.8554, each item at its own time."""
    data, kept = torch.tensor([[-1.0], [1.0]], dtype=torch.float64), torch.tensor([0.64, 1e-9], dtype=torch.float64)
    x0 = best_x0(torch.tensor([[0.4], [0.4]], dtype=torch.float64), torch.tensor([1, 2]), data, kept)
    assert x0[:, 0].tolist() == pytest.approx([0.8554 - 0.1446, 0], abs=1e-4)
    far = best_x0(torch.tensor([[500.0]], dtype=torch.float64), torch.tensor([1]), data, kept)
    assert far.item() == pytest.approx(1)  # where every density is 0 in floating point
