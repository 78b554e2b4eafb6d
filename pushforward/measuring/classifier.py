"""One fixed small classifier of digits, whose features the Fréchet distance is measured in.

    features f = tanh(W₂ tanh(W₁ x/16 + b₁) + b₂) ∈ R³²,   probabilities softmax(W₃ f + b₃),   64 → 64 → 32 → 10

Its weights stand in classifier.npz, so that a distance is the same number on every machine. This file makes them, from
the training digits alone, in about a second: `python -m pushforward.measuring.classifier`.
"""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import numpy as np
import torch

from pushforward.data import digits
from pushforward.errors import CourseError

FILE = Path(__file__).with_name("classifier.npz")
SIZES = (64, 64, 32, 10)
STEPS, RATE, DECAY = 150, 0.01, 0.03
SURE = 0.9  # the probability from which on a picture counts as confidently classified

Weights = list[torch.Tensor]


@functools.cache
def weights() -> Weights:
    """W₁, b₁, …, W₃, b₃ in float64, as they are stored."""
    with np.load(FILE) as stored:
        return [torch.from_numpy(stored[name].astype(np.float64)) for name in sorted(stored.files)]


def _layers(pictures: torch.Tensor, w: Weights) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (n, 32) and logits (n, 10)."""
    first = torch.tanh(pictures @ w[0].T + w[1])
    second = torch.tanh(first @ w[2].T + w[3])
    return second, second @ w[4].T + w[5]


def _prepared(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures (n, 8, 8) or (n, 64) with levels 0 … 16, as rows of 64 numbers from 0 to 1."""
    if pictures.dim() < 2 or pictures[0].numel() != 64:
        raise CourseError(f"The classifier takes pictures (n, 8, 8), not a tensor of shape {tuple(pictures.shape)}.")
    return pictures.detach().cpu().double().reshape(-1, 64) / 16


def features(pictures: torch.Tensor) -> torch.Tensor:
    """The 32 features of pictures (n, 8, 8) with levels 0 … 16; returns (n, 32), float64."""
    return _layers(_prepared(pictures), weights())[0].to(pictures.device)


def probabilities(pictures: torch.Tensor) -> torch.Tensor:
    """The classifier's probabilities of the ten digits, (n, 10). It is right on 92 % of the test digits."""
    return _layers(_prepared(pictures), weights())[1].softmax(1).to(pictures.device)


def confident_share(pictures: torch.Tensor) -> float:
    """The share of pictures to which the classifier gives one digit with probability 0.9 or more; test digits: 0.83."""
    return float((probabilities(pictures).max(1).values >= SURE).double().mean())


def class_shares(pictures: torch.Tensor) -> torch.Tensor:
    """How often each digit is the most probable one, (10,): a model that forgets a digit shows here."""
    return torch.bincount(probabilities(pictures).argmax(1).cpu(), minlength=10).double() / len(pictures)


def train() -> Weights:
    """The weights from scratch: 150 steps of AdamW in float64 on all training digits at once, the rate falling to 0."""
    pictures, labels = digits("train")
    x, labels, rng = _prepared(pictures), labels.cpu(), np.random.default_rng(0)
    w: Weights = []
    for fan, out in itertools.pairwise(SIZES):
        w.append(torch.from_numpy(rng.normal(size=(out, fan)) * np.sqrt(2 / fan)).requires_grad_())
        w.append(torch.zeros(out, dtype=torch.float64, device="cpu").requires_grad_())
    optimiser = torch.optim.AdamW(w, lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(_layers(x, w)[1], labels).backward()
        optimiser.step()
    return [p.detach() for p in w]


if __name__ == "__main__":
    np.savez(FILE, **{f"p{k}": p.float().numpy() for k, p in enumerate(train())})
    print(f"{FILE.name} is written, {FILE.stat().st_size} bytes.")
