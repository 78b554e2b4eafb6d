"""The linear VAE's averages are those of its single items, and its greatest likelihood is no smaller than any other."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.oracles import linear_gaussian, ppca


@pytest.fixture
def seen() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 4)) @ rng.normal(size=(4, 4))
    x -= x.mean(0)
    W, V, sigma = rng.normal(size=(4, 2)), 0.3 * rng.normal(size=(2, 4)), rng.uniform(0.3, 1, 2)
    return x, x.T @ x / len(x), W, V, sigma


def test_likelihood_and_bound_are_means_over_the_items(seen: tuple[np.ndarray, ...]) -> None:
    x, S, W, V, sigma = seen
    each = [linear_gaussian.log_evidence(row, W, np.zeros(4), 0.7) for row in x]
    gaps = [
        linear_gaussian.kl(V @ row, np.diag(sigma**2), *linear_gaussian.posterior(row, W, np.zeros(4), 0.7))
        for row in x
    ]
    assert ppca.log_likelihood(S, W, 0.7) == pytest.approx(np.mean(each))
    assert ppca.bound(S, W, V, sigma, 0.7) == pytest.approx(np.mean(each) - np.mean(gaps))


def test_no_weights_beat_the_greatest_likelihood(seen: tuple[np.ndarray, ...]) -> None:
    rng, S = np.random.default_rng(1), seen[1]
    spectrum, U = np.linalg.eigh(S)
    best = U[:, -2:] * np.sqrt(np.maximum(spectrum[-2:] - 0.49, 0))
    top = ppca.greatest(S, 2, 0.7)
    assert ppca.log_likelihood(S, best, 0.7) == pytest.approx(top)
    for _ in range(20):
        assert ppca.log_likelihood(S, best + 0.1 * rng.normal(size=best.shape), 0.7) < top
