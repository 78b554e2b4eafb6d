# squares multiplied out, everything in numpy; the steps back by Bayes' rule for each point
import numpy as np
import torch
from scipy.special import softmax


def _shares(x, kept, data):
    square = (x**2).sum(1)[:, None] - 2 * np.sqrt(kept) * (x @ data.T) + kept * (data**2).sum(1)
    return softmax(-0.5 * square / (1 - kept), axis=1)


def _np(a):
    return a.detach().cpu().numpy().astype(np.float64)


def _back(a, like):
    return torch.as_tensor(a, dtype=like.dtype, device=like.device)


def point_shares(xt, t, data, alpha_bar):
    kept = _np(alpha_bar)[t.cpu().numpy() - 1][:, None]
    return _back(_shares(_np(xt), kept, _np(data)), xt)


def perfect_guess(xt, t, data, alpha_bar):
    x, d = _np(xt), _np(data)
    kept = _np(alpha_bar)[t.cpu().numpy() - 1][:, None]
    return _back((x - np.sqrt(kept) * (_shares(x, kept, d) @ d)) / np.sqrt(1 - kept), xt)


def sample_by_heart(xT, noise, data, beta):
    x, z, d, b = _np(xT), _np(noise), _np(data), _np(beta)
    bars = np.concatenate([[1], np.cumprod(1 - b)])
    for t in range(len(b), 0, -1):
        x0 = _shares(x, bars[t], d) @ d
        x = (np.sqrt(bars[t - 1]) * b[t - 1] * x0 + np.sqrt(1 - b[t - 1]) * (1 - bars[t - 1]) * x) / (1 - bars[t])
        if t > 1:
            x = x + np.sqrt(b[t - 1]) * z[t - 1]
    return _back(x, xT)
