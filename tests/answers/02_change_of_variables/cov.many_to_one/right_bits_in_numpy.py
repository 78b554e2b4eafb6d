# numpy, logaddexp accumulated over the bits of a counter
import numpy as np
import torch


def log_p_square(x, c):
    v = x.detach().cpu().numpy().astype(float)
    with np.errstate(all="ignore"):
        r = np.sqrt(v)
        log_p = np.logaddexp(-((r - c) ** 2) / 2, -((r + c) ** 2) / 2) - np.log(8 * np.pi * v) / 2
    return torch.from_numpy(np.asarray(np.where(v < 0, -np.inf, log_p))).to(x)


def log_p_folded(x, W):
    v, M = x.cpu().numpy().astype(float), W.cpu().numpy().astype(float)
    D, total = len(M), np.full(len(v), -np.inf)
    for pattern in range(2**D):
        signs = [1 if pattern >> d & 1 else -1 for d in range(D)]
        z = np.linalg.solve(M, (v * signs).T)
        total = np.logaddexp(total, -(z**2).sum(0) / 2)
    total = total - D / 2 * np.log(2 * np.pi) - np.linalg.slogdet(M)[1]
    total[(v < 0).any(1)] = -np.inf
    return torch.from_numpy(total).to(x)
