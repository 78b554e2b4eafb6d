"""What notebook 15 built of the forward process, for the notebooks after it. Time t = 1 … T stands at index t − 1."""

from __future__ import annotations

import torch


def per_item(values: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """(B,) → (B, 1, …, 1) with as many axes as `like` (B, …), so that item i is multiplied by values[i]."""
    return values.reshape(-1, *[1] * (like.dim() - 1))


def alpha_bar(beta: torch.Tensor) -> torch.Tensor:
    """alpha_bar_t = (1 − beta_1) … (1 − beta_t), (T,) from (T,), by way of the logarithm."""
    return torch.log1p(-beta).cumsum(0).exp()


def q_sample(x0: torch.Tensor, t: torch.Tensor, eps: torch.Tensor, alpha_bar: torch.Tensor) -> torch.Tensor:
    """x_t = √alpha_bar_t x0 + √(1 − alpha_bar_t) eps, each item of (B, …) at its own time t (B,)."""
    kept = per_item(alpha_bar[t - 1], x0)
    return kept.sqrt() * x0 + (1 - kept).sqrt() * eps


def best_x0(xt: torch.Tensor, t: torch.Tensor, data: torch.Tensor, alpha_bar: torch.Tensor) -> torch.Tensor:
    """E[x_0 | x_t] where x_0 is one of the points data (n, d), each as likely as any other: (B, d) from (B, d).

    By Bayes' rule a point's weight is in proportion to exp(−‖x_t − √alpha_bar_t data_i‖² / (2 (1 − alpha_bar_t))).
    """
    kept = alpha_bar[t - 1][:, None]
    square = (xt[:, None] - kept[:, :, None].sqrt() * data).square().sum(2)  # (B, n)
    return (-square / (2 * (1 - kept))).softmax(1) @ data


def linear_schedule(T: int) -> torch.Tensor:
    """beta_1 … beta_T from 0.1/T to 20/T, at most 0.999, float64: alpha_bar_T is near 4·10⁻⁵ for every long T."""
    return torch.linspace(0.1 / T, 20 / T, T, dtype=torch.float64).clamp_max(0.999)


def cosine_schedule(T: int) -> torch.Tensor:
    """beta_t = 1 − f(t)/f(t − 1), f(t) = cos²(π/2 · (t/T + 0.008)/1.008), kept between 0.001 and 0.5; (T,), float64.

    It forgets at an even pace, which leaves more steps for the fine detail.   (Nichol and Dhariwal 2021)
    """
    f = torch.cos(torch.pi / 2 * (torch.arange(T + 1, dtype=torch.float64) / T + 0.008) / 1.008) ** 2
    return (1 - f[1:] / f[:-1]).clamp(0.001, 0.5)


def even_snr(T: int, high: float = 4.5, low: float = -5.0) -> torch.Tensor:
    """alpha_bar_1 … alpha_bar_T whose log(alpha_bar / (1 − alpha_bar)) falls evenly from high to low; (T,), float64.

    With these ends x_1 still tells a pixel of 8×8 digits from its neighbours in level, and x_T hardly a digit.
    """
    return torch.linspace(high, low, T, dtype=torch.float64).sigmoid()
