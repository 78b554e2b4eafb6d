import math

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri


def bridge_between_halves(delta, L):
    return float(ndtr(delta / L / 2) - ndtr(-delta / L / 2))


def left_end(a, r):
    """The u with Φ(u) : Φ(−u − r) = a : 1 − a."""
    return brentq(lambda u: (1 - a) * ndtr(u) - a * ndtr(-u - r), -40, 40, xtol=1e-14)


def bridge_between(a, delta, L):
    u = left_end(a, delta / L)
    return float(ndtr(u + delta / L) - ndtr(u))


def least_steepness(m, delta):
    return float(-delta / (2 * ndtri((1 - m) / 2)))


def shortest_bridge(a, delta, L):
    return {"slope": float(L), "shift": float(-delta / 2 - L * left_end(a, delta / L))}


def nats_on_the_bridge(m):
    return float(-math.log(1 - m))
