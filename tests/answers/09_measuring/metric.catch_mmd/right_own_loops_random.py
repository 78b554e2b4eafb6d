# compares with loops of its own, on random samples near and far
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
    for n, m, D in ((2, 3, 1), (7, 4, 2), (5, 5, 3), (3, 9, 2)):
        for h in (0.5, 1.3, 3.0):
            for far in (0.0, 0.05, 2.0):
                x = torch.randn(n, D, dtype=torch.float64)
                y = torch.randn(m, D, dtype=torch.float64) + far
                z = torch.cat([x, x[:1] + 0.01])
                if abs(float(implementation(x, y, h)) - own(x, y, h)) > 1e-4:
                    return False
                if abs(float(implementation(x, z, h)) - own(x, z, h)) > 1e-4:
                    return False
    return True
