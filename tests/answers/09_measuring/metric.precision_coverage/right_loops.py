# loops and sorted lists, points compared by index
import math

import torch


def radii(x, k):
    rows = x.tolist()
    out = []
    for i, a in enumerate(rows):
        others = sorted(math.dist(a, b) for j, b in enumerate(rows) if j != i)
        out.append(others[k - 1])
    return torch.tensor(out).to(x)


def precision_coverage(real, fake, k):
    R, F = real.double().tolist(), fake.double().tolist()
    r, f = radii(real.double(), k).tolist(), radii(fake.double(), k).tolist()
    hits = [[math.dist(a, b) <= s for a, s in zip(R, r)] for b in F]
    return {
        "coverage": sum(any(h[i] for h in hits) for i in range(len(R))) / len(R),
        "density": sum(map(sum, hits)) / k / len(F),
        "precision": sum(map(any, hits)) / len(F),
        "recall": sum(any(math.dist(a, b) <= s for b, s in zip(F, f)) for a in R) / len(R),
    }
