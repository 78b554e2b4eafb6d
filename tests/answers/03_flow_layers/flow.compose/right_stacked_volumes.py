import math

import torch


def compose_forward(z, layers):
    parts = []
    for layer in layers:
        z, part = layer[0](z)
        parts.append(part)
    return z, torch.stack(parts).sum(dim=0)


def compose_inverse(x, layers):
    parts = []
    for layer in layers[::-1]:
        x, part = layer[1](x)
        parts.append(part)
    return x, torch.stack(parts).sum(dim=0)


def flow_log_p(x, layers):
    z, ladj = compose_inverse(x, layers)
    D = x.shape[1]
    return -D / 2 * math.log(2 * math.pi) - (z * z).sum(-1) / 2 + ladj
