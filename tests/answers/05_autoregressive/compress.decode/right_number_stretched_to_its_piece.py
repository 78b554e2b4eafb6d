import itertools

import torch


def decode(model, bits, D):
    from bisect import bisect_right
    from fractions import Fraction

    u = [sum((Fraction(1, 2 ** (i + 1)) for i, b in enumerate(s) if b == "1"), Fraction(0)) for s in bits]
    rows = torch.empty(len(bits), D, dtype=torch.long)
    for d in range(D):
        table = model(rows[:, :d]).tolist()
        for n, f in enumerate(table):
            edges = [0, *itertools.accumulate(f)]
            y = u[n] * edges[-1]
            k = bisect_right(edges, y) - 1
            rows[n, d] = k
            u[n] = (y - edges[k]) / f[k]
    return rows
