import math

import torch


def planar_kind(w, u):
    c = sum(float(a) * float(b) for a, b in zip(w, u))
    if c < -1:
        return "fold"
    return "bijection" if c == -1 else "diffeomorphism"


def planar_pair(w, u, b):
    w, u = w.to(torch.float64), u.to(torch.float64)
    c = (u * w).sum().item()
    d = -c
    for _ in range(500):
        d = -c * math.tanh(d)
    centre = w * (-b / (w * w).sum())
    return centre + u * math.tanh(d), centre - u * math.tanh(d)
