"""density.catch_error_bar: a test that tells the relative error of an importance sampler from what looks like it."""

from __future__ import annotations

import math

import numpy as np
import torch

from autograder.judging.detective import Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Tensor = torch.Tensor


def _error(log_w: Tensor, power: float = 0.5, correction: int = 1) -> float:
    w = (log_w - log_w.max()).exp()
    return float(w.std(correction=correction) / len(w) ** power / w.mean())


def _right(u: Tensor, log_q: Tensor) -> float:
    return _error(u - log_q)


def _moments(u: Tensor, log_q: Tensor) -> float:
    """By logsumexp of the log weights and of twice them."""
    log_w, n = (u - log_q).double(), len(u)
    ratio = float((2 * log_w).logsumexp(0) - 2 * log_w.logsumexp(0))
    return math.sqrt(max(0.0, (n * math.exp(ratio) - 1) / (n - 1)))


def _loops(u: Tensor, log_q: Tensor) -> float:
    logs = [a - b for a, b in zip(u.tolist(), log_q.tolist(), strict=True)]
    w = [math.exp(a - max(logs)) for a in logs]
    mean = sum(w) / len(w)
    return math.sqrt(sum((x - mean) ** 2 for x in w) / (len(w) - 1) / len(w)) / mean


def _single(u: Tensor, log_q: Tensor) -> np.float32:
    log_w = (u - log_q).numpy()
    w = np.exp((log_w - log_w.max()).astype(np.float32))
    return w.std(ddof=1) / np.float32(math.sqrt(len(w))) / w.mean()


def _pairs(u: Tensor, log_q: Tensor) -> Tensor:
    """By the differences of all pairs of weights."""
    w = torch.softmax(u - log_q, 0)
    n = len(w)
    return ((w[:, None] - w[None]).pow(2).sum() / 2 / (n - 1)).sqrt()


def _plain(u: Tensor, log_q: Tensor) -> float:
    w = u.exp() / log_q.exp()
    return float(w.std() / math.sqrt(len(w)) / w.mean())


def _clipped(u: Tensor, log_q: Tensor) -> float:
    w = (u - log_q).clamp(-50, 50).exp()
    return float(w.std() / math.sqrt(len(w)) / w.mean())


def _tiny_added(u: Tensor, log_q: Tensor) -> float:
    w = (u - log_q).exp() + 1e-12
    return float(w.std() / math.sqrt(len(w)) / w.mean()) if w.isfinite().all() else math.nan


def _log_z(log_w: Tensor) -> Tensor:
    return log_w.logsumexp(0) - math.log(len(log_w))


