# E[z²] − E[z]², in numpy; the witnesses as numbers of other kinds
import numpy as np
import torch
from scipy.stats import norm


def step_moments(x, before, sigma, weights, means, s):
    z, w, m = (a.detach().cpu().numpy().astype(float) for a in (x, weights, means))
    v, e = s**2 + before, sigma**2
    log_r = np.log(w) + norm.logpdf(z[:, None], m, np.sqrt(v + e))
    r = np.exp(log_r - log_r.max(axis=1, keepdims=True))
    r /= r.sum(axis=1, keepdims=True)
    mu = (e * m + v * z[:, None]) / (v + e)
    first = (r * mu).sum(1)
    second = (r * (v * e / (v + e) + mu**2)).sum(1)
    return tuple(torch.as_tensor(a, dtype=x.dtype, device=x.device) for a in (first, second - first**2))


def longer_is_useless():
    return np.float64(0.7), np.int64(32)


def finer_is_useless():
    return torch.tensor(0.05), torch.tensor(20)
