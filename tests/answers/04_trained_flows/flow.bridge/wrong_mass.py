# breaks: mass m where no data are costs at least −log(1 − m) nats | mistake: the mass for its price

from scipy.optimize import brentq
from scipy.stats import norm


def bridge_between_halves(delta, L):
    return float(2 * norm.cdf(delta / (2 * L)) - 1)


def bridge_between(a, delta, L):
    def apart(m):
        return -norm.ppf(a * (1 - m)) - norm.ppf((1 - a) * (1 - m)) - delta / L

    return float(brentq(apart, 1e-15, 1 - 1e-15, xtol=1e-15))


def least_steepness(m, delta):
    return float(delta / (2 * norm.ppf((1 + m) / 2)))


def shortest_bridge(a, delta, L):
    end = norm.ppf(a * (1 - bridge_between(a, delta, L)))
    return {"slope": L, "shift": float(-delta / 2 - L * end)}


def nats_on_the_bridge(m):
    return m
