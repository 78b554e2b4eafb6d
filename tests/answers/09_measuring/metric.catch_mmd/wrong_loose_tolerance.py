# breaks: an implementation that counts the wrong pairs is caught
import itertools
import math

import torch


def own(x, y, h):
    def k(a, b):
        return math.exp(-sum((s - t) ** 2 for s, t in zip(a, b)) / (2 * h * h))

    x, y = x.tolist(), y.tolist()
    one = [k(a, b) for a, b in itertools.combinations(x, 2)]
    two = [k(a, b) for a, b in itertools.combinations(y, 2)]
    mix = [k(a, b) for a in x for b in y]
    return sum(one) / len(one) + sum(two) / len(two) - 2 * sum(mix) / len(mix)


def is_mmd_unbiased(implementation):
    x = torch.randn(60, 2, dtype=torch.float64)
    y = torch.randn(80, 2, dtype=torch.float64)
    return abs(float(implementation(x, y, 0.6)) - own(x, y, 0.6)) < 0.1
