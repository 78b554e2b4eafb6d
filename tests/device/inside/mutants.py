"""A right answer that leaves the second device on its way loses points there, and earns everything on the CPU alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.judging.asking import LocalLink
from autograder.judging.exercise import Exercise, all_exercises, get
from autograder.judging.judge import examine
from autograder.judging.report import Report
from autograder.measuring.answers import reference
from tests.rotation import rotating, touches_exercise

ROOT = Path(__file__).resolve().parents[3]
SEED = 0
SOME = rotating(all_exercises().values(), 24, name=lambda e: e.id, touched=touches_exercise)
some_exercises = pytest.mark.parametrize("exercise", SOME, ids=lambda e: e.id)


def judged(exercise: Exercise, names: dict[str, Any]) -> Report:
    """What an answer earns among the model answers of the other names."""
    return examine(exercise, LocalLink({**reference(ROOT, exercise.notebook), **names}), SEED)


# --- made by machine -------------------------------------------------------------------------------------------

Change = Callable[[torch.Tensor], torch.Tensor]


def changed(value: Any, change: Change) -> Any:
    """The same structure with every tensor changed."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(changed(item, change) for item in value)
    return {k: changed(v, change) for k, v in value.items()} if isinstance(value, dict) else value


def plus_zeros(x: torch.Tensor) -> torch.Tensor:
    """With zeros of the CPU, unless x is a number or an index."""
    return x + torch.zeros(x.shape, dtype=x.dtype) if x.dim() and x.is_floating_point() else x


class Seen:
    """A change that remembers how many axes the tensors had that it met on the second device.

    counts: which of them the change concerns.
    """

    def __init__(self, change: Change, counts: Callable[[torch.Tensor], bool] = lambda x: True) -> None:
        self.change, self.counts, self.axes = change, counts, []

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        if x.device.type != "cpu" and self.counts(x):
            self.axes.append(x.dim())
        return self.change(x)


@some_exercises
def test_a_result_on_the_cpu_loses_points(exercise: Exercise) -> None:
    """Where it has no axes, a check may take it for a number; where there is no tensor, nothing has changed."""
    seen = Seen(torch.Tensor.cpu)

    def mutant(function: Callable) -> Callable:
        return lambda *args, **kwargs: changed(function(*args, **kwargs), seen)

    names = reference(ROOT, exercise.notebook)
    report = judged(exercise, {name: mutant(names[name]) for name in exercise.names})
    assert not report.full or not any(seen.axes), report
    assert report.full or seen.axes, report


@some_exercises
def test_a_tensor_of_the_cpu_among_the_arguments_loses_points(exercise: Exercise) -> None:
    seen = Seen(plus_zeros, torch.Tensor.is_floating_point)

    def mutant(function: Callable) -> Callable:
        return lambda *args, **kwargs: function(*changed(args, seen), **changed(kwargs, seen))

    names = reference(ROOT, exercise.notebook)
    report = judged(exercise, {name: mutant(names[name]) for name in exercise.names})
    assert report.full != any(seen.axes), report


# --- as students write them ------------------------------------------------------------------------------------


def column_by_column(x):
    mean = torch.zeros(x.shape[1], dtype=x.dtype)
    for row in x:
        mean += row / len(x)
    spread = (x - mean).square().mean(0).sqrt()
    return torch.where((x == x[0]).all(0), 0.0, (x - mean) / spread)


def masked_assignment(z, mu, sigma):
    out = torch.full(torch.broadcast_shapes(*(getattr(v, "shape", ()) for v in (z, mu, sigma))), -math.inf).to(z.dtype)
    ok = (z > 0).expand(out.shape)
    log_z = torch.log(torch.where(z > 0, z, 1.0))
    value = -log_z - torch.log(sigma + 0 * z) - 0.5 * math.log(2 * math.pi) - ((log_z - mu) / sigma) ** 2 / 2
    out[ok] = value[ok]
    return out


def weighted_bound(log_w):
    weights = torch.full((len(log_w), 1), 1 / len(log_w), dtype=log_w.dtype)
    return torch.logsumexp(log_w + weights.log(), dim=0)


def terms_with_a_baseline(f, z, mu, sigma, baseline=0.0):
    learnt = f(z)[:, None] - torch.tensor([float(baseline)], dtype=z.dtype)
    eps = (z - mu) / sigma
    return learnt * eps / sigma, learnt * (eps**2 - 1) / sigma


def off_the_diagonal(x, y, h):
    def within(z):
        k = torch.exp(-(z[:, None] - z).square().sum(-1) / (2 * h**2))
        return (k * (1 - torch.eye(len(z), dtype=z.dtype))).sum() / (len(z) * (len(z) - 1))

    return within(x) + within(y) - 2 * torch.exp(-(x[:, None] - y).square().sum(-1) / (2 * h**2)).mean()


