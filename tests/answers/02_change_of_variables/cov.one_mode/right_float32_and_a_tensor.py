# float32 zeros for the mode; the pair as a tensor, found by bisection
import math

import torch


def mode(f, D):
    return f(torch.zeros(D)).float()


def two_modes():
    low, high = 1.0, 2.0
    for _ in range(60):
        x = (low + high) / 2
        g, d = x - 0.75 * math.sin(x), 1 - 0.75 * math.cos(x)
        low, high = (x, high) if -g * d + 0.75 * math.sin(x) / d > 0 else (low, x)
    return "wave", {"a": 1, "b": -0.75}, torch.tensor([-low, low], dtype=torch.float64)
