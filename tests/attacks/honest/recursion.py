import sys

import torch

sys.setrecursionlimit(20_000)


def columns(x, n=0):
    if n == x.shape[1]:
        return []
    spread = (x[:, n] - x[0, n]).std()
    return [(x[:, n] - x[:, n].mean()) / (spread if spread > 0 else 1.0), *columns(x, n + 1)]


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


depth(3000)


def standardise(x):
    return torch.stack(columns(x), dim=1)
