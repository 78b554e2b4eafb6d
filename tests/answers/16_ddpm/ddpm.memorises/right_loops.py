import math

import torch


def point_shares(xt, t, data, alpha_bar):
    rows = []
    for x, step in zip(xt.tolist(), t.tolist()):
        kept = float(alpha_bar[step - 1])
        d = [
            sum((a - math.sqrt(kept) * b) ** 2 for a, b in zip(x, point)) / (2 * (1 - kept)) for point in data.tolist()
        ]
        least = min(d)
        e = [math.exp(least - v) for v in d]
        rows.append([v / sum(e) for v in e])
    return torch.tensor(rows, dtype=xt.dtype, device=xt.device)


def perfect_guess(xt, t, data, alpha_bar):
    w = point_shares(xt, t, data, alpha_bar).tolist()
    out = torch.empty_like(xt)
    for i in range(len(xt)):
        kept = float(alpha_bar[int(t[i]) - 1])
        for k in range(xt.shape[1]):
            x0 = sum(w[i][j] * float(data[j, k]) for j in range(len(data)))
            out[i, k] = (float(xt[i, k]) - math.sqrt(kept) * x0) / math.sqrt(1 - kept)
    return out


def sample_by_heart(xT, noise, data, beta):
    bars = [1.0]
    for b in beta.tolist():
        bars.append(bars[-1] * (1 - b))
    table = torch.tensor(bars[1:], dtype=xT.dtype, device=xT.device)
    x = xT.clone()
    for step in range(len(beta), 0, -1):
        b = float(beta[step - 1])
        eps = perfect_guess(x, torch.full((len(x),), step), data, table)
        x = (x - b / math.sqrt(1 - bars[step]) * eps) / math.sqrt(1 - b)
        if step > 1:
            x = x + math.sqrt(b) * noise[step - 1]
    return x
