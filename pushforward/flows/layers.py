"""The layers of a flow as modules: forward from noise z to data x, inverse from x to z, both with log-determinants.

What they do to a batch follows from their attributes alone, so that a chain of them is a flow that can be trained.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import conv2d
from torch.special import ndtr, ndtri

from pushforward.flows.chain import Pair


def _same(points: torch.Tensor, ladj: torch.Tensor) -> torch.Tensor:
    """A log-determinant that is the same for every item, (B,)."""
    return ladj.to(points).expand(len(points)).clone()


def bisected(rising: Callable, y: torch.Tensor, low: torch.Tensor, high: torch.Tensor, steps: int = 80) -> torch.Tensor:
    """The a in low … high with rising(a) = y, entry by entry, by halving the interval."""
    for _ in range(steps):
        middle = (low + high) / 2
        below = rising(middle) < y
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


class AdditiveCoupling(nn.Module):
    """x = z where keep, z + t(keep z) elsewhere; ladj = 0.

    keep: (D,), bool; t: takes (B, D), gives (B, D). (Dinh et al. 2015)
    """

    def __init__(self, keep: torch.Tensor, t: Callable) -> None:
        super().__init__()
        self.register_buffer("keep", keep)
        self.t = t

    def forward(self, z: torch.Tensor) -> Pair:
        return z + self._shift(z), z.new_zeros(len(z))

    def inverse(self, x: torch.Tensor) -> Pair:
        return x - self._shift(x), x.new_zeros(len(x))

    def _shift(self, v: torch.Tensor) -> torch.Tensor:
        return self.t(v * self.keep) * ~self.keep


class BatchNorm(nn.Module):
    """x = mean + √(var + eps) z with frozen statistics; ladj = ½ Σ log(var + eps).

    mean, var: (D,); eps: float. (Dinh et al. 2017)
    """

    def __init__(self, mean: torch.Tensor, var: torch.Tensor, eps: float = 1e-5) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", torch.sqrt(var + eps))

    def forward(self, z: torch.Tensor) -> Pair:
        return self.mean + self.std * z, _same(z, self.std.log().sum())

    def inverse(self, x: torch.Tensor) -> Pair:
        return (x - self.mean) / self.std, _same(x, -self.std.log().sum())


class Conv1x1(nn.Module):
    """x[:, :, i, j] = A z[:, :, i, j]; ladj = H W log |det A|.

    A: (C, C), invertible; points: (B, C, H, W). (Kingma & Dhariwal 2018)
    """

    def __init__(self, A: torch.Tensor) -> None:
        super().__init__()
        self.A = nn.Parameter(A)

    def forward(self, z: torch.Tensor) -> Pair:
        return torch.einsum("oc,bchw->bohw", self.A, z), self._volume(z)

    def inverse(self, x: torch.Tensor) -> Pair:
        return torch.linalg.solve(self.A, x.flatten(2)).reshape(x.shape), -self._volume(x)

    def _volume(self, v: torch.Tensor) -> torch.Tensor:
        return _same(v, v[0, 0].numel() * torch.linalg.slogdet(self.A).logabsdet)


class EmergingConv(nn.Module):
    """x = k ⋆ (g ⋆ z), k = w1 ⊙ mask, g = w2 ⊙ reversed mask; ladj = H W Σ_c log |k_cc g_cc| at the middle tap.

    w1, w2: (C, C, K, K), K odd; points: (B, C, H, W). (Hoogeboom et al. 2019)
    """

    def __init__(self, w1: torch.Tensor, w2: torch.Tensor) -> None:
        super().__init__()
        self.w1, self.w2 = nn.Parameter(w1), nn.Parameter(w2)
        C, K = w1.shape[1], w1.shape[2]
        mask = torch.zeros(C, C, K * K, dtype=w1.dtype)
        mask[:, :, : K * K // 2] = 1
        mask[:, :, K * K // 2] = torch.ones(C, C).tril()
        self.register_buffer("mask", mask.reshape(C, C, K, K))

    def forward(self, z: torch.Tensor) -> Pair:
        m = self.mask.shape[-1] // 2
        k, g = self.w1 * self.mask, self.w2 * self.mask.flip(0, 1, 2, 3)
        diagonal = k[:, :, m, m].diagonal() * g[:, :, m, m].diagonal()
        x = conv2d(conv2d(z, g, padding=m), k, padding=m)
        return x, _same(z, z[0, 0].numel() * diagonal.abs().log().sum())

    def inverse(self, x: torch.Tensor) -> Pair:
        """By the matrix of the whole layer, (C H W)³ operations: for small pictures."""
        n = x[0].numel()
        images, ladj = self.forward(torch.eye(n, dtype=x.dtype, device=x.device).reshape(n, *x.shape[1:]))
        z = torch.linalg.solve(images.reshape(n, n).T, x.reshape(-1, n).T).T
        return z.reshape(x.shape), _same(x, -ladj[0])


class Planar(nn.Module):
    """x = z + u tanh(w·z + b); ladj = log(1 + u·w (1 − tanh²)); inverse by bisection, without gradients.

    w, u: (D,) with u·w > −1; b: float. (Rezende & Mohamed 2015)
    """

    def __init__(self, w: torch.Tensor, u: torch.Tensor, b: float = 0.0) -> None:
        super().__init__()
        self.w, self.u, self.b = nn.Parameter(w), nn.Parameter(u), nn.Parameter(w.new_tensor(b))

    def forward(self, z: torch.Tensor) -> Pair:
        h = torch.tanh(z @ self.w + self.b)
        return z + h[:, None] * self.u, torch.log1p(self.u @ self.w * (1 - h**2))

    @torch.no_grad()
    def inverse(self, x: torch.Tensor) -> Pair:
        y, c = x @ self.w, self.u @ self.w
        a = bisected(lambda a: a + c * torch.tanh(a + self.b), y, y - c.abs(), y + c.abs())
        z = x - torch.tanh(a + self.b)[:, None] * self.u
        return z, -self.forward(z)[1]


class Residual(nn.Module):
    """x = z + f(z), f a contraction; ladj exact from the Jacobian of f; inverse by z ← x − f(z), without gradients.

    f: takes (B, D), gives (B, D). (Behrmann et al. 2019)
    """

    def __init__(self, f: Callable, steps: int = 100) -> None:
        super().__init__()
        self.f, self.steps = f, steps

    def forward(self, z: torch.Tensor) -> Pair:
        J = torch.func.vmap(torch.func.jacrev(lambda row: self.f(row[None])[0]))(z)
        eye = torch.eye(z.shape[1], dtype=z.dtype, device=z.device)
        return z + self.f(z), torch.linalg.slogdet(eye + J).logabsdet

    @torch.no_grad()
    def inverse(self, x: torch.Tensor) -> Pair:
        z = x
        for _ in range(self.steps):
            z = x - self.f(z)
        return z, -self.forward(z)[1]


class Rosenblatt(nn.Module):
    """z = (Φ⁻¹(F_1(x_1)), Φ⁻¹(F_2(x_2 given x_1))) of a mixture; ladj of inverse = log p(x) − log N(z; 0, I).

    weights: (K,); mu, sigma: (K, 2). (Rosenblatt 1952)
    """

    def __init__(self, weights: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> None:
        super().__init__()
        for name, value in (("weights", weights), ("mu", mu), ("sigma", sigma)):
            self.register_buffer(name, value)

    def inverse(self, x: torch.Tensor) -> Pair:
        each = self._log_normal(x[:, None])
        shares = self.weights.expand(len(x), -1), self._after(each[:, :, 0])
        u = torch.stack([self._below(x[:, i], shares[i], i) for i in (0, 1)], dim=1)
        z = ndtri(u)
        log_p = torch.logsumexp(self.weights.log() + each.sum(2), dim=1)
        return z, log_p + 0.5 * (z**2 + math.log(2 * math.pi)).sum(1)

    @torch.no_grad()
    def forward(self, z: torch.Tensor) -> Pair:
        shares, found = self.weights.expand(len(z), -1), []
        for i in (0, 1):
            ends = [torch.full_like(z[:, i], end) for end in (float(self.mu.min()) - 12, float(self.mu.max()) + 12)]
            rising = lambda a, shares=shares, i=i: self._below(a, shares, i)  # noqa: E731
            found.append(bisected(rising, ndtr(z[:, i]), *ends))
            shares = self._after(self._log_normal(found[0][:, None, None])[:, :, 0])
        x = torch.stack(found, dim=1)
        return x, -self.inverse(x)[1]

    def _log_normal(self, x: torch.Tensor) -> torch.Tensor:
        return -0.5 * ((x - self.mu) / self.sigma) ** 2 - self.sigma.log() - 0.5 * math.log(2 * math.pi)

    def _after(self, first: torch.Tensor) -> torch.Tensor:
        """The weights of the components once x_1 is known, (B, K)."""
        return torch.softmax(self.weights.log() + first, dim=1)

    def _below(self, a: torch.Tensor, shares: torch.Tensor, i: int) -> torch.Tensor:
        return (shares * ndtr((a[:, None] - self.mu[:, i]) / self.sigma[:, i])).sum(1)
