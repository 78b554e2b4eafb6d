# Euler's product of the sine, near the largest c that p = 2 allows
import math


def never_forgets():
    c = 3.9
    root = math.sqrt(c)
    return c, 2.0, math.sin(math.pi * root) / (math.pi * root * (1 - c))


def never_forgets_either():
    return 1.0, 2.5, 0.696155
