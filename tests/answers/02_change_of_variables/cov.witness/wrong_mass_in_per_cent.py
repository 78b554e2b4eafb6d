# breaks: softplus and logistic: the witness stands | mistake: not to six digits
import math

import numpy as np
from scipy.stats import norm


def share_outside(low, high, base):
    if base == "normal":
        return float(norm.cdf(low) + norm.sf(high))
    return 1 - max(0.0, min(high, 1.0) - max(low, 0.0))


def null_direction(A):
    v = np.linalg.svd(np.array(A, dtype=float))[2][-1]
    return v


def witness(name, params, base):
    p = params
    if name == "affine":
        return "collision", (0.0, 1.0)
    if name == "power":
        return ("collision", (-1.0, 1.0)) if p["n"] % 2 == 0 else ("singular", 0.0)
    if name == "wave":
        return "singular", math.acos(-p["a"] / p["b"])
    if name == "tanh":
        a, b = p["a"], p["b"]
        if a == 0 and b == 0:
            return "collision", (0.0, 1.0)
        if a == 0:
            return "mass", share_outside(-abs(b), abs(b), base)
        # slope a + b/2 (1 - tanh^2) = 0
        return "singular", 2 * math.atanh(math.sqrt(1 + 2 * a / b))
    if name == "leaky":
        s = p["s"]
        return "collision", ((-1.0, -2.0) if s == 0 else (-1.0, -s) if s > -9 else (9.0 / s, 9.0))
    if name == "softplus":
        return "mass", 100 * share_outside(p["c"], math.inf, base)
    if name == "logistic":
        lo, hi = sorted((p["low"], p["high"]))
        return ("collision", (0.0, 1.0)) if lo == hi else ("mass", 100 * share_outside(lo, hi, base))
    if name in ("linear", "sigmoid"):
        A = np.array(p["A"], dtype=float)
        if np.linalg.matrix_rank(A) == len(A):
            return "mass", 1.0
        return "singular", [0.0] * len(A)
    if name == "rank_one":
        return "singular", [0.0, 0.0]
    if name == "planar":
        m = p["u"][0] * p["w"][0] + p["u"][1] * p["w"][1]
        t = math.atanh(math.sqrt(1 + 1 / m))
        n = p["w"][0] ** 2 + p["w"][1] ** 2
        return "singular", [t * p["w"][0] / n, t * p["w"][1] / n]
    if name == "coupling":
        return "singular", [math.sqrt(-p["c"]), 0.0]
    if name == "spiral":
        return "collision", ([0.0, 0.0], [0.0, 2 * math.pi])
    if name == "exam":
        return "collision", ([1.0, 0.0, 0.0], [-1.0, 0.0, 0.0])
