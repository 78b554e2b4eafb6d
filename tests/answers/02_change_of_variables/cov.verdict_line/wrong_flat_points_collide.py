# breaks: xⁿ: the verdict is true for every n | mistake: a flat point is taken for a collision
import math

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


def judged_line(name, params, base):
    verdict, witness = on_the_line(name, params, base)
    if verdict == "singular":  # almost constant there
        return "collision", (witness - 0.05, witness + 0.05)
    return verdict, witness


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
