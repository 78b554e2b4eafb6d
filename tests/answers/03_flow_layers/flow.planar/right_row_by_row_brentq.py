import math

import torch
from scipy.optimize import brentq


def planar_forward(z, w, u, b):
    rows, volumes = [], []
    for point in z:
        h = torch.tanh(torch.dot(w, point) + b)
        rows.append(point + u * h)
        volumes.append(torch.log(torch.abs(1 + torch.dot(u, w * (1 - h * h)))))
    return torch.stack(rows), torch.stack(volumes)


def planar_inverse(x, w, u, b):
    c, rows = float(u.double() @ w.double()), []
    for point in x:
        y = float(point.double() @ w.double())
        room = abs(c) + 1e-9
        a = brentq(lambda a: a + c * math.tanh(a + b) - y, y - room, y + room, xtol=1e-14)
        rows.append(point - u * math.tanh(a + b))
    z = torch.stack(rows)
    return z, -planar_forward(z, w, u, b)[1]
