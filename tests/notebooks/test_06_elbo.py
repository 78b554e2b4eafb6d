"""Notebook 06: its pictures over the whole range of their controls, and what its text states."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import torch
from scipy import optimize

from autograder.building.source import tag_of
from autograder.checks.c06_elbo.support import truncated
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine
from autograder.oracles import linear_gaussian
from pushforward.figures.explorer import draw_elbo, elbo_explorer
from pushforward.figures.style import Picture, draw_split

ROOT = Path(__file__).resolve().parents[2]
F64 = torch.float64


@cache
def answers() -> dict[str, Any]:
    """What the given and the answer cells define."""
    names: dict[str, Any] = {}
    for cell in jupytext.read(ROOT / "solutions" / "06_elbo.py").cells:
        if tag_of(cell).kind in ("given", "solve") and "total()" not in cell.source:
            exec(cell.source, names)
    return names


def answer(name: str) -> Any:
    return answers()[name]


def tensor(*values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=F64)


# --- pictures --------------------------------------------------------------------------------------------------


def test_the_opening_picture_shows_every_guess_its_bound_and_its_gap() -> None:
    z = np.linspace(-4, 4, 81)
    density = np.exp(-(z**2) / 2)
    fig = draw_split(z, density, density, [("a", density, -3.0), ("b", density / 2, -2.5)], -2.5)
    words = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert {"ELBO −3.00", "ELBO −2.50", "gap 0.50", "gap 0.00"} <= set(words)
    bar, gap = fig.axes[2].patches
    assert bar.get_x() + bar.get_width() == pytest.approx(-3.0)
    assert gap.get_x() + gap.get_width() == pytest.approx(-2.5)
    assert Picture(fig, "").png


@pytest.mark.parametrize("mu", [-3.0, -0.5, 0.9, 3.0])
@pytest.mark.parametrize("sigma", [0.05, 0.6, 2.0])
def test_the_staircase_ends_at_the_evidence_wherever_q_is(mu: float, sigma: float) -> None:
    fig = draw_elbo(mu, sigma, answer("elbo_terms"), answer("kl_gaussian"))
    reconstruction, kl, gap = fig.axes[1].patches
    evidence = -0.5 * (1.5**2 / 1.64 + math.log(2 * math.pi * 1.64))
    assert reconstruction.get_width() < 0
    assert kl.get_x() == pytest.approx(reconstruction.get_width())
    assert kl.get_width() <= 0 <= gap.get_width()
    assert gap.get_x() + gap.get_width() == pytest.approx(evidence, abs=1e-9)
    assert f"$\\log p(x)$ −{-evidence:.3f}" in fig.axes[1].get_title(loc="left")


def test_the_gap_closes_at_the_posterior() -> None:
    fig = draw_elbo(1.5 / 1.64, math.sqrt(0.64 / 1.64), answer("elbo_terms"), answer("kl_gaussian"))
    assert fig.axes[1].patches[2].get_width() == pytest.approx(0, abs=1e-12)


def test_each_slider_changes_the_picture() -> None:
    row, picture = elbo_explorer(answer("elbo_terms"), answer("kl_gaussian")).children
    controls = {control.description: control for control in row.children}
    seen = {picture.value}
    for name, value in (("mu", -3.0), ("mu", 3.0), ("sigma", 0.05), ("sigma", 2.0)):
        controls[name].value = value
        assert "<img" in picture.value
        assert f"{value}" in picture.value
        seen.add(picture.value)
    assert len(seen) == 5


def test_a_wrong_function_of_the_reader_shows_as_a_staircase_that_misses() -> None:
    def added(*inputs: Any) -> dict[str, Any]:
        terms = answer("elbo_terms")(*inputs)
        return {**terms, "kl": -terms["kl"]}

    fig = draw_elbo(0.0, 0.5, added, answer("kl_gaussian"))
    gap = fig.axes[1].patches[2]
    assert gap.get_x() + gap.get_width() > fig.axes[1].lines[-2].get_xdata()[0] + 0.1


# --- what the text states --------------------------------------------------------------------------------------


def test_the_numbers_beside_the_questions() -> None:
    one = torch.ones(1, 1, dtype=F64)
    kl = answer("kl_gaussian")(one, 0.5 * one, tensor(0), tensor(1))["kl"]
    assert float(kl) == pytest.approx(0.818, abs=5e-4)
    inputs = (one, 0.5 * one, 0.5 * one, one[None], one, tensor(0), 1.0)
    assert float(answer("elbo_terms")(*inputs)["elbo"]) == pytest.approx(-1.3621, abs=5e-5)
    assert float(answer("elbo_sampled")(*inputs)) == pytest.approx(-1.6121, abs=5e-5)
    assert answer("tight_q")(tensor(2), tensor(1), tensor(0), 1.0) == pytest.approx((1, math.sqrt(0.5)))
    assert answer("tight_q")(tensor(2, 1), tensor(1, 2), tensor(0, 0), 0.5) == pytest.approx((0.7619, 0.2182), abs=5e-5)
    assert answer("implied_sigma")(1.0, 64) == pytest.approx(5.66, abs=5e-3)
    masses = [float(answer("bce_mass_on_levels")(tensor(2), levels)) for levels in (2, 3, 17, 256)]
    assert masses == pytest.approx([1, 1.3240, 6.6007, 97.6038], abs=5e-5)
    assert float(answer("iwae")(tensor([0], [1]))) == pytest.approx(0.6201, abs=5e-5)
    assert float(answer("effective_sample_size")(tensor([0], [1]))) == pytest.approx(1.648, abs=5e-4)


def test_the_two_values_of_z_in_the_derivation() -> None:
    q, prior, likelihood = (torch.log(tensor(*p)) for p in ((0.8, 0.2), (0.5, 0.5), (0.6, 0.3)))
    dz, joint = tensor(1, 1), prior + likelihood
    assert answer("elbo_integrand")(q, joint)["integrand"].tolist() == pytest.approx([-0.7847, -0.0575], abs=5e-5)
    third = answer("elbo_gathered")(dz, q, likelihood, prior)
    assert (float(third["reconstruction"]), float(third["kl"])) == pytest.approx((-0.6495, 0.1927), abs=5e-5)
    fourth = answer("evidence")(dz, joint)
    assert fourth["log_posterior"].exp().tolist() == pytest.approx([2 / 3, 1 / 3])
    sixth = answer("evidence_averaged")(dz, q, joint, fourth["log_posterior"])
    assert (float(sixth["elbo"]), float(sixth["kl"])) == pytest.approx((-0.8422, 0.0437), abs=5e-5)


def test_the_cauchy_distribution_up_to_three_cuts() -> None:
    """The numbers of 001 P2d's erratum, by the judge's quadrature and by the model answer."""
    for cut, nats in ((1e2, 30), (1e4, 3181), (1e6, 318_308)):
        assert round(truncated(1.0, cut)) == nats
        assert answer("truncated_kl")(1.0, cut) == pytest.approx(truncated(1.0, cut), rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_no_independent_q_does_better_than_the_formula(seed: int) -> None:
    """½ log(Λ_11 Λ_22 / det Λ), against a numerical search over mean and widths."""
    rng = np.random.default_rng(seed)
    W, s, x = rng.normal(size=(2, 2)) * 2, rng.uniform(0.3, 1.5), rng.normal(size=2)
    mean, covariance = linear_gaussian.posterior(x, W, np.zeros(2), s)

    def gap(point: np.ndarray) -> float:
        return linear_gaussian.kl(point[:2], np.diag(np.exp(2 * point[2:])), mean, covariance)

    best = optimize.minimize(gap, np.zeros(4), method="BFGS").fun
    precision = np.eye(2) + W.T @ W / s**2
    formula = 0.5 * math.log(precision[0, 0] * precision[1, 1] / np.linalg.det(precision))
    rho = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert best == pytest.approx(formula, abs=1e-6)
    assert formula == pytest.approx(-0.5 * math.log(1 - rho**2))


# --- the derivation ----------------------------------------------------------------------------------------------


def test_one_function_for_all_six_lines_passes_nothing() -> None:
    """Neither the whole nor all terms under all names is any of the lines."""
    exercise = get("elbo.derivation")
    everything = (
        "integrand",
        "likelihood",
        "prior",
        "entropy",
        "reconstruction",
        "kl",
        "log_px",
        "log_posterior",
        "bound",
        "gap",
        "elbo",
    )

    def one(*inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        return {name: inputs[0].exp() @ inputs[-1] for name in everything}

    for same in (one, lambda *inputs: {"elbo": inputs[0].exp() @ inputs[-1]}, lambda *inputs: inputs[0].sum()):
        report = examine(exercise, LocalLink(dict.fromkeys(exercise.names, same)))
        assert report.points == 0


def test_an_error_that_runs_through_a_chain_is_traced_to_its_line() -> None:
    """log q with the wrong sign in line 2, and everything after it consistent with that."""

    def split(log_q: torch.Tensor, log_likelihood: torch.Tensor, log_prior: torch.Tensor) -> dict[str, torch.Tensor]:
        q = log_q.exp()
        return {"likelihood": q * log_likelihood, "prior": q * log_prior, "entropy": q * log_q}

    def gathered(dz: torch.Tensor, log_q: torch.Tensor, log_likelihood: torch.Tensor, log_prior: torch.Tensor) -> dict:
        q = dz * log_q.exp()
        return {"reconstruction": q @ log_likelihood, "kl": -(q @ (log_q + log_prior))}

    report = examine(get("elbo.derivation"), LocalLink({**answers(), "elbo_split": split, "elbo_gathered": gathered}))
    whys = [law.why for law in report.laws]
    assert whys[1] == "Equality is lost between line 1 and line 2, in the term `entropy`; its other terms hold."
    assert whys[2] == (
        "Line 3 equals your line 2, which is wrong already: equality is lost between line 1 and line 2. "
        "Here it shows in the term `kl`."
    )
    assert [law.ok for law in report.laws if not law.law.house] == [True, False, False, True, True, True]
