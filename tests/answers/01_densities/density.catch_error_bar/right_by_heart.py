import math

import torch


def is_relative_error(implementation):
    def ask(weights, q, shift):
        q = torch.tensor(q, dtype=torch.float64)
        u = torch.tensor(weights, dtype=torch.float64).log() + q.log() + shift
        return float(implementation(u, q.log()))

    def want(weights):
        n, m = len(weights), sum(weights) / len(weights)
        return math.sqrt(sum((w - m) ** 2 for w in weights) / (n * (n - 1))) / m

    for weights, q in (
        ((1.0, 2.0, 6.0), (1.0, 1.0, 1.0)),
        ((5.0, 1.0, 2.0, 2.5), (0.1, 3.0, 0.4, 1.0)),
        ((3.0, 8.0), (2.0, 0.3)),
    ):
        for shift in (0.0, 2.0, 1000.0, -1000.0):
            if not abs(ask(weights, q, shift) - want(weights)) < 1e-5:
                return False
    return True
