# breaks: A x + b: the verdict is true for every matrix | mistake: a singular matrix is called valid
import math

import numpy as np
from scipy.stats import norm


def _lost(low, high, base):
    if base == "normal":
        return float(norm.cdf(low) + norm.sf(high))
    return 1.0 - max(0.0, min(high, 1.0) - max(low, 0.0))


def _onto(low, high, base):
    lost = _lost(low, high, base)
    return ("mass", lost) if lost > 0 else ("valid", None)


def _null(A):
    return np.linalg.svd(np.array(A, dtype=float))[2][-1]


def judged_plane(name, params, base):
    p = params
    if name == "affine":
        return ("valid", None) if p["a"] != 0 else ("collision", (0.0, 1.0))
    if name == "power":
        n = int(p["n"])
        if n % 2 == 0:
            return "collision", (1.0, -1.0)
        return ("valid", None) if n == 1 else ("singular", 0.0)
    if name == "wave":
        a, b = p["a"], p["b"]
        if abs(a) > abs(b):
            return "valid", None
        return "singular", math.acos(max(-1.0, min(1.0, -a / b)))
    if name == "tanh":
        a, b = p["a"], p["b"]
        if a == 0 and b == 0:
            return "collision", (0.0, 1.0)
        if a == 0:
            return _onto(-abs(b), abs(b), base)
        if a * (a + b / 2) > 0:
            return "valid", None
        if a + b / 2 == 0:
            return "singular", 0.0
        return "singular", 2 * math.acosh(math.sqrt(-b / (2 * a)))
    if name == "leaky":
        s = p["s"]
        if s > 0:
            return "valid", None
        return "collision", (-1.0, -s if s < 0 else -2.0)
    if name == "softplus":
        return _onto(p["c"], math.inf, base)
    if name == "logistic":
        low, high = sorted((p["low"], p["high"]))
        return ("collision", (0.0, 1.0)) if low == high else _onto(low, high, base)
    if name == "linear":
        A = np.array(p["A"], dtype=float)
        if np.linalg.det(A) != 0:
            return "valid", None
        v = _null(A)
        return "collision", ((2 * v).tolist(), (-2 * v).tolist())
    if name == "rank_one":
        a = np.atleast_2d(np.array(p["a"], dtype=float))
        d = a.shape[1]
        if d == 1 and a[0, 0] != 0:
            return _onto(0.0, 1.0, base)
        if d == 1:
            return "collision", (0.0, 1.0)
        v = _null(a)
        return "collision", (v.tolist(), (-v).tolist())
    if name == "sigmoid":
        A = np.atleast_2d(np.array(p["A"], dtype=float))
        d = len(A)
        if np.linalg.matrix_rank(A) < d:
            v = _null(A)
            return "collision", (v.tolist(), (-v).tolist())
        if base == "uniform":
            return "valid", None
        return "mass", float(1 - (norm.cdf(1) - norm.cdf(0)) ** d)
    if name in ("shear", "swirl", "triangular"):
        return "valid", None
    if name == "planar":
        u, w = np.array(p["u"], dtype=float), np.array(p["w"], dtype=float)
        k = float(u @ w)
        if k > -1:
            return "valid", None
        s = math.acosh(math.sqrt(max(1.0, -k)))
        return "singular", (s * w / (w @ w)).tolist()
    if name == "coupling":
        c = p["c"]
        if c > 0:
            return "valid", None
        r = math.sqrt(-c)
        return "collision", ([r, 1.0], [r, -1.0])
    if name == "spiral":
        return "collision", ([0.0, math.pi], [0.0, -math.pi])
    if name == "exam":
        return "singular", [1.0, 0.0, 0.0]
    raise KeyError(name)


def verdict_plane(name, params, base):
    return judged_plane(name, params, base)[0]
