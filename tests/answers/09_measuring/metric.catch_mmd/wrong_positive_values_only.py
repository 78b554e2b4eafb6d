# breaks: an implementation that is wrong where the estimate is negative is caught
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
    for n, m in ((4, 6), (3, 3)):
        for h in (0.5, 2.0):
            x = torch.randn(n, 2, dtype=torch.float64)
            y = torch.randn(m, 2, dtype=torch.float64) + 6
            if abs(float(implementation(x, y, h)) - own(x, y, h)) > 1e-5:
                return False
    return True
