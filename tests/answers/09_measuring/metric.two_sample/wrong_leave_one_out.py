# breaks: the accuracy is the share of held-out samples that the vote gets right | mistake: nothing held out
import math

import torch


def two_sample_test(real, fake, k):
    both = torch.cat([real, fake])
    n = len(both)
    d = (both[:, None] - both).norm(dim=-1)
    d[range(n), range(n)] = math.inf
    votes = (d.argsort(1)[:, :k] >= n // 2).sum(1) * 2 > k
    right = int((votes == (torch.arange(n) >= n // 2)).sum())
    return {"accuracy": right / n, "p_value": sum(math.comb(n, r) for r in range(right, n + 1)) / 2**n}
