"""Small networks and elementary maps by name, so that a check can hand one over as an architecture and its weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from pushforward.answering import maps
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


ARCHITECTURES = {"mlp": mlp, "polynomial": polynomial, **maps.ARCHITECTURES}
