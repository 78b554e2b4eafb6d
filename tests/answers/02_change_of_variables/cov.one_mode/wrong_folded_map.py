# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there
from math import cos, sin

from scipy.optimize import brentq


def two_modes():
    """The hills are farther apart, but the map turns back between them."""

    def slope(x):
        g, d = x - 1.5 * sin(x), 1 - 1.5 * cos(x)
        return -g * d + 1.5 * sin(x) / d

    x = brentq(slope, 1.2, 2.5)
    return "wave", {"a": 1.0, "b": -1.5}, (-x, x)
