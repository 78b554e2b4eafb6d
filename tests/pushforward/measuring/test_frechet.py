"""The Fréchet distance is the W₂ of normals, its limit a line in 1/n; the classifier is what its script makes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from pushforward.data import digits
from pushforward.errors import CourseError
from pushforward.measuring import classifier
from pushforward.measuring.frechet import digit_frechet, frechet, limit


def sample(n: int, D: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, D, generator=generator) @ torch.randn(D, D, generator=generator) + seed


@pytest.mark.parametrize(("n", "m", "D"), [(30, 40, 1), (50, 20, 3), (200, 300, 12)])
def test_it_is_the_formula_with_a_matrix_root(n: int, m: int, D: int) -> None:
    x, y = sample(n, D, 1), sample(m, D, 2)
    a, b = x.double().numpy(), y.double().numpy()
    ca, cb = np.cov(a.T).reshape(D, D), np.cov(b.T).reshape(D, D)
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca + cb - 2 * np.real(sqrtm(ca @ cb)))
    assert frechet(x, y) == pytest.approx(expected, rel=1e-8)


def test_a_shift_costs_its_square_and_a_stretch_what_it_adds() -> None:
    x = sample(50, 4, 3)
    spread = float(torch.cov(x.double().T).trace())
    assert frechet(x, x) == pytest.approx(0, abs=1e-9 * spread)
    assert frechet(x, x + torch.tensor([3.0, 0.0, 0.0, 4.0])) == pytest.approx(25, rel=1e-5)
    centred = x.double() - x.double().mean(0)
    assert frechet(centred, 3 * centred) == pytest.approx(4 * spread)


def test_it_is_symmetric_also_for_singular_covariances() -> None:
    x, y = sample(5, 12, 4), sample(9, 12, 5)  # fewer samples than dimensions
    assert frechet(x, y) == pytest.approx(frechet(y, x))
    flat = torch.cat([sample(40, 2, 6), torch.ones(40, 1)], 1)
    assert frechet(flat, flat) == pytest.approx(0, abs=1e-9)


def test_the_bias_falls_like_one_over_n_and_the_limit_takes_it_out() -> None:
    """Two samples of one law. Means over 200 pairs have standard errors, and the limit lies within 4.9 of its own."""
    generator = torch.Generator().manual_seed(0)
    sizes = [25, 50, 100, 200]
    found = np.array([[frechet(*torch.randn(2, n, 3, generator=generator)) for _ in range(200)] for n in sizes])
    means, errors = found.mean(1), found.std(1) / 200**0.5
    assert (means[:-1] / means[1:]).min() > 1.6  # halved, nearly, with each doubling
    u = 1 / np.array(sizes)
    weights = 1 / 4 - u.mean() * (u - u.mean()) / ((u - u.mean()) ** 2).sum()  # of each mean in the limit
    a, slope = limit(sizes, means)
    assert a == pytest.approx(weights @ means)
    # terms of the order 1/n² remain: at n = 25 they are about a tenth of the bias
    assert abs(a) < 4.9 * float(np.sqrt((weights**2) @ errors**2)) + 0.1 * means[0] * abs(weights[0])
    assert slope == pytest.approx(25 * means[0], rel=0.2)


def test_the_limit_is_the_least_squares_line() -> None:
    assert limit([100, 200], [1.5, 1.25]) == pytest.approx((1.0, 50.0))
    n, v = np.array([10, 30, 70, 200]), np.array([3.0, 2.0, 2.5, 1.0])
    slope, a = np.polyfit(1 / n, v, 1)
    assert limit(n.tolist(), v.tolist()) == pytest.approx((a, slope))
    with pytest.raises(CourseError, match="two different sizes"):
        limit([50, 50], [1.0, 2.0])


# --- the classifier --------------------------------------------------------------------------------------------


def test_the_stored_weights_are_those_that_the_script_makes() -> None:
    """Stored in single precision; other machines round the sums of the training differently, in the last digits."""
    made = classifier.train()
    assert [w.shape for w in made] == [w.shape for w in classifier.weights()]
    for ours, stored in zip(made, classifier.weights(), strict=True):
        torch.testing.assert_close(ours, stored, rtol=1e-3, atol=1e-3)


def test_the_weights_are_small_and_travel_in_a_wheel() -> None:
    root = Path(__file__).resolve().parents[3]
    package = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    kept = {path for pattern in package["pushforward"] for path in (root / "pushforward").glob(pattern)}
    assert classifier.FILE.resolve() in kept
    assert classifier.FILE.stat().st_size < 50_000


def test_the_classifier_is_as_good_as_its_docstrings_say() -> None:
    test, labels = digits("test")
    right = float((classifier.probabilities(test).argmax(1) == labels).double().mean())
    assert right == pytest.approx(0.92, abs=5e-3)
    assert classifier.confident_share(test) == pytest.approx(0.83, abs=5e-3)
    shares = classifier.class_shares(test)
    assert float(shares.sum()) == pytest.approx(1)
    assert 0.07 < float(shares.min()) < float(shares.max()) < 0.13


def test_the_yardstick_of_the_digits() -> None:
    train, test = digits("train")[0], digits("test")[0]
    found = digit_frechet(train, test)
    assert found.value == pytest.approx(0.381, abs=5e-4)
    assert (found.n, found.m) == (1000, 447)
    assert found.value == pytest.approx(frechet(classifier.features(train), classifier.features(test)))
    shuffled = train.flatten(1)[:, torch.randperm(64, generator=torch.Generator().manual_seed(0))]
    assert digit_frechet(shuffled, test).value > 5 * found.value


def test_flat_pictures_have_the_features_of_square_ones_and_others_none() -> None:
    pictures = digits("valid")[0]
    torch.testing.assert_close(classifier.features(pictures), classifier.features(pictures.flatten(1)))
    assert classifier.features(pictures).shape == (350, 32)
    with pytest.raises(CourseError, match="takes pictures"):
        classifier.features(torch.zeros(3, 28, 28))
