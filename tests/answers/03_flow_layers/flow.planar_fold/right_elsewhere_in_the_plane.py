import math

import torch
from scipy.optimize import brentq


def planar_kind(w, u):
    slope = 1 + torch.dot(w.double(), u.double()).item()  # the smallest, where w·z + b = 0
    return ("fold", "bijection", "diffeomorphism")[int(slope >= 0) + int(slope > 0)]


def planar_pair(w, u, b):
    w, u = w.double(), u.double()
    c = float(w @ u)
    # not symmetric about the fold: a_1 given, a_2 on the other side with the same a + c tanh(a + b)
    turn = math.acosh(math.sqrt(-c))
    a1 = turn * 0.5 - b

    def g(a):
        return a + c * math.tanh(a + b)

    a2 = brentq(lambda a: g(a) - g(a1), turn - b, turn - b + 2 * abs(c) + 1, xtol=1e-15)
    z1 = a1 * w / (w @ w)
    return z1, z1 + u * (math.tanh(a1 + b) - math.tanh(a2 + b))
