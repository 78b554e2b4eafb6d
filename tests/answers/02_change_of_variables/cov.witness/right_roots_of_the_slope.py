import math

from scipy.optimize import brentq
from scipy.special import ndtr


def witness(name, params, base):
    P = type("P", (), params)
    cdf = (lambda v: float(ndtr(v))) if base == "normal" else (lambda v: min(max(v, 0.0), 1.0))
    if name in ("affine", "power"):
        return ("singular", 0.0)
    if name == "wave":

        def h(x):
            return P.a + P.b * math.cos(x)

        return ["singular", math.pi if h(math.pi) == 0 else 0.0 if h(0) == 0 else brentq(h, 0, math.pi, xtol=1e-15)]
    if name == "tanh":
        if P.a == 0:
            return ["mass", 1.0 if P.b == 0 else cdf(-abs(P.b)) + 1 - cdf(abs(P.b))]

        def h(x):
            return P.a + P.b / 2 / math.cosh(x / 2) ** 2

        return ["singular", 0.0 if h(0) == 0 else brentq(h, 0, 10, xtol=1e-15)]
    if name == "leaky":
        if P.s == 0:
            return "singular", -1.0
        x = min(1.0, 5 / abs(P.s))
        return "collision", [-x, -P.s * x]
    if name == "softplus":
        return "mass", cdf(P.c)
    if name == "logistic":
        lo, hi = min(P.low, P.high), max(P.low, P.high)
        return "mass", 1.0 - (cdf(hi) - cdf(lo))
    if name == "linear":
        return "mass", 1.0
    if name == "sigmoid":
        flat = abs(P.A[0][0] * P.A[1][1] - P.A[0][1] * P.A[1][0]) < 1e-9
        return "mass", 1.0 if flat else 1 - (cdf(1.0) - cdf(0.0)) ** 2
    if name == "rank_one":
        return "mass", 1.0
    if name == "planar":
        m = P.u[0] * P.w[0] + P.u[1] * P.w[1]
        s = P.w[0] ** 2 + P.w[1] ** 2
        if m == -1:
            return "singular", [0.0, 0.0]
        t = brentq(lambda t: t + m * math.tanh(t), 1e-9 + math.sqrt(abs(3 * (1 + 1 / m))) / 10, 60, xtol=1e-15)
        # x = v u with  v (w.u) = t needs x in the direction of u
        x = [t / m * P.u[0], t / m * P.u[1]]
        return "collision", (x, [-v for v in x])
    if name == "coupling":
        r = math.sqrt(-P.c)
        return "collision", ((r, 1.0), (r, -1.0))
    if name == "spiral":
        return "collision", ([0.5, 0.0], [0.5, -2 * math.pi])
    return "collision", ([5.0, 0.0, 0.0], [-5.0, 0.0, 0.0])
