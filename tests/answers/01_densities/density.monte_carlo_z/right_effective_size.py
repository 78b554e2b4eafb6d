import math

import torch


def importance_z(u, log_q):
    log_w = (u - log_q).double()
    n = len(log_w)
    p = torch.softmax(log_w, 0)  # w over N times the mean weight
    squares = float((p**2).sum()) * n
    return {
        "log_z": float(log_w.max() + (log_w - log_w.max()).exp().mean().log()),
        "relative_error": math.sqrt(max(0.0, (squares - 1) / (n - 1))),
    }


def weight_variance(s):
    c = 1 - 1 / (2 * s * s)
    if c <= 0:
        return float("inf")
    return s / math.sqrt(2 * c) - 1 + (s / math.sqrt(2 * c)) * 0


def lying_scale():
    return 0.15
