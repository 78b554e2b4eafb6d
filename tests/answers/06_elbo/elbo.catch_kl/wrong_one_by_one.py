# breaks: an implementation that adds up over the wrong axis is caught | mistake: one item, one dimension
import math

import torch


def is_kl(implementation):
    for m, s, M, S in ((1.0, 0.5, 0.0, 1.0), (0.3, 2.0, -1.0, 0.7), (2.0, 1.5, 1.0, 3.0)):
        want = math.log(S / s) + (s**2 + (m - M) ** 2) / (2 * S**2) - 0.5
        got = implementation(torch.tensor([[m]]), torch.tensor([[s]]), torch.tensor([M]), torch.tensor([S]))
        if abs(float(got) - want) > 1e-4:
            return False
    return True
