"""metric.catch_mmd: a test that tells the unbiased estimate of MMD² from what looks like it."""

from __future__ import annotations

import math

import numpy as np
import torch

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong


def _k(x: torch.Tensor, y: torch.Tensor, h: float) -> torch.Tensor:
    return torch.exp(-(x[:, None] - y[None]).pow(2).sum(-1) / (2 * h**2))


def _right(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    n, m = len(x), len(y)
    within = (_k(x, x, h).sum() - n) / (n * (n - 1)) + (_k(y, y, h).sum() - m) / (m * (m - 1))
    return float(within - 2 * _k(x, y, h).mean())


def _loops(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    def k(a: list[float], b: list[float]) -> float:
        return math.exp(-(math.dist(a, b) ** 2) / (2 * h * h))

    a, b = x.tolist(), y.tolist()
    n, m = len(a), len(b)
    one = sum(k(p, q) for i, p in enumerate(a) for j, q in enumerate(a) if i != j) / (n * (n - 1))
    two = sum(k(p, q) for i, p in enumerate(b) for j, q in enumerate(b) if i != j) / (m * (m - 1))
    return one + two - 2 * sum(k(p, q) for p in a for q in b) / (n * m)


def _products(x: torch.Tensor, y: torch.Tensor, h: float) -> torch.Tensor:
    """‖a − b‖² = ‖a‖² + ‖b‖² − 2 a·b, in one matrix over both samples."""
    z, n = torch.cat([x, y]), len(x)
    norms = z.pow(2).sum(1)
    k = torch.exp(-(norms[:, None] + norms[None] - 2 * z @ z.T) / (2 * h**2)).fill_diagonal_(0)
    m = len(y)
    return k[:n, :n].sum() / (n * (n - 1)) + k[n:, n:].sum() / (m * (m - 1)) - 2 * k[:n, n:].mean()


def _numpy(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    a, b = x.numpy().astype(np.float32), y.numpy().astype(np.float32)

    def mean(p: np.ndarray, q: np.ndarray, same: bool) -> float:
        k = np.exp(-((p[:, None] - q[None]) ** 2).sum(-1) / np.float32(2 * h**2))
        return float(k[~np.eye(len(p), dtype=bool)].mean() if same else k.mean())

    return mean(a, a, True) + mean(b, b, True) - 2 * mean(a, b, False)


def _pairs(x: torch.Tensor, y: torch.Tensor, h: float) -> torch.Tensor:
    """By pdist: each pair once."""
    return _g(torch.pdist(x), h).mean() + _g(torch.pdist(y), h).mean() - 2 * _g(torch.cdist(x, y), h).mean()


def _g(distance: torch.Tensor, h: float) -> torch.Tensor:
    return torch.exp(-distance.pow(2) / (2 * h**2))


def _biased(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    return float(_k(x, x, h).mean() + _k(y, y, h).mean() - 2 * _k(x, y, h).mean())


def _with_n_squared(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    return _biased(x, y, h) - 1 / len(x) - 1 / len(y)


def _hollow(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    k = _k(x, y, h)
    off = (k.sum() - k.diagonal().sum()) / (k.numel() - min(k.shape))
    return _right(x, y, h) + float(2 * k.mean() - 2 * off)


def _one_size(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    n = len(x)
    within = (_k(x, x, h).sum() + _k(y, y, h).sum() - 2 * n) / (n * (n - 1))
    return float(within - 2 * _k(x, y, h).sum() / n**2)


def _cut(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    n = min(len(x), len(y))
    return _right(x[:n], y[:n], h)


def _pooled(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    """All pairs within either sample share one mean: right for equal sizes."""
    both = torch.cat([_g(torch.pdist(x), h), _g(torch.pdist(y), h)])
    return float(2 * both.mean() - 2 * _k(x, y, h).mean())


@exercise("metric.catch_mmd", ("is_mmd_unbiased",), kind="detective")
class CatchMmd(Detective):
    """The unbiased estimate of MMD² with the Gaussian kernel, told from what looks like it."""

    strict = "equal to the last bit"
    accepts = gate("every right implementation is accepted, however it is written")
    pairs = pays("an implementation that counts the wrong pairs is caught")
    width = pays("an implementation with another kernel or bandwidth is caught")
    sizes = pays("an implementation that is right for samples of equal size only is caught")
    sign = pays("an implementation that is wrong where the estimate is negative is caught")

    hints = (
        "Two right programs round differently: a difference of 10⁻⁶ is no proof, a hundredth is.",
        "A test with h = 1 cannot tell h from h². What else do equal numbers hide?",
        "For which samples is the estimate negative, and which bugs show only there?",
    )

    right = {
        "sums without the diagonal": _right,
        "loops over pairs": _loops,
        "one matrix over both samples": _products,
        "numpy in single precision": _numpy,
        "each pair once": _pairs,
    }
    bugs = {
        "pairs": {
            "pairs each point with itself": _biased,
            "leaves the diagonal out and divides by n²": _with_n_squared,
            "leaves the diagonal out across as well": _hollow,
            "counts the pairs across once": lambda x, y, h: _right(x, y, h) + float(_k(x, y, h).mean()),
        },
        "width": {
            "takes h for h²": lambda x, y, h: _right(x, y, math.sqrt(h)),
            "forgets the 2": lambda x, y, h: _right(x, y, h / math.sqrt(2)),
            "takes its bandwidth from the samples": lambda x, y, h: _right(x, y, float(torch.pdist(x).median()) + 0.1),
            "takes the mean over the columns for the sum": lambda x, y, h: _right(x, y, h * math.sqrt(x.shape[1])),
            "ignores h": lambda x, y, h: _right(x, y, 1.0),
        },
        "sizes": {
            "divides by the size of x throughout": _one_size,
            "cuts the larger sample": _cut,
            "pools the pairs within both samples": _pooled,
        },
        "sign": {
            "cuts off at 0": lambda x, y, h: max(0.0, _right(x, y, h)),
            "gives the absolute value": lambda x, y, h: abs(_right(x, y, h)),
            "swaps the sign where it is negative and small": lambda x, y, h: (
                abs(_right(x, y, h)) if -0.3 < _right(x, y, h) < 0 else _right(x, y, h)
            ),
        },
    }

    mistakes = (
        wrong(
            "equal to the last bit",
            lambda implementation: all(
                float(implementation(x, y, h)) == _right(x, y, h)
                for x, y, h in (
                    (torch.tensor([[0.0], [1.0]]).double(), torch.tensor([[0.0], [2.0]]).double(), 1.0),
                    (torch.linspace(0, 2, 12).double().reshape(6, 2), torch.linspace(0, 3, 8).double().reshape(4, 2), 0.7),
                )
            ),
            "Two right programs may differ in their last digits: ask for agreement to a few of them.",
        ),
        wrong(
            "one worked example",
            lambda implementation: (
                abs(
                    float(implementation(torch.tensor([[0.0], [1.0]]).double(), torch.tensor([[0.0], [2.0]]).double(), 1.0))
                    + 0.4323
                )
                < 1e-3
            ),
            "One example, with h = 1, one column and equal sizes: it cannot tell h from h², nor n from m.",
        ),
        wrong(
            "nearly nought for equal laws",
            lambda implementation: abs(
                float(
                    implementation(
                        torch.sin(torch.arange(40.0).double())[:, None], torch.sin(torch.arange(40.0).double() + 0.5)[:, None], 0.5
                    )
                )
            )
            < 0.05,
            "That two samples of one law are nearly 0 apart is true of many wrong formulas: compare values.",
        ),
        REFUSES,
    )  # fmt: skip
