# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there | mistake: the log-determinant alone
import math


def two_modes():
    return "wave", {"a": 1.0, "b": -0.5}, (-math.pi, math.pi)
