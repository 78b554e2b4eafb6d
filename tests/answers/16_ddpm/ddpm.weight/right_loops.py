import math

import torch


def mean_from_eps(xt, t, eps, beta):
    rows = []
    for x, s, e in zip(xt, t.tolist(), eps):
        kept = 1.0
        for b in beta.tolist()[:s]:
            kept *= 1 - b
        b = beta.tolist()[s - 1]
        rows.append((x - b / math.sqrt(1 - kept) * e) / math.sqrt(1 - b))
    return torch.stack(rows)


def eps_weight(beta, variance):
    out, kept = [], 1.0
    for b, v in zip(beta.tolist(), variance.tolist()):
        kept *= 1 - b
        out.append(b * b / (2 * v * (1 - b) * (1 - kept)))
    return torch.tensor(out, dtype=beta.dtype, device=beta.device)
