# hardly a collision where anything else convicts: lost masses by closed forms, critical points; tuples
import math
from fractions import Fraction

import numpy as np
from scipy.stats import norm, uniform


def lost(low, high, base, d=1):
    law = norm if base == "normal" else uniform
    share = 1 - (law.cdf(high) - law.cdf(low)) ** d
    return ("mass", np.float64(share)) if share > 0 else ("valid", None)


def exact_det(A):
    M = [[Fraction(v) for v in row] for row in A]
    if len(M) == 1:
        return M[0][0]
    minors = ([row[:j] + row[j + 1 :] for row in M[1:]] for j in range(len(M)))
    return sum((-1) ** j * M[0][j] * exact_det(m) for j, m in enumerate(minors))


def judged_plane(name, params, base):
    p, inf = params, math.inf
    match name:
        case "affine":
            return ("valid", None) if p["a"] else ("mass", 1.0)
        case "power":
            return ("valid", None) if p["n"] == 1 else ("singular", 0)
        case "wave":
            return ("valid", None) if abs(p["b"]) < abs(p["a"]) else ("singular", math.acos(-p["a"] / p["b"]))
        case "tanh" if p["a"] == 0:
            return lost(-abs(p["b"]), abs(p["b"]), base) if p["b"] else ("mass", 1.0)
        case "tanh":
            steep = -p["b"] / p["a"] / 2
            return ("valid", None) if steep < 1 else ("singular", 2 * math.acosh(math.sqrt(steep)))
        case "leaky" if p["s"] == 0:
            return "singular", [-2.0]
        case "leaky":
            return ("valid", None) if p["s"] > 0 else ("collision", (1.0, 1 / p["s"]))
        case "softplus":
            return lost(p["c"], inf, base)
        case "logistic":
            return lost(*sorted((p["low"], p["high"])), base)
        case "linear" | "sigmoid" if exact_det(p["A"]) == 0:
            return "mass", 1.0
        case "sigmoid":
            return lost(0, 1, base, 2)
        case "rank_one":
            return "mass", 1
        case "planar":
            steep, w = -np.dot(p["u"], p["w"]), np.array(p["w"])
            return ("valid", None) if steep < 1 else ("singular", tuple(w * math.acosh(math.sqrt(steep)) / (w @ w)))
        case "coupling":
            return ("valid", None) if p["c"] > 0 else ("singular", (-math.sqrt(-p["c"]), 3.0))
        case "spiral":
            return "collision", ((1.0, -math.pi), (1.0, math.pi))
        case "exam":
            return "singular", (0.5, 0.0, 1)
    return "valid", None


def verdict_plane(name, params, base):
    return judged_plane(name, params, base)[0]
