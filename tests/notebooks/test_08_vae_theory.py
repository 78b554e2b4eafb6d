"""Notebook 08, from the linear VAE on: its numbers are right, and training finds what the pencil has found."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from autograder.oracles import ppca
from pushforward.figures import vae_theory as drawings
from tests.notebooks.numbers import near, of

# --- the linear VAE ----------------------------------------------------------------------------------------------


def test_the_linear_vae_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    cov = torch.diag(of(4, 1, 0.25))
    found = names["linear_vae"](cov, 2, 0.8)
    near(found["W"].norm(dim=0), [1.8330, 0.6])
    near(found["V"].norm(dim=1), [0.4583, 0.6])
    near(found["sigma"], [0.4, 0.8])
    assert (found["active"], names["linear_vae"](cov, 2, 1.5)["active"]) == (2, 1)
    S, W, V, sigma = (part.numpy() for part in (cov, found["W"], found["V"], found["sigma"]))
    for nats in (ppca.bound(S, W, V, sigma, 0.8), ppca.log_likelihood(S, W, 0.8), ppca.greatest(S, 2, 0.8)):
        assert nats == pytest.approx(-4.4221, abs=5e-5)
    near([names["best_scale"](cov, d) for d in (2, 1)], [0.5, 0.7906])


def test_turning_by_45_degrees_costs_the_nats_of_the_text(names: dict[str, Any]) -> None:
    W = names["linear_vae"](torch.diag(of(4, 1, 0.25)), 2, 0.8)["W"]
    turned = W @ torch.tensor([[1.0, -1.0], [1.0, 1.0]]).double() / math.sqrt(2)
    precision = torch.eye(2).double() + turned.T @ turned / 0.64
    near((torch.eye(2).double() + W.T @ W / 0.64).diagonal(), [6.25, 1.5625])
    near(precision.diagonal(), [3.9063, 3.9063])
    near([names["independent_gap"](turned, 0.8), names["independent_gap"](W, 0.8)], [0.2231, 0])


def test_the_given_bound_is_that_of_the_oracle(names: dict[str, Any]) -> None:
    dice = torch.Generator().manual_seed(0)
    A, W, V, log_sigma = (torch.randn(*n, generator=dice).double() for n in ((4, 4), (4, 2), (2, 4), (2,)))
    S = A @ A.T
    wanted = ppca.bound(*(part.numpy() for part in (S, W, V, log_sigma.exp())), 0.7)
    assert float(names["average_bound"](S, W, V, log_sigma, 0.7)) == pytest.approx(wanted)
    likelihood = float(names["average_log_likelihood"](S, W, 0.7))
    assert likelihood == pytest.approx(ppca.log_likelihood(S.numpy(), W.numpy(), 0.7))
    assert wanted < likelihood


def test_lines_stand_where_the_noise_is() -> None:
    fig = drawings.draw_spectrum(of(1, 0.5, 0.1), {0.3: 3, 0.8: 1}, torch.linspace(0, 180, 3), [0, 0.2, 0])
    lines = [line.get_ydata()[0] for line in fig.axes[0].lines]
    assert lines == pytest.approx([0.09, 0.64])
