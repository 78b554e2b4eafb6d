import math

import torch


def sample(net, u, K):
    rows = [[] for _ in u]
    for d in range(u.shape[1]):
        shown = torch.tensor([[K, *row] for row in rows], device=u.device)
        for b, logits in enumerate(net(shown)[:, -1].tolist()):
            top = max(logits)
            p = [math.exp(v - top) for v in logits]
            left, k = u[b, d].item() * sum(p), 0
            while k < K - 1 and left >= p[k]:
                left -= p[k]
                k += 1
            rows[b].append(k)
    return torch.tensor(rows, device=u.device)
