import numpy as np
import torch


def oddness(z):
    return torch.stack([(len(row) - row @ row) / (2 * len(row)) ** 0.5 for row in z])


def typical_shell(d):
    lengths = np.sqrt(np.random.default_rng(0).chisquare(d, size=4000))
    middle = float(np.median(lengths))
    return [max(middle - 2.8, 0.0), middle + 3.0]


def blend(a, b, t):
    w = torch.tensor([1 - t, t], dtype=torch.float64)
    w = (w / w.norm()).tolist()
    return w[0] * a + w[1] * b
