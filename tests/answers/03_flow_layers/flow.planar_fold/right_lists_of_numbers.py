import math

import numpy as np


def planar_kind(w, u):
    c = float(np.dot(w.double().cpu().numpy(), u.double().cpu().numpy()))
    return "diffeomorphism" if c > -1 else ("fold" if c < -1 else "bijection")


def planar_pair(w, u, b):
    w, u = w.double().cpu().numpy(), u.double().cpu().numpy()
    c, low = float(w @ u), 0.0
    low, high = math.acosh(math.sqrt(-c)), -c
    for _ in range(200):
        d = (low + high) / 2
        low, high = (d, high) if d + c * math.tanh(d) < 0 else (low, d)
    base = -b * w / (w @ w)
    return [base - u * math.tanh(d), base + u * math.tanh(d)]
