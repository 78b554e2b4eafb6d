# breaks: a bridge of mass m needs a map that stretches by at least δ/(2Φ⁻¹((1 + m)/2)) somewhere
import math
from statistics import NormalDist

NORMAL = NormalDist()


def apart(a, m):
    """How far apart the two parts end in the noise."""
    p, q = max(a * (1 - m), 1e-300), max((1 - a) * (1 - m), 1e-300)
    return -NORMAL.inv_cdf(p) - NORMAL.inv_cdf(q)


def halve(a, r, lo, hi):
    for _ in range(100):
        m = (lo + hi) / 2
        lo, hi = (m, hi) if apart(a, m) < r else (lo, m)
    return (lo + hi) / 2


def bridge_between_halves(delta, L):
    return math.erf(delta / L / 2 / math.sqrt(2))


def bridge_between(a, delta, L):
    return halve(a, delta / L, 0.0, 1.0)


def least_steepness(m, delta):
    m = min(max(m, 0.01), 0.99)
    return delta / (2 * NORMAL.inv_cdf((1 + m) / 2))


def shortest_bridge(a, delta, L):
    m = halve(a, delta / L, 0.0, 1.0)
    return {"slope": L, "shift": -delta / 2 - L * NORMAL.inv_cdf(a * (1 - m))}


def nats_on_the_bridge(m):
    return -math.log1p(-m)
