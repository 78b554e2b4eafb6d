"""Likelihoods of levels: the probabilities add up to one, and each is the mass of its cell, by scipy."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
from scipy import stats

from pushforward.vae import LEVELS, LIKELIHOODS, LevelLikelihood, normal

U = np.arange(LEVELS) / 8 - 1
LEFT = np.concatenate([[-math.inf], U[1:] - 1 / 16])
RIGHT = np.concatenate([U[:-1] + 1 / 16, [math.inf]])


def _drawn(numbers: int, *, spread: float = 1.0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    source = torch.Generator().manual_seed(numbers)
    return spread * torch.randn(5, 4, numbers, generator=source, dtype=dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("spread", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_levels_add_up_to_one(name: str, spread: float, dtype: torch.dtype) -> None:
    rule = LIKELIHOODS[name]
    log_probs = rule.table(_drawn(rule.numbers, spread=spread, dtype=dtype))
    assert log_probs.shape == (5, 4, LEVELS)
    assert log_probs.dtype == dtype
    assert log_probs.isfinite().all()
    assert abs(log_probs.logsumexp(-1)).max() < 20 * torch.finfo(dtype).eps * spread * 10


def test_categorical_is_a_softmax() -> None:
    said = _drawn(LEVELS)
    assert torch.allclose(LIKELIHOODS["categorical"].table(said).exp(), said.exp() / said.exp().sum(-1, keepdim=True))


def test_a_cell_has_the_mass_of_its_mixture_of_logistics() -> None:
    said = _drawn(9)
    weight, place, log_scale = said.numpy().reshape(5, 4, 3, 3).transpose(2, 0, 1, 3)
    share = np.exp(weight) / np.exp(weight).sum(-1, keepdims=True)
    law = stats.logistic(place[..., None], np.exp(log_scale)[..., None])
    mass = (share[..., None] * (law.cdf(RIGHT) - law.cdf(LEFT))).sum(-2)
    np.testing.assert_allclose(LIKELIHOODS["three logistics"].table(said).exp(), mass, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.05, 0.25, 2.0])
def test_a_cell_has_the_mass_of_its_normal(sigma: float) -> None:
    mean = _drawn(1)
    rule, law = LevelLikelihood(1, partial(normal, sigma=sigma)), stats.norm(mean.numpy(), sigma)
    np.testing.assert_allclose(rule.table(mean).exp(), law.cdf(RIGHT) - law.cdf(LEFT), atol=1e-12)


@pytest.mark.parametrize("name", ["three logistics", "normal"])
def test_far_tails_keep_their_digits_and_their_gradients(name: str) -> None:
    """A mean of 30, a scale of e⁻⁷: the masses underflow, their logarithms do not."""
    said = torch.full((1, LIKELIHOODS[name].numbers), 30.0, requires_grad=True)
    if name == "three logistics":
        said = torch.tensor([[0.0, 0, 0, 30, -30, 30, -7, -7, -7]], requires_grad=True)
    log_probs = LIKELIHOODS[name].table(said)
    assert log_probs.isfinite().all()
    assert log_probs.min() < -1000
    (slope,) = torch.autograd.grad(log_probs.sum(), said)
    assert slope.isfinite().all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_log_p_adds_up_the_levels_that_are_there(name: str) -> None:
    rule = LIKELIHOODS[name]
    said = _drawn(rule.numbers).reshape(1, 5, 4, -1) * torch.tensor([1.0, 2.0]).reshape(2, 1, 1, 1)  # two draws
    levels, table = torch.arange(20).reshape(5, 4) % LEVELS, rule.table(said)
    want = [[sum(float(p[n, i, levels[n, i]]) for i in range(4)) for n in range(5)] for p in table]
    np.testing.assert_allclose(rule.log_p(said, levels.float()), want, rtol=1e-12)
