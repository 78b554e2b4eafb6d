# breaks: an implementation that is right for samples of equal size only is caught
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
    for h in (0.5, 2.0):
        for far in (0.0, 1.0):
            x = torch.randn(6, 2, dtype=torch.float64)
            y = torch.randn(6, 2, dtype=torch.float64) + far
            if abs(float(implementation(x, y, h)) - own(x, y, h)) > 1e-5:
                return False
    return True
