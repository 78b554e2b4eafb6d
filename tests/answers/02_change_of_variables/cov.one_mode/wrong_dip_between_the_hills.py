# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there | mistake: a minimum is taken for a mode
from math import cos, sin

from scipy.optimize import brentq


def two_modes():
    def slope(x):
        g, d = x - 0.75 * sin(x), 1 - 0.75 * cos(x)
        return -g * d + 0.75 * sin(x) / d

    return "wave", {"a": 1.0, "b": -0.75}, (brentq(slope, -0.5, 0.7), brentq(slope, 1, 2))
