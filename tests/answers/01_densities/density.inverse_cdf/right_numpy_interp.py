import numpy as np
import torch


def sample_exponential(u, rate):
    return torch.tensor(-np.log1p(-u.double().cpu().numpy()) / rate).to(u)


def sample_steps(u, edges, heights):
    e, h = edges.double().cpu().numpy(), heights.double().cpu().numpy()
    F = np.concatenate([[0.0], np.cumsum(h * np.diff(e))])
    F = F / F[-1]
    out = []
    for p in u.double().cpu().numpy():
        k = max(i for i in range(len(h)) if F[i] <= p and h[i] > 0)
        out.append(np.interp(p, [F[k], F[k + 1]], [e[k], e[k + 1]]))
    return torch.tensor(np.array(out)).to(u)
