import numpy as np
import torch
from scipy.special import logsumexp


def pixel_log_p(levels, K, smoothing):
    counts = np.stack([np.bincount(column, minlength=K) for column in levels.cpu().numpy().T]) + smoothing
    return torch.tensor(np.log(counts / counts.sum(1, keepdims=True)), device=levels.device)


def _joint(levels, log_w, log_p):
    k, w, p = (part.cpu().numpy() for part in (levels, log_w.double(), log_p.double()))
    return np.array([[w[c] + sum(p[c, d, row[d]] for d in range(len(row))) for c in range(len(w))] for row in k])


def mixture_nats(levels, log_w, log_p):
    return torch.tensor(-logsumexp(_joint(levels, log_w, log_p), axis=1), dtype=log_p.dtype, device=log_p.device)


def em_step(levels, log_w, log_p, smoothing):
    joint = _joint(levels, log_w, log_p)
    r = np.exp(joint - logsumexp(joint, axis=1)[:, None])
    hot = levels.cpu().numpy()[:, :, None] == np.arange(log_p.shape[2])
    counts = (r[:, :, None, None] * hot[:, None]).sum(0) + smoothing
    mass = r.sum(0) + smoothing
    new = np.log(mass / mass.sum()), np.log(counts / counts.sum(2, keepdims=True))
    return tuple(torch.tensor(part, dtype=log_p.dtype, device=log_p.device) for part in new)