@exercise("density.catch_error_bar", ("is_relative_error",), kind="detective")
class CatchErrorBar(Detective):
    """std(w)/(√N mean(w)) with w = f/q, told from what looks like it."""

    apart = True
    accepts = gate("every right implementation is accepted, however it is written")
    root = pays("an implementation with another power of N, or N for N − 1, is caught")
    weights = pays("an implementation with other weights is caught")
    units = pays("an implementation whose error is not relative to Z is caught")
    range = pays("an implementation that breaks where f or q is beyond all floats is caught")

    hints = (
        "Two right programs round differently: a difference of 10⁻⁶ is no proof, a hundredth is.",
        "With log_q all 0, or Z = 1, or many draws, some bugs do not show. Which draws show each of them?",
        "Adding 1000 to u multiplies Z by e¹⁰⁰⁰ and leaves the relative error as it is. NaN compares as neither larger nor smaller.",
    )

    right = {
        "takes out the largest weight": _right,
        "works with logsumexp": _moments,
        "loops": _loops,
        "computes in single precision": _single,
        "adds up pairs of softmax weights": _pairs,
    }
    bugs = {
        "root": {
            "gives the spread of one weight": lambda u, log_q: _error(u - log_q, power=0.0),
            "divides by N": lambda u, log_q: _error(u - log_q, power=1.0),
            "divides by N in the variance": lambda u, log_q: _error(u - log_q, correction=0),
            "gives the relative variance of the mean": lambda u, log_q: _right(u, log_q) ** 2,
            "divides by the root of N − 1": lambda u, log_q: _right(u, log_q) * math.sqrt(len(u) / (len(u) - 1)),
        },
        "weights": {
            "leaves out the proposal": lambda u, log_q: _error(u),
            "multiplies with the proposal": lambda u, log_q: _error(u + log_q),
            "takes the spread of the log weights": lambda u, log_q: float((u - log_q).std() / math.sqrt(len(u))),
            "weighs with the root of f/q": lambda u, log_q: _error((u - log_q) / 2),
            "takes each log_q for the next draw": lambda u, log_q: _error(u - log_q.roll(1)),
        },
        "units": {
            "gives the error of Z": lambda u, log_q: _right(u, log_q) * float(_log_z(u - log_q).exp()),
            "divides by the largest weight": lambda u, log_q: (
                _right(u, log_q) * float(torch.softmax(u - log_q, 0).mean() / torch.softmax(u - log_q, 0).max())
            ),
            "divides by the median weight": lambda u, log_q: (
                _right(u, log_q) * float(torch.softmax(u - log_q, 0).mean() / torch.softmax(u - log_q, 0).median())
            ),
            "divides by the mean of f": lambda u, log_q: (
                _right(u, log_q) * float((_log_z(u - log_q) - _log_z(u)).exp())
            ),
        },
        "range": {
            "leaves log space at once": _plain,
            "clips the log weights": _clipped,
            "adds a tiny number to each weight": _tiny_added,
            "takes 0 for what is no number": lambda u, log_q: float(np.nan_to_num(_plain(u, log_q))),
        },
    }

    mistakes = (
        wrong(
            "equal to the last bit",
            lambda implementation: all(
                float(implementation(u, q)) == _right(u, q)
                for u, q in ((torch.linspace(0, 2, 7).double(), torch.linspace(1, 0, 7).double() ** 2),)
            ),
            "Two right programs may differ in their last digits: ask for agreement to a few of them.",
        ),
        wrong(
            "one worked example",
            lambda implementation: (
                abs(float(implementation(torch.tensor([1.0, 2.0, 6.0]).double().log(), torch.zeros(3).double())) - 0.5092) < 1e-3
            ),
            "With log_q = 0 nobody sees what becomes of the proposal, and with small numbers nothing overflows.",
        ),
        wrong(
            "small for many draws",
            lambda implementation: (
                float(implementation(torch.sin(torch.arange(500.0)).double(), torch.cos(torch.arange(500.0)).double())) < 0.2
            ),
            "That the error is small for many draws is true of many wrong formulas, too: compare values.",
        ),
        wrong(
            "no question beyond the floats",
            lambda implementation: all(
                abs(float(implementation(u, q)) - _right(u, q)) < 1e-6
                for u, q in ((torch.linspace(0, 2, 4).double(), torch.linspace(1, 0, 4).double() ** 2), (torch.tensor([1.0, 3.0]).double(), torch.tensor([0.5, -1.0]).double()))
            ),
            "Log densities of pictures are in the hundreds. Ask with u = 1000 and with u = −1000, too.",
        ),
        wrong(
            "always without a proposal",
            lambda implementation: all(
                abs(float(implementation(u, 0 * u)) - _right(u, 0 * u)) < 1e-3
                for u in (torch.linspace(0, 2, 2).double(), torch.linspace(-1, 2, 9).double(), 800 + torch.linspace(-1, 2, 5).double())
            ),
            "With log_q = 0 nobody sees whether the proposal is divided by, multiplied with or forgotten.",
        ),
        wrong(
            "NaN slips through",
            lambda implementation: not any(
                abs(float(implementation(u + s, q)) - _right(u, q)) > 1e-3
                for s in (0.0, 1000.0, -1000.0)
                for u, q in ((torch.linspace(0, 2, 4).double(), torch.linspace(1, 0, 4).double() ** 2), (torch.tensor([1.0, 3.0]).double(), torch.tensor([0.5, -1.0]).double()))
            ),
            "NaN is not larger than your limit, nor is anything else about it true. Ask whether the difference is small, and say False if it is not.",
        ),
        wrong(
            "f and q moved alike",
            lambda implementation: all(
                abs(float(implementation(u + s, q + s)) - _right(u, q)) < 1e-3
                for s in (0.0, 800.0)
                for u, q in ((torch.linspace(0, 2, 4).double(), torch.linspace(1, 0, 4).double() ** 2), (torch.tensor([1.0, 3.0]).double(), torch.tensor([0.5, -1.0]).double()))
            ),
            "If u and log_q are both large, their difference is small again. Move u alone, up and down.",
        ),
        wrong(
            "too many draws",
            lambda implementation: all(
                abs(float(implementation(u + s, q)) / _right(u, q) - 1) < 1e-2
                for s in (0.0, 800.0, -800.0)
                for u, q in ((torch.sin(torch.arange(5000.0)).double(), torch.cos(2 * torch.arange(5000.0)).double()),)
            ),
            "With thousands of draws N and N − 1 look alike. Ask with two or three.",
        ),
        wrong(
            "a judge with a mistake of its own",
            lambda implementation: all(
                abs(float(implementation(u, q)) - _error(u - q, correction=0)) < 1e-4
                for u, q in ((torch.linspace(0, 2, 4).double(), torch.linspace(1, 0, 4).double() ** 2),)
            ),
            "It refuses the right ones: your own value has N below the variance. (log 1, log 2, log 6) must give 0.5092.",
        ),
    )  # fmt: skip
