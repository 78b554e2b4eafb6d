"""Small networks and elementary maps by name, so that a check can hand one over as an architecture and its weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn

from pushforward.answering import maps
from pushforward.answering.decoders import level_log_p, level_table
from pushforward.answering.polynomials import polynomial


def mlp(weights: Sequence[torch.Tensor]) -> nn.Sequential:
    """tanh network x → W_k tanh(… tanh(W_1 x + b_1) …) + b_k with the weights W_1, b_1, …, W_k, b_k.

    weights: alternately W_i of shape (out, in) and b_i of shape (out,), all of one dtype and on one device.
    """
    layers: list[nn.Module] = []
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        layer = nn.Linear(*weight.shape[::-1], device=weight.device, dtype=weight.dtype)
        layer.weight.data, layer.bias.data = weight.clone(), bias.clone()
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def flow(weights: Sequence[torch.Tensor]) -> Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """z (N, D) → x (N, D) and log |det ∂x/∂z| (N,), each row from its own:

        x_1 = e^{s_1} z_1 + t_1,   x_k = e^{s_k tanh z_1} z_k + t_k z_1²  for k > 1

    weights: s and t, both (D,).
    """
    s, t = weights

    def forward(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        first = z[:, :1]
        scales = s[1:] * torch.tanh(first)
        x = torch.cat([torch.exp(s[:1]) * first + t[:1], torch.exp(scales) * z[:, 1:] + t[1:] * first**2], dim=1)
        return x, s[0] + scales.sum(1)

    return forward


def flow_inverse(weights: Sequence[torch.Tensor]) -> Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """The way back of `flow`: x (N, D) → z (N, D) and log |det ∂z/∂x| (N,)."""
    s, t = weights

    def inverse(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        first = (x[:, :1] - t[:1]) * torch.exp(-s[:1])
        scales = s[1:] * torch.tanh(first)
        z = torch.cat([first, (x[:, 1:] - t[1:] * first**2) * torch.exp(-scales)], dim=1)
        return z, -s[0] - scales.sum(1)

    return inverse


ARCHITECTURES = {
    **{"mlp": mlp, "polynomial": polynomial, "flow": flow, "flow_inverse": flow_inverse},
    **{"level_table": level_table, "level_log_p": level_log_p},
    **maps.ARCHITECTURES,
}
