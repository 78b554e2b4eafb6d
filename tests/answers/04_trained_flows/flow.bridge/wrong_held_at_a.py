# breaks: between unequal parts the least mass solves the isoperimetric equation, a of the rest on one side | mistake: one end held at a
import math

from scipy.stats import norm


def bridge_between_halves(delta, L):
    return float(2 * norm.cdf(delta / (2 * L)) - 1)


def bridge_between(a, delta, L):
    return float(norm.cdf(norm.ppf(a) + delta / L) - a)


def least_steepness(m, delta):
    return float(delta / (2 * norm.ppf((1 + m) / 2)))


def shortest_bridge(a, delta, L):
    end = norm.ppf(a * (1 - bridge_between(a, delta, L)))
    return {"slope": L, "shift": float(-delta / 2 - L * end)}


def nats_on_the_bridge(m):
    return -math.log1p(-m)
