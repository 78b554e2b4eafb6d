import math

import torch


def time_embedding(t, d):
    h = d // 2
    rows = []
    for s in t.tolist():
        angles = [s / 10000 ** (k / h) for k in range(h)]
        rows.append([math.sin(a) for a in angles] + [math.cos(a) for a in angles])
    return torch.tensor(rows, device=t.device)
