# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there | mistake: two clusters of samples
from math import tanh

from scipy.optimize import brentq


def two_modes():
    """Samples heap up where z is about plus or minus one."""
    x = brentq(lambda x: 2 * x - 3 * tanh(x / 2) - 1, 0, 5)
    return "tanh", {"a": 2.0, "b": -3.0}, (-x, x)
