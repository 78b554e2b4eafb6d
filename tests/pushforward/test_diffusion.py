"""The forward process that notebook 15 built: by hand, and against the chain that it sums up."""

from __future__ import annotations

import pytest
import torch

from pushforward.diffusion import alpha_bar, linear_schedule, per_item, q_sample


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
