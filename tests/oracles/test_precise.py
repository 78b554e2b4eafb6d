"""Claims about maps: true ones stand, and what only floating point makes true falls."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import optimize
from scipy.spatial import cKDTree

from autograder.judging.exercise import get
from autograder.measuring import answers
from autograder.oracles import pool
from autograder.oracles.pool import INVALID, VALID, Question
from autograder.oracles.precise import Precise, determinant, is_singular, meeting
from pushforward.answering.maps import POOL, flow_map

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(6)
INJECTIVE = (*VALID, "flat", "into")


def questions(seed: int) -> list[Question]:
    rng = np.random.default_rng(seed)
    return [*pool.on_the_line(rng), *pool.in_space(rng)]


def precise(name: str, **params: object) -> Precise:
    return Precise(POOL[name], [params[p] for p in POOL[name].parameters])


# --- collisions ------------------------------------------------------------------------------------------------


def test_a_collision_by_algebra_stands() -> None:
    assert meeting(precise("rank_one", a=[1.5, 2.0]), [0, 0], [-2.0, 1.5]).meets
    assert meeting(precise("exam", n=4, k=1.0), [1, 1, 0], [-1, 1, 0]).meets
    assert meeting(precise("leaky", s=0.0), [-1], [-2]).meets


def test_a_collision_up_to_the_rounding_of_its_inputs_stands() -> None:
    """2π is no float, and neither is the root of an equation."""
    assert meeting(precise("spiral", k=-0.25), [1, 0], [1, 2 * math.pi]).meets
    assert meeting(precise("coupling", c=-2.0), [math.sqrt(2), 1], [math.sqrt(2), 5]).meets
    assert not meeting(precise("spiral", k=-0.25), [1, 0], [1, 6.2832]).meets


@pytest.mark.parametrize(("error", "stands"), [(0, True), (2e-12, True), (1e-10, True), (1e-7, False)])
def test_a_witness_of_a_root_finder_stands_at_its_usual_tolerance(error: float, stands: bool) -> None:
    a, b = 2.0, -7.75
    t = optimize.brentq(lambda t: a * t + b * math.tanh(t / 2), 1, 10, xtol=1e-15) + error
    assert meeting(precise("tanh", a=a, b=b), [-t], [t]).meets is stands
    bend = 2 * math.acosh(math.sqrt(-b / a / 2)) + error
    assert is_singular(precise("tanh", a=a, b=b), [bend])[0] is stands


def test_saturation_is_no_collision() -> None:
    """In float64 all of these images are equal, or nearly so."""
    logistic = flow_map("logistic", {"low": 0.0, "high": 1.0, "a": 8.0})
    assert logistic(torch.tensor(9.0, dtype=torch.float64)) == logistic(torch.tensor(8.0, dtype=torch.float64)) == 1
    assert not meeting(precise("logistic", low=0.0, high=1.0, a=8.0), [9], [8]).meets
    assert not meeting(precise("tanh", a=0.0, b=1.0), [9.9], [10.0]).meets
    assert not meeting(precise("rank_one", a=[2.0, 2.5]), [7, 7], [6.5, 6.5]).meets
    assert not meeting(precise("softplus", a=1.0, c=0.0), [-10], [-9.5]).meets


# --- singular points -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("map", "x", "singular"),
    [
        (precise("power", n=3), [0.0], True),
        (precise("power", n=3), [1e-3], False),
        (precise("wave", a=1.0, b=1.0), [math.pi], True),
        (precise("wave", a=1.0, b=1.0), [3.14], False),
        (precise("leaky", s=-1.0), [0.0], False),
        (precise("leaky", s=0.0), [0.0], False),
        (precise("leaky", s=0.0), [-1.0], True),
        (precise("rank_one", a=[1.5, 2.0]), [0.3, 0.7], True),
        (precise("coupling", c=0.0), [0.0, 3.0], True),
        (precise("spiral", k=-0.25), [10.0, 0.0], False),
        (precise("triangular", k=0.25), [0.0, -10.0, 0.0], False),
    ],
)
def test_a_point_is_singular_only_if_the_determinant_vanishes_from_both_sides(
    map: Precise, x: list[float], singular: bool
) -> None:
    assert is_singular(map, x)[0] is singular


def test_determinants_are_exact() -> None:
    assert determinant([[2, 1, 0], [1, 3, 4], [5, 0, 6]]) == 50
    assert determinant([[7]]) == 7


@pytest.mark.parametrize("seed", SEEDS)
def test_log_determinants_are_those_of_automatic_differentiation(seed: int) -> None:
    for q in questions(seed):
        if q.valid and q.kind != "kinked":
            x = np.random.default_rng(seed).uniform(-2, 2, size=q.dimension)
            J = torch.autograd.functional.jacobian(flow_map(q.name, q.params), torch.tensor(x))
            assert float(q.map.ladj([float(v) for v in x])) == pytest.approx(
                float(torch.linalg.slogdet(J)[1]), abs=1e-12
            )


# --- the pool --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pool_holds_every_kind_and_every_map(seed: int) -> None:
    found = questions(seed)
    assert {q.kind for q in found} == {*VALID, *INVALID}
    assert {q.name for q in found} == POOL.keys()
    assert 0.35 < sum(q.valid for q in found) / len(found) < 0.65


@pytest.mark.parametrize("seed", SEEDS)
def test_no_verdict_can_be_told_from_the_name_alone(seed: int) -> None:
    """Of the maps that have parameters to decide, each comes in a valid and an invalid version."""
    decided = {"affine", "power", "wave", "tanh", "leaky", "logistic", "linear", "sigmoid", "planar", "coupling"}
    for name in decided:
        assert {q.valid for q in questions(seed) if q.name == name} == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_injective_maps_keep_points_apart_far_beyond_what_counts_as_a_collision(seed: int) -> None:
    """10⁻⁶ and more, for points at distance 0.1 within |x| ≤ 10; so no collision can be claimed of them.

    High powers are flatter around 0, but moving the inputs by 10⁻⁹ closes none of their gaps.
    """
    for q in questions(seed):
        if q.name == "power" and q.params["n"] > 3 and q.kind == "flat":
            assert not any(meeting(q.map, [-t], [t]).meets for t in (0.05, 0.06, 0.1, 0.3))
        elif q.kind in INJECTIVE and not (q.name == "planar" and q.kind == "flat"):
            assert _separation(q) >= 1e-6, q


def _separation(q: Question) -> float:
    """On the line exact up to the grid, as the maps are monotone; else over many pairs, near ones and near images."""
    f = flow_map(q.name, q.params)
    if q.dimension == 1:
        y = f(torch.linspace(-10, 10, 2001, dtype=torch.float64)).numpy()
        assert (np.sign(np.diff(y)) == np.sign(y[1] - y[0])).all()
        return float(_relative(y[10:, None], y[:-10, None]).min())
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, q.dimension))
    x *= 10 * rng.uniform(size=(2000, 1)) ** (1 / q.dimension) / np.linalg.norm(x, axis=1, keepdims=True)
    J = torch.func.vmap(torch.func.jacrev(f))(torch.tensor(x))
    stretched = 0.1 * float(torch.linalg.svdvals(J)[:, -1].min())
    y = f(torch.tensor(x)).numpy()
    near = cKDTree(y).query(y, k=4)[1]
    far = np.linalg.norm(x[:, None] - x[near], axis=-1) >= 0.1
    apart = _relative(np.repeat(y[:, None], 4, axis=1)[far], y[near][far])
    return min(stretched, float(apart.min(initial=1.0)))


def _relative(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (abs(a - b) / np.maximum(1, np.maximum(abs(a), abs(b)))).max(axis=-1)


@pytest.mark.parametrize("seed", SEEDS)
def test_regular_maps_have_determinants_far_from_what_counts_as_zero(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for q in questions(seed):
        if q.kind in (*VALID, "into", "wrapped"):
            x = rng.normal(size=(300, q.dimension))
            x *= 10 * rng.uniform(size=(300, 1)) / np.linalg.norm(x, axis=1, keepdims=True)
            J = torch.func.vmap(torch.func.jacrev(flow_map(q.name, q.params)))(torch.tensor(x))
            assert float(torch.linalg.det(J).abs().min()) >= 1e-6, q


@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_answers_are_right_and_their_witnesses_stand(seed: int) -> None:
    for q in questions(seed):
        verdict, witness = pool.answer(q.name, q.params, q.base)
        assert (verdict == "valid") == q.valid, q
        if verdict == "collision":
            x, y = (np.atleast_1d(np.array(w, dtype=float)).tolist() for w in witness)
            found = meeting(q.map, x, y)
            assert found.meets, q
            assert found.distance >= 0.1
            assert max(math.hypot(*x), math.hypot(*y)) <= 10
        if verdict == "singular":
            assert is_singular(q.map, np.atleast_1d(np.array(witness, dtype=float)).tolist())[0]
        if verdict == "mass":
            assert witness == pytest.approx(pool.lost(q), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_verdict_is_true_where_a_witness_stands(seed: int) -> None:
    """Independent answers find witnesses of all kinds; what stands with fifty digits is among the truths."""
    exercise = get("cov.witness")
    for answer in (a for a in answers.independent(ROOT, exercise) if a.right):
        for q in (q for q in questions(seed) if not q.valid):
            claim, witness = answer.names["witness"](q.name, dict(q.params), q.base)
            shown = np.array(witness, dtype=float).tolist()
            stands = getattr(exercise, f"_try_{claim}")(q, shown)[0] is None
            assert stands, q
            assert claim in pool.truths(q), q


@pytest.mark.parametrize("seed", SEEDS)
def test_an_innocent_map_keeps_its_name(seed: int) -> None:
    for q in questions(seed):
        assert ("valid" in pool.truths(q)) == q.valid
        assert ("mass" in pool.truths(q)) == (pool.lost(q) > 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mass_lost_is_what_sampling_finds(seed: int) -> None:
    """For maps of the line: the share of base samples outside the range of the map, within five standard errors."""
    z = np.random.default_rng(seed).normal(size=40_000)
    uniform = np.random.default_rng(seed).uniform(size=40_000)
    for q in questions(seed):
        if q.dimension == 1 and q.kind not in ("flat", "folded", "even", "constant"):
            ends = flow_map(q.name, q.params)(torch.tensor([-1e7, 1e7], dtype=torch.float64)).numpy()
            base = z if q.base == "normal" else uniform
            share = float(((base < ends.min()) | (base > ends.max())).mean())
            gone = pool.lost(q)
            assert share == pytest.approx(gone, abs=5 * math.sqrt(gone * (1 - gone) / len(base)) + 1e-4), q


def test_the_mass_that_the_exam_loses_is_what_sampling_finds() -> None:
    """An error of five standard deviations has a probability below 10⁻⁶."""
    z1, z2, z3 = np.random.default_rng(0).normal(size=(3, 400_000))
    for k in (0.25, 1.0):
        x3 = np.log(abs(z3)) / k
        reached = (z3 > 0) & ((z2 - x3) * (np.cbrt(z1) - x3) > 0)
        gone = pool.lost(Question("exam", {"n": 2, "k": k}, "normal", "even"))
        assert 1 - reached.mean() == pytest.approx(gone, abs=5 * 0.5 / math.sqrt(len(z1)))
