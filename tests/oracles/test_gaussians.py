"""The Gaussian oracles against torch's own divergences, and against Bayes' rule on a grid."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Normal, kl_divergence

from autograder.oracles import gaussians

MEANS, VARIANCES = st.floats(-5, 5), st.floats(0.01, 20)


@given(MEANS, VARIANCES, MEANS, VARIANCES)
def test_the_divergence_is_that_of_the_closed_form(mean_q: float, var_q: float, mean_p: float, var_p: float) -> None:
    q, p = (Normal(torch.tensor(m, dtype=torch.float64), math.sqrt(v)) for m, v in ((mean_q, var_q), (mean_p, var_p)))
    expected = kl_divergence(q, p).item()
    assert gaussians.kl(mean_q, var_q, mean_p, var_p) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(MEANS, VARIANCES)
def test_the_divergence_from_itself_is_zero(mean: float, variance: float) -> None:
    assert gaussians.kl(mean, variance, mean, variance) == pytest.approx(0, abs=1e-12)


@given(MEANS, MEANS, VARIANCES)
def test_the_log_density_is_torchs(z: float, mean: float, variance: float) -> None:
    expected = (
        Normal(torch.tensor(mean, dtype=torch.float64), math.sqrt(variance))
        .log_prob(torch.tensor(z, dtype=torch.float64))
        .item()
    )
    assert gaussians.log_normal(np.array(z), mean, variance) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("mean", "variance", "x", "a", "noise"),
    [(0.0, 1.0, 1.0, 1.0, 1.0), (0.7, 0.3, -1.2, 0.9, 0.19), (-2.0, 2.0, 0.5, -0.5, 0.75), (1.0, 0.5, 3.0, 0.0, 1.0)],
)
def test_conditioning_is_bayes_rule_on_a_grid(mean: float, variance: float, x: float, a: float, noise: float) -> None:
    z = np.linspace(-15, 15, 60_001)
    weight = np.exp(gaussians.log_normal(z, mean, variance) + gaussians.log_normal(x, a * z, noise))
    weight /= weight.sum()
    expected = weight @ z, weight @ z**2 - (weight @ z) ** 2
    assert gaussians.condition(np.array(mean), variance, np.array(x), a, noise) == pytest.approx(expected, abs=1e-6)


def test_what_is_certain_stays_certain() -> None:
    mean, variance = gaussians.condition(np.array([1.0, 2.0]), 0.0, np.array([9.0, 9.0]), 0.5, 1.0)
    assert (mean.tolist(), variance) == ([1, 2], 0)