def one_before_the_first(beta):
    alpha_bar = torch.cumprod(1 - beta, dim=0)
    before = torch.cat([torch.ones(1, dtype=beta.dtype), alpha_bar[:-1]])
    return beta * (1 - before) / (1 - alpha_bar)


def looked_up_one_by_one(x0, t, eps, alpha_bar):
    kept = torch.tensor([float(alpha_bar[k - 1]) for k in t], dtype=x0.dtype).reshape(-1, *[1] * (x0.dim() - 1))
    return kept.sqrt() * x0 + (1 - kept).sqrt() * eps


def times_by_arange(beta):
    powers = torch.arange(len(beta))
    return torch.stack([torch.cumsum(torch.log1p(-beta), 0).index_select(0, k[None])[0] for k in powers])


def labels_on_the_cpu(logits_real, logits_fake):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    real, fake = (
        torch.full((len(logits),), label, dtype=logits.dtype)
        for logits, label in ((logits_real, 1.0), (logits_fake, 0.0))
    )
    return (bce(logits_real, real) + bce(logits_fake, fake)) / 2


def shares_in_a_list(beta, variance):
    alpha_bar, kept = [], 1.0
    for b in beta.tolist():
        kept *= 1 - b
        alpha_bar.append(kept)
    return beta**2 / (2 * variance * (1 - beta) * (1 - torch.tensor(alpha_bar, dtype=beta.dtype)))


def weighted_products(x):
    mu = x.mean(0)
    weights = torch.full((len(x),), 1 / len(x), dtype=x.dtype)
    return mu, ((x - mu).T * weights) @ (x - mu)


def into_zeros(z, keep, t):
    return torch.zeros(z.shape, dtype=z.dtype) + torch.where(keep, z, z + t(z * keep)), 0 * z[:, 0]


def borders_by_arange(p, total):
    cdf = p.double().cumsum(-1)
    borders = torch.round(cdf / cdf[..., -1:] * (total - p.shape[-1])).long() + torch.arange(1, p.shape[-1] + 1)
    return borders.diff(dim=-1, prepend=torch.zeros_like(borders[..., :1]))


def base_in_a_loop(z):
    total = torch.full((len(z),), -0.5 * math.log(2 * math.pi) * z.shape[1], dtype=z.dtype)
    for column in z.T:
        total = total - 0.5 * column**2
    return total


def counts_by_arange(levels, K, smoothing):
    counts = (levels[:, :, None] == torch.arange(K)).sum(0)
    return ((counts + smoothing) / (len(levels) + K * smoothing)).log()


def levels_by_arange(z: torch.Tensor, log_probs: Callable) -> torch.Tensor:
    return log_probs(z).exp() @ torch.arange(17, dtype=z.dtype)


def precision_with_an_eye(W, s):
    precision = torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / s**2
    return 0.5 * (precision.diagonal().log().sum() - torch.logdet(precision))


STUDENTS = {
    "start.standardise": {"standardise": column_by_column},
    "density.gaussian_mle": {"gaussian_mle": weighted_products},
    "flow.additive_coupling": {"additive_forward": into_zeros},
    "flow.nll": {"normal_base": base_in_a_loop},
    "flow.ladder": {"pixel_log_p": counts_by_arange},
    "compress.frequencies": {"integer_frequencies": borders_by_arange},
    "cov.lognormal_density": {"lognormal_log_pdf": masked_assignment},
    "elbo.iwae": {"iwae": weighted_bound},
    "grad.score_function": {"score_terms": terms_with_a_baseline},
    "vae.sample": {"mean_pictures": levels_by_arange},
    "vae.linear_is_ppca": {"independent_gap": precision_with_an_eye},
    "metric.mmd": {"mmd_unbiased": off_the_diagonal},
    "gan.discriminator_loss": {"discriminator_loss": labels_on_the_cpu},
    "ddpm.weight": {"eps_weight": shares_in_a_list},
    "diffusion.posterior_variance": {"posterior_variance": one_before_the_first},
    "diffusion.q_sample": {"q_sample": looked_up_one_by_one},
    "diffusion.alpha_bar": {"log_alpha_bar": times_by_arange},
}


def test_every_notebook_has_one() -> None:
    assert {get(id).notebook for id in STUDENTS} == {exercise.notebook for exercise in all_exercises().values()}


@pytest.mark.parametrize("id", STUDENTS)
def test_what_students_write_loses_points_on_the_second_device_only(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = judged(get(id), STUDENTS[id])
    assert not report.full
    assert "device" in (report.error or ""), report
    monkeypatch.setattr("autograder.judging.compare.devices", lambda: ["cpu"])
    alone = judged(get(id), STUDENTS[id])
    assert alone.full, alone
