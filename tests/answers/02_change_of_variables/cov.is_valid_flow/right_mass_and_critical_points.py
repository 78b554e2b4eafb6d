# no collision where anything else convicts: lost masses by closed forms and quadrature, critical points; tuples
import math
from fractions import Fraction

import numpy as np
from scipy.integrate import quad
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


def exam_mass(k):
    """z3 > 0 fixes u = x3, z1 fixes the sign of x2, and z2 lies above u if x2 > 0 and below it if x2 < 0."""
    def reached(u):
        above, below = norm.sf(u**3) * norm.sf(u), norm.cdf(u**3) * norm.cdf(u)
        return norm.pdf(math.exp(k * u)) * k * math.exp(k * u) * (above + below)

    bounds = (-40 / k, -5, -1, 0, 1, 5, math.log(40) / k)
    return 1 - sum(quad(reached, a, b, epsabs=1e-12)[0] for a, b in zip(bounds, bounds[1:]) if a < b)


def is_valid_flow(name, params, base):
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
        case "leaky":
            return ("valid", None) if p["s"] > 0 else lost(0, inf, base)
        case "softplus":
            return lost(p["c"], inf, base)
        case "logistic":
            return lost(p["low"], p["high"], base)
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
            return "mass", exam_mass(p["k"])
    return "valid", None
