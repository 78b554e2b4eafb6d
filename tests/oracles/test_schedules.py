"""What the judge of `diffusion.validate_schedule` holds for true, against facts that one can prove on paper.

Half a million values of 30 digits take minutes for each schedule: the quick run looks at some N, the slow one at every
N from 1 to 1000.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

from autograder.checks.c15_diffusion_forward.validate_schedule import schedule, verdict_of

EVERY = range(1, 1001)
SAMPLE = (*range(1, 26), 99, 100, 255, 1000)
ALL = "sin(n/N)", "1 - 1/n", "log(1 + n/N)", "-cos(pi n/N)", "linear", "cosine"


def each_size(sizes: tuple[int, ...] = SAMPLE) -> pytest.MarkDecorator:
    """A sample of N in the quick run, all of them in the slow one."""
    everything = pytest.param(EVERY, marks=pytest.mark.slow, id="every N")
    return pytest.mark.parametrize("sizes", [pytest.param(sizes, id="some N"), everything])


# --- the verdict -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([0.5, 0.1], None),
        ([5e-324, 1 - 2**-53], None),
        ([], None),
        ([0.0, 2.0], (1, "zero")),
        ([0.5, -0.0], (2, "zero")),
        ([0.5, 0.5, -5e-324], (3, "negative")),
        ([0.5, 1.0, math.nan], (2, "one")),
        ([0.5, 1 + 2**-52], (2, "above one")),
        ([math.nan, 0.0], (1, "nan")),
        ([0.5, math.inf], (2, "above one")),
        ([-math.inf, 0.5], (1, "negative")),
    ],
)
def test_the_first_value_that_is_not_strictly_between_0_and_1_decides(values: list, verdict: tuple | None) -> None:
    assert verdict_of(np.array(values)) == verdict


def test_the_verdict_agrees_with_a_vectorised_one_on_random_values() -> None:
    rng = np.random.default_rng(0)
    pool = np.array([0.0, 1.0, -0.5, 1.5, math.nan, *rng.uniform(0, 1, 20)])
    for _ in range(500):
        beta = rng.choice(pool, size=rng.integers(1, 8))
        bad = ~((beta > 0) & (beta < 1))
        verdict = verdict_of(beta)
        assert (verdict is None) == (not bad.any())
        if verdict is not None:
            n, reason = verdict
            assert n == int(np.argmax(bad)) + 1
            tests = {
                "negative": beta < 0,
                "zero": beta == 0,
                "one": beta == 1,
                "above one": beta > 1,
                "nan": beta != beta,
            }
            assert tests[reason][n - 1]


# --- the six schedules -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_schedule_has_one_value_per_step(name: str) -> None:
    assert [schedule(name, N).shape for N in SAMPLE] == [(N,) for N in SAMPLE]


@each_size()
def test_the_sine_of_n_over_N_is_valid(sizes: range) -> None:
    for N in sizes:
        beta = schedule("sin(n/N)", N)
        np.testing.assert_allclose(beta, np.sin(np.arange(1, N + 1) / N), rtol=1e-14)
        assert beta.max() <= math.sin(1) < 1
        assert verdict_of(beta) is None


@each_size()
def test_the_logarithm_of_1_plus_n_over_N_is_valid(sizes: range) -> None:
    for N in sizes:
        beta = schedule("log(1 + n/N)", N)
        np.testing.assert_allclose(beta, np.log1p(np.arange(1, N + 1) / N), rtol=1e-14)
        assert beta.max() <= math.log(2) < 1
        assert verdict_of(beta) is None


@each_size()
def test_1_minus_1_over_n_is_zero_at_the_first_step_and_nowhere_else(sizes: range) -> None:
    for N in sizes:
        beta = schedule("1 - 1/n", N)
        assert verdict_of(beta) == (1, "zero")
        assert ((beta[1:] > 0) & (beta[1:] < 1)).all()
        assert beta.tolist() == [float(1 - Fraction(1, n)) for n in range(1, N + 1)]


@each_size()
def test_minus_the_cosine_fails_at_the_first_step_for_a_reason_that_depends_on_N(sizes: range) -> None:
    for N in sizes:
        reason = {1: "one", 2: "zero"}.get(N, "negative")
        assert verdict_of(schedule("-cos(pi n/N)", N)) == (1, reason), N


@each_size()
def test_minus_the_cosine_is_positive_in_the_second_half_and_1_at_the_end(sizes: range) -> None:
    for N in sizes:
        beta, n = schedule("-cos(pi n/N)", N), np.arange(1, N + 1)
        assert (np.sign(beta) == np.sign(2 * n - N)).all(), N
        assert beta[-1] == 1
        assert (beta[:-1] < 1).all()
        np.testing.assert_allclose(beta, -np.cos(np.pi * n / N), atol=1e-15)


@each_size()
def test_the_unclipped_cosine_ends_at_1_and_is_valid_before(sizes: range) -> None:
    for N in sizes:
        beta = schedule("cosine", N)
        assert beta[-1] == 1
        assert verdict_of(beta) == (N, "one")
        f = np.cos((np.arange(N + 1) / N + 0.008) / 1.008 * np.pi / 2) ** 2
        np.testing.assert_allclose(beta, 1 - f[1:] / f[:-1], atol=1e-9)


@each_size()
def test_the_scaled_linear_schedule_is_exact(sizes: range) -> None:
    for N in sizes:
        low, high = Fraction(1, 10_000), Fraction(2, 100)
        exact = [Fraction(1000, N) * (low + (high - low) * Fraction(n, max(N - 1, 1))) for n in range(N)]
        assert schedule("linear", N).tolist() == [float(b) for b in exact], N


@each_size((1, 2, 3, 10, 18, 19, 20, 21, 22, 1000))
def test_the_scaled_linear_schedule_is_valid_for_a_single_step_and_beyond_20(sizes: range) -> None:
    for N in sizes:
        beta = schedule("linear", N)
        if N == 1 or N > 20:
            assert verdict_of(beta) is None, N
        elif N == 20:
            assert verdict_of(beta) == (20, "one")
        else:
            assert verdict_of(beta) == (int(np.argmax(beta > 1)) + 1, "above one"), N


def test_the_scaled_linear_schedule_reaches_exactly_1_at_20_steps() -> None:
    assert schedule("linear", 20)[-1] == 1.0
    assert schedule("linear", 1000)[[0, -1]].tolist() == [1e-4, 0.02]
